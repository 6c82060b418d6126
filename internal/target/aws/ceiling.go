package aws

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// A stand-in takes what it takes: where a plan is above that, what is late is the stand-in's doing and not the pipeline's.
// Both ends are measured for a moment before the load: how much a stream of its own takes, and how fast each function's
// mapping drains a few batches of markers.

const (
	ceilingStream  = "wavetank-ceiling" // what is put there nobody reads
	ceilingShards  = 4
	ceilingTime    = time.Second
	ceilingWriters = 8
	drainBatches   = 4
	drainPatience  = 20 * time.Second
	headroom       = 0.9 // of a ceiling is what is offered instead
)

// ceilings measures both ends and notes them, and whether the plan is above.
func (t *Target) ceilings(ctx context.Context, s *scenarios.Scenario) error {
	t.phase("measuring what the target takes")
	takes, err := t.putCeiling(ctx, s)
	if err != nil {
		return fmt.Errorf("measure what the target takes: %w", err)
	}
	t.noteServiceClock(ctx, ceilingStream)
	found := []string{fmt.Sprintf("it takes about %.0f records/s in requests like the plan's", takes)}
	planned, together := peaks(s)
	lowest, above := takes, together > takes
	functions := t.toMake(s).Functions
	for _, stream := range slices.Sorted(maps.Keys(s.Pipeline.Streams)) {
		rate := planned[target.Destination{Stream: stream}]
		if rate == 0 || t.there(kindStream, stream) {
			continue // what others read is not flooded with markers
		}
		for _, name := range slices.Sorted(maps.Keys(functions)) {
			for _, e := range functions[name].EventSources {
				if e.Stream != stream {
					continue
				}
				t.phase("measuring what " + name + " drains")
				drains, err := t.drainCeiling(ctx, name, e)
				if err != nil {
					return fmt.Errorf("measure what function %s drains: %w", name, err)
				}
				found = append(found, fmt.Sprintf("its mapping hands %s about %.0f records/s", name, drains))
				lowest, above = min(lowest, drains), above || rate > drains
			}
		}
	}
	t.note("this target's own ceiling, measured before the load: " + strings.Join(found, ", "))
	if above {
		t.note("the plan is above that ceiling: what is late then is the target's doing and not the pipeline's; " + below(s, headroom*lowest))
	}
	return nil
}

// below says which load stays below a ceiling.
func below(s *scenarios.Scenario, rate float64) string {
	if len(s.Load) == 1 {
		return fmt.Sprintf("--rate %.0f/s stays below", max(1, rate))
	}
	return fmt.Sprintf("%.0f/s of all loads together stay below (--rate is the first one's)", max(1, rate))
}

// peaks is the highest rate planned for each stream and each Direct PUT, and for all together, in records a second.
func peaks(s *scenarios.Scenario) (each map[target.Destination]float64, together float64) {
	each = map[target.Destination]float64{}
	var expected []func(time.Duration) float64 // records until then
	var into []target.Destination
	for i := range s.Load {
		if schedule, err := s.Load[i].NewSchedule(s); err == nil {
			expected, into = append(expected, schedule.Expected), append(into, destination(&s.Load[i]))
		}
	}
	for at := time.Duration(0); at < s.Duration.Std(); at += time.Second {
		now, all := map[target.Destination]float64{}, 0.0
		for i, until := range expected {
			n := until(at+time.Second) - until(at)
			now[into[i]] += n
			all += n
		}
		for d, n := range now {
			each[d] = max(each[d], n)
		}
		together = max(together, all)
	}
	return each, together
}

func destination(l *scenarios.Load) target.Destination {
	return target.Destination{Stream: l.Stream, DeliveryStream: l.DeliveryStream}
}

// usualBatch is how many records the plan's largest requests hold, as its rate and linger say.
func usualBatch(s *scenarios.Scenario) int {
	batch := 1
	each, _ := peaks(s)
	for i := range s.Load {
		l := &s.Load[i]
		batch = max(batch, min(l.Batch.Records, int(each[destination(l)]*l.Batch.Linger.Std().Seconds())+1))
	}
	return batch
}

// putCeiling is how many records a second a stream takes, in requests like the plan's.
func (t *Target) putCeiling(ctx context.Context, s *scenarios.Scenario) (float64, error) {
	batch := usualBatch(s)
	entries := make([]types.PutRecordsRequestEntry, batch)
	body := append(slices.Clone(t.config.Marker), make([]byte, 400)...)
	for i := range entries {
		entries[i] = types.PutRecordsRequestEntry{Data: body, PartitionKey: aws.String(fmt.Sprint(i))}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var writers sync.WaitGroup
	var mu sync.Mutex
	var taken int
	var first error
	start := time.Now()
	for range ceilingWriters {
		writers.Go(func() {
			for time.Since(start) < ceilingTime {
				out, err := t.kinesis.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: t.stream(ceilingStream), Records: entries})
				mu.Lock()
				if err != nil {
					first = err
				} else {
					taken += batch - int(aws.ToInt32(out.FailedRecordCount))
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	writers.Wait()
	if taken == 0 && first != nil {
		return 0, first
	}
	return float64(taken) / time.Since(start).Seconds(), nil
}

// drain counts the markers that reach a function while its ceiling is measured.
type drain struct {
	mu      sync.Mutex
	began   time.Time // of the first invocation
	first   int       // its markers: they were there when the clock began
	last    time.Time
	markers int
	full    chan struct{} // closed when enough have come
	want    int
}

// invoked notes one invocation's markers.
func (d *drain) invoked(begin, end time.Time, markers int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if markers == 0 || d.markers >= d.want {
		return
	}
	if d.markers == 0 {
		d.began, d.first = begin, markers
	}
	d.last = end
	if d.markers += markers; d.markers >= d.want {
		close(d.full)
	}
}

// rate is the records a second that came after the first batch.
func (d *drain) rate() float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	took := d.last.Sub(d.began).Seconds()
	if d.markers <= d.first || took <= 0 {
		return float64(d.markers)
	}
	return float64(d.markers-d.first) / took
}

// drainCeiling is how many records a second a mapping hands to its function when there are more than it can take.
func (t *Target) drainCeiling(ctx context.Context, function string, e scenarios.EventSource) (float64, error) {
	want := drainBatches * e.BatchSize
	d := &drain{want: want, full: make(chan struct{})}
	t.drains.Store(&draining{function, e.Stream, d})
	defer t.drains.Store(nil)
	shards, err := t.shards(ctx, e.Stream)
	if err != nil {
		return 0, err
	}
	var entries []types.PutRecordsRequestEntry
	for i := range want {
		entries = append(entries, types.PutRecordsRequestEntry{
			Data: t.config.Marker, PartitionKey: aws.String("wavetank"),
			ExplicitHashKey: shards[i%len(shards)].HashKeyRange.StartingHashKey,
		})
	}
	for chunk := range slices.Chunk(entries, 500) {
		if _, err := t.kinesis.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: t.stream(e.Stream), Records: chunk}); err != nil {
			return 0, err
		}
	}
	patience := time.NewTimer(drainPatience)
	defer patience.Stop()
	select {
	case <-d.full:
	case <-patience.C:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	return d.rate(), nil
}

// draining is the function whose ceiling is measured.
type draining struct {
	function, stream string
	*drain
}
