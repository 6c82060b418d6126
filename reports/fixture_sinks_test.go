package reports

import (
	"fmt"
	"testing"

	"github.com/wavetank/wavetank/internal/measure"
)

// serve invokes the function and flushes the delivery stream with what has arrived by an instant.
func (y *toy) serve(now int64) {
	for shard := range y.shards {
		y.invoke(shard, now)
		if len(y.scenario.Pipeline.DeliveryStreams) > 0 {
			y.deliver(shard, now)
		}
	}
}

const function, deliveryStream = "process-clicks", "clicks-to-s3"

// invoke hands over batches of 100 that were gathered for at most a second.
func (y *toy) invoke(shard int, now int64) {
	tags := measure.Tags{"function": function}
	queue := y.waiting[shard]
	for len(queue) > 0 && queue[0].arrival+second <= now {
		n := 1
		for n < min(len(queue), 100) && queue[n].arrival <= queue[0].arrival+second {
			n++
		}
		begin := queue[n-1].arrival + y.lognormal(180e6, 480e6)
		if n < 100 {
			begin = queue[0].arrival + second
		}
		duration := y.lognormal(20e6, 80e6)
		y.rec.Series("lambda.duration", tags, measure.SeriesOptions{}).Record(begin, duration)
		y.rec.Series("lambda.iterator_age", tags, measure.SeriesOptions{}).Record(begin, begin-queue[n-1].arrival)
		y.count("lambda.invocations", tags, begin, 1)
		y.count("lambda.records", tags, begin, int64(n))
		wait := y.rec.Series("lambda.wait", tags, y.of()).Unit()
		latency := y.rec.Series("lambda.latency", tags, y.of()).Unit()
		whole := y.rec.Series(function+".end_to_end", nil, y.of()).Unit()
		for _, r := range queue[:n] {
			wait.Add(r.due, begin-r.arrival)
			latency.Add(r.due, begin+duration-r.arrival)
			whole.Add(r.due, begin+duration-r.due)
		}
		wait.End()
		latency.End()
		whole.End()
		queue = queue[n:]
	}
	y.waiting[shard] = queue
}

// deliver writes an object every five seconds.
func (y *toy) deliver(shard int, now int64) {
	offset := int64(shard) * 1300 * ms
	queue := y.buffer[shard]
	for len(queue) > 0 && y.flushed[shard]+5*second+offset <= now {
		at := y.flushed[shard] + 5*second + offset
		tags := measure.Tags{"deliveryStream": deliveryStream}
		lag := y.rec.Series("firehose.lag", tags, y.of()).Unit()
		whole := y.rec.Series(deliveryStream+".end_to_end", nil, y.of()).Unit()
		n := 0
		for ; n < len(queue) && queue[n].arrival <= at; n++ {
			visible := at + 40*ms
			lag.Add(queue[n].due, visible-queue[n].arrival)
			whole.Add(queue[n].due, visible-queue[n].due)
		}
		lag.End()
		whole.End()
		y.count("firehose.objects", tags, at, 1)
		y.count("firehose.bytes", tags, at, int64(n)*y.size)
		queue = queue[n:]
		y.flushed[shard] = at - offset
	}
	y.buffer[shard] = queue
}

// finish writes the end as a runner would.
func (y *toy) finish(t *testing.T, seconds int) {
	t.Helper()
	y.end.Complete, y.end.Drained, y.end.ElapsedSeconds = true, true, float64(seconds)
	y.end.CPUShare, y.end.MaxRSS = 0.31, 96<<20
	l := &y.end.Ledger
	for name, kind := range map[string]string{function: kindLambda, deliveryStream: kindFirehose} {
		if kind == kindFirehose && len(y.scenario.Pipeline.DeliveryStreams) == 0 {
			continue
		}
		l.Sinks = append(l.Sinks, measure.SinkTotals{
			Name: name, Kind: kind, Stream: "click-stream", Observed: true,
			Delivered: l.Acked, Missing: l.Offered - l.Acked,
		})
	}
	if len(l.Sinks) == 2 && l.Sinks[0].Name == function {
		l.Sinks[0], l.Sinks[1] = l.Sinks[1], l.Sinks[0]
	}
	y.end.Keys = measure.KeyTable{Exact: true}
	if y.hot >= 0 {
		k := y.hotKey
		k.Stream, k.Shard, k.Key = "click-stream", fmt.Sprintf("shardId-%012d", y.hot), "user-000017"
		k.Bytes, k.Share = k.Offered*y.size, float64(k.Offered)/float64(seconds)/1000
		y.end.Keys.Keys = append(y.end.Keys.Keys, k)
	}
	for i := range 4 {
		offered := y.end.Ledger.Offered / int64(100*(i+1))
		k := measure.KeyUse{
			Stream: "click-stream", Shard: fmt.Sprintf("shardId-%012d", i), Key: fmt.Sprintf("user-%06d", 100+i),
			Offered: offered, Bytes: offered * y.size, Share: float64(offered) / float64(seconds) / 1000,
		}
		if i == y.hot {
			k.Throttled = offered / 2
		}
		y.end.Keys.Keys = append(y.end.Keys.Keys, k)
	}
	if y.after != nil {
		y.after(&y.end)
	}
	if err := y.rec.Finish(y.end); err != nil {
		t.Fatal(err)
	}
}
