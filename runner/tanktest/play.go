package tanktest

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Script gives a tank faults that happen at certain requests and instants, as [Explore] prints them:
//
//	"refuse PutRecords 3; fail GetRecords 2; lose Invoke 4; delay PutRecords 1 2s; jitter Invoke 300ms; split 0 4.2s; merge 0 9s"
//
// Requests are counted from 1, of all that there are of the operation and that no hook of the test's acts on; a jitter is for each
// of them, up to what it says. Of a refused put each record is refused with a chance of one half, of a PutRecord the one. A split
// shard is the first that is open then, 4.2 s after the start, of the stream that was made first; 1 is the second, and so on. A
// merge is of such a shard with the one whose hash keys follow, of the last with the one before.
func Script(text string) Option { return func(o *options) { o.script = text } }

// play has a script's faults happen.
func (k *Tank) play(text string) {
	k.t.Helper()
	s, err := parseScript(text)
	k.must(err, "Script(%q)", text)
	if len(s) == 0 {
		return
	}
	k.faults.script = s.String()
	for _, st := range s {
		if verbOf(st.verb).operations != nil {
			continue
		}
		k.clock.Go("script", func(p *clock.Proc) {
			if p.Sleep(st.d) {
				k.reshard(st)
			}
		})
	}
	var mu sync.Mutex
	calls := map[string]int{}
	draws := rand.New(rand.NewPCG(k.seed, 0x6a6974))
	k.Hook(func(_ time.Time, r Request) Action {
		mu.Lock()
		defer mu.Unlock()
		calls[r.Operation]++
		return s.action(r.Operation, calls[r.Operation], draws)
	})
}

// action is what becomes of the n-th request of an operation.
func (s script) action(operation string, n int, draws *rand.Rand) (a Action) {
	var jitter time.Duration
	for _, st := range s {
		if st.operation != operation {
			continue
		}
		switch {
		case st.verb == "jitter":
			jitter += time.Duration(draws.Int64N(int64(st.d) + 1))
		case st.n == n && a == Action{}:
			a = st.action()
		}
	}
	a.Delay += jitter
	return a
}

func (s step) action() Action {
	switch s.verb {
	case "refuse":
		if s.operation == "PutRecord" {
			return Refuses(1) // it has no half
		}
		return Refuses(0.5)
	case "fail":
		return Fails("InternalFailure")
	case "lose":
		return Loses()
	}
	return Action{Delay: s.d}
}

// reshard splits or merges an open shard, of the stream that was made first; of fewer shards the last. What cannot be done now
// is left alone.
func (k *Tank) reshard(st step) {
	k.mu.Lock()
	streams := k.streams
	k.mu.Unlock()
	if len(streams) == 0 {
		return
	}
	s := streams[0]
	shards, err := k.world.Kinesis.Shards(s.name)
	if err != nil {
		return
	}
	open := slices.DeleteFunc(slices.Clone(shards), func(sh record.Shard) bool { return sh.Closed })
	if len(open) == 0 {
		return
	}
	sh := &open[min(st.n, len(open)-1)]
	if st.verb == "split" {
		_ = s.split(sh) // refused where AWS would refuse it
		return
	}
	if at := slices.IndexFunc(open, func(o record.Shard) bool { return follows(sh, &o) }); at >= 0 {
		_ = s.merge(sh, &open[at])
	} else if at = slices.IndexFunc(open, func(o record.Shard) bool { return follows(&o, sh) }); at >= 0 {
		_ = s.merge(&open[at], sh)
	}
}

// follows tells whether a shard's hash keys follow those of another.
func follows(low, high *record.Shard) bool {
	return number(high.Start).Cmp(new(big.Int).Add(number(low.End), big.NewInt(1))) == 0
}
