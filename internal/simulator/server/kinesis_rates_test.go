package server

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// newStill serves an AWS in which no time passes: the stream s of one shard in eu-west-1.
func newStill(t *testing.T, cfg kinesis.Config) *Server {
	t.Helper()
	aws := simulator.New(simulator.Config{Clock: clock.NewVirtual(), Kinesis: cfg})
	if err := aws.World("123456789012", "eu-west-1").Kinesis.CreateStream(kinesis.CreateStreamInput{
		StreamName: new("s"), ShardCount: new(int32(1)),
	}); err != nil {
		t.Fatal(err)
	}
	return New(Config{AWS: aws})
}

// TestEveryRateHoldsOnTheWire: each operation that has a rate is counted where a client calls it, for the stream that it names,
// however it names it.
func TestEveryRateHoldsOnTheWire(t *testing.T) {
	const (
		arn  = `"arn:aws:kinesis:eu-west-1:123456789012:stream/s`
		body = `{"StreamName":"s","StreamARN":` + arn + `","ResourceARN":` + arn + `","ConsumerARN":` + arn + `/consumer/c:1764374400"}`
	)
	h := newStill(t, kinesis.Config{})
	rates := kinesis.Limits{}.Complete("eu-west-1").Calls
	for _, operation := range slices.Sorted(maps.Keys(rates)) {
		calls := rates[operation]
		for i := range calls + 1 {
			w := ask(h, "POST", kinesisTarget+operation, body)
			if refused := strings.Contains(w.Body.String(), "Rate exceeded"); refused != (i == calls) {
				t.Errorf("call %d of %s, which has %d a second: %s", i+1, operation, calls, w.Body)
				break
			}
			if operation == "DeleteStream" { // the others need it
				_ = h.cfg.AWS.World("123456789012", "eu-west-1").Kinesis.CreateStream(kinesis.CreateStreamInput{
					StreamName: new("s"), ShardCount: new(int32(1)),
				})
			}
		}
	}
}

// TestARateComesBeforeAllElse: where AWS documents no order, a call that is one too many is refused for that alone, whatever else
// is wrong with it, and one that is refused for something else has counted.
func TestARateComesBeforeAllElse(t *testing.T) {
	tests := []struct {
		operation, body string
		calls           int
		before, after   string
	}{
		{"CreateStream", `{"StreamName":"bad name!","ShardCount":1}`, 5, "ValidationException", "Rate exceeded for stream bad name! under account 123456789012."},
		{"DescribeStream", `{"StreamName":"none"}`, 10, "ResourceNotFoundException", "Rate exceeded for stream none under account 123456789012."},
		{"DescribeStream", `{"StreamName":5}`, 20, "SerializationException", "SerializationException"},                       // is no call
		{"ListShards", `{"StreamName":"none"}`, 1000, "ResourceNotFoundException", "Stream none under account 123456789012"}, // no stream to count for
	}
	for _, tt := range tests {
		h := newStill(t, kinesis.Config{})
		for i := range tt.calls + 1 {
			want := tt.before
			if i == tt.calls {
				want = tt.after
			}
			if got := ask(h, "POST", kinesisTarget+tt.operation, tt.body).Body.String(); !strings.Contains(got, want) {
				t.Fatalf("call %d of %s with %s: %s, want %s", i+1, tt.operation, tt.body, got, want)
			}
		}
	}
}

// TestAPageCountsForItsStream: a page of shards is of the stream that its token names: it counts against that one's rate, as the
// first page does, and is that one's to whoever injects faults.
func TestAPageCountsForItsStream(t *testing.T) {
	const pages = 3
	h := newStill(t, kinesis.Config{Limits: kinesis.Limits{Calls: map[string]int64{"ListShards": pages}}})
	var asked []string
	h.cfg.Faults = func(_ time.Time, r fault.Request) fault.Action {
		asked = append(asked, r.Operation+" "+r.Resource)
		return fault.Action{}
	}
	k := h.cfg.AWS.World("123456789012", "eu-west-1").Kinesis
	for _, name := range []string{"many", "other"} {
		if err := k.CreateStream(kinesis.CreateStreamInput{StreamName: &name, ShardCount: new(int32(2))}); err != nil {
			t.Fatal(err)
		}
	}
	out, err := k.ListShards(kinesis.ListShardsInput{StreamName: new("many"), MaxResults: new(int32(1))})
	if err != nil {
		t.Fatal(err)
	}
	for i := range pages + 1 {
		got, want := ask(h, "POST", kinesisTarget+"ListShards", `{"NextToken":"`+out.NextToken+`"}`).Body.String(), "shardId-000000000001"
		if i == pages {
			want = "Rate exceeded for stream many under account 123456789012."
		}
		if !strings.Contains(got, want) || asked[i] != "ListShards many" {
			t.Errorf("call %d: %s, want %s; asked about %s", i+1, got, want, asked[i])
		}
	}
	for _, body := range []string{`{"StreamName":"other"}`, `{"NextToken":"no token"}`} {
		if got := ask(h, "POST", kinesisTarget+"ListShards", body).Body.String(); strings.Contains(got, "Rate exceeded") {
			t.Errorf("%s: %s", body, got)
		}
	}
}
