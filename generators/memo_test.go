package generators

import (
	"slices"
	"sync"
	"testing"
)

// Of one key there is one value, until others have pushed it out; whoever asks.
func TestMemo(t *testing.T) {
	made := []int{}
	m := memo[int, *int]{make: func(key int) *int {
		made = append(made, key)
		return &key
	}}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if one, again := m.of(1), m.of(1); *one != 1 || one != again {
				t.Error("one key has two values")
			}
		})
	}
	all.Wait()
	for key := range mostKept + 1 {
		m.of(key)
	}
	m.of(1) // the oldest is gone
	want := append([]int{1, 0}, 2, 3, 4, 5, 6, 7, 8, 1)
	if !slices.Equal(made, want) || len(m.kept) != mostKept || len(m.keys) != mostKept {
		t.Errorf("made %v, want %v; %d are kept", made, want, len(m.kept))
	}
}

// What is kept is what would be made.
func TestPoolsAreTheSameAgain(t *testing.T) {
	for _, seed := range []uint64{1, 7} {
		for range 2 {
			if !slices.Equal(fillers.of(seed), newFiller(seed)) {
				t.Errorf("the padding of seed %d is another one", seed)
			}
		}
		a, b := catalogues.of(catalogue{seed, 50}), newPages(seed, 50)
		if !slices.Equal(a.all, b.all) || a.first != b.first || a.count != b.count {
			t.Errorf("the pages of seed %d are others", seed)
		}
	}
}
