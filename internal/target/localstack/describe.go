package localstack

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// describeTimeout bounds both questions together.
const describeTimeout = 2 * time.Second

// Info is what LocalStack says of itself.
type Info struct {
	Version  string            // 4.14.0
	Edition  string            // community, pro; "" where it does not say
	Licensed bool              // a licence is activated
	Services map[string]string // by AWS's name in lower case: available, running, disabled, error
}

// String is its name for a report: LocalStack 4.14.0 (community).
func (i Info) String() string {
	text := "LocalStack"
	if i.Version != "" {
		text += " " + i.Version
	}
	if i.Edition != "" {
		text += " (" + i.Edition + ")"
	}
	return text
}

// Describe tells whether an endpoint is LocalStack, and which. It takes two seconds at most; an endpoint that has not
// answered by then, or says something else, is not.
func Describe(ctx context.Context, endpoint string) (Info, bool) {
	ctx, cancel := context.WithTimeout(ctx, describeTimeout)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // directly: no proxy knows this endpoint
	endpoint = strings.TrimSuffix(endpoint, "/")
	var health struct {
		Services map[string]string
		Edition  string
		Version  string
	}
	if !ask(ctx, client, endpoint+"/_localstack/health", &health) || health.Services == nil {
		return Info{}, false
	}
	info := Info{Version: health.Version, Edition: health.Edition, Services: health.Services}
	var more struct {
		Version  string // with the build behind a colon
		Edition  string
		Licensed bool `json:"is_license_activated"`
	}
	if ask(ctx, client, endpoint+"/_localstack/info", &more) {
		info.Licensed = more.Licensed
		if info.Version == "" {
			info.Version, _, _ = strings.Cut(more.Version, ":")
		}
		if info.Edition == "" {
			info.Edition = more.Edition
		}
	}
	return info, true
}

// ask reads a JSON answer; false: there is none.
func ask(ctx context.Context, client *http.Client, url string, out any) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK && json.NewDecoder(io.LimitReader(response.Body, 64<<10)).Decode(out) == nil
}
