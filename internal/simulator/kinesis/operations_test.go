package kinesis

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// want checks an error's code and message.
func want(t *testing.T, err error, code, message string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want %s", err, code)
	}
	if e.Code != code || e.Message != message {
		t.Errorf("error %s: %s\nwant  %s: %s", e.Code, e.Message, code, message)
	}
}

// TestValidation holds AWS's wording of what its service model forbids (kinesalite, validations/index.js).
func TestValidation(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	entry := PutRecordsRequestEntry{Data: []byte("x"), PartitionKey: new("k")}
	tests := []struct {
		name    string
		do      func() error
		message string
	}{
		{
			"a null name", func() error { return s.CreateStream(CreateStreamInput{ShardCount: new(int32(1))}) },
			"1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null",
		},
		{
			"an empty name and no count", func() error { return s.CreateStream(CreateStreamInput{StreamName: new("")}) },
			"3 validation errors detected: Value null at 'shardCount' failed to satisfy constraint: Member must not be null; " +
				"Value '' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; " +
				"Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1",
		},
		{"no shards", func() error {
			return s.CreateStream(CreateStreamInput{StreamName: new("t"), ShardCount: new(int32(0))})
		}, "1 validation error detected: Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{
			"a long name", func() error { return s.DeleteStream(DeleteStreamInput{StreamName: new(strings.Repeat("a", 129))}) },
			"1 validation error detected: Value '" + strings.Repeat("a", 129) + "' at 'streamName' failed to satisfy constraint: " +
				"Member must have length less than or equal to 128",
		},
		{"an unknown mode", func() error {
			return s.CreateStream(CreateStreamInput{StreamName: new("t"), ShardCount: new(int32(1)), StreamModeDetails: &StreamModeDetails{new("AUTO")}})
		}, "1 validation error detected: Value 'AUTO' at 'streamModeDetails.streamMode' failed to satisfy constraint: " +
			"Member must satisfy enum value set: [PROVISIONED, ON_DEMAND]"},
		{"a limit of 10,001", func() error {
			_, err := s.GetRecords(GetRecordsInput{ShardIterator: new("x"), Limit: new(int32(10_001))})
			return err
		}, "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000"},
		{"no records", func() error {
			_, err := s.PutRecords(PutRecordsInput{StreamName: new("s")})
			return err
		}, "1 validation error detected: Value null at 'records' failed to satisfy constraint: Member must not be null"},
		{"an empty list", func() error {
			_, err := s.PutRecords(PutRecordsInput{StreamName: new("s"), Records: []PutRecordsRequestEntry{}})
			return err
		}, "1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"501 records", func() error {
			records := make([]PutRecordsRequestEntry, 501)
			for i := range records {
				records[i] = entry
			}
			_, err := s.PutRecords(PutRecordsInput{StreamName: new("s"), Records: records})
			return err
		}, "1 validation error detected: Value '[com.amazonaws.kinesis.v20131202.PutRecordsRequestEntry@c965e310, ...]' at 'records' " +
			"failed to satisfy constraint: Member must have length less than or equal to 500"},
		{"a record without members", func() error {
			_, err := s.PutRecords(PutRecordsInput{StreamName: new("s"), Records: []PutRecordsRequestEntry{entry, {}}})
			return err
		}, "2 validation errors detected: Value null at 'records.2.member.data' failed to satisfy constraint: Member must not be null; " +
			"Value null at 'records.2.member.partitionKey' failed to satisfy constraint: Member must not be null"},
		{"a key of 257 characters", func() error {
			key := strings.Repeat("é", 257)
			_, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte{}, PartitionKey: &key})
			return err
		}, "1 validation error detected: Value '" + strings.Repeat("é", 257) + "' at 'partitionKey' failed to satisfy constraint: " +
			"Member must have length less than or equal to 256"},
		{"an explicit hash key with a sign", func() error {
			_, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: []byte{}, PartitionKey: new("k"), ExplicitHashKey: new("-1")})
			return err
		}, "1 validation error detected: Value '-1' at 'explicitHashKey' failed to satisfy constraint: " +
			`Member must satisfy regular expression pattern: ^(0|([1-9]\d{0,38}))$`},
		{"10 MiB and a byte of data", func() error {
			_, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: make([]byte, maxData+1), PartitionKey: new("k")})
			return err
		}, "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=10485761 cap=10485761]' at 'data' failed to satisfy constraint: " +
			"Member must have length less than or equal to 10485760"},
		{"twenty wrong records", func() error {
			_, err := s.PutRecords(PutRecordsInput{StreamName: new("s"), Records: make([]PutRecordsRequestEntry, 20)})
			return err
		}, tenViolations()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { want(t, tt.do(), codeValidation, tt.message) })
	}
}

