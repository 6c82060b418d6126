//go:build !bug_wrong_item

package orders

import "github.com/aws/aws-lambda-go/events"

// failedFrom tells Lambda that a batch has failed from its i-th record on. Lambda takes what comes before as done.
func failedFrom(records []events.KinesisEventRecord, i int) []events.KinesisBatchItemFailure {
	return []events.KinesisBatchItemFailure{{ItemIdentifier: records[i].Kinesis.SequenceNumber}}
}
