package kinesis

import (
	"strings"
	"time"
)

// What the service model says of a channel's members.
var (
	roleRule        = rule{required: true, min: 1, max: 512, pattern: whole(`arn:aws[-a-z0-9]*:iam::\d{12}:role/[a-zA-Z_0-9+=,.@\-_/]+`)}
	bucketRule      = rule{required: true, min: 1, max: 2048, pattern: whole(`arn:aws[-a-z0-9]*:s3:::[a-z0-9._-]{3,63}`)}
	ownerRule       = rule{required: true, min: 12, max: 12, pattern: whole(`\d{12}`)}
	formatRule      = rule{required: true, enum: []string{"GSR_JSON", formatJSON, formatString, formatBytes}}
	schemaRule      = rule{min: 1, max: 512, pattern: whole(`arn:aws[-a-z0-9]*:glue:[-a-z0-9]+:\d{12}:schema/[-a-zA-Z0-9_$#.]+/[-a-zA-Z0-9_$#.]+`)}
	compressionRule = rule{required: true, enum: []string{compressionNone, compressionGzip, compressionZstd}}
	classRule       = rule{enum: []string{classStandard, "INTELLIGENT_TIERING", "GLACIER_IR"}}
	templateRule    = rule{min: 1, max: 1024, pattern: whole(`[0-9A-Za-z!\-_'.*()\/=:{}]+`)}
	errorPrefixRule = rule{min: 1, max: 512, pattern: whole(`[0-9A-Za-z!\-_'.*()\/]+`)}
	channelKeyRule  = rule{required: true, min: 1, max: 2048}
	logGroupRule    = rule{min: 1, max: 512, pattern: whole(`[\.\-_/#A-Za-z0-9]+`)}
	logStreamRule   = rule{min: 1, max: 512, pattern: whole(`[^:*]*`)}
)

const (
	formatJSON   = "JSON"
	formatString = "STRING"
	formatBytes  = "BYTE_ARRAY"

	classStandard = "STANDARD"

	compressionNone = "NONE"
	compressionGzip = "GZIP"
	compressionZstd = "ZSTD"
)

// check checks the shape of a request.
func (in *CreateChannelInput) check(mostTags int) error {
	var c checks
	c.text("channelName", in.ChannelName, nameRule.needed())
	c.text("serviceExecutionRoleARN", in.ServiceExecutionRoleARN, roleRule)
	c.channelStreams(in.StreamConfigurationList)
	if d := in.S3DestinationConfiguration; d != nil {
		c.destination(d)
	}
	if k := in.EncryptionConfiguration; k != nil {
		c.text("encryptionConfiguration.encryptionType", k.EncryptionType, rule{required: true, enum: []string{encryptionKMS}})
		c.text("encryptionConfiguration.keyId", k.KeyId, channelKeyRule)
	}
	c.logging(in.LoggingConfiguration)
	if in.Tags != nil {
		c.tags("tags", in.Tags)
	}
	if err := c.err(); err != nil {
		return err
	}
	return checkTags("Failed to create channel", nil, in.Tags, mostTags)
}

func (c *checks) channelStreams(list []ChannelStreamConfiguration) {
	switch {
	case list == nil:
		c.notNull("streamConfigurationList")
	case len(list) == 0:
		c.add("streamConfigurationList", "'[]'", "have length greater than or equal to 1")
	default:
		const first = "streamConfigurationList.1.member."
		c.text(first+"streamARN", list[0].StreamARN, arnRule.needed())
		if list[0].RecordConfiguration == nil {
			c.notNull(first + "recordConfiguration")
		} else {
			c.text(first+"recordConfiguration.recordFormatType", list[0].RecordConfiguration.RecordFormatType, formatRule)
			c.text(first+"recordConfiguration.gSRSchemaARN", list[0].RecordConfiguration.GSRSchemaARN, schemaRule)
		}
	}
}

