package account_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/account/iamtest"
	"github.com/wavetank/wavetank/internal/cloudwatch"
	"github.com/wavetank/wavetank/internal/measure"
)

func policy(t *testing.T, command string) account.Document {
	t.Helper()
	d, err := account.Policy(command, account.PolicyScope{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestCleanupPolicy holds the policy against what a cleanup of everything calls: nothing is missing, nothing idle.
func TestCleanupPolicy(t *testing.T) {
	f := newFake(t)
	madePipeline(t, f)
	f.recorder.Reset()
	clients := account.NewClients(f.config())
	if _, err := clients.Caller(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := newCleaner(f.config(), "")
	found, err := c.Find(t.Context(), account.Options{Now: testNow.Add(3 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(t.Context(), found.Resources(), nil); err != nil {
		t.Fatal(err)
	}
	missing, idle := iamtest.Compare(policy(t, "cleanup").Actions(), f.recorder.Actions())
	if len(missing) > 0 || len(idle) > 0 {
		t.Errorf("missing %v, idle %v", missing, idle)
	}
}

// TestRunPolicy holds the parts of a run that are here, the plan and taking down, against its policy. What a target makes
// and loads is held by the target's test.
func TestRunPolicy(t *testing.T) {
	f := newFake(t)
	dir, run := madePipeline(t, f)
	f.recorder.Reset()
	clients := account.NewClients(f.config())
	if _, err := clients.Caller(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := planned(t).Check(t.Context(), clients); err != nil {
		t.Fatal(err)
	}
	j := openJournal(t, dir, run)
	c := account.NewCleaner(account.CleanerConfig{Clients: clients, Account: testAccount, Journal: j})
	if err := c.Delete(t.Context(), j.Left(), nil); err != nil {
		t.Fatal(err)
	}
	missing, idle := iamtest.Compare(policy(t, "run").Actions(), f.recorder.Actions())
	if len(missing) > 0 {
		t.Errorf("missing %v", missing)
	}
	// Idle here is what makes and loads, what reads CloudWatch, and nothing else.
	doctor := policy(t, "doctor").Actions()
	for _, a := range idle {
		if slices.Contains(toldActions, a) {
			continue
		}
		if !slices.Contains(doctor, a) || strings.Contains(a, ":Delete") {
			t.Errorf("%s is allowed and not called", a)
		}
	}
}

// toldActions are those of a run that reads what AWS tells of it.
var toldActions = []string{"cloudwatch:GetMetricData", "logs:FilterLogEvents"}

// TestToldPolicy holds what is called to read CloudWatch against the policies: a run's allows it, no other does.
func TestToldPolicy(t *testing.T) {
	f := newFake(t)
	cloudwatch.New(cloudwatch.Config{SDK: f.config()}).Read(t.Context(), measure.CloudWatchAsked{
		Start: testNow, End: testNow.Add(time.Minute), Drained: testNow.Add(time.Minute),
		Resources: []measure.CloudWatchResource{{Kind: measure.FunctionResource, Name: "f", As: "f", LogGroup: "/aws/lambda/f"}},
	}, nil, nil)
	if called := f.recorder.Actions(); !slices.Equal(called, toldActions) {
		t.Errorf("called %v, want %v", called, toldActions)
	}
	for _, command := range account.Commands() {
		missing, _ := iamtest.Compare(policy(t, command).Actions(), toldActions)
		if want := command != "run"; want != (len(missing) == len(toldActions)) {
			t.Errorf("the policy of %s lacks %v", command, missing)
		}
	}
}

// TestMadePolicy holds what the tests' own maker calls against the policy of a run, so that the names of what comes with
// a call, tags and passed roles, are right.
func TestMadePolicy(t *testing.T) {
	f := newFake(t)
	m := newMaker(f.config())
	tags := testRun().Tags()
	must(
		t,
		m.makeRole("r", tags), m.putPolicy("r"), m.makeTaggedStream("s", tags), m.makeBucket("b"), m.tagBucket("b", tags),
		m.makeLogGroup("/aws/lambda/f", tags), m.makeFunction("f", "r", tags), m.makeMapping("f", "s"), m.makeDeliveryStream("d", "b", "r", tags),
	)
	if missing, _ := iamtest.Compare(policy(t, "run").Actions(), f.recorder.Actions()); len(missing) > 0 {
		t.Errorf("missing %v", missing)
	}
}

func TestPolicyReach(t *testing.T) {
	d, err := account.Policy("run", account.PolicyScope{Account: testAccount, Region: "cn-north-1", Prefix: "tank-"})
	if err != nil {
		t.Fatal(err)
	}
	wide := 0
	for _, s := range d.Statement {
		for _, r := range s.Resource {
			if r == "*" {
				wide++
				for _, a := range s.Action {
					_, name, _ := strings.Cut(a, ":")
					harmless := strings.HasPrefix(name, "List") || strings.HasPrefix(name, "Get") || strings.HasPrefix(name, "Describe")
					if !harmless && s.Condition == nil {
						t.Errorf("%s is allowed on everything", a)
					}
				}
				continue
			}
			if !strings.HasPrefix(r, "arn:aws-cn:") || !strings.Contains(r, "tank-") && s.Condition == nil && s.Sid != "WatchMappings" {
				t.Errorf("%s: %s", s.Sid, r)
			}
		}
	}
	if wide == 0 {
		t.Error("no list is allowed")
	}
	text, err := d.JSON()
	var again account.Document
	if err != nil || json.Unmarshal(text, &again) != nil || !slices.Equal(again.Actions(), d.Actions()) {
		t.Errorf("the JSON does not say the same: %v\n%s", err, text)
	}
	if len(text) > 6144 {
		t.Logf("%d bytes with white space; IAM takes 6,144 without", len(text))
	}
	if _, err := account.Policy("serve", account.PolicyScope{}); err == nil || !strings.Contains(err.Error(), "run, cleanup, doctor") {
		t.Errorf("a command without a policy: %v", err)
	}
}
