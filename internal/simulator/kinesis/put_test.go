package kinesis

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// offer puts n records of size bytes every step for a while and counts, by second, what was accepted and what refused it.
func offer(t *testing.T, s *Service, n int, size int32, step, last time.Duration) (accepted []int, refused map[Limit]int) {
	t.Helper()
	recs, res := make([]record.Record, n), make([]Result, n)
	refused = map[Limit]int{}
	accepted = make([]int, last/time.Second)
	for at := time.Duration(0); at < last; at += step {
		for i := range recs {
			recs[i] = record.Record{Key: "k", Hash: HashKey("k"), Size: size, Ours: true}
		}
		if err := s.Put(clock.Epoch.Add(at), "s", recs, res); err != nil {
			t.Fatal(err)
		}
		for _, r := range res {
			if r.Limit == LimitNone {
				accepted[at/time.Second]++
			} else {
				refused[r.Limit]++
			}
		}
	}
	return accepted, refused
}

// TestShardTakes1000RecordsASecond: three times the limit for a minute; a rested shard takes a second's worth at once,
// then exactly 1,000 a second, and what is refused is refused by records.
func TestShardTakes1000RecordsASecond(t *testing.T) {
	for _, tt := range []struct {
		name string
		n    int
		step time.Duration
	}{
		{"30 each 10 ms", 30, 10 * time.Millisecond},
		{"3 each ms", 3, time.Millisecond},
		{"300 each 100 ms", 300, 100 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStream(t, Config{}, "s", 1)
			accepted, refused := offer(t, s, tt.n, 100, tt.step, 60*time.Second)
			total := 0
			for second, n := range accepted {
				total += n
				if second >= 1 && n != 1000 {
					t.Errorf("second %d accepted %d, want 1000", second, n)
				}
			}
			// The first call is at 0, so the last step of the minute has not flowed in.
			if want := 1000 + 60*1000 - int(tt.step/time.Millisecond); total != want {
				t.Errorf("accepted %d in all, want %d", total, want)
			}
			if len(refused) != 1 || refused[LimitRecords] != 180_000-total {
				t.Errorf("refused %v, want %d by records", refused, 180_000-total)
			}
		})
	}
}

// TestShardTakes1MiBASecond: 300 records of 10 KiB a second, one a call, cost 11 KB each as AWS rounds them.
func TestShardTakes1MiBASecond(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	accepted, refused := offer(t, s, 1, 10<<10, time.Second/300, 60*time.Second)
	total := 0
	for _, n := range accepted {
		total += n
	}
	const kb = 11 // of a record: 10,240 B of data and 1 of key
	most := (1024 + 60*1024) / kb
	if total > most || total < most-2 {
		t.Errorf("accepted %d records of %d KB, want %d", total, kb, most)
	}
	if len(refused) != 1 || refused[LimitBytes] == 0 {
		t.Errorf("refused %v, want all by bytes", refused)
	}
}

// TestBytesAreRoundedByTheCall is AWS's rule ("Troubleshoot producers"): a PutRecords is rounded up to 1 KB by its sum, a
// PutRecord by itself.
func TestBytesAreRoundedByTheCall(t *testing.T) {
	tests := []struct {
		name  string
		calls [][]int32 // sizes of data by call; the key has one byte
		want  int64     // KB that are gone
	}{
		{"one byte is a KB", [][]int32{{0}}, 1},
		{"a KB to the byte", [][]int32{{1023}}, 1},
		{"a byte more", [][]int32{{1024}}, 2},
		{"four quarters in one call", [][]int32{{255, 255, 255, 255}}, 1},
		{"four quarters in four calls", [][]int32{{255}, {255}, {255}, {255}}, 4},
		{"1.1 KB ten times in one call", [][]int32{{1125, 1125, 1125, 1125, 1125, 1125, 1125, 1125, 1125, 1125}}, 11},
		{"1.1 KB ten times alone", [][]int32{{1125}, {1125}, {1125}, {1125}, {1125}, {1125}, {1125}, {1125}, {1125}, {1125}}, 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStream(t, Config{}, "s", 1)
			for _, sizes := range tt.calls {
				var recs []record.Record
				for _, size := range sizes {
					recs = append(recs, record.Record{Key: "k", Size: size, Ours: true})
				}
				if err := s.Put(clock.Epoch, "s", recs, make([]Result, len(recs))); err != nil {
					t.Fatal(err)
				}
			}
			if got := 1024 - s.streams["s"].shards[0].bytes.level/perToken/1024; got != tt.want {
				t.Errorf("%d KB are gone, want %d", got, tt.want)
			}
		})
	}
}

