//go:build unix

package account_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/account"
)

func TestJournalIsLocked(t *testing.T) {
	dir, run := t.TempDir(), testRun()
	j := openJournal(t, dir, run)
	if err := j.Will(ours(account.Stream, "a")); err != nil {
		t.Fatal(err)
	}
	if _, err := account.OpenJournal(dir, run); !errors.Is(err, account.ErrLive) {
		t.Errorf("opened twice: %v", err)
	}
	if list := readJournals(t, dir); !list[0].Live {
		t.Error("a journal that is open does not say so")
	}
	if err := account.Abandon(j); err != nil {
		t.Fatal(err)
	}
	if list := readJournals(t, dir); list[0].Live {
		t.Error("the journal of a killed process counts as open")
	}
	if err := openJournal(t, dir, run).Close(); err != nil {
		t.Error(err)
	}
}

// TestLiveRun holds that nothing is deleted under a run that is going on, and that the run itself deletes.
func TestLiveRun(t *testing.T) {
	f := newFake(t)
	dir, run := madePipeline(t, f)
	j, err := account.OpenJournal(dir, run)
	if err != nil {
		t.Fatal(err)
	}
	other := newCleaner(f.config(), dir)
	found, err := other.Find(t.Context(), account.Options{Now: testNow.Add(24 * time.Hour)})
	if err != nil || len(found.Left) != 0 || len(found.Kept) != 7 {
		t.Fatalf("%d left, %d kept, %v; want 0 and 7", len(found.Left), len(found.Kept), err)
	}
	if err := other.Delete(t.Context(), j.Left(), nil); !errors.Is(err, account.ErrLive) {
		t.Fatalf("deleted under a run: %v", err)
	}
	own := account.NewCleaner(account.CleanerConfig{
		Clients: account.NewClients(f.config()), Account: testAccount, Journals: dir, Journal: j,
	})
	if err := own.Delete(t.Context(), j.Left(), nil); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := os.ReadDir(dir)
	if got := allNames(t, newMaker(f.config())); len(got) > 0 || len(files) > 0 {
		t.Errorf("left: %v, journals: %v", got, files)
	}
}
