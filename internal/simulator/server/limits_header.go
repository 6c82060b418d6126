package server

import "github.com/wavetank/wavetank/internal/simulator/kinesis"

// LimitsHeader tells what AWS does not: which limit refused each refused record of a PutRecords, in the order of the
// request, a letter each: r for records/s, b for bytes/s, i for a fault, x for an internal error. Answers that refuse
// nothing do not have it.
const LimitsHeader = "X-Wavetank-Limits"

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
