package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/nearest"
)

var faultShape = shape[Fault]{
	name: "fault",
	doc:  "Something that goes wrong for a while.",
	keys: []key[Fault]{
		row("at", duration(0, longest), func(f *Fault) *Duration { return &f.At },
			"When it begins, since the load did.", byDefault("0s")),
		row("for", duration(Duration(time.Millisecond), longest), func(f *Fault) *Duration { return &f.For },
			"How long it lasts.", required),
		row("throttle", pointer(throttleShape.codec()), func(f *Fault) **ThrottleFault { return &f.Throttle },
			"Records of puts are refused one by one, as a shard over its limit does."),
		row("latency", pointer(latencyShape.codec()), func(f *Fault) **LatencyFault { return &f.Latency },
			"Requests are delayed."),
		row("error", pointer(errorShape.codec()), func(f *Fault) **ErrorFault { return &f.Error },
			"Whole requests fail."),
		row("stall", pointer(stallShape.codec()), func(f *Fault) **StallFault { return &f.Stall },
			"Requests are held until the fault is over."),
		row("cut", pointer(cutShape.codec()), func(f *Fault) **CutFault { return &f.Cut },
			"Connections are closed without an answer."),
	},
	groups: []group{exactly("throttle", "latency", "error", "stall", "cut")},
}

var throttleShape = shape[ThrottleFault]{
	name: "throttle",
	doc:  "Records of puts are refused one by one.",
	keys: []key[ThrottleFault]{
		row("stream", named(streamNames), func(f *ThrottleFault) *string { return &f.Stream }, "Of this stream."),
		row("deliveryStream", named(deliveryStreamNames), func(f *ThrottleFault) *string { return &f.DeliveryStream }, "Of this delivery stream."),
		row("share", share, func(f *ThrottleFault) *Share { return &f.Share }, "How many of the records.", byDefault("100%")),
	},
	groups: []group{exactly("stream", "deliveryStream")},
}

var latencyShape = shape[LatencyFault]{
	name: "latency",
	doc:  "Requests are delayed.",
	keys: []key[LatencyFault]{
		row("service", service, func(f *LatencyFault) *string { return &f.Service }, "Of this service; without one, of every one."),
		row("operation", operation, func(f *LatencyFault) *string { return &f.Operation }, "Of this operation; without one, of every one."),
		row("add", duration(1, Duration(time.Hour)), func(f *LatencyFault) *Duration { return &f.Add }, "By how much.", required),
	},
	finish: func(d *decoder, n *node, f *LatencyFault) { checkOperation(d, n, f.Service, f.Operation) },
}

var errorShape = shape[ErrorFault]{
	name: "error",
	doc:  "Whole requests fail.",
	keys: []key[ErrorFault]{
		row("service", service, func(f *ErrorFault) *string { return &f.Service }, "Of this service; without one, of every one."),
		row("operation", operation, func(f *ErrorFault) *string { return &f.Operation }, "Of this operation; without one, of every one."),
		row("code", matching("an AWS error code, such as InternalFailureException", "^[A-Za-z][A-Za-z0-9.]{0,127}$"),
			func(f *ErrorFault) *string { return &f.Code }, "The AWS error they fail with.", required),
		row("share", share, func(f *ErrorFault) *Share { return &f.Share }, "How many of the requests.", byDefault("100%")),
	},
	finish: func(d *decoder, n *node, f *ErrorFault) {
		checkOperation(d, n, f.Service, f.Operation)
		checkCode(d, n.get("code"), f.Code)
	},
}

var stallShape = shape[StallFault]{
	name: "stall",
	doc:  "Requests are held until the fault is over.",
	keys: []key[StallFault]{
		row("stream", named(streamNames), func(f *StallFault) *string { return &f.Stream }, "Of this stream."),
		row("deliveryStream", named(deliveryStreamNames), func(f *StallFault) *string { return &f.DeliveryStream }, "Of this delivery stream."),
		row("shardId", shardID, func(f *StallFault) *string { return &f.ShardID },
			"Those that touch this shard of the stream: what reads it, and every put with a record for it, as a whole."),
		row("operation", operation, func(f *StallFault) *string { return &f.Operation }, "Of this operation; without one, of every one."),
	},
	groups: []group{atMost("stream", "deliveryStream")},
	finish: finishStall,
}

// shardOperations are what touches one shard, or some, of a stream.
var shardOperations = []string{"GetRecords", "GetShardIterator", "PutRecord", "PutRecords", "SubscribeToShard", "SubscribeToShardEvent"}

// finishStall wants a shard to be one of a stream, and an operation to be of what is stalled, and to touch the shard.
func finishStall(d *decoder, n *node, f *StallFault) {
	switch {
	case f.DeliveryStream != "":
		checkOperation(d, n, "firehose", f.Operation)
	case f.Stream != "" && f.ShardID == "":
		checkOperation(d, n, "kinesis", f.Operation)
	case f.ShardID == "":
	case f.Stream == "":
		d.errorf(n.get("shardId"), "found %s without a stream, want the stream whose shard it is beside it", f.ShardID)
	case f.Operation != "" && !slices.Contains(shardOperations, f.Operation):
		d.errorf(n.get("operation"), "found %s, which touches no single shard; want one of %s, or none", f.Operation, list(shardOperations))
	}
}

