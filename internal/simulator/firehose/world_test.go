package firehose_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// world is a Firehose in virtual time with the real streams and the real object store around it.
type world struct {
	t        *testing.T
	clock    *clock.Virtual
	streams  *kinesis.Service
	store    *objectstore.Service
	firehose *firehose.Service
	endpoint *endpoint

	delivered []firehose.Delivery // with copies of the records
	discarded []record.Record
	dropped   []record.Record    // by a transformation
	attempts  []firehose.Attempt // without their records
	backups   []firehose.Backup  // with copies of the records
	refused   int
	failed    []string // attempts to store, and why
	history   strings.Builder
}

// newWorld makes a world with a bucket named bucket. change may change the Firehose's configuration before it is made.
func newWorld(t *testing.T, change func(*firehose.Config)) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewVirtual()}
	t.Cleanup(w.clock.Stop)
	w.streams = kinesis.New(kinesis.Config{Clock: w.clock})
	w.store = objectstore.New(objectstore.Config{Render: renderBlank})
	w.must(w.store.CreateBucket(w.clock.Now(), "bucket"))
	w.endpoint = &endpoint{}
	config := firehose.Config{
		Clock: w.clock, Streams: w.streams, Store: w.store, Observer: w, Seed: 7,
		Endpoints: w.endpoint, Render: renderBlank,
	}
	if change != nil {
		change(&config)
	}
	w.firehose = firehose.New(config)
	return w
}

// renderBlank renders a record as its number, filled up with blanks to its size.
func renderBlank(dst []byte, r *record.Record) []byte {
	return fmt.Appendf(dst, "%-*d", r.Size, r.Number)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) Put(now time.Time, stream string, recs []record.Record, refused []bool) {
	for _, r := range refused {
		if r {
			w.refused++
		}
	}
}

func (w *world) Delivered(d firehose.Delivery) {
	d.Records = slices.Clone(d.Records)
	w.delivered = append(w.delivered, d)
	fmt.Fprintf(&w.history, "%s %s %d records %d bytes\n", d.At.Format(time.RFC3339Nano), d.Key, len(d.Records), d.Bytes)
}

func (w *world) Discarded(now time.Time, stream string, recs []record.Record, _ bool) {
	w.discarded = append(w.discarded, recs...)
}

func (w *world) StoreFailed(now time.Time, stream string, recs []record.Record, why string) {
	w.failed = append(w.failed, fmt.Sprintf("%v %s %d: %s", since(now), stream, len(recs), why))
}

func (w *world) Attempted(a firehose.Attempt) {
	a.Records = nil
	w.attempts = append(w.attempts, a)
	fmt.Fprintf(&w.history, "%s %s attempt %d %s\n", a.Ended.Format(time.RFC3339Nano), a.RequestID, a.Number, a.ErrorCode)
}

func (w *world) BackedUp(b firehose.Backup) {
	b.Records = slices.Clone(b.Records)
	w.backups = append(w.backups, b)
	fmt.Fprintf(&w.history, "%s %s backup of %d records\n", b.At.Format(time.RFC3339Nano), b.Key, len(b.Records))
}

// run advances time.
func (w *world) run(d time.Duration) { w.clock.RunUntil(w.clock.Now().Add(d)) }

// produce starts a producer: n records of a size, one by one, the ith at offset + i·gap from now.
func (w *world) produce(n int, size int32, offset, gap time.Duration, put func(now time.Time, r []record.Record) error) {
	start := w.clock.Now().Add(offset)
	w.clock.Go("producer", func(p *clock.Proc) {
		one := make([]record.Record, 1)
		for i := range n {
			if !p.SleepUntil(start.Add(time.Duration(i) * gap)) {
				return
			}
			now := p.Now()
			one[0] = record.Record{Number: uint64(i), Size: size, Ours: true, Key: "k", Due: now.UnixNano()}
			w.must(put(now, one))
		}
	})
}

// direct puts by Direct PUT; onto puts onto a stream.
func (w *world) direct(name string) func(time.Time, []record.Record) error {
	return func(now time.Time, recs []record.Record) error {
		return w.firehose.Put(now, name, recs, make([]bool, len(recs)))
	}
}

func (w *world) onto(stream string) func(time.Time, []record.Record) error {
	return func(now time.Time, recs []record.Record) error {
		return w.streams.Put(now, stream, recs, make([]kinesis.Result, len(recs)))
	}
}

// createStream makes a stream of some shards.
func (w *world) createStream(name string, shards int32) {
	w.t.Helper()
	w.must(w.streams.CreateStream(kinesis.CreateStreamInput{StreamName: &name, ShardCount: &shards}))
}

// lags are the delivery lags of all delivered records, by their number.
func (w *world) lags() map[uint64]time.Duration {
	lags := map[uint64]time.Duration{}
	for _, d := range w.delivered {
		for _, r := range d.Records {
			if _, twice := lags[r.Number]; twice {
				w.t.Fatalf("record %d was delivered twice", r.Number)
			}
			lags[r.Number] = d.At.Sub(time.Unix(0, r.Arrival))
		}
	}
	return lags
}
