package runner

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// loads is what a run is going to offer. Each load's lanes and keys are numbered after those of the loads before it, so
// that a lane is known by one number throughout the run; bodies carry the lane's number in its own load and tell the load
// by the run id, which counts up from load to load.
type loads struct {
	run   uint32 // id of the first load's records
	loads []*load
	lanes int
	keys  int // 0: some load's keys are unbounded

	aggregates *aggregates // nil where no load makes any
}

type load struct {
	spec      *scenarios.Load
	dest      target.Destination
	generator generators.Generator
	schedule  *generators.Schedule
	source    *generators.Stream
	laneBase  uint32
	keyBase   uint32
	shelf     *shelf   // of its aggregates; nil where it makes none
	shards    shardMap // likewise
	start     time.Time
}

// newLoads builds the generators and schedules of a scenario.
func newLoads(c *Config) (*loads, error) {
	plan := &loads{run: uint32(c.Scenario.Seed)}
	if !c.Virtual {
		plan.run = randomID() // leftovers of an earlier run on the same endpoint are not ours
	}
	bounded := true
	for i := range c.Scenario.Load {
		spec := &c.Scenario.Load[i]
		g, err := spec.NewGenerator(c.Scenario, plan.run+uint32(i), time.Unix(0, 0))
		if err != nil {
			return nil, fmt.Errorf("load %d: %w", i, err)
		}
		s, err := spec.NewSchedule(c.Scenario)
		if err != nil {
			return nil, fmt.Errorf("load %d: %w", i, err)
		}
		plan.loads = append(plan.loads, &load{
			spec: spec, generator: g, schedule: s, laneBase: uint32(plan.lanes), keyBase: uint32(plan.keys),
			dest: target.Destination{Stream: spec.Stream, DeliveryStream: spec.DeliveryStream},
		})
		plan.lanes += g.Lanes()
		plan.keys += g.Keys()
		bounded = bounded && g.Keys() > 0
	}
	if plan.lanes+len(plan.loads) > target.MarkerLane { // a load's aggregates have a lane too
		return nil, fmt.Errorf("the loads have %d lanes together, %d are the most", plan.lanes, target.MarkerLane-len(plan.loads))
	}
	for i, l := range plan.loads {
		if l.spec.Batch.Aggregate != nil {
			l.shelf = plan.newShelf(uint32(plan.lanes + i))
		}
	}
	if !bounded {
		plan.keys = 0
	}
	return plan, nil
}

func randomID() uint32 {
	var b [4]byte
	rand.Read(b[:])
	return binary.BigEndian.Uint32(b[:])
}

// begin fixes the instant from which every record is due.
func (p *loads) begin(start time.Time) {
	for _, l := range p.loads {
		l.start = start
		l.source = generators.NewStream(l.generator.At(start), l.schedule)
	}
}

// identify finds a record's lane and number in its body. Records of other runs are not ours.
func (p *loads) identify(body []byte) (lane uint32, number uint64, ok bool) {
	run, lane, number, ok := generators.ParseIdentity(body)
	if i := run - p.run; ok && i < uint32(len(p.loads)) {
		if lane == target.MarkerLane {
			return lane, number, true
		}
		l := p.loads[i]
		return l.laneBase + lane, number, lane < uint32(l.generator.Lanes())
	}
	return 0, 0, false
}

// marker is the body of a record that shows whether a sink is positioned.
func (p *loads) marker() []byte {
	return append(generators.AppendIdentity(nil, p.run, target.MarkerLane, 0), `"marker":true}`...)
}

// render makes the body of a record again.
func (p *loads) render(dst []byte, r *target.Record) []byte {
	l := p.of(r.Lane)
	return l.source.Body(dst, r.Lane-l.laneBase, r.Number, time.Duration(r.Due-l.start.UnixNano()))
}

// of is the load that a lane belongs to.
func (p *loads) of(lane uint32) *load {
	for i := len(p.loads) - 1; i > 0; i-- {
		if lane >= p.loads[i].laneBase {
			return p.loads[i]
		}
	}
	return p.loads[0]
}

// planned tells what the loads are going to offer, for the run file's header.
func (p *loads) planned() []measure.PlannedLoad {
	var all []measure.PlannedLoad
	for _, l := range p.loads {
		d := l.schedule.Duration()
		h := measure.PlannedLoad{
			Stream: l.spec.Stream, DeliveryStream: l.spec.DeliveryStream, Generator: l.generator.Kind(),
			Lanes: l.generator.Lanes(), Keys: l.generator.Keys(), Records: l.schedule.Expected(d),
		}
		h.MeanRate = h.Records / d.Seconds()
		for at := time.Duration(0); at < d; at += time.Second {
			to := min(at+time.Second, d)
			h.PeakRate = max(h.PeakRate, (l.schedule.Expected(to)-l.schedule.Expected(at))/(to-at).Seconds())
		}
		all = append(all, h)
	}
	return all
}
