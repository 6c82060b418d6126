package lambda_test

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// pair is a mapping over the real stream service, with one shard.
type pair struct {
	*lambda.Service
	clock    *clock.Virtual
	kinesis  *kinesis.Service
	observer *observer
	reads    reads
}

// reads counts what the stream answers and refuses.
type reads struct {
	answered map[string]int
	refused  map[string]int
	bytes    map[string]int64
}

func (r *reads) Put(time.Time, string, []record.Record, []kinesis.Result) {}
func (r *reads) Pushed(time.Time, string, int32, string, record.Page)     {}
func (r *reads) Created(time.Time, string)                                {}
func (r *reads) Reshaped(time.Time, string, int)                          {}
func (r *reads) Trimmed(string, int32, int, int64)                        {}
func (r *reads) Read(_ time.Time, _ string, _ int32, reader string, page record.Page, limit kinesis.Limit) {
	if limit != kinesis.LimitNone {
		r.refused[reader]++
		return
	}
	r.answered[reader]++
	for i := range page.Records {
		r.bytes[reader] += int64(page.Records[i].Size) + int64(len(page.Records[i].Key))
	}
}

// newPair makes a pair. change may change the Lambda's configuration before it is made.
func newPair(t *testing.T, limits kinesis.Limits, change ...func(*lambda.Config)) *pair {
	t.Helper()
	p := &pair{clock: clock.NewVirtual(), observer: &observer{}, reads: reads{map[string]int{}, map[string]int{}, map[string]int64{}}}
	t.Cleanup(p.clock.Stop)
	p.kinesis = kinesis.New(kinesis.Config{Account: "123456789012", Region: "ap-northeast-1", Clock: p.clock, Observer: &p.reads, Limits: limits})
	err := p.kinesis.CreateStream(kinesis.CreateStreamInput{StreamName: new("clicks"), ShardCount: new(int32(1))})
	if err != nil {
		t.Fatal(err)
	}
	config := lambda.Config{
		Account: "123456789012", Region: "ap-northeast-1", Clock: p.clock, Streams: p.kinesis, Observer: p.observer,
		Functions: []lambda.Function{{Name: "process-clicks", Model: lambda.FunctionModel{Duration: lambda.Distribution{P50: 20 * ms}}}},
	}
	for _, set := range change {
		set(&config)
	}
	p.Service = lambda.New(config)
	return p
}

func (p *pair) mapping(t *testing.T) {
	t.Helper()
	_, err := p.CreateEventSourceMapping(lambda.CreateEventSourceMappingInput{
		FunctionName: "process-clicks", EventSourceArn: p.StreamARN("clicks"), StartingPosition: "LATEST",
	})
	if err != nil {
		t.Fatal(err)
	}
}

// put puts n records of a size now.
func (p *pair) put(now time.Time, n int, size int32) {
	recs, res := make([]record.Record, n), make([]kinesis.Result, n)
	for i := range recs {
		key := fmt.Sprint("user-", i)
		sum := md5.Sum([]byte(key))
		recs[i] = record.Record{Key: key, Size: size, Ours: true, Hash: record.Hash{Hi: binary.BigEndian.Uint64(sum[:8]), Lo: binary.BigEndian.Uint64(sum[8:])}}
	}
	if err := p.kinesis.Put(now, "clicks", recs, res); err != nil {
		panic(err)
	}
}

// read is a plain reader that asks every so often.
func (p *pair) read(every, phase time.Duration) {
	from, err := p.kinesis.Position("clicks", 0, record.Position{Type: "TRIM_HORIZON"})
	if err != nil {
		panic(err)
	}
	p.clock.Go("reader", func(proc *clock.Proc) {
		for ok := proc.Sleep(phase); ok; ok = proc.Sleep(every) {
			if page, err := p.kinesis.Read(proc.Now(), "reader", "clicks", 0, from, 0, nil); err == nil {
				from = page.Next
			}
		}
	})
}

func TestReadersShareFiveReadsASecond(t *testing.T) {
	for _, phase := range []time.Duration{0, 7 * ms, 50 * ms, 99 * ms, 120 * ms} {
		t.Run(phase.String(), func(t *testing.T) {
			p := newPair(t, kinesis.Limits{})
			p.mapping(t)
			p.read(150*ms, phase)
			p.clock.Go("producer", func(proc *clock.Proc) {
				for ok := true; ok; ok = proc.Sleep(10 * ms) {
					p.put(proc.Now(), 1, 100)
				}
			})
			count := func() int { return p.reads.answered["reader"] + p.reads.answered[lambda.Reader("process-clicks")] }
			p.clock.RunUntil(at(10 * time.Second)) // after the opening burst
			before, mine := count(), p.reads.answered[lambda.Reader("process-clicks")]
			p.clock.RunUntil(at(70 * time.Second))
			if got := count() - before; got != 300 {
				t.Errorf("%d reads were answered in a minute, want 300", got)
			}
			if got := p.reads.answered[lambda.Reader("process-clicks")] - mine; got < 59 || got > 61 {
				t.Errorf("Lambda got %d answers in a minute, want one a second", got)
			}
		})
	}
}

func TestReadersShareTwoMebibytesASecond(t *testing.T) {
	p := newPair(t, kinesis.Limits{WriteBytes: 1 << 30, WriteBytesBurst: 1 << 30, WriteRecords: 1 << 20})
	p.mapping(t)
	p.read(150*ms, 50*ms)
	p.clock.Go("producer", func(proc *clock.Proc) { // a backlog of 1,500 MiB
		for range 1500 {
			p.put(proc.Now(), 100, 10_480)
			if !proc.Sleep(ms) {
				return
			}
		}
	})
	total := func() int64 { return p.reads.bytes["reader"] + p.reads.bytes[lambda.Reader("process-clicks")] }
	p.clock.RunUntil(at(20 * time.Second))
	before := total()
	p.clock.RunUntil(at(620 * time.Second))
	// One answer is up to 10 MiB, five seconds' worth: the ends of the ten minutes may be one answer off.
	if got := float64(total()-before) / 600 / (2 << 20); got < 0.99 || got > 1.01 {
		t.Errorf("%.3f of 2 MiB/s were read", got)
	}
}

func TestMappingOverTheRealStream(t *testing.T) {
	p := newPair(t, kinesis.Limits{})
	p.mapping(t)
	p.clock.Go("producer", func(proc *clock.Proc) {
		for ok := proc.Sleep(5 * ms); ok && proc.Now().Before(at(20*time.Second)); ok = proc.Sleep(100 * ms) {
			p.put(proc.Now(), 45, 300)
		}
	})
	p.clock.RunUntil(at(30 * time.Second))
	n := map[uint64]int{}
	for _, in := range p.observer.invocations {
		for _, r := range in.Records {
			n[r.Seq]++
			arrival := time.Unix(0, r.Arrival).Sub(at(0))
			poll := received(arrival)
			if first := poll + 20*ms; in.End.Before(at(first)) || in.End.After(at(first+80*ms)) {
				t.Fatalf("record %d arrived at %v, its batch ended at %v", r.Seq, arrival, in.End.Sub(at(0)))
			}
		}
	}
	if len(n) != 200*45 {
		t.Errorf("%d records were delivered, want 9,000", len(n))
	}
}