func tenViolations() string {
	var all []string
	for i := range 5 {
		for _, member := range []string{"data", "partitionKey"} {
			all = append(all, fmt.Sprintf("Value null at 'records.%d.member.%s' failed to satisfy constraint: Member must not be null", i+1, member))
		}
	}
	return "10 validation errors detected: " + strings.Join(all, "; ")
}

func TestCreateStream(t *testing.T) {
	s := newStream(t, Config{Limits: Limits{Shards: 10, OnDemandStreams: 1}}, "s", 3)
	create := func(name string, shards int32, mode string) error {
		in := CreateStreamInput{StreamName: &name, StreamModeDetails: &StreamModeDetails{&mode}}
		if shards > 0 {
			in.ShardCount = &shards
		}
		return s.CreateStream(in)
	}
	want(t, create("s", 1, ModeProvisioned), codeInUse, "Stream s under account 123456789012 already exists.")
	want(t, create("t", 8, ModeProvisioned), codeLimitExceeded,
		"This request would exceed the shard limit for the account 123456789012 in us-east-1. Current shard count for the account: 3. "+
			"Limit: 10. Number of additional shards that would have resulted from this request: 8. Refer to the AWS Service Limits page "+
			"(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits.")
	if err := create("d", 0, ModeOnDemand); err != nil {
		t.Fatal(err)
	}
	if shards, err := s.Shards("d"); err != nil || len(shards) != 4 || shards[3].ID != "shardId-000000000003" {
		t.Errorf("an on-demand stream has the shards %v, %v", shards, err)
	}
	want(t, create("e", 0, ModeOnDemand), codeLimitExceeded,
		"This request would exceed the on-demand stream limit for the account 123456789012 in us-east-1. Limit: 1.")
	if err := create("t", 7, ModeProvisioned); err != nil {
		t.Errorf("on-demand shards count against the quota: %v", err)
	}
}

// TestStates: under the model local a stream's state changes at once, else after the model's time.
func TestStates(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Creating: 20 * time.Second, Deleting: 10 * time.Second}}, "s", 2)
	status := func(want string, shards int) {
		t.Helper()
		out, err := s.DescribeStream(DescribeStreamInput{StreamName: new("s")})
		if err != nil || out.StreamDescription.StreamStatus != want || len(out.StreamDescription.Shards) != shards {
			t.Fatalf("%+v, %v, want %s with %d shards", out, err, want, shards)
		}
	}
	status(statusCreating, 0)
	c.RunUntil(clock.Epoch.Add(20 * time.Second))
	status(statusActive, 2)
	if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
		t.Fatal(err)
	}
	status(statusDeleting, 2)
	mustPut(t, s, c.Now(), ours(1, 1)) // puts may still work while DELETING (API reference, DeleteStream)
	c.RunUntil(clock.Epoch.Add(30 * time.Second))
	_, err := s.DescribeStream(DescribeStreamInput{StreamName: new("s")})
	want(t, err, codeNotFound, "Stream s under account 123456789012 not found.")
	if err := s.CreateStream(CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1))}); err != nil {
		t.Errorf("the name is not free again: %v", err)
	}
	if held := s.memory.Held(); held != 0 {
		t.Errorf("%d bytes are held", held)
	}
}

