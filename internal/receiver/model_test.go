package receiver_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/receiver"
)

// What is drawn follows from seed, id and attempt; over many ids it is the distribution that was asked for.
func TestModel(t *testing.T) {
	const n = 20_000
	m := receiver.Model{P50: 40 * time.Millisecond, P99: 400 * time.Millisecond, Errors: 0.1, Seed: 7}
	var took []time.Duration
	refused := 0
	for i := range n {
		d, no := m.Draw(fmt.Sprint("request ", i), 1)
		if again, same := m.Draw(fmt.Sprint("request ", i), 1); again != d || same != no {
			t.Fatalf("request %d: %v %v, and then %v %v", i, d, no, again, same)
		}
		took = append(took, d)
		if no {
			refused++
		}
	}
	slices.Sort(took)
	for q, want := range map[float64]time.Duration{0.5: m.P50, 0.99: m.P99} {
		if got := took[int(q*n)]; math.Abs(float64(got-want)) > 0.1*float64(want) {
			t.Errorf("p%v is %v, want %v", 100*q, got, want)
		}
	}
	if got := float64(refused) / n; math.Abs(got-0.1) > 0.01 {
		t.Errorf("%v are refused, want 0.1", got)
	}
	first, _ := m.Draw("request 0", 1)
	second, _ := m.Draw("request 0", 2)
	if first == second {
		t.Error("the second attempt takes as long as the first, to the nanosecond")
	}
	if other, _ := (receiver.Model{P50: m.P50, P99: m.P99, Seed: 8}).Draw("request 0", 1); other == first {
		t.Error("another seed draws the same")
	}
}

func TestConstantModels(t *testing.T) {
	for _, m := range []receiver.Model{{P50: time.Second}, {P99: time.Second}, {P50: time.Second, P99: time.Second}} {
		if took, refused := m.Draw("a request", 1); took != time.Second || refused {
			t.Errorf("%+v: %v, refused %v", m, took, refused)
		}
	}
	if took, refused := (receiver.Model{Errors: 1}).Draw("a request", 1); took != 0 || !refused {
		t.Errorf("%v, refused %v", took, refused)
	}
}
