package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wavetank/wavetank/scenarios"
)

// describeReshards says when the number of a stream's shards is changed. Loads are not spread over the shards that come of
// it: which they are is AWS's to say.
func (p *plan) describeReshards(out *page) {
	if len(p.scenario.Reshards) == 0 {
		return
	}
	out.section("reshards, from the start of the load")
	for _, c := range p.reshards() {
		out.row(c.at.String(), "%s", c.words)
	}
	out.paragraph("  ", "AWS takes a few minutes for each, while puts and reads go on. Tables above are of the shards that a stream "+
		"begins with; the cost below counts each reshard from its instant.")
}

// reshardPlan is one reshard in words.
type reshardPlan struct {
	at    scenarios.Duration
	words string
}

// reshards are those of all streams, in the order of their instants.
func (p *plan) reshards() (list []reshardPlan) {
	for _, s := range p.streams {
		open := s.shards
		for _, r := range p.scenario.ReshardsOf(s.name) {
			list = append(list, reshardPlan{r.At, fmt.Sprintf("UpdateShardCount of %s, from %s to %d", s.name, plural(open, "shard"), r.ShardCount)})
			open = r.ShardCount
		}
	}
	slices.SortStableFunc(list, func(a, b reshardPlan) int { return cmp.Compare(a.at, b.at) })
	return list
}
