package account_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/account/iamtest"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

// asking is a scenario with a stream of its own that is resharded, and one that keeps its records for longer.
func asking(t *testing.T) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Parse("asking.yaml", []byte(`
version: 1
duration: 90m
pipeline:
  streams: {clicks: {shardCount: 2}, orders: {shardCount: 3, retentionPeriod: 168h}}
  functions: {f: {eventSources: [{stream: clicks, parallelizationFactor: 2}]}}
reshards:
  - {at: 10m, stream: clicks, shardCount: 4}
  - {at: 20m, stream: clicks, shardCount: 8}
  - {at: 30m, stream: clicks, shardCount: 4}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What only some scenarios ask for is allowed to their runs alone, on what they make.
func TestPolicyOfWhatAScenarioAsksFor(t *testing.T) {
	scope := account.PolicyScope{Account: testAccount, Region: "eu-west-1", Prefix: "tank-"}
	plain, err := account.Policy("run", scope)
	if err != nil {
		t.Fatal(err)
	}
	scope.Scenario = asking(t)
	own := []string{"arn:aws:kinesis:eu-west-1:" + testAccount + ":stream/tank-*"}
	want := append(slices.Clone(plain.Statement),
		account.Statement{Sid: "ReshardStreams", Effect: "Allow", Action: []string{"kinesis:UpdateShardCount"}, Resource: own},
		account.Statement{Sid: "RetainStreams", Effect: "Allow", Action: []string{"kinesis:IncreaseStreamRetentionPeriod"}, Resource: own},
	)
	run, err := account.Policy("run", scope)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, run.Statement); diff != "" {
		t.Errorf("the policy of its run (-want +got):\n%s", diff)
	}
	scope.Scenario.Existing.Streams = map[string]scenarios.ExistingStream{"orders": {}}
	if run, err = account.Policy("run", scope); err != nil {
		t.Fatal(err)
	}
	if missing, _ := iamtest.Compare(run.Actions(), []string{"kinesis:IncreaseStreamRetentionPeriod"}); len(missing) == 0 {
		t.Error("the retention of a stream that is there already may be changed")
	}
	cleanup, err := account.Policy("cleanup", scope)
	if err != nil {
		t.Fatal(err)
	}
	if missing, _ := iamtest.Compare(cleanup.Actions(), []string{"kinesis:UpdateShardCount"}); len(missing) == 0 {
		t.Error("a cleanup may reshard")
	}
}

// A stream that is resharded needs, and may cost, as many shards as it has at most.
func TestPlanCountsTheMostShards(t *testing.T) {
	s := asking(t)
	p := account.NewPlan(s, testRun(), account.Caller{Account: testAccount}, testRegion, account.Forecast{})
	if err := p.Check(t.Context(), account.NewClients(newFake(t).config())); err != nil {
		t.Fatal(err)
	}
	needs := map[string]int{}
	for _, q := range p.Quotas {
		needs[q.Name] = q.Need
	}
	if needs["shards"] != 8+3+1 || needs["concurrent executions"] != 8*2 {
		t.Errorf("it needs %v, want 12 shards, one of them of the receipts, and 16 concurrent executions", needs)
	}
	var text strings.Builder
	if err := p.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if want := "\nreshards, from the start of the load:\n  10m                   UpdateShardCount of clicks to 4\n"; !strings.Contains(text.String(), want) {
		t.Errorf("the plan does not tell its reshards:\n%s", text.String())
	}
	got := account.NewMeter(s, 0).Usage(90*time.Minute, account.Counts{})
	if want := (pricing.Usage{ShardHours: 12 * 2, RetainedShardHours: 3 * 2}); got != want {
		t.Errorf("used %+v, want %+v", got, want)
	}
	if p.AtMost.Total < 24*0.015+6*0.02 {
		t.Errorf("at most $%g, which is less than its shards in two begun hours", p.AtMost.Total)
	}
}
