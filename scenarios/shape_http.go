package scenarios

import (
	"strings"
	"time"
)

// Firehose: HttpEndpointDestinationConfiguration, without EndpointConfiguration: the endpoint is the run's own.
var httpShape = shape[HTTPDestination]{
	name: "http",
	doc:  "An HTTP endpoint as the destination of a delivery stream: the run's own receiver.",
	keys: []key[HTTPDestination]{
		row("bufferingHints", httpHintsShape.codec(), func(h *HTTPDestination) *BufferingHints { return &h.BufferingHints },
			"When a buffer is sent: whichever is met first.", byDefault("{}")),
		row("requestConfiguration", requestShape.codec(), func(h *HTTPDestination) *RequestConfiguration { return &h.RequestConfiguration },
			"What requests are like.", byDefault("{}")),
		row("retryOptions", retryOptionsShape.codec(), func(h *HTTPDestination) *RetryOptions { return &h.RetryOptions },
			"How long a request that was not taken is sent again.", byDefault("{}")),
		row("s3BackupMode", oneOf([]string{FailedDataOnly, AllData}), func(h *HTTPDestination) *string { return &h.S3BackupMode },
			"What the bucket of s3 gets: what the endpoint did not take, or that and all data besides.", byDefault(FailedDataOnly)),
		row("model", receiverModelShape.codec(), func(h *HTTPDestination) *ReceiverModel { return &h.Model },
			"How the receiver behaves.", byDefault("{}")),
	},
	later: []string{
		"cloudWatchLoggingOptions", "endpointConfiguration", "processingConfiguration", "roleARN", "secretsManagerConfiguration",
	},
}

// Firehose: HttpEndpointBufferingHints, 1 to 64 MiB and 0 to 900 s.
var httpHintsShape = hintsShape("httpBufferingHints", 64*MiB)

// Firehose: HttpEndpointRequestConfiguration.
var requestShape = shape[RequestConfiguration]{
	name: "requestConfiguration",
	doc:  "What requests to an HTTP endpoint are like.",
	keys: []key[RequestConfiguration]{
		row("contentEncoding", oneOf([]string{Uncoded, Gzip}), func(r *RequestConfiguration) *string { return &r.ContentEncoding },
			"How bodies are compressed.", byDefault(Uncoded)),
	},
	later: []string{"commonAttributes"},
}

// Firehose: HttpEndpointRetryOptions, 0 to 7,200 s. AWS documents no default; tools set 300 s.
var retryOptionsShape = shape[RetryOptions]{
	name: "retryOptions",
	doc:  "How long a request that was not taken is sent again.",
	keys: []key[RetryOptions]{
		row("duration", steppedDuration(0, Duration(2*time.Hour), Duration(time.Second)),
			func(r *RetryOptions) *Duration { return &r.Duration },
			"As a duration of whole seconds up to 2h, in which waiting for answers does not count; 0s sends nothing again.", byDefault("300s")),
	},
}

// A receiver may take longer than the 3 minutes for which Firehose waits: what a timeout does can be tried.
var receiverModelShape = shape[ReceiverModel]{
	name: "receiverModel",
	doc:  "How the run's receiver behaves.",
	keys: []key[ReceiverModel]{
		row("duration", percentiles("answer", "Percentiles of how long an answer takes.", duration(0, Duration(15*time.Minute)),
			func(v *Distribution) (p50, p99 *Duration) { return &v.P50, &v.P99 }),
			func(m *ReceiverModel) *Distribution { return &m.Duration },
			"How long an answer takes: {p50, p99} of a log-normal distribution, or one constant.", byDefault("0s")),
		row("errors", share, func(m *ReceiverModel) *Share { return &m.Errors },
			"How many requests are refused, with a 503; Firehose sends them again.", byDefault("0%")),
	},
}

// leastBackupInterval is AWS's for a backup bucket (developer guide, "Configure buffer hints").
const leastBackupInterval = Duration(60 * time.Second)

// finishDeliveryStream wants of a backup bucket what AWS wants.
func finishDeliveryStream(d *decoder, n *node, s *DeliveryStream) {
	if s.HTTP == nil {
		return
	}
	if got := s.S3.BufferingHints.Interval; got < leastBackupInterval {
		d.errorf(n.at("s3", "bufferingHints", "interval"), "found %v for a backup of http, want at least %v, as AWS does", got, leastBackupInterval)
	}
	if strings.Contains(s.S3.Prefix, "!{") {
		d.errorf(n.at("s3", "prefix"), "found an expression in it; AWS wants an errorOutputPrefix beside it, which is not there yet")
	}
}
