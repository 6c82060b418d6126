package server

import (
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// LimitsHeader tells what AWS does not: which limit refused each refused record of a PutRecords or a PutRecordBatch, in the
// order of the request, a letter each: r for records/s, b for bytes/s, i for a fault, x for an internal error, q for a delivery
// stream's quota or backlog. A put that a fault refuses as a whole has one i. Answers that refuse nothing do not have it.
const LimitsHeader = "X-Wavetank-Limits"

// injectedLetter is that of a fault.
const injectedLetter = "i"

// limitLetters are the letters of LimitsHeader for a call's records.
func limitLetters(out *kinesis.PutRecordsOutput) string {
	if out.FailedRecordCount == 0 {
		return ""
	}
	letters := make([]byte, 0, out.FailedRecordCount)
	for i := range out.Records {
		switch out.Records[i].Limit {
		case kinesis.LimitRecords:
			letters = append(letters, 'r')
		case kinesis.LimitBytes:
			letters = append(letters, 'b')
		case kinesis.LimitInjected:
			letters = append(letters, 'i')
		case kinesis.LimitInternal:
			letters = append(letters, 'x')
		}
	}
	return string(letters)
}

// batchLetters are the letters of LimitsHeader for a batch's records, of which a fault refused some.
func batchLetters(injected []bool, out *firehose.PutRecordBatchOutput) string {
	if out.FailedPutCount == 0 {
		return ""
	}
	letters := make([]byte, 0, out.FailedPutCount)
	for i := range out.RequestResponses {
		switch {
		case out.RequestResponses[i].ErrorCode == "":
		case injected != nil && injected[i]:
			letters = append(letters, injectedLetter...)
		default:
			letters = append(letters, 'q')
		}
	}
	return string(letters)
}
