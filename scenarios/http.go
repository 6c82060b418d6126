package scenarios

// HTTPDestination is an HTTP endpoint as the destination of a delivery stream. The endpoint is the run's own receiver, which
// is modelled as a function is; a URL of somebody else's cannot be told.
type HTTPDestination struct {
	BufferingHints       BufferingHints // at most 64 MiB
	RequestConfiguration RequestConfiguration
	RetryOptions         RetryOptions
	S3BackupMode         string // FailedDataOnly (default) or AllData
	Model                ReceiverModel
}

// What the backup bucket of an HTTP endpoint gets.
const (
	FailedDataOnly = "FailedDataOnly" // the records whose delivery was given up
	AllData        = "AllData"        // those, and besides every record as it came
)

// Uncoded is how the bodies of requests are sent that are not compressed; others are Gzip.
const Uncoded = "NONE"

// RequestConfiguration says what requests are like.
type RequestConfiguration struct {
	ContentEncoding string // Uncoded (default) or Gzip
}

// RetryOptions say how long a request that was not taken is sent again.
type RetryOptions struct {
	Duration Duration // whole seconds, the waits for answers left out; default 300s. 0s is no retry
}

// ReceiverModel is how the run's receiver behaves.
type ReceiverModel struct {
	Duration Distribution // from a request's arrival until its answer; default 0s
	Errors   Share        // of requests that it refuses, with a 503; default 0%
}

// DeliversToHTTP are the names of the delivery streams with an HTTP endpoint, in order.
func (p *Pipeline) DeliversToHTTP() (names []string) {
	for _, name := range sortedKeys(p.DeliveryStreams) {
		if p.DeliveryStreams[name].HTTP != nil {
			names = append(names, name)
		}
	}
	return names
}
