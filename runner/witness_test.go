package runner_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// witness writes down what the services tell, record by record, on its way to the run's own observer. Instants are
// nanoseconds since the start of the load, which in virtual time and without service times is that of the clock.
type witness struct {
	target.Observer
	lanes       [][]life // by lane and number
	reads       []readSeen
	invocations []target.Invocation // without records
	objects     []objectSeen
	puts        []putSeen
}

// life is what became of one record.
type life struct {
	due     int64
	size    int32
	shard   int32
	arrived []int64
	out     []landing
}

// landing is one time that a record came out of the pipeline.
type landing struct {
	sink      string
	begin, at int64
	unit      int // the number of the invocation, object or read
}

type readSeen struct {
	at     int64
	reader string
	count  int    // records
	limit  string // "" where it was answered
}

type objectSeen struct {
	at, bytes int64
	records   int
}

// putSeen is one call as the shards decided on it.
type putSeen struct {
	at       int64
	offered  int
	accepted int
	bytes    int64 // accepted, data and keys
}

func newWitness() *witness { return &witness{} }

func since(t time.Time) int64 { return t.UnixNano() - clock.Epoch.UnixNano() }

func (w *witness) of(r *target.Record) *life {
	for int(r.Lane) >= len(w.lanes) {
		w.lanes = append(w.lanes, nil)
	}
	lane := &w.lanes[r.Lane]
	for r.Number >= uint64(len(*lane)) {
		*lane = append(*lane, life{shard: -1})
	}
	l := &(*lane)[r.Number]
	l.due, l.size = r.Due-clock.Epoch.UnixNano(), r.Size
	return l
}

func (w *witness) ShardPut(now time.Time, stream string, records []target.Record, decisions []target.Decision) {
	p := putSeen{at: since(now), offered: len(records)}
	for i := range records {
		if decisions[i].Limit != target.Accepted {
			continue
		}
		l := w.of(&records[i])
		l.arrived, l.shard = append(l.arrived, since(now)), decisions[i].Shard
		p.accepted++
		p.bytes += int64(records[i].Size) + int64(len(records[i].Key))
	}
	w.puts = append(w.puts, p)
	w.Observer.ShardPut(now, stream, records, decisions)
}

func (w *witness) DeliveryStreamPut(now time.Time, deliveryStream string, records []target.Record, refused []bool) {
	for i := range records {
		if !refused[i] {
			l := w.of(&records[i])
			l.arrived = append(l.arrived, since(now))
		}
	}
	w.Observer.DeliveryStreamPut(now, deliveryStream, records, refused)
}

func (w *witness) ShardRead(now time.Time, stream string, shard int32, reader string, records int, limit string) {
	w.reads = append(w.reads, readSeen{at: since(now), reader: reader, count: records, limit: limit})
	w.Observer.ShardRead(now, stream, shard, reader, records, limit)
}

func (w *witness) landed(sink string, records []target.Record, begin, at int64, unit int) {
	for i := range records {
		l := w.of(&records[i])
		l.out = append(l.out, landing{sink, begin, at, unit})
	}
}

func (w *witness) Consumed(now time.Time, consumer string, records []target.Record) {
	w.landed(consumer, records, since(now), since(now), len(w.reads))
	w.Observer.Consumed(now, consumer, records)
}

func (w *witness) Invoked(i target.Invocation) {
	w.landed(i.Function, i.Done(), since(i.Begin), since(i.End), len(w.invocations))
	seen := i
	seen.Records = nil
	w.invocations = append(w.invocations, seen)
	w.Observer.Invoked(i)
}

func (w *witness) Delivered(d target.Delivery) {
	w.landed(d.DeliveryStream, d.Records, since(d.At), since(d.At), len(w.objects))
	o := objectSeen{at: since(d.At), records: len(d.Records)}
	for i := range d.Records {
		o.bytes += int64(d.Records[i].Size)
	}
	w.objects = append(w.objects, o)
	w.Observer.Delivered(d)
}

// each calls visit for each record that arrived and was due before the end of the load.
func (w *witness) each(end time.Duration, visit func(lane, number int, l *life)) {
	for lane := range w.lanes {
		for n := range w.lanes[lane] {
			if l := &w.lanes[lane][n]; len(l.arrived) > 0 && l.due < end.Nanoseconds() {
				visit(lane, n, l)
			}
		}
	}
}

// landed is how a record came out at a sink for the first time.
func (l *life) landed(sink string) (landing, bool) {
	i := slices.IndexFunc(l.out, func(o landing) bool { return o.sink == sink })
	if i < 0 {
		return landing{}, false
	}
	return l.out[i], true
}

// values are the values that a measurement should hold, by the second in which their record was due.
type values map[int][]int64

func (v values) add(due, value int64) {
	second := int(due / 1e9)
	v[second] = append(v[second], value)
}

// holds checks that a measurement of the run file is these values and no others, second by second: the same counts in the
// same buckets, the same minimum, maximum and sum.
func (o *outcome) holds(name string, want values) {
	o.t.Helper()
	series := o.Run.Find(name, nil)
	total := int64(0)
	for second, list := range want {
		got, one := measure.Combine(series, second, second+1), new(measure.Histogram)
		for _, v := range list {
			one.Add(v)
		}
		total += one.Count()
		if !sameHistogram(&got.Histogram, one) {
			o.t.Fatalf("%s in second %d: %s, want %s", name, second, sketch(&got.Histogram), sketch(one))
		}
	}
	if n := o.of(name).Count(); n != total {
		o.t.Errorf("%s has %d values, want %d", name, n, total)
	}
}

func sameHistogram(a, b *measure.Histogram) bool {
	return a.Count() == b.Count() && a.Min() == b.Min() && a.Max() == b.Max() && a.Sum() == b.Sum() &&
		slices.Equal(bucketsOf(a), bucketsOf(b))
}

func bucketsOf(h *measure.Histogram) (all [][3]int64) {
	h.Buckets(func(low, high, count int64) { all = append(all, [3]int64{low, high, count}) })
	return all
}

func sketch(h *measure.Histogram) string {
	p50, _ := h.Quantile(0.5, 0)
	return fmt.Sprintf("%d values from %v over %v to %v", h.Count(), time.Duration(h.Min()), time.Duration(p50), time.Duration(h.Max()))
}

// wantInstant compares two instants.
func wantInstant(t *testing.T, what string, got, want int64) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: %v, want %v (%+d ns)", what, time.Duration(got), time.Duration(want), got-want)
	}
}
