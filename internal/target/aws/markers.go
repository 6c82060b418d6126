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
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// markers are the sinks at which no marker record has come out yet. A reader that starts at LATEST takes its position
// some time after it was made: measuring before would lose the first records of every run.
type markers struct {
	mu      sync.Mutex
	missing map[string]target.Destination // where the markers of each sink are put
	all     chan struct{}                 // closed when none is missing
}

// newMarkers expects a marker at each sink, and at a function one from each shard that it reads. Where nothing may be
// written no load is offered either: nothing there has to be positioned before it.
func (t *Target) newMarkers(ctx context.Context, s *scenarios.Scenario) (*markers, error) {
	m := &markers{missing: map[string]target.Destination{}, all: make(chan struct{})}
	expect := func(sink string, from target.Destination) {
		if t.mayWrite(from) {
			m.missing[sink] = from
		}
	}
	for name, d := range s.Pipeline.DeliveryStreams {
		expect(name, sourceOrItself(name, d))
	}
	for name, c := range s.Pipeline.Consumers {
		expect(name, target.Destination{Stream: c.Stream})
	}
	for name, f := range t.toMake(s).Functions {
		if t.config.Inside != nil || t.config.Package == nil {
			continue // it tells nothing
		}
		for _, e := range f.EventSources {
			shards, err := t.shards(ctx, e.Stream)
			if err != nil {
				return nil, err
			}
			for i := range shards {
				expect(markedShard(name, e.Stream, shardNumber(aws.ToString(shards[i].ShardId))), target.Destination{Stream: e.Stream})
			}
		}
	}
	if len(m.missing) == 0 {
		close(m.all)
	}
	return m, nil
}

// sourceOrItself is where the records of a delivery stream are put.
func sourceOrItself(name string, d scenarios.DeliveryStream) target.Destination {
	if d.Source != "" {
		return target.Destination{Stream: d.Source}
	}
	return target.Destination{DeliveryStream: name}
}

// markedShard names a function's reading of a shard.
func markedShard(function, stream string, shard int32) string {
	return fmt.Sprintf("%s (shard %d of %s)", function, shard, stream)
}

// seen notes that records came out at a sink, or at a function from a shard.
func (m *markers) seen(sink string, records []target.Record) {
	if m == nil || !slices.ContainsFunc(records, func(r target.Record) bool { return r.Marker }) {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, waited := m.missing[sink]; waited {
		delete(m.missing, sink)
		if len(m.missing) == 0 {
			close(m.all)
		}
	}
}

func (m *markers) left() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.Join(slices.Sorted(maps.Keys(m.missing)), ", ")
}

// from are the streams and delivery streams whose markers are missing at a sink.
func (m *markers) from() map[target.Destination]bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	from := map[target.Destination]bool{}
	for _, d := range m.missing {
		from[d] = true
	}
	return from
}

// warm waits until delivery streams take records, and sends marker records to streams meanwhile: what else reads them is
// positioned, and functions start cold, in that time.
func (t *Target) warm(ctx context.Context, s *scenarios.Scenario, delivering *delivering) error {
	if len(delivering.names) == 0 {
		return nil
	}
	marked, stop := context.WithCancel(ctx)
	var marking sync.WaitGroup
	marking.Go(func() {
		for t.markStreams(marked, s) == nil && pause(marked, time.Second) == nil {
		}
	})
	err := delivering.active(ctx)
	stop()
	marking.Wait()
	return err
}

// position sends marker records to what sinks read until one has come out at each sink, for as long as the slowest buffer
// may take and a minute more, three in an account.
func (t *Target) position(ctx context.Context, s *scenarios.Scenario) error {
	more := time.Minute
	if t.config.Owner != nil {
		more = 3 * time.Minute // AWS: a mapping, or a source, may take minutes to begin
	}
	patience := more
	for _, d := range s.Pipeline.DeliveryStreams {
		patience = max(patience, more+d.Hints().Interval.Std())
	}
	whole := ctx
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		select {
		case <-t.markers.all:
			return nil
		default:
		}
		err := t.markStreams(ctx, s)
		if err == nil {
			err = t.markDeliveryStreams(ctx, s)
		}
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("send marker records: %w", err)
		}
		if err := pause(ctx, time.Second); err != nil {
			if whole.Err() != nil {
				return whole.Err()
			}
			return fmt.Errorf("no marker record came out at %s within %v: is the sink connected?", t.markers.left(), patience)
		}
	}
}

// markStreams sends one marker to each shard of each stream whose markers are missing somewhere.
func (t *Target) markStreams(ctx context.Context, s *scenarios.Scenario) error {
	wanted := t.markers.from()
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Streams)) {
		if !wanted[target.Destination{Stream: name}] {
			continue
		}
		var entries []kinesistypes.PutRecordsRequestEntry
		shards, err := t.shards(ctx, name)
		if err != nil {
			return err
		}
		for i := range shards {
			entries = append(entries, kinesistypes.PutRecordsRequestEntry{
				Data: t.config.Marker, PartitionKey: aws.String("wavetank"),
				ExplicitHashKey: shards[i].HashKeyRange.StartingHashKey,
			})
		}
		for chunk := range slices.Chunk(entries, 500) {
			_, err := t.kinesis.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: t.stream(name), Records: chunk})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// markDeliveryStreams sends one marker to each delivery stream without a source whose marker is missing.
func (t *Target) markDeliveryStreams(ctx context.Context, s *scenarios.Scenario) error {
	wanted := t.markers.from()
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.DeliveryStreams)) {
		if !wanted[target.Destination{DeliveryStream: name}] {
			continue
		}
		_, err := t.firehose.PutRecordBatch(ctx, &firehose.PutRecordBatchInput{
			DeliveryStreamName: t.deliveryStream(name), Records: []firehosetypes.Record{{Data: t.config.Marker}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
