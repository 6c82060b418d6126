package aws

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/clock"
)

// subscribeEvery is how long after one try to subscribe the next may be: a consumer may try once a second and shard.
const subscribeEvery = time.Second

// fanOut is what a target may not have, and what helps where it has not.
const fanOut = "enhanced fan-out (without enhancedFanOut it polls, which every target can)"

// subscription is an open stream of events.
type subscription struct {
	*kinesis.SubscribeToShardEventStream
	cancel context.CancelFunc
}

func (s *subscription) close() {
	_ = s.Close() // what it still held is pushed again to the next one
	s.cancel()
}

// subscribe opens a subscription: it lasts until the service ends it, after five minutes, or the target stops.
func (r *shardReader) subscribe(ctx context.Context) error {
	t := r.follower.target
	at := &types.StartingPosition{Type: r.from}
	if r.last != "" {
		at.Type, at.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, aws.String(r.last)
	}
	life, cancel := context.WithCancel(t.reading)
	give := context.AfterFunc(ctx, cancel)
	// smithy-go 1.28.9 races with itself where one client holds several subscriptions: one client for each.
	out, err := kinesis.NewFromConfig(t.sdk).SubscribeToShard(life, &kinesis.SubscribeToShardInput{
		ConsumerARN: aws.String(r.consumer), ShardId: aws.String(r.shard), StartingPosition: at,
	})
	if !give() && err == nil {
		err = errors.Join(ctx.Err(), out.GetStream().Close())
	}
	if err != nil {
		cancel()
		return err
	}
	r.events = &subscription{out.GetStream(), cancel}
	return nil
}

// readEvents reads one subscription after the other until one gives nothing: it is the next turn's to try again.
func (r *shardReader) readEvents(p *clock.Proc) {
	for r.readSubscription(p) {
	}
}

// readSubscription reads a subscription to its end. It returns whether that gave anything and the shard goes on.
func (r *shardReader) readSubscription(p *clock.Proc) (goesOn bool) {
	if r.events == nil {
		ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
		err := r.subscribe(ctx)
		cancel()
		if err != nil {
			return false
		}
	}
	defer func() {
		r.events.close()
		r.events = nil
	}()
	for e := range r.events.Events() {
		event, ok := e.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent)
		if !ok {
			continue
		}
		if goesOn = !r.event(p.Now(), &event.Value); !goesOn {
			break
		}
	}
	return goesOn
}

// event takes one event and tells whether it is the shard's last: that names the shards that follow.
func (r *shardReader) event(now time.Time, e *types.SubscribeToShardEvent) (last bool) {
	if len(e.Records) > 0 {
		r.got(now, e.Records)
	}
	if e.ContinuationSequenceNumber != nil {
		r.last = *e.ContinuationSequenceNumber
	}
	r.over, r.children = len(e.ChildShards) > 0, e.ChildShards
	return r.over
}

// register registers a consumer of a stream for enhanced fan-out, waits until it is ACTIVE and returns its ARN. It goes with
// its stream.
func (t *Target) register(ctx context.Context, stream, name string) (arn string, err error) {
	t.phase("registering consumer " + name)
	d, err := t.kinesis.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: t.stream(stream)})
	if err != nil {
		return "", err
	}
	out, err := ask(ctx, t.kinesis.RegisterStreamConsumer, &kinesis.RegisterStreamConsumerInput{
		StreamARN: d.StreamDescriptionSummary.StreamARN, ConsumerName: aws.String(name),
	})
	if err != nil {
		return "", fmt.Errorf("register it as a consumer of %s for %s: %w", stream, fanOut, answer(err))
	}
	t.made.fannedOut = append(t.made.fannedOut, stream)
	if out.Consumer == nil || out.Consumer.ConsumerARN == nil {
		return "", fmt.Errorf("register it as a consumer of %s for %s: no ConsumerARN was told", stream, fanOut)
	}
	return *out.Consumer.ConsumerARN, t.consumerActive(ctx, *out.Consumer.ConsumerARN)
}

// consumerActive waits until a consumer may read.
func (t *Target) consumerActive(ctx context.Context, arn string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		out, err := ask(ctx, t.kinesis.DescribeStreamConsumer, &kinesis.DescribeStreamConsumerInput{ConsumerARN: &arn})
		if err != nil {
			return fmt.Errorf("wait for its stream consumer: %w", answer(err))
		}
		if out.ConsumerDescription != nil && out.ConsumerDescription.ConsumerStatus == types.ConsumerStatusActive {
			return nil
		}
		if err := pause(ctx, t.look()); err != nil {
			return fmt.Errorf("its stream consumer did not become ACTIVE: %w", err)
		}
	}
}
