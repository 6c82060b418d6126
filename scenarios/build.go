package scenarios

import (
	"errors"
	"fmt"
	"time"

	"github.com/wavetank/wavetank/generators"
)

// NewGenerator makes the generator of a load of the scenario. The run id is written into the records; loads of one run need
// different ones, since a record is identified by run, lane and number. Offset 0 of the load is at start.
func (l *Load) NewGenerator(s *Scenario, run uint32, start time.Time) (generators.Generator, error) {
	schedule, err := l.NewSchedule(s)
	if err != nil {
		return nil, err
	}
	c := generators.Config{
		Seed:  l.seed(s),
		Run:   run,
		Lanes: l.Lanes,
		Start: start,
		Rate:  schedule.Expected(schedule.Duration()) / schedule.Duration().Seconds(),
		Key:   l.PartitionKey,

		MaxRecord: int64(l.MaxRecord(s)),
	}
	g, err := l.Generator.build(c)
	if err != nil {
		return nil, err
	}
	return generators.Compress(g, l.Generator.Compression)
}

// MaxRecord is the largest record, with its partition key, that the load's destination takes.
func (l *Load) MaxRecord(s *Scenario) Bytes {
	if stream, ok := s.Pipeline.Streams[l.Stream]; ok {
		return max(stream.MaxRecordSize, MiB)
	}
	return MiB
}

// seed is the scenario's for its first load, and another for each further one: two loads never make the same records.
func (l *Load) seed(s *Scenario) uint64 {
	const stride = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio: seeds far apart
	for i := range s.Load {
		if &s.Load[i] == l {
			return s.Seed + uint64(i)*stride
		}
	}
	return s.Seed
}

func (g Generator) build(c generators.Config) (generators.Generator, error) {
	skew, err := g.parseSkew()
	switch {
	case err != nil:
		return nil, err
	case g.Clickstream != nil:
		return generators.NewClickstream(c, generators.ClickstreamConfig{
			Users: g.Clickstream.Users, Skew: skew, Size: g.Clickstream.Size.config(),
			Products: g.Clickstream.Products, ThinkTime: g.Clickstream.ThinkTime.Std(),
		})
	case g.Sensor != nil:
		return generators.NewSensor(c, generators.SensorConfig{
			Sensors: g.Sensor.Sensors, Skew: skew, Size: g.Sensor.Size.config(),
			Dropout: float64(g.Sensor.Dropout), Spikes: float64(g.Sensor.Spikes),
		})
	case g.Transaction != nil:
		return generators.NewTransaction(c, generators.TransactionConfig{
			Accounts: g.Transaction.Accounts, Skew: skew, Size: g.Transaction.Size.config(), Fraud: float64(g.Transaction.Fraud),
		})
	case g.Template != nil && g.Template.Data == nil:
		return nil, fmt.Errorf("read template: %s is not where the scenario is", g.Template.File)
	case g.Template != nil:
		return generators.NewTemplate(c, generators.TemplateConfig{Name: g.Template.File, Data: g.Template.Data})
	}
	return nil, errors.New("make generator: the load has none")
}

// parseSkew is the skew of the entities, uniform where there are none.
func (g Generator) parseSkew() (generators.Skew, error) {
	switch {
	case g.Clickstream != nil:
		return generators.ParseSkew(g.Clickstream.Skew)
	case g.Sensor != nil:
		return generators.ParseSkew(g.Sensor.Skew)
	case g.Transaction != nil:
		return generators.ParseSkew(g.Transaction.Skew)
	}
	return generators.Uniform(), nil
}

func (s Size) config() generators.Size { return generators.Size{P50: int64(s.P50), P99: int64(s.P99)} }

