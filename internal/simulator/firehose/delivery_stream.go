package firehose

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Compression formats of an S3 destination that are emulated.
const (
	Uncompressed = "UNCOMPRESSED"
	Gzip         = "GZIP"
)

// version is the VersionId of a delivery stream, which is part of its objects' names. It would rise with each
// UpdateDestination.
const version = "1"

// DeliveryStream describes a delivery stream with an S3 destination, or with an HTTP endpoint and its backup bucket. Name and
// Bucket must be set; the zero value of every other field is AWS's default.
type DeliveryStream struct {
	Name        string
	Source      string          // a Kinesis stream of the same account and region; "" is Direct PUT
	Bucket      string          // it need not exist: deliveries fail and are retried until it does
	Prefix      string          // with !{timestamp:…} expressions; without any, yyyy/MM/dd/HH/ is appended
	Buffering   *BufferingHints // nil: DefaultHints; of a backup bucket, 60 to 900 s
	Compression string          // UNCOMPRESSED (default) or GZIP

	// HTTP is the destination where it is not nil. What else is said of a bucket is then about its backup bucket.
	HTTP *HTTPEndpoint

	// Processor transforms the records before they are buffered for an S3 destination; nil: nothing does.
	Processor *LambdaProcessor

	// ErrorOutputPrefix is where records go that an HTTP endpoint or the processor has failed. Else it is only shown again.
	ErrorOutputPrefix string

	// What is accepted because AWS asks for it, and shown again by DescribeDeliveryStream.
	RoleARN       string
	SourceRoleARN string
}

// deliveryStream is one that exists.
type deliveryStream struct {
	service *Service
	config  DeliveryStream // with its defaults
	prefix  *prefix
	errors  *prefix // of what an HTTP endpoint did not take, or the processor has failed
	created time.Time
	active  time.Time // CREATING until then
	direct  *lane     // Direct PUT; nil where there is a source
	quota   quota     // of Direct PUT; guarded by direct.mu
	source  *source   // nil for Direct PUT
	closed  sync.Once

	processing *processing // nil: records stay as they are
	attributes string      // the header that an HTTP endpoint's requests carry
}

