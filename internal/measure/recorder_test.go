package measure

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write makes a run file of what record does; a nil end leaves it as a kill would.
func write(t testing.TB, h Header, end *End, record func(r *Recorder)) []byte {
	t.Helper()
	var file bytes.Buffer
	r, err := NewRecorder(&file, h)
	if err != nil {
		t.Fatal(err)
	}
	record(r)
	if end != nil {
		if err := r.Finish(*end); err != nil {
			t.Fatal(err)
		}
	}
	return file.Bytes()
}

func tick(t testing.TB, r *Recorder, at int64) {
	t.Helper()
	if err := r.Tick(at); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, file []byte) *Run {
	t.Helper()
	run, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	return run
}

// script is what a random run records.
type script struct {
	units  [][2][]int64 // due times and values of each unit
	counts [][2]int64   // due time and count
	ticks  []int        // after how many units
}

func randomScript(seed uint64) script {
	rng := rand.New(rand.NewPCG(seed, 11))
	var s script
	for range 1 + rng.IntN(60) {
		n := 1 + rng.IntN(30)
		from := rng.Int64N(20 * second)
		due := make([]int64, n)
		for i := range due {
			due[i] = max(from+rng.Int64N(3*second>>rng.IntN(4))-second/2, -second/2)
		}
		s.units = append(s.units, [2][]int64{due, randomValues(rng, n)})
		s.counts = append(s.counts, [2]int64{due[0], int64(n)})
		if rng.IntN(4) == 0 {
			s.ticks = append(s.ticks, len(s.units))
		}
	}
	return s
}

func (s *script) record(t testing.TB, r *Recorder) {
	series := r.Series("put.latency", Tags{"stream": "clicks"}, SeriesOptions{Of: CounterRef{Name: "put.due"}})
	counter := r.Counter("put.due", nil)
	for i, unit := range s.units {
		u := series.Unit()
		for j, due := range unit[0] {
			u.Add(due, unit[1][j])
		}
		u.End()
		counter.Add(s.counts[i][0], s.counts[i][1])
		if slices.Contains(s.ticks, i+1) {
			tick(t, r, int64(i)*100_000_000)
		}
	}
}

// expect is what a range of seconds must hold.
func (s *script) expect(from, to int) (h *Histogram, units, counted int64) {
	h = new(Histogram)
	inside := func(due int64) bool {
		return floorSecond(due)/second >= int64(from) && floorSecond(due)/second < int64(to)
	}
	for i, unit := range s.units {
		for j, due := range unit[0] {
			if inside(due) {
				h.Add(unit[1][j])
			}
		}
		if slices.ContainsFunc(unit[0], inside) {
			units++
		}
		if inside(s.counts[i][0]) {
			counted += s.counts[i][1]
		}
	}
	return h, units, counted
}

func TestARunReadsAsItWasRecorded(t *testing.T) {
	for seed := range uint64(15) {
		s := randomScript(seed)
		run := read(t, write(t, Header{Clock: ClockVirtual}, &End{Complete: true}, func(r *Recorder) { s.record(t, r) }))
		d, c := run.Series[0], run.Counters[0]
		for _, span := range [][2]int{{FirstSecond, LastSecond}, {0, 5}, {5, 6}, {7, 7}, {9, 3}, {10, 40}, {100, 200}} {
			from, to := span[0], span[1]
			want, units, counted := s.expect(from, to)
			checkSame(t, d.Histogram(from, to), want)
			if got := d.Count(from, to); got != want.Count() {
				t.Fatalf("seed %d: %d values in [%d, %d), want %d", seed, got, from, to, want.Count())
			}
			if got := d.Units(from, to); got > units || got < units*8/10 || from == FirstSecond && got != units {
				t.Fatalf("seed %d: %d units in [%d, %d), want %d", seed, got, from, to, units)
			}
			if got := c.Sum(from, to); got != counted {
				t.Fatalf("seed %d: counted %d in [%d, %d), want %d", seed, got, from, to, counted)
			}
			if got := d.Censored(from, to); got != max(counted-want.Count(), 0) {
				t.Fatalf("seed %d: %d censored in [%d, %d)", seed, got, from, to)
			}
		}
		for second, h := range d.Seconds() {
			want, _, _ := s.expect(second, second+1)
			checkSame(t, h, want)
		}
		for second, n := range c.Seconds() {
			if _, _, want := s.expect(second, second+1); n != want || c.At(second) != want {
				t.Fatalf("seed %d: counted %d in second %d, want %d", seed, n, second, want)
			}
		}
	}
}

