package tanktest

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// script is faults that happen at certain requests and instants. It has a text, so that a test can hold it.
type script []step

// step is one of a script. Its verbs, as they are written:
//
//	refuse PutRecords 3        of the third PutRecords each record is refused with a chance of one half, of a PutRecord the one
//	fail GetRecords 2          the second GetRecords fails
//	lose Invoke 4              the fourth invocation runs, and its answer is lost
//	delay PutRecords 1 2s      the first PutRecords is two seconds late
//	jitter Invoke 300ms        each invocation is up to 300 ms late, by a draw of the tank's seed
//	split 0 4.2s               the first shard that is open 4.2 s after the tank's start is split; 1 is the second, and so on
//	merge 0 4.2s               the first is merged with its neighbour
type step struct {
	verb      string
	operation string // "" of split and merge
	n         int    // which request, from 1; of split and merge which shard, from 0
	d         time.Duration
}

// verb is what a step may say.
type verb struct {
	form       string
	operations []string // what it is drawn for
	counts     bool     // which request
	lasts      bool     // how long, or when
}

// verbs are a script's, in the order in which they are drawn.
var verbs = []struct {
	name string
	verb
}{
	{"refuse", verb{"refuse PutRecords NUMBER, as in refuse PutRecords 3", []string{"PutRecords"}, true, false}},
	{"fail", verb{"fail OPERATION NUMBER, as in fail GetRecords 2", []string{"PutRecords", "GetRecords", "Invoke", "PutObject"}, true, false}},
	{"lose", verb{"lose OPERATION NUMBER, as in lose Invoke 4", []string{"PutRecords", "Invoke", "PutObject"}, true, false}},
	{"delay", verb{"delay OPERATION NUMBER DURATION, as in delay PutRecords 1 2s", []string{"PutRecords", "GetRecords", "Invoke", "PutObject"}, true, true}},
	{"jitter", verb{"jitter OPERATION DURATION, as in jitter Invoke 300ms", []string{"PutRecords", "GetRecords", "Invoke"}, false, true}},
	{"split", verb{"split SHARD AFTER, as in split 0 4.2s", nil, true, true}},
	{"merge", verb{"merge SHARD AFTER, as in merge 0 4.2s", nil, true, true}},
}

// operations are what a step can be about: what is drawn, and what else a stream's clients and deliveries ask for.
var operations = []string{
	"PutRecords", "GetRecords", "Invoke", "PutObject", "PutRecord", "GetShardIterator", "ListShards", "SubscribeToShard", "PutRecordBatch",
}

func verbOf(name string) *verb {
	for i := range verbs {
		if verbs[i].name == name {
			return &verbs[i].verb
		}
	}
	return nil
}

// drawScript draws a seed's faults: none for every fourth seed, so that what fails without any is found with none. In a bubble
// they may be of whatever a client asks for.
func drawScript(seed uint64, bubble bool) script {
	if seed%4 == 1 {
		return nil
	}
	r := rand.New(rand.NewPCG(seed, 0x736372))
	s := make(script, 1+r.IntN(6))
	for i := range s {
		s[i] = drawStep(r, bubble)
	}
	return s
}

// asks are what a client asks for around its reads.
var asks = []string{"GetShardIterator", "ListShards", "SubscribeToShard"}

// drawStep draws mostly of a test's beginning, where most tests end, and now and then of far behind it.
func drawStep(r *rand.Rand, bubble bool) step {
	v := verbs[r.IntN(len(verbs))]
	s := step{verb: v.name}
	far := 1.0
	if r.IntN(4) == 0 {
		far = math.Exp(r.Float64() * math.Log(200)) // to 4,000 requests, or half an hour
	}
	if v.operations == nil {
		s.n, s.d = r.IntN(4), time.Duration(far*float64(r.IntN(10_000)))*time.Millisecond
		return s
	}
	s.operation = v.operations[r.IntN(len(v.operations))]
	if bubble && r.IntN(2) == 0 {
		switch s.operation {
		case "PutRecords":
			s.operation = "PutRecord"
		case "GetRecords":
			s.operation = asks[r.IntN(len(asks))]
		}
	}
	if v.counts {
		s.n = 1 + int(far*float64(r.IntN(20)))
	}
	if v.lasts {
		longest := 5_000
		if v.name == "jitter" {
			longest = 1_000
		}
		s.d = time.Duration(1+r.IntN(longest)) * time.Millisecond
	}
	return s
}

func (s step) String() string {
	v := verbOf(s.verb)
	words := []string{s.verb}
	if s.operation != "" {
		words = append(words, s.operation)
	}
	if v.counts {
		words = append(words, strconv.Itoa(s.n))
	}
	if v.lasts {
		words = append(words, s.d.String())
	}
	return strings.Join(words, " ")
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
	v := verbOf(s.verb)
	if v == nil {
		return s, errors.New("it begins with refuse, fail, lose, delay, jitter, split or merge")
	}
	wrong := errors.New("its form is " + v.form)
	more := words[1:]
	if v.operations != nil {
		if len(more) == 0 {
			return s, wrong
		}
		s.operation, more = more[0], more[1:]
		if !slices.Contains(operations, s.operation) {
			return s, fmt.Errorf("%s is none of %s", s.operation, strings.Join(operations, ", "))
		}
		if s.verb == "refuse" && !strings.HasPrefix(s.operation, "PutRecord") {
			return s, wrong
		}
	}
	if v.counts {
		if len(more) == 0 {
			return s, wrong
		}
		if s.n, err = strconv.Atoi(more[0]); err != nil || s.n < 0 || s.n == 0 && v.operations != nil {
			return s, wrong
		}
		more = more[1:]
	}
	if v.lasts {
		if len(more) == 0 {
			return s, wrong
		}
		if s.d, err = time.ParseDuration(more[0]); err != nil || s.d < 0 {
			return s, wrong
		}
		more = more[1:]
	}
	if len(more) > 0 {
		return s, wrong
	}
	return s, nil
}
