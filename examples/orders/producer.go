package orders

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

const (
	// requestRecords is how many records a PutRecords request may have. An order has some hundred bytes, so that the limit of
	// a request's bytes is never reached first.
	requestRecords = 500

	// attempts is how often records are put before Publish gives them up: with the waits between them, about 20 seconds.
	attempts = 10
)

// Putter is the part of a *kinesis.Client that a Publisher uses.
type Putter interface {
	PutRecords(context.Context, *kinesis.PutRecordsInput, ...func(*kinesis.Options)) (*kinesis.PutRecordsOutput, error)
}

// Publisher puts orders into a stream. It may be used by several goroutines.
type Publisher struct {
	Client Putter
	Stream string
}

// UnsentError says that a stream has refused records until Publish gave up. Others may have been stored.
type UnsentError struct {
	Records int    // so many
	Code    string // why the first was refused last: ProvisionedThroughputExceededException
}

func (e *UnsentError) Error() string {
	return fmt.Sprintf("%d orders are not stored after %d attempts: %s", e.Records, attempts, e.Code)
}

// Publish stores orders and returns when all of them are stored. Where it returns an error some may not be: publishing all
// of them again is right, because an order that comes twice counts once.
func (p *Publisher) Publish(ctx context.Context, orders ...Order) error {
	for chunk := range slices.Chunk(orders, requestRecords) {
		entries := make([]types.PutRecordsRequestEntry, len(chunk))
		for i, o := range chunk {
			data, err := json.Marshal(o)
			if err != nil {
				return fmt.Errorf("publish order %s: %w", o.ID, err)
			}
			// The order's id as the key spreads the load best. Nothing depends on the order of two orders.
			entries[i] = types.PutRecordsRequestEntry{Data: data, PartitionKey: aws.String(o.ID)}
		}
		if err := p.put(ctx, entries); err != nil {
			return fmt.Errorf("publish %d orders: %w", len(orders), err)
		}
	}
	return nil
}

// put stores entries. The SDK tries a request again that fails as a whole; records that are refused in a request that
// succeeds are ours.
func (p *Publisher) put(ctx context.Context, entries []types.PutRecordsRequestEntry) error {
	for attempt := 1; ; attempt++ {
		out, err := p.Client.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String(p.Stream), Records: entries})
		if err != nil {
			return err
		}
		rest, code := refused(entries, out)
		if len(rest) == 0 {
			return nil
		}
		if attempt == attempts {
			return &UnsentError{Records: len(rest), Code: code}
		}
		if err := sleep(ctx, backoff(attempt)); err != nil {
			return fmt.Errorf("%d orders are refused (%s): %w", len(rest), code, err)
		}
		entries = rest
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
