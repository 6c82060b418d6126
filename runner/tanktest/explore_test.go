package tanktest_test

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

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
	t.Setenv("WAVETANK_SEED", "")
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

func failsAlways(t testing.TB, _ *tanktest.Tank) { t.Error("no") }

// What Explore says of a test that fails, and of one that cannot be explored.
func TestWhatExploreSays(t *testing.T) {
	t.Setenv("WAVETANK_SEED", "")
	runs := 0
	for name, tt := range map[string]struct {
		seeds int
		test  func(outer, t testing.TB, tank *tanktest.Tank)
		opts  []tanktest.Option
		want  []string // in what it says, in this order
		not   string
	}{
		"a failure": {3, func(_, t testing.TB, _ *tanktest.Tank) { t.Log("a log"); t.Error("no") }, nil, []string{
			"seed 1 fails (WAVETANK_SEED=1 runs it alone):\nexplore_test.go:", ": a log\nexplore_test.go:", ": no\nIt fails without any fault, in the order of seed 1. This test has the same:\n\n",
			"tanktest.Start(t, tanktest.Virtual(), tanktest.Shuffle(), tanktest.Seed(1))\n\t_ = tank // in place of this line",
		}, "repeats this run's draws"},
		"a panic": {3, func(_, _ testing.TB, _ *tanktest.Tank) { panics() }, nil, []string{
			"seed 1 fails", "recorder_test.go:37: panic: assignment to entry in nil map", "tanktest_test.panics\n", "explore_test.go:", "It fails without any fault",
		}, "tanktest.(*recorder)"},
		"a panic of one fault": {300, func(_, t testing.TB, tank *tanktest.Tank) {
			orders := tank.Stream("orders", 1)
			orders.Put(tanktest.Transactions(100))
			tank.Advance(time.Minute)
			if len(orders.Records()) > 100 {
				panic("too many")
			}
		}, nil, []string{"panic: too many", `The shortest script that still fails is "lose PutRecords `, "This test has the same:", "tanktest.Script("}, ";"},
		"an error of the t around it": {
			9, func(outer, _ testing.TB, _ *tanktest.Tank) { outer.Error("no") }, nil,
			[]string{"under seed 1 the explored test has failed, or skipped, the t around it"},
			"seed 2",
		},
		"an end of the t around it": {
			9, func(outer, _ testing.TB, _ *tanktest.Tank) { outer.Fatal("no") }, nil,
			[]string{"under seed 1 the explored test has failed, or skipped, the t around it", "explore_test.go:", "the test's goroutine was ended"},
			"This test has the same",
		},
		"a skip of the t around it": {
			9, func(outer, _ testing.TB, _ *tanktest.Tank) { outer.Skip("no") }, nil,
			[]string{"under seed 1 the explored test has failed, or skipped, the t around it"},
			"This test has the same",
		},
		"what passes again": {9, func(_, t testing.TB, _ *tanktest.Tank) {
			if runs++; runs == 3 {
				t.Error("no")
			}
		}, nil, []string{"seed 3 fails", ": no\nThe same seed gives another result: something outlives the test", "Run again, it passes.\nIt does not fail reliably; its script is "}, "shortest"},
		"what is otherwise again": {9, func(_, t testing.TB, _ *tanktest.Tank) {
			if runs++; runs > 1 {
				t.Errorf("%d runs", runs)
			}
		}, nil, []string{"seed 2 fails", "The same seed gives another result", "Run again, it says:\nexplore_test.go:", ": 3 runs\n"}, ""},
		"addresses": {9, func(_, t testing.TB, _ *tanktest.Tank) { t.Errorf("no %p", new(int)) }, nil, []string{"seed 1 fails"}, "another result"},
		"very many lines": {9, func(_, t testing.TB, _ *tanktest.Tank) {
			for i := range 1000 {
				t.Errorf("no %d", i)
			}
		}, nil, []string{": no 99\n… and 880 lines more …\nexplore_test.go:", ": no 999\n"}, "no 100\n"},
		"no seeds":          {0, nil, nil, []string{"Explore: 0 seeds explore nothing: give it some"}, ""},
		"less than none":    {-5, nil, nil, []string{"Explore: -5 seeds explore nothing"}, ""},
		"a seed":            {5, nil, []tanktest.Option{tanktest.Seed(7)}, []string{"Explore: Seed(7): each tank has the seed that it is run under; WAVETANK_SEED=7 runs"}, ""},
		"a script":          {5, nil, []tanktest.Option{tanktest.Script("lose Invoke 1")}, []string{`Explore: Script("lose Invoke 1"): each seed draws its own`}, ""},
		"a shuffled bubble": {5, nil, []tanktest.Option{tanktest.Bubble(), tanktest.Shuffle()}, []string{"Explore: Shuffle is of virtual time"}, ""},
		"other options": {
			5, func(_, t testing.TB, _ *tanktest.Tank) { t.Error("no") },
			[]tanktest.Option{tanktest.Pipeline("testdata/orders.yaml", nil)},
			[]string{"tanktest.Seed(1)) // and the options of Explore\n"},
			"",
		},
	} {
		runs = 0
		var err error
		_ = tanktest.Try(func(outer testing.TB) {
			_, err = tanktest.ExploreSaid(outer, tt.seeds, func(t testing.TB, tank *tanktest.Tank) { tt.test(outer, t, tank) }, tt.opts...)
		})
		reported(t, name, err, tt.want, tt.not)
	}
	_, err := tanktest.ExploreSaid(t, 1, failsAlways)
	reported(t, "a named test", err, []string{"\tfailsAlways(t, tank)\n}\n"}, "_ = tank")
	_, err = tanktest.ExploreSaid(t, 1, tanktest.FailsElsewhere)
	reported(t, "a named test of another package", err, []string{"\ttanktest.FailsElsewhere(t, tank) // of github.com/wavetank/wavetank/runner/tanktest\n}\n"}, "_ = tank")
	for path, want := range map[string]string{"example.com/checks": "checks", "example.com/checks/v2": "checks", "gopkg.in/checks%2ev3": "checks", "example.com/go-checks": "checks", "v2": "v2"} {
		if got := tanktest.PackageOf(path); got != want {
			t.Errorf("%s is called %s, not %s", path, got, want)
		}
	}
	if skipped, err := tanktest.ExploreSaid(t, 3, func(t testing.TB, _ *tanktest.Tank) { t.Skip("not here") }); err != nil || !strings.HasSuffix(skipped, ": not here\n") {
		t.Errorf("a test that skips always: %q, %v", skipped, err)
	}
	if skipped, err := tanktest.ExploreSaid(t, 3, func(t testing.TB, _ *tanktest.Tank) {
		if runs++; runs%2 == 0 {
			t.Skip("not here")
		}
	}); err != nil || skipped != "" {
		t.Errorf("a test that skips at times: %q, %v", skipped, err)
	}
	t.Setenv("WAVETANK_SEED", "700")
	_, err = tanktest.ExploreSaid(t, 3, failsAlways)
	reported(t, "one seed", err, []string{"seed 700 fails:\n", "tanktest.Seed(700)"}, "WAVETANK_SEED")
}

