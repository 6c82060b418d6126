package runner

import (
	"fmt"
	"maps"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
)

// refusal is what a counter of refused records is for.
type refusal struct {
	shard int32  // -1 unknown
	limit string // of a throttled record
	code  string // of a failed one
}

// refusals counts what was not stored: what became of its user records, and what refused it.
func (m *putMeter) refusals(j, users *job) {
	status := func(i int) target.Status { return users.req.Outcomes[i].Status }
	m.count(j.req.Entries, func(i int) bool { return j.req.Outcomes[i].Status == target.Unanswered }, m.unanswered)
	m.count(users.req.Entries, func(i int) bool {
		return (status(i) == target.Throttled || status(i) == target.Failed) && users.marks[i]&refused == 0
	}, m.hit)
	m.count(users.req.Entries, func(i int) bool { return users.fates[i] == givenUp && !users.uncertain(i) }, m.givenUp)
	m.count(users.req.Entries, func(i int) bool { return users.fates[i] == givenUp && users.uncertain(i) }, m.unknown)

	var last refusal
	var c *measure.Counter
	for i := range j.req.Outcomes {
		o := &j.req.Outcomes[i]
		r := refusal{shard: o.Shard, limit: o.Reason}
		switch o.Status {
		case target.Throttled:
		case target.Failed:
			r = refusal{shard: -1, code: o.Reason}
		default:
			continue
		}
		if c == nil || r != last {
			c, last = m.counter(r), r
		}
		c.Add(j.req.Entries[i].Due-m.start, 1)
	}
}

// counter is put.throttled of a shard and limit, or put.failed of a code.
func (m *putMeter) counter(r refusal) *measure.Counter {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.refused[r]; c != nil {
		return c
	}
	name, tags := "put.failed", maps.Clone(m.tags)
	if r.code != "" {
		tags["code"] = r.code
	} else {
		name = "put.throttled"
		tags["limit"] = r.limit
		if r.shard >= 0 {
			tags["shard"] = shardID(r.shard)
		}
	}
	c := m.rec.Counter(name, tags)
	m.refused[r] = c
	return c
}

// shardID is AWS's name of a shard.
func shardID(n int32) string { return fmt.Sprintf("shardId-%012d", n) }
