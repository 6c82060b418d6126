package orders

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
)

// line is an order in the lake.
type line struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Amount   string `json:"amount"` // 12.30
}

// Transform is the Firehose transformation before the lake: lambda.Start(orders.Transform). Orders become lines, orders of our own
// people are dropped, and what cannot be read is set aside under the delivery stream's error prefix. The answer must name each record
// id of the event, once.
func Transform(_ context.Context, e events.KinesisFirehoseEvent) (events.KinesisFirehoseResponse, error) {
	out := make([]events.KinesisFirehoseResponseRecord, len(e.Records))
	for i, r := range e.Records {
		out[i] = events.KinesisFirehoseResponseRecord{RecordID: r.RecordID}
		o, err := decode(r.Data)
		switch {
		case err != nil: // as it came, for whoever looks into it
			out[i].Result, out[i].Data = events.KinesisFirehoseTransformedStateProcessingFailed, r.Data
			continue
		case o.Test:
			out[i].Result = events.KinesisFirehoseTransformedStateDropped
			continue
		}
		text, err := json.Marshal(line{o.ID, o.Customer, amount(o.Cents)})
		if err != nil {
			return events.KinesisFirehoseResponse{}, fmt.Errorf("transform order %s: %w", o.ID, err)
		}
		// Firehose puts nothing between records: without the line feed an object is one long line that nobody reads.
		out[i].Result, out[i].Data = events.KinesisFirehoseTransformedStateOk, append(text, '\n')
	}
	return events.KinesisFirehoseResponse{Records: out}, nil
}

// amount writes cents as a decimal number; a refund is below nothing.
func amount(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}
