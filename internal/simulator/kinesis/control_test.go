package kinesis

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// controlRate is what AWS documents of one operation.
type controlRate struct {
	operation string
	stream    string // which a request names, "" where it names none
	calls     int    // a second
	scope     scope
}

// controlRates are copied from AWS's pages once more, so that a slip in callRates shows: developer guide, "Quotas and limits" and
// "Delivery quotas and limits"; API reference, by operation.
var controlRates = []controlRate{
	{"AddTagsToStream", "s", 5, ofAccount},
	{"CreateChannel", "s", 5, ofAccount},
	{"CreateStream", "new", 5, ofAccount},
	{"DecreaseStreamRetentionPeriod", "s", 5, ofStream},
	{"DeleteChannel", "", 5, ofAccount},
	{"DeleteResourcePolicy", "s", 5, ofAccount},
	{"DeleteStream", "s", 5, ofAccount},
	{"DeregisterStreamConsumer", "s", 5, ofStream},
	{"DescribeAccountSettings", "", 5, ofAccount},
	{"DescribeChannel", "", 5, ofAccount},
	{"DescribeLimits", "", 1, ofAccount},
	{"DescribeStream", "s", 10, ofAccount},
	{"DescribeStreamConsumer", "s", 20, ofStream},
	{"DescribeStreamSummary", "s", 20, ofAccount},
	{"DisableEnhancedMonitoring", "s", 5, ofStream},
	{"EnableEnhancedMonitoring", "s", 5, ofStream},
	{"GetResourcePolicy", "s", 5, ofAccount},
	{"IncreaseStreamRetentionPeriod", "s", 5, ofStream},
	{"ListChannels", "", 5, ofAccount},
	{"ListShards", "s", 1000, ofStream},
	{"ListStreamConsumers", "s", 5, ofStream},
	{"ListStreams", "", 5, ofAccount},
	{"ListTagsForStream", "s", 5, disputed},
	{"MergeShards", "s", 5, disputed},
	{"PutResourcePolicy", "s", 5, ofAccount},
	{"RegisterStreamConsumer", "s", 5, disputed},
	{"RemoveTagsFromStream", "s", 5, disputed},
	{"SplitShard", "s", 5, disputed},
	{"UpdateAccountSettings", "", 5, ofAccount},
	{"UpdateChannel", "", 5, ofAccount},
	{"UpdateShardCount", "s", 10, ofAccount},
	{"UpdateStreamWarmThroughput", "s", 5, ofAccount},
}

// TestControlPlaneRates: of each operation exactly a second's worth passes, the next is refused in AWS's words, and a second later
// as much passes again. What is counted for a stream leaves another's calls alone, what is counted for the account does not.
func TestControlPlaneRates(t *testing.T) {
	for _, tt := range controlRates {
		for _, account := range []bool{false, true} {
			name := tt.operation
			if account {
				name += " of the account"
			}
			t.Run(name, func(t *testing.T) {
				perStream := tt.scope == ofStream || tt.scope == disputed && !account
				holdsRate(t, tt, Model{CallsOfAccount: account}, perStream)
			})
		}
	}
	if n := len(controlRates); n != len(callRates) {
		t.Errorf("%d operations are tested, %d have a rate: %v", n, len(callRates), slices.Sorted(maps.Keys(callRates)))
	}
}

func holdsRate(t *testing.T, tt controlRate, model Model, perStream bool) {
	t.Helper()
	message := "Rate exceeded for account 123456789012."
	if tt.stream != "" {
		message = "Rate exceeded for stream " + tt.stream + " under account 123456789012."
	}
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: model}, "s", 1)
	if err := s.CreateStream(CreateStreamInput{StreamName: new("other"), ShardCount: new(int32(1))}); err != nil {
		t.Fatal(err)
	}
	for second := range 2 {
		for i := range tt.calls {
			if err := s.Admit(tt.operation, tt.stream); err != nil {
				t.Fatalf("call %d of second %d: %v", i+1, second, err)
			}
		}
		want(t, s.Admit(tt.operation, tt.stream), codeLimitExceeded, message)
		if err := s.Admit(tt.operation, "other"); (err == nil) != perStream {
			t.Errorf("the call for another stream in second %d: %v", second, err)
		}
		end := clock.Epoch.Add(time.Duration(second+1) * time.Second)
		c.RunUntil(end.Add(-time.Duration(int(time.Second)/tt.calls*(tt.calls-1) + 1)))
		want(t, s.Admit(tt.operation, tt.stream), codeLimitExceeded, message)
		c.RunUntil(end)
	}
}

// TestNoRateIsDocumented of what carries records, which shards limit, and of the operations that AWS gives no figure for.
func TestNoRateIsDocumented(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	for _, operation := range []string{
		"GetRecords", "GetShardIterator", "PutRecord", "PutRecords", "SubscribeToShard",
		"ListTagsForResource", "StartStreamEncryption", "StopStreamEncryption", "TagResource", "UntagResource", "UpdateMaxRecordSize",
		"UpdateStreamMode", "UpdateStreamRecordDistributionStrategy",
	} {
		for range 10_000 {
			if err := s.Admit(operation, "s"); err != nil {
				t.Fatalf("%s: %v", operation, err)
			}
		}
	}
	for range 10_000 {
		if err := s.Admit("ListShards", "missing"); err != nil {
			t.Fatalf("a rate of a stream counts for none that is missing: %v", err)
		}
	}
}
