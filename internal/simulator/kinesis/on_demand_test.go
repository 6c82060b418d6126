package kinesis

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// newOnDemand makes an on-demand stream s, of four shards.
func newOnDemand(t *testing.T, cfg Config) (*Service, *clock.Virtual) {
	t.Helper()
	c := clock.NewVirtual()
	cfg.Clock = c
	s := New(cfg)
	err := s.CreateStream(CreateStreamInput{StreamName: new("s"), StreamModeDetails: &StreamModeDetails{new(ModeOnDemand)}})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

// spread is where the records of a load go: to so many hash keys at equal distances from zero on.
func spread(n int) []record.Hash { return evenRanges(n) }

// load offers bytes a second, one record to each hash twice a second, and returns the bytes that were refused.
func load(t *testing.T, s *Service, c *clock.Virtual, bytes int, hashes []record.Hash, last time.Duration) (refused int) {
	t.Helper()
	recs, res := make([]record.Record, len(hashes)), make([]Result, len(hashes))
	size := bytes/2/len(hashes) - 1 // and a byte of key
	end := c.Now().Add(last)
	for at := c.Now(); at.Before(end); at = at.Add(500 * time.Millisecond) {
		c.RunUntil(at)
		for i, h := range hashes {
			recs[i] = record.Record{Key: "k", Hash: h, Size: int32(size), Ours: true}
		}
		if err := s.Put(at, "s", recs, res); err != nil {
			t.Fatal(err)
		}
		for _, r := range res {
			if r.Limit != LimitNone {
				refused += size + 1
			}
		}
	}
	c.RunUntil(end)
	return refused
}

// openShards is how many shards the stream s has now.
func openShards(t *testing.T, s *Service) int {
	t.Helper()
	out, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: new("s")})
	if err != nil || out.StreamDescriptionSummary.StreamStatus != statusActive {
		t.Fatalf("%+v, %v", out, err)
	}
	checkStream(t, s.streams["s"])
	return out.StreamDescriptionSummary.OpenShardCount
}

// TestABusyShardIsSplitWithin15Minutes: 3 MB/s over four shards are more than 500 KB/s each; 1.9 MB/s are not.
func TestABusyShardIsSplitWithin15Minutes(t *testing.T) {
	s, c := newOnDemand(t, Config{})
	load(t, s, c, 1_900_000, spread(16), 20*time.Minute)
	if n := openShards(t, s); n != 4 {
		t.Fatalf("below 500 KB/s there are %d shards", n)
	}
	s, c = newOnDemand(t, Config{})
	load(t, s, c, 3_000_000, spread(16), 14*time.Minute-1) // seen after a minute, which may have been the second
	if n := openShards(t, s); n != 4 {
		t.Errorf("just before 14 minutes there are %d shards, want 4", n)
	}
	c.RunUntil(clock.Epoch.Add(14 * time.Minute))
	if n := openShards(t, s); n != 8 {
		t.Errorf("after 14 minutes there are %d shards, want 8", n)
	}
	load(t, s, c, 3_000_000, spread(16), time.Hour)
	if n := openShards(t, s); n != 8 {
		t.Errorf("an hour of the same load later there are %d shards, want 8", n)
	}
}

// TestTwiceThePeakIsReady: a load that doubles each half hour is never refused; one that more than doubles is, for a quarter of
// an hour.
func TestTwiceThePeakIsReady(t *testing.T) {
	s, c := newOnDemand(t, Config{})
	for _, mb := range []int{1, 2, 4, 8, 16} {
		if refused := load(t, s, c, mb*1_000_000, spread(32), 30*time.Minute); refused != 0 {
			t.Errorf("of %d MB/s %d bytes were refused", mb, refused)
		}
		if n := openShards(t, s); n < 2*mb {
			t.Errorf("at %d MB/s there are %d shards", mb, n)
		}
	}
	s, c = newOnDemand(t, Config{})
	if load(t, s, c, 6_000_000, spread(32), 15*time.Minute) == 0 {
		t.Error("6 MB/s into four shards were not refused")
	}
	if refused := load(t, s, c, 6_000_000, spread(32), 15*time.Minute); refused != 0 {
		t.Errorf("after 15 minutes %d bytes were refused", refused)
	}
}

// TestAHotKeyIsNotHelped: its shard is split again and again, and the key goes on getting 1 MiB/s.
func TestAHotKeyIsNotHelped(t *testing.T) {
	s, c := newOnDemand(t, Config{})
	load(t, s, c, 2_000_000, spread(1), time.Minute)
	first := load(t, s, c, 2_000_000, spread(1), 10*time.Minute)
	load(t, s, c, 2_000_000, spread(1), 49*time.Minute)
	if n := openShards(t, s); n != 8 {
		t.Errorf("after an hour there are %d shards, want 8", n)
	}
	if later := load(t, s, c, 2_000_000, spread(1), 10*time.Minute); later < first*99/100 {
		t.Errorf("in 10 minutes %d bytes were refused, before the splits %d", later, first)
	}
}

