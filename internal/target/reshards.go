package target

import (
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/scenarios"
)

// Reshard calls UpdateShardCount for a reshard of the scenario. It returns how many shards were open, 0 where that is not
// told; its error is the refusal, in the service's words.
type Reshard func(p *clock.Proc, r scenarios.Reshard) (open int, err error)

// StartReshards starts a process for each reshard, which calls at its instant and notes what was answered. A refusal does not
// end the run: what the load does without the shards is as much to be seen. note may be nil.
func StartReshards(c clock.Clock, start time.Time, list []scenarios.Reshard, call Reshard, note func(text string)) {
	for _, r := range list {
		c.Go("reshard "+r.Stream, func(p *clock.Proc) {
			if !p.SleepUntil(start.Add(r.At.Std())) {
				return
			}
			open, err := call(p, r)
			if note != nil {
				note(reshardWords(r, open, err))
			}
		})
	}
}

// reshardWords say what became of a reshard.
func reshardWords(r scenarios.Reshard, open int, err error) string {
	from := ""
	if open > 0 {
		from = fmt.Sprintf("from %d ", open)
	}
	to := fmt.Sprintf("%d shards", r.ShardCount)
	if r.ShardCount == 1 {
		to = "1 shard"
	}
	words := fmt.Sprintf("%v after the start of the load, UpdateShardCount of %s %sto %s", r.At, r.Stream, from, to)
	if err != nil {
		return words + " failed: " + err.Error()
	}
	return words + " was accepted"
}
