package runner_test

import (
	"testing"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/runner"
)

// dark is a target that cannot tell what one function does.
type dark struct{ target.Target }

func (d dark) Traits() target.Traits {
	t := d.Target.Traits()
	t.Untold = append(t.Untold, target.Untold{Prefix: "mine.end_to_end", Reason: "the user's own"})
	return t
}

// Of two functions one is the user's own: its sink is not observed, and the other's figures are of the other alone.
func TestFunctionOfTheUsersOwn(t *testing.T) {
	t.Parallel()
	o := tank{
		scenario: `
duration: 10s
pipeline:
  streams: {clicks: {}}
  functions:
    mine: {model: {duration: 5ms}, eventSources: [{stream: clicks}]}
    modelled: {model: {duration: 5ms}, eventSources: [{stream: clicks}]}
load:
  - {stream: clicks, generator: {clickstream: {users: 50}}, rate: 100/s}
objectives:
  - integrity.missing == 0
  - integrity.missing{sink=modelled} == 0
  - lambda.latency p99 < 10s
  - mine.end_to_end p99 < 10s
`,
		wrap: func(_ runner.Env, made target.Target) target.Target { return dark{made} },
	}.run(t)
	for _, sink := range o.Run.End.Ledger.Sinks {
		if sink.Observed != (sink.Name == "modelled") {
			t.Errorf("%+v", sink)
		}
	}
	for i, told := range []bool{false, true, true, false} {
		objective := &o.Objectives[i]
		if (objective.Holds != nil) != told || told && !*objective.Holds {
			t.Errorf("%s: holds %v, %q", objective.Text, objective.Holds, objective.Reason)
		}
	}
}
