//go:build !bug_lost_on_partial_failure

package orders

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// refused are the entries of a request that the stream did not store though the request succeeded, and why the first was
// not. The answer has a result for each entry, in their order.
func refused(entries []types.PutRecordsRequestEntry, out *kinesis.PutRecordsOutput) (rest []types.PutRecordsRequestEntry, code string) {
	if aws.ToInt32(out.FailedRecordCount) == 0 {
		return nil, ""
	}
	for i, r := range out.Records {
		if r.ErrorCode == nil {
			continue
		}
		if len(rest) == 0 {
			code = *r.ErrorCode
		}
		rest = append(rest, entries[i])
	}
	return rest, code
}