// TestStreamARN: an ARN alone, or beside its own name, selects a stream.
func TestStreamARN(t *testing.T) {
	s := newStream(t, Config{Region: "eu-west-1"}, "s", 1)
	const arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s"
	tests := []struct {
		name          string
		stream, arn   *string
		code, message string
	}{
		{"the ARN", nil, new(arn), "", ""},
		{"both", new("s"), new(arn), "", ""},
		{"neither", nil, nil, codeInvalidArgument, "Either StreamName or StreamARN must be provided."},
		{"another stream's", new("t"), new(arn), codeInvalidArgument, "StreamARN " + arn + " does not belong to the stream t."},
		{"another region's", nil, new("arn:aws:kinesis:us-east-1:123456789012:stream/s"), codeNotFound, "Stream s under account 123456789012 not found."},
		{"another account's", nil, new("arn:aws:kinesis:eu-west-1:999999999999:stream/s"), codeNotFound, "Stream s under account 999999999999 not found."},
		{"no ARN", nil, new("s"), codeValidation, "1 validation error detected: Value 's' at 'streamARN' failed to satisfy constraint: " +
			`Member must satisfy regular expression pattern: arn:aws.*:kinesis:.*:\d{12}:stream/\S+`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{tt.stream, tt.arn})
			if tt.code != "" {
				want(t, err, tt.code, tt.message)
				return
			}
			if err != nil || out.StreamDescriptionSummary.StreamARN != arn || out.StreamDescriptionSummary.OpenShardCount != 1 {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}

func TestListStreamsPages(t *testing.T) {
	s := New(Config{Clock: clock.NewVirtual()})
	for i := range 120 {
		name := fmt.Sprintf("s%03d", i)
		if err := s.CreateStream(CreateStreamInput{StreamName: &name, ShardCount: new(int32(1))}); err != nil {
			t.Fatal(err)
		}
	}
	out, err := s.ListStreams(ListStreamsInput{Limit: new(int32(10_000))})
	if err != nil || len(out.StreamNames) != 100 || !out.HasMoreStreams || out.NextToken == "" {
		t.Fatalf("first page: %d names, %v", len(out.StreamNames), err)
	}
	for name, in := range map[string]ListStreamsInput{
		"by token": {NextToken: &out.NextToken},
		"by name":  {ExclusiveStartStreamName: new("s099")},
	} {
		rest, err := s.ListStreams(in)
		if err != nil || len(rest.StreamNames) != 20 || rest.StreamNames[0] != "s100" || rest.HasMoreStreams || rest.NextToken != "" {
			t.Errorf("%s: %+v, %v", name, rest, err)
		}
	}
	_, err = s.ListStreams(ListStreamsInput{NextToken: new("eHh4")})
	want(t, err, codeInvalidArgument, "Invalid NextToken.")
}

func TestDescribeStreamPages(t *testing.T) {
	s := newStream(t, Config{}, "s", 150)
	out, err := s.DescribeStream(DescribeStreamInput{StreamName: new("s")})
	d := out.StreamDescription
	if err != nil || len(d.Shards) != 100 || !d.HasMoreShards {
		t.Fatalf("%d shards, more %v, %v", len(d.Shards), d.HasMoreShards, err)
	}
	out, err = s.DescribeStream(DescribeStreamInput{StreamName: new("s"), ExclusiveStartShardId: &d.Shards[99].ShardId})
	d = out.StreamDescription
	if err != nil || len(d.Shards) != 50 || d.HasMoreShards || d.Shards[49].HashKeyRange.EndingHashKey != "340282366920938463463374607431768211455" {
		t.Errorf("%d shards, more %v, %v", len(d.Shards), d.HasMoreShards, err)
	}
}

func TestListShardsPages(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 5)
	first, err := s.ListShards(ListShardsInput{StreamName: new("s"), MaxResults: new(int32(3)), ShardFilter: &ShardFilter{Type: new("AT_LATEST")}})
	if err != nil || len(first.Shards) != 3 || first.NextToken == "" {
		t.Fatalf("%+v, %v", first, err)
	}
	rest, err := s.ListShards(ListShardsInput{NextToken: &first.NextToken})
	if err != nil || len(rest.Shards) != 2 || rest.Shards[0].ShardId != "shardId-000000000003" || rest.NextToken != "" {
		t.Errorf("%+v, %v", rest, err)
	}
	_, err = s.ListShards(ListShardsInput{NextToken: &first.NextToken, StreamName: new("s")})
	want(t, err, codeInvalidArgument, "NextToken and StreamName cannot be provided together.")
	_, err = s.ListShards(ListShardsInput{})
	want(t, err, codeInvalidArgument, "Either NextToken or StreamName should be provided.")
	_, err = s.ListShards(ListShardsInput{StreamName: new("s"), StreamCreationTimestamp: &Timestamp{clock.Epoch.Add(-time.Hour)}})
	want(t, err, codeNotFound, "Stream s under account 123456789012 not found.")
	c.RunUntil(clock.Epoch.Add(300*time.Second + time.Millisecond))
	_, err = s.ListShards(ListShardsInput{NextToken: &first.NextToken})
	var e *Error
	if !errors.As(err, &e) || e.Code != codeExpiredNextToken {
		t.Errorf("an old token: %v", err)
	}
}

// TestShardFilters lists a stream whose first shard was split in two an hour after it was made.
func TestShardFilters(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 2)
	c.RunUntil(clock.Epoch.Add(2 * time.Hour))
	split := clock.Epoch.Add(time.Hour).UnixNano()
	st := s.streams["s"]
	st.shards[0].closed, st.shards[0].children = split, []int32{2, 3}
	for n := range int32(2) {
		sh := newShard(2+n, st.shards[0].start, st.shards[0].end, &s.cfg.Limits, split)
		sh.parents = []int32{0}
		st.shards = append(st.shards, sh)
	}
	at := func(d time.Duration) *Timestamp { return &Timestamp{clock.Epoch.Add(d)} }
	tests := []struct {
		name   string
		filter *ShardFilter
		want   string
	}{
		{"none", nil, "0123"},
		{"all within retention", &ShardFilter{Type: new("FROM_TRIM_HORIZON")}, "0123"},
		{"open now", &ShardFilter{Type: new("AT_LATEST")}, "123"},
		{"the first ones", &ShardFilter{Type: new("AT_TRIM_HORIZON")}, "01"},
		{"open at the start", &ShardFilter{Type: new("AT_TIMESTAMP"), Timestamp: at(time.Minute)}, "01"},
		{"open now, by time", &ShardFilter{Type: new("AT_TIMESTAMP"), Timestamp: at(90 * time.Minute)}, "123"},
		{"from before the split", &ShardFilter{Type: new("FROM_TIMESTAMP"), Timestamp: at(time.Minute)}, "0123"},
		{"from after the split", &ShardFilter{Type: new("FROM_TIMESTAMP"), Timestamp: at(90 * time.Minute)}, "123"},
		{"after an id", &ShardFilter{Type: new("AFTER_SHARD_ID"), ShardId: new("shardId-000000000001")}, "23"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := s.ListShards(ListShardsInput{StreamName: new("s"), ShardFilter: tt.filter})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, sh := range out.Shards {
				got += sh.ShardId[len(sh.ShardId)-1:]
				if closed := !sh.SequenceNumberRange.EndingSequenceNumber.IsZero(); closed != strings.HasSuffix(sh.ShardId, "0000") {
					t.Errorf("%s closed: %v", sh.ShardId, closed)
				}
				if sh.ParentShardId != "" && sh.ParentShardId != "shardId-000000000000" {
					t.Errorf("%s has the parent %s", sh.ShardId, sh.ParentShardId)
				}
			}
			if got != tt.want {
				t.Errorf("shards %s, want %s", got, tt.want)
			}
		})
	}
	c.RunUntil(clock.Epoch.Add(25*time.Hour + 1))
	out, err := s.ListShards(ListShardsInput{StreamName: new("s")})
	if err != nil || len(out.Shards) != 3 {
		t.Errorf("a day after it closed the shard is listed: %d, %v", len(out.Shards), err)
	}
	_, err = s.ListShards(ListShardsInput{StreamName: new("s"), ShardFilter: &ShardFilter{Type: new("AT_TIMESTAMP")}})
	want(t, err, codeInvalidArgument, "ShardFilter of type AT_TIMESTAMP requires Timestamp.")
}
