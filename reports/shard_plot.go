package reports

import (
	"html/template"
	"math"
	"slices"

	"github.com/wavetank/wavetank/internal/measure"
)

// How many shards are drawn, those that were offered most, and in how many intervals.
const (
	drawnShards = 12
	shardBins   = 120
)

// The lanes of a shard's row: what it refused above what it accepted.
const (
	refusedLane  = 24.0
	acceptedLane = 38.0
	rowGap       = 14.0
)

// shardPlot draws a row for each shard, by the second of arrival: below, what it accepted against its limit; above, what it
// refused by limit. Each of the two lanes has one scale in all rows.
func (r *Report) shardPlot() template.HTML {
	shown, _ := r.busyShards(drawnShards)
	if len(shown) == 0 {
		return ""
	}
	const top, row = 26.0, refusedLane + acceptedLane + rowGap
	height := top + float64(len(shown))*row + 22 - rowGap
	t := r.timeline(shardBins)
	counters := r.shardCounters()
	rows := make([]shardRow, len(shown))
	accepted, refused := r.limit(limitRecords)*1.1, 0.0
	for i, s := range shown {
		rows[i] = newShardRow(&t, counters[shardID{s.Stream, s.Shard}])
		accepted, refused = max(accepted, highest(rows[i].accepted)), max(refused, highest(rows[i].refused...))
	}
	s := newSVG(plotWidth, height, "shards", "Throttles by shard",
		"One row for each shard, by the second of arrival: below, records accepted per second, with the limit as a dashed line; above, records refused per second by limit.")
	legendRow(s, rows)
	for i, shard := range shown {
		y := top + float64(i)*row
		lanes := shardLanes{
			refused:  scale{0, max(refused, 1), y + refusedLane, y, false},
			accepted: scale{0, accepted, y + refusedLane + acceptedLane, y + refusedLane + 2, false},
		}
		r.drawShard(s, &t, shard, &rows[i], lanes)
	}
	if i := slices.IndexFunc(rows, func(row shardRow) bool { return len(row.refused) > 0 }); i >= 0 {
		s.text(plotLeft-8, top+float64(i)*row+9, atEnd, "bad", formatNumber(round2(refused)))
	}
	t.axis(s, height-22)
	return s.done()
}

// shardRow is one shard over time, in records per second.
type shardRow struct {
	accepted []float64
	limits   []string
	refused  [][]float64 // running sums by limit, the first all 0
}

type shardLanes struct{ refused, accepted scale }

func newShardRow(t *timeline, c *shardSeries) shardRow {
	row := shardRow{accepted: t.rates(known(c.accepted))}
	var layers [][]float64
	for _, limit := range limitOrder {
		if found := known(c.refused[limit]); sum(found, ever) > 0 {
			layers = append(layers, t.rates(found))
			row.limits = append(row.limits, limit)
		}
	}
	if len(layers) > 0 {
		row.refused = stacked(layers)
	}
	return row
}

// known is a list of a counter that may not be there.
func known(c *measure.CounterData) []*measure.CounterData {
	if c == nil {
		return nil
	}
	return []*measure.CounterData{c}
}

// legendRow names the lanes above the first row.
func legendRow(s *svg, rows []shardRow) {
	entries := [][2]string{{"area c0", "accepted"}}
	for _, limit := range limitOrder {
		if slices.ContainsFunc(rows, func(r shardRow) bool { return slices.Contains(r.limits, limit) }) {
			entries = append(entries, [2]string{"area " + limitClass(limit), "refused by " + limitNoun(limit)})
		}
	}
	x := plotLeft
	for _, e := range entries {
		s.rect(x, 3, 16, 10, e[0], "")
		s.text(x+22, 12, atStart, "", e[1])
		x += 40 + 7*float64(len(e[1]))
	}
	s.text(labelLeft, 12, atStart, "dim", "records/s by shard")
}

func (r *Report) drawShard(s *svg, t *timeline, shard *Shard, row *shardRow, lanes shardLanes) {
	limit, name := r.limit(limitRecords), r.shardName(shard)
	y := lanes.accepted
	t.frame(r, s, lanes.refused.to, y.from)
	s.line(plotLeft, y.from, plotRight, y.from, "grid")
	s.path(stepArea(t.edges, scaled(y, row.accepted), same(len(row.accepted), y.from)), "area c0", name+": accepted")
	s.line(plotLeft, y.at(limit), plotRight, y.at(limit), "goal")
	s.text(plotLeft-8, y.at(limit)+4, atEnd, "", formatNumber(limit))
	for i, by := range row.limits {
		lane := lanes.refused
		s.path(stepArea(t.edges, scaled(lane, row.refused[i+1]), scaled(lane, row.refused[i])), "area "+limitClass(by), name+": refused by "+limitNoun(by))
	}
	s.text(labelLeft, lanes.refused.to+12, atStart, "label", clip(name, 24))
	s.text(labelLeft, lanes.refused.to+29, atStart, "", "accepted "+formatRate(shard.perSecond(shard.Accepted)))
	if n := shard.refused(); n > 0 {
		s.text(labelLeft, lanes.refused.to+46, atStart, "bad", "refused "+formatRate(shard.perSecond(n)))
	}
}

// round2 rounds to two significant digits, for the end of a scale.
func round2(v float64) float64 {
	if v <= 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))-1)
	return math.Round(v/unit) * unit
}
