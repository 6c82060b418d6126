package generators

import (
	"fmt"
	"math"
	"strings"
)

// SensorConfig is a fleet of sensors. The zero value is 1,000 sensors that never drop out and never spike.
//
// A sensor measures one thing (temperature, humidity, pressure, vibration, co2 or power); its values drift around a
// set-point of its own in a mean-reverting walk. With a uniform skew sensors report in turn, as periodic devices do. Twenty
// sensors that share a lane make a site.
//
// A sensor that drops out is silent for about a minute (30 to 90 s at the configured rate): its readings are lost, which
// leaves a gap in its sequence, and others report instead; the first one after it has the quality "resumed". A spike is one
// reading that is 8 to 23 times as far off as the drift usually is; its quality is "spike". Where all sensors of a lane
// are silent, one comes back early.
//
// Partition keys: sensorId (default), siteId.
//
// A natural body is 320 to 370 bytes. Under a drawn size it loses, in this order and only as far as needed: signal,
// battery, location, model and firmware. What is left is at most 225 bytes.
type SensorConfig struct {
	Sensors int     // 0 is 1,000
	Skew    Skew    // over sensors; zero is uniform
	Size    Size    // zero is natural
	Dropout float64 // the share of time that a sensor is silent, 0 to 1
	Spikes  float64 // the share of readings that are far off, 0 to 1
}

const (
	sensorsPerSite = 20
	silenceSeconds = 60 // mean length of a drop-out
)

// fleet is a generator of sensor readings.
type fleet struct {
	Config
	sensors *population
	inTurn  bool
	sensor  []sensor
	site    []site
	models  []string // ,"model":"…","firmware":"…"
	sizes   *lognormal
	fill    []byte
	spikes  uint64   // chance of a reading
	silence []uint32 // mean records of a drop-out, by lane
}

// sensor is all that the records of one sensor need.
type sensor struct {
	entity
	point   int32 // set-point, hundredths
	site    uint32
	silence uint32 // chance that a reading begins a drop-out, of 2^32
	metric  uint8
	model   uint8
	battery uint8 // percent, two digits
}

type site struct {
	entity
	location string // ,"location":{…}
}

// NewSensor makes a generator of sensor readings.
func NewSensor(c Config, sc SensorConfig) (Generator, error) {
	g, err := newFleet(c, sc)
	if err != nil {
		return nil, fmt.Errorf("make sensor: %w", err)
	}
	return g, nil
}

func newFleet(c Config, sc SensorConfig) (*fleet, error) {
	c, err := c.resolve("sensorId", "siteId")
	if err != nil {
		return nil, err
	}
	sensors, err := count("sensors", sc.Sensors, 1000)
	if err != nil {
		return nil, err
	}
	if err := checkShare("dropout", sc.Dropout); err != nil {
		return nil, err
	}
	if err := checkShare("spikes", sc.Spikes); err != nil {
		return nil, err
	}
	g := &fleet{Config: c, spikes: chance(sc.Spikes), inTurn: sc.Skew == Uniform()}
	if g.sizes, err = sc.Size.sizes(c.maxBody()); err != nil {
		return nil, err
	}
	if g.sensors, err = newPopulation(sensors, c.Lanes, sc.Skew); err != nil {
		return nil, err
	}
	g.fill = fillers.of(c.Seed)
	f := newFaker(c.Seed, "models")
	for range 24 {
		g.models = append(g.models, fmt.Sprintf(`,"model":%s,"firmware":"%d.%d.%d"`,
			quote(strings.ToUpper(f.LetterN(2))+"-"+f.DigitN(4)), f.IntN(5), f.IntN(10), f.IntN(10)))
	}
	g.addSensors(sensors, g.addSites(), sc.Dropout)
	return g, nil
}

// addSites makes the sites of all lanes, one lane after another, and returns the first of each.
func (g *fleet) addSites() (first []int) {
	n := 0
	for lane := range g.Config.Lanes {
		first = append(first, n)
		n += (g.sensors.of(lane) + sensorsPerSite - 1) / sensorsPerSite
	}
	seed := derive(g.Seed, forEntities, uint64('s'))
	g.site = make([]site, n)
	for i, e := range newEntities("site-", n, seed) {
		r := nth(seed, uint64(i))
		p := places[r%uint64(len(places))]
		g.site[i] = site{entity: e, location: fmt.Sprintf(`,"location":{"city":%s,"lat":%s,"lon":%s,"floor":%d}`,
			quote(p.city), degrees(p.lat+int32(r>>8%4000)), degrees(p.lon+int32(r>>24%4000)), r>>40%12)}
	}
	return first
}

// degrees writes hundred-thousandths of a degree.
func degrees(v int32) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	return fmt.Sprintf("%s%d.%05d", sign, v/100_000, v%100_000)
}

// addSensors makes the sensors. One that is silent d of the time, T records of its lane at once, reports for T·(1 − d)/d
// records in between. Since the silent ones are passed over, it is asked weight/(1 − d) times a record; so it drops out
// with the chance d/(T·weight) each time.
func (g *fleet) addSensors(n int, firstSite []int, dropout float64) {
	for lane := range g.Config.Lanes {
		mean := silenceSeconds * g.Rate * g.Share(lane)
		g.silence = append(g.silence, uint32(min(max(mean, 2), math.MaxUint32)))
	}
	seed := derive(g.Seed, forEntities)
	g.sensor = make([]sensor, n)
	for i, e := range newEntities("sn-", n, seed) {
		r := nth(seed, uint64(i))
		lane := i % g.Config.Lanes
		s := sensor{
			entity:  e,
			site:    uint32(firstSite[lane] + i/g.Config.Lanes/sensorsPerSite),
			metric:  uint8(r % uint64(len(metrics))),
			model:   uint8(r >> 8 % uint64(len(g.models))),
			battery: uint8(10 + r>>16%90),
		}
		m := &metrics[s.metric]
		s.point = m.mean - m.spread + int32(below(r, uint32(2*m.spread)))
		if dropout > 0 && g.Share(lane) > 0 {
			weight := g.sensors.weight[i] / g.Share(lane)
			s.silence = uint32(min(chance(dropout/(float64(g.silence[lane])*weight)), math.MaxUint32))
		}
		g.sensor[i] = s
	}
}

func (g *fleet) Kind() string           { return "sensor" }
func (g *fleet) Lanes() int             { return g.Config.Lanes }
func (g *fleet) Share(lane int) float64 { return g.sensors.shares[lane] }
func (g *fleet) Identified() bool       { return true }

func (g *fleet) Keys() int {
	if g.Key == "siteId" {
		return len(g.site)
	}
	return len(g.sensor)
}

func (g *fleet) Lane(lane int) Lane {
	l := &sensorLane{
		fleet: g,
		lane:  uint32(lane),
		seed:  derive(g.Seed, forReadings, uint64(lane)),
		picks: g.sensors.picks[lane],
		stamp: newStamp(g.Start),
	}
	l.readings = make([]reading, g.sensors.of(lane))
	l.history = newHistory[sensorState](16 * len(l.readings))
	copy(l.head[:], sensorForm)
	copy(l.head[:], AppendIdentity(nil, g.Run, l.lane, 0))
	return l
}
