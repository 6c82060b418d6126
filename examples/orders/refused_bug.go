//go:build bug_lost_on_partial_failure

package orders

import (
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// refused has a bug: it believes that a request without an error has stored all of its records, and never looks at
// FailedRecordCount. Records that a busy shard refuses are lost.
func refused([]types.PutRecordsRequestEntry, *kinesis.PutRecordsOutput) (rest []types.PutRecordsRequestEntry, code string) {
	return nil, ""
}
