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

	"github.com/wavetank/wavetank/internal/account"
)

func TestKilledBetweenEveryTwoSteps(t *testing.T) {
	f := newFake(t)
	killBetween(t, f.config())
}

// madePipeline is a whole pipeline that its run left, and its journal's folder.
func madePipeline(t *testing.T, f *fake) (dir string, run account.Run) {
	t.Helper()
	dir, run = t.TempDir(), testRun()
	killed(t, newMaker(f.config()), dir, run, 1000)
	return dir, run
}

func TestFindWithoutJournal(t *testing.T) {
	for _, unlisted := range []bool{false, true} {
		f := newFake(t)
		madePipeline(t, f)
		f.unlisted = unlisted
		found := cleanUp(t, newCleaner(f.config(), ""), account.Options{Now: testNow.Add(3 * time.Hour)})
		if got := allNames(t, newMaker(f.config())); len(got) > 0 || len(found.Left) != 7 {
			t.Errorf("tagging API silent %v: %d found, left: %v", unlisted, len(found.Left), got)
		}
	}
}

func TestFindOptions(t *testing.T) {
	tests := []struct {
		name       string
		journalled bool
		options    account.Options // Now since the run began
		after      time.Duration
		left, kept int
	}{
		{"ours, at once", true, account.Options{}, 0, 7, 0},
		{"ours, but too young", true, account.Options{OlderThan: time.Hour}, time.Minute, 0, 7},
		{"ours, old enough", true, account.Options{OlderThan: time.Hour}, time.Hour, 7, 0},
		{"ours, another run is asked for", true, account.Options{Run: "another"}, time.Hour, 0, 7},
		{"somebody's, not expired", false, account.Options{}, time.Hour, 0, 7},
		{"somebody's, not expired, old", false, account.Options{OlderThan: time.Minute}, time.Hour, 0, 7},
		{"somebody's, at its expiry", false, account.Options{}, 2 * time.Hour, 7, 0},
		{"somebody's, asked for by name", false, account.Options{Run: "?"}, time.Minute, 7, 0},
	}
	f := newFake(t)
	dir, run := madePipeline(t, f)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := test.options
			o.Now = testNow.Add(test.after)
			if o.Run == "?" {
				o.Run = run.ID
			}
			journals := ""
			if test.journalled {
				journals = dir
			}
			found, err := newCleaner(f.config(), journals).Find(t.Context(), o)
			if err != nil || len(found.Left) != test.left || len(found.Kept) != test.kept {
				t.Errorf("%d left, %d kept, %v; want %d and %d", len(found.Left), len(found.Kept), err, test.left, test.kept)
			}
			for _, x := range slices.Concat(found.Left, found.Kept) {
				if x.Run.ID != run.ID || x.Run.Owner != "anna" || !x.Run.Expires.Equal(run.Expires) {
					t.Errorf("%s is said to be of %+v", x.Resource, x.Run)
				}
			}
		})
	}
}