// NewSchedule makes the schedule of a load of the scenario, exactly as long as the scenario's duration: what phases have
// beyond it is cut off, and where they are shorter their last rate goes on.
func (l *Load) NewSchedule(s *Scenario) (*generators.Schedule, error) {
	a := generators.Arrivals{Kind: l.Arrivals.Kind, Dispersion: l.Arrivals.Dispersion, Period: l.Arrivals.Period.Std()}
	if len(l.Phases) == 0 {
		steady := []generators.Phase{generators.Constant(float64(l.Rate), s.Duration.Std())}
		return generators.NewSchedule(steady, a, l.seed(s))
	}
	var phases []generators.Phase
	left := s.Duration
	for _, p := range l.Phases {
		if left <= 0 {
			break
		}
		length := min(left, Duration(p.Duration()))
		phases = append(phases, p.build(length)...)
		left -= length
	}
	schedule, err := generators.NewSchedule(phases, a, l.seed(s))
	if err != nil || left <= 0 {
		return schedule, err
	}
	last := generators.Constant(schedule.Rate(schedule.Duration()), left.Std())
	return generators.NewSchedule(append(phases, last), a, l.seed(s))
}

// build makes the first part of a phase, up to a length that is at most the phase's own.
func (p Phase) build(length Duration) []generators.Phase {
	whole := length.Std() == p.Duration()
	over := length.Std()
	switch {
	case p.Hold != nil:
		return []generators.Phase{generators.Constant(float64(p.Hold.Rate), over)}
	case p.Ramp != nil:
		reached := p.Ramp.To
		if !whole {
			reached = between(p.Ramp.From, p.Ramp.To, length, p.Ramp.Over)
		}
		return []generators.Phase{generators.Ramp(float64(p.Ramp.From), float64(reached), over)}
	case p.Sine != nil:
		return []generators.Phase{generators.Sine(float64(p.Sine.Mean), float64(p.Sine.Amplitude), p.Sine.Period.Std(), over)}
	case p.Step != nil && whole:
		return []generators.Phase{generators.Step(float64(p.Step.From), float64(p.Step.To), p.Step.Steps, over)}
	case p.Step != nil:
		return cutLevels(p.Step.levels(), length)
	case p.Spike != nil && whole:
		return []generators.Phase{generators.Spike(float64(p.Spike.Base), float64(p.Spike.Peak), p.Spike.At.Std(), p.Spike.Width.Std(), over)}
	case p.Spike != nil:
		return cutLevels(p.Spike.levels(), length)
	case p.Trace != nil:
		return []generators.Phase{generators.Trace(p.Trace.cut(length))}
	}
	return []generators.Phase{{}} // NewSchedule refuses it
}

// between is the rate at t on the straight line from one rate to another.
func between(from, to Rate, t, over Duration) Rate {
	return from + (to-from)*Rate(float64(t)/float64(over))
}

// levels are the steps as phases of their own.
func (s *Step) levels() []Hold {
	levels := make([]Hold, s.Steps)
	for i := range levels {
		n := Duration(s.Steps)
		begin, end := s.Over*Duration(i)/n, s.Over*Duration(i+1)/n
		levels[i] = Hold{Rate: between(s.From, s.To, Duration(i), n-1), For: end - begin}
	}
	return levels
}

// levels are the stretches beside and of the peak as phases of their own.
func (s *Spike) levels() []Hold {
	return []Hold{{s.Base, s.At}, {s.Peak, s.Width}, {s.Base, s.For - s.At - s.Width}}
}

// cutLevels keeps what is within a length.
func cutLevels(levels []Hold, length Duration) (kept []generators.Phase) {
	for _, level := range levels {
		over := min(level.For, length)
		if over > 0 {
			kept = append(kept, generators.Constant(float64(level.Rate), over.Std()))
		}
		length -= over
	}
	return kept
}

// cut keeps the points within a length, with one more at its end.
func (t *Trace) cut(length Duration) (kept []generators.TracePoint) {
	for i, p := range t.Points {
		if p.At >= length && i > 0 {
			before := t.Points[i-1]
			rate := p.Rate
			if p.At > length {
				rate = between(before.Rate, p.Rate, length-before.At, p.At-before.At)
			}
			return append(kept, generators.TracePoint{At: length.Std(), Rate: float64(rate)})
		}
		kept = append(kept, generators.TracePoint{At: p.At.Std(), Rate: float64(p.Rate)})
	}
	return kept
}
