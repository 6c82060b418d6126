package reports

import (
	"math"

	"github.com/wavetank/wavetank/internal/measure"
)

// perShard names a counter of a shard.
type perShard struct {
	name  string
	shard int
	limit string
}

// draft is a record on its way there.
type draft struct {
	due   int64
	shard int
	hot   bool // of the hot key
}

// lognormal is a value whose median and p99 are given.
func (y *toy) lognormal(p50, p99 float64) int64 {
	return int64(p50 * math.Exp(y.rng.NormFloat64()*math.Log(p99/p50)/2.326))
}

// countShard counts more of a shard.
func (y *toy) countShard(name string, shard int, limit string, due, n int64) {
	key := perShard{name, shard, limit}
	if y.byShard[key] == nil {
		y.byShard[key] = y.rec.Counter(name, y.shardTags(shard, limit))
	}
	y.byShard[key].Add(due, n)
}

func (y *toy) count(name string, tags measure.Tags, due int64, n int64) {
	y.rec.Counter(name, tags).Add(due, n)
}

func (y *toy) of() measure.SeriesOptions {
	return measure.SeriesOptions{Of: measure.CounterRef{Name: "put.due", Tags: y.stream()}}
}

// offer sends what is due in the 20 ms from an instant, as one request and its retries.
func (y *toy) offer(from int64) {
	n := y.rate / 50
	n += int(math.Round(y.rng.NormFloat64() * math.Sqrt(float64(n))))
	n = max(n, 1)
	records := make([]draft, n)
	for i := range records {
		records[i] = draft{due: from + int64(i)*20*ms/int64(n), shard: y.shard()}
		records[i].hot = records[i].shard == y.hot && y.rng.Float64() < 0.857
		if records[i].hot {
			y.hotKey.Offered++
		}
	}
	leave := from + 20*ms
	lag := y.lognormal(0.12e6, 1.1e6)
	if y.late > 0 && int(from/second) == y.late {
		lag += 300 * ms
	}
	s := y.stream()
	y.rec.Series("schedule.lag", s, measure.SeriesOptions{}).Record(leave, lag)
	y.count("put.due", s, from, int64(n))
	y.count("put.attempts", s, from, 0)
	if lag <= 5*ms {
		y.count("put.offered", s, from, int64(n))
		y.end.Offered += int64(n)
	}
	y.end.Planned += int64(n)
	y.end.Ledger.Offered += int64(n)
	y.attempt(records, leave+lag, 1)
}

// attempt puts records and tries the refused ones again.
func (y *toy) attempt(records []draft, sent int64, attempt int) {
	service := y.lognormal(1.8e6, 6e6)
	if at := int(sent / second); at >= y.slow[0] && at < y.slow[1] {
		service += 7*ms + y.lognormal(2e6, 5e6)
	}
	answered, s := sent+service, y.stream()
	first := records[0].due
	y.rec.Series("put.service", s, measure.SeriesOptions{}).Record(first, service)
	y.rec.Series("put.response", s, measure.SeriesOptions{}).Record(first, answered-first)
	latency := y.rec.Series("put.latency", s, y.of()).Unit()
	arrival := y.rec.Series("put.arrival", s, y.of()).Unit()
	arrived := answered - service/4
	var again []draft
	for _, r := range records {
		if !y.accept(r, arrived) {
			y.countShard("put.throttled", r.shard, "records", r.due, 1)
			again = append(again, r)
			continue
		}
		latency.Add(r.due, answered-r.due)
		arrival.Add(r.due, arrived-r.due)
		y.waiting[r.shard] = append(y.waiting[r.shard], stored{r.due, arrived})
		y.buffer[r.shard] = append(y.buffer[r.shard], stored{r.due, arrived})
	}
	latency.End()
	arrival.End()
	y.count("put.attempts", s, first, int64(len(records)))
	y.count("put.acked", s, first, int64(len(records)-len(again)))
	y.end.Ledger.Acked += int64(len(records) - len(again))
	refused := int64(len(again))
	switch {
	case refused == 0:
	case attempt == y.attempts:
		y.count("put.givenUp", s, first, refused)
		y.end.Ledger.GivenUp += refused
	default:
		if attempt == 1 {
			y.count("put.hit", s, first, refused)
		}
		y.attempt(again, answered+100*ms<<(attempt-1), attempt+1)
	}
}

// shard draws where a record goes.
func (y *toy) shard() int {
	p := y.rng.Float64()
	for i, share := range y.shards {
		if p -= share; p < 0 {
			return i
		}
	}
	return len(y.shards) - 1
}

// accept is a shard of 1,000 records/s.
func (y *toy) accept(r draft, at int64) bool {
	shard := r.shard
	y.countShard("shard.offered", shard, "", at, 1)
	y.countShard("shard.offeredBytes", shard, "", at, y.size)
	if at > y.filled[shard] {
		y.tokens[shard] = min(1000, y.tokens[shard]+float64(at-y.filled[shard])/1e6)
		y.filled[shard] = at
	}
	if y.refuse || y.tokens[shard] < 1 {
		if r.hot {
			y.hotKey.Throttled++
		}
		y.countShard("shard.refused", shard, "records", at, 1)
		return false
	}
	y.tokens[shard]--
	y.countShard("shard.accepted", shard, "", at, 1)
	y.countShard("shard.acceptedBytes", shard, "", at, y.size)
	return true
}
