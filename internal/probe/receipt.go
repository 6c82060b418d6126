package probe

import "time"

// Receipt is what the probe leaves of one invocation, or of a part of it: the records of a batch whose receipt would be
// too long for one Kinesis record are spread over several, each with all that is said of the invocation.
type Receipt struct {
	Function string // Settings.Function
	Stream   string // name of the stream the batch came from
	Shard    string // shardId-000000000000

	// The sequence numbers of the batch's first and last record.
	FirstSequenceNumber, LastSequenceNumber string

	Environment uint64 // names one execution environment, from its start to its end
	Invocation  uint64 // how many invocations the environment had before
	// Attempt counts how often this environment has seen a batch that begins with FirstSequenceNumber, this time included.
	// Lambda does not tell which attempt an invocation is and may bring a retry to another environment, so the batch has
	// been tried at least so often. Only the last 1,024 beginnings are remembered.
	Attempt int
	Cold    bool // the first invocation of the environment

	// Begin is when the function had the batch in hand, before reading it and after a cold start; End is when it was done,
	// before the receipt was stored. Both are the function's own clock, to the nanosecond. The End of a batch with ErrorTimedOut
	// is the deadline that Lambda set: the receipt is stored shortly before it.
	Begin, End time.Time

	Error       string // why the invocation failed, one of the Error constants; "" where it did not
	ItemFailure int    // which record of the batch was reported as the first to fail; -1 for none

	FirstArrival, LastArrival time.Time // the earliest and latest approximate arrival in the batch, to the millisecond

	// Lost is how many receipts, each part counted, the environment could not store since it last told; the same in every
	// part.
	Lost int

	Part, Parts int      // this is part Part, from 0, of Parts
	Batch       int      // how many records the batch had; aggregates count as one
	First       int      // where among all parts' Records these begin
	Records     []Record // in the order of the batch; the user records of aggregates
}

// What failed.
const (
	ErrorDrawn    = "Unhandled"      // the function was told to fail
	ErrorTimedOut = "Task timed out" // the invocation would have taken longer than Lambda lets it
	ErrorEvent    = "Event"          // the event was not one of a Kinesis stream; nothing is known of its batch
)

// Record is one record of a batch. It is known by what its body says of itself, or else by its sequence number.
type Record struct {
	Run, Lane      uint32 // where SequenceNumber is ""
	Number         uint64
	SequenceNumber string    // of a record that is not one of ours
	Arrival        time.Time // approximate, to the millisecond
}

// MaxRecords is how many records a receipt, or a part of one, holds at most: Lambda's batches are no larger.
const MaxRecords = 10_000

// MaxLength is how long an encoded receipt is at most: with its partition key it stays below the 1 MiB that Kinesis takes.
//
// Records of ours take about 3 bytes each, 30 KiB for the largest batch. Where every record is from a lane of its own they take up
// to 26, or 254 KiB; records of strangers with AWS's 56 digits and nothing in common up to 69, or 674 KiB. Only longer
// sequence numbers, up to the 129 digits that the API allows, need parts.
const MaxLength = 900 << 10

// Encode is the receipt in as few parts as MaxLength and MaxRecords allow, each encoded.
func (r Receipt) Encode() [][]byte {
	for parts := max(1, (len(r.Records)+MaxRecords-1)/MaxRecords); ; parts++ {
		if encoded, ok := r.split(parts); ok { // one record alone always is short enough
			return encoded
		}
	}
}

// split encodes the receipt in parts with about as many records each; ok is false where one is too long.
func (r Receipt) split(parts int) (encoded [][]byte, ok bool) {
	all := r.Records
	r.Parts = parts
	for r.Part = range parts {
		r.First = len(all) * r.Part / parts
		r.Records = all[r.First : len(all)*(r.Part+1)/parts]
		b := r.Append(nil)
		if len(b) > MaxLength {
			return nil, false
		}
		encoded = append(encoded, b)
	}
	return encoded, true
}
