package kinesis

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// TestRecordsOlderThanADayAreGone: retention is by arrival, to the nanosecond, for readers and positions alike.
func TestRecordsOlderThanADayAreGone(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	for i := range 3 {
		mustPut(t, s, clock.Epoch.Add(time.Duration(i)*time.Second), ours(10, 1))
	}
	c.RunUntil(clock.Epoch.Add(minRetention + time.Second))
	page, err := s.Read(c.Now(), "r", "s", 0, 0, 0, nil)
	if err != nil || len(page.Records) != 20 || page.Next != 30 {
		t.Fatalf("a day and a second later: %d records, next %d, %v", len(page.Records), page.Next, err)
	}
	c.RunUntil(clock.Epoch.Add(minRetention + time.Second + 1))
	if pos, err := s.Position("s", 0, record.Position{Type: "TRIM_HORIZON"}); err != nil || pos != 20 {
		t.Errorf("trim horizon %d, %v, want 20", pos, err)
	}
	if held := s.memory.Held(); held != 10*recordCost {
		t.Errorf("%d bytes are held", held)
	}
}

// TestReadRecordsAreDropped: with DropRead memory holds only what some registered reader still needs.
func TestReadRecordsAreDropped(t *testing.T) {
	s := newStream(t, Config{DropRead: true, Limits: generous()}, "s", 1)
	first := func() uint64 { return s.streams["s"].shards[0].first }
	passedA, endA := s.Register("s", "a")
	passedB, endB := s.Register("s", "b")
	mustPut(t, s, clock.Epoch, ours(100, 1))

	passedA(0, 60)
	if got := first(); got != 0 {
		t.Errorf("after one of two readers passed 60, the oldest is %d", got)
	}
	passedB(0, 40)
	if got := first(); got != 40 {
		t.Errorf("after both passed 40, the oldest is %d", got)
	}
	passedB(0, 10) // a late word changes nothing
	endB()
	endB()
	if got := first(); got != 60 {
		t.Errorf("after the slower reader left, the oldest is %d", got)
	}
	endA()
	mustPut(t, s, clock.Epoch, ours(100, 1))
	if got := first(); got != 60 {
		t.Errorf("without readers the oldest is %d: nothing is dropped", got)
	}
	if got := s.memory.Held(); got != 140*recordCost {
		t.Errorf("%d bytes are held, want %d", got, 140*recordCost)
	}
	passed, end := s.Register("missing", "c")
	passed(0, 1)
	end()
}

// TestTheCapTakesPassedRecordsFirst: at the cap the oldest that a reader has passed go, wherever they are; unread ones only
// when there is nothing else, and then they are counted.
func TestTheCapTakesPassedRecordsFirst(t *testing.T) {
	w := &watcher{}
	const most = 1000 * recordCost
	s := newStream(t, Config{MaxBytes: most, Observer: w, Limits: generous()}, "s", 1)
	if err := s.CreateStream(CreateStreamInput{StreamName: new("quiet"), ShardCount: new(int32(1))}); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(clock.Epoch, "quiet", ours(500, 1), make([]Result, 500)); err != nil {
		t.Fatal(err)
	}
	passed, _ := s.Register("quiet", "r")
	passed(0, 300)
	now := clock.Epoch.Add(time.Second)
	mustPut(t, s, now, ours(500, 1))
	if w.trimmed != 0 || s.memory.Held() != most {
		t.Fatalf("at the cap: %d trimmed, %d bytes held", w.trimmed, s.memory.Held())
	}
	mustPut(t, s, now, ours(250, 1))
	if w.trimmed != 0 || s.memory.Held() > most {
		t.Errorf("passed records were there: %d trimmed unread, %d bytes held", w.trimmed, s.memory.Held())
	}
	mustPut(t, s, now, ours(100, 1))
	if s.memory.Held() > most {
		t.Errorf("%d bytes are held, over %d", s.memory.Held(), most)
	}
	gone := int(s.streams["quiet"].shards[0].first) + int(s.streams["s"].shards[0].first) - 300
	if w.trimmed != gone || gone < 50 || w.bytes != int64(gone)*recordCost {
		t.Errorf("%d unread records are gone, %d were told, of %d bytes", gone, w.trimmed, w.bytes)
	}
	if s.streams["s"].shards[0].first != 0 {
		t.Error("a young unread record went before an old one")
	}
}

// TestACapOfBytes: records that came as bytes count with their data.
func TestACapOfBytes(t *testing.T) {
	s := newStream(t, Config{MaxBytes: 1 << 20, Limits: generous()}, "s", 2)
	for range 100 {
		recs := ours(10, 0)
		for i := range recs {
			recs[i].Data, recs[i].Size, recs[i].Ours = make([]byte, 10_000), 10_000, false
		}
		mustPut(t, s, clock.Epoch, recs)
		if held := s.memory.Held(); held > 1<<20 {
			t.Fatalf("%d bytes are held", held)
		}
	}
	if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
		t.Fatal(err)
	}
	if held := s.memory.Held(); held != 0 {
		t.Errorf("%d bytes are held by nothing", held)
	}
}

// TestADayStaysFlat: a day of load with a reader that keeps up needs the memory of a moment.
func TestADayStaysFlat(t *testing.T) {
	s := newStream(t, Config{DropRead: true}, "s", 2)
	passed, _ := s.Register("s", "r")
	var next [2]uint64
	var dst []record.Record
	var most int64
	recs, res := ours(200, 100), make([]Result, 200)
	for at := time.Duration(0); at < 24*time.Hour; at += 10 * time.Second {
		now := clock.Epoch.Add(at)
		if err := s.Put(now, "s", recs, res); err != nil {
			t.Fatal(err)
		}
		for shard := range int32(2) {
			page, err := s.Read(now, "r", "s", shard, next[shard], 0, dst[:0])
			if err != nil {
				t.Fatal(err)
			}
			dst, next[shard] = page.Records, page.Next
			passed(shard, page.Next)
		}
		most = max(most, s.memory.Held())
	}
	if next[0]+next[1] != 24*360*200 {
		t.Errorf("%d records were read", next[0]+next[1])
	}
	if most > 200*recordCost {
		t.Errorf("up to %d bytes were held", most)
	}
	if n := len(s.streams["s"].shards[0].segs); n > 1 {
		t.Errorf("%d segments are left", n)
	}
}

// TestAPutThatIsLate: a put whose instant lies before the deletion of its stream, but that comes after it, stores nothing.
func TestAPutThatIsLate(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	passed, end := s.Register("s", "r")
	st := s.streams["s"]
	c.RunUntil(clock.Epoch.Add(time.Minute))
	if err := s.DeleteStream(DeleteStreamInput{StreamName: new("s")}); err != nil {
		t.Fatal(err)
	}
	if _, there := st.status(clock.Epoch); there {
		t.Error("the stream is still there for a caller who found it earlier")
	}
	if err := s.Put(clock.Epoch, "s", ours(1, 1), make([]Result, 1)); err == nil {
		t.Error("the record was stored")
	}
	passed(0, 5) // a reader that has not heard of it yet
	end()
}