func TestTheSameRunIsTheSameFile(t *testing.T) {
	s := randomScript(5)
	file := func() []byte {
		h := Header{
			Clock: ClockVirtual, Started: "2026-11-24T10:15:00Z",
			Labels: map[string]string{"b": "1", "a": "2", "c": "3"}, Limits: map[string]float64{"y": 1, "x": 2},
		}
		return write(t, h, &End{CPUShare: 0.5, MaxRSS: 1 << 20}, func(r *Recorder) { s.record(t, r) })
	}
	first := file()
	for range 5 {
		if !bytes.Equal(first, file()) {
			t.Fatal("the same run gave another file")
		}
	}
	for _, word := range []string{"started", "2026-11-24", "cpuShare", "maxRSS"} {
		if bytes.Contains(first, []byte(word)) {
			t.Errorf("a file of virtual time has %q in it", word)
		}
	}
}

// A stream of records that each touch their own second, in one unit.
func TestUnitsCountOnceInEachSecond(t *testing.T) {
	run := read(t, write(t, Header{}, nil, func(r *Recorder) {
		s := r.Series("firehose.lag", nil, SeriesOptions{})
		for range 3 {
			u := s.Unit()
			for due := range int64(5) {
				u.Add(due*second, 1e6)
				u.Add(due*second+1, 1e6)
			}
			u.End()
		}
		s.Unit().End() // without values it was none
		tick(t, r, second)
	}))
	d := run.Series[0]
	for _, span := range [][2]int{{0, 5}, {2, 3}, {1, 4}, {4, 9}} {
		if got := d.Units(span[0], span[1]); got != 3 {
			t.Errorf("%d units in [%d, %d), want 3", got, span[0], span[1])
		}
	}
	if got := d.Units(5, 9); got != 0 {
		t.Errorf("%d units after the end", got)
	}
	if got := d.Count(0, 5); got != 30 {
		t.Errorf("%d values, want 30", got)
	}
}

// A busy second is counted before the tick, so that its memory has a limit.
func TestABusySecond(t *testing.T) {
	const n = 5 * maxTail / 2
	var s *Series
	run := read(t, write(t, Header{}, nil, func(r *Recorder) {
		s = r.Series("put.latency", nil, SeriesOptions{})
		u := s.Unit()
		for i := range int64(n) {
			u.Add(0, i*1000)
		}
		u.End()
		if tail := cap(s.pending.windows[0].tail); tail > 2*maxTail {
			t.Errorf("the window's tail holds %d values", tail)
		}
		tick(t, r, second)
	}))
	want := new(Histogram)
	for i := range int64(n) {
		want.Add(i * 1000)
	}
	checkSame(t, run.Series[0].Histogram(0, 1), want)
}

func TestOneNameAndTagsIsOneSeries(t *testing.T) {
	r, err := NewRecorder(io.Discard, Header{})
	if err != nil {
		t.Fatal(err)
	}
	tags := Tags{"a": "1", "b": "2"}
	s := r.Series("x", tags, SeriesOptions{})
	tags["a"] = "changed"
	if r.Series("x", Tags{"b": "2", "a": "1"}, SeriesOptions{}) != s {
		t.Error("equal tags gave another series")
	}
	if r.Series("x", Tags{"a": "1"}, SeriesOptions{}) == s || r.Series("y", Tags{"a": "1", "b": "2"}, SeriesOptions{}) == s {
		t.Error("other tags or another name gave the same series")
	}
	if r.Counter("x", nil) != r.Counter("x", Tags{}) {
		t.Error("no tags gave two counters")
	}
}

