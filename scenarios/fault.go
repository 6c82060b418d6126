package scenarios

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

// StallFault holds requests until the fault is over.
type StallFault struct {
	Stream         string // of this stream
	DeliveryStream string // or this delivery stream; with neither, of every one
	Operation      string // AWS's name, PutRecords; "" is every one
}

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
