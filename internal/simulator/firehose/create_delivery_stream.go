package firehose

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// CreateDeliveryStream
//
// Emulated: DirectPut and KinesisStreamAsSource; an HTTP endpoint, or an S3 destination in both shapes with RoleARN, BucketARN,
// Prefix, ErrorOutputPrefix, BufferingHints, ProcessingConfiguration and CompressionFormat UNCOMPRESSED or GZIP; CREATING for Model.Creating. Every other
// member is refused by name. The bucket and the roles need not exist.
// Source: API reference CreateDeliveryStream; developer guide "Configure buffer hints", "Custom prefixes for Amazon S3
// objects"; error texts as captured from AWS where known, else ours.

// CreateDeliveryStreamInput is the input of CreateDeliveryStream. Members that are not emulated are refused by name,
// unless they only say that something is off.
type CreateDeliveryStreamInput struct {
	DeliveryStreamName                   string
	DeliveryStreamType                   string // DirectPut (default) or KinesisStreamAsSource
	DirectPutSourceConfiguration         *DirectPutSourceConfiguration
	KinesisStreamSourceConfiguration     *KinesisStreamSourceConfiguration
	S3DestinationConfiguration           *S3DestinationConfiguration
	ExtendedS3DestinationConfiguration   *S3DestinationConfiguration
	HTTPEndpointDestinationConfiguration *HTTPEndpointDestinationConfiguration `json:"HttpEndpointDestinationConfiguration"`
	Other                                map[string]jsontext.Value             `json:",embed"`
}

// DirectPutSourceConfiguration is a hint that changes nothing, on AWS neither.
type DirectPutSourceConfiguration struct {
	ThroughputHintInMBs int // 1 to 100
}

// KinesisStreamSourceConfiguration names a stream of the same account and region.
type KinesisStreamSourceConfiguration struct {
	KinesisStreamARN string
	RoleARN          string
}

// S3DestinationConfiguration is the part of both S3 destinations, and of a backup bucket, that is emulated.
type S3DestinationConfiguration struct {
	RoleARN           string
	BucketARN         string
	Prefix            string
	ErrorOutputPrefix string // of a backup bucket, and of what a processor fails; else kept and shown
	BufferingHints    *BufferingHintsInput
	CompressionFormat string

	ProcessingConfiguration *ProcessingConfiguration // of an extended S3 destination

	Other map[string]jsontext.Value `json:",embed"`
}

// BufferingHintsInput are BufferingHints in AWS's units; both or none are given.
type BufferingHintsInput struct {
	SizeInMBs         *int64 `json:",omitempty"`
	IntervalInSeconds *int64 `json:",omitempty"`
}

// CreateDeliveryStreamOutput is the answer of CreateDeliveryStream.
type CreateDeliveryStreamOutput struct {
	DeliveryStreamARN string
}

// CreateDeliveryStream makes a delivery stream, see [Service.Create].
func (s *Service) CreateDeliveryStream(in CreateDeliveryStreamInput) (*CreateDeliveryStreamOutput, error) {
	if err := s.admit("CreateDeliveryStream"); err != nil {
		return nil, err
	}
	if err := validName(in.DeliveryStreamName); err != nil {
		return nil, err
	}
	if err := refuseOthers("CreateDeliveryStream", in.Other); err != nil {
		return nil, err
	}
	c := DeliveryStream{Name: in.DeliveryStreamName}
	if err := s.sourceOf(in, &c); err != nil {
		return nil, err
	}
	if err := destinationOf(in, &c); err != nil {
		return nil, err
	}
	if err := s.Create(c); err != nil {
		return nil, err
	}
	return &CreateDeliveryStreamOutput{DeliveryStreamARN: s.ARN(c.Name)}, nil
}

// sourceOf reads where the records come from.
func (s *Service) sourceOf(in CreateDeliveryStreamInput, c *DeliveryStream) error {
	switch in.DeliveryStreamType {
	case "", typeDirectPut:
		if in.KinesisStreamSourceConfiguration != nil {
			return errorf(codeInvalidArgument, "KinesisStreamSourceConfiguration is for DeliveryStreamType KinesisStreamAsSource")
		}
		if hint := in.DirectPutSourceConfiguration; hint != nil && (hint.ThroughputHintInMBs < 1 || hint.ThroughputHintInMBs > 100) {
			return constraint(hint.ThroughputHintInMBs, "directPutSourceConfiguration.throughputHintInMBs", "Member must have value between 1 and 100")
		}
		return nil
	case typeStream:
		source := in.KinesisStreamSourceConfiguration
		if source == nil {
			return errorf(codeInvalidArgument, "DeliveryStreamType KinesisStreamAsSource needs KinesisStreamSourceConfiguration")
		}
		stream, ok := strings.CutPrefix(source.KinesisStreamARN, s.streamARN(""))
		if !ok || stream == "" {
			return errorf(codeInvalidArgument, "KinesisStreamARN %q is not a stream of this account and region: %s", source.KinesisStreamARN, s.streamARN("NAME"))
		}
		c.Source, c.SourceRoleARN = stream, source.RoleARN
		return nil
	case "MSKAsSource", "DatabaseAsSource":
		return notEmulated("DeliveryStreamType " + in.DeliveryStreamType)
	}
	return constraint(in.DeliveryStreamType, "deliveryStreamType", "Member must satisfy enum value set: [DirectPut, KinesisStreamAsSource, MSKAsSource, DatabaseAsSource]")
}

