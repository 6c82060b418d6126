package reports

import (
	"slices"
	"strings"

	"github.com/wavetank/wavetank/internal/measure"
)

// Counter is a count over the measured seconds; integrity.* are of the whole run with its warm-up.
type Counter struct {
	Name  string            `json:"name"`
	Tags  map[string]string `json:"tags"` // empty: the whole run
	Value int64             `json:"value"`
}

// counters are all of the run: for each name the whole run, then each of its tagged counters. Names are sorted, the ledger's
// figures last.
func (r *Report) counters() []Counter {
	var names []string
	for _, c := range r.Run.Counters {
		if !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	var all []Counter
	for _, name := range names {
		found := r.Run.FindCounters(name, nil)
		all = append(all, Counter{name, map[string]string{}, sum(found, r.measured)})
		slices.SortStableFunc(found, func(a, b *measure.CounterData) int {
			return strings.Compare(a.Tags.String(), b.Tags.String())
		})
		for _, c := range found {
			if len(c.Tags) > 0 {
				all = append(all, Counter{name, plainTags(c.Tags), c.Sum(r.measured.from, r.measured.to)})
			}
		}
	}
	return append(all, r.integrityCounters()...)
}
