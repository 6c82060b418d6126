package reports

import (
	"fmt"
	"html/template"
	"math"
)

// stage is one part of a record's way to a sink and the mean time it took.
type stage struct {
	name  string
	class string
	mean  float64 // ns
}

// way is a sink and the stages of the way to it. Means add where percentiles do not: the stages of the records that came
// out are their end to end.
type way struct {
	sink   sink
	stages []stage
	whole  float64 // mean end to end, ns
}

// ways are those that can be told: every stage was measured for the same records, and the stages come to the whole.
func (r *Report) ways() []way {
	var all []way
	for _, s := range r.sinks() {
		w := way{sink: s}
		whole := combine(r.Run.Find(s.endToEnd(), nil), r.measured)
		own := combine(r.Run.Find(s.own, s.tags), r.measured)
		if whole.Count() == 0 || own.Count() != whole.Count() {
			continue
		}
		w.whole = whole.Mean()
		w.stages = append(w.stages, stage{"put: due → arrival", "c0", w.whole - own.Mean()})
		wait := combine(r.Run.Find("lambda.wait", s.tags), r.measured)
		switch {
		case s.kind == kindLambda && wait.Count() == own.Count():
			w.stages = append(w.stages, stage{"wait: arrival → invocation", "c4", wait.Mean()},
				stage{"invocation → success", "c1", own.Mean() - wait.Mean()})
		case s.kind == kindFirehose:
			w.stages = append(w.stages, stage{"buffer: arrival → delivered", "c2", own.Mean()})
		default:
			w.stages = append(w.stages, stage{"arrival → received", "c1", own.Mean()})
		}
		all = append(all, w)
	}
	return all
}

// stagePlot draws each way as one bar of its stages' shares.
func (r *Report) stagePlot() template.HTML {
	ways := r.ways()
	if len(ways) == 0 {
		return ""
	}
	const top, row, bar = 8.0, 66.0, 20.0
	s := newSVG(plotWidth, top+row*float64(len(ways)), "stages", "Where the time goes",
		"One bar for each sink: the mean time of each stage of the records that came out. Means add, percentiles do not.")
	for i, w := range ways {
		y := top + row*float64(i)
		s.text(0, y+13, atStart, "label", w.sink.name)
		s.text(plotWidth, y+13, atEnd, "", "mean end to end "+formatDuration(w.whole))
		x := 0.0
		end := math.Inf(-1)
		for _, st := range w.stages {
			share := max(st.mean, 0) / w.whole
			width := share * plotWidth
			s.rect(x, y+20, max(width, 1), bar, "area "+st.class, fmt.Sprintf("%s: %s, %s", st.name, formatDuration(st.mean), formatShare(share)))
			text := st.name + " " + formatDuration(st.mean)
			room := 14 + 6.2*float64(len([]rune(text)))
			at := min(max(x, end), plotWidth-room)
			s.rect(at, y+47, 8, 8, "area "+st.class, "")
			s.text(at+12, y+55, atStart, "small", text)
			end = at + room
			x += width
		}
	}
	return s.done()
}
