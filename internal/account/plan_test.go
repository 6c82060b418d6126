package account_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/pricing"
	"github.com/wavetank/wavetank/scenarios"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// planned is the plan of the library's clickstream, for a run with a name of its own.
func planned(t *testing.T) *account.Plan {
	t.Helper()
	s, err := scenarios.Open("clickstream", []string{"duration=30s", "pipeline.streams.click-stream.shardCount=4"})
	if err != nil {
		t.Fatal(err)
	}
	run := account.Run{ID: "20261124t101500-k3f9xq", Owner: "anna", Expires: testNow.Add(2 * time.Hour)}
	who := account.Caller{Account: testAccount, ARN: "arn:aws:iam::123456789012:user/anna"}
	return account.NewPlan(s, run, who, testRegion, account.Forecast{
		Loads: []account.Load{{Into: "click-stream", Records: 2000, Bytes: 1 << 20, BusiestRecords: 2100, BusiestBytes: 1.05 * (1 << 20)}},
		Usage: pricing.Usage{ShardHours: 4.0 * 30 / 3600, PayloadUnits: 60_000},
	})
}

func TestPlanText(t *testing.T) {
	f := newFake(t)
	f.shards = 1496 // of the 500 that the account may have
	f.refuse = func(action string) (string, int) {
		if action == "servicequotas:ListServiceQuotas" {
			return "AccessDeniedException", 400
		}
		return "", 0
	}
	p := planned(t)
	if err := p.Check(t.Context(), account.NewClients(f.config())); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := p.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/plan.txt", []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/plan.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err := p.Fits(0); !errors.Is(err, account.ErrQuota) || !strings.Contains(err.Error(), "shards: needs 5, and of 500 1496 are used") {
		t.Errorf("a quota that is too small: %v", err)
	}
}

func TestPlanFits(t *testing.T) {
	f := newFake(t)
	f.shards = 495
	p := planned(t)
	if err := p.Check(t.Context(), account.NewClients(f.config())); err != nil {
		t.Fatal(err)
	}
	for _, q := range p.Quotas {
		if q.Unknown != "" || q.Short() {
			t.Errorf("%+v is not known or short", q)
		}
	}
	// Four shards and that of the receipts are $0.075 for a begun hour.
	for budget, want := range map[account.Budget]error{0: nil, 0.07: account.ErrBudget, 0.08: nil} {
		if err := p.Fits(budget); !errors.Is(err, want) {
			t.Errorf("budget %s: %v, want %v", budget, err, want)
		}
	}
}

// TestPipelineOrder holds that a plan names what something needs before it, and one of each kind.
func TestPipelineOrder(t *testing.T) {
	made := map[account.Kind]bool{}
	for _, r := range planned(t).Creates {
		needs := map[account.Kind][]account.Kind{
			account.Function:       {account.Role, account.LogGroup},
			account.Mapping:        {account.Function, account.Stream},
			account.DeliveryStream: {account.Role, account.Bucket, account.Stream},
		}[r.Kind]
		for _, n := range needs {
			if !made[n] {
				t.Errorf("%s is made before its %s", r, n)
			}
		}
		made[r.Kind] = true
		if r.Region != testRegion || r.Account != testAccount {
			t.Errorf("%+v has no place", r)
		}
	}
	for _, kind := range account.Kinds() {
		if !made[kind] {
			t.Errorf("no %s", kind)
		}
	}
}
