package probe

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/internal/aggregate"
)

// event is what the probe reads of an event of a Kinesis stream. It is not events.KinesisEvent, whose arrival times lose
// their last millisecond: they are seconds with a fraction, and their decoder rounds down.
type event struct {
	Records []struct {
		EventID        string `json:"eventID"` // shardId-000000000006:4959…
		EventSourceARN string `json:"eventSourceARN"`
		Kinesis        struct {
			SequenceNumber string  `json:"sequenceNumber"`
			Data           []byte  `json:"data"`
			Arrival        float64 `json:"approximateArrivalTimestamp"` // seconds since 1970, with milliseconds
		} `json:"kinesis"`
	}
}

// batch is an event as a receipt tells it.
type batch struct {
	stream, shard string
	sequences     []string  // of the records
	records       []Record  // user records where a record is an aggregate of them
	first, last   time.Time // arrivals
}

// parseEvent reads an event. One without records is an empty batch.
func parseEvent(payload []byte) (batch, error) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return batch{}, fmt.Errorf("read event: %w", err)
	}
	if len(e.Records) == 0 {
		return batch{}, nil
	}
	b := batch{sequences: make([]string, len(e.Records)), records: make([]Record, 0, len(e.Records))}
	for i := range e.Records {
		r := &e.Records[i]
		sequence := r.Kinesis.SequenceNumber
		if sequence == "" || len(sequence) > maxText {
			return batch{}, fmt.Errorf("read event: record %d has a sequence number of %d bytes, want a record of a Kinesis stream", i, len(sequence))
		}
		arrival := time.UnixMilli(int64(math.Round(r.Kinesis.Arrival * 1000))).UTC()
		b.sequences[i] = sequence
		b.read(r.Kinesis.Data, Record{SequenceNumber: sequence, Arrival: arrival})
		if i == 0 || arrival.Before(b.first) {
			b.first = arrival
		}
		if i == 0 || arrival.After(b.last) {
			b.last = arrival
		}
	}
	var err error
	b.stream, b.shard, err = source(e.Records[0].EventSourceARN, e.Records[0].EventID)
	return b, err
}

// read takes a record's data in: the user records of an aggregate, in their order, or the record itself. Lambda opens no
// aggregates, and its event does not tell the shard's hash keys: all are taken, as AWS's deaggregation modules do.
func (b *batch) read(data []byte, r Record) {
	outcome := aggregate.Read(data, aggregate.FullRange(), func(_ int, u aggregate.UserRecord) {
		b.records = append(b.records, identified(u.Data, r))
	})
	if outcome == aggregate.Whole {
		b.records = append(b.records, identified(data, r))
	}
}

// identified is a record that is known by what its body says of itself, where that says so.
func identified(data []byte, r Record) Record {
	if run, lane, number, ok := generators.ParseIdentity(data); ok {
		return Record{Run: run, Lane: lane, Number: number, Arrival: r.Arrival}
	}
	return r
}

// errSource is the error of an event that names no shard of a stream.
var errSource = errors.New("read event: want the ARN of a stream in eventSourceARN and shard:sequenceNumber in eventID")

// source is the stream and the shard that an event came from. The ARN is the stream's or, with enhanced fan-out, maybe the
// consumer's: arn:aws:kinesis:us-east-1:123456789012:stream/clicks/consumer/probe:1700000000.
func source(arn, id string) (stream, shard string, err error) {
	_, rest, ok := strings.Cut(arn, ":stream/")
	stream, _, _ = strings.Cut(rest, "/")
	colon := strings.LastIndexByte(id, ':')
	if !ok || colon < 1 || len(stream) > maxText || colon > maxText {
		return "", "", errSource
	}
	return stream, id[:colon], nil
}
