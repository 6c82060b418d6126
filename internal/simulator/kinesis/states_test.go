package kinesis

import (
	"errors"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// codeOf is an error's code and message, "ok" where there is none.
func codeOf(err error) string {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Code + " " + e.Message
	}
	if err != nil {
		return err.Error()
	}
	return "ok"
}

// TestWhatTheStatesRefuse: a stream that is CREATING takes no records and has no shards; one that is DELETING is read and
// written until its end. A dry run says what the call would have said.
func TestWhatTheStatesRefuse(t *testing.T) {
	const (
		ok       = "ok"
		noStream = codeNotFound + " Stream s under account 123456789012 not found."
		noShard  = codeNotFound + " Shard shardId-000000000000 in stream s under account 123456789012 does not exist"
		dry      = "DryRunOperationException The request would have succeeded, but DryRun was set."
		none     = "" // there is no iterator yet
		noNumber = "49039857307708443467467104868809893875799651909875269636"
	)
	var iterator string
	putOne := func(s *Service, dryRun bool, ordering *string) error {
		_, err := s.PutRecord(PutRecordInput{
			StreamName: new("s"), Data: []byte("x"), PartitionKey: new("k"), SequenceNumberForOrdering: ordering, DryRun: &dryRun,
		})
		return err
	}
	putMany := func(s *Service, dryRun bool) error {
		entries := []PutRecordsRequestEntry{{Data: []byte("x"), PartitionKey: new("k")}}
		_, err := s.PutRecords(PutRecordsInput{StreamName: new("s"), Records: entries, DryRun: &dryRun})
		return err
	}
	start := func(s *Service, dryRun bool) error {
		_, err := s.GetShardIterator(GetShardIteratorInput{
			StreamName: new("s"), ShardId: new("0"), ShardIteratorType: new("TRIM_HORIZON"), DryRun: &dryRun,
		})
		return err
	}
	read := func(s *Service, dryRun bool) error {
		_, err := s.GetRecords(GetRecordsInput{ShardIterator: &iterator, DryRun: &dryRun})
		return err
	}
	tests := []struct {
		name                             string
		do                               func(s *Service) error
		creating, active, deleting, gone string
	}{
		{"PutRecord", func(s *Service) error { return putOne(s, false, nil) }, noStream, ok, ok, noStream},
		{"PutRecord, dry", func(s *Service) error { return putOne(s, true, nil) }, noStream, dry, dry, noStream},
		{
			"PutRecord after a number that is none", func(s *Service) error { return putOne(s, false, new(noNumber)) }, noStream,
			codeInvalidArgument + " ExclusiveMinimumSequenceNumber " + noNumber + " used in PutRecord on stream s under account 123456789012 is invalid.",
			codeInvalidArgument + " ExclusiveMinimumSequenceNumber " + noNumber + " used in PutRecord on stream s under account 123456789012 is invalid.",
			noStream,
		},
		{"PutRecords", func(s *Service) error { return putMany(s, false) }, noStream, ok, ok, noStream},
		{"PutRecords, dry", func(s *Service) error { return putMany(s, true) }, noStream, dry, dry, noStream},
		{"Put", func(s *Service) error {
			return s.Put(s.cfg.Clock.Now(), "s", ours(1, 1), make([]Result, 1))
		}, noStream, ok, ok, noStream},
		{"GetShardIterator", func(s *Service) error { return start(s, false) }, noShard, ok, ok, noShard},
		{"GetShardIterator, dry", func(s *Service) error { return start(s, true) }, noShard, dry, dry, noShard},
		{"GetRecords", func(s *Service) error { return read(s, false) }, none, ok, ok, noShard},
		{"GetRecords, dry", func(s *Service) error { return read(s, true) }, none, dry, dry, noShard},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := clock.NewVirtual()
			s := newStream(t, Config{Clock: c, Model: Model{Creating: 20 * time.Second, Deleting: 10 * time.Second}}, "s", 1)
			check := func(at time.Duration, want string) {
				t.Helper()
				c.RunUntil(clock.Epoch.Add(at))
				if got := codeOf(tt.do(s)); want != none && got != want {
					t.Errorf("after %s: %s\nwant %s", at, got, want)
				}
			}
			check(20*time.Second-1, tt.creating)
			c.RunUntil(clock.Epoch.Add(20 * time.Second))
			iterator = iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: new("TRIM_HORIZON")})
			check(20*time.Second, tt.active)
			if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
				t.Fatal(err)
			}
			check(30*time.Second-1, tt.deleting)
			check(30*time.Second, tt.gone)
		})
	}
}

