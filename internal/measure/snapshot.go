package measure

// Snapshot is what a recorder holds as of its last tick, for a status line. It is a copy.
type Snapshot struct {
	At       int64 // of the last tick, nanoseconds since the start of the load
	Interval int64 // nanoseconds between the last two
	series   []seriesSnapshot
	counters []counterSnapshot
}

type seriesSnapshot struct {
	name        string
	tags        Tags
	total, last Histogram
}

type counterSnapshot struct {
	name        string
	tags        Tags
	total, last int64
}

// Snapshot copies what the recorder holds as of its last tick.
func (r *Recorder) Snapshot() *Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &Snapshot{At: r.at, Interval: r.interval}
	series, counters := r.registry.all()
	for _, from := range series {
		to := seriesSnapshot{name: from.name, tags: from.tags}
		to.total.Merge(&from.total)
		for i := range from.last {
			to.last.addDelta(&from.last[i], 1)
		}
		s.series = append(s.series, to)
	}
	for _, from := range counters {
		s.counters = append(s.counters, counterSnapshot{from.name, from.tags, from.total, from.last})
	}
	return s
}

// Histogram merges the series of one name that have at least these tags: all their values so far, and those the last
// tick wrote.
func (s *Snapshot) Histogram(name string, tags Tags) (total, last *Histogram) {
	total, last = new(Histogram), new(Histogram)
	for i := range s.series {
		if from := &s.series[i]; from.name == name && from.tags.Has(tags) {
			total.Merge(&from.total)
			last.Merge(&from.last)
		}
	}
	return total, last
}

// Tags are those of the counters of one name.
func (s *Snapshot) Tags(name string) (all []Tags) {
	for _, from := range s.counters {
		if from.name == name {
			all = append(all, from.tags)
		}
	}
	return all
}

// Count adds up the counters of one name that have at least these tags: so far, and in the last tick.
func (s *Snapshot) Count(name string, tags Tags) (total, last int64) {
	for _, from := range s.counters {
		if from.name == name && from.tags.Has(tags) {
			total += from.total
			last += from.last
		}
	}
	return total, last
}
