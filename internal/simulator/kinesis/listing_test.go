package kinesis

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// shownAt is an instant as a client has it: AWS shows milliseconds.
func shownAt(t *testing.T, at time.Time) *Timestamp {
	t.Helper()
	b, err := json.Marshal(Timestamp{at})
	if err != nil {
		t.Fatal(err)
	}
	var back Timestamp
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	return &back
}

// TestShardFiltersByTheMillisecond: both ends of a shard's time are within it, as a client was shown them. Shard 0 is open from
// made to split, shards 1 and 2 from then on.
func TestShardFiltersByTheMillisecond(t *testing.T) {
	c := clock.NewVirtual()
	made := clock.Epoch.Add(1_234_567)
	split := made.Add(time.Hour + 999_999)
	c.RunUntil(made)
	s := newStream(t, Config{Clock: c}, "s", 1)
	c.RunUntil(split)
	halve(t, s, 0)
	c.RunUntil(split.Add(time.Hour))
	const ms = time.Millisecond
	tests := []struct {
		name, kind string
		at         *Timestamp
		want       string
	}{
		{"before the stream", "AT_TIMESTAMP", &Timestamp{shownAt(t, made).Add(-ms)}, ""},
		{"when it was made", "AT_TIMESTAMP", shownAt(t, made), "0"},
		{"a millisecond before the split", "AT_TIMESTAMP", &Timestamp{shownAt(t, split).Add(-ms)}, "0"},
		{"when it was split", "AT_TIMESTAMP", shownAt(t, split), "012"},
		{"a millisecond after the split", "AT_TIMESTAMP", &Timestamp{shownAt(t, split).Add(ms)}, "12"},
		{"from before the stream on", "FROM_TIMESTAMP", &Timestamp{shownAt(t, made).Add(-ms)}, "012"},
		{"from the split on", "FROM_TIMESTAMP", shownAt(t, split), "012"},
		{"from a millisecond after the split on", "FROM_TIMESTAMP", &Timestamp{shownAt(t, split).Add(ms)}, "12"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := s.ListShards(ListShardsInput{StreamName: new("s"), ShardFilter: &ShardFilter{Type: &tt.kind, Timestamp: tt.at}})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, sh := range out.Shards {
				got += sh.ShardId[len(sh.ShardId)-1:]
			}
			if got != tt.want {
				t.Errorf("shards %q, want %q", got, tt.want)
			}
		})
	}
}

// TestAThousandShardsAPage: that many are one page without a token, and one more is another page, whatever was asked for.
func TestAThousandShardsAPage(t *testing.T) {
	for _, tt := range []struct {
		shards      int32
		most        *int32
		page, after int
	}{{1000, nil, 1000, 0}, {1001, nil, 1000, 1}, {1001, new(int32(10_000)), 1000, 1}, {1001, new(int32(999)), 999, 2}} {
		s := newStream(t, Config{}, "s", tt.shards)
		out, err := s.ListShards(ListShardsInput{StreamName: new("s"), MaxResults: tt.most})
		if err != nil || len(out.Shards) != tt.page || (out.NextToken != "") != (tt.after > 0) {
			t.Errorf("of %d shards a page of %d, next %q, %v", tt.shards, len(out.Shards), out.NextToken, err)
			continue
		}
		if tt.after == 0 {
			continue
		}
		if out, err = s.ListShards(ListShardsInput{NextToken: &out.NextToken}); err != nil || len(out.Shards) != tt.after || out.NextToken != "" {
			t.Errorf("of %d shards %d follow, %v", tt.shards, len(out.Shards), err)
		}
	}
}

// TestATokenLives300Seconds: to the millisecond, and one at exactly 300 s is taken.
func TestATokenLives300Seconds(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 2)
	out, err := s.ListShards(ListShardsInput{StreamName: new("s"), MaxResults: new(int32(1))})
	if err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(300 * time.Second))
	if rest, err := s.ListShards(ListShardsInput{NextToken: &out.NextToken}); err != nil || len(rest.Shards) != 1 {
		t.Errorf("at 300 s: %+v, %v", rest, err)
	}
	c.RunUntil(clock.Epoch.Add(300*time.Second + time.Millisecond))
	_, err = s.ListShards(ListShardsInput{NextToken: &out.NextToken})
	wantCode(t, err, codeExpiredNextToken)
}

