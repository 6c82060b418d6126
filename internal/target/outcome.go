package target

// Status is what an attempt to put a record came to.
type Status uint8

const (
	// Unanswered means that no answer came: the record may or may not be stored.
	Unanswered Status = iota
	// Acked means stored.
	Acked
	// Throttled means refused by a limit: not stored.
	Throttled
	// Failed means refused by an error: not stored.
	Failed
)

// Outcome is what became of one record of a request.
type Outcome struct {
	Seq    uint64 // of an acked record: one more than its position within its shard; 0 where that is not known
	Reason string // of a throttled record the limit: records, bytes, injected or unknown; of a failed one AWS's error code
	Shard  int32  // of an acked record, and of a refused one where it is known; else -1
	Status Status
}

// Refusal is the outcome of a record, or of each record of a call, that was answered with an AWS error.
func Refusal(code string) Outcome {
	switch code {
	case "ProvisionedThroughputExceededException", "ServiceUnavailableException", "LimitExceededException",
		"ThrottlingException", "SlowDown":
		return Outcome{Status: Throttled, Reason: "unknown", Shard: -1}
	}
	return Outcome{Status: Failed, Reason: code, Shard: -1}
}
