package lambda

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

var epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

func records(n int, size int32) []record.Record {
	recs := make([]record.Record, n)
	for i := range recs {
		recs[i].Size = size
	}
	return recs
}

// step is one call of a batcher: records are offered, the batch in flight succeeds, and a batch is asked for.
type step struct {
	at    time.Duration
	offer int
	done  bool
	batch int           // records it gives; 0: none
	due   time.Duration // when it says to ask again; 0: at the next offer
}

func TestBatcher(t *testing.T) {
	for _, tt := range []struct {
		name    string
		size    int
		window  time.Duration
		payload int64
		weight  int32 // of each record's data
		steps   []step
	}{
		{"no window: at once, whatever is there", 100, 0, 6 * mib, 500, []step{
			{offer: 1, batch: 1},
			{at: 1 * time.Second, done: true},
			{at: 1 * time.Second, offer: 99, batch: 99},
		}},
		{"nothing is sent while a batch is in flight", 2, 0, 6 * mib, 500, []step{
			{offer: 5, batch: 2},
			{at: 1 * time.Second, offer: 1},
			{at: 2 * time.Second, done: true, batch: 2},
			{at: 3 * time.Second, done: true, batch: 2},
			{at: 4 * time.Second, done: true},
		}},
		{"first window opens with the first record", 100, 5 * time.Second, 6 * mib, 500, []step{
			{at: 10 * time.Second, offer: 1, due: 15 * time.Second},
			{at: 14 * time.Second, offer: 1, due: 15 * time.Second},
			{at: 15 * time.Second, batch: 2},
		}},
		{"next window opens when the invocation completes", 100, 5 * time.Second, 6 * mib, 500, []step{
			{offer: 1, due: 5 * time.Second},
			{at: 5 * time.Second, batch: 1},
			{at: 6 * time.Second, offer: 1},
			{at: 7 * time.Second, done: true, due: 12 * time.Second},
			{at: 12 * time.Second, batch: 1},
		}},
		{"a record late in an open window does not wait for a window of its own", 100, 5 * time.Second, 6 * mib, 500, []step{
			{offer: 1, due: 5 * time.Second},
			{at: 5 * time.Second, batch: 1},
			{at: 5 * time.Second, done: true},
			{at: 9 * time.Second, offer: 1, due: 10 * time.Second},
		}},
		{"a record at the very end of a window belongs to it", 100, 5 * time.Second, 6 * mib, 500, []step{
			{offer: 1, due: 5 * time.Second},
			{at: 5 * time.Second, batch: 1},
			{at: 5 * time.Second, done: true},
			{at: 10 * time.Second, offer: 1, batch: 1},
		}},
		{"a window that ends with nothing waiting is gone", 100, 5 * time.Second, 6 * mib, 500, []step{
			{offer: 1, due: 5 * time.Second},
			{at: 5 * time.Second, batch: 1},
			{at: 5 * time.Second, done: true},
			{at: 11 * time.Second, offer: 1, due: 16 * time.Second},
		}},
		{"batch size ends a window", 3, 300 * time.Second, 6 * mib, 500, []step{
			{offer: 2, due: 300 * time.Second},
			{at: 1 * time.Second, offer: 5, batch: 3},
			{at: 2 * time.Second, done: true, batch: 3},
			{at: 3 * time.Second, done: true, due: 303 * time.Second},
		}},
		{"six megabytes end a window", 10_000, 300 * time.Second, 6 * mib, mib, []step{
			{offer: 4, due: 300 * time.Second}, // 4 × (1 MiB × 4/3 + overhead) fit
			{at: 1 * time.Second, offer: 1, batch: 4},
			{at: 2 * time.Second, done: true, due: 302 * time.Second},
		}},
		{"a record over the payload goes alone", 10_000, 300 * time.Second, mib, mib, []step{
			{offer: 2, batch: 1},
			{at: 1 * time.Second, done: true, due: 301 * time.Second},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := batcher{size: tt.size, window: tt.window, payload: tt.payload, overhead: 560}
			for i, s := range tt.steps {
				now := epoch.Add(s.at)
				if s.done {
					b.done(now)
				}
				b.offer(now, records(s.offer, tt.weight))
				batch, due := b.take(now)
				want := time.Time{}
				if s.due > 0 {
					want = epoch.Add(s.due)
				}
				if len(batch) != s.batch || !due.Equal(want) {
					t.Fatalf("step %d: batch of %d, due %v; want %d, %v", i, len(batch), due, s.batch, want)
				}
			}
		})
	}
}

func TestEventBytesIsTheLengthOfBase64(t *testing.T) {
	for size, want := range map[int32]int64{0: 0, 1: 4, 2: 4, 3: 4, 4: 8, mib: 1_398_104} {
		if got := eventBytes(size); got != want {
			t.Errorf("eventBytes(%d) = %d, want %d", size, got, want)
		}
	}
}

