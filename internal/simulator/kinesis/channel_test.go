package kinesis

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

const testRole = "arn:aws:iam::123456789012:role/delivery"

// channelTo asks for a channel from the stream s to the bucket clicks.
func channelTo(name string) CreateChannelInput {
	return CreateChannelInput{
		ChannelName: &name, ServiceExecutionRoleARN: new(testRole),
		StreamConfigurationList: []ChannelStreamConfiguration{{new(streamS), &RecordConfiguration{RecordFormatType: new(formatJSON)}}},
		S3DestinationConfiguration: &S3DestinationConfiguration{StorageConfiguration: &S3StorageConfiguration{
			BucketARN: new("arn:aws:s3:::clicks"), ExpectedBucketOwner: new("123456789012"), CompressionType: new(compressionNone),
		}},
	}
}

// newChannels makes an on-demand stream s and a shelf that channels deliver to.
func newChannels(t *testing.T, cfg Config) (*Service, *clock.Virtual, *shelf) {
	t.Helper()
	to := &shelf{}
	cfg.Store = to
	s, c := newOnDemand(t, cfg)
	t.Cleanup(c.Stop)
	return s, c, to
}

// mustChannel makes a channel and returns its description.
func mustChannel(t *testing.T, s *Service, in CreateChannelInput) ChannelDescription {
	t.Helper()
	out, err := s.CreateChannel(in)
	if err != nil {
		t.Fatal(err)
	}
	return out.ChannelDescription
}

