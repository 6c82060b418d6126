package reports

import (
	"maps"
	"slices"
	"strings"
)

// reads tells, for each stream that was read, what its readers asked a shard for each second, of what a shard answers to
// all of them together: who looks takes from who works. Where a target tells nothing from inside, that is the scenario's
// own consumers alone.
func (r *Report) reads() []string {
	type readers struct{ asked, refused map[string]int64 }
	streams := map[string]*readers{}
	count := func(counter string, of func(*readers) map[string]int64) {
		for _, c := range r.Run.FindCounters(counter, nil) {
			s := streams[c.Tags["stream"]]
			if s == nil {
				s = &readers{asked: map[string]int64{}, refused: map[string]int64{}}
				streams[c.Tags["stream"]] = s
			}
			of(s)[c.Tags["consumer"]] += c.Sum(r.measured.from, r.measured.to)
		}
	}
	count("stream.reads", func(s *readers) map[string]int64 { return s.asked })
	count(readsRefused, func(s *readers) map[string]int64 { return s.refused })
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(streams)) {
		shards := r.Scenario.Pipeline.Streams[name].Shards()
		of := float64(max(r.measured.seconds(), 1) * max(shards, 1))
		var parts []string
		for _, reader := range slices.Sorted(maps.Keys(streams[name].asked)) {
			part := reader + " " + formatNumber(float64(streams[name].asked[reader])/of)
			if n := streams[name].refused[reader]; n > 0 {
				part += " (" + formatCount(n) + " refused)"
			}
			parts = append(parts, part)
		}
		texts = append(texts, name+", each second and shard, of "+formatCount(int64(r.limit(limitReads)))+": "+strings.Join(parts, ", "))
	}
	return texts
}

// pageNotes are the sentences below the page's tables.
func (r *Report) pageNotes() (notes []string) {
	for _, reads := range r.reads() {
		notes = append(notes, "Reads of "+reads)
	}
	return append(notes, r.notes()...)
}
