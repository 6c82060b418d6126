package scenarios

import (
	"math"
	"testing"
	"time"

	"github.com/wavetank/wavetank/generators"
)

// load is one load of a scenario that lasts a while.
func load(t *testing.T, duration Duration, phases ...Phase) (*Scenario, *Load) {
	t.Helper()
	s := &Scenario{
		Duration: duration,
		Pipeline: Pipeline{Streams: map[string]Stream{"orders": {}}},
		Load:     []Load{{Stream: "orders", Generator: Generator{Sensor: &Sensor{}}, Phases: phases}},
	}
	if err := s.Complete(); err != nil {
		t.Fatal(err)
	}
	return s, &s.Load[0]
}

// TestNewSchedule holds the rate and the number of records at the instants that matter, with phases shorter than the
// scenario, as long, and cut off.
func TestNewSchedule(t *testing.T) {
	const minute = Duration(time.Minute)
	const second = Duration(time.Second)
	hold := Phase{Hold: &Hold{Rate: 100, For: minute}}
	ramp := Phase{Ramp: &Ramp{From: 0, To: 600, Over: minute}}
	step := Phase{Step: &Step{From: 100, To: 400, Steps: 4, Over: minute}}
	sine := Phase{Sine: &Sine{Mean: 100, Amplitude: 50, Period: minute, For: minute}}
	spike := Phase{Spike: &Spike{Base: 10, Peak: 1000, At: 20 * second, Width: 10 * second, For: minute}}
	trace := Phase{Trace: &Trace{Points: []TracePoint{{0, 100}, {30 * second, 400}, {minute, 0}}}}
	rows := []struct {
		name     string
		duration Duration
		phases   []Phase
		at       Duration
		rate     float64 // just before at
		records  float64 // until at
	}{
		{"hold", minute, []Phase{hold}, minute, 100, 6000},
		{"hold, cut", 10 * second, []Phase{hold}, 10 * second, 100, 1000},
		{"hold, going on", 2 * minute, []Phase{hold}, 2 * minute, 100, 12000},
		{"ramp", minute, []Phase{ramp}, minute, 600, 18000},
		{"ramp, cut", 30 * second, []Phase{ramp}, 30 * second, 300, 4500},
		{"ramp, going on", 2 * minute, []Phase{ramp}, 2 * minute, 600, 18000 + 36000},
		{"step", minute, []Phase{step}, minute, 400, 15000},
		{"step, cut", 40 * second, []Phase{step}, 40 * second, 300, 15*100 + 15*200 + 10*300},
		{"sine", minute, []Phase{sine}, minute, 100, 6000},
		{"sine, cut", 15 * second, []Phase{sine}, 15 * second, 150, 1500 + 50*60/(2*math.Pi)},
		{"spike", minute, []Phase{spike}, minute, 10, 500 + 10000},
		{"spike, cut in its peak", 25 * second, []Phase{spike}, 25 * second, 1000, 200 + 5000},
		{"spike, cut before its peak", 20 * second, []Phase{spike}, 20 * second, 10, 200},
		{"trace", minute, []Phase{trace}, minute, 0, 7500 + 6000},
		{"trace, cut", 45 * second, []Phase{trace}, 45 * second, 200, 7500 + 4500},
		{"trace, cut at a point", 30 * second, []Phase{trace}, 30 * second, 400, 7500},
		{"trace, going on at nothing", 2 * minute, []Phase{trace}, 2 * minute, 0, 13500},
		{"several", 2 * minute, []Phase{hold, ramp}, 2 * minute, 600, 24000},
		{"several, the last cut away", minute, []Phase{hold, ramp}, minute, 100, 6000},
		{"several, the last cut", 90 * second, []Phase{hold, ramp}, 90 * second, 300, 6000 + 4500},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s, l := load(t, row.duration, row.phases...)
			schedule, err := l.NewSchedule(s)
			if err != nil {
				t.Fatal(err)
			}
			if schedule.Duration() != row.duration.Std() {
				t.Errorf("it lasts %v, want %v", schedule.Duration(), row.duration)
			}
			if got := schedule.Rate(row.at.Std() - 1); math.Abs(got-row.rate) > 1e-3 {
				t.Errorf("rate: found %v, want %v", got, row.rate)
			}
			if got := schedule.Expected(row.at.Std()); math.Abs(got-row.records) > 1e-3 {
				t.Errorf("records: found %v, want %v", got, row.records)
			}
		})
	}
}