// channelState is a channel's state, "" where it is not there.
func channelState(t *testing.T, s *Service, arn string) string {
	t.Helper()
	out, err := s.DescribeChannel(ChannelInput{&arn})
	if e := (*Error)(nil); errors.As(err, &e) && e.Code == codeNotFound {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.ChannelDescription.ChannelStatus
}

// TestChannelStates: CREATING, ACTIVE, UPDATING, ACTIVE, DELETING, gone; only an ACTIVE one is updated, any is deleted.
func TestChannelStates(t *testing.T) {
	s, c, _ := newChannels(t, Config{Model: Model{
		ChannelCreating: time.Minute, ChannelUpdating: 30 * time.Second, ChannelDeleting: 20 * time.Second,
	}})
	arn := mustChannel(t, s, channelTo("c")).ChannelARN
	update := func() error {
		_, err := s.UpdateChannel(UpdateChannelInput{ChannelARN: &arn, S3DestinationConfiguration: &S3DestinationUpdateInput{new(int32(600))}})
		return err
	}
	remove := func() error { return s.DeleteChannel(ChannelInput{&arn}) }
	inUse := "Channel c under account 123456789012 not ACTIVE, instead in state "
	steps := []struct {
		at      time.Duration
		do      func() error
		message string
		state   string
	}{
		{59 * time.Second, update, inUse + statusCreating, statusCreating},
		{60 * time.Second, nil, "", statusActive},
		{70 * time.Second, update, "", statusUpdating},
		{99 * time.Second, update, inUse + statusUpdating, statusUpdating},
		{100 * time.Second, nil, "", statusActive},
		{110 * time.Second, remove, "", statusDeleting},
		{120 * time.Second, remove, "", statusDeleting},
		{129 * time.Second, update, inUse + statusDeleting, statusDeleting},
		{130 * time.Second, nil, "", ""},
	}
	for _, step := range steps {
		c.RunUntil(clock.Epoch.Add(step.at))
		if step.do != nil {
			if err := step.do(); step.message != "" {
				want(t, err, codeInUse, step.message)
			} else if err != nil {
				t.Fatalf("after %v: %v", step.at, err)
			}
		}
		if got := channelState(t, s, arn); got != step.state {
			t.Errorf("after %v it is %q, want %q", step.at, got, step.state)
		}
	}
	want(t, remove(), codeNotFound, "Channel "+arn+" under account 123456789012 not found.")
}

// TestADescribedChannelHasItsDefaults: freshness, template, storage class, dead-letter queue and log.
func TestADescribedChannelHasItsDefaults(t *testing.T) {
	s, _, _ := newChannels(t, Config{})
	d := mustChannel(t, s, channelTo("c"))
	storage, dead, logs := d.S3DestinationConfiguration.StorageConfiguration, d.S3DestinationConfiguration.DeadLetterQueueS3Configuration, d.LoggingConfiguration.CloudWatchLogs
	if d.ChannelARN != "arn:aws:kinesis:us-east-1:123456789012:channel/"+d.ChannelId || len(d.ChannelId) != 36 || d.ChannelName != "c" || d.ServiceExecutionRoleARN != testRole {
		t.Errorf("%+v", d)
	}
	if *d.S3DestinationConfiguration.DataFreshnessInSeconds != 300 || *storage.OutputKeyTemplate != defaultKeyTemplate || *storage.StorageClass != "STANDARD" {
		t.Errorf("freshness %d, storage %+v", *d.S3DestinationConfiguration.DataFreshnessInSeconds, storage)
	}
	if *dead.BucketARN != "arn:aws:s3:::clicks" || *dead.ErrorOutputPrefix != defaultErrorPrefix {
		t.Errorf("dead letters go to %s, %s", *dead.BucketARN, *dead.ErrorOutputPrefix)
	}
	if *logs.Enabled || *logs.LogGroupName != "/aws/kinesis/c/"+d.ChannelId || *logs.LogStreamName != "DestinationDelivery" {
		t.Errorf("logs %v, %s, %s", *logs.Enabled, *logs.LogGroupName, *logs.LogStreamName)
	}
	of := d.StreamConfigurationList
	if len(of) != 1 || of[0].StreamARN != streamS || !of[0].StreamCreationTimestamp.Equal(clock.Epoch) || *of[0].RecordConfiguration.RecordFormatType != formatJSON {
		t.Errorf("streams %+v", of)
	}
}

func TestCreateChannelRefusals(t *testing.T) {
	s, _, _ := newChannels(t, Config{})
	if err := s.CreateStream(CreateStreamInput{StreamName: new("provisioned"), ShardCount: new(int32(1))}); err != nil {
		t.Fatal(err)
	}
	storage := func(in *CreateChannelInput) *S3StorageConfiguration {
		return in.S3DestinationConfiguration.StorageConfiguration
	}
	notYet := func(what string) string {
		return "wavetank does not emulate " + what + " yet; what is not emulated is listed in NOT_EMULATED.md."
	}
	const one = "1 validation error detected: Value "
	const role = `arn:aws[-a-z0-9]*:iam::\d{12}:role/[a-zA-Z_0-9+=,.@\-_/]+`
	tests := []struct {
		name          string
		change        func(*CreateChannelInput)
		code, message string
	}{
		{"no name", func(in *CreateChannelInput) { in.ChannelName = nil }, codeValidation, one + "null at 'channelName' failed to satisfy constraint: Member must not be null"},
		{"a blank in the name", func(in *CreateChannelInput) { *in.ChannelName = "a b" }, codeValidation, one + "'a b' at 'channelName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
		{"no role", func(in *CreateChannelInput) { *in.ServiceExecutionRoleARN = "role" }, codeValidation, one + "'role' at 'serviceExecutionRoleARN' failed to satisfy constraint: Member must satisfy regular expression pattern: " + role},
		{"no list of streams", func(in *CreateChannelInput) { in.StreamConfigurationList = nil }, codeValidation, one + "null at 'streamConfigurationList' failed to satisfy constraint: Member must not be null"},
		{"no streams", func(in *CreateChannelInput) { in.StreamConfigurationList = []ChannelStreamConfiguration{} }, codeValidation, one + "'[]' at 'streamConfigurationList' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"no format", func(in *CreateChannelInput) { in.StreamConfigurationList[0].RecordConfiguration = nil }, codeValidation, one + "null at 'streamConfigurationList.1.member.recordConfiguration' failed to satisfy constraint: Member must not be null"},
		{"no storage", func(in *CreateChannelInput) { in.S3DestinationConfiguration.StorageConfiguration = nil }, codeValidation, one + "null at 's3DestinationConfiguration.storageConfiguration' failed to satisfy constraint: Member must not be null"},
		{"an unknown compression", func(in *CreateChannelInput) { *storage(in).CompressionType = "ZIP" }, codeValidation, one + "'ZIP' at 's3DestinationConfiguration.storageConfiguration.compressionType' failed to satisfy constraint: Member must satisfy enum value set: [NONE, GZIP, ZSTD]"},
		{"a log that is neither on nor off", func(in *CreateChannelInput) {
			in.LoggingConfiguration = &ChannelLoggingConfiguration{&CloudWatchLogs{}}
		}, codeValidation, one + "null at 'loggingConfiguration.cloudWatchLogs.enabled' failed to satisfy constraint: Member must not be null"},
		{"two streams", func(in *CreateChannelInput) {
			in.StreamConfigurationList = append(in.StreamConfigurationList, in.StreamConfigurationList[0])
		}, codeInvalidArgument, "A channel reads exactly one stream, and 2 are given."},
		{"no destination", func(in *CreateChannelInput) { in.S3DestinationConfiguration = nil }, codeInvalidArgument, "Exactly one of S3DestinationConfiguration and S3TablesDestinationConfiguration must be specified."},
		{"two destinations", func(in *CreateChannelInput) { in.S3TablesDestinationConfiguration = &S3TablesDestination{} }, codeInvalidArgument, "Exactly one of S3DestinationConfiguration and S3TablesDestinationConfiguration must be specified."},
		{"S3 Tables", func(in *CreateChannelInput) {
			in.S3DestinationConfiguration, in.S3TablesDestinationConfiguration = nil, &S3TablesDestination{}
		}, codeInvalidArgument, notYet("S3TablesDestinationConfiguration")},
		{"another account's bucket", func(in *CreateChannelInput) { *storage(in).ExpectedBucketOwner = "111122223333" }, codeInvalidArgument, notYet("a bucket of another account (ExpectedBucketOwner 111122223333)")},
		{"299 seconds", func(in *CreateChannelInput) { in.S3DestinationConfiguration.DataFreshnessInSeconds = new(int32(299)) }, codeInvalidArgument, "DataFreshnessInSeconds must be between 300 and 900; 299 was given."},
		{"901 seconds", func(in *CreateChannelInput) { in.S3DestinationConfiguration.DataFreshnessInSeconds = new(int32(901)) }, codeInvalidArgument, "DataFreshnessInSeconds must be between 300 and 900; 901 was given."},
		{"a format of tables", func(in *CreateChannelInput) {
			in.StreamConfigurationList[0].RecordConfiguration.RecordFormatType = new("GSR_JSON")
		}, codeInvalidArgument, "The record format GSR_JSON is only supported for streaming table destinations."},
		{"a schema", func(in *CreateChannelInput) {
			in.StreamConfigurationList[0].RecordConfiguration.GSRSchemaARN = new("arn:aws:glue:us-east-1:123456789012:schema/r/s")
		}, codeInvalidArgument, notYet("GSRSchemaARN, the validation of records by a schema,")},
		{"a schema that is none", func(in *CreateChannelInput) {
			in.StreamConfigurationList[0].RecordConfiguration.GSRSchemaARN = new("s")
		}, codeValidation, one + `'s' at 'streamConfigurationList.1.member.recordConfiguration.gSRSchemaARN' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws[-a-z0-9]*:glue:[-a-z0-9]+:\d{12}:schema/[-a-zA-Z0-9_$#.]+/[-a-zA-Z0-9_$#.]+`},
		{"the service's key", func(in *CreateChannelInput) {
			in.EncryptionConfiguration = &ChannelEncryptionConfiguration{new(encryptionKMS), new("alias/aws/kinesis")}
		}, codeInvalidArgument, "A channel cannot use the key of the service, alias/aws/kinesis."},
		{"a reserved tag", func(in *CreateChannelInput) { in.Tags = map[string]string{"aws:a": ""} }, codeInvalidArgument, "Failed to create channel because the prefix aws: of the tag key aws:a is reserved."},
		{"an unknown variable", func(in *CreateChannelInput) { storage(in).OutputKeyTemplate = new("a/!{shard}") }, codeInvalidArgument, "OutputKeyTemplate a/!{shard}: the variable !{shard} is not one of channel-name, channel-id, yyyy, MM, dd, HH, mm, extension."},
		{"an open variable", func(in *CreateChannelInput) { storage(in).OutputKeyTemplate = new("a/!{mm") }, codeInvalidArgument, "OutputKeyTemplate a/!{mm: a variable has no closing brace."},
		{"keys that S3 does not take", func(in *CreateChannelInput) { storage(in).OutputKeyTemplate = new(strings.Repeat("k", 1024)) }, codeInvalidArgument, "OutputKeyTemplate makes keys of 1043 bytes; S3 takes 1024."},
		{"a missing stream", func(in *CreateChannelInput) {
			in.StreamConfigurationList[0].StreamARN = new(s.StreamARN("none"))
		}, codeNotFound, "Stream none under account 123456789012 not found."},
		{"a provisioned stream", func(in *CreateChannelInput) {
			in.StreamConfigurationList[0].StreamARN = new(s.StreamARN("provisioned"))
		}, codeInvalidArgument, "CreateChannel is only supported for data streams with the on-demand capacity mode."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := channelTo("c")
			tt.change(&in)
			_, err := s.CreateChannel(in)
			want(t, err, tt.code, tt.message)
		})
	}
	if out, err := s.ListChannels(ListChannelsInput{}); err != nil || len(out.ChannelSummaries) != 0 {
		t.Errorf("refused channels are listed: %+v, %v", out, err)
	}
	if d := mustChannel(t, s, channelTo("c")); d.ChannelStatus != statusActive {
		t.Errorf("what none of them changed is %s", d.ChannelStatus)
	}
}

func TestNoChannelWithoutAStore(t *testing.T) {
	s, _ := newOnDemand(t, Config{})
	_, err := s.CreateChannel(channelTo("c"))
	want(t, err, codeInvalidArgument, "wavetank does not emulate CreateChannel where nothing stores objects yet; what is not emulated is listed in NOT_EMULATED.md.")
}

// TestAStreamHasOneChannelToS3: a second one, or one whose name is taken, waits until the first is gone, and has another ARN.
func TestAStreamHasOneChannelToS3(t *testing.T) {
	s, c, _ := newChannels(t, Config{Model: Model{ChannelDeleting: 20 * time.Second}})
	first := mustChannel(t, s, channelTo("c")).ChannelARN
	refused := func() {
		t.Helper()
		_, err := s.CreateChannel(channelTo("d"))
		want(t, err, codeLimitExceeded, "This request would exceed the limit of one channel to a general purpose bucket for stream s under account 123456789012.")
		_, err = s.CreateChannel(channelTo("c"))
		want(t, err, codeInUse, "Channel c under account 123456789012 already exists.")
	}
	refused()
	if err := s.DeleteChannel(ChannelInput{&first}); err != nil {
		t.Fatal(err)
	}
	refused()
	c.RunUntil(clock.Epoch.Add(20 * time.Second))
	if again := mustChannel(t, s, channelTo("c")).ChannelARN; again == first {
		t.Errorf("both channels are %s", again)
	}
}

func TestAStreamWithActiveChannelsIsNotDeleted(t *testing.T) {
	s, _, _ := newChannels(t, Config{Model: Model{ChannelDeleting: time.Minute}})
	arn := mustChannel(t, s, channelTo("c")).ChannelARN
	remove := func() error { return s.DeleteStream(DeleteStreamInput{StreamName: new("s")}) }
	want(t, remove(), codeInUse, "Stream s under account 123456789012 cannot be deleted while it has active channels: 1.")
	if err := s.DeleteChannel(ChannelInput{&arn}); err != nil {
		t.Fatal(err)
	}
	if err := remove(); err != nil {
		t.Errorf("with a channel that is DELETING: %v", err)
	}
}

func TestChannelsAreCounted(t *testing.T) {
	s, _, _ := newChannels(t, Config{Model: Model{ChannelDeleting: time.Minute}})
	counts := func() (ofStream, ofAccount, most int) {
		t.Helper()
		d, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: new("s")})
		if err != nil {
			t.Fatal(err)
		}
		l, err := s.DescribeLimits(DescribeLimitsInput{})
		if err != nil {
			t.Fatal(err)
		}
		return d.StreamDescriptionSummary.ChannelCount, l.ChannelCount, l.ChannelCountLimit
	}
	if a, b, most := counts(); a != 0 || b != 0 || most != 100 {
		t.Errorf("%d of the stream and %d of the account's %d before there is any", a, b, most)
	}
	arn := mustChannel(t, s, channelTo("c")).ChannelARN
	if err := s.DeleteChannel(ChannelInput{&arn}); err != nil {
		t.Fatal(err)
	}
	if a, b, _ := counts(); a != 1 || b != 1 {
		t.Errorf("%d of the stream and %d of the account while one is DELETING", a, b)
	}
}

