package tanktest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// script is faults that happen at certain requests and instants. It has a text, so that a test can hold it.
type script []step

// step is one of a script. Its verbs, as they are written:
//
//	refuse PutRecords 3        of the third PutRecords half of the records are refused
//	fail GetRecords 2          the second GetRecords fails
//	lose Invoke 4              the fourth invocation runs, and its answer is lost
//	delay PutRecords 1 2s      the first PutRecords is two seconds late
//	split 0 4.2s               the first shard that is open 4.2 s after the tank's start is split; 1 is the second, and so on
type step struct {
	verb      string
	operation string // "" of split
	n         int    // which request, from 1; of split, which shard, from 0
	d         time.Duration
}

// The verbs and what they are drawn for.
var verbs = map[string][]string{
	"refuse": {"PutRecords"},
	"fail":   {"PutRecords", "GetRecords", "Invoke"},
	"lose":   {"PutRecords", "Invoke"},
	"delay":  {"PutRecords", "GetRecords", "Invoke"},
}

func drawStep(r *rand.Rand) step {
	verb := []string{"refuse", "fail", "lose", "delay", "split"}[r.IntN(5)]
	if verb == "split" {
		return step{verb: verb, n: r.IntN(4), d: time.Duration(r.IntN(10_000)) * time.Millisecond}
	}
	s := step{verb: verb, operation: verbs[verb][r.IntN(len(verbs[verb]))], n: 1 + r.IntN(20)}
	if verb == "delay" {
		s.d = time.Duration(1+r.IntN(5_000)) * time.Millisecond
	}
	return s
}

func (s step) String() string {
	switch s.verb {
	case "split":
		return fmt.Sprintf("split %d %v", s.n, s.d)
	case "delay":
		return fmt.Sprintf("delay %s %d %v", s.operation, s.n, s.d)
	}
	return fmt.Sprintf("%s %s %d", s.verb, s.operation, s.n)
}

func (s script) String() string {
	steps := make([]string, len(s))
	for i := range s {
		steps[i] = s[i].String()
	}
	return strings.Join(steps, "; ")
}

// parseScript reads a script's text.
func parseScript(text string) (s script, err error) {
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		step, err := parseStep(strings.Fields(part))
		if err != nil {
			return nil, fmt.Errorf("script: %q: %w", part, err)
		}
		s = append(s, step)
	}
	return s, nil
}

func parseStep(words []string) (s step, err error) {
	s.verb = words[0]
	form, more := "VERB OPERATION NUMBER", words[1:]
	switch {
	case s.verb == "split":
		form = "split SHARD AFTER, as in split 0 4.2s"
	case verbs[s.verb] == nil:
		return s, errors.New("it begins with refuse, fail, lose, delay or split")
	default:
		if len(more) > 0 {
			s.operation, more = more[0], more[1:]
		}
		if s.verb == "delay" {
			form += " DURATION, as in delay PutRecords 1 2s"
		}
	}
	timed := s.verb == "split" || s.verb == "delay"
	if want := map[bool]int{false: 1, true: 2}[timed]; len(more) != want {
		return s, errors.New("its form is " + form)
	}
	if s.n, err = strconv.Atoi(more[0]); err != nil || s.n < 0 || s.n == 0 && s.verb != "split" {
		return s, errors.New("its form is " + form)
	}
	if timed {
		if s.d, err = time.ParseDuration(more[1]); err != nil || s.d < 0 {
			return s, errors.New("its form is " + form)
		}
	}
	return s, nil
}

// paste is a test that repeats a script under a seed.
func (s script) paste(seed uint64) string {
	return fmt.Sprintf(`func TestSeed%d(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual(), tanktest.Shuffle(), tanktest.Seed(%d), tanktest.Script(%q))
	// and here what the explored test does with its tank
}
`, seed, seed, s.String())
}

// Script gives a tank faults that happen at certain requests and instants, as [Explore] prints them:
//
//	"refuse PutRecords 3; fail GetRecords 2; lose Invoke 4; delay PutRecords 1 2s; split 0 4.2s"
//
// Requests are counted from 1, of all that there are of the operation.
func Script(text string) Option { return func(o *options) { o.script = text } }

// play has a script's faults happen.
func (k *Tank) play(text string) {
	k.t.Helper()
	s, err := parseScript(text)
	k.must(err, "Script(%q)", text)
	if len(s) == 0 {
		return
	}
	for _, st := range s {
		if st.verb == "split" {
			k.clock.Go("script", func(p *clock.Proc) {
				if p.Sleep(st.d) {
					k.splitOpen(st.n)
				}
			})
		}
	}
	var mu sync.Mutex
	calls := map[string]int{}
	k.Hook(func(_ time.Time, r Request) Action {
		mu.Lock()
		defer mu.Unlock()
		calls[r.Operation]++
		at := slices.IndexFunc(s, func(st step) bool { return st.operation == r.Operation && st.n == calls[r.Operation] })
		if at < 0 {
			return Action{}
		}
		return s[at].action()
	})
}

func (s step) action() Action {
	switch s.verb {
	case "refuse":
		return Refuses(0.5)
	case "fail":
		return Fails("InternalFailure")
	case "lose":
		return Loses()
	}
	return Action{Delay: s.d}
}

// splitOpen splits the n-th shard that is open, of the stream that was made first; of fewer shards the last. A stream that cannot
// be split now is left alone.
func (k *Tank) splitOpen(n int) {
	k.mu.Lock()
	if len(k.streams) == 0 {
		k.mu.Unlock()
		return
	}
	s := k.streams[0]
	k.mu.Unlock()
	shards, err := k.world.Kinesis.Shards(s.name)
	if err != nil {
		return
	}
	var open []int
	for i := range shards {
		if !shards[i].Closed {
			open = append(open, i)
		}
	}
	if len(open) > 0 {
		_ = s.split(&shards[open[min(n, len(open)-1)]]) // refused where AWS would refuse it
	}
}
