package reports

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// reads tells, for each stream that was read, what its readers asked a shard for each second, of what a shard answers to
// all of them together: who looks takes from who works. Where a target tells nothing from inside, that is the scenario's
// own consumers alone.
func (r *Report) reads() (texts []string) {
	asked, refused := r.byConsumer("stream.reads"), r.byConsumer(readsRefused)
	for _, stream := range slices.Sorted(maps.Keys(asked)) {
		texts = append(texts, stream+", each second and shard, of "+formatCount(int64(r.limit(limitReads)))+": "+
			r.eachSecondAndShard(stream, asked[stream], refused[stream]))
	}
	return texts
}

// pushes tells, for each stream that was read by enhanced fan-out, how many events each of its consumers was pushed. They take
// from nobody.
func (r *Report) pushes() (texts []string) {
	events := r.byConsumer("stream.events")
	for _, stream := range slices.Sorted(maps.Keys(events)) {
		texts = append(texts, stream+" by enhanced fan-out, events each second and shard: "+r.eachSecondAndShard(stream, events[stream], nil))
	}
	return texts
}

// byConsumer is a counter in the measured seconds by stream and consumer.
func (r *Report) byConsumer(counter string) map[string]map[string]int64 {
	streams := map[string]map[string]int64{}
	for _, c := range r.Run.FindCounters(counter, nil) {
		of := streams[c.Tags["stream"]]
		if of == nil {
			of = map[string]int64{}
			streams[c.Tags["stream"]] = of
		}
		of[c.Tags["consumer"]] += c.Sum(r.measured.from, r.measured.to)
	}
	return streams
}

// eachSecondAndShard divides each consumer's count by the seconds of the shards that there were. A call over the wire does not
// tell whose it is: those are told as the operation's.
func (r *Report) eachSecondAndShard(stream string, counts, refused map[string]int64) string {
	of := max(r.shardSeconds(stream, float64(r.measured.from), float64(r.measured.to)), 1)
	var parts []string
	for _, consumer := range slices.Sorted(maps.Keys(counts)) {
		part := cmp.Or(consumer, "GetRecords") + " " + formatNumber(float64(counts[consumer])/of)
		if n := refused[consumer]; n > 0 {
			part += " (" + formatCount(n) + " refused)"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// pageNotes are the sentences below the page's tables.
func (r *Report) pageNotes() (notes []string) {
	for _, reads := range r.reads() {
		notes = append(notes, "Reads of "+reads)
	}
	for _, pushed := range r.pushes() {
		notes = append(notes, "Pushed from "+pushed)
	}
	return append(notes, r.notes()...)
}
