package probe

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/generators"
	"github.com/wavetank/wavetank/internal/aggregate"
)

func TestSource(t *testing.T) {
	const arn = "arn:aws:kinesis:us-east-2:123456789012:stream/clicks"
	rows := []struct{ name, arn, id, stream, shard string }{
		{"a stream", arn, "shardId-000000000006:4959", "clicks", "shardId-000000000006"},
		{"a consumer", arn + "/consumer/probe:1700000000", "shardId-000000000006:4959", "clicks", "shardId-000000000006"},
		{"a table", "arn:aws:dynamodb:us-east-2:123456789012:table/clicks/stream/2026", "shardId-000000000006:4959", "", ""},
		{"no ARN", "", "shardId-000000000006:4959", "", ""},
		{"no shard", arn, ":4959", "", ""},
		{"no id", arn, "", "", ""},
		{"a name past all limits", arn + strings.Repeat("s", 300), "shardId-000000000006:4959", "", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			stream, shard, err := source(row.arn, row.id)
			if stream != row.stream || shard != row.shard || (err == nil) != (row.shard != "") {
				t.Errorf("got %q, %q, %v", stream, shard, err)
			}
		})
	}
}

// TestArrivalKeepsItsMillisecond reads every millisecond of a second: as a fraction of seconds most have no exact binary form.
func TestArrivalKeepsItsMillisecond(t *testing.T) {
	for n := range 1000 {
		text := fmt.Sprintf(`{"Records":[{"eventID":"s:1","eventSourceARN":"a:stream/b","kinesis":{"sequenceNumber":"1","approximateArrivalTimestamp":1795000000.%03d}}]}`, n)
		b, err := parseEvent([]byte(text))
		if want := time.UnixMilli(1_795_000_000_000 + int64(n)); err != nil || !b.records[0].Arrival.Equal(want) {
			t.Fatalf("read %v, want %v: %v", b.records, want, err)
		}
	}
}

// FuzzEvent reads whatever comes, and what it takes for a batch makes a receipt.
func FuzzEvent(f *testing.F) {
	f.Add(eventOf(0, 1, 2))
	f.Add([]byte(`{"Records":[{}]}`))
	f.Add([]byte(`{"Records":[{"kinesis":{"sequenceNumber":"1","approximateArrivalTimestamp":-1e300},"eventID":"s:1","eventSourceARN":":stream/b"}]}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		b, err := parseEvent(payload)
		if err != nil || len(b.records) == 0 {
			return
		}
		r := Receipt{Stream: b.stream, Shard: b.shard, Records: b.records, FirstArrival: b.first, LastArrival: b.last}
		for _, part := range r.Encode() {
			if _, err := Parse(part); err != nil {
				t.Errorf("a receipt of %d records: %v", len(b.records), err)
			}
		}
	})
}

// TestUserRecordsOfAnAggregate reads what Lambda hands over whole.
func TestUserRecordsOfAnAggregate(t *testing.T) {
	w := aggregate.NewWriter(aggregate.Limits{}, true)
	for n := range 3 {
		body := append(generators.AppendIdentity(nil, 0xabc, 3, uint64(n)), `"a":1}`...)
		if n == 2 {
			body = []byte("a stranger's")
		}
		w.Add(&aggregate.UserRecord{Key: "k", Data: body})
	}
	data, _ := w.Flush(nil)
	alone := append(generators.AppendIdentity(nil, 0xabc, 3, 9), `"a":1}`...)
	b, err := parseEvent([]byte(`{"Records":[` + eventRecord(6, 1, data) + "," + eventRecord(6, 2, alone) + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	first, second := b.first, b.last
	want := []Record{
		{Run: 0xabc, Lane: 3, Number: 0, Arrival: first},
		{Run: 0xabc, Lane: 3, Number: 1, Arrival: first},
		{SequenceNumber: sequence(1), Arrival: first},
		{Run: 0xabc, Lane: 3, Number: 9, Arrival: second},
	}
	if !slices.Equal(b.records, want) || len(b.sequences) != 2 {
		t.Errorf("%d records of the stream, user records %+v, want %+v", len(b.sequences), b.records, want)
	}
}
