package runner_test

import (
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/runner"
)

// A shard that is offered 1,500 records/s for ten seconds refuses a third of them by AWS's limit, none by twice that and none
// without; where there is none, that nothing was refused is not an answer.
func TestScaledLimits(t *testing.T) {
	const scenario = `
duration: 10s
drain: 1m
pipeline: {streams: {s: {shardCount: 1}}}
load:
  - {stream: s, generator: {clickstream: {users: 1000}}, rate: 1500/s, retry: {attempts: 1}}
objectives:
  - put.throttled == 0
`
	for _, tt := range []struct {
		limits  string
		refused bool
		holds   string // true, false or null
		limit   float64
	}{
		{limits: "aws", refused: true, holds: "false", limit: 1000},
		{limits: "{kinesis: {writeRecords: 2x, writeBytes: 2x}}", holds: "true", limit: 2000},
		{limits: "{kinesis: {writeRecords: 0.5x, writeBytes: 2x}}", refused: true, holds: "false", limit: 500},
		{limits: "off", holds: "null"},
	} {
		t.Run(tt.limits, func(t *testing.T) {
			t.Parallel()
			o := tank{
				scenario: "limits: " + tt.limits + scenario,
				wrap: func(e runner.Env, _ target.Target) target.Target {
					return simulated.New(simulated.Config{Clock: e.Clock, Seed: e.Seed, Limits: e.Scenario.Limits})
				},
			}.run(t)
			if refused := o.total("put.throttled") > 0; refused != tt.refused {
				t.Errorf("%d records were refused", o.total("put.throttled"))
			}
			holds := "null"
			if h := o.Objectives[0].Holds; h != nil {
				holds = map[bool]string{true: "true", false: "false"}[*h]
			}
			if holds != tt.holds {
				t.Errorf("the objective holds: %s, want %s", holds, tt.holds)
			}
			if got := o.Run.Header.Limits["shard.write.records"]; got != tt.limit {
				t.Errorf("the report names a limit of %v records/s, want %v", got, tt.limit)
			}
			noted := strings.Contains(strings.Join(o.Run.End.Notes, " "), "limits are not AWS's")
			if noted != (tt.limits != "aws") {
				t.Errorf("notes %q", o.Run.End.Notes)
			}
		})
	}
}
