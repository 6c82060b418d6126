// Package leases reads a stream with several workers, as the Kinesis Client Library does: a shard is read by the worker that has its
// lease. Workers share the leases evenly, take over those of a worker that has died, and begin with a shard when its
// parents have been read to their end.
package leases

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"example.com/consumers/internal/calls"
	"example.com/consumers/internal/lineage"
	"example.com/consumers/pershard"
)

// Worker reads the shards whose leases it has, each record at least once, and those of a key in their order.
type Worker struct {
	Name   string // no other worker's
	Client pershard.Client
	Stream string
	Table  Table
	Log    *slog.Logger

	// Timeout is after how long a lease that was not renewed is anybody's. All workers have the same; three times in it a worker
	// renews its own.
	Timeout time.Duration

	// Handle takes records of a shard. An error of its ends the Worker.
	Handle func(ctx context.Context, shard string, records []types.Record) error

	held map[string]*held
	seen map[string]sighting
}

// held is a lease that the worker has, and the goroutine that reads its shard.
type held struct {
	lease   Lease
	renewed time.Time
	stop    context.CancelFunc
	ended   chan error
}

// wait waits until a shard that is not to be read any more is not.
func (h *held) wait(ctx context.Context, log *slog.Logger) {
	if err := <-h.ended; err != nil && !errors.Is(err, context.Canceled) {
		log.WarnContext(ctx, "reading has ended", "shard", h.lease.Shard, "err", err)
	}
}

// sighting is when a lease was first seen as it is, by the worker's own clock: those of others may be wrong.
type sighting struct {
	epoch, beat int64
	at          time.Time
}

// Run works until the context is done, and then leaves its leases to others, or until something fails that does not pass.
func (w *Worker) Run(ctx context.Context) error {
	w.held, w.seen = map[string]*held{}, map[string]sighting{}
	defer w.leave(context.WithoutCancel(ctx))
	tick := time.NewTicker(w.Timeout / 3)
	defer tick.Stop()
	for {
		if err := w.round(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// leave ends all reading and releases the leases. Where that fails they are taken when their time is over.
func (w *Worker) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, w.Timeout)
	defer cancel()
	for _, h := range w.held {
		h.stop()
	}
	for shard, h := range w.held {
		h.wait(ctx, w.Log)
		if err := w.Table.Release(ctx, h.lease); err != nil {
			w.Log.WarnContext(ctx, "a lease is not released", "shard", shard, "err", err)
		}
	}
}

// round is what a worker does at each tick. What fails in it and passes is done at the next.
func (w *Worker) round(ctx context.Context) error {
	for shard := range w.held {
		if err := w.keep(ctx, shard); err != nil {
			return err
		}
	}
	if err := w.discover(ctx); err != nil {
		return err
	}
	all, err := w.Table.List(ctx)
	if err != nil {
		w.Log.WarnContext(ctx, "the leases cannot be listed", "err", err)
		return nil
	}
	w.look(all)
	for _, l := range w.choose(all) {
		taken, err := w.Table.Take(ctx, l, w.Name)
		if err != nil {
			w.Log.InfoContext(ctx, "a lease is not taken", "shard", l.Shard, "err", err)
			continue
		}
		w.read(ctx, taken)
	}
	return nil
}

// discover creates the leases of shards that are new.
func (w *Worker) discover(ctx context.Context) error {
	shards, err := lineage.List(ctx, w.Client, w.Stream)
	switch {
	case err != nil && calls.Passes(err):
		w.Log.WarnContext(ctx, "the shards cannot be listed", "err", err)
		return nil
	case err != nil:
		return err
	}
	for _, s := range shards {
		if err := w.Table.Create(ctx, Lease{Shard: aws.ToString(s.ShardId), Parents: s.ParentShards}); err != nil {
			w.Log.WarnContext(ctx, "a lease cannot be created", "shard", aws.ToString(s.ShardId), "err", err)
			return nil
		}
	}
	return nil
}

// keep renews a lease, and gives it up where it is another's, where its shard has ended, and where it could not be renewed for so
// long that another may have it.
func (w *Worker) keep(ctx context.Context, shard string) error {
	h := w.held[shard]
	select {
	case err := <-h.ended:
		if err != nil && !errors.Is(err, ErrLost) {
			h.ended <- err // for leave, which releases this one too
			return fmt.Errorf("read %s: %w", shard, err)
		}
		delete(w.held, shard)
		return nil
	default:
	}
	err := w.Table.Renew(ctx, h.lease)
	switch {
	case err == nil:
		h.renewed = time.Now()
	case errors.Is(err, ErrLost) || time.Since(h.renewed) >= w.Timeout*2/3: // before the next round it is over
		w.Log.WarnContext(ctx, "a lease is given up", "shard", shard, "err", err)
		h.stop()
		h.wait(ctx, w.Log)
		delete(w.held, shard)
	}
	return nil
}

// read reads the shard of a lease that was taken.
func (w *Worker) read(ctx context.Context, l Lease) {
	ctx, stop := context.WithCancel(ctx)
	h := &held{lease: l, renewed: time.Now(), stop: stop, ended: make(chan error, 1)}
	w.held[l.Shard] = h
	reader := &pershard.Consumer{
		Client: w.Client, Stream: w.Stream, Checkpoints: &checkpoint{w, l}, Log: w.Log, Handle: w.Handle,
	}
	go func() {
		_, err := reader.Read(ctx, l.Shard) // the children are found by discover
		h.ended <- err
	}()
}

// checkpoint is that of one lease.
type checkpoint struct {
	worker *Worker
	lease  Lease
}

func (c *checkpoint) Get(context.Context, string) (sequence string, err error) {
	return c.lease.Checkpoint, nil
}

// Set writes a checkpoint, as long as the lease is ours, however long the table cannot be reached.
func (c *checkpoint) Set(ctx context.Context, shard, sequence string) error {
	for failures := 1; ; failures++ {
		err := c.worker.Table.Checkpoint(ctx, c.lease, sequence)
		if err == nil || errors.Is(err, ErrLost) {
			return err
		}
		c.worker.Log.WarnContext(ctx, "a checkpoint is not written", "shard", shard, "err", err)
		if err := calls.Wait(ctx, calls.Backoff(failures)); err != nil {
			return err
		}
	}
}