// TestManySmallRecordsAreBusy: half of a shard's record rate counts as half of its bytes does, unless the model says another.
func TestManySmallRecordsAreBusy(t *testing.T) {
	for _, tt := range []struct {
		name    string
		records int64
		want    int
	}{{"the default", 0, 8}, {"more than they are", 700, 4}} {
		t.Run(tt.name, func(t *testing.T) {
			s, c := newOnDemand(t, Config{Limits: Limits{ScaleUp: 2 * time.Minute}, Model: Model{ScaleRecords: tt.records}})
			load(t, s, c, 240_000, spread(1200), 2*time.Minute) // 600 records a second and shard
			if n := openShards(t, s); n != tt.want {
				t.Errorf("there are %d shards, want %d", n, tt.want)
			}
		})
	}
}

// TestTheRegionsCap: a stream does not grow beyond it, and the busiest shards are split.
func TestTheRegionsCap(t *testing.T) {
	for region, want := range map[string]int{"us-east-1": 10_240, "us-west-2": 10_240, "eu-west-1": 10_240, "eu-central-1": 200} {
		if got := New(Config{Region: region}).Limits().OnDemandShards; got != want {
			t.Errorf("%s: %d shards, want %d", region, got, want)
		}
	}
	s, c := newOnDemand(t, Config{Limits: Limits{OnDemandShards: 5}})
	load(t, s, c, 3_000_000, append(spread(16), maxHash, maxHash), 40*time.Minute)
	st := s.streams["s"]
	if n := openShards(t, s); n != 5 {
		t.Errorf("there are %d shards, want 5", n)
	}
	if len(st.closed) != 1 || st.closed[0].number != 3 {
		t.Errorf("closed is %v, want the busiest, 3", st.closed)
	}
}

// TestAProvisionedStreamDoesNotScale: also where splits were on their way when its mode was switched; back on demand it does.
func TestAProvisionedStreamDoesNotScale(t *testing.T) {
	s, c := newOnDemand(t, Config{})
	load(t, s, c, 3_000_000, spread(16), 5*time.Minute)
	if err := switchTo(s, ModeProvisioned); err != nil {
		t.Fatal(err)
	}
	load(t, s, c, 3_000_000, spread(16), 30*time.Minute)
	if n := openShards(t, s); n != 4 {
		t.Errorf("there are %d shards, want 4", n)
	}
	if err := switchTo(s, ModeOnDemand); err != nil {
		t.Fatal(err)
	}
	load(t, s, c, 3_000_000, spread(16), 15*time.Minute)
	if n := openShards(t, s); n != 8 {
		t.Errorf("back on demand there are %d shards, want 8", n)
	}
}

// TestAShardIsSplitOnce: in each window of its wait it is busy, and it is among the splits to come once; a parent that closes
// within a window is not among them.
func TestAShardIsSplitOnce(t *testing.T) {
	s, c := newOnDemand(t, Config{Limits: Limits{ScaleUp: 55 * time.Second, ScaleBytes: 100_000}, Model: Model{ScalingWindow: 10 * time.Second}})
	st := s.streams["s"]
	load(t, s, c, 1_500_000, spread(16), 35*time.Second)
	if st.growing != 4 || len(st.changes) != 2 { // the splits and the window
		t.Errorf("%d splits and %d changes are on their way, want 4 and 2", st.growing, len(st.changes))
	}
	load(t, s, c, 1_500_000, spread(16), 16*time.Second)
	if n := openShards(t, s); n != 8 || st.growing != 0 {
		t.Errorf("there are %d shards and %d splits on their way, want 8 and 0", n, st.growing)
	}
}

// TestAClosedShardIsNotSplit: a shard that was merged while its split was on its way, in provisioned mode, stays merged.
func TestAClosedShardIsNotSplit(t *testing.T) {
	s, c := newOnDemand(t, Config{})
	load(t, s, c, 3_000_000, spread(16), 2*time.Minute)
	if err := switchTo(s, ModeProvisioned); err != nil {
		t.Fatal(err)
	}
	join(t, s, 0, 1)
	if err := switchTo(s, ModeOnDemand); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(14 * time.Minute))
	if n := openShards(t, s); n != 5 {
		t.Errorf("there are %d shards, want the merged one and four of two", n)
	}
}

// TestScalingIsSetByTheModel: a window and a wait of another length.
func TestScalingIsSetByTheModel(t *testing.T) {
	s, c := newOnDemand(t, Config{Limits: Limits{ScaleUp: 40 * time.Second, ScaleBytes: 100_000}, Model: Model{ScalingWindow: 10 * time.Second}})
	load(t, s, c, 500_000, spread(16), 30*time.Second-1)
	before := openShards(t, s)
	c.RunUntil(clock.Epoch.Add(30 * time.Second))
	if after := openShards(t, s); before != 4 || after != 8 {
		t.Errorf("%d and %d shards, want 4 and 8", before, after)
	}
}
