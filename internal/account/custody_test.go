package account_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/wavetank/wavetank/internal/account"
)

// newCustody is a run's custody that does not wait.
func newCustody(t *testing.T, f *fake, change func(*account.CustodyConfig)) (c *account.Custody, dir string) {
	t.Helper()
	dir = t.TempDir()
	config := account.CustodyConfig{
		Run: testRun(), Clients: account.NewClients(f.config()), Account: testAccount, Journals: dir,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	if change != nil {
		change(&config)
	}
	c, err := account.OpenCustody(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c, dir
}

// answer is an error as a service answers it.
func answer(status int, code, message string) error {
	return &smithy.OperationError{ServiceID: "Lambda", OperationName: "CreateFunction", Err: &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}},
		Err:      &smithy.GenericAPIError{Code: code, Message: message},
	}}
}

func TestCustodyMake(t *testing.T) {
	lost := errors.New("the connection was cut")
	assume := answer(400, "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.")
	firehose := answer(400, "InvalidArgumentException", "Firehose is unable to assume role arn:aws:iam::1:role/x. Please check the role provided.")
	tests := []struct {
		name    string
		answers []error // of one call after another; the last one stays
		calls   int
		left    int // in the journal afterwards
		want    string
	}{
		{"made", []error{nil}, 1, 1, ""},
		{"a role that takes a while", []error{assume, assume, nil}, 3, 1, ""},
		{"another service's words", []error{firehose, nil}, 2, 1, ""},
		{"a role that never comes", []error{assume}, 13, 0, "cannot be assumed"},
		{"a limit that passes", []error{answer(400, "LimitExceededException", "x"), nil}, 2, 1, ""},
		{"refused", []error{answer(400, "InvalidParameterValueException", "memory")}, 1, 0, "lambda CreateFunction: InvalidParameterValueException: memory"},
		{"not allowed", []error{answer(403, "AccessDeniedException", "no")}, 1, 0, "wavetank iam-policy"},
		{"the service failed: it may be there", []error{answer(500, "ServiceException", "x")}, 1, 1, "ServiceException"},
		{"the answer was lost: it may be there", []error{lost}, 1, 1, "the connection was cut"},
		{"lost on the second try", []error{assume, lost}, 2, 1, "the connection was cut"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, dir := newCustody(t, newFake(t), nil)
			calls := 0
			err := c.Make(t.Context(), "function", c.Name("function", "process"), func(context.Context) (string, error) {
				if list := readJournals(t, dir); len(list) != 1 || len(list[0].Resources) != 1 {
					t.Errorf("call %d came before the journal: %+v", calls, list)
				}
				calls++
				return "arn", test.answers[min(calls, len(test.answers))-1]
			})
			left := 0
			for _, l := range readJournals(t, dir) {
				left += len(l.Resources)
			}
			if calls != test.calls || left != test.left || (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("%d calls, %d left, %v; want %d, %d, %q", calls, left, err, test.calls, test.left, test.want)
			}
		})
	}
}