var cutShape = shape[CutFault]{
	name: "cut",
	doc:  "Connections are closed without an answer.",
	keys: []key[CutFault]{
		row("service", service, func(f *CutFault) *string { return &f.Service }, "Of this service; without one, of every one."),
		row("operation", operation, func(f *CutFault) *string { return &f.Operation }, "Of this operation; without one, of every one."),
		row("when", oneOf([]string{CutRequest, CutAnswer}), func(f *CutFault) *string { return &f.When },
			"request: before the service sees it; answer: when it has done it.", byDefault(CutRequest)),
		row("share", share, func(f *CutFault) *Share { return &f.Share }, "How many of the requests.", byDefault("100%")),
	},
	finish: func(d *decoder, n *node, f *CutFault) { checkOperation(d, n, f.Service, f.Operation) },
}

// operations are what can be failed: the APIs of the simulated services, and what the run's receiver is asked.
var operations = map[string][]string{
	"kinesis": {
		"CreateStream", "DeleteStream", "DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator",
		"ListShards", "ListStreams", "PutRecord", "PutRecords", "SubscribeToShard", "SubscribeToShardEvent", "UpdateShardCount",
	},
	"firehose": {
		"CreateDeliveryStream", "DeleteDeliveryStream", "DescribeDeliveryStream", "ListDeliveryStreams", "PutRecord",
		"PutRecordBatch",
	},
	"http": {"POST"}, // to a receiver: an error is a 503, whatever its code
	"lambda": {
		"CreateEventSourceMapping", "CreateFunction", "DeleteEventSourceMapping", "DeleteFunction", "GetEventSourceMapping",
		"GetFunction", "Invoke", "ListEventSourceMappings", "ListFunctions",
	},
	"s3": {
		"CreateBucket", "DeleteBucket", "DeleteObject", "GetObject", "HeadBucket", "HeadObject", "ListBuckets", "ListObjectsV2",
		"PutObject",
	},
}

var (
	shardID   = matching("a shard's id, such as shardId-000000000002", "^"+shardPrefix+"[0-9]{12}$")
	service   = oneOf(sortedKeys(operations))
	operation = oneOf(allOperations())
)

func allOperations() (all []string) {
	for _, of := range operations {
		all = append(all, of...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// errorCodes are those that the simulated services answer with by AWS's service models, and those of every service of AWS ("Common
// errors"), with those that the SDKs take for a throttle.
var errorCodes = []string{
	"AccessDenied", "AccessDeniedException", "BadDigest", "BandwidthLimitExceeded", "BucketAlreadyExists", "BucketAlreadyOwnedByYou",
	"CodeStorageExceededException", "ConcurrentModificationException", "DryRunOperationException", "EntityTooLarge",
	"ExpiredIteratorException", "ExpiredNextTokenException", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature",
	"IncompleteSignatureException", "InternalError", "InternalFailure", "InternalFailureException", "InternalServerError",
	"InvalidArgument", "InvalidArgumentException", "InvalidClientTokenId", "InvalidKMSResourceException",
	"InvalidParameterValueException", "InvalidSignatureException", "InvalidSourceException", "KMSAccessDeniedException",
	"KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "KMSOptInRequired", "KMSThrottlingException",
	"LimitExceededException", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "NoSuchBucket", "NoSuchKey",
	"NoSuchUpload", "NotAuthorized", "OptInRequired", "PriorRequestNotComplete", "ProvisionedThroughputExceededException",
	"RequestExpired", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "RequestTimeout",
	"ResourceConflictException", "ResourceInUseException", "ResourceNotFoundException", "SerializationException", "ServiceException",
	"ServiceUnavailable", "ServiceUnavailableException", "SignatureDoesNotMatch", "SlowDown", "ThrottledException", "Throttling", "ThrottlingException",
	"TooManyRequestsException", "UnknownOperationException", "UnrecognizedClientException", "ValidationError", "ValidationException",
}

// checkCode finds a slip of the pen: a code that is none of AWS's and nearly one. Any other may be one that is not in the list.
func checkCode(d *decoder, n *node, code string) {
	if slices.Contains(errorCodes, code) {
		return
	}
	near := func(code, known string) bool {
		return nearest.Distance([]rune(code), []rune(strings.ToLower(known))) <= 2
	}
	lower := strings.ToLower(code)
	for _, known := range errorCodes {
		if near(lower, known) || near(lower+"exception", known) {
			d.errorf(n, "found %s, want an AWS error code; did you mean %q?", code, known)
			return
		}
	}
}

// checkOperation wants the operation to be one of the service's, where both are given.
func checkOperation(d *decoder, n *node, service, operation string) {
	of := operations[service]
	if service != "" && operation != "" && !slices.Contains(of, operation) {
		d.errorf(n.get("operation"), "found %s, want one of %s's: %s", operation, service, fmt.Sprint(list(of)))
	}
}
