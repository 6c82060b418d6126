package orders

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"
)

// Totals is where a Handler adds up orders.
type Totals interface {
	// Add counts an order, once: an order that was counted before changes nothing.
	Add(ctx context.Context, o Order) error
}

// Handler is the Lambda function behind the stream: lambda.Start(h.Handle). Its event source mapping must have
// ReportBatchItemFailures, BisectBatchOnFunctionError, a limit of retries and an on-failure destination, or a record that cannot be
// read blocks its shard until it expires.
type Handler struct {
	Totals Totals
	Log    *slog.Logger
}

// Handle counts the orders of a batch, up to the first that fails. Lambda is told which that is and goes on from there. Where it
// is the batch's first, Handle fails: Lambda does not split what is reported, and would give up the orders behind a record
// that cannot be read together with it. What has failed it splits in two, until that record is alone.
func (h *Handler) Handle(ctx context.Context, e events.KinesisEvent) (events.KinesisEventResponse, error) {
	for i := range e.Records {
		err := h.count(ctx, e.Records[i].Kinesis.Data)
		if err == nil {
			continue
		}
		err = fmt.Errorf("record %s: %w", e.Records[i].EventID, err)
		if i == 0 {
			return events.KinesisEventResponse{}, err
		}
		h.Log.WarnContext(ctx, "the rest of a batch is to be tried again", "records", len(e.Records)-i, "err", err)
		return events.KinesisEventResponse{BatchItemFailures: failedFrom(e.Records, i)}, nil
	}
	return events.KinesisEventResponse{}, nil
}

func (h *Handler) count(ctx context.Context, data []byte) error {
	o, err := decode(data)
	if err != nil {
		return err
	}
	if o.Test {
		return nil
	}
	if err := h.Totals.Add(ctx, o); err != nil {
		return fmt.Errorf("count order %s: %w", o.ID, err)
	}
	return nil
}