// TestCustodyInterrupted holds that ^C does not cut a call that makes something, and that nothing more is made.
func TestCustodyInterrupted(t *testing.T) {
	c, _ := newCustody(t, newFake(t), nil)
	ctx, cancel := context.WithCancel(t.Context())
	err := c.Make(ctx, "stream", "a", func(ctx context.Context) (string, error) {
		cancel()
		return "", ctx.Err()
	})
	if err != nil {
		t.Errorf("the call was cut short: %v", err)
	}
	err = c.Make(ctx, "stream", "b", func(context.Context) (string, error) {
		t.Error("more is made")
		return "", nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestCustodyDenied(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deny")
	if err := os.WriteFile(path, []byte("*-prod\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	deny, err := account.ReadDeny(path)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := newCustody(t, newFake(t), func(c *account.CustodyConfig) { c.Deny = deny })
	err = c.Make(t.Context(), "stream", c.Name("stream", "clicks-prod"), func(context.Context) (string, error) {
		t.Error("it is made")
		return "", nil
	})
	if !errors.Is(err, account.ErrDenied) {
		t.Error(err)
	}
}

// TestCustodyNames holds the kinds as those know them who make pipelines, and cannot import this package.
func TestCustodyNames(t *testing.T) {
	c, _ := newCustody(t, newFake(t), func(c *account.CustodyConfig) { c.Run.ID = "20261124t101500-k3f9xq" })
	const stem = "wavetank-20261124t101500-k3f9xq-"
	for kind, want := range map[string]string{
		"stream": stem + "a", "function": stem + "a", "delivery stream": stem + "a", "bucket": stem + "a",
		"log group": "/aws/lambda/" + stem + "a",
	} {
		if got := c.Name(kind, "a"); got != want || !slices.Contains(account.Kinds(), account.Kind(kind)) {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	if got, want := c.Name("event source mapping", "f/s"), stem+"f/"+stem+"s"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if account.ReceiptsStream != "wavetank-receipts" || account.FunctionRole != "functions" || account.DeliveryStreamRole != "delivery-streams" {
		t.Error("others write these out")
	}
}

// TestCustodyTakeDown makes roles and a log group, and deletes them.
func TestCustodyTakeDown(t *testing.T) {
	f := newFake(t)
	c, dir := newCustody(t, f, nil)
	for _, base := range []string{account.FunctionRole, account.DeliveryStreamRole} {
		arn, err := c.Role(t.Context(), base)
		if want := "arn:aws:iam::" + testAccount + ":role/" + c.Name("role", base); err != nil || arn != want {
			t.Errorf("%s, %v; want %s", arn, err, want)
		}
	}
	if _, err := c.Role(t.Context(), "consumers"); err == nil {
		t.Error("a role that nobody assumes")
	}
	if err := c.LogGroup(t.Context(), "process"); err != nil {
		t.Fatal(err)
	}
	for name, tags := range f.tags {
		if tags[account.TagOwner] != "anna" {
			t.Errorf("%s has tags %v", name, tags)
		}
	}
	if len(f.tags) != 3 || len(f.policies) != 2 {
		t.Errorf("made %v with policies %v", f.tags, f.policies)
	}
	var told []string
	if err := c.TakeDown(t.Context(), func(text string) { told = append(told, text) }); err != nil {
		t.Fatal(err)
	}
	if len(told) != 3 || len(f.tags) != 0 || len(readJournals(t, dir)) != 0 {
		t.Errorf("told %q, left %v", told, f.tags)
	}
}

// TestCustodyLeft holds that what could not be deleted stays in the journal, and that the error says what to do.
func TestCustodyLeft(t *testing.T) {
	f := newFake(t)
	c, dir := newCustody(t, f, nil)
	if _, err := c.Role(t.Context(), account.FunctionRole); err != nil {
		t.Fatal(err)
	}
	f.refuse = func(action string) (string, int) {
		if action == "iam:DeleteRole" {
			return "AccessDenied", 403
		}
		return "", 0
	}
	err := c.TakeDown(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "wavetank cleanup --run ") {
		t.Error(err)
	}
	if list := readJournals(t, dir); len(list) != 1 || list[0].Live || len(list[0].Resources) != 1 {
		t.Errorf("%+v", list)
	}
}

// TestCustodyRoleReach holds that a role reaches the run's own resources and no others; a list knows no name.
func TestCustodyRoleReach(t *testing.T) {
	c, _ := newCustody(t, newFake(t), func(c *account.CustodyConfig) { c.Run.ID = "20261124t101500-k3f9xq" })
	for base, want := range map[string]string{account.FunctionRole: "kinesis:PutRecord", account.DeliveryStreamRole: "s3:PutObject"} {
		d := account.Assumed(c, base)
		if !slices.Contains(d.Actions(), want) {
			t.Errorf("%s may not %s", base, want)
		}
		for _, s := range d.Statement {
			for _, r := range s.Resource {
				if !strings.Contains(r, "wavetank-20261124t101500-k3f9xq-") && !slices.Equal(s.Action, []string{"kinesis:ListStreams"}) {
					t.Errorf("%s: %v on %s", base, s.Action, r)
				}
			}
		}
	}
}
