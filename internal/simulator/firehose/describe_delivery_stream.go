package firehose

import (
	"strconv"
	"time"
)

// DescribeDeliveryStream
//
// Emulated: all that CreateDeliveryStream accepts.
// Source: API reference DescribeDeliveryStream.

// Types of delivery streams that are emulated.
const (
	typeDirectPut = "DirectPut"
	typeStream    = "KinesisStreamAsSource"
)

// DescribeDeliveryStreamInput is the input of DescribeDeliveryStream. A delivery stream has one destination, so that Limit
// and ExclusiveStartDestinationId have nothing to choose from.
type DescribeDeliveryStreamInput struct {
	DeliveryStreamName          string
	ExclusiveStartDestinationId string
	Limit                       int
}

// DescribeDeliveryStreamOutput is the answer of DescribeDeliveryStream.
type DescribeDeliveryStreamOutput struct {
	DeliveryStreamDescription DeliveryStreamDescription
}

// DeliveryStreamDescription describes a delivery stream.
type DeliveryStreamDescription struct {
	DeliveryStreamName   string
	DeliveryStreamARN    string
	DeliveryStreamStatus string // CREATING or ACTIVE
	DeliveryStreamType   string
	VersionId            string
	CreateTimestamp      Timestamp
	Source               *SourceDescription `json:",omitempty"`
	Destinations         []DestinationDescription
	HasMoreDestinations  bool
}

// SourceDescription describes the source of a delivery stream that has one.
type SourceDescription struct {
	KinesisStreamSourceDescription KinesisStreamSourceDescription
}

// KinesisStreamSourceDescription describes a stream that is a source.
type KinesisStreamSourceDescription struct {
	KinesisStreamARN       string
	RoleARN                string
	DeliveryStartTimestamp Timestamp
}

// DestinationDescription describes the destination: an HTTP endpoint, or a bucket in both of AWS's shapes.
type DestinationDescription struct {
	DestinationId                      string
	S3DestinationDescription           *S3DestinationDescription           `json:",omitzero"`
	ExtendedS3DestinationDescription   *ExtendedS3DestinationDescription   `json:",omitzero"`
	HTTPEndpointDestinationDescription *HTTPEndpointDestinationDescription `json:"HttpEndpointDestinationDescription,omitzero"`
}

// S3DestinationDescription describes an S3 destination.
type S3DestinationDescription struct {
	RoleARN                  string
	BucketARN                string
	Prefix                   string
	ErrorOutputPrefix        string `json:",omitempty"`
	BufferingHints           BufferingHintsInput
	CompressionFormat        string
	EncryptionConfiguration  struct{ NoEncryptionConfig string }
	CloudWatchLoggingOptions struct{ Enabled bool }
}

// ExtendedS3DestinationDescription is an S3 destination with what the extended shape adds.
type ExtendedS3DestinationDescription struct {
	S3DestinationDescription
	S3BackupMode            string
	ProcessingConfiguration *ProcessingConfiguration `json:",omitzero"`
}

// Timestamp is an instant as the JSON protocol writes it: seconds since the epoch with three decimals.
type Timestamp struct{ time.Time }

// MarshalJSON writes a number.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(t.UnixMilli())/1000, 'f', 3, 64), nil
}

// DescribeDeliveryStream describes a delivery stream.
func (s *Service) DescribeDeliveryStream(in DescribeDeliveryStreamInput) (*DescribeDeliveryStreamOutput, error) {
	if err := s.admit("DescribeDeliveryStream"); err != nil {
		return nil, err
	}
	if err := validName(in.DeliveryStreamName); err != nil {
		return nil, err
	}
	d, err := s.find(in.DeliveryStreamName)
	if err != nil {
		return nil, err
	}
	return &DescribeDeliveryStreamOutput{DeliveryStreamDescription: d.describe(s.config.Clock.Now())}, nil
}

func (d *deliveryStream) describe(now time.Time) DeliveryStreamDescription {
	out := DeliveryStreamDescription{
		DeliveryStreamName:   d.config.Name,
		DeliveryStreamARN:    d.service.ARN(d.config.Name),
		DeliveryStreamStatus: "ACTIVE",
		DeliveryStreamType:   d.kind(),
		VersionId:            version,
		CreateTimestamp:      Timestamp{d.created},
	}
	if d.creating(now) {
		out.DeliveryStreamStatus = "CREATING"
	}
	if d.source != nil {
		out.Source = &SourceDescription{KinesisStreamSourceDescription{
			KinesisStreamARN:       d.service.streamARN(d.config.Source),
			RoleARN:                d.config.SourceRoleARN,
			DeliveryStartTimestamp: Timestamp{d.created},
		}}
	}
	s3 := S3DestinationDescription{
		RoleARN:           d.config.RoleARN,
		BucketARN:         "arn:aws:s3:::" + d.config.Bucket,
		Prefix:            d.config.Prefix,
		ErrorOutputPrefix: d.config.ErrorOutputPrefix,
		BufferingHints:    d.config.Buffering.describe(),
		CompressionFormat: d.config.Compression,
	}
	s3.EncryptionConfiguration.NoEncryptionConfig = "NoEncryption"
	to := DestinationDescription{DestinationId: "destinationId-000000000001"}
	if h := d.config.HTTP; h != nil {
		to.HTTPEndpointDestinationDescription = h.describe(s3)
	} else {
		to.S3DestinationDescription = &s3
		to.ExtendedS3DestinationDescription = &ExtendedS3DestinationDescription{S3DestinationDescription: s3, S3BackupMode: "Disabled"}
		if d.processing != nil {
			to.ExtendedS3DestinationDescription.ProcessingConfiguration = d.processing.describe()
		}
	}
	out.Destinations = []DestinationDescription{to}
	return out
}

// kind is the delivery stream's type.
func (d *deliveryStream) kind() string {
	if d.source != nil {
		return typeStream
	}
	return typeDirectPut
}
