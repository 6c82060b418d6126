package scenarios

import (
	"strconv"
	"strings"
)

// Fault is one entry of the timeline of faults: exactly one of its pointers is set. Times count from the start of the
// load. A target that cannot do a fault refuses the scenario before the run.
type Fault struct {
	At       Duration
	For      Duration
	Throttle *ThrottleFault
	Latency  *LatencyFault
	Error    *ErrorFault
	Stall    *StallFault
	Cut      *CutFault
}

// ThrottleFault refuses records of puts, one by one, as a shard over its limit does.
type ThrottleFault struct {
	Stream         string // of this stream
	DeliveryStream string // or this delivery stream
	Share          Share  // of the records; default 100%
}

// LatencyFault delays requests.
type LatencyFault struct {
	Service   string // kinesis, firehose, lambda, s3, or http for the run's receiver; "" is every one
	Operation string // AWS's name, PutRecords; "" is every one
	Add       Duration
}

// ErrorFault fails whole requests.
type ErrorFault struct {
	Service   string // kinesis, firehose, lambda, s3, or http for the run's receiver; "" is every one
	Operation string // AWS's name, PutRecords; "" is every one
	Code      string // any AWS error code: InternalFailureException
	Share     Share  // of the requests; default 100%
}

// StallFault holds requests until the fault is over. A shard that hangs holds what reads it, subscribes to it, is pushed from
// it, and every put with a record that would go there: the whole put, with its other records.
type StallFault struct {
	Stream         string // of this stream
	DeliveryStream string // or this delivery stream; with neither, of every one
	ShardID        string // those that touch this shard of Stream, shardId-000000000002; "" is every one
	Operation      string // AWS's name, PutRecords; "" is every one
}

// Shard is the number of the shard that hangs; ok is false where the fault is not of one shard.
func (f *StallFault) Shard() (number int32, ok bool) {
	n, err := strconv.ParseInt(strings.TrimPrefix(f.ShardID, shardPrefix), 10, 32)
	return int32(n), err == nil
}

const shardPrefix = "shardId-" // of a shard's id; twelve digits follow

// CutFault closes connections without an answer.
type CutFault struct {
	Service   string // kinesis, firehose, lambda, s3, or http for the run's receiver; "" is every one
	Operation string // AWS's name, PutRecords; "" is every one
	When      string // CutRequest (default) or CutAnswer
	Share     Share  // of the requests; default 100%
}

// What a cut takes away.
const (
	CutRequest = "request" // the service has not seen it
	CutAnswer  = "answer"  // the service has done it, and nobody is told
)
