package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func fanOutCases() []Case {
	needs := []string{NeedsKinesis}
	return []Case{
		{
			Name: "register-consumer", Area: "enhanced fan-out", Needs: needs, Makes: Makes{Streams: 1, Shards: 1, Consumers: 1}, run: registerConsumer,
			Claim:  "a registered consumer becomes ACTIVE",
			Source: "API reference RegisterStreamConsumer",
		},
		{
			Name: "fan-out-latency", Area: "enhanced fan-out", Needs: needs, Makes: Makes{Streams: 1, Shards: 1, Consumers: 1}, run: fanOutLatency,
			Claim:  "SubscribeToShard pushes every record within about 70 ms (median below 200 ms)",
			Source: "developer guide \"Developing consumers with dedicated throughput\"",
		},
		{
			Name: "second-subscription", Area: "enhanced fan-out", Needs: needs, Makes: Makes{Streams: 1, Shards: 1, Consumers: 1}, run: secondSubscription,
			Claim:  "a second subscription of a consumer within 5 s is refused: ResourceInUseException",
			Source: "API reference SubscribeToShard",
		},
	}
}

// consumer registers a consumer of a stream and waits until it is ACTIVE.
func (b *bench) consumer(ctx context.Context, stream string) (*string, error) {
	d, err := b.describe(ctx, stream)
	if err != nil {
		return nil, err
	}
	out, err := b.kinesis.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{
		StreamARN: d.StreamARN, ConsumerName: aws.String(b.name("reader")),
	})
	if err == nil && (out.Consumer == nil || out.Consumer.ConsumerARN == nil) {
		err = errOther
	}
	if err != nil {
		return nil, at("RegisterStreamConsumer", err)
	}
	arn := out.Consumer.ConsumerARN
	b.made("consumer "+*arn, func(ctx context.Context) error {
		_, err := b.kinesis.DeregisterStreamConsumer(ctx, &kinesis.DeregisterStreamConsumerInput{ConsumerARN: arn})
		return err
	})
	return arn, at("wait for the consumer", until(ctx, func() (bool, error) {
		out, err := b.kinesis.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{ConsumerARN: arn})
		return err == nil && out.ConsumerDescription != nil && out.ConsumerDescription.ConsumerStatus == types.ConsumerStatusActive, err
	}))
}

func registerConsumer(ctx context.Context, b *bench) Finding {
	name, err := b.stream(ctx, 1)
	if err != nil {
		return stuck(err)
	}
	arn, err := b.consumer(ctx, name)
	if err != nil {
		return refused(err)
	}
	return does("%s", *arn)
}

// subscribing is the step at which an endpoint without fan-out says so.
const subscribing = "SubscribeToShard"

func (b *bench) subscribe(ctx context.Context, consumer, shard *string) (*kinesis.SubscribeToShardEventStream, error) {
	out, err := b.kinesis.SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{
		ConsumerARN: consumer, ShardId: shard, StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeLatest},
	})
	if err != nil {
		return nil, at(subscribing, err)
	}
	return out.GetStream(), nil
}

// subscribed is a stream of one shard with a consumer and its subscription.
func (b *bench) subscribed(ctx context.Context) (name string, consumer, shard *string, events *kinesis.SubscribeToShardEventStream, err error) {
	name, results, err := b.filled(ctx, 1)
	if err != nil {
		return "", nil, nil, nil, err
	}
	consumer, err = b.consumer(ctx, name)
	if err != nil {
		return "", nil, nil, nil, err
	}
	shard = results[0].ShardId
	events, err = b.subscribe(ctx, consumer, shard)
	return name, consumer, shard, events, err
}

// unsubscribed is the finding where there is no subscription. Some endpoints leave out the event with which a stream of
// events begins, and the SDKs give up on that.
func unsubscribed(err error) Finding {
	if strings.Contains(err.Error(), "initial-response") {
		return doesNot("the SDK cannot read the events: %s", explain(err))
	}
	if e := (*stepError)(nil); errors.As(err, &e) && e.step == subscribing {
		return refused(err)
	}
	return stuck(err)
}

func secondSubscription(ctx context.Context, b *bench) Finding {
	_, consumer, shard, events, err := b.subscribed(ctx)
	if err != nil {
		return unsubscribed(err)
	}
	defer func() { _ = events.Close() }()
	second, err := b.subscribe(ctx, consumer, shard)
	if err == nil {
		defer func() { _ = second.Close() }()
	}
	return wants(err, "ResourceInUseException", "")
}

// fanOutLatency puts twenty records a tenth of a second apart and times each from its put's begin until its event.
func fanOutLatency(ctx context.Context, b *bench) Finding {
	const n = 20
	name, _, _, events, err := b.subscribed(ctx)
	if err != nil {
		return unsubscribed(err)
	}
	defer func() { _ = events.Close() }()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var sent [n]time.Time
	var lags []time.Duration
	next := time.NewTimer(0)
	defer next.Stop()
	for puts := 0; len(lags) < n; {
		select {
		case <-next.C:
			if puts == n {
				continue
			}
			sent[puts] = time.Now()
			if _, err := b.put(ctx, name, record("key", []byte{byte(puts)})); err != nil {
				return stuck(err)
			}
			puts++
			next.Reset(100 * time.Millisecond)
		case e, ok := <-events.Events():
			if !ok {
				return doesNot("the stream of events ended after %d of %d records%s", len(lags), n, because(events.Err()))
			}
			event, _ := e.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent)
			if event == nil {
				continue
			}
			for _, r := range event.Value.Records {
				if len(r.Data) != 1 || int(r.Data[0]) >= puts {
					return differs("a record from before LATEST, or one that nobody put")
				}
				lags = append(lags, time.Since(sent[r.Data[0]]))
			}
		case <-ctx.Done():
			return doesNot("%d of %d records after 20 s", len(lags), n)
		}
	}
	slices.Sort(lags)
	median, last := lags[n/2].Round(time.Millisecond), lags[n-1].Round(time.Millisecond)
	if median > 200*time.Millisecond {
		return differs("median %v, at most %v", median, last)
	}
	return does("median %v, at most %v", median, last)
}

func because(err error) string {
	if err == nil {
		return ""
	}
	return fmt.Sprintf(": %s", explain(err))
}
