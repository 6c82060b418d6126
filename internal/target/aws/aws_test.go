package aws

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	simulated "github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/target"
)

func TestWhole(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want target.Outcome
	}{
		{"a limit", &smithy.GenericAPIError{Code: "ProvisionedThroughputExceededException"}, target.Outcome{Status: target.Throttled, Reason: "unknown", Shard: -1}},
		{"an error of the service", fmt.Errorf("operation: %w", &smithy.GenericAPIError{Code: "ResourceNotFoundException"}), target.Outcome{Status: target.Failed, Reason: "ResourceNotFoundException", Shard: -1}},
		{"nobody listens", fmt.Errorf("dial: %w", syscall.ECONNREFUSED), target.Outcome{Status: target.Failed, Reason: "ConnectionRefused", Shard: -1}},
		{"no answer in time", context.DeadlineExceeded, target.Outcome{Status: target.Unanswered, Shard: -1}},
		{"a connection that was cut", errors.New("EOF"), target.Outcome{Status: target.Unanswered, Shard: -1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := whole(test.err); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestRefusingShard(t *testing.T) {
	tests := map[string]int32{
		"Rate exceeded for shard shardId-000000000017 in stream s under account 123456789012.": 17,
		"Rate exceeded for shard shardId-x in stream s":                                        -1,
		"Slow down.": -1,
		"":           -1,
	}
	for message, want := range tests {
		if got := refusingShard(message); got != want {
			t.Errorf("%q: %d, want %d", message, got, want)
		}
	}
}

// identify knows records of the form <n> and finds them in concatenated bodies.
func identify(data []byte) (lane uint32, number uint64, ok bool) {
	_, err := fmt.Sscanf(string(data), "<%d>", &number)
	return 3, number, err == nil
}

func TestSplit(t *testing.T) {
	target := New(Config{Identify: identify, Next: func(data []byte) int { return bytes.IndexByte(data, '<') }})
	tests := []struct {
		name, data string
		numbers    []uint64
		sizes      []int32
	}{
		{"nothing", "", nil, nil},
		{"somebody else's", "hello", nil, nil},
		{"one", "<7>body", []uint64{7}, []int32{7}},
		{"several, with something before them", "junk<1><22>x\n<3>", []uint64{1, 22, 3}, []int32{3, 6, 3}},
		{"one that only looks like one", "<a><5>", []uint64{5}, []int32{3}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := target.split([]byte(test.data), func() {})
			if len(got) != len(test.numbers) {
				t.Fatalf("%d records, want %d", len(got), len(test.numbers))
			}
			for i, r := range got {
				if r.Number != test.numbers[i] || r.Size != test.sizes[i] || !r.Ours || r.Lane != 3 {
					t.Errorf("record %d: %+v", i, r)
				}
			}
		})
	}
}

// A record that came over the wire has the place that its put was told.
func TestReceived(t *testing.T) {
	made := New(Config{Identify: identify})
	arrival := time.Unix(1_800_000_000, 0)
	number := simulated.NewSequenceNumber(arrival.Unix(), 5, 41+1, arrival.Unix())
	tests := []struct {
		name, sequence string
		shard          int32
		seq            uint64
	}{
		{"of the simulator's form", string(number.Append(nil)), 5, 41},
		{"of an unknown form", "42", -1, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := made.received(&types.Record{
				Data: []byte("<9>"), PartitionKey: aws.String("k"), SequenceNumber: &test.sequence, ApproximateArrivalTimestamp: &arrival,
			}, "shardId-000000000005")
			if got.Shard != test.shard || got.Seq != test.seq || got.Number != 9 || got.Arrival != arrival.UnixNano() {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestKnown(t *testing.T) {
	read := []target.Record{{Lane: 1, Number: 7, Shard: -1}, {Lane: 1, Number: 8, Shard: -1}}
	inside := []target.Record{{Lane: 1, Number: 7, Arrival: 99, Shard: 2, Seq: 3}, {Lane: 4, Number: 8, Arrival: 99}}
	tests := []struct {
		name         string
		read, inside []target.Record
		want         []int64 // arrivals
	}{
		{"both know them", read, inside, []int64{99, 0}},
		{"bodies without an identity", nil, inside, []int64{99, 99}},
		{"the two disagree", read[:1], inside, []int64{0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			copied := append([]target.Record(nil), test.read...)
			got := known(copied, test.inside)
			if len(got) != len(test.want) {
				t.Fatalf("%d records, want %d", len(got), len(test.want))
			}
			for i, want := range test.want {
				if got[i].Arrival != want {
					t.Errorf("record %d arrived at %d, want %d", i, got[i].Arrival, want)
				}
			}
		})
	}
}
