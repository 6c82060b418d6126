package lambda

import (
	"strings"
	"time"
)

// Destinations take what SQS queues and SNS topics are told of batches that were given up.
type Destinations interface {
	// Send is a message to the queue or topic of that ARN; body is the document. An error is a delivery that failed: the
	// batch is lost. It is called on a lane, which waits for it.
	Send(now time.Time, arn string, body []byte) error
}

// Store takes what S3 buckets are told. body belongs to the store from then on.
type Store interface {
	Put(now time.Time, bucket, key string, body []byte) error
}

// DestinationConfig says where batches go that were given up.
type DestinationConfig struct {
	OnFailure OnFailure
	OnSuccess *OnFailure `json:",omitempty"` // refused: it is of asynchronous invocations
}

// OnFailure is a destination.
type OnFailure struct {
	Destination string `json:",omitempty"` // ARN of a queue, a topic or a bucket; "" is none
}

// bucketARN is what the ARN of a bucket begins with; its name follows.
const bucketARN = "arn:aws:s3:::"

// The API's own bounds of a destination (SDK OnFailure). Kafka topics are refused by name.
const destinationPattern = `$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`

var destinationARN = expression(`^arn:aws[a-zA-Z0-9-]*:([a-zA-Z0-9-]+):(?:[a-z]{2}(?:-[a-z]+)+-\d)?:(?:\d{12})?:.*$`)

const mostDestination = 350

// check finds what AWS would refuse, and what nobody here takes.
func (d *DestinationConfig) check(s *Service) error {
	if d == nil {
		return nil
	}
	if d.OnSuccess != nil && d.OnSuccess.Destination != "" {
		return errorf(CodeInvalidParameter, "Unsupported DestinationConfig parameter for given event source mapping type.")
	}
	const member = "destinationConfig.onFailure.destination"
	arn := d.OnFailure.Destination
	match := destinationARN().FindStringSubmatch(arn)
	switch {
	case arn == "":
		return nil
	case len(arn) > mostDestination:
		return constraint(arn, member, "Member must have length less than or equal to 350")
	case strings.HasPrefix(arn, "kafka://"):
		return notEmulated("DestinationConfig with a Kafka topic")
	case match == nil:
		return constraint(arn, member, "Member must satisfy regular expression pattern: "+destinationPattern)
	}
	switch service := match[1]; {
	case service == "s3" && s.store != nil && strings.HasPrefix(arn, bucketARN):
		return nil
	case (service == "sqs" || service == "sns") && strings.HasSuffix(arn, ".fifo"):
		return errorf(CodeInvalidParameter, "A FIFO queue or topic is no destination of failed batches: %s", arn) // AWS's words were not seen
	case (service == "sqs" || service == "sns") && s.destinations != nil:
		return nil
	default:
		return notEmulated("DestinationConfig with a destination of " + service)
	}
}
