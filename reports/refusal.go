package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/wavetank/wavetank/internal/measure"
)

// refusal is what one shard, or one stream whose shards are not known, refused in a span.
type refusal struct {
	stream, shard string
	total         int64
	byLimit       map[string]int64
	byReader      map[string]int64 // of refused reads
	others        int              // further shards that refused at least half as much
	reads         bool             // reads were refused, not writes
}

// The counters of what was refused.
const (
	writesRefused = "put.throttled"
	readsRefused  = "stream.throttled"
)

// refusal finds the shard that refused most in a span; nil where none refused anything.
func (r *Report) refusal(counter string, in span, tags measure.Tags) *refusal {
	all := map[shardID]*refusal{}
	for _, c := range r.Run.FindCounters(counter, tags) {
		n := c.Sum(in.from, in.to)
		if n == 0 {
			continue
		}
		id := shardID{c.Tags["stream"] + c.Tags["deliveryStream"], c.Tags["shard"]}
		f := all[id]
		if f == nil {
			f = &refusal{
				stream: id.stream, shard: id.shard, byLimit: map[string]int64{}, byReader: map[string]int64{},
				reads: counter == readsRefused,
			}
			all[id] = f
		}
		f.total += n
		f.byLimit[c.Tags["limit"]] += n
		if reader := c.Tags["consumer"]; reader != "" {
			f.byReader[reader] += n
		}
	}
	if len(all) == 0 {
		return nil
	}
	order := slices.SortedFunc(maps.Values(all), func(a, b *refusal) int {
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.stream, b.stream), cmp.Compare(a.shard, b.shard))
	})
	worst := order[0]
	for _, f := range order[1:] {
		if 2*f.total >= worst.total {
			worst.others++
		}
	}
	return worst
}

// most is the entry with the highest count, of equal ones the first by name.
func most(counts map[string]int64) (name string, n int64) {
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		if counts[k] > n {
			name, n = k, counts[k]
		}
	}
	return name, n
}

// text says which shard refused how much, and by which limit.
func (f *refusal) text(r *Report, in span) string {
	who, what, when := f.stream, "record", "at "+formatClock(in.from)
	if f.shard != "" {
		who = f.shard + " of " + f.stream
	}
	if f.reads {
		what = "read"
	}
	if in.seconds() > 1 {
		when = "in " + formatSpan(in)
	}
	text := fmt.Sprintf("%s refused %s %s", who, plural(f.total, what), when)
	limit, n := most(f.byLimit)
	switch {
	case f.total == 1:
	case n == f.total:
		text += ", all"
	default:
		text += ", most"
	}
	text += " by " + r.limitText(limit, f.reads)
	if reader, n := most(f.byReader); reader != "" && len(f.byReader) > 1 {
		text += fmt.Sprintf(", %s of them of %s", formatCount(n), reader)
	}
	if f.others > 0 {
		text += fmt.Sprintf("; %s did likewise", plural(int64(f.others), "other shard"))
	}
	return text + "."
}

// limitText is a limit with its figure.
func (r *Report) limitText(limit string, reads bool) string {
	switch {
	case limit == "records":
		return "its limit of " + formatNumber(r.limit(limitRecords)) + " records/s"
	case limit == "bytes" && reads:
		return "its limit of " + plainZeros(formatBytes(r.limit(limitReadBytes))) + "/s"
	case limit == "bytes":
		return "its limit of " + plainZeros(formatBytes(r.limit(limitBytes))) + "/s"
	case limit == "reads":
		return "its limit of " + plainZeros(formatNumber(r.limit(limitReads))) + " reads/s"
	case limit == "injected":
		return "a fault of the scenario"
	}
	return "a limit that the target does not name"
}
