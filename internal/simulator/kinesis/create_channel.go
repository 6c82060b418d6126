package kinesis

import (
	"slices"
	"sort"
	"strings"
	"time"
)

// CreateChannel
//
// Emulated: channels from one on-demand stream to a general purpose bucket of the same account; the formats JSON, STRING and
// BYTE_ARRAY; all compressions; output key templates; the dead-letter queue; tags; CREATING for Model.ChannelCreating. S3 Tables, a
// schema (GSRSchemaARN) and a bucket owner other than the account are refused by name. The key, the role and the log are kept and
// shown, and nothing else; a storage class is shown of the objects, too. The buckets need not exist: deliveries are tried again.
// Source: API reference CreateChannel; developer guide "Data delivery concepts", "How Amazon S3 delivery works", "S3 output key
// template for Amazon S3 delivery", "Delivery quotas and limits". The texts of the refusals are ours.
//
// AWS does not say which states of the stream refuse; here they are CREATING and DELETING; nor what becomes of the channel of a
// stream that leaves the on-demand mode; here it stays. A description shows the defaults of
// what was left out: so does AWS's of the freshness, the dead-letter queue and the log, which it says are always there.

// CreateChannelInput is CreateChannel's request.
type CreateChannelInput struct {
	ChannelName                      *string
	ServiceExecutionRoleARN          *string
	StreamConfigurationList          []ChannelStreamConfiguration
	S3DestinationConfiguration       *S3DestinationConfiguration
	S3TablesDestinationConfiguration *S3TablesDestination
	EncryptionConfiguration          *ChannelEncryptionConfiguration
	LoggingConfiguration             *ChannelLoggingConfiguration
	Tags                             map[string]string
}

// ChannelOutput is the answer of CreateChannel, UpdateChannel and DescribeChannel.
type ChannelOutput struct{ ChannelDescription ChannelDescription }

