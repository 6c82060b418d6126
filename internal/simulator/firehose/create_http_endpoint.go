package firehose

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// HttpEndpointDestinationConfiguration
//
// Emulated: EndpointConfiguration, BufferingHints, RequestConfiguration, RetryOptions, RoleARN, S3BackupMode, S3Configuration.
// Every other member is refused by name.
// Source: API reference HttpEndpointDestinationConfiguration; bounds of the service model.

// HTTPEndpointDestinationConfiguration is HttpEndpointDestinationConfiguration as far as it is emulated.
type HTTPEndpointDestinationConfiguration struct {
	EndpointConfiguration *HTTPEndpointConfiguration
	BufferingHints        *BufferingHintsInput
	RequestConfiguration  *HTTPEndpointRequestConfiguration
	RetryOptions          *HTTPEndpointRetryOptions
	RoleARN               string
	S3BackupMode          string // FailedDataOnly (default) or AllData
	S3Configuration       *S3DestinationConfiguration
	Other                 map[string]jsontext.Value `json:",embed"`
}

// HTTPEndpointConfiguration says where requests go.
type HTTPEndpointConfiguration struct {
	Url       string
	Name      string
	AccessKey string
}

// HTTPEndpointRequestConfiguration says what requests are like.
type HTTPEndpointRequestConfiguration struct {
	ContentEncoding  string            // NONE (default) or GZIP
	CommonAttributes []CommonAttribute // at most 50
}

// HTTPEndpointRetryOptions says how long a request is retried.
type HTTPEndpointRetryOptions struct {
	DurationInSeconds *int64 `json:",omitempty"` // 0 to 7,200
}

// httpOf reads an HTTP endpoint and its backup bucket.
func httpOf(in *HTTPEndpointDestinationConfiguration, c *DeliveryStream) error {
	if err := refuseOthers("HttpEndpointDestinationConfiguration", in.Other); err != nil {
		return err
	}
	switch {
	case in.EndpointConfiguration == nil:
		return missing(httpMember + ".endpointConfiguration")
	case in.S3Configuration == nil:
		return missing(httpMember + ".s3Configuration")
	}
	hints, err := in.BufferingHints.hints()
	if err != nil {
		return err
	}
	e := in.EndpointConfiguration
	h := &HTTPEndpoint{
		URL: e.Url, Name: e.Name, AccessKey: e.AccessKey,
		Buffering: hints, BackupMode: in.S3BackupMode, RoleARN: in.RoleARN,
	}
	if r := in.RequestConfiguration; r != nil {
		switch r.ContentEncoding {
		case "", "NONE":
		case "GZIP":
			h.Gzip = true
		default:
			return constraint(r.ContentEncoding, httpMember+".requestConfiguration.contentEncoding", "Member must satisfy enum value set: [NONE, GZIP]")
		}
		h.CommonAttributes = r.CommonAttributes
	}
	if r := in.RetryOptions; r != nil && r.DurationInSeconds != nil {
		seconds := min(max(*r.DurationInSeconds, -1), 1<<20) // beyond the bounds it only must not overflow
		h.RetryDuration = new(time.Duration(seconds) * time.Second)
	}
	c.HTTP = h
	return bucketOf(in.S3Configuration, httpMember+".s3Configuration", c)
}

// HTTPEndpointDestinationDescription describes an HTTP endpoint. The access key is not shown.
type HTTPEndpointDestinationDescription struct {
	EndpointConfiguration    HTTPEndpointDescription
	BufferingHints           BufferingHintsInput
	CloudWatchLoggingOptions struct{ Enabled bool }
	RequestConfiguration     HTTPEndpointRequestConfiguration
	RoleARN                  string `json:",omitempty"`
	RetryOptions             HTTPEndpointRetryOptions
	S3BackupMode             string
	S3DestinationDescription S3DestinationDescription
}

// HTTPEndpointDescription says where requests go.
type HTTPEndpointDescription struct {
	Url  string
	Name string `json:",omitempty"`
}

func (h *HTTPEndpoint) describe(s3 S3DestinationDescription) *HTTPEndpointDestinationDescription {
	encoding := "NONE"
	if h.Gzip {
		encoding = "GZIP"
	}
	attributes := h.CommonAttributes
	if attributes == nil {
		attributes = []CommonAttribute{}
	}
	return &HTTPEndpointDestinationDescription{
		EndpointConfiguration:    HTTPEndpointDescription{Url: h.URL, Name: h.Name},
		BufferingHints:           h.Buffering.describe(),
		RequestConfiguration:     HTTPEndpointRequestConfiguration{ContentEncoding: encoding, CommonAttributes: attributes},
		RoleARN:                  h.RoleARN,
		RetryOptions:             HTTPEndpointRetryOptions{DurationInSeconds: new(int64(*h.RetryDuration / time.Second))},
		S3BackupMode:             h.BackupMode,
		S3DestinationDescription: s3,
	}
}

// describe converts hints to AWS's units.
func (h *BufferingHints) describe() BufferingHintsInput {
	return BufferingHintsInput{SizeInMBs: new(h.Size / mib), IntervalInSeconds: new(int64(h.Interval / time.Second))}
}
