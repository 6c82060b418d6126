package account_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/account"
)

// legal is what AWS takes as a name. AWS: CreateStream, CreateFunction, CreateDeliveryStream, "Bucket naming rules",
// CreateRole, CreateLogGroup.
var legal = map[account.Kind]*regexp.Regexp{
	account.Stream:         regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,128}$`),
	account.Function:       regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`),
	account.DeliveryStream: regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,64}$`),
	account.Bucket:         regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`),
	account.Role:           regexp.MustCompile(`^[\w+=,.@-]{1,64}$`),
	account.LogGroup:       regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`),
}

func TestName(t *testing.T) {
	run := account.Run{ID: "20261124t101500-k3f9xq"}
	const stem = "wavetank-20261124t101500-k3f9xq-"
	long := strings.Repeat("clicks", 30)
	tests := []struct {
		name string
		kind account.Kind
		base string
		want string // after the stem
	}{
		{"as it is", account.Stream, "click-stream", "click-stream"},
		{"signs that streams take", account.Stream, "Clicks_v1.2", "Clicks_v1.2"},
		{"functions take no dot", account.Function, "process.v1", "process-v1-5213d3"},
		{"buckets are lower-case", account.Bucket, "Clicks", "clicks-921fc9"},
		{"too long for a bucket", account.Bucket, long, "clicksclicksclicksclicks-67ae6b"},
		{"too long for a function", account.Function, long, "clicksclicksclicksclicksc-67ae6b"},
		{"nothing that is legal", account.Bucket, "日本", "cf2abf"},
		{"nothing", account.Role, "", "e3b0c4"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := run.Name(test.kind, test.base); got != stem+test.want {
				t.Errorf("got %s, want %s", strings.TrimPrefix(got, stem), test.want)
			}
		})
	}
}

func FuzzName(f *testing.F) {
	f.Add("clicks", "20261124t101500-k3f9xq", "wavetank-")
	f.Add("-._-", "a", "x")
	f.Add(strings.Repeat("Ü", 200), strings.Repeat("r", 28), "twelve-chars")
	f.Fuzz(func(t *testing.T, base, runID, prefix string) {
		run := account.Run{ID: runID, Prefix: prefix}
		if run.Check() != nil {
			return
		}
		for kind, form := range legal {
			name := run.Name(kind, base)
			if !form.MatchString(name) {
				t.Errorf("%s of %q: %q is not legal", kind, base, name)
			}
			if other := run.Name(kind, base+"x"); other == name {
				t.Errorf("%s: %q and %q share %s", kind, base, base+"x", name)
			}
		}
	})
}

func TestRun(t *testing.T) {
	at := time.Date(2026, 11, 24, 11, 15, 0, 7, time.FixedZone("CET", 3600))
	run := account.Run{ID: account.NewRunID(at), Owner: "Anna <anna@x.org>", Expires: at}
	if err := run.Check(); err != nil {
		t.Fatal(err)
	}
	if began, ok := run.Began(); !ok || !began.Equal(at.Truncate(time.Second)) {
		t.Errorf("began %v, %v; want %v", began, ok, at)
	}
	if again := account.NewRunID(at); again == run.ID {
		t.Error("two runs of one second have one id")
	}
	want := map[string]string{
		account.TagRun: run.ID, account.TagOwner: "Anna _anna@x.org_", account.TagExpires: "2026-11-24T10:15:00Z",
	}
	for k, v := range want {
		if got := run.Tags()[k]; got != v {
			t.Errorf("%s = %q, want %q", k, got, v)
		}
	}
	if tags := (account.Run{ID: "x"}).Tags(); len(tags) != 2 || tags[account.TagOwner] != "unknown" {
		t.Errorf("tags of a run without owner and expiry: %v", tags)
	}
	for _, wrong := range []account.Run{
		{},
		{ID: "Upper"},
		{ID: "-x"},
		{ID: "../x"},
		{ID: strings.Repeat("x", 33)},
		{ID: "x", Prefix: "Tank-"},
		{ID: "x", Prefix: "far-too-long-"},
		{ID: strings.Repeat("x", 32), Prefix: "wavetank-"},
	} {
		if err := wrong.Check(); err == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
}
