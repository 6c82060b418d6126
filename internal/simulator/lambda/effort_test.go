package lambda

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Each row is a batch and what becomes of its attempts, one after another, with what follows and what is left to be tried:
// the sizes of its parts, the next one first.
func TestEffort(t *testing.T) {
	type step struct {
		do   func(*effort) verdict
		want verdict
		left []int
	}
	ok, failed, refused := (*effort).succeeded, (*effort).failed, (*effort).refused
	reported := func(n int) func(*effort) verdict { return func(e *effort) verdict { return e.reported(n) } }
	aged := func(n int) func(*effort) verdict { return func(e *effort) verdict { return e.aged(n) } }
	wait := func(n int) verdict { return verdict{wait: n} }
	for _, tt := range []struct {
		name    string
		retries int
		bisect  bool
		size    int
		steps   []step
	}{
		{"success", -1, false, 5, []step{{ok, verdict{done: 5}, nil}}},
		{"no end of retries", -1, false, 5, []step{
			{failed, wait(1), []int{5}}, {failed, wait(2), []int{5}}, {failed, wait(3), []int{5}}, {ok, verdict{done: 5}, nil},
		}},
		{"no retry", 0, false, 5, []step{{failed, verdict{done: 5, dropped: true, attempts: 1}, nil}}},
		{"two retries", 2, false, 5, []step{
			{failed, wait(1), []int{5}}, {failed, wait(2), []int{5}}, {failed, verdict{done: 5, dropped: true, attempts: 3}, nil},
		}},
		{"what is refused is no attempt", 1, false, 2, []step{
			{refused, wait(1), []int{2}},
			{refused, wait(2), []int{2}},
			{failed, wait(3), []int{2}},
			{refused, wait(4), []int{2}},
			{failed, verdict{done: 2, dropped: true, attempts: 2}, nil},
		}},
		{"halves, the smaller one first; a single record has the retries", 1, true, 5, []step{
			{failed, wait(1), []int{2, 3}},
			{failed, wait(1), []int{1, 1, 3}},
			{ok, verdict{done: 1}, []int{1, 3}},
			{failed, wait(1), []int{1, 3}},
			{failed, verdict{done: 1, dropped: true, attempts: 2}, []int{3}},
			{ok, verdict{done: 3}, nil},
		}},
		{"halving takes no retry", 0, true, 4, []step{
			{failed, wait(1), []int{2, 2}},
			{ok, verdict{done: 2}, []int{2}},
			{failed, wait(1), []int{1, 1}},
			{failed, verdict{done: 1, dropped: true, attempts: 1}, []int{1}},
			{ok, verdict{done: 1}, nil},
		}},
		{"the wait before halves counts what was refused before", 0, true, 2, []step{
			{refused, wait(1), []int{2}}, {failed, wait(2), []int{1, 1}}, {refused, wait(1), []int{1, 1}},
		}},
		{"the remainder begins anew (recorded: 5 deliveries with 3 retries)", 3, false, 3, []step{
			{reported(2), verdict{done: 2, wait: 1}, []int{1}},
			{reported(0), wait(1), []int{1}},
			{reported(0), wait(2), []int{1}},
			{reported(0), wait(3), []int{1}},
			{reported(0), verdict{done: 1, dropped: true, attempts: 4}, nil},
		}},
		{"a remainder begins anew however often its batch was tried", 1, false, 3, []step{
			{reported(0), wait(1), []int{3}},
			{reported(2), verdict{done: 2, wait: 2}, []int{1}},
			{reported(0), wait(1), []int{1}},
			{reported(0), verdict{done: 1, dropped: true, attempts: 2}, nil},
		}},
		{"a report of the first record is an attempt", 1, false, 3, []step{
			{reported(0), wait(1), []int{3}}, {reported(0), verdict{done: 3, dropped: true, attempts: 2}, nil},
		}},
		{"with bisecting a report splits where it says, and an error in half", 1, true, 8, []step{
			{reported(2), verdict{done: 2, wait: 1}, []int{6}}, {reported(0), wait(1), []int{6}}, {failed, wait(2), []int{3, 3}},
		}},
		{"age takes the first records and leaves the others their attempts", 1, false, 4, []step{
			{failed, wait(1), []int{4}},
			{aged(1), verdict{done: 1, dropped: true, attempts: 1}, []int{3}},
			{failed, verdict{done: 3, dropped: true, attempts: 2}, nil},
		}},
		{"too old from the start", 1, false, 2, []step{{aged(2), verdict{done: 2, dropped: true}, nil}}},
		{"age takes a half", -1, true, 4, []step{
			{failed, wait(1), []int{2, 2}}, {aged(2), verdict{done: 2, dropped: true}, []int{2}}, {ok, verdict{done: 2}, nil},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := effort{retries: tt.retries, bisect: tt.bisect}
			e.begin(tt.size)
			for i, s := range tt.steps {
				if e.next() == nil {
					t.Fatalf("step %d: nothing is left", i)
				}
				got := s.do(&e)
				var left []int
				for _, p := range slices.Backward(e.parts) {
					left = append(left, p.size)
				}
				if got != s.want || !slices.Equal(left, s.left) {
					t.Fatalf("step %d: got %+v and %v are left, want %+v and %v", i, got, left, s.want, s.left)
				}
			}
		})
	}
}

// Whatever becomes of its attempts, a batch is done with once and whole, and nothing is tried more often than it may be.
func TestEffortEndsEachRecordOnce(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		e := effort{retries: r.IntN(4), bisect: r.IntN(2) == 0}
		size := 1 + r.IntN(200)
		e.begin(size)
		done := 0
		for tries := 0; e.next() != nil; tries++ {
			n := e.next().size
			if e.next().attempts > e.retries || tries > 3000 {
				t.Fatalf("seed %d: %d attempts of %d retries, %d tries", seed, e.next().attempts, e.retries, tries)
			}
			var v verdict
			switch r.IntN(5) {
			case 0:
				v = e.succeeded()
			case 1:
				v = e.reported(r.IntN(n))
			case 2:
				v = e.aged(1 + r.IntN(n))
			case 3:
				v = e.refused()
			default:
				v = e.failed()
			}
			if v.done == 0 && v.wait == 0 {
				t.Fatalf("seed %d: nothing followed", seed)
			}
			done += v.done
		}
		if done != size {
			t.Fatalf("seed %d: %d of %d records are done with", seed, done, size)
		}
	}
}
