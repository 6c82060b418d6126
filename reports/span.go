package reports

import "github.com/wavetank/wavetank/internal/measure"

// span is a range of due seconds, to excluded.
type span struct{ from, to int }

func (s span) seconds() int { return max(s.to-s.from, 0) }

// without are the parts of s that hold none of the seconds of out, which are in order.
func (s span) without(out []int) []span {
	var parts []span
	from := s.from
	for _, second := range out {
		if second < from || second >= s.to {
			continue
		}
		if second > from {
			parts = append(parts, span{from, second})
		}
		from = second + 1
	}
	if from < s.to {
		parts = append(parts, span{from, s.to})
	}
	return parts
}

// split cuts s into at most n spans of one length; the last may be shorter.
func (s span) split(n int) []span {
	length := max((s.seconds()+n-1)/n, 1)
	var parts []span
	for from := s.from; from < s.to; from += length {
		parts = append(parts, span{from, min(from+length, s.to)})
	}
	return parts
}

// combine merges series over several spans.
func combine(series []*measure.SeriesData, spans ...span) *measure.Measurement {
	if len(spans) == 1 {
		return measure.Combine(series, spans[0].from, spans[0].to)
	}
	m := new(measure.Measurement)
	for _, s := range spans {
		part := measure.Combine(series, s.from, s.to)
		m.Merge(&part.Histogram)
		m.Units += part.Units
		m.Censored += part.Censored
	}
	return m
}

// sum adds up counters over several spans.
func sum(counters []*measure.CounterData, spans ...span) int64 {
	var n int64
	for _, c := range counters {
		for _, s := range spans {
			n += c.Sum(s.from, s.to)
		}
	}
	return n
}
