package reports

import "fmt"

// How many shards and keys the terminal shows; all are in the files.
const (
	shownShards = 16
	shownKeys   = 5
)

func (t *text) shards() {
	if len(t.Shards) == 0 {
		return
	}
	records, bytes := t.limit(limitRecords), t.limit(limitBytes)
	table := &textTable{head: []column{
		{name: "shards", cut: true},
		{name: fmt.Sprintf("attempts/s (of %s)", formatNumber(records)), short: "attempts/s"},
		{rank: 8},
		{name: "accepted/s", rank: 2},
		{name: "busiest s", rank: 6},
		{name: fmt.Sprintf("MiB/s (of %s)", plainZeros(formatMiB(bytes))), short: "MiB/s", rank: 1},
		{name: "throttled: records", short: "throttled: rec"},
		{name: "bytes"},
		{name: "otherwise", rank: 3},
		{name: "s at limit", short: "s full", rank: 5},
		{name: "burst", rank: 7},
	}}
	shown, hidden := t.busyShards(shownShards)
	for _, s := range shown {
		picture := ""
		if t.pictures {
			share := max(s.perSecond(s.Offered)/records, s.perSecond(s.OfferedBytes)/bytes)
			picture = t.pen.bar(share)
		}
		otherwise := ""
		if n := s.otherwise(); n > 0 {
			otherwise = formatCount(n)
		}
		table.add(
			left(t.shardName(s)), number(formatNumber(s.perSecond(s.Offered))), left(picture),
			number(formatNumber(s.perSecond(s.Accepted))), number(formatCount(s.Busiest)),
			number(formatMiB(s.perSecond(s.OfferedBytes))),
			number(formatCount(s.Refused["records"])).in(refusedStyle(s.Refused["records"])),
			number(formatCount(s.Refused["bytes"])).in(refusedStyle(s.Refused["bytes"])),
			number(otherwise), number(formatCount(int64(s.SecondsFull))), left(s.Burst),
		)
	}
	t.table(table)
	if hidden > 0 {
		t.line(margin, t.pen.plain("and "+plural(int64(hidden), "more shard")+", less busy"))
	}
}

func refusedStyle(n int64) style {
	if n > 0 {
		return red
	}
	return plain
}

// shardName is a shard's own name, behind its stream's where there are several.
func (r *Report) shardName(s *Shard) string {
	for i := range r.Shards {
		if r.Shards[i].Stream != s.Stream {
			return s.Stream + " " + shortShard(s.Shard)
		}
	}
	return shortShard(s.Shard)
}

// busyShards are at most n shards in their order, without those that were offered least where there are more.
func (r *Report) busyShards(n int) (shown []*Shard, hidden int) {
	for i := range r.Shards {
		s := &r.Shards[i]
		busier := 0
		for k := range r.Shards {
			if o := &r.Shards[k]; o.Offered > s.Offered || o.Offered == s.Offered && k < i {
				busier++
			}
		}
		if busier < n {
			shown = append(shown, s)
		} else {
			hidden++
		}
	}
	return shown, hidden
}

// keys are shown only where something was refused: they tell whether a split helps.
func (t *text) keys() {
	refused := t.Keys.refused(shownKeys)
	if len(refused) == 0 {
		return
	}
	table := &textTable{head: []column{
		{name: t.Keys.title(), cut: true},
		{name: "shard", rank: 2},
		{name: "rec/s", rank: 3},
		{name: "of a shard's limit", short: "of limit"},
		{rank: 4},
		{name: "throttled"},
		{rank: 1},
	}}
	for i := range refused {
		k := &refused[i]
		picture := ""
		if t.pictures {
			picture = t.pen.bar(k.Share)
		}
		rate := formatNumber(float64(k.Offered) / max(t.elapsed(), 1))
		if k.Error > 0 {
			rate = "≤ " + rate
		}
		table.add(left(k.Key), left(shortShard(k.Shard)), number(rate), number(k.shareText()), left(picture),
			number(formatCount(k.Throttled)), left(k.verdict()))
	}
	t.table(table)
}

// title says how far the table of keys can be trusted.
func (k *Keys) title() string {
	if k.Exact {
		return "keys (exact)"
	}
	return "keys (top, with error)"
}
