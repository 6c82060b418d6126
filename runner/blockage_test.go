package runner

import "testing"

func TestBlockage(t *testing.T) {
	var b blockage
	if got := b.since(0); got != 0 {
		t.Errorf("before anything: %d", got)
	}
	b.add(10, 20, 0)
	b.add(20, 20, 0)
	b.add(30, 35, 0)
	tests := []struct{ since, want int64 }{{0, 15}, {10, 15}, {15, 10}, {20, 5}, {29, 5}, {30, 5}, {32, 3}, {35, 0}, {99, 0}}
	check := func() {
		for _, test := range tests {
			if got := b.since(test.since); got != test.want {
				t.Errorf("since %d: %d, want %d", test.since, got, test.want)
			}
		}
	}
	check()
	b.add(40, 42, 20) // the first is forgotten
	if len(b.spans) != 2 {
		t.Errorf("%d spans are kept", len(b.spans))
	}
	tests = []struct{ since, want int64 }{{20, 7}, {34, 3}, {35, 2}, {41, 1}, {42, 0}}
	check()
}