func TestDeleteOrder(t *testing.T) {
	f := newFake(t)
	dir, _ := madePipeline(t, f)
	c := newCleaner(f.config(), dir)
	found, err := c.Find(t.Context(), account.Options{Now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	list := found.Resources()
	slices.Reverse(list)
	f.calls, f.delivered = nil, 2
	var told []account.Kind
	err = c.Delete(t.Context(), append(list, list...), func(r account.Resource, err error) {
		told = append(told, r.Kind)
	})
	var deletes []string
	for _, call := range f.calls {
		if _, name, _ := strings.Cut(call, ":"); strings.HasPrefix(name, "Delete") && (len(deletes) == 0 || deletes[len(deletes)-1] != call) {
			deletes = append(deletes, call)
		}
	}
	want := []string{
		"lambda:DeleteEventSourceMapping", "lambda:DeleteFunction", "firehose:DeleteDeliveryStream", "kinesis:DeleteStream",
		"s3:DeleteObject", "s3:DeleteBucket", "s3:DeleteObject", "s3:DeleteBucket", // something came in while it was emptied
		"s3:DeleteObject", "s3:DeleteBucket", "iam:DeleteRolePolicy", "iam:DeleteRole", "logs:DeleteLogGroup",
	}
	if err != nil || !slices.Equal(deletes, want) || !slices.Equal(told, account.Kinds()) {
		t.Errorf("%v\ncalls %v\nwant  %v\ntold %v", err, deletes, want, told)
	}
}

func TestDeleteTroubles(t *testing.T) {
	always := func(string) bool { return true }
	times := func(n int) func(string) bool {
		seen := map[string]int{}
		return func(action string) bool { seen[action]++; return seen[action] <= n }
	}
	tests := []struct {
		name   string
		action string // a prefix
		code   string
		status int
		when   func(action string) bool
		left   int    // resources
		text   string // of the error; "" is none
	}{
		{"throttled three times each", "", "ThrottlingException", 400, times(3), 0, ""},
		{"S3 slows down", "s3:", "SlowDown", 503, times(5), 0, ""},
		{"a delivery stream is still being made", "firehose:Delete", "ResourceInUseException", 400, times(8), 0, ""},
		{"always throttled", "kinesis:DeleteStream", "LimitExceededException", 400, always, 1, "kinesis DeleteStream: LimitExceededException: the fake says so (tried 20 times)"},
		{"denied", "kinesis:DeleteStream", "AccessDeniedException", 400, always, 1, "wavetank iam-policy prints"},
		{"a mapping cannot be deleted: its function stays", "lambda:DeleteEventSourceMapping", "AccessDeniedException", 403, always, 2, "it stays until its event source mapping is deleted"},
		{"the credentials have expired", "", "ExpiredTokenException", 403, always, 7, "sign in again"},
		{"tags cannot be read: nothing is deleted unseen", "iam:ListRoleTags", "AccessDenied", 403, always, 1, "delete role wavetank-"},
		{"deleted by somebody meanwhile", "lambda:DeleteFunction", "ResourceNotFoundException", 404, times(1), 1, "still being deleted"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			dir, _ := madePipeline(t, f)
			c := newCleaner(f.config(), dir)
			found, err := c.Find(t.Context(), account.Options{Now: testNow})
			if err != nil {
				t.Fatal(err)
			}
			f.refuse = func(action string) (string, int) {
				if strings.HasPrefix(action, test.action) && test.when(action) {
					return test.code, test.status
				}
				return "", 0
			}
			failed := 0
			err = c.Delete(t.Context(), found.Resources(), func(_ account.Resource, err error) {
				if err != nil {
					failed++
				}
			})
			if test.text == "" && err != nil || test.text != "" && (err == nil || !strings.Contains(err.Error(), test.text)) {
				t.Errorf("error: %v, want %q", err, test.text)
			}
			if failed != test.left {
				t.Errorf("%d failed, want %d: %v", failed, test.left, err)
			}
			f.refuse = nil
			cleanUp(t, c, account.Options{Now: testNow}) // once the trouble is over
			if got := allNames(t, newMaker(f.config())); len(got) > 0 {
				t.Errorf("left: %v", got)
			}
		})
	}
}

func TestFindGoesOn(t *testing.T) {
	f := newFake(t)
	dir, _ := madePipeline(t, f)
	f.refuse = func(action string) (string, int) {
		if action == "tag:GetResources" || action == "kinesis:ListStreams" {
			return "AccessDeniedException", http.StatusBadRequest
		}
		return "", 0
	}
	found, err := newCleaner(f.config(), dir).Find(t.Context(), account.Options{Now: testNow})
	if err == nil || !strings.Contains(err.Error(), "list each stream") || len(found.Left) != 7 {
		t.Errorf("%d found, %v; want all 7 by journal, and that streams could not be listed", len(found.Left), err)
	}
}

func TestElsewhere(t *testing.T) {
	f := newFake(t)
	dir, _ := madePipeline(t, f)
	config := f.config()
	config.Region = "eu-west-1"
	c := newCleaner(config, dir)
	found, err := c.Find(t.Context(), account.Options{Now: testNow})
	if err != nil || len(found.Elsewhere) != 6 { // roles are global
		t.Fatalf("%d elsewhere, %v; want 6", len(found.Elsewhere), err)
	}
	if err := c.Delete(t.Context(), found.Elsewhere, nil); err == nil || !strings.Contains(err.Error(), "clean up there") {
		t.Errorf("deleted in another region: %v", err)
	}
}

func TestDeleteDenied(t *testing.T) {
	f := newFake(t)
	dir, run := madePipeline(t, f)
	path := filepath.Join(t.TempDir(), "deny")
	if err := os.WriteFile(path, []byte(run.Name(account.Stream, "clicks")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	deny, err := account.ReadDeny(path)
	if err != nil {
		t.Fatal(err)
	}
	c := account.NewCleaner(account.CleanerConfig{
		Clients: account.NewClients(f.config()), Account: testAccount, Journals: dir, Deny: deny,
	})
	found, err := c.Find(t.Context(), account.Options{Now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Delete(t.Context(), found.Resources(), nil)
	if !errors.Is(err, account.ErrDenied) {
		t.Errorf("error: %v, want that the stream is denied", err)
	}
	if got := f.names("stream"); len(got) != 1 {
		t.Errorf("streams: %v, want the denied one", got)
	}
}

// TestNothingElse deletes look-alikes by name, as a caller with a wrong list would.
func TestNothingElse(t *testing.T) {
	f := newFake(t)
	before := lookAlikes(t, newMaker(f.config()))
	var list []account.Resource
	for _, kind := range account.Kinds() {
		for _, name := range f.names(string(kind)) {
			list = append(list, ours(kind, name))
		}
	}
	list = append(list, ours(account.Mapping, account.MappingName("wavetank-other", "orders")))
	refused := 0
	err := newCleaner(f.config(), t.TempDir()).Delete(t.Context(), list, func(_ account.Resource, err error) {
		if errors.Is(err, account.ErrNotOurs) {
			refused++
		}
	})
	if err == nil || refused != len(list) {
		t.Errorf("%d of %d refused: %v", refused, len(list), err)
	}
	if got := allNames(t, newMaker(f.config())); !slices.Equal(got, before) {
		t.Errorf("the account has\n%v\nwant\n%v", got, before)
	}
}

// TestBareBucket holds that a bucket without tags is deleted only where nothing is in it, though a journal names it.
func TestBareBucket(t *testing.T) {
	f := newFake(t)
	m := newMaker(f.config())
	dir, run := t.TempDir(), testRun()
	j, err := account.OpenJournal(dir, run)
	if err != nil {
		t.Fatal(err)
	}
	bucket := ours(account.Bucket, run.Name(account.Bucket, "data"))
	must(t, func(context.Context) error { return j.Will(bucket) }, m.makeBucket(bucket.Name), m.fillBucket(bucket.Name))
	if err := account.Abandon(j); err != nil {
		t.Fatal(err)
	}
	err = newCleaner(f.config(), dir).Delete(t.Context(), []account.Resource{bucket}, nil)
	if err == nil || !strings.Contains(err.Error(), "something is in it") || len(f.objects[bucket.Name]) == 0 {
		t.Errorf("%v, %d objects left; want that it is refused", err, len(f.objects[bucket.Name]))
	}
}