// Create makes a delivery stream. It does what CreateDeliveryStream does, but counts against no limit of calls. A delivery
// stream with a source starts at the tip of each open shard, and reads it for the first time at once.
//
// Every error is an [*Error].
func (s *Service) Create(c DeliveryStream) error {
	d, err := s.prepare(c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	switch {
	case s.streams[c.Name] != nil:
		err = errorf(codeInUse, "Firehose %s under account %s already exists", c.Name, s.config.Account)
	case len(s.streams) >= s.config.Limits.DeliveryStreams:
		err = errorf(codeLimitExceeded, "You have reached the limit of %d delivery streams", s.config.Limits.DeliveryStreams)
	default:
		s.streams[c.Name] = d
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return d.begin()
}

// prepare checks a description and fills in its defaults.
func (s *Service) prepare(c DeliveryStream) (*deliveryStream, error) {
	if err := validName(c.Name); err != nil {
		return nil, err
	}
	if c.Bucket == "" {
		return nil, missing("extendedS3DestinationConfiguration.bucketARN")
	}
	if c.Compression == "" {
		c.Compression = Uncompressed
	}
	if err := validCompression(c.Compression); err != nil {
		return nil, err
	}
	hints := DefaultHints
	if c.Buffering != nil {
		hints = *c.Buffering
	}
	least := time.Duration(0)
	if c.HTTP != nil {
		least = leastBackup
	}
	if err := hints.within("bufferingHints", 128, least); err != nil {
		return nil, err
	}
	c.Buffering = &hints
	p, err := parsePrefix(c.Prefix)
	if err != nil {
		return nil, err
	}
	d := &deliveryStream{service: s, prefix: p}
	if err := d.prepareHTTP(&c); err != nil {
		return nil, err
	}
	if err := d.prepareProcessor(&c); err != nil {
		return nil, err
	}
	if c.Source != "" && s.config.Streams == nil {
		return nil, notEmulated("a stream as source without Kinesis")
	}
	now := s.config.Clock.Now()
	d.config, d.created, d.active = c, now, now.Add(s.config.Model.Creating)
	if c.Source == "" {
		d.direct = newLane(d, -1)
		d.quota = newQuota(s.config.Limits, now.UnixNano())
	} else {
		d.source = newSource(d)
	}
	return d, nil
}

// begin starts the delivery stream's processes, or takes it out again.
func (d *deliveryStream) begin() error {
	if d.direct != nil {
		d.direct.begin()
		return nil
	}
	err := d.source.begin()
	if err == nil {
		return nil
	}
	d.close()
	return errorf(codeInvalidArgument, "Source of %s: %v", d.config.Name, err)
}

// close ends the delivery stream: what is buffered is discarded, as measured on AWS, and its processes return.
func (d *deliveryStream) close() {
	d.closed.Do(func() {
		s := d.service
		s.mu.Lock()
		delete(s.streams, d.config.Name)
		s.mu.Unlock()
		if d.source != nil {
			d.source.close()
		}
		for _, l := range d.lanes() {
			l.close()
		}
	})
}

func (d *deliveryStream) creating(now time.Time) bool { return now.Before(d.active) }

// lanes are the delivery stream's buffers, in the order of the shards.
func (d *deliveryStream) lanes() []*lane {
	if d.direct != nil {
		return []*lane{d.direct}
	}
	return d.source.lanes()
}

// prepareHTTP checks an HTTP endpoint, where there is one, and fills in its defaults.
func (d *deliveryStream) prepareHTTP(c *DeliveryStream) (err error) {
	if c.HTTP == nil {
		return nil
	}
	if d.service.config.Endpoints == nil {
		return notEmulated("HttpEndpointDestinationConfiguration where nothing sends requests")
	}
	if c.HTTP, err = c.HTTP.withDefaults(d.service.config.Model); err != nil {
		return err
	}
	d.attributes = c.HTTP.attributes()
	d.errors, err = parseErrorPrefix(c.ErrorOutputPrefix, c.Prefix, httpFailed)
	return err
}

// leastBackup is the shortest interval of a backup bucket (developer guide, "Configure buffer hints").
const leastBackup = 60 * time.Second

// within checks hints against the API's bounds (service model); the least size is 1 MiB and the longest interval 900 s.
func (h BufferingHints) within(member string, mostMBs int64, least time.Duration) error {
	size, interval := member+".sizeInMBs", member+".intervalInSeconds"
	mbs, seconds := h.Size/mib, h.Interval/time.Second
	switch {
	case h.Size%mib != 0:
		return errorf(codeInvalidArgument, "Buffer size %d is not a whole number of MiB (1 to %d)", h.Size, mostMBs)
	case h.Interval%time.Second != 0:
		return errorf(codeInvalidArgument, "Buffer interval %v is not a whole number of seconds (%d to 900)", h.Interval, least/time.Second)
	case mbs < 1:
		return constraint(mbs, size, "Member must have value greater than or equal to 1")
	case mbs > mostMBs:
		return constraint(mbs, size, fmt.Sprintf("Member must have value less than or equal to %d", mostMBs))
	case h.Interval < least:
		return constraint(int64(seconds), interval, fmt.Sprintf("Member must have value greater than or equal to %d", least/time.Second))
	case seconds > 900:
		return constraint(int64(seconds), interval, "Member must have value less than or equal to 900")
	}
	return nil
}

func validCompression(format string) error {
	switch all := []string{"ZIP", "HADOOP_SNAPPY", "Snappy", Gzip, Uncompressed}; {
	case format == Gzip || format == Uncompressed:
		return nil
	case slices.Contains(all, format):
		return notEmulated("CompressionFormat " + format)
	default: // captured from AWS
		return constraint(format, "extendedS3DestinationConfiguration.compressionFormat", "Member must satisfy enum value set: ["+strings.Join(all, ", ")+"]")
	}
}
