package measure

import "testing"

// Open is what a drain waits for.
func TestOpenCountsWhatIsStillExpected(t *testing.T) {
	l := twoSinks(t)
	steps := []struct {
		happens string
		enter   func(b *Batch)
		want    int64
	}{
		{"three are offered", func(b *Batch) { b.Offered(0, 0, 10, 0); b.Offered(0, 1, 11, 0); b.Offered(0, 2, 12, 0) }, 3},
		{"one is delivered at one sink before its ack", func(b *Batch) { b.Delivered(0, 0, 0, at(0)) }, 3},
		{"it is acked", func(b *Batch) { b.Acked(0, 0, at(0)) }, 3},
		{"it is dropped at the other", func(b *Batch) { b.Dropped(1, 0, 0, "filter") }, 2},
		{"one is given up", func(b *Batch) { b.GivenUp(0, 1) }, 1},
		{"the last is unknown, and not waited for", func(b *Batch) { b.Unknown(0, 2) }, 0},
		{"a late answer acks it", func(b *Batch) { b.Acked(0, 2, at(1)) }, 1},
		{"it comes out", func(b *Batch) { deliver(b, 2, at(1)) }, 0},
	}
	for _, s := range steps {
		enter(l, s.enter)
		if got := l.Open(); got != s.want {
			t.Errorf("%s: %d are open, want %d", s.happens, got, s.want)
		}
	}
}

func TestDue(t *testing.T) {
	l := twoSinks(t)
	enter(l, func(b *Batch) {
		b.Offered(0, 0, 42, 0)
		if due, ok := b.Due(0, 0); due != 42 || !ok {
			t.Errorf("due is %d, %v", due, ok)
		}
		if _, ok := b.Due(0, 1); ok {
			t.Error("a record that was not offered has a due time")
		}
	})
}

// Answers that cannot be: each is a stray, and none changes the sums.
func TestStrays(t *testing.T) {
	l := twoSinks(t)
	enter(l, func(b *Batch) {
		b.Offered(0, 5, 0, 0)
		b.Offered(0, 4, 0, 0) // numbers rise
		b.Offered(1, 0, 0, 0) // there is no such lane
		b.Unanswered(0, 6)
		b.Arrived(0, 6, at(0))
		b.Unknown(0, 6)
		b.Bind(0, 6, at(0))
		b.Acked(0, 5, at(0))
		b.Acked(0, 5, at(0))
		b.GivenUp(0, 5)
		b.Dropped(0, 0, 6, "filter")
	})
	got := l.Totals([]int64{0, 0})
	if got.Strays != 8 || got.Offered != 1 || got.Acked != 1 || got.Sinks[0].Lost != 1 {
		t.Errorf("totals are %+v", got)
	}
	checkCloses(t, got)
}

// A record of which nothing is kept any more is delivered again.
func TestDuplicatesOfForgottenRecords(t *testing.T) {
	tests := map[string]struct {
		unanswered bool
		pipeline   int64
	}{
		"each was sent once":               {false, 2},
		"a retry may have stored it twice": {true, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := twoSinks(t)
			enter(l, func(b *Batch) {
				for n := range uint64(2 * chunkSize) {
					b.Offered(0, n, 0, 0)
					if test.unanswered && n == 7 {
						b.Unanswered(0, n)
					}
					b.Acked(0, n, at(n))
					deliver(b, n, at(n))
				}
				for range 2 {
					if _, outcome := b.Delivered(0, 0, 7, at(7)); outcome != Again {
						t.Errorf("outcome is %d", outcome)
					}
				}
				b.Acked(0, 7, at(7)) // its answer again: too late to tell
				b.Arrived(0, 7, at(7))
			})
			got := l.Totals([]int64{0, 0})
			if s := got.Sinks[1]; s.Duplicated != 2 || s.DuplicatedByPipeline != test.pipeline || s.DuplicatedByProducer != 0 || got.Strays != 0 {
				t.Errorf("totals are %+v", got)
			}
		})
	}
}