// What a batch is weighed as is never below the JSON of its event, and at most a hundredth above it.
func TestEventOverheadIsThatOfAnEvent(t *testing.T) {
	for _, key := range []string{
		"k", "user-0000123", strings.Repeat("a", 256), strings.Repeat("€", 256), `quote " and \`, "\b\f\n\r\t\x00\x1f\x7f", "<&>", "\u2028 \u2029", "\xff\xfe", "Grüße 世界",
	} {
		for _, size := range []int32{0, 1, 2, 100, 1000} {
			for _, n := range []int{1, 2, 500} {
				e := numbered(n)
				e.Role, e.Region, e.ShardID = "arn:aws:iam::123456789012:role/lambda-role", "us-east-2", "shardId-000000000006"
				e.EventSourceArn = "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"
				e.sequence = func(dst []byte, r *record.Record) []byte {
					return append(dst, "49590338271490256608559692538361571095921575989136588898"...)
				}
				for i := range e.Records {
					e.Records[i] = record.Record{Key: key, Size: size, Data: make([]byte, size), Arrival: epoch.Add(time.Duration(i) * time.Millisecond).UnixNano()}
				}
				b := batcher{overhead: e.overhead(), exact: true}
				weight, event := int64(envelope), int64(len(e.AppendJSON(nil)))
				for i := range e.Records {
					weight += b.weight(&e.Records[i])
				}
				if weight < event || float64(weight) > 1.01*float64(event) {
					t.Errorf("%d records of %d bytes with the key %.20q: weighed as %d, they have %d", n, size, key, weight, event)
				}
				if b.exact = false; b.weight(&e.Records[0]) < (weight-int64(envelope))/int64(n) {
					t.Errorf("the key %.20q is more than what it may be at most", key)
				}
			}
		}
	}
}

// Long keys fill an event as data does, and so does what JSON makes of them.
func TestLongKeysFillAnEvent(t *testing.T) {
	for _, key := range []string{"k", strings.Repeat("a", 256), strings.Repeat("€", 256), strings.Repeat("\n", 256)} {
		e := numbered(0)
		b := batcher{size: 10_000, payload: 6*mib - int64(envelope), overhead: e.overhead()}
		recs := records(10_000, 100)
		for i := range recs {
			recs[i].Key, recs[i].Data, recs[i].Arrival = key, make([]byte, 100), epoch.UnixNano()+123e6
		}
		b.offer(epoch, recs[:3000])
		e.Records, _ = b.take(epoch)
		b.done(epoch)
		b.offer(epoch, recs)
		e.Records, _ = b.take(epoch)
		if n := len(e.AppendJSON(nil)); n > 6*mib || n < 6*mib-2000 && len(e.Records) < 10_000 {
			t.Errorf("with the key %.8q an event has %d records, %d bytes", key, len(e.Records), n)
		}
	}
}

// Whatever the sizes and the order of calls, batches are the records in order, each once, and the one in flight does not
// change while others are offered.
func TestBatcherKeepsEachRecordOnceAndInOrder(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 0))
		b := batcher{size: 1 + r.IntN(300), window: time.Duration(r.IntN(3)) * time.Second, payload: 20_000, overhead: 10}
		var offered, taken uint64
		var batch []record.Record
		now := epoch
		check := func() {
			for i, rec := range batch {
				if rec.Seq != taken+uint64(i) {
					t.Fatalf("seed %d: record %d is at the place of %d", seed, rec.Seq, taken+uint64(i))
				}
			}
		}
		for range 1000 {
			now = now.Add(time.Duration(r.IntN(500)) * time.Millisecond)
			recs := records(r.IntN(100), int32(r.IntN(200)))
			for i := range recs {
				recs[i].Seq = offered
				offered++
			}
			b.offer(now, recs)
			check()
			if len(batch) > 0 && r.IntN(2) == 0 {
				taken += uint64(len(batch))
				b.done(now)
				batch = nil
			}
			if next, _ := b.take(now); next != nil {
				batch = next
			}
			check()
		}
		if held := uint64(b.flight + b.waiting()); taken+held != offered {
			t.Fatalf("seed %d: %d taken + %d held, %d were offered", seed, taken, held, offered)
		}
	}
}

func TestBatcherGivesABacklogsRoomBack(t *testing.T) {
	b := batcher{size: 10_000, payload: 6 * mib}
	b.offer(epoch, records(10_000, 1))
	b.take(epoch)
	b.done(epoch)
	if cap(b.queue) > roomy {
		t.Errorf("an empty queue keeps room for %d records", cap(b.queue))
	}
}
