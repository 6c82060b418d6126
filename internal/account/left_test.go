package account_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/wavetank/wavetank/internal/account"
)

var testNow = time.Date(2026, 11, 24, 10, 15, 0, 0, time.UTC)

func testRun() account.Run {
	return account.Run{ID: account.NewRunID(testNow), Owner: "anna", Expires: testNow.Add(2 * time.Hour)}
}

// newCleaner makes a cleaner that does not wait.
func newCleaner(config aws.Config, journals string) *account.Cleaner {
	return account.NewCleaner(account.CleanerConfig{
		Clients: account.NewClients(config), Account: testAccount, Journals: journals,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
}

// killed does the first n steps of a pipeline and is killed. It returns the names that the journal announced.
func killed(t *testing.T, m *maker, dir string, run account.Run, n int) (of int) {
	t.Helper()
	j, err := account.OpenJournal(dir, run)
	if err != nil {
		t.Fatal(err)
	}
	steps := m.steps(j)
	for _, s := range steps[:min(n, len(steps))] {
		if err := s.do(t.Context()); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
	}
	if err := account.Abandon(j); err != nil {
		t.Fatal(err)
	}
	return len(steps)
}

// cleanUp finds and deletes, as the command does.
func cleanUp(t *testing.T, c *account.Cleaner, o account.Options) account.Findings {
	t.Helper()
	found, err := c.Find(t.Context(), o)
	if err != nil {
		t.Fatalf("find: %v", err)
	}
	if err := c.Delete(t.Context(), found.Resources(), nil); err != nil {
		t.Fatalf("delete: %v", err)
	}
	return found
}

// killBetween kills a run between every two steps and expects that a cleanup leaves nothing of it, and all else.
func killBetween(t *testing.T, config aws.Config) {
	m := newMaker(config)
	kept := lookAlikes(t, m)
	for _, journalled := range []bool{true, false} {
		for n, of := 0, 1; n <= of; n++ {
			dir := t.TempDir()
			of = killed(t, m, dir, testRun(), n)
			o := account.Options{Now: testNow.Add(time.Minute)}
			c := newCleaner(config, dir)
			if !journalled { // another machine, after the run's expiry
				o.Now = testNow.Add(3 * time.Hour)
				cleanUp(t, newCleaner(config, ""), o)
			}
			cleanUp(t, c, o) // what is not tagged yet, its own machine alone knows
			if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) > 0 {
				t.Errorf("after %d of %d steps: the journal is still there: %v", n, of, files)
			}
			if got := allNames(t, m); !slices.Equal(got, kept) {
				t.Fatalf("after %d of %d steps, journal %v: the account has\n%v\nwant\n%v", n, of, journalled, got, kept)
			}
		}
	}
}

// lookAlikes makes what must never be deleted, and lists what is in the account then.
func lookAlikes(t *testing.T, m *maker) []string {
	t.Helper()
	run := testRun()
	foreign := map[string]string{"team": "search"}
	other := map[string]string{account.TagRun: "somebody-else"}
	must(
		t,
		m.makeStream("wavetank-20261124t101500-abcdef-clicks"), // the name, no tag
		m.makeStream("wavetank-orders"),                        // the prefix, and foreign tags
		m.tagStream("wavetank-orders", foreign),
		m.makeStream("orders"), // the tag, without prefix or journal
		m.tagStream("orders", run.Tags()),
		m.makeStream("wavetank-20261124t101500-ghijkl-x"), // prefix and tag, of different runs
		m.tagStream("wavetank-20261124t101500-ghijkl-x", other),
		m.makeBucket("wavetank-20261124t101500-abcdef-data"),
		m.fillBucket("wavetank-20261124t101500-abcdef-data"),
		m.makeBucket("wavetank-foreign"),
		m.tagBucket("wavetank-foreign", foreign),
		m.makeRole("wavetank-admin", foreign),
		m.putPolicy("wavetank-admin"),
		m.makeLogGroup("/aws/lambda/wavetank-other", nil),
		m.makeFunction("wavetank-other", "wavetank-admin", foreign),
		m.makeMapping("wavetank-other", "orders"), // its stream bears the tag of a run
		m.makeDeliveryStream("wavetank-archive", "wavetank-foreign", "wavetank-admin", foreign),
	)
	return allNames(t, m)
}
