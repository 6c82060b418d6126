//go:build bug_wrong_item

package orders

import "github.com/aws/aws-lambda-go/events"

// failedFrom has a bug: it tells Lambda where to go on, and not what has failed. Lambda takes what comes before the record it is told
// as done, so the one that failed is never tried again.
func failedFrom(records []events.KinesisEventRecord, i int) []events.KinesisBatchItemFailure {
	if i+1 == len(records) {
		return nil
	}
	return []events.KinesisBatchItemFailure{{ItemIdentifier: records[i+1].Kinesis.SequenceNumber}}
}
