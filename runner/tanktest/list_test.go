package tanktest

import "testing"

// What a list holds stays where it was put, across its runs.
func TestListKeepsWhatItHolds(t *testing.T) {
	var l list[int]
	for i := range 3*listRun + 1 {
		if l.len() != i {
			t.Fatalf("it has %d, not %d", l.len(), i)
		}
		l.add(i)
	}
	for i := range l.len() {
		if *l.at(i) != i {
			t.Fatalf("the %d. is %d", i, *l.at(i))
		}
	}
}
