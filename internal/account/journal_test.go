package account_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wavetank/wavetank/internal/account"
)

func openJournal(t *testing.T, dir string, run account.Run) *account.Journal {
	t.Helper()
	j, err := account.OpenJournal(dir, run)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func readJournals(t *testing.T, dir string) []account.Left {
	t.Helper()
	list, err := account.ReadJournals(dir)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestJournal(t *testing.T) {
	a, b, role := ours(account.Stream, "a"), ours(account.Bucket, "b"), ours(account.Role, "r")
	elsewhere := a
	elsewhere.Region = "eu-west-1"
	withARN := a
	withARN.ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/a"
	roleFromElsewhere := role
	roleFromElsewhere.Region = "eu-west-1"
	type event struct {
		note string
		r    account.Resource
	}
	tests := []struct {
		name   string
		events []event
		left   []account.Resource
	}{
		{"nothing", nil, nil},
		{"announced", []event{{"will", a}}, []account.Resource{a}},
		{"made, with its ARN", []event{{"will", a}, {"will", b}, {"made", withARN}}, []account.Resource{withARN, b}},
		{"refused", []event{{"will", a}, {"gone", a}}, nil},
		{"made and deleted", []event{{"will", a}, {"made", withARN}, {"gone", a}}, nil},
		{"one of two", []event{{"will", a}, {"will", b}, {"gone", a}}, []account.Resource{b}},
		{"the same name in two regions", []event{{"will", a}, {"will", elsewhere}, {"gone", a}}, []account.Resource{elsewhere}},
		{"a role has no region", []event{{"will", role}, {"gone", roleFromElsewhere}}, nil},
		{"gone before it was announced", []event{{"gone", a}, {"will", a}}, []account.Resource{a}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir, run := filepath.Join(t.TempDir(), "state", "journal"), testRun()
			j := openJournal(t, dir, run)
			for _, e := range test.events {
				note := map[string]func(account.Resource) error{"will": j.Will, "made": j.Made, "gone": j.Gone}[e.note]
				if err := note(e.r); err != nil {
					t.Fatal(err)
				}
			}
			if got := j.Left(); !slices.Equal(got, test.left) {
				t.Errorf("Left: %v, want %v", got, test.left)
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			list := readJournals(t, dir)
			if len(test.left) == 0 {
				if len(list) != 0 {
					t.Errorf("a journal without anything is still there: %v", list)
				}
				return
			}
			want := account.Left{Run: run, File: filepath.Join(dir, run.ID+".jsonl"), Resources: test.left}
			if len(list) != 1 || !reflect.DeepEqual(list[0], want) {
				t.Errorf("read %+v, want %+v", list, want)
			}
		})
	}
}

// TestTornJournal cuts a journal after each of its bytes. What was announced by a whole line is there; what the cut line
// announces was not made yet.
func TestTornJournal(t *testing.T) {
	dir, run := t.TempDir(), testRun()
	j := openJournal(t, dir, run)
	a, b := ours(account.Stream, "a"), ours(account.Stream, "b")
	for _, err := range []error{j.Will(a), j.Made(a), j.Will(b)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, run.ID+".jsonl")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		torn := t.TempDir()
		if err := os.WriteFile(filepath.Join(torn, run.ID+".jsonl"), whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		list := readJournals(t, torn)
		// A line without its end is whole where only the newline is missing.
		want := strings.Count(string(whole[:n]), `"event":"will"`) - strings.Count(lastLine(whole[:n]), `"event":"will"`)
		if strings.HasSuffix(string(whole[:n]), "}}") && strings.Contains(lastLine(whole[:n]), "will") {
			want++
		}
		if len(list) != 1 || len(list[0].Resources) != want || list[0].Run.ID != run.ID {
			t.Fatalf("cut after %d bytes: %+v, want %d resources", n, list, want)
		}
		if n%9 != 0 && n < len(whole)-9 {
			continue // opening syncs, which takes its time
		}
		again := openJournal(t, torn, run)
		if err := again.Will(ours(account.Stream, "c")); err != nil {
			t.Fatal(err)
		}
		if err := account.Abandon(again); err != nil {
			t.Fatal(err)
		}
		list = readJournals(t, torn)
		if len(list[0].Resources) != want+1 || list[0].Run.Owner != "anna" {
			t.Fatalf("cut after %d bytes and opened again: %+v, want %d resources", n, list, want+1)
		}
	}
}

func lastLine(b []byte) string { return string(b[strings.LastIndex(string(b), "\n")+1:]) }

func TestJournalClosed(t *testing.T) {
	j := openJournal(t, t.TempDir(), testRun())
	for range 2 {
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Will(ours(account.Stream, "a")); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("noted in a closed journal: %v", err)
	}
}

func TestJournalConcurrently(t *testing.T) {
	dir := t.TempDir()
	j := openJournal(t, dir, testRun())
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 5 {
				r := ours(account.Stream, fmt.Sprintf("s-%d-%d", n, i))
				if err := errors.Join(j.Will(r), j.Made(r)); err != nil {
					t.Error(err)
				}
				if i > 0 {
					if err := j.Gone(r); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if list := readJournals(t, dir); len(list) != 1 || len(list[0].Resources) != 8 {
		t.Errorf("read %+v, want 8 resources", list)
	}
}

func TestJournalDir(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", "/state")
	if dir, err := account.JournalDir(); err != nil || dir != filepath.FromSlash("/state/wavetank/journal") {
		t.Errorf("%q, %v", dir, err)
	}
	t.Setenv("XDG_STATE_HOME", "relative")
	t.Setenv("HOME", "/home/anna")
	if dir, err := account.JournalDir(); err != nil || dir != filepath.FromSlash("/home/anna/.local/state/wavetank/journal") {
		t.Errorf("%q, %v", dir, err)
	}
	if list := readJournals(t, filepath.Join(t.TempDir(), "nowhere")); len(list) != 0 {
		t.Errorf("a folder that is not there has %v", list)
	}
}
