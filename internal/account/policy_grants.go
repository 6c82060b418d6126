package account

// The sets of grants that commands are made of.
const (
	setWho    = "who"    // who the credentials are
	setQuotas = "quotas" // Plan.Check
	setMake   = "make"   // a target makes a pipeline
	setLoad   = "load"   // a target puts records in, and reads them where they come out
	setTold   = "told"   // after a run, what AWS itself tells of it
	setTry    = "try"    // doctor's cases, besides what a run makes and loads
	setFind   = "find"   // Cleaner.Find, besides what Delete reads
	setDelete = "delete" // Cleaner.Delete
)

// commands say which sets a command needs. A run deletes what it made by its journal: it finds nothing.
var commands = map[string][]string{
	"run":     {setWho, setQuotas, setMake, setLoad, setTold, setDelete},
	"doctor":  {setWho, setQuotas, setMake, setLoad, setTry, setDelete},
	"cleanup": {setWho, setFind, setDelete},
}

// object is what is in a bucket.
const object = "object"

const (
	sidMakeMapping   = "MakeMappings"
	sidDeleteMapping = "DeleteMappings"
	sidPassRole      = "PassRoles"
)

// grant is a statement in the making: actions on kinds of resources, or on everything where there are none.
type grant struct {
	set     string
	sid     string
	actions []string
	on      []string
}

func kind(k Kind) []string { return []string{string(k)} }

// grants are checked by tests against what is called: none is missing, none idle.
var grants = []grant{
	{setWho, "WhoAmI", []string{"sts:GetCallerIdentity"}, nil},
	{setQuotas, "ReadQuotas", []string{
		"kinesis:DescribeLimits", "lambda:GetAccountSettings", "firehose:ListDeliveryStreams", "servicequotas:ListServiceQuotas",
		"iam:GetAccountSummary",
	}, nil},

	// CreateStream: tags that come with it need AddTagsToStream, not TagResource.
	{setMake, "MakeStreams", []string{"kinesis:CreateStream", "kinesis:AddTagsToStream", "kinesis:DescribeStream", "kinesis:DescribeStreamSummary"}, kind(Stream)},
	{setMake, "MakeFunctions", []string{"lambda:CreateFunction", "lambda:TagResource", "lambda:GetFunction"}, kind(Function)},
	{setMake, sidMakeMapping, []string{"lambda:CreateEventSourceMapping"}, nil},
	{setMake, "WatchMappings", []string{"lambda:GetEventSourceMapping"}, kind(Mapping)},
	{setMake, "MakeDeliveryStreams", []string{"firehose:CreateDeliveryStream", "firehose:TagDeliveryStream", "firehose:DescribeDeliveryStream"}, kind(DeliveryStream)},
	{setMake, "MakeBuckets", []string{"s3:CreateBucket", "s3:PutBucketTagging"}, kind(Bucket)},
	{setMake, "MakeRoles", []string{"iam:CreateRole", "iam:TagRole", "iam:PutRolePolicy"}, kind(Role)},
	{setMake, sidPassRole, []string{"iam:PassRole"}, kind(Role)},
	{setMake, "MakeLogGroups", []string{"logs:CreateLogGroup", "logs:TagResource"}, kind(LogGroup)},

	{setLoad, "PutAndRead", []string{"kinesis:PutRecord", "kinesis:PutRecords", "kinesis:ListShards", "kinesis:GetShardIterator", "kinesis:GetRecords"}, kind(Stream)},
	{setLoad, "PutToDeliveryStreams", []string{"firehose:PutRecordBatch"}, kind(DeliveryStream)},
	{setLoad, "ListDeliveries", []string{"s3:ListBucket"}, kind(Bucket)},
	{setLoad, "ReadDeliveries", []string{"s3:GetObject", "s3:DeleteObject"}, []string{object}},

	// CloudWatch knows no resources: who may read one metric may read all.
	{setTold, "ReadMetrics", []string{"cloudwatch:GetMetricData"}, nil},
	{setTold, "ReadLogs", []string{"logs:FilterLogEvents"}, kind(LogGroup)},

	// A consumer's ARN is below its stream's, and begins with it.
	{setTry, "TryStreams", []string{
		"kinesis:IncreaseStreamRetentionPeriod", "kinesis:SplitShard", "kinesis:UpdateShardCount", "kinesis:UpdateMaxRecordSize",
		"kinesis:RegisterStreamConsumer", "kinesis:DescribeStreamConsumer", "kinesis:DeregisterStreamConsumer", "kinesis:SubscribeToShard",
	}, kind(Stream)},
	{setTry, "TryDeliveryStreams", []string{"firehose:PutRecord"}, kind(DeliveryStream)},
	{setTry, "TryObjects", []string{"s3:PutObject"}, []string{object}},
	{setTry, "TryLists", []string{"kinesis:ListStreams", "lambda:ListFunctions"}, nil},

	{setFind, "Find", []string{
		"tag:GetResources", "kinesis:ListStreams", "lambda:ListFunctions", "firehose:ListDeliveryStreams",
		"s3:ListAllMyBuckets", "iam:ListRoles",
	}, nil},

	{setDelete, "FindMappingsAndLogs", []string{"lambda:ListEventSourceMappings", "logs:DescribeLogGroups"}, nil},
	{setDelete, sidDeleteMapping, []string{"lambda:DeleteEventSourceMapping"}, kind(Mapping)},
	{setDelete, "DeleteFunctions", []string{"lambda:ListTags", "lambda:DeleteFunction"}, kind(Function)},
	{setDelete, "DeleteDeliveryStreams", []string{"firehose:ListTagsForDeliveryStream", "firehose:DeleteDeliveryStream"}, kind(DeliveryStream)},
	{setDelete, "DeleteStreams", []string{"kinesis:ListTagsForStream", "kinesis:DeleteStream"}, kind(Stream)},
	{setDelete, "DeleteBuckets", []string{"s3:GetBucketTagging", "s3:ListBucketVersions", "s3:DeleteBucket"}, kind(Bucket)},
	{setDelete, "EmptyBuckets", []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}, []string{object}},
	{setDelete, "DeleteRoles", []string{
		"iam:ListRoleTags", "iam:ListAttachedRolePolicies", "iam:DetachRolePolicy", "iam:ListRolePolicies",
		"iam:DeleteRolePolicy", "iam:DeleteRole",
	}, kind(Role)},
	{setDelete, "DeleteLogGroups", []string{"logs:ListTagsForResource", "logs:DeleteLogGroup"}, kind(LogGroup)},
}