// reported checks what an error says, in an order, and that what it has one paste of can be read as Go.
func reported(t *testing.T, name string, err error, want []string, not string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: it passes", name)
		return
	}
	rest := err.Error()
	for _, want := range want {
		at := strings.Index(rest, want)
		if at < 0 {
			t.Errorf("%s: it does not say %q, there:\n%v", name, want, err)
			return
		}
		rest = rest[at+len(want):]
	}
	if not != "" && strings.Contains(err.Error(), not) {
		t.Errorf("%s: it says %q:\n%v", name, not, err)
	}
	if _, paste, pastes := strings.Cut(err.Error(), "This test has the same:\n"); pastes {
		if _, err := parser.ParseFile(token.NewFileSet(), "paste.go", "package p\n"+paste, parser.SkipObjectResolution); err != nil {
			t.Errorf("%s: what is to be pasted: %v", name, err)
		}
	}
}

// put puts ten records with the real client, and each again until it is told that it is stored.
func put(t testing.TB, tank *tanktest.Tank) (stored int) {
	orders := tank.Stream("orders", 1)
	client := kinesis.NewFromConfig(tank.Config())
	for i := range 10 {
		for {
			if _, err := client.PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: aws.String("orders"), PartitionKey: aws.String("k"), Data: []byte{byte(i)}}); err == nil {
				break
			}
			time.Sleep(time.Second)
		}
	}
	return len(orders.Records())
}

