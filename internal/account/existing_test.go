package account_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

// standing is a scenario of which most is there already: a function and a delivery stream of the run's own read what is.
const standing = `
version: 1
duration: 30s
pipeline:
  streams: {orders: {shardCount: 8}, returns: {streamMode: ON_DEMAND}, new: {shardCount: 2}}
  functions:
    process-orders: {eventSources: [{stream: orders}]}
    probe: {eventSources: [{stream: returns, parallelizationFactor: 2}]}
  deliveryStreams:
    archive: {source: orders, s3: {bucket: lake}}
    direct: {s3: {bucket: lake, prefix: "direct/"}}
    copy: {source: orders, s3: {bucket: copies}}
existing:
  streams: {orders: {allowWrites: true}, returns: {}}
  functions: {process-orders: {}}
  deliveryStreams: {archive: {}, direct: {allowWrites: true}}
load:
  - {stream: orders, generator: {clickstream: {}}, rate: 100/s}
`

func openStanding(t *testing.T, set ...string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Parse("standing.yaml", []byte(standing), set)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func planStanding(s *scenarios.Scenario) *account.Plan {
	run := account.Run{ID: "20261124t101500-k3f9xq", Owner: "anna", Expires: testNow.Add(2 * time.Hour)}
	who := account.Caller{Account: testAccount, ARN: "arn:aws:iam::123456789012:user/anna"}
	return account.NewPlan(s, run, who, testRegion, account.Forecast{
		Loads: []account.Load{{Into: "orders", Records: 100, Bytes: 1 << 16}}, Usage: pricing.Usage{PayloadUnits: 3000},
	})
}

// The plan says what is made, what is there already and what becomes of that; only what is made needs quotas and hours.
func TestPlanExisting(t *testing.T) {
	p := planStanding(openStanding(t))
	if err := p.Check(t.Context(), account.NewClients(newFake(t).config())); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := p.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/plan_existing.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if m := account.NewMeter(openStanding(t), 0); m.Shards != 3 || m.OnDemandStreams != 0 {
		t.Errorf("%+v: want the two shards that are made, and that of the receipts", m)
	}
}

func TestPlanQuestion(t *testing.T) {
	nothingMade := []string{"pipeline.streams.new=", "pipeline.functions.probe=", "pipeline.deliveryStreams.copy="}
	tests := []struct {
		name string
		set  []string
		want string
	}{
		{"made and written to", nil, "Make this in account 123456789012, and write to what is there already?"},
		{"written to", nothingMade, "Write to what is there already in account 123456789012?"},
		{
			"read", append([]string{"load=", "existing.streams.orders=", "existing.deliveryStreams.archive=", "existing.deliveryStreams.direct=", "existing.functions=", "pipeline={streams: {returns: {streamMode: ON_DEMAND}}}"}, "objectives=[]"),
			"Run this in account 123456789012?",
		},
		{"made", []string{"existing="}, "Make this in account 123456789012, and load it?"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := planStanding(openStanding(t, test.set...)).Question(); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// Whatever the run writes to or reads is refused where it is on the deny list, by any of its names.
func TestPlanExistingDenied(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deny")
	names := planStanding(openStanding(t)).Names()
	for line, denied := range map[string]bool{
		"orders": true, "return?": true, "process-*": true, "archive": true, "lake": true,
		"arn:aws:kinesis:*:123456789012:stream/orders": true, "arn:aws:kinesis:*:999999999999:stream/orders": false,
		"arn:aws:lambda:*:*:function:process-orders": true, "wavetank-*-copy": true, "copy": false, "new": false, testAccount: true,
	} {
		if err := os.WriteFile(path, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := account.ReadDeny(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := list.Check(testAccount, names); errors.Is(err, account.ErrDenied) != denied {
			t.Errorf("%s: %v, want denied %v", line, err, denied)
		}
	}
}

// What is there already keeps its name, in a mapping too; a role reads those of the streams that something made reads.
func TestCustodyExisting(t *testing.T) {
	c, _ := newCustody(t, newFake(t), func(c *account.CustodyConfig) {
		c.Run.ID, c.Scenario = "20261124t101500-k3f9xq", openStanding(t)
	})
	const stem = "wavetank-20261124t101500-k3f9xq-"
	for _, row := range []struct{ kind, base, want string }{
		{"stream", "orders", "orders"},
		{"stream", "new", stem + "new"},
		{"function", "process-orders", "process-orders"},
		{"delivery stream", "archive", "archive"},
		{"delivery stream", "copy", stem + "copy"},
		{"bucket", "copies", stem + "copies"},
		{"role", "orders", stem + "orders"},
		{"event source mapping", "probe/returns", stem + "probe/returns"},
		{"event source mapping", "probe/new", stem + "probe/" + stem + "new"},
	} {
		if got := c.Name(row.kind, row.base); got != row.want {
			t.Errorf("%s %s is called %s, want %s", row.kind, row.base, got, row.want)
		}
	}
	for base, want := range map[string]string{account.FunctionRole: "returns", account.DeliveryStreamRole: "orders"} {
		for _, s := range account.Assumed(c, base).Statement {
			got := slices.Contains(s.Resource, "arn:aws:kinesis:"+testRegion+":"+testAccount+":stream/"+want)
			if got != (s.Sid == "ReadStreams") || slices.ContainsFunc(s.Resource, func(r string) bool {
				return strings.HasSuffix(r, "stream/orders") && want != "orders"
			}) {
				t.Errorf("%s: %v on %v", base, s.Action, s.Resource)
			}
		}
	}
}

// TestCleanupLeavesExisting holds that nothing that was there already is found or deleted, by whatever name it was called
// and whatever a run did beside it, killed or not. A mapping of the run's own on a stream that is there already goes.
func TestCleanupLeavesExisting(t *testing.T) {
	f, dir := newFake(t), t.TempDir()
	m := newMaker(f.config())
	run := testRun()
	alike := run.Name(account.Stream, "clicks-too") // as one of ours would be called
	for _, step := range []call{
		m.makeStream("orders"), m.tagStream("orders", map[string]string{"team": "data"}), m.makeStream(alike),
		m.makeBucket("lake"), m.makeRole("owner", nil), m.makeFunction("process-orders", "owner", nil),
		m.makeMapping("process-orders", "orders"), m.makeDeliveryStream("archive", "lake", "owner", nil),
	} {
		if err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	before, mappings := maps.Clone(f.tags), len(f.mappings)

	j, err := account.OpenJournal(dir, run)
	if err != nil {
		t.Fatal(err)
	}
	role, function := ours(account.Role, run.Name(account.Role, "functions")), ours(account.Function, run.Name(account.Function, "probe"))
	mapping := ours(account.Mapping, account.MappingName(function.Name, "orders"))
	for _, s := range []struct {
		account.Resource
		make call
	}{
		{role, m.makeRole(role.Name, run.Tags())},
		{function, m.makeFunction(function.Name, role.Name, run.Tags())},
		{mapping, m.makeMapping(function.Name, "orders")},
	} {
		if err := errors.Join(j.Will(s.Resource), s.make(t.Context()), j.Made(s.Resource)); err != nil {
			t.Fatal(err)
		}
	}
	if err := account.Abandon(j); err != nil {
		t.Fatal(err)
	}
	found := cleanUp(t, newCleaner(f.config(), dir), account.Options{Now: testNow})
	if len(found.Left) != 3 {
		t.Errorf("found %v, want what the run made and no more", found.Left)
	}
	if diff := cmp.Diff(before, f.tags); diff != "" || len(f.mappings) != mappings {
		t.Errorf("what was there already (-before +after):\n%s, %d mappings of %d", diff, len(f.mappings), mappings)
	}
}