func TestNewGenerator(t *testing.T) {
	rows := []struct {
		generator Generator
		keys      int
	}{
		{Generator{Clickstream: &Clickstream{Users: 100, Skew: "zipf(1.1)", Size: Size{P50: 500, P99: 900}}}, 100},
		{Generator{Sensor: &Sensor{Sensors: 100, Skew: "hot(0.5)"}}, 100},
		{Generator{Transaction: &Transaction{Accounts: 100}}, 100},
		{Generator{Template: &Template{File: "orders.jsonl", Data: []byte(`{"id":"a"}` + "\n" + `{"id":"b"}`)}}, 0},
	}
	for _, row := range rows {
		t.Run(row.generator.Kind(), func(t *testing.T) {
			s := &Scenario{
				Pipeline: Pipeline{Streams: map[string]Stream{"orders": {}}},
				Load:     []Load{{Stream: "orders", Generator: row.generator, Rate: 100}},
			}
			if err := s.Complete(); err != nil {
				t.Fatal(err)
			}
			g, err := s.Load[0].NewGenerator(s, 7, time.Unix(0, 0))
			if err != nil {
				t.Fatal(err)
			}
			if g.Kind() != row.generator.Kind() || g.Lanes() != 4 || row.keys > 0 && g.Keys() != row.keys {
				t.Errorf("found %s with %d lanes and %d keys", g.Kind(), g.Lanes(), g.Keys())
			}
			var r generators.Record
			lane := g.Lane(1)
			lane.Next(time.Second, &r)
			if body := lane.Append(nil); len(body) == 0 || len(body) != int(r.Size) {
				t.Errorf("found a body of %d bytes that says %d", len(body), r.Size)
			}
		})
	}
	t.Run("none", func(t *testing.T) {
		s := &Scenario{Duration: 1, Load: []Load{{Rate: 1}}}
		if _, err := s.Load[0].NewGenerator(s, 1, time.Unix(0, 0)); err == nil {
			t.Error("found no error")
		}
	})
}

// TestLoadsDiffer holds that two loads which say the same do not make the same records, and that a seed makes them again.
func TestLoadsDiffer(t *testing.T) {
	same := Load{Stream: "orders", Generator: Generator{Clickstream: &Clickstream{}}, Rate: 100, Arrivals: Arrivals{Kind: Poisson}}
	s := &Scenario{Pipeline: Pipeline{Streams: map[string]Stream{"orders": {}}}, Load: []Load{same, same}}
	if err := s.Complete(); err != nil {
		t.Fatal(err)
	}
	first := func(l *Load) (string, time.Duration) {
		g, err := l.NewGenerator(s, 1, time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		schedule, err := l.NewSchedule(s)
		if err != nil {
			t.Fatal(err)
		}
		var r generators.Record
		lane := g.Lane(0)
		lane.Next(0, &r)
		due, _ := schedule.Lane(0, g.Share(0)).Next()
		return string(lane.Append(nil)), due
	}
	body, due := first(&s.Load[0])
	otherBody, otherDue := first(&s.Load[1])
	if body == otherBody || due == otherDue {
		t.Errorf("both loads begin with %s at %v", body, due)
	}
	if againBody, againDue := first(&s.Load[0]); againBody != body || againDue != due {
		t.Error("the same load made other records the second time")
	}
}