// In a bubble each seed has code with a client under faults: what fails is told with how often it did, and nothing that a failing
// seed leaves behind ends the program.
func TestExploreInBubbles(t *testing.T) {
	t.Setenv("WAVETANK_SEED", "")
	tanktest.Explore(t, 20, func(t testing.TB, tank *tanktest.Tank) {
		if n := put(t, tank); n < 10 {
			t.Errorf("%d records are stored", n)
		}
	}, tanktest.Bubble())
	runs := 0
	for name, tt := range map[string]struct {
		test func(t testing.TB, tank *tanktest.Tank)
		want []string
		not  string
	}{
		"a producer that puts twice": {func(t testing.TB, tank *tanktest.Tank) {
			if n := put(t, tank); n != 10 {
				t.Errorf("%d records are stored", n)
			}
		}, []string{
			"fails in 5 of 5 tries (WAVETANK_SEED=", ": 11 records are stored\n", `The shortest script that still fails is "lose PutRecord `,
			"synctest.Test(t, func(t *testing.T) {\n\t\ttank := tanktest.Start(t, tanktest.Bubble(), tanktest.Seed(", `tanktest.Script("lose PutRecord `,
		}, ";"},
		"a failure that does not come again": {func(t testing.TB, _ *tanktest.Tank) {
			if runs++; runs == 2 {
				t.Error("no")
			}
		}, []string{"seed 2 fails in 1 of 5 tries", ": no\n", "It does not fail reliably; its script is "}, "shortest"},
		"a failure that comes mostly": {func(t testing.TB, _ *tanktest.Tank) {
			if runs++; runs > 1 && runs%4 != 0 {
				t.Error("no")
			}
		}, []string{"seed 2 fails in 4 of 5 tries", "It fails without any fault."}, ""},
		"a goroutine that is left": {
			func(testing.TB, *tanktest.Tank) { go func() { select {} }() },
			[]string{"seed 1 fails in 5 of 5 tries", "goroutines that the test started are still there", "explore_test.go:", "testing/synctest: deadlock"},
			"",
		},
		"a failure that leaves a goroutine": {
			func(t testing.TB, _ *tanktest.Tank) { go func() { <-make(chan int) }(); t.Fatal("no") },
			[]string{"seed 1 fails in 5 of 5 tries", ": no\n", "goroutines that the test started are still there", "It fails without any fault."},
			"",
		},
		"a test that waits for ever": {func(testing.TB, *tanktest.Tank) { <-make(chan int) }, []string{
			"seed 1 fails in 5 of 5 tries", "testing/synctest: deadlock: all goroutines in bubble are blocked", "these wait for what never comes", "explore_test.go:", "It fails without any fault.",
		}, "… and "},
		"a panic": {func(testing.TB, *tanktest.Tank) { panics() }, []string{"seed 1 fails in 5 of 5 tries", "recorder_test.go:37: panic: assignment"}, ""},
	} {
		runs = 0
		_, err := tanktest.ExploreSaid(t, 200, tt.test, tanktest.Bubble())
		reported(t, name, err, tt.want, tt.not)
		if name == "a failure that does not come again" && runs != 6 {
			t.Errorf("%s: %d runs: it is one of five tries, and not to be shortened", name, runs)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		_, err := tanktest.ExploreSaid(t, 1, failsAlways, tanktest.Bubble())
		reported(t, "a bubble in a bubble", err, []string{"Explore: with Bubble() each seed has a bubble of its own", "outside of synctest.Test"}, "")
	})
}
