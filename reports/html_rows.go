package reports

import (
	"fmt"
	"html/template"
	"strings"
)

// claim is an objective on the page.
type claim struct {
	Mark, Class                    string
	Subject, Limit, Run            string
	Second, Window, Failure, Cause string
	Bullet                         template.HTML
}

// newClaim leaves out a cause that was told.
func newClaim(o *Objective, as standing, told map[string]bool) claim {
	c := claim{
		Mark: as.mark(), Class: string(as), Subject: o.subject(), Limit: o.limitText(), Run: o.runText(),
		Second: o.secondText(), Window: o.windowText(), Bullet: o.bullet(as),
	}
	switch as {
	case untold:
		c.Second = o.Reason
	case broken:
		c.Failure = o.Text + ": " + o.failure()
		if o.Cause != nil && !told[o.Cause.place()] {
			told[o.Cause.place()] = true
			c.Cause = o.Cause.Text
		}
	}
	return c
}

// tile is a figure at the top of the page.
type tile struct{ Value, Name, Remark, Class string }

// tiles are the run in a few figures.
func (r *Report) tiles() []tile {
	var all []tile
	seconds := float64(max(r.measured.seconds(), 1))
	due := r.counter("put.due")
	all = append(all, tile{formatRate(float64(due) / seconds), "records due", formatCount(due) + " in " + plural(int64(seconds), "second"), ""})
	acked := tile{"–", "acknowledged", formatCount(r.counter("put.acked")), ""}
	if due > 0 {
		acked.Value = formatShare(float64(r.counter("put.acked")) / float64(due))
	}
	throttled := tile{"0 %", "of attempts throttled", formatCount(r.counter("put.throttled")), ""}
	if n := r.counter("put.attempts"); n > 0 {
		throttled.Value = formatShare(float64(r.counter("put.throttled")) / float64(n))
	}
	if r.counter("put.throttled") > 0 {
		throttled.Class = "broken"
	}
	all = append(all, acked, throttled)
	for _, name := range []string{"put.latency", "lambda.latency", "firehose.lag", "stream.propagation"} {
		m := r.whole(name)
		if m == nil || m.Count+m.Censored == 0 || len(all) >= 6 {
			continue
		}
		t := tile{m.text(2), name + " p99", "p50 " + m.text(0), ""}
		if m.Censored > 0 {
			t.Class, t.Remark = "broken", t.Remark+", "+formatCount(m.Censored)+" never came"
		}
		all = append(all, t)
	}
	return all
}

// measurementRow is a row of the tables of measurements.
type measurementRow struct{ *Measurement }

func (m measurementRow) Cells() []string {
	cells := make([]string, 0, len(quantiles))
	for i := range quantiles {
		cells = append(cells, m.text(i))
	}
	return cells
}

func (m measurementRow) Highest() string { return m.maxText() }
func (m measurementRow) Never() string   { return m.neverText() }
func (m measurementRow) Remark() string  { return m.remark() }
func (m measurementRow) Average() string {
	if m.Mean == nil {
		return "–"
	}
	return formatDuration(float64(*m.Mean))
}

// shardLine is a row of the table of shards.
type shardLine struct {
	*Shard
	report *Report
}

func (s shardLine) Name() string        { return s.report.shardName(s.Shard) }
func (s shardLine) AttemptRate() string { return formatNumber(s.perSecond(s.Offered)) }
func (s shardLine) AcceptedRate() string {
	return formatNumber(s.perSecond(s.Accepted))
}
func (s shardLine) MiB() string { return formatMiB(s.perSecond(s.OfferedBytes)) }
func (s shardLine) BusiestText() string {
	return formatCount(s.Busiest) + " at " + formatClock(int(s.BusiestAt))
}
func (s shardLine) ByRecords() int64 { return s.Refused["records"] }
func (s shardLine) ByBytes() int64   { return s.Refused["bytes"] }
func (s shardLine) Otherwise() int64 { return s.otherwise() }

// keyLine is a row of the table of keys.
type keyLine struct {
	Key
	Rate float64 // records/s
}

func (k keyLine) ShardName() string { return shortShard(k.Shard) }
func (k keyLine) Verdict() string   { return k.verdict() }
func (k keyLine) Hot() bool         { return k.Share > 1 }
func (k keyLine) Limited() string   { return k.shareText() }

// check is one condition of a run's validity.
type check struct{ Name, Value, Limit, Class string }

func (r *Report) checks() []check {
	v := &r.Validity
	var all []check
	add := func(name, value, limit string, ok bool) {
		class := "held"
		if !ok {
			class = "broken"
		}
		all = append(all, check{name, value, limit, class})
	}
	if v.OfferedRatio != nil {
		planned, offered := r.offered()
		add("offered in time", fmt.Sprintf("%s (%s of %s)", formatRatio(*v.OfferedRatio), formatCount(offered), formatCount(planned)),
			"≥ 99 % of the plan", *v.OfferedRatio >= leastOffered)
	}
	if v.LagP99 != nil {
		add("schedule.lag p99", formatDuration(float64(*v.LagP99)), "≤ "+plainZeros(formatDuration(float64(v.LagLimit))), v.LagLimit <= 0 || *v.LagP99 <= v.LagLimit)
	}
	add("seconds late", formatCount(int64(v.LateSeconds)), "no objective broken in these alone", r.count(func(o *Objective) bool { return o.Late }) == 0)
	if v.CPUShare != nil {
		add("CPU of the harness", formatShare(*v.CPUShare), "≤ 80 % of its cores", *v.CPUShare <= mostCPU)
	}
	ended := "complete"
	if cut := r.cutShort(); cut != "" {
		ended = cut
	}
	add("the load", ended, "not killed", r.Run.End != nil)
	if r.Run.End != nil {
		drained := "everything came out"
		if !r.Run.End.Drained {
			drained = "over before everything had come out"
		}
		add("the drain", drained, strings.TrimSpace("within "+plainZeros(formatDuration(r.Run.Header.DrainSeconds*1e9))), true)
	}
	return all
}

// Profile is what the verdict's numbers stand for.
func (p *page) Profile() string { return p.profile() }

// Broken tells whether an objective is, in a run that judges any.
func (p *page) Broken() bool { return p.Verdict == Fail }

// Unjudged says why objectives are not judged; empty where they are.
func (p *page) Unjudged() string { return p.unjudgedText() }

// HasWindows tells whether an objective's worst window is longer than a second.
func (p *page) HasWindows() bool {
	return p.count(func(o *Objective) bool { return o.windowText() != "" }) > 0
}

// Merged tells how many seconds a point of the drawings over time stands for, where it is more than one.
func (p *page) Merged() string {
	t := p.timeline(maxBins)
	if n := t.width(); n > 1 {
		return fmt.Sprintf(", %d seconds merged", n)
	}
	return ""
}

func (p *page) LedgerText() string { return ledgerText(&p.End.Ledger) }

func (p *page) GoodputTexts() []string {
	var all []string
	for i := range p.Goodput {
		all = append(all, p.Goodput[i].text())
	}
	return all
}
