package generators

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

// measured is what tests read of a reading, without the detour of its body.
type measured struct {
	sensor  *sensor
	value   float64
	off     float64 // from the set-point, in swings
	quality uint8
	count   int
	number  int
}

func measure(g *fleet, n int) []measured {
	l := g.Lane(0).(*sensorLane)
	ms := make([]measured, n)
	var r Record
	for i := range ms {
		l.Next(0, &r)
		s := l.now.sensor
		ms[i] = measured{
			sensor:  s,
			value:   float64(l.now.value) / 100,
			off:     float64(l.now.value-s.point) / float64(metrics[s.metric].swing),
			quality: l.now.quality,
			count:   int(l.now.count),
			number:  i,
		}
	}
	return ms
}

func TestReadingsSayWhatWasMeasured(t *testing.T) {
	g := must(newFleet(Config{Seed: 4}, SensorConfig{Sensors: 12, Dropout: 0.2, Spikes: 0.1}))
	ms, l := measure(g, 2000), g.Lane(0)
	var r Record
	for i := range ms {
		l.Next(time.Second, &r)
		var body struct {
			TS                                time.Time
			SensorID, SiteID, Metric, Quality string
			Value                             float64
			Sequence                          int
		}
		if err := json.Unmarshal(l.Append(nil), &body); err != nil {
			t.Fatal(err)
		}
		m := ms[i]
		if body.SensorID != m.sensor.key || body.SiteID != g.site[m.sensor.site].key || body.Value != m.value || body.Sequence != m.count ||
			body.Quality != [...]string{"good", "spike", "resumed"}[m.quality] || body.TS.Sub(g.Start) != time.Second {
			t.Fatalf("%+v is not %+v", body, m)
		}
	}
}

// TestSensorsDrift holds the walk to its promise: it comes back, and swings as far as the metric says.
func TestSensorsDrift(t *testing.T) {
	g := must(newFleet(Config{Seed: 4}, SensorConfig{Sensors: 12}))
	offs := make(map[*sensor][]float64)
	for _, m := range measure(g, 12*10_000) {
		offs[m.sensor] = append(offs[m.sensor], m.off)
		if m.quality != good {
			t.Fatalf("%+v", m)
		}
	}
	for s, off := range offs {
		var sum, squares, jump float64
		for i, x := range off {
			sum, squares = sum+x, squares+x*x
			if i > 0 {
				jump = max(jump, math.Abs(x-off[i-1]))
			}
		}
		n := float64(len(off))
		if mean, deviation := sum/n, math.Sqrt(squares/n); math.Abs(mean) > 0.5 || deviation < 0.8 || deviation > 1.25 || jump > 1 {
			t.Errorf("%s (%s): mean %.2f, deviation %.2f, largest jump %.2f swings", s.key, metrics[s.metric].text, mean, deviation, jump)
		}
	}
}

func TestSensorsReportInTurn(t *testing.T) {
	ms := measure(must(newFleet(Config{Seed: 4}, SensorConfig{Sensors: 30})), 300)
	for i, m := range ms {
		if m.sensor != ms[i%30].sensor || m.count != i/30+1 {
			t.Fatalf("reading %d is %+v", i, m)
		}
	}
}

// TestSensorsDropOut measures silence as a consumer can: by the gaps in the sequence of each sensor.
func TestSensorsDropOut(t *testing.T) {
	for _, row := range []struct {
		name    string
		skew    Skew
		dropout float64
	}{
		{"uniform", Uniform(), 0.05},
		{"often", Uniform(), 0.4},
		{"zipf", Zipf(1), 0.1},
		{"never", Zipf(1), 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			const rate = 20 // a silence is about 1,200 records
			g := must(newFleet(Config{Seed: 4, Rate: rate}, SensorConfig{Sensors: 100, Skew: row.skew, Dropout: row.dropout}))
			last := make(map[*sensor]measured)
			var lost, all, gaps, silent float64
			for _, m := range measure(g, 600_000) {
				before, known := last[m.sensor]
				last[m.sensor] = m
				missed := m.count - before.count - 1
				if (missed > 0) != (m.quality == resumed) {
					t.Fatalf("%+v after %+v", m, before)
				}
				lost, all = lost+float64(missed), all+float64(missed)+1
				if known && m.quality == resumed {
					gaps, silent = gaps+1, silent+float64(m.number-before.number)
				}
			}
			if share := lost / all; math.Abs(share-row.dropout) > 0.12*row.dropout {
				t.Errorf("%.4f of the readings are lost", share)
			}
			if row.dropout == 0 || row.skew != Uniform() {
				return
			}
			if mean := silent / gaps / rate; mean < 58 || mean > 70 { // up to its next turn after the silence
				t.Errorf("a silence is %.1f s long", mean)
			}
		})
	}
}

func TestSensorsSpike(t *testing.T) {
	const n = 200_000
	spikes := 0
	for _, m := range measure(must(newFleet(Config{Seed: 4}, SensorConfig{Sensors: 50, Spikes: 0.02})), n) {
		off := math.Abs(m.off)
		if m.quality == spike {
			spikes++
		}
		if m.quality == spike && (off < 2 || off > 30) || m.quality == good && off > 6 {
			t.Fatalf("%+v", m)
		}
	}
	if math.Abs(float64(spikes)-0.02*n) > 5*math.Sqrt(0.02*n) {
		t.Errorf("%d spikes of %d", spikes, n)
	}
}

func TestSites(t *testing.T) {
	g := must(newFleet(Config{Seed: 4, Lanes: 4, Key: "siteId"}, SensorConfig{Sensors: 250}))
	sensors := make(map[string]map[*sensor]bool)
	for lane := range 4 {
		l := g.Lane(lane).(*sensorLane)
		var r Record
		for range 100 {
			l.Next(0, &r)
			if sensors[r.Key] == nil {
				sensors[r.Key] = make(map[*sensor]bool)
			}
			sensors[r.Key][l.now.sensor] = true
		}
	}
	if len(sensors) != g.Keys() || g.Keys() != 16 { // 63, 63, 62 and 62 sensors: 4 sites each
		t.Errorf("%d sites, %d keys", len(sensors), g.Keys())
	}
	for site, of := range sensors {
		if len(of) > sensorsPerSite {
			t.Errorf("%s has %d sensors", site, len(of))
		}
	}
}