// TestChannelTags: they come with the channel, are changed as a stream's are, and go with it.
func TestChannelTags(t *testing.T) {
	s, _, _ := newChannels(t, Config{})
	in := channelTo("c")
	in.Tags = map[string]string{"team": "orders"}
	arn := mustChannel(t, s, in).ChannelARN
	if err := s.TagResource(TagResourceInput{ResourceARN: &arn, Tags: map[string]string{"cost": "7"}}); err != nil {
		t.Fatal(err)
	}
	out, err := s.ListTagsForResource(ResourceInput{&arn})
	if want := []Tag{{"cost", "7"}, {"team", "orders"}}; err != nil || !slices.Equal(out.Tags, want) {
		t.Errorf("tags %+v, %v", out, err)
	}
	if err := s.DeleteChannel(ChannelInput{&arn}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ListTagsForResource(ResourceInput{&arn}); err == nil || len(s.resources.tags(arn)) != 0 {
		t.Errorf("after it is gone: %v, %v", err, s.resources.tags(arn))
	}
	queue := "arn:aws:kinesis:us-east-1:123456789012:queue/q"
	_, err = s.ListTagsForResource(ResourceInput{&queue})
	wantCode(t, err, codeNotFound)
}

func TestUpdateChannelRefusals(t *testing.T) {
	s, _, _ := newChannels(t, Config{})
	arn := mustChannel(t, s, channelTo("c")).ChannelARN
	freshness := func(seconds int32) *S3DestinationUpdateInput { return &S3DestinationUpdateInput{&seconds} }
	tests := []struct {
		name          string
		in            UpdateChannelInput
		code, message string
	}{
		{"no ARN", UpdateChannelInput{S3DestinationConfiguration: freshness(300)}, codeValidation, "1 validation error detected: Value null at 'channelARN' failed to satisfy constraint: Member must not be null"},
		{"no freshness", UpdateChannelInput{ChannelARN: &arn, S3DestinationConfiguration: &S3DestinationUpdateInput{}}, codeValidation, "1 validation error detected: Value null at 's3DestinationConfiguration.dataFreshnessInSeconds' failed to satisfy constraint: Member must not be null"},
		{"a short freshness", UpdateChannelInput{ChannelARN: &arn, S3DestinationConfiguration: freshness(1)}, codeInvalidArgument, "DataFreshnessInSeconds must be between 300 and 900; 1 was given."},
		{"nothing", UpdateChannelInput{ChannelARN: &arn}, codeInvalidArgument, "UpdateChannel must be given S3DestinationConfiguration or LoggingConfiguration."},
		{"another destination", UpdateChannelInput{ChannelARN: &arn, S3TablesDestinationConfiguration: &S3TablesDestination{}}, codeInvalidArgument, "Channel " + arn + " does not deliver to S3 Tables."},
		{"a missing channel", UpdateChannelInput{ChannelARN: new(arn + "0"), S3DestinationConfiguration: freshness(300)}, codeNotFound, "Channel " + arn + "0 under account 123456789012 not found."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.UpdateChannel(tt.in)
			want(t, err, tt.code, tt.message)
		})
	}
	out, err := s.UpdateChannel(UpdateChannelInput{ChannelARN: &arn, LoggingConfiguration: &ChannelLoggingConfiguration{&CloudWatchLogs{Enabled: new(true), LogGroupName: new("mine")}}})
	if err != nil {
		t.Fatal(err)
	}
	d := out.ChannelDescription
	if l := d.LoggingConfiguration.CloudWatchLogs; !*l.Enabled || *l.LogGroupName != "mine" || *l.LogStreamName != "DestinationDelivery" || *d.S3DestinationConfiguration.DataFreshnessInSeconds != 300 {
		t.Errorf("%+v", d)
	}
}

