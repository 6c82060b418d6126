package reports

import (
	"maps"
	"math"
	"slices"

	"github.com/wavetank/wavetank/internal/measure"
)

// kinesisRecordsAcked counts acknowledged records of a stream, where a load into it aggregates; put.acked counts the user
// records in them. Elsewhere a record of the load is one of the stream.
const kinesisRecordsAcked = "put.kinesisRecords"

// storedCounter is the counter of a stream's acknowledged records.
func (r *Report) storedCounter(tags measure.Tags) string {
	if len(r.Run.FindCounters(kinesisRecordsAcked, tags)) > 0 {
		return kinesisRecordsAcked
	}
	return "put.acked"
}

// aggregated tells, for each stream whose loads aggregate, how many records of it the user records made, and for each function that
// was given some of them.
func (r *Report) aggregated() []string {
	return append(r.aggregatedPuts(), r.aggregatedInvocations()...)
}

func (r *Report) aggregatedPuts() []string {
	streams := map[string]bool{}
	for _, c := range r.Run.FindCounters(kinesisRecordsAcked, nil) {
		streams[c.Tags["stream"]] = true
	}
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(streams)) {
		tags := measure.Tags{"stream": name}
		users := r.Run.Sum("put.acked", tags, r.measured.from, r.measured.to)
		stored := r.Run.Sum(kinesisRecordsAcked, tags, r.measured.from, r.measured.to)
		if stored == 0 {
			continue
		}
		seconds := float64(max(r.measured.seconds(), 1))
		texts = append(texts, name+": "+formatCount(users)+" user records acknowledged in "+formatCount(stored)+" records of the stream ("+
			formatRate(float64(users)/seconds)+" in "+formatRate(float64(stored)/seconds)+"), "+formatNumber(float64(users)/float64(stored))+" in each; "+
			"attempts, refusals and shards count the latter"+r.shardsOf(name, float64(users)/seconds, float64(stored)/seconds))
	}
	return texts
}

// shardsOf says how many shards take what was acknowledged a second, by their limits, and how many the same user records one by one;
// nothing where their sizes are not known.
func (r *Report) shardsOf(stream string, users, stored float64) string {
	_, storedSize, known := r.accepted(stream)
	userSize, ok := r.Keys.bytesPerRecord(stream)
	if !known || !ok {
		return ""
	}
	shards := func(records, size float64) string {
		share := max(records/r.limit(limitRecords), records*size/r.limit(limitBytes))
		return formatCount(int64(math.Ceil(share - 1e-9)))
	}
	return ". Shards that it fills, at least: " + shards(stored, storedSize) + "; one by one " + shards(users, userSize)
}

// aggregatedInvocations tells of each function how many records of streams, which Lambda counts, the user records in its batches
// were.
func (r *Report) aggregatedInvocations() []string {
	var texts []string
	for _, c := range r.Run.FindCounters("lambda.kinesisRecords", nil) {
		tags := measure.Tags{"function": c.Tags["function"]}
		users := r.Run.Sum("lambda.records", tags, r.measured.from, r.measured.to)
		if stored := c.Sum(r.measured.from, r.measured.to); stored != users { // else it reads no stream of aggregates
			texts = append(texts, c.Tags["function"]+": invoked with "+formatCount(users)+" user records in "+formatCount(stored)+" records of streams; "+
				"its batch size counts the latter")
		}
	}
	slices.Sort(texts)
	return texts
}

// AggregatedTexts is what the page says of aggregates.
func (p *page) AggregatedTexts() []string { return p.aggregated() }