func TestCountersAreThereEvenAtZero(t *testing.T) {
	run := read(t, write(t, Header{}, nil, func(r *Recorder) {
		r.Counter("put.throttled", Tags{"limit": "records"})
		r.Series("put.latency", nil, SeriesOptions{Of: CounterRef{"put.due", Tags{"stream": "s"}}})
		tick(t, r, second)
	}))
	var names []string
	for _, c := range run.Counters {
		names = append(names, c.Name+c.Tags.String())
	}
	if diff := cmp.Diff([]string{"put.throttled{limit=records}", "put.due{stream=s}"}, names); diff != "" {
		t.Errorf("counters (-want +got):\n%s", diff)
	}
	if n := run.Counters[0].Total(); n != 0 {
		t.Errorf("total is %d", n)
	}
}

// Workers record while the recorder ticks; nothing is lost.
func TestRecordingIsSafeForConcurrentUse(t *testing.T) {
	const workers, units, values = 8, 200, 10
	file := write(t, Header{}, &End{}, func(r *Recorder) {
		var group sync.WaitGroup
		for worker := range workers {
			group.Go(func() {
				s := r.Series("put.latency", Tags{"stream": fmt.Sprint(worker % 2)}, SeriesOptions{})
				c := r.Counter("put.acked", nil)
				for i := range int64(units) {
					u := s.Unit()
					for j := range int64(values) {
						u.Add(i*10_000_000+j, 1e6)
					}
					u.End()
					c.Add(i*10_000_000, values)
				}
			})
		}
		for i := range int64(20) {
			tick(t, r, i*second)
			r.Snapshot()
		}
		group.Wait()
	})
	run := read(t, file)
	m := Combine(run.Find("put.latency", nil), FirstSecond, LastSecond)
	if m.Count() != workers*units*values || m.Units != workers*units {
		t.Errorf("%d values in %d units", m.Count(), m.Units)
	}
	if n := run.Sum("put.acked", nil, FirstSecond, LastSecond); n != workers*units*values {
		t.Errorf("counted %d", n)
	}
}

func TestSnapshot(t *testing.T) {
	r, err := NewRecorder(io.Discard, Header{})
	if err != nil {
		t.Fatal(err)
	}
	s := r.Series("put.latency", Tags{"stream": "a"}, SeriesOptions{})
	other := r.Series("put.latency", Tags{"stream": "b"}, SeriesOptions{})
	c := r.Counter("put.acked", Tags{"stream": "a"})
	s.Record(0, 1e6)
	c.Add(0, 5)
	tick(t, r, second)
	s.Record(second, 2e6)
	s.Record(0, 3e6) // of the second before, and late
	other.Record(second, 9e6)
	c.Add(second, 7)
	tick(t, r, 2*second)
	c.Add(second, 100) // not in a tick yet

	snapshot := r.Snapshot()
	if snapshot.At != 2*second || snapshot.Interval != second {
		t.Errorf("snapshot is of %d after %d", snapshot.At, snapshot.Interval)
	}
	total, last := snapshot.Histogram("put.latency", Tags{"stream": "a"})
	checkSame(t, total, histogramOf([]int64{1e6, 2e6, 3e6}))
	checkSame(t, last, histogramOf([]int64{2e6, 3e6}))
	total, last = snapshot.Histogram("put.latency", nil)
	if total.Count() != 4 || last.Count() != 3 {
		t.Errorf("over all tags: %d and %d", total.Count(), last.Count())
	}
	if total, last := snapshot.Count("put.acked", nil); total != 12 || last != 7 {
		t.Errorf("counted %d and %d", total, last)
	}
}

// A series or counter can be asked for inside a unit while a tick waits for the unit's end.
func TestUnitsMayAskForCounters(t *testing.T) {
	r, err := NewRecorder(io.Discard, Header{})
	if err != nil {
		t.Fatal(err)
	}
	s := r.Series("put.latency", nil, SeriesOptions{})
	u := s.Unit()
	ticked := make(chan error)
	go func() { ticked <- r.Tick(second) }()
	for r.mu.TryLock() { // until the tick has the recorder, and waits for the unit
		r.mu.Unlock()
		runtime.Gosched()
	}
	r.Counter("put.throttled", nil).Add(0, 1)
	r.Series("put.service", nil, SeriesOptions{}).Record(0, 1)
	u.End()
	if err := <-ticked; err != nil {
		t.Error(err)
	}
}