// destinationOf reads where the records go.
func destinationOf(in CreateDeliveryStreamInput, c *DeliveryStream) error {
	h, extended, plain := in.HTTPEndpointDestinationConfiguration, in.ExtendedS3DestinationConfiguration, in.S3DestinationConfiguration
	given := 0
	for _, is := range []bool{h != nil, extended != nil, plain != nil} {
		if is {
			given++
		}
	}
	switch {
	case given == 0:
		return errorf(codeInvalidArgument, "A delivery stream has exactly one destination; wavetank emulates ExtendedS3DestinationConfiguration, S3DestinationConfiguration and HttpEndpointDestinationConfiguration")
	case given > 1:
		return errorf(codeInvalidArgument, "A delivery stream has exactly one destination, and %s are given", []string{2: "two", 3: "three"}[given])
	case h != nil:
		return httpOf(h, c)
	case extended != nil:
		return bucketOf(extended, extendedMember, c)
	}
	return bucketOf(plain, "s3DestinationConfiguration", c)
}

const extendedMember = "extendedS3DestinationConfiguration"

// bucketOf reads a bucket that objects go to. member is its place in the request.
func bucketOf(d *S3DestinationConfiguration, member string, c *DeliveryStream) error {
	if err := refuseOthers(inCapitals(member), d.Other); err != nil {
		return err
	}
	bucket, ok := strings.CutPrefix(d.BucketARN, "arn:aws:s3:::")
	switch {
	case d.RoleARN == "":
		return missing(member + ".roleARN")
	case d.BucketARN == "":
		return missing(member + ".bucketARN")
	case !ok || bucket == "":
		return constraint(d.BucketARN, member+".bucketARN", "Member must satisfy regular expression pattern: arn:.*:s3:::[\\w\\.\\-]{1,255}")
	case strings.Contains(d.Prefix, "!{") && d.ErrorOutputPrefix == "":
		return errorf(codeInvalidArgument, "ErrorOutputPrefix must be given when Prefix contains expressions")
	}
	hints, err := d.BufferingHints.hints()
	if err != nil {
		return err
	}
	if c.Processor, err = processorOf(d.ProcessingConfiguration, member+".processingConfiguration"); err != nil {
		return err
	}
	if c.Processor != nil && member != extendedMember { // the other shapes of a bucket do not have it
		return notEmulated(inCapitals(member) + ".ProcessingConfiguration")
	}
	c.Bucket, c.RoleARN, c.Buffering, c.Compression = bucket, d.RoleARN, hints, d.CompressionFormat
	c.Prefix, c.ErrorOutputPrefix = d.Prefix, d.ErrorOutputPrefix
	return nil
}

// inCapitals is a member's place as a request writes it; AWS's own messages begin each name in lower case.
func inCapitals(member string) string {
	names := strings.Split(member, ".")
	for i, n := range names {
		names[i] = strings.ToUpper(n[:1]) + n[1:]
	}
	return strings.Join(names, ".")
}

// hints converts AWS's units; nil is nil.
func (h *BufferingHintsInput) hints() (*BufferingHints, error) {
	if h == nil || h.SizeInMBs == nil && h.IntervalInSeconds == nil {
		return nil, nil
	}
	if h.SizeInMBs == nil || h.IntervalInSeconds == nil {
		return nil, errorf(codeInvalidArgument, "BufferingHints: if you specify one of SizeInMBs and IntervalInSeconds, you must also specify the other")
	}
	// Beyond these the API's bounds refuse them; here they only must not overflow.
	size := min(max(*h.SizeInMBs, -1), 1<<20)
	seconds := min(max(*h.IntervalInSeconds, -1), 1<<20)
	return &BufferingHints{Size: size * mib, Interval: time.Duration(seconds) * time.Second}, nil
}
