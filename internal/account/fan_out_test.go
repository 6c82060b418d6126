package account_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

// fanned is a scenario with two readers by enhanced fan-out.
func fanned(t *testing.T) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Parse("fanned.yaml", []byte(`
version: 1
duration: 90m
pipeline:
  streams: {clicks: {shardCount: 2}, orders: {shardCount: 3}}
  functions: {f: {eventSources: [{stream: clicks, enhancedFanOut: true}]}}
  consumers: {c: {stream: clicks, enhancedFanOut: true}, polls: {stream: orders}}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Consumers are registered and subscribed to by who runs such a scenario, and its functions may subscribe.
func TestPolicyOfFanOut(t *testing.T) {
	scope := account.PolicyScope{Account: testAccount, Region: "eu-west-1", Prefix: "tank-"}
	plain, err := account.Policy("run", scope)
	if err != nil {
		t.Fatal(err)
	}
	scope.Scenario = fanned(t)
	run, err := account.Policy("run", scope)
	if err != nil {
		t.Fatal(err)
	}
	want := append(slices.Clone(plain.Statement), account.Statement{
		Sid: "FanOutStreams", Effect: "Allow", Resource: []string{"arn:aws:kinesis:eu-west-1:" + testAccount + ":stream/tank-*"},
		Action: []string{
			"kinesis:DeregisterStreamConsumer", "kinesis:DescribeStreamConsumer", "kinesis:RegisterStreamConsumer", "kinesis:SubscribeToShard",
		},
	})
	if diff := cmp.Diff(want, run.Statement); diff != "" {
		t.Errorf("the policy of its run (-want +got):\n%s", diff)
	}
}

// A run's functions may subscribe where its scenario has them do so.
func TestRoleOfFanOut(t *testing.T) {
	for _, s := range []*scenarios.Scenario{nil, asking(t), fanned(t)} {
		c, _ := newCustody(t, newFake(t), func(c *account.CustodyConfig) { c.Scenario = s })
		for _, base := range []string{account.FunctionRole, account.DeliveryStreamRole} {
			want := s != nil && len(s.Pipeline.FansOut("clicks")) > 0 && base == account.FunctionRole
			if got := slices.Contains(account.Assumed(c, base).Actions(), "kinesis:SubscribeToShard"); got != want {
				t.Errorf("%s may subscribe: %v, want %v", base, got, want)
			}
		}
	}
}

// A consumer is billed for each shard by the begun hour, and for what it is pushed.
func TestMeterOfFanOut(t *testing.T) {
	m := account.NewMeter(fanned(t), 0)
	got := m.Usage(90*time.Minute, account.Counts{FanOutBytes: 3 << 30, OnDemandFanOut: 1 << 30})
	want := pricing.Usage{ShardHours: 6 * 2, FanOutShardHours: 2 * 2 * 2, FanOutGB: 3, OnDemandFanOutGB: 1}
	if got != want {
		t.Errorf("used %+v, want %+v", got, want)
	}
	p := account.NewPlan(fanned(t), testRun(), account.Caller{Account: testAccount}, testRegion, account.Forecast{})
	if p.AtMost.Total < 12*0.015+8*0.015 {
		t.Errorf("at most $%g, which is less than its shards and its consumers in two begun hours", p.AtMost.Total)
	}
}

// A mapping of a consumer of a run's stream is found and deleted as one of the stream itself.
func TestMappingsOfConsumersAreDeleted(t *testing.T) {
	f := newFake(t)
	madePipeline(t, f)
	for uuid, m := range f.mappings {
		f.mappings[uuid] = [2]string{m[0], m[1] + "/consumer/process:1795000000"}
	}
	mappings := len(f.mappings)
	found := cleanUp(t, newCleaner(f.config(), ""), account.Options{Now: testNow.Add(3 * time.Hour)})
	if got := allNames(t, newMaker(f.config())); len(got) > 0 || len(found.Left) != 7 || mappings == 0 {
		t.Errorf("%d found, %d mappings were there, left: %v", len(found.Left), mappings, got)
	}
}
