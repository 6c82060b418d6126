package measure

import "testing"

func TestArrives(t *testing.T) {
	l := twoSinks(t)
	enter(l, func(b *Batch) {
		b.Offered(0, 0, 42, 0)
		if due, first := b.Arrives(0, 0, at(0)); due != 42 || !first {
			t.Errorf("the first arrival: due %d, first %v", due, first)
		}
		if due, first := b.Arrives(0, 0, at(5)); due != 42 || first {
			t.Errorf("the second arrival: due %d, first %v", due, first)
		}
		if _, first := b.Arrives(0, 7, at(6)); first {
			t.Error("a record that was never offered has arrived")
		}
	})
	if got := l.Totals(nil); got.StoredTwice != 1 || got.Strays != 1 {
		t.Errorf("stored twice %d and strays %d, want 1 and 1", got.StoredTwice, got.Strays)
	}
}

func TestAwaited(t *testing.T) {
	tests := map[string]struct {
		happens func(b *Batch)
		want    bool
	}{
		"offered":                 {func(*Batch) {}, false},
		"acked":                   {func(b *Batch) { b.Acked(0, 0, at(0)) }, true},
		"given up":                {func(b *Batch) { b.GivenUp(0, 0) }, false},
		"delivered":               {func(b *Batch) { b.Acked(0, 0, at(0)); b.Delivered(0, 0, 0, at(0)) }, false},
		"delivered elsewhere":     {func(b *Batch) { b.Acked(0, 0, at(0)); b.Delivered(1, 0, 0, at(0)) }, true},
		"dropped on purpose":      {func(b *Batch) { b.Acked(0, 0, at(0)); b.Dropped(0, 0, 0, "filter") }, false},
		"delivered before an ack": {func(b *Batch) { b.Delivered(0, 0, 0, at(0)); b.Acked(0, 0, at(0)) }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			enter(twoSinks(t), func(b *Batch) {
				b.Offered(0, 0, 0, 0)
				test.happens(b)
				if got := b.Awaited(0, 0, 0); got != test.want {
					t.Errorf("awaited: %v", got)
				}
			})
		})
	}
}

func TestAwaitedAt(t *testing.T) {
	enter(twoSinks(t), func(b *Batch) {
		b.Offered(0, 0, 0, 0)
		b.Bind(0, 0, at(3))
		b.Acked(0, 0, at(3))
		if lane, number, awaited := b.AwaitedAt(0, at(3)); lane != 0 || number != 0 || !awaited {
			t.Errorf("at its place: lane %d, number %d, awaited %v", lane, number, awaited)
		}
		b.Ignore(at(4))
		for _, place := range []Place{at(4), at(5)} {
			if _, _, awaited := b.AwaitedAt(0, place); awaited {
				t.Errorf("nobody's record at %d is awaited", place)
			}
		}
	})
}

func TestReordered(t *testing.T) {
	enter(twoSinks(t), func(b *Batch) {
		for n := range uint64(2) {
			b.Offered(0, n, 0, 1)
		}
		b.Acked(0, 1, at(0))
		if got := b.Reordered(); got != 0 {
			t.Errorf("before the other's ack: %d", got)
		}
		b.Acked(0, 0, at(1))
		if got := b.Reordered(); got != 1 {
			t.Errorf("after it: %d", got)
		}
	})
}
