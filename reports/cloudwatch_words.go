package reports

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// name is the metric with its statistic.
func (c *CloudWatch) name() string {
	if c.Stat == statSum {
		return c.MetricName
	}
	return c.MetricName + " " + strings.ToLower(c.Stat)
}

// text is a figure in the metric's unit.
func (c *CloudWatch) text(v float64) string {
	switch c.Unit {
	case "Bytes":
		return formatBytes(v)
	case "Milliseconds", "Seconds":
		return formatDuration(v * nanoseconds(c.Unit))
	}
	return formatCount(int64(math.Round(v)))
}

// valueText is CloudWatch's figure.
func (c *CloudWatch) valueText() string {
	if c.Value == nil {
		return "not published"
	}
	return c.text(*c.Value)
}

// ownText is the run's own.
func (c *CloudWatch) ownText() string {
	if c.Own == nil {
		return "–"
	}
	return c.text(c.Own.Value)
}

// differenceText is how much more CloudWatch tells, and what part of the run's own figure that is.
func (c *CloudWatch) differenceText() string {
	switch {
	case c.Difference == nil:
		return "–"
	case *c.Difference == 0:
		return "0"
	}
	sign := "+"
	if *c.Difference < 0 {
		sign = "−"
	}
	text := sign + c.text(math.Abs(*c.Difference))
	if own := c.Own.Value; own != 0 {
		text += " (" + sign + formatShare(math.Abs(*c.Difference/own)) + ")"
	}
	return text
}

// shortDifference is the part alone, where there is one: both figures stand beside it.
func (c *CloudWatch) shortDifference() string {
	text := c.differenceText()
	if _, part, ok := strings.Cut(text, "("); ok {
		return strings.TrimSuffix(part, ")")
	}
	return text
}

// ownName is the name of the run's own figure; empty where there is none.
func (c *CloudWatch) ownName() string {
	if c.Own == nil {
		return ""
	}
	return c.Own.Name
}

// telling says that a row is worth its line in a summary: the run measured the same, or something happened.
func (c *CloudWatch) telling() bool { return c.Value != nil && (c.Own != nil || *c.Value != 0) }

// cloudWatchCaption is what a reader must know of the figures.
func (r *Report) cloudWatchCaption() string {
	t := r.told()
	text := fmt.Sprintf("CloudWatch's figures are sampled by the minute: its whole minutes, %s to %s UTC, reach beyond the load, "+
		"and marker records count there too. The run's own are of all its records, warm-up included. No objective rests on CloudWatch.",
		t.From().Format("15:04"), t.To().Format("15:04"))
	if e := &r.Scenario.Existing; !e.Empty() {
		text += " What was there before the run may serve others too, and CloudWatch counts them."
	}
	if !t.Settled {
		text += " When it was read last, at " + clockOf(t.Read) + ", it had not settled: more may have come since."
	}
	return text
}

// unpublished names what was asked for and not published, resource by resource; empty where all was.
func (r *Report) unpublished(rows []CloudWatch) string {
	var parts []string
	by := map[string]int{}
	told := map[string]bool{}
	for i := range rows {
		c := &rows[i]
		if c.Value != nil || told[c.Resource+" "+c.MetricName] {
			continue
		}
		told[c.Resource+" "+c.MetricName] = true
		n, ok := by[c.Namespace+c.Resource]
		if !ok {
			n = len(parts)
			by[c.Namespace+c.Resource] = n
			parts = append(parts, "of "+c.Resource+" "+c.MetricName)
			continue
		}
		parts[n] += ", " + c.MetricName
	}
	if len(parts) == 0 {
		return ""
	}
	return "Not published by " + clockOf(r.told().Read) + ": " + strings.Join(parts, "; ") + "."
}

// clockOf is an instant's time of the day.
func clockOf(t time.Time) string { return t.UTC().Format("15:04:05") + " UTC" }
