package kinesis

import "time"

// ChannelDescription is a channel as CreateChannel, UpdateChannel and DescribeChannel show it.
type ChannelDescription struct {
	ChannelName                string
	ChannelARN                 string
	ChannelId                  string
	ChannelStatus              string
	ChannelCreationTimestamp   Timestamp
	ServiceExecutionRoleARN    string
	StreamConfigurationList    []ChannelStreamDescription
	S3DestinationConfiguration *S3DestinationConfiguration
	EncryptionConfiguration    *ChannelEncryptionConfiguration `json:",omitzero"`
	LoggingConfiguration       ChannelLoggingConfiguration
}

// ChannelStreamDescription is the stream that a channel reads.
type ChannelStreamDescription struct {
	StreamARN               string
	StreamCreationTimestamp Timestamp
	RecordConfiguration     RecordConfiguration
}

// ChannelStreamConfiguration is the stream that a channel is to read.
type ChannelStreamConfiguration struct {
	StreamARN           *string
	RecordConfiguration *RecordConfiguration
}

// RecordConfiguration is what the records of a stream are.
type RecordConfiguration struct {
	RecordFormatType *string
	GSRSchemaARN     *string `json:",omitzero"` // by which records are validated; not emulated
}

// S3DestinationConfiguration is the bucket that a channel delivers to. In a description all of it is there.
type S3DestinationConfiguration struct {
	StorageConfiguration           *S3StorageConfiguration
	DataFreshnessInSeconds         *int32
	DeadLetterQueueS3Configuration *DeadLetterQueueS3Configuration
}

// S3StorageConfiguration is where the objects go, and how.
type S3StorageConfiguration struct {
	BucketARN           *string
	ExpectedBucketOwner *string
	CompressionType     *string
	OutputKeyTemplate   *string
	StorageClass        *string
}

// DeadLetterQueueS3Configuration is where it is told which records cannot be delivered.
type DeadLetterQueueS3Configuration struct {
	BucketARN           *string
	ExpectedBucketOwner *string
	ErrorOutputPrefix   *string
}

// ChannelEncryptionConfiguration is the key of what a channel delivers.
type ChannelEncryptionConfiguration struct{ EncryptionType, KeyId *string }

// ChannelLoggingConfiguration is where a channel logs.
type ChannelLoggingConfiguration struct{ CloudWatchLogs *CloudWatchLogs }

// CloudWatchLogs is a log of CloudWatch.
type CloudWatchLogs struct {
	Enabled                     *bool
	LogGroupName, LogStreamName *string
}

// S3TablesDestination tells that a destination in S3 Tables is asked for. What it would be is not read.
type S3TablesDestination struct{}

// describe shows a channel. The caller holds the channels' lock.
func (ch *channel) describe(now time.Time) ChannelDescription {
	status, _ := ch.status(now)
	destination := ch.destination
	destination.DataFreshnessInSeconds = new(int32(ch.freshness / time.Second))
	logs := ch.logs
	return ChannelDescription{
		ChannelName: ch.name, ChannelARN: ch.arn, ChannelId: ch.id, ChannelStatus: status,
		ChannelCreationTimestamp: Timestamp{ch.created}, ServiceExecutionRoleARN: ch.role,
		StreamConfigurationList: []ChannelStreamDescription{{
			StreamARN: ch.streamARN, StreamCreationTimestamp: Timestamp{ch.streamCreated},
			RecordConfiguration: RecordConfiguration{RecordFormatType: new(ch.format)},
		}},
		S3DestinationConfiguration: &destination, EncryptionConfiguration: ch.encryption,
		LoggingConfiguration: ChannelLoggingConfiguration{&logs},
	}
}
