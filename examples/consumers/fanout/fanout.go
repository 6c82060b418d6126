// Package fanout reads a stream by enhanced fan-out: a subscription for each shard, to which Kinesis pushes records. A subscription
// lasts for five minutes at most, so that a subscriber subscribes again for as long as it lives.
package fanout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"example.com/consumers/internal/calls"
	"example.com/consumers/internal/lineage"
)

// Client is the part of a *kinesis.Client that subscribes.
type Client interface {
	lineage.Lister
	SubscribeToShard(context.Context, *kinesis.SubscribeToShardInput, ...func(*kinesis.Options)) (*kinesis.SubscribeToShardOutput, error)
}

// Subscriber reads a stream, each record at least once, and those of a key in their order.
type Subscriber struct {
	Stream      string
	ConsumerARN string // of a registered consumer that is active
	Log         *slog.Logger

	// NewClient makes a client: func() fanout.Client { return kinesis.NewFromConfig(cfg) }. Each subscription gets one of its own,
	// because two event streams of one client are a data race in smithy-go 1.28 (https://github.com/aws/smithy-go/issues/714).
	// Their connections are those of the configuration's HTTP client all the same.
	NewClient func() Client

	// Handle takes records of a shard. An error of its ends the Subscriber.
	Handle func(ctx context.Context, shard string, records []types.Record) error
}

var (
	errHandle = errors.New("handle records")             // does not pass
	errBroken = errors.New("the subscription broke")     // passes
	errSilent = errors.New("the subscription is silent") // passes
)

// Run reads all shards from their oldest record on, also those that come of splits and merges, until the context is done or
// something fails that does not pass.
func (s *Subscriber) Run(ctx context.Context) error {
	shards, err := lineage.List(ctx, s.NewClient(), s.Stream)
	if err != nil {
		return err
	}
	return lineage.Walk(ctx, shards, s.read)
}

// progress is how far a shard was read.
type progress struct {
	next     types.StartingPosition
	children []types.ChildShard // not empty: it was read to its end
}

// read subscribes to a shard, again and again, until it is at its end.
func (s *Subscriber) read(ctx context.Context, shard string) (children []types.ChildShard, err error) {
	p := progress{next: types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}}
	for failures := 0; ; {
		before := p.next
		err := s.subscribe(ctx, shard, &p)
		switch {
		case len(p.children) > 0:
			return p.children, nil
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err == nil:
			failures = 0 // its time was over
			continue
		case !passes(err):
			return nil, err
		}
		if p.next != before {
			failures = 0
		}
		failures++
		s.Log.WarnContext(ctx, "a subscription has failed", "shard", shard, "in a row", failures, "err", err)
		if err := calls.Wait(ctx, calls.Backoff(failures)); err != nil {
			return nil, err
		}
	}
}

// passes tells whether to subscribe again after an error. ResourceInUse is the answer where the last subscription, of which we
// know that it has ended, is not yet over for Kinesis.
func passes(err error) bool {
	var inUse *types.ResourceInUseException
	switch {
	case errors.Is(err, errHandle):
		return false
	case errors.Is(err, errBroken), errors.Is(err, errSilent), errors.As(err, &inUse):
		return true
	}
	return calls.Passes(err)
}

// silence is how long a subscription may say nothing: Kinesis sends an event about every five seconds, if only an empty one.
const silence = 30 * time.Second

// subscribe reads a shard by one subscription.
func (s *Subscriber) subscribe(ctx context.Context, shard string, p *progress) (err error) {
	out, err := s.NewClient().SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{
		ConsumerARN: &s.ConsumerARN, ShardId: &shard, StartingPosition: &p.next,
	})
	if err != nil {
		return err
	}
	stream := out.GetStream()
	defer func() {
		if closing := stream.Close(); err == nil {
			err = closing
		}
	}()
	timer := time.NewTimer(silence)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer.C:
			return errSilent
		case e, ok := <-stream.Events():
			if !ok {
				return broken(stream.Err())
			}
			timer.Reset(silence)
			event, ok := e.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent)
			if !ok {
				continue // of a kind that did not exist when this was written
			}
			if err := s.take(ctx, shard, &event.Value, p); err != nil || len(p.children) > 0 {
				return err
			}
		}
	}
}

// broken is why an event stream has ended. There is none when its time was over, nor when its connection was cut between two events:
// subscribing again is right for both. What is no answer of the service's comes of the connection, which passes.
func broken(err error) error {
	var api smithy.APIError
	if err == nil || errors.As(err, &api) {
		return err
	}
	return fmt.Errorf("%w: %w", errBroken, err)
}

// take handles an event. Only what was handled counts as read.
func (s *Subscriber) take(ctx context.Context, shard string, e *types.SubscribeToShardEvent, p *progress) error {
	if len(e.Records) > 0 {
		if err := s.Handle(ctx, shard, e.Records); err != nil {
			return fmt.Errorf("%w: %w", errHandle, err)
		}
	}
	if p.children = e.ChildShards; len(p.children) > 0 {
		return nil // the shard's last event; it has no continuation
	}
	p.next = types.StartingPosition{Type: types.ShardIteratorTypeAfterSequenceNumber, SequenceNumber: e.ContinuationSequenceNumber}
	return nil
}