func (c *checks) destination(d *S3DestinationConfiguration) {
	const in = "s3DestinationConfiguration."
	if s := d.StorageConfiguration; s == nil {
		c.notNull(in + "storageConfiguration")
	} else {
		const in = in + "storageConfiguration."
		c.text(in+"bucketARN", s.BucketARN, bucketRule)
		c.text(in+"expectedBucketOwner", s.ExpectedBucketOwner, ownerRule)
		c.text(in+"outputKeyTemplate", s.OutputKeyTemplate, templateRule)
		c.text(in+"storageClass", s.StorageClass, classRule)
		c.text(in+"compressionType", s.CompressionType, compressionRule)
	}
	if q := d.DeadLetterQueueS3Configuration; q != nil {
		const in = in + "deadLetterQueueS3Configuration."
		c.text(in+"bucketARN", q.BucketARN, bucketRule)
		c.text(in+"expectedBucketOwner", q.ExpectedBucketOwner, ownerRule)
		c.text(in+"errorOutputPrefix", q.ErrorOutputPrefix, errorPrefixRule)
	}
}

func (c *checks) logging(in *ChannelLoggingConfiguration) {
	if in == nil {
		return
	}
	const field = "loggingConfiguration.cloudWatchLogs"
	logs := in.CloudWatchLogs
	if logs == nil {
		c.notNull(field)
		return
	}
	if logs.Enabled == nil {
		c.notNull(field + ".enabled")
	}
	c.text(field+".logGroupName", logs.LogGroupName, logGroupRule)
	c.text(field+".logStreamName", logs.LogStreamName, logStreamRule)
}

// checkDestination refuses destinations that are none, too many or not emulated.
func (s *Service) checkDestination(in *CreateChannelInput) error {
	d := in.S3DestinationConfiguration
	switch {
	case len(in.StreamConfigurationList) > 1:
		return errorf(codeInvalidArgument, "A channel reads exactly one stream, and %d are given.", len(in.StreamConfigurationList))
	case (d == nil) == (in.S3TablesDestinationConfiguration == nil):
		return errorf(codeInvalidArgument, "Exactly one of S3DestinationConfiguration and S3TablesDestinationConfiguration must be specified.")
	case d == nil:
		return notEmulated("S3TablesDestinationConfiguration")
	case s.cfg.Store == nil:
		return notEmulated("CreateChannel where nothing stores objects")
	}
	if err := s.checkBucket(d.StorageConfiguration.BucketARN, d.StorageConfiguration.ExpectedBucketOwner); err != nil {
		return err
	}
	if q := d.DeadLetterQueueS3Configuration; q != nil {
		return s.checkBucket(q.BucketARN, q.ExpectedBucketOwner)
	}
	return nil
}

// checkBucket refuses a bucket that is not of this account. AWS delivers to those of others, too.
func (s *Service) checkBucket(arn, owner *string) error {
	switch {
	case *owner != s.cfg.Account:
		return notEmulated("a bucket of another account (ExpectedBucketOwner " + *owner + ")")
	case !strings.HasPrefix(*arn, bucketARNs):
		return notEmulated("a bucket of another partition (" + *arn + ")")
	}
	return nil
}

// checkFreshness holds DataFreshnessInSeconds to 300 to 900 (developer guide, "Data delivery concepts"; the service model has no
// range).
func (s *Service) checkFreshness(d time.Duration) error {
	least, most := s.cfg.Limits.LeastFreshness, s.cfg.Limits.MostFreshness
	if least <= d && d <= most {
		return nil
	}
	return errorf(codeInvalidArgument, "DataFreshnessInSeconds must be between %d and %d; %d was given.",
		least/time.Second, most/time.Second, d/time.Second)
}

// notEmulated refuses what AWS offers and wavetank does not.
func notEmulated(what string) *Error {
	return errorf(codeInvalidArgument, "wavetank does not emulate %s yet; what is not emulated is listed in NOT_EMULATED.md.", what)
}
