package aws

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/wavetank/wavetank/scenarios"
)

// delivering are the delivery streams of a run on their way to be ACTIVE.
type delivering struct {
	target *Target
	names  []string
	making sync.WaitGroup
	err    error // of making them, once that is over
}

// deliver makes the delivery streams; in a stand-in, where each takes most of a minute, beside what follows.
func (t *Target) deliver(ctx context.Context, made scenarios.Pipeline) (*delivering, error) {
	d := &delivering{target: t, names: slices.Sorted(maps.Keys(made.DeliveryStreams))}
	if t.config.StandIn {
		d.making.Go(func() { d.make(ctx, made) })
		return d, nil
	}
	d.make(ctx, made)
	return d, d.err
}

func (d *delivering) make(ctx context.Context, made scenarios.Pipeline) {
	for _, name := range d.names {
		d.target.phase("making delivery stream " + name)
		if err := d.target.makeDeliveryStream(ctx, name, made.DeliveryStreams[name]); err != nil {
			d.err = fmt.Errorf("make delivery stream %s: %w", name, err)
			return
		}
	}
}

// active waits until they take records.
func (d *delivering) active(ctx context.Context) error {
	d.making.Wait()
	if d.err != nil {
		return d.err
	}
	for _, name := range d.names {
		d.target.phase("waiting for delivery stream " + name + " to become ACTIVE")
		if err := d.target.deliveryStreamActive(ctx, name); err != nil {
			return fmt.Errorf("make delivery stream %s: %w", name, err)
		}
	}
	return nil
}