// TestPutDecidesRecordByRecord: a large record that does not fit is refused, a smaller one behind it in the same call is
// accepted, and the refused one has cost nothing (kinesalite pull request 87 saw AWS do so).
func TestPutDecidesRecordByRecord(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	sizes := []int32{1<<20 - 1 - 2048, 4000, 1023, 1023, 0}
	recs, res := make([]record.Record, len(sizes)), make([]Result, len(sizes))
	for i, size := range sizes {
		recs[i] = record.Record{Key: "k", Size: size, Ours: true}
	}
	if err := s.Put(clock.Epoch, "s", recs, res); err != nil {
		t.Fatal(err)
	}
	want := []Limit{LimitNone, LimitBytes, LimitNone, LimitNone, LimitBytes}
	seq := uint64(0)
	for i, r := range res {
		if r.Limit != want[i] {
			t.Errorf("record %d: %s, want %s", i, r.Limit, want[i])
		}
		if r.Limit == LimitNone {
			if r.Seq != seq || recs[i].Seq != seq || recs[i].Arrival != clock.Epoch.UnixNano() {
				t.Errorf("record %d has position %d, want %d", i, r.Seq, seq)
			}
			seq++
		}
	}
}

// TestInjectedRefusalsDoNotTouchTheShard: what a fault refuses uses up no limit.
func TestInjectedRefusalsDoNotTouchTheShard(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	recs := ours(1500, 1)
	res := make([]Result, len(recs))
	for i := range res {
		switch {
		case i%3 == 0:
			res[i].Limit = LimitInjected
		case i%3 == 1 && i < 750:
			res[i].Limit = LimitInternal
		default:
			res[i].Limit = LimitBytes // left over from an earlier call: overwritten
		}
	}
	if err := s.Put(clock.Epoch, "s", recs, res); err != nil {
		t.Fatal(err)
	}
	count := map[Limit]int{}
	for _, r := range res {
		count[r.Limit]++
	}
	if count[LimitInjected] != 500 || count[LimitInternal] != 250 || count[LimitNone] != 750 || len(count) != 3 {
		t.Errorf("results: %v", count)
	}
	if left := s.streams["s"].shards[0].records.level / perToken; left != 250 {
		t.Errorf("%d records are left of the second's 1,000, want 250", left)
	}
}

// watcher notes what an observer is told.
type watcher struct {
	puts    int
	seen    []record.Record
	reads   map[Limit]int
	pushed  int
	open    []int
	trimmed int
	bytes   int64 // of those
}

func (w *watcher) Put(_ time.Time, _ string, recs []record.Record, res []Result) {
	w.puts++
	for i, r := range res {
		if r.Limit == LimitNone {
			w.seen = append(w.seen, recs[i])
		}
	}
}

func (w *watcher) Read(_ time.Time, _ string, _ int32, _ string, _ record.Page, limit Limit) {
	if w.reads == nil {
		w.reads = map[Limit]int{}
	}
	w.reads[limit]++
}

func (w *watcher) Pushed(_ time.Time, _ string, _ int32, _ string, page record.Page) {
	w.pushed += len(page.Records)
}

func (w *watcher) Created(time.Time, string)                {}
func (w *watcher) Reshaped(_ time.Time, _ string, open int) { w.open = append(w.open, open) }

func (w *watcher) Trimmed(_ string, _ int32, unread int, bytes int64) {
	w.trimmed, w.bytes = w.trimmed+unread, w.bytes+bytes
}

// TestIdentityIsFoundInBodies: records that came as bytes are identified before the observer and the readers see them.
func TestIdentityIsFoundInBodies(t *testing.T) {
	w := &watcher{}
	identify := func(b []byte) (uint32, uint64, bool) { return 7, uint64(len(b)), strings.HasPrefix(string(b), "ours") }
	s := newStream(t, Config{Observer: w, Identify: identify}, "s", 1)
	recs := []record.Record{
		{Key: "k", Data: []byte("ours!"), Size: 5},
		{Key: "k", Data: []byte("theirs"), Size: 6},
		{Key: "k", Size: 5, Ours: true, Lane: 1, Number: 2},
	}
	if err := s.Put(clock.Epoch, "s", recs, make([]Result, 3)); err != nil {
		t.Fatal(err)
	}
	page, err := s.Read(clock.Epoch, "r", "s", 0, 0, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range [][]record.Record{w.seen, page.Records} {
		if len(got) != 3 || !got[0].Ours || got[0].Lane != 7 || got[0].Number != 5 || got[1].Ours || got[2].Lane != 1 {
			t.Errorf("identities: %+v", got)
		}
	}
}

func TestPutOfAMissingStream(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	err := s.Put(clock.Epoch, "other", ours(1, 1), make([]Result, 1))
	if !errors.Is(err, record.ErrNotFound) || errors.Is(err, record.ErrThroughputExceeded) {
		t.Fatal(err)
	}
	const want = "ResourceNotFoundException: Stream other under account 123456789012 not found."
	if err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}
