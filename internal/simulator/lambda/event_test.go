package lambda

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// The event of the developer guide's example, with what was recorded on AWS of its members and their order.
const recordedEvent = `{"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"1","sequenceNumber":"8","data":"SGVsbG8=",` +
	`"approximateArrivalTimestamp":1545084650.987},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"shardId-000000000006:8",` +
	`"eventName":"aws:kinesis:record","invokeIdentityArn":"arn:aws:iam::123456789012:role/lambda-role","awsRegion":"us-east-2",` +
	`"eventSourceARN":"arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"}]}`

func TestEventIsAsAWSSendsIt(t *testing.T) {
	e := numbered(1)
	e.Role, e.Region, e.ShardID = "arn:aws:iam::123456789012:role/lambda-role", "us-east-2", "shardId-000000000006"
	e.EventSourceArn = "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"
	e.Records[0] = record.Record{Key: "1", Data: []byte("Hello"), Arrival: 1545084650987_000_000}
	if got := string(e.AppendJSON(nil)); got != recordedEvent {
		t.Errorf("got  %s\nwant %s", got, recordedEvent)
	}
}

// Every record comes out of aws-lambda-go's own types as it went in, whatever its key; those of ours are rendered.
func TestEventIsReadBack(t *testing.T) {
	keys := []string{"plain", `quote " and \`, `"<&>"`, "Grüße 世界", "\x00\n\x7f"}
	e := numbered(len(keys))
	e.ShardID = "shardId-000000000000"
	e.render = func(dst []byte, r *record.Record) []byte { return append(append(dst, "of "...), r.Key...) }
	for i, k := range keys {
		e.Records[i].Key, e.Records[i].Arrival = k, int64(i+1)*1_001_000_000
	}
	e.Records[1].Data = []byte{0, 255}
	var out events.KinesisEvent
	if err := json.Unmarshal(e.AppendJSON(nil), &out); err != nil {
		t.Fatal(err)
	}
	for i, k := range keys {
		r, want := out.Records[i].Kinesis, "of "+k
		if i == 1 {
			want = "\x00\xff"
		}
		if r.PartitionKey != k || string(r.Data) != want || r.SequenceNumber != e.SequenceNumber(i) || r.ApproximateArrivalTimestamp.Round(time.Millisecond).UnixMilli() != int64(i+1)*1001 {
			t.Errorf("record %d is %+v", i, r)
		}
	}
	if text := string(e.AppendJSON(nil)); !strings.Contains(text, `"partitionKey":"\"<&>\""`) {
		t.Errorf("got %s", text)
	}
	e.render = nil
	if data := e.AppendData(nil, 0); len(data) != 0 {
		t.Errorf("nobody renders, and there is %q", data)
	}
}
