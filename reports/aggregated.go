package reports

import (
	"maps"
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

// aggregated tells, for each stream whose loads aggregate, how many records of it the user records made.
func (r *Report) aggregated() []string {
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
			"attempts, refusals and shards count the latter")
	}
	return texts
}

// AggregatedTexts is what the page says of aggregates.
func (p *page) AggregatedTexts() []string { return p.aggregated() }
