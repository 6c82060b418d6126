package generators

import (
	"math"
	"testing"
	"time"
)

func TestStreamMergesLanesInOrder(t *testing.T) {
	for _, kind := range []string{"constant", "poisson", "bursty", "aligned"} {
		for _, lanes := range []int{1, 2, 4, 13} {
			g := must(NewClickstream(Config{Seed: 2, Lanes: lanes, Rate: 500}, ClickstreamConfig{Users: 100, Skew: Zipf(1.1)}))
			s := must(NewSchedule([]Phase{Ramp(100, 900, 5*time.Second)}, Arrivals{Kind: kind, Period: time.Second}, 2))
			st := NewStream(g, s)
			next := make([]uint64, lanes)
			var r Record
			var before turn
			total := 0
			for st.Next(&r) && r.Due < s.Duration() {
				if now := (turn{r.Due, int(r.Lane)}); now.before(before) {
					t.Fatalf("%v after %v", now, before)
				} else {
					before = now
				}
				if r.Number != next[r.Lane] {
					t.Fatalf("lane %d goes from %d to %d", r.Lane, next[r.Lane], r.Number)
				}
				next[r.Lane]++
				total++
			}
			tolerance := map[string]float64{"constant": float64(lanes), "aligned": float64(lanes), "poisson": 250, "bursty": 800}[kind]
			if math.Abs(float64(total)-2500) > tolerance {
				t.Errorf("%s, %d lanes: %d records, expected 2500", kind, lanes, total)
			}
		}
	}
}

// TestStreamDrawsWhatItsLanesDraw compares with lanes and sequences run one by one.
func TestStreamDrawsWhatItsLanesDraw(t *testing.T) {
	g := must(NewTransaction(Config{Seed: 2, Lanes: 3}, TransactionConfig{Accounts: 100}))
	s := must(NewSchedule([]Phase{Constant(300, time.Second)}, Arrivals{Kind: "poisson"}, 2))
	lanes, sequences := lanesOf(g), make([]*Sequence, 3)
	for lane := range sequences {
		sequences[lane] = s.Lane(lane, g.Share(lane))
	}
	st := NewStream(g, s)
	if b := st.Append(nil); b != nil {
		t.Errorf("before the first record: %q", b)
	}
	var got, want Record
	for range 1000 {
		st.Next(&got)
		due, _ := sequences[got.Lane].Next()
		lanes[got.Lane].Next(due, &want)
		if got != want || string(st.Append(nil)) != string(lanes[got.Lane].Append(nil)) {
			t.Fatalf("%+v, want %+v", got, want)
		}
	}
}

func TestStreamEnds(t *testing.T) {
	g := must(NewSensor(Config{Lanes: 2}, SensorConfig{}))
	st := NewStream(g, must(NewSchedule([]Phase{Ramp(100, 0, time.Second)}, Arrivals{}, 1)))
	var r Record
	n := 0
	for st.Next(&r) {
		n++
	}
	if n < 49 || n > 51 || st.Next(&r) {
		t.Errorf("%d records, expected 50", n)
	}
	if NewStream(g, must(NewSchedule([]Phase{Constant(0, time.Second)}, Arrivals{}, 1))).Next(&r) {
		t.Error("a record at a rate of 0")
	}
}

// TestStreamBody renders records again in the order in which objects of several shards would be read: forward, and back by
// some seconds for the next shard.
func TestStreamBody(t *testing.T) {
	forKinds(t, func(t *testing.T, g Generator) {
		st := NewStream(g, must(NewSchedule([]Phase{Constant(500, time.Minute)}, Arrivals{Kind: "poisson"}, 4)))
		var records []drawn
		for range 4000 {
			var d drawn
			st.Next(&d.Record)
			d.body = string(st.Append(nil))
			records = append(records, d)
		}
		var b []byte
		for object := 0; object < len(records); object += 1000 {
			for shard := range uint64(3) {
				for _, d := range records[object : object+1000] {
					if d.Hash[0]%3 != shard {
						continue
					}
					if b = st.Body(b[:0], d.Lane, d.Number, d.Due); string(b) != d.body {
						t.Fatalf("got %s, want %s", b, d.body)
					}
				}
			}
		}
		var next Record
		if st.Next(&next); next.Number == 0 {
			t.Error("rendering again disturbs the stream")
		}
	})
}
