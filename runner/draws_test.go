package runner

import (
	"runtime"
	"testing"
	"time"

	"github.com/wavetank/wavetank/generators"
)

// testDraws are about 2,500 records and then no more.
func testDraws(t *testing.T) *draws {
	t.Helper()
	g, err := generators.NewSensor(generators.Config{Seed: 1, Lanes: 3}, generators.SensorConfig{Sensors: 20})
	if err != nil {
		t.Fatal(err)
	}
	phases := []generators.Phase{generators.Ramp(1000, 0, 5*time.Second)}
	s, err := generators.NewSchedule(phases, generators.Arrivals{Kind: "poisson"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return &draws{source: generators.NewStream(g, s)}
}

// Records that are drawn ahead are those that would be drawn when they are asked for.
func TestDrawsAhead(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	asked, ahead := testDraws(t), testDraws(t)
	ahead.ahead()
	defer ahead.stop()
	n := 0
	for ; ; n++ {
		want, got := asked.next(), ahead.next()
		if want == nil || got == nil {
			if want != nil || got != nil {
				t.Fatalf("record %d: %v, want %v", n, got, want)
			}
			break
		}
		if *got != *want {
			t.Fatalf("record %d: %+v, want %+v", n, *got, *want)
		}
	}
	if n < 4*drawnPage {
		t.Errorf("only %d records", n)
	}
	if ahead.next() != nil {
		t.Error("a record behind the last")
	}
}

// Drawing ahead ends wherever it is.
func TestDrawsStop(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	for _, taken := range []int{0, 1, drawnPage, drawnPage + 1, 10 * drawnPage} {
		d := testDraws(t)
		d.ahead()
		for range taken {
			d.next()
		}
		d.stop()
	}
	testDraws(t).stop() // it never began
}
