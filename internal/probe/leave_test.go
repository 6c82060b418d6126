package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestStoringAgain(t *testing.T) {
	again := fmt.Errorf("put record: %w: rate exceeded", ErrTryAgain)
	gone := errors.New("put record: no such stream")
	rows := []struct {
		name   string
		errors []error // of the puts; then they succeed
		puts   int
		slept  []time.Duration
		lost   int
	}{
		{"at once", nil, 1, nil, 0},
		{"throttled twice", []error{again, again}, 3, []time.Duration{50 * ms, 100 * ms}, 0},
		{"throttled to the end", slices.Repeat([]error{again}, 6), 6, []time.Duration{50 * ms, 100 * ms, 200 * ms, 400 * ms, 800 * ms}, 1},
		{"no use", []error{gone}, 1, nil, 1},
		{"no use after a throttle", []error{again, gone}, 2, []time.Duration{50 * ms}, 1},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(Settings{})
			b.put = func(n int) error {
				if n < len(row.errors) {
					return row.errors[n]
				}
				return nil
			}
			if _, err := b.Invoke(t.Context(), eventOf(0, 1)); err != nil {
				t.Fatalf("the invocation failed with its receipt: %v", err)
			}
			if b.puts != row.puts || !slices.Equal(b.slept, row.slept) {
				t.Errorf("%d puts, slept %v; want %d, %v", b.puts, b.slept, row.puts, row.slept)
			}
			if lines := strings.Count(b.log.String(), "\n"); lines != row.lost {
				t.Errorf("%d lines in the log, want %d: %s", lines, row.lost, &b.log)
			}
			for range 2 {
				if _, err := b.Invoke(t.Context(), eventOf(0, 2)); err != nil {
					t.Fatal(err)
				}
			}
			last := b.stored[len(b.stored)-2:]
			if last[0].Lost != row.lost || last[1].Lost != 0 {
				t.Errorf("the next receipt counts %d lost, the one after %d; want %d, 0", last[0].Lost, last[1].Lost, row.lost)
			}
		})
	}
}

// TestLostAddUp loses three receipts in a row, one of a batch that fails.
func TestLostAddUp(t *testing.T) {
	b := newBench(Settings{Errors: 1})
	b.put = func(n int) error {
		if n < 3 {
			return errors.New("no such stream")
		}
		return nil
	}
	for range 5 {
		if _, err := b.Invoke(t.Context(), eventOf(0, 1)); err == nil {
			t.Fatal("did not fail")
		}
	}
	if len(b.stored) != 2 || b.stored[0].Lost != 3 || b.stored[1].Lost != 0 {
		t.Errorf("left %+v", b.stored)
	}
}

// TestStoringEndsWithTheInvocation gives up when there is no time left to wait.
func TestStoringEndsWithTheInvocation(t *testing.T) {
	b := newBench(Settings{})
	ctx, cancel := context.WithCancel(t.Context())
	b.put = func(int) error { cancel(); return ErrTryAgain }
	if _, err := b.Invoke(ctx, eventOf(0, 1)); err != nil || b.puts != 1 || !strings.Contains(b.log.String(), "the invocation ended after put 1") {
		t.Errorf("%v after %d puts: %s", err, b.puts, &b.log)
	}
}

func TestAttemptsForgetTheOldest(t *testing.T) {
	var a attempts
	at := func(n int) beginning { return beginning{"clicks", "shardId-000000000000", sequence(n)} }
	for n := range remembered {
		a.see(at(n))
	}
	if got := a.see(at(0)); got != 2 {
		t.Errorf("the first came %d times, want 2", got)
	}
	a.see(at(remembered)) // the one for which another goes: 1, since 0 came after it
	if got := a.see(at(0)); got != 3 {
		t.Errorf("the first came %d times, want 3", got)
	}
	if got := a.see(at(1)); got != 1 {
		t.Errorf("the oldest came %d times, want it forgotten", got)
	}
	if len(a.seen) != remembered || a.order.Len() != remembered {
		t.Errorf("remembers %d and %d, want %d", len(a.seen), a.order.Len(), remembered)
	}
}
