package reports

import (
	"fmt"
	"strings"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

const integrityPrefix = "integrity."

func isIntegrity(name string) bool { return strings.HasPrefix(name, integrityPrefix) }

// ledger is the run's, nil where it was killed.
func (r *Report) ledger() *measure.LedgerTotals {
	if r.Run.End == nil {
		return nil
	}
	return &r.Run.End.Ledger
}

// ledgerGauge reads what the ledger says after the drain. It has no windows: a record is missing in no second.
type ledgerGauge struct {
	total float64
	each  []part
}

func (g *ledgerGauge) read(...span) reading           { return reading{value: g.total} }
func (g *ledgerGauge) worst(span, int) (Window, bool) { return Window{}, false }
func (g *ledgerGauge) parts() []part                  { return g.each }

// ledgerGauge adds up a figure of the sinks an objective is about.
func (r *Report) ledgerGauge(o scenarios.Objective) (gauge, string) {
	l := r.ledger()
	if l == nil {
		return nil, "the run was killed before its ledger was written"
	}
	g := new(ledgerGauge)
	var total, observed int64
	unobserved := ""
	for i := range l.Sinks {
		s := &l.Sinks[i]
		if !sinkOf(s).has(o.Tags) || o.Tags["stream"] != "" && o.Tags["stream"] != s.Stream {
			continue
		}
		if !s.Observed {
			unobserved = s.Name
			continue
		}
		observed++
		n := integrityOf(s, o.Name)
		total += n
		g.each = append(g.each, part{map[string]string{"sink": s.Name}, func(...span) reading { return reading{value: float64(n)} }})
	}
	g.total = float64(total)
	if o.Unit == scenarios.UnitRatio {
		whole := l.Offered
		if o.Name != "integrity.missing" {
			whole = l.Acked
		}
		if whole == 0 {
			return nil, "no record was offered"
		}
		g.total /= float64(whole)
	}
	switch {
	case unobserved != "" && o.Holds(g.total): // what is seen holds, but there is more
		return nil, "nothing is known of what " + unobserved + " delivered"
	case observed == 0:
		return nil, "the pipeline has no such sink"
	}
	return g, ""
}

// integrityOf is the figure of one sink that an objective names.
func integrityOf(s *measure.SinkTotals, name string) int64 {
	switch strings.TrimPrefix(name, integrityPrefix) {
	case "missing":
		return s.Missing
	case "lost":
		return s.Lost
	case "duplicated":
		return s.Duplicated
	case "reordered":
		return s.Reordered
	}
	return 0
}

// sinkOf is the sink that a side of the ledger is about.
func sinkOf(s *measure.SinkTotals) sink {
	tag := map[string]string{kindLambda: "function", kindFirehose: "deliveryStream", kindConsumer: "consumer"}[s.Kind]
	return sink{name: s.Name, kind: s.Kind, tags: measure.Tags{tag: s.Name}}
}

// integrityNames are the figures that sum the sinks.
var integrityNames = []string{"integrity.missing", "integrity.lost", "integrity.duplicated", "integrity.reordered"}

// integrityCounters are the ledger's figures as counters, of the whole run with its warm-up: all observed sinks, and each.
func (r *Report) integrityCounters() []Counter {
	l := r.ledger()
	if l == nil {
		return nil
	}
	var all []Counter
	for _, name := range integrityNames {
		whole := Counter{Name: name, Tags: map[string]string{}}
		var each []Counter
		for i := range l.Sinks {
			if s := &l.Sinks[i]; s.Observed {
				whole.Value += integrityOf(s, name)
				each = append(each, Counter{name, map[string]string{"sink": s.Name}, integrityOf(s, name)})
			}
		}
		if len(each) > 0 {
			all = append(append(all, whole), each...)
		}
	}
	return all
}

// ledgerText is what became of what was offered: 60,012 offered = 60,012 acked.
func ledgerText(l *measure.LedgerTotals) string {
	text := formatCount(l.Offered) + " offered = " + formatCount(l.Acked) + " acked"
	if l.GivenUp > 0 {
		text += " + " + formatCount(l.GivenUp) + " given up"
	}
	if l.Unknown > 0 {
		text += " + " + formatCount(l.Unknown) + " unknown"
	}
	return text
}

// sinkText is one sink's side: process-clicks 60,012 delivered, 0 missing, 0 duplicated, 0 reordered.
func sinkText(s *measure.SinkTotals) string {
	if !s.Observed {
		return s.Name + " not observed"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s delivered", s.Name, formatCount(s.Delivered))
	for _, f := range []struct {
		n    int64
		noun string
	}{
		{s.DeliveredUnacked, "delivered without an ack"},
		{s.Dropped + s.DroppedUnacked, "dropped on purpose"},
		{s.Pending, "pending"},
		{s.Lost, "lost"},
	} {
		if f.n > 0 {
			fmt.Fprintf(&b, ", %s %s", formatCount(f.n), f.noun)
		}
	}
	reordered := formatCount(s.Reordered)
	if s.ReorderedBounded {
		reordered = "at least " + reordered
	}
	fmt.Fprintf(&b, ", %s missing, %s duplicated, %s reordered", formatCount(s.Missing), formatCount(s.Duplicated), reordered)
	return b.String()
}