// TestACreatingStreamListsNoShards: whatever selects them.
func TestACreatingStreamListsNoShards(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Creating: 20 * time.Second}}, "s", 2)
	list := func(f *ShardFilter, want int) {
		t.Helper()
		out, err := s.ListShards(ListShardsInput{StreamName: new("s"), MaxResults: new(int32(10)), ShardFilter: f})
		if err != nil || out.Shards == nil || len(out.Shards) != want || out.NextToken != "" {
			t.Errorf("%+v, %v, want %d shards", out, err, want)
		}
	}
	c.RunUntil(clock.Epoch.Add(20*time.Second - 1))
	list(nil, 0)
	list(&ShardFilter{Type: new("AT_LATEST")}, 0)
	c.RunUntil(clock.Epoch.Add(20 * time.Second))
	list(nil, 2)
}

// TestADryRunDoesNothing: it stores nothing and uses up no calls.
func TestADryRunDoesNothing(t *testing.T) {
	s := newStream(t, Config{Limits: Limits{WriteRecords: 1, IteratorCalls: 1, ReadCalls: 1}}, "s", 1)
	in := GetShardIteratorInput{StreamName: new("s"), ShardId: new("0"), ShardIteratorType: new("TRIM_HORIZON"), DryRun: new(true)}
	entry := PutRecordsRequestEntry{Data: []byte("x"), PartitionKey: new("k")}
	for range 3 {
		_, err := s.GetShardIterator(in)
		wantCode(t, err, "DryRunOperationException")
		_, err = s.PutRecord(PutRecordInput{StreamName: new("s"), Data: entry.Data, PartitionKey: entry.PartitionKey, DryRun: new(true)})
		wantCode(t, err, "DryRunOperationException")
		_, err = s.PutRecords(PutRecordsInput{StreamName: new("s"), Records: []PutRecordsRequestEntry{entry}, DryRun: new(true)})
		wantCode(t, err, "DryRunOperationException")
	}
	it := iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: new("TRIM_HORIZON")})
	for range 3 {
		_, err := s.GetRecords(GetRecordsInput{ShardIterator: &it, DryRun: new(true)})
		wantCode(t, err, "DryRunOperationException")
	}
	if page, err := s.Read(s.cfg.Clock.Now(), "", "s", 0, 0, 0, nil); err != nil || len(page.Records) != 0 {
		t.Errorf("after dry runs %d records are stored, %v", len(page.Records), err)
	}
	put(t, s, "x")
}

// TestADeletedStreamCountsUntilItIsGone: against every quota, by whoever asks, though nobody has looked at it since.
func TestADeletedStreamCountsUntilItIsGone(t *testing.T) {
	halves := func(s *Service) error {
		sh := s.streams["b"].shards[0]
		key, _ := middle(sh.start, sh.end)
		return s.SplitShard(SplitShardInput{StreamName: new("b"), ShardToSplit: &sh.id, NewStartingHashKey: new(string(AppendHash(nil, key)))})
	}
	mode := func(s *Service, stream, mode string) error {
		return s.UpdateStreamMode(UpdateStreamModeInput{StreamARN: new(s.StreamARN(stream)), StreamModeDetails: &StreamModeDetails{&mode}})
	}
	tests := []struct {
		name string
		do   func(s *Service) error
	}{
		{"SplitShard", halves},
		{"UpdateShardCount", func(s *Service) error {
			_, err := s.UpdateShardCount(UpdateShardCountInput{StreamName: new("b"), TargetShardCount: new(int32(4)), ScalingType: new("UNIFORM_SCALING")})
			return err
		}},
		{"UpdateStreamMode to provisioned", func(s *Service) error { return mode(s, "d", ModeProvisioned) }},
		{"UpdateStreamMode to on-demand", func(s *Service) error { return mode(s, "b", ModeOnDemand) }},
		{"CreateStream", func(s *Service) error {
			return s.CreateStream(CreateStreamInput{StreamName: new("n"), ShardCount: new(int32(4))})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := clock.NewVirtual()
			s := newStream(t, Config{Clock: c, Limits: Limits{Shards: 6, OnDemandStreams: 2}, Model: Model{Deleting: 10 * time.Second}}, "a", 4)
			for name, in := range map[string]CreateStreamInput{
				"b": {ShardCount: new(int32(2))},
				"d": {StreamModeDetails: &StreamModeDetails{new(ModeOnDemand)}},
				"e": {StreamModeDetails: &StreamModeDetails{new(ModeOnDemand)}},
			} {
				in.StreamName = &name
				if err := s.CreateStream(in); err != nil {
					t.Fatal(err)
				}
			}
			for _, name := range []string{"a", "e"} {
				if err := s.DeleteStream(DeleteStreamInput{StreamName: &name}); err != nil {
					t.Fatal(err)
				}
			}
			c.RunUntil(clock.Epoch.Add(10*time.Second - 1))
			wantCode(t, tt.do(s), codeLimitExceeded)
			c.RunUntil(clock.Epoch.Add(10 * time.Second))
			if err := tt.do(s); err != nil {
				t.Error(err)
			}
		})
	}
}