// TestListChannelsPages: pages in the order of the names, 100 at most, with and without a filter; a token lives 300 s.
func TestListChannelsPages(t *testing.T) {
	s, c, _ := newChannels(t, Config{Limits: Limits{OnDemandStreams: 200}})
	for i := range 104 {
		name := fmt.Sprintf("t%03d", i)
		if err := s.CreateStream(CreateStreamInput{StreamName: &name, StreamModeDetails: &StreamModeDetails{new(ModeOnDemand)}}); err != nil {
			t.Fatal(err)
		}
		in := channelTo(fmt.Sprintf("c%03d", 103-i))
		in.StreamConfigurationList[0].StreamARN = new(s.StreamARN(name))
		mustChannel(t, s, in)
	}
	names := map[string]bool{}
	page := func(in ListChannelsInput, n int) string {
		t.Helper()
		out, err := s.ListChannels(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, ch := range out.ChannelSummaries {
			names[ch.ChannelName] = true
		}
		if len(out.ChannelSummaries) != n {
			t.Errorf("a page of %d, want %d", len(out.ChannelSummaries), n)
		}
		return out.NextToken
	}
	token := page(ListChannelsInput{MaxResults: new(int32(1000))}, 100)
	if last := page(ListChannelsInput{NextToken: &token}, 4); last != "" || len(names) != 104 {
		t.Errorf("%d channels, and then %q", len(names), last)
	}
	clear(names)
	two := []StreamFilter{{StreamARN: new(s.StreamARN("t000"))}, {StreamARN: new(s.StreamARN("t103")), StreamCreationTimestamp: &Timestamp{clock.Epoch}}}
	next := page(ListChannelsInput{StreamFilter: two, MaxResults: new(int32(1))}, 1)
	if last := page(ListChannelsInput{StreamFilter: two, MaxResults: new(int32(1)), NextToken: &next}, 1); last != "" || !maps.Equal(names, map[string]bool{"c000": true, "c103": true}) {
		t.Errorf("filtered: %v, and then %q", names, last)
	}
	page(ListChannelsInput{StreamFilter: []StreamFilter{{new(s.StreamARN("t000")), &Timestamp{clock.Epoch.Add(-time.Hour)}}}}, 0)
	page(ListChannelsInput{StreamFilter: []StreamFilter{{StreamARN: new(s.StreamARN("none"))}}}, 0)
	_, err := s.ListChannels(ListChannelsInput{NextToken: new("nonsense")})
	want(t, err, codeInvalidArgument, "Invalid NextToken.")
	_, err = s.ListChannels(ListChannelsInput{MaxResults: new(int32(0)), StreamFilter: []StreamFilter{}})
	want(t, err, codeValidation, "2 validation errors detected: Value '[]' at 'streamFilter' failed to satisfy constraint: Member must have length greater than or equal to 1; "+
		"Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1")
	c.RunUntil(clock.Epoch.Add(301 * time.Second))
	_, err = s.ListChannels(ListChannelsInput{NextToken: &token})
	wantCode(t, err, codeExpiredNextToken)
}
