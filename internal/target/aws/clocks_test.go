package aws

import (
	"testing"
	"time"
)

// A function's clock that is 40 ms ahead of the service's is found from what must have come first.
func TestFunctionClock(t *testing.T) {
	const ahead = 40 * time.Millisecond
	start := time.Unix(1_800_000_000, 0)
	var a apart
	for i := range 20 {
		began := start.Add(time.Duration(i) * time.Second)
		wait := time.Duration(5+i) * time.Millisecond   // from the last arrival to the begin
		store := time.Duration(30-i) * time.Millisecond // from the end to the receipt's arrival
		end := began.Add(20 * time.Millisecond)
		a.functionClock(began.Add(-wait), began.Add(ahead), end.Add(ahead), end.Add(store))
	}
	if a.n != 20 || a.least > ahead || a.most < ahead {
		t.Fatalf("%v to %v ahead, want %v between", a.least, a.most, ahead)
	}
	// The shortest wait was 5 ms, the shortest store 11 ms, and an arrival is known to the millisecond.
	if a.most != ahead+5*time.Millisecond || a.least != ahead-12*time.Millisecond {
		t.Errorf("%v to %v ahead, want 28 ms to 45 ms", a.least, a.most)
	}
	if got := a.String(); got != "36.5 ms ± 8.5 ms ahead" {
		t.Errorf("%q", got)
	}
}

// Bounds that exclude each other are told as such.
func TestClockThatJumps(t *testing.T) {
	var a apart
	a.between(0, 10*time.Millisecond)
	a.between(50*time.Millisecond, 60*time.Millisecond)
	if got := a.String(); got != "not steady: at least 50.0 ms and at most 10.0 ms ahead" {
		t.Errorf("%q", got)
	}
}
