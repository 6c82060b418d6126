package tanktest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// An invariant that holds is held under every seed.
func TestExplore(t *testing.T) {
	t.Setenv("WAVETANK_SEED", "")
	seeds := 0
	tanktest.Explore(t, 60, func(t testing.TB, tank *tanktest.Tank) {
		seeds++
		orders := tank.Stream("orders", 2)
		fn := tank.Handle("orders", whole, tanktest.BatchSize(50), tanktest.BisectOnError(), tanktest.MaxRetries(3))
		p := orders.Put(tanktest.Transactions(300), tanktest.Poison(1))
		tank.Until("all is put", p.Done)
		tank.Advance(time.Minute)
		fn.InOrder(t)
		if len(fn.OnFailure().Messages()) == 0 {
			t.Error("the poisoned record was not given up")
		}
	})
	if seeds != 60 {
		t.Errorf("%d seeds were run", seeds)
	}
}

// A handler that is not idempotent is found out, under the first seed whose script loses an answer, and its script is cut down to
// that.
func TestExploreFindsAndShortens(t *testing.T) {
	text := tanktest.ExploreFailure(t, 200, func(t testing.TB, tank *tanktest.Tank) {
		orders := tank.Stream("orders", 2)
		seen := map[string]bool{}
		fn := tank.Handle("orders", func(e events.KinesisEvent) error {
			for i := range e.Records {
				if id := e.Records[i].EventID; seen[id] {
					t.Errorf("handled twice: %s", id)
				} else {
					seen[id] = true
				}
			}
			return nil
		})
		orders.Put(tanktest.Transactions(300))
		tank.Advance(time.Minute)
		fn.AtLeastOnce(t)
	})
	for _, want := range []string{"handled twice: shardId-", `script that still fails is "lose Invoke `, "tanktest.Shuffle(), tanktest.Seed("} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, ";") {
		t.Errorf("the script has more than one fault:\n%s", text)
	}
}

func TestScripts(t *testing.T) {
	for _, text := range []string{"", "refuse PutRecords 3", "split 0 4.2s; delay GetRecords 1 2s; lose Invoke 4; fail PutRecords 20; jitter Invoke 300ms; merge 1 0s"} {
		if got, err := tanktest.ParseScript(text); err != nil || got != text {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"break Invoke 3":        `script: "break Invoke 3": it begins with refuse, fail, lose, delay, jitter, split or merge`,
		"lose Invoke":           `script: "lose Invoke": its form is lose OPERATION NUMBER, as in lose Invoke 4`,
		"lose Invoke 0":         `script: "lose Invoke 0": its form is lose OPERATION NUMBER, as in lose Invoke 4`,
		"lose Invocation 1":     `script: "lose Invocation 1": Invocation is none of PutRecords, GetRecords, Invoke, PutObject, PutRecord, GetShardIterator, ListShards, SubscribeToShard, PutRecordBatch`,
		"delay Invoke 1":        `script: "delay Invoke 1": its form is delay OPERATION NUMBER DURATION, as in delay PutRecords 1 2s`,
		"delay Invoke 1 -2s":    `script: "delay Invoke 1 -2s": its form is delay OPERATION NUMBER DURATION, as in delay PutRecords 1 2s`,
		"jitter Invoke 1 2s":    `script: "jitter Invoke 1 2s": its form is jitter OPERATION DURATION, as in jitter Invoke 300ms`,
		"refuse GetRecords 1":   `script: "refuse GetRecords 1": its form is refuse PutRecords NUMBER, as in refuse PutRecords 3`,
		"refuse PutRecords 1 2": `script: "refuse PutRecords 1 2": its form is refuse PutRecords NUMBER, as in refuse PutRecords 3`,
		"split 0":               `script: "split 0": its form is split SHARD AFTER, as in split 0 4.2s`,
	} {
		if _, err := tanktest.ParseScript(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// A jitter is drawn for each request, by the tank's seed: one seed has one history, another has another. A merge undoes a split.
func TestScriptsOfLatenciesAndReshards(t *testing.T) {
	history := func(seed uint64) (took []time.Duration, shards int) {
		tank := tanktest.Start(t, tanktest.Virtual(), tanktest.Seed(seed), tanktest.Script("jitter Invoke 500ms; split 0 2s; merge 1 50s"))
		orders := tank.Stream("orders", 1)
		fn := tank.Handle("orders", whole)
		p := orders.Put(tanktest.Transactions(600), tanktest.Rate(10))
		tank.Until("all is put", p.Done)
		tank.Advance(time.Minute)
		fn.ExactlyOnce(t)
		fn.InOrder(t)
		for _, b := range fn.Batches() {
			took = append(took, b.End.Sub(b.Sent))
		}
		placed := map[string]bool{}
		for _, r := range orders.Records() {
			placed[r.Shard] = true
		}
		return took, len(placed)
	}
	one, shards := history(1)
	if shards != 4 {
		t.Errorf("records lie in %d shards; the stream has had one, its halves, and what these were merged to", shards)
	}
	again, _ := history(1)
	other, _ := history(2)
	if !slices.Equal(one, again) {
		t.Errorf("one seed has two histories:\n%v\n%v", one, again)
	}
	if slices.Equal(one, other) {
		t.Errorf("two seeds have one history: %v", one)
	}
}
