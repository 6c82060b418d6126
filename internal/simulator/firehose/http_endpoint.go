package firehose

import (
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// What the backup bucket of an HTTP endpoint gets.
const (
	FailedDataOnly = "FailedDataOnly" // what the endpoint did not take, in AWS's error shape
	AllData        = "AllData"        // that, and besides all records as they came
)

// The service model's names and bounds of an HTTP endpoint's settings.
const (
	httpMember      = "httpEndpointDestinationConfiguration"
	maxURL          = 1000
	maxEndpointName = 256
	maxAccessKey    = 4096
	maxAttributes   = 50
	maxAttribute    = 256
	maxValue        = 1024
	maxRetry        = 7200 * time.Second
)

// DefaultHTTPHints are those of an HTTP endpoint that names none. The API reference says 300 s; the console, 60 s.
var DefaultHTTPHints = BufferingHints{Size: 5 * mib, Interval: 300 * time.Second}

// HTTPEndpoint describes an HTTP endpoint as a destination. URL must be set; the zero value of every other field is AWS's
// default.
type HTTPEndpoint struct {
	URL              string // https:// on port 443; http:// and any port on loopback, see [Model].OnlyHTTPS
	Name             string
	AccessKey        string          // at most 4,096 bytes; it is sent with each request and shown by nobody
	Buffering        *BufferingHints // 1 to 64 MiB, 0 to 900 s; nil: DefaultHTTPHints
	Gzip             bool            // ContentEncoding GZIP
	CommonAttributes []CommonAttribute
	RetryDuration    *time.Duration // RetryOptions, 0 to 7,200 s; nil: Model.EndpointRetryDuration
	BackupMode       string         // FailedDataOnly (default) or AllData
	RoleARN          string         // shown again
}

// CommonAttribute is one attribute that is sent with every request.
type CommonAttribute struct {
	AttributeName  string // 1 to 256 characters, not blank
	AttributeValue string // at most 1,024 characters
}

// withDefaults checks a description against the API's bounds and fills in its defaults.
func (h HTTPEndpoint) withDefaults(m Model) (*HTTPEndpoint, error) {
	if err := h.valid(m.OnlyHTTPS); err != nil {
		return nil, err
	}
	hints := DefaultHTTPHints
	if h.Buffering != nil {
		hints = *h.Buffering
	}
	if err := hints.within(httpMember+".bufferingHints", 64, 0); err != nil {
		return nil, err
	}
	h.Buffering = &hints
	retry := m.EndpointRetryDuration
	if h.RetryDuration != nil {
		retry = *h.RetryDuration
	}
	const member = httpMember + ".retryOptions.durationInSeconds"
	switch {
	case retry < 0:
		return nil, constraint(int64(retry/time.Second), member, "Member must have value greater than or equal to 0")
	case retry > maxRetry:
		return nil, constraint(int64(retry/time.Second), member, "Member must have value less than or equal to 7200")
	}
	h.RetryDuration = &retry
	switch h.BackupMode {
	case "":
		h.BackupMode = FailedDataOnly
	case FailedDataOnly, AllData:
	default:
		return nil, constraint(h.BackupMode, httpMember+".s3BackupMode", "Member must satisfy enum value set: [FailedDataOnly, AllData]")
	}
	return &h, nil
}

// valid checks where requests go and what they carry.
func (h *HTTPEndpoint) valid(onlyHTTPS bool) error {
	const endpoint = httpMember + ".endpointConfiguration"
	switch {
	case h.URL == "":
		return missing(endpoint + ".url")
	case len(h.URL) > maxURL:
		return tooLong("***", endpoint+".url", "1000")
	case utf8.RuneCountInString(h.Name) > maxEndpointName:
		return tooLong(h.Name, endpoint+".name", "256")
	case len(h.AccessKey) > maxAccessKey:
		return tooLong("***", endpoint+".accessKey", "4096")
	case !printable(h.AccessKey):
		return errorf(codeInvalidArgument, "AccessKey has a control character, which no HTTP header can carry")
	case len(h.CommonAttributes) > maxAttributes:
		return tooLong("***", httpMember+".requestConfiguration.commonAttributes", "50")
	}
	for _, a := range h.CommonAttributes {
		const member = httpMember + ".requestConfiguration.commonAttributes.member"
		switch {
		case strings.TrimSpace(a.AttributeName) == "":
			return constraint("***", member+".attributeName", "Member must satisfy regular expression pattern: ^(?!\\s*$).+")
		case utf8.RuneCountInString(a.AttributeName) > maxAttribute:
			return tooLong("***", member+".attributeName", "256")
		case utf8.RuneCountInString(a.AttributeValue) > maxValue:
			return tooLong("***", member+".attributeValue", "1024")
		}
	}
	return validURL(h.URL, onlyHTTPS)
}

// validURL takes what AWS takes, https on port 443, and on loopback http and any port besides. It never says the URL: it
// may hold a secret.
func validURL(text string, onlyHTTPS bool) error {
	const pattern = "Member must satisfy regular expression pattern: https://.*"
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return constraint("***", httpMember+".endpointConfiguration.url", pattern)
	case !onlyHTTPS && loopback(u.Hostname()):
		return nil
	case u.Scheme != "https":
		return constraint("***", httpMember+".endpointConfiguration.url", pattern+" (wavetank takes http:// for a host on loopback: localhost, 127.0.0.1, ::1)")
	case u.Port() != "" && u.Port() != "443":
		return errorf(codeInvalidArgument, "Only port 443 is supported for HTTP endpoint data delivery, and Url names port %s (wavetank takes any port of a host on loopback)", u.Port())
	}
	return nil
}

// loopback tells whether a host is this machine by its name alone; nothing is looked up.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) < 0
}

func tooLong(value, member, most string) *Error {
	return constraint(value, member, "Member must have length less than or equal to "+most)
}

// attributes is the value of the header X-Amz-Firehose-Common-Attributes; "" where there are none. A name that comes twice
// has its last value.
func (h *HTTPEndpoint) attributes() string {
	if len(h.CommonAttributes) == 0 {
		return ""
	}
	all := make(map[string]string, len(h.CommonAttributes))
	for _, a := range h.CommonAttributes {
		all[a.AttributeName] = a.AttributeValue
	}
	value, _ := json.Marshal(map[string]any{"commonAttributes": all}, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	return string(value)
}