// TestATokenIsOfOneOperation: what one has issued is none to another.
func TestATokenIsOfOneOperation(t *testing.T) {
	s := newStream(t, Config{}, "s", 2)
	if err := s.CreateStream(CreateStreamInput{StreamName: new("t"), ShardCount: new(int32(1))}); err != nil {
		t.Fatal(err)
	}
	register(t, s, "a")
	register(t, s, "b")
	shards, err1 := s.ListShards(ListShardsInput{StreamName: new("s"), MaxResults: new(int32(1))})
	streams, err2 := s.ListStreams(ListStreamsInput{Limit: new(int32(1))})
	consumers, err3 := s.ListStreamConsumers(ListStreamConsumersInput{StreamARN: new(streamS), MaxResults: new(int32(1))})
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			t.Fatal(err)
		}
	}
	operations := []struct {
		name, token string
		next        func(token string) error
	}{
		{"ListShards", shards.NextToken, func(token string) error {
			_, err := s.ListShards(ListShardsInput{NextToken: &token})
			return err
		}},
		{"ListStreams", streams.NextToken, func(token string) error {
			_, err := s.ListStreams(ListStreamsInput{NextToken: &token})
			return err
		}},
		{"ListStreamConsumers", consumers.NextToken, func(token string) error {
			_, err := s.ListStreamConsumers(ListStreamConsumersInput{StreamARN: new(streamS), NextToken: &token})
			return err
		}},
		{"ListChannels", "", func(token string) error {
			_, err := s.ListChannels(ListChannelsInput{NextToken: &token})
			return err
		}},
	}
	for _, of := range operations {
		for _, to := range operations {
			switch err := to.next(of.token); {
			case of.token == "":
			case of.name == to.name && err != nil:
				t.Errorf("%s refuses its own token: %v", to.name, err)
			case of.name != to.name:
				want(t, err, codeInvalidArgument, "Invalid NextToken.")
			}
		}
	}
}

// TestATokenIsOfOneStream: a token goes on with the stream that it was issued for, and with no other, not even one that has its
// name since.
func TestATokenIsOfOneStream(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 2)
	page := func() *string {
		out, err := s.ListShards(ListShardsInput{StreamName: new("s"), MaxResults: new(int32(1))})
		if err != nil {
			t.Fatal(err)
		}
		return &out.NextToken
	}
	token := page()
	if out, err := s.ListShards(ListShardsInput{StreamARN: new(streamS), NextToken: token}); err != nil || len(out.Shards) != 1 {
		t.Errorf("beside its stream's ARN: %+v, %v", out, err)
	}
	_, err := s.ListShards(ListShardsInput{StreamARN: new(streamS + "2"), NextToken: token})
	want(t, err, codeInvalidArgument, "Invalid NextToken.")
	_, err = s.ListShards(ListShardsInput{StreamARN: new("arn:aws:kinesis:us-west-2:123456789012:stream/s"), NextToken: token})
	wantCode(t, err, codeNotFound)
	if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(time.Second))
	if err := s.CreateStream(CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(2))}); err != nil {
		t.Fatal(err)
	}
	_, err = s.ListShards(ListShardsInput{NextToken: token})
	wantCode(t, err, codeNotFound)
	if out, err := s.ListShards(ListShardsInput{NextToken: page()}); err != nil || len(out.Shards) != 1 {
		t.Errorf("with a token of its own: %+v, %v", out, err)
	}
}

// TestAnIteratorTakesAContinuation: the ContinuationSequenceNumber of an event without records comes after the last record, with
// either of the two types.
func TestAnIteratorTakesAContinuation(t *testing.T) {
	c := clock.NewVirtual()
	defer c.Stop()
	s := newStream(t, Config{Clock: c, Limits: Limits{ReadCalls: 100, IteratorCalls: 100}}, "s", 1)
	before := subscribe(t, s, c, from(register(t, s, "before"), "LATEST"))
	c.RunUntil(clock.Epoch.Add(7 * time.Second))
	first := before.last().event.ContinuationSequenceNumber.String() // of an empty shard
	putAt(t, s, c, 8*time.Second, ours(2, 1))
	after := subscribe(t, s, c, from(register(t, s, "after"), "LATEST"))
	c.RunUntil(clock.Epoch.Add(14 * time.Second))
	second := after.last().event.ContinuationSequenceNumber.String()
	putAt(t, s, c, 15*time.Second, ours(1, 1))
	sh := s.streams["s"].shards[0]
	last := sh.sequence(1, sh.at(1).Arrival).String()
	for _, tt := range []struct {
		name, kind, number string
		want               int // records
	}{
		{"at the first", "AT_SEQUENCE_NUMBER", first, 3},
		{"after the first", "AFTER_SEQUENCE_NUMBER", first, 3},
		{"at the second", "AT_SEQUENCE_NUMBER", second, 1},
		{"after the second", "AFTER_SEQUENCE_NUMBER", second, 1},
		{"at the last record before it", "AT_SEQUENCE_NUMBER", last, 2},
		{"after the last record before it", "AFTER_SEQUENCE_NUMBER", last, 1},
	} {
		it := iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: &tt.kind, StartingSequenceNumber: &tt.number})
		if out, err := s.GetRecords(GetRecordsInput{ShardIterator: &it}); err != nil || len(out.Records) != tt.want {
			t.Errorf("%s: %d records, %v, want %d", tt.name, len(out.Records), err, tt.want)
		}
	}
}