// CreateChannel makes a channel, which delivers what is written to its stream from when it is ACTIVE on.
func (s *Service) CreateChannel(in CreateChannelInput) (*ChannelOutput, error) {
	if err := in.check(s.cfg.Limits.Tags); err != nil {
		return nil, err
	}
	ch, err := s.newChannel(&in)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	st, err := s.lock(ch.stream, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	if status, _ := st.status(now); status == statusCreating || status == statusDeleting {
		return nil, errorf(codeInUse, "Stream %s under account %s not ACTIVE, instead in state %s", ch.stream, s.cfg.Account, status)
	}
	if st.mode() != ModeOnDemand {
		return nil, errorf(codeInvalidArgument, "CreateChannel is only supported for data streams with the on-demand capacity mode.")
	}
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	if err := s.admitChannel(ch, st, now); err != nil {
		return nil, err
	}
	if err := s.register(ch, st, now); err != nil {
		return nil, err
	}
	if len(in.Tags) > 0 {
		if err := s.addTags(ch.arn, in.Tags); err != nil {
			return nil, err // they were checked
		}
	}
	s.resources.touched.Store(true)
	newDelivery(s, ch, st).begin()
	return &ChannelOutput{ch.describe(now)}, nil
}

// admitChannel refuses a channel whose name is taken or that would be one too many. A channel that is DELETING counts. The
// caller holds the channels' lock.
func (s *Service) admitChannel(ch *channel, st *stream, now time.Time) error {
	all := s.channelsAt(now)
	for _, o := range all {
		if o.name == ch.name {
			return errorf(codeInUse, "Channel %s under account %s already exists.", ch.name, s.cfg.Account)
		}
		if o.reads(st) {
			return errorf(codeLimitExceeded, "This request would exceed the limit of one channel to a general purpose bucket for "+
				"stream %s under account %s.", ch.stream, s.cfg.Account)
		}
	}
	if most := s.mostChannels(); len(all) >= most { // those of streams that left the on-demand mode count, too
		return errorf(codeLimitExceeded, "This request would exceed the channel limit for the account %s in %s. Limit: %d.",
			s.cfg.Account, s.cfg.Region, most)
	}
	return nil
}

// register gives a channel its identity and its place. The caller holds the locks of the stream and of the channels.
func (s *Service) register(ch *channel, st *stream, now time.Time) error {
	s.channels.made++
	ch.id = s.channelID(ch.name, s.channels.made)
	ch.arn = s.channelARN(ch.id)
	ch.streamCreated, ch.created, ch.active = st.created, now, now.Add(s.cfg.Model.ChannelCreating)
	if ch.logs.LogGroupName == nil {
		ch.logs.LogGroupName = new("/aws/kinesis/" + ch.name + "/" + ch.id) // API reference, CloudWatchLogs
	}
	if key := ch.template.key(ch, now, 1); len(key) > mostKeyBytes {
		return errorf(codeInvalidArgument, "OutputKeyTemplate makes keys of %d bytes; S3 takes %d.", len(key), mostKeyBytes)
	}
	i := sort.Search(len(s.channels.all), func(i int) bool { return s.channels.all[i].name > ch.name })
	s.channels.all = slices.Insert(s.channels.all, i, ch)
	return nil
}

// newChannel is the channel that a request asks for, with its defaults, or what of it is refused.
func (s *Service) newChannel(in *CreateChannelInput) (*channel, error) {
	if err := s.checkDestination(in); err != nil {
		return nil, err
	}
	of := in.StreamConfigurationList[0]
	name, err := s.streamOf(nil, of.StreamARN)
	if err != nil {
		return nil, err
	}
	switch {
	case *of.RecordConfiguration.RecordFormatType == "GSR_JSON":
		return nil, errorf(codeInvalidArgument, "The record format GSR_JSON is only supported for streaming table destinations.")
	case of.RecordConfiguration.GSRSchemaARN != nil:
		return nil, notEmulated("GSRSchemaARN, the validation of records by a schema,")
	}
	if k := in.EncryptionConfiguration; k != nil && strings.HasSuffix(*k.KeyId, "alias/aws/kinesis") {
		return nil, errorf(codeInvalidArgument, "A channel cannot use the key of the service, %s.", *k.KeyId)
	}
	freshness := min(max(defaultFreshness, s.cfg.Limits.LeastFreshness), s.cfg.Limits.MostFreshness)
	if seconds := in.S3DestinationConfiguration.DataFreshnessInSeconds; seconds != nil {
		freshness = time.Duration(*seconds) * time.Second
	}
	if err := s.checkFreshness(freshness); err != nil {
		return nil, err
	}
	ch := &channel{
		name: *in.ChannelName, stream: name, streamARN: s.StreamARN(name), role: *in.ServiceExecutionRoleARN,
		format: *of.RecordConfiguration.RecordFormatType, destination: in.S3DestinationConfiguration.withDefaults(),
		encryption: in.EncryptionConfiguration, wake: s.cfg.Clock.NewSignal(), freshness: freshness, logs: logsOf(in.LoggingConfiguration),
	}
	ch.template, err = parseKeyTemplate(*ch.destination.StorageConfiguration.OutputKeyTemplate)
	return ch, err
}

// withDefaults is a destination with AWS's defaults. Its parts are copies.
func (d *S3DestinationConfiguration) withDefaults() S3DestinationConfiguration {
	storage := *d.StorageConfiguration
	if storage.OutputKeyTemplate == nil {
		storage.OutputKeyTemplate = new(defaultKeyTemplate)
	}
	if storage.StorageClass == nil {
		storage.StorageClass = new(classStandard)
	}
	dead := DeadLetterQueueS3Configuration{BucketARN: storage.BucketARN, ExpectedBucketOwner: storage.ExpectedBucketOwner}
	if d.DeadLetterQueueS3Configuration != nil {
		dead = *d.DeadLetterQueueS3Configuration
	}
	if dead.ErrorOutputPrefix == nil {
		dead.ErrorOutputPrefix = new(defaultErrorPrefix)
	}
	return S3DestinationConfiguration{StorageConfiguration: &storage, DeadLetterQueueS3Configuration: &dead}
}

// logsOf is what a channel logs to. AWS does not say whether it logs where the request says nothing; here it does not.
func logsOf(in *ChannelLoggingConfiguration) CloudWatchLogs {
	logs := CloudWatchLogs{Enabled: new(false)}
	if in != nil {
		logs = *in.CloudWatchLogs
	}
	if logs.LogStreamName == nil {
		logs.LogStreamName = new(defaultLogs)
	}
	return logs
}
