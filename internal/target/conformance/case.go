package conformance

import (
	"context"
	"slices"
	"time"
)

// Case is one claim about the real service that can be tried at an endpoint.
type Case struct {
	Name   string   // put-501-records: stable, and at most 28 characters, as it is part of the names of what it makes
	Area   string   // of the table: streams, writing, reading, …
	Claim  string   // what the real service does, in one sentence
	Source string   // who says so, as in docs/fidelity.md
	Needs  []string // the services it calls, and NeedsFunction
	Makes  Makes    // what it makes at most
	Slow   bool     // takes more than about three seconds by its nature

	run func(ctx context.Context, b *bench) Finding
}

// What a case may need.
const (
	NeedsKinesis  = "kinesis"
	NeedsFirehose = "firehose"
	NeedsLambda   = "lambda"
	NeedsS3       = "s3"
	NeedsFunction = "function package" // Options.FunctionZip
)

// Verdict is what became of a claim.
type Verdict string

// The verdicts.
const (
	Does    Verdict = "does"     // as the claim says
	DoesNot Verdict = "does not" // what is claimed does not happen
	Differs Verdict = "differs"  // something of the kind happens, in another way
	Refuses Verdict = "refuses"  // the API, or a setting that the claim is about, is not there
	Unknown Verdict = "unknown"  // it could not be told, and the detail says why
)

// Finding is the verdict on one claim at one endpoint.
type Finding struct {
	Case    string
	Area    string
	Claim   string
	Verdict Verdict
	Detail  string // one line: what was seen
	Took    time.Duration
	Unasked bool // Unknown because a service that the case needs could not be asked, and not because of the case
}

// Cases are all cases, area by area, in the order in which they run.
func Cases() []Case {
	return slices.Concat(
		streamCases(), errorCases(), controlRateCases(), reshardingCases(), settingCases(),
		writeCases(), routingCases(), writeLimitCases(),
		readCases(), iteratorCases(), readLimitCases(), fanOutCases(),
		firehoseCases(), bufferCases(), objectCases(), sourceCases(),
		functionCases(), mappingCases(), invocationCases(),
		s3Cases(),
	)
}
