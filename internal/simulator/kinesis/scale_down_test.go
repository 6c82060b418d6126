package kinesis

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// TestCapacityIsNotGivenBack: unless the model says so, a stream keeps its shards for ever.
func TestCapacityIsNotGivenBack(t *testing.T) {
	s, c := newOnDemand(t, Config{})
	load(t, s, c, 3_000_000, spread(16), 15*time.Minute)
	c.RunUntil(c.Now().Add(60 * day))
	load(t, s, c, 1000, spread(1), time.Hour)
	if n := openShards(t, s); n != 8 {
		t.Errorf("there are %d shards, want 8", n)
	}
}

// TestCapacityIsGivenBackByTheModel: when the peak is longer ago than the model says, shards are merged to what twice the
// newer peak needs, with traffic or without, and never to fewer than a new stream has.
func TestCapacityIsGivenBackByTheModel(t *testing.T) {
	const memory = 3 * time.Hour
	s, c := newOnDemand(t, Config{Model: Model{ScaleDown: memory}})
	load(t, s, c, 6_000_000, spread(16), 15*time.Minute)
	load(t, s, c, 6_000_000, spread(16), time.Hour)
	if n := openShards(t, s); n != 16 {
		t.Fatalf("of 6 MB/s there are %d shards, want 16", n)
	}
	load(t, s, c, 3_000_000, spread(16), memory-2*time.Minute)
	if n := openShards(t, s); n != 12 {
		t.Errorf("before the peak is old there are %d shards, want 12, which are twice 6 MB/s", n)
	}
	if refused := load(t, s, c, 3_000_000, spread(16), 30*time.Minute); refused != 0 {
		t.Errorf("%d bytes were refused", refused)
	}
	if n := openShards(t, s); n < 6 || n > 8 {
		t.Errorf("of 3 MB/s there are %d shards in the end", n)
	}
	c.RunUntil(c.Now().Add(memory + 10*time.Minute))
	if n := openShards(t, s); n != 4 {
		t.Errorf("of nothing there are %d shards, want 4", n)
	}
	if st := s.streams["s"]; len(st.changes) != 0 {
		t.Errorf("%d changes are on their way where there is nothing to do", len(st.changes))
	}
}

// TestASwitchedStreamKeepsItsShards: what it had when it became on-demand counts as its peak.
func TestASwitchedStreamKeepsItsShards(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{ScaleDown: time.Hour}}, "s", 10)
	if err := switchTo(s, ModeOnDemand); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(c.Now().Add(time.Hour))
	if n := openShards(t, s); n != 10 {
		t.Errorf("within the hour there are %d shards, want 10", n)
	}
	c.RunUntil(c.Now().Add(5 * time.Minute))
	if n := openShards(t, s); n != 4 {
		t.Errorf("after it there are %d shards, want 4", n)
	}
}
