package kinesis

import (
	"fmt"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// TestTheRegionsQuotas: the defaults of "Quotas and limits" are larger in three regions, and a limit that is set is the same in
// all.
func TestTheRegionsQuotas(t *testing.T) {
	tests := []struct {
		region                                  string
		limits                                  Limits
		shards, onDemandShards, onDemandStreams int
	}{
		{"us-east-1", Limits{}, 20_000, 10_240, 50},
		{"us-west-2", Limits{}, 20_000, 10_240, 50},
		{"eu-west-1", Limits{}, 20_000, 10_240, 50},
		{"eu-central-1", Limits{}, 1000, 200, 50},
		{"us-east-2", Limits{}, 1000, 200, 50},
		{"eu-central-1", Limits{Shards: 6000, OnDemandShards: 400}, 6000, 400, 50},
	}
	for _, tt := range tests {
		s := New(Config{Clock: clock.NewVirtual(), Region: tt.region, Limits: tt.limits})
		l := s.Limits()
		if l.Shards != tt.shards || l.OnDemandShards != tt.onDemandShards || l.OnDemandStreams != tt.onDemandStreams {
			t.Errorf("%s: %d, %d and %d, want %d, %d and %d", tt.region, l.Shards, l.OnDemandShards, l.OnDemandStreams, tt.shards, tt.onDemandShards, tt.onDemandStreams)
		}
		out, err := s.DescribeLimits(DescribeLimitsInput{})
		if err != nil || out.ShardLimit != tt.shards {
			t.Errorf("%s: %+v, %v, want a limit of %d shards", tt.region, out, err, tt.shards)
		}
	}
}

// TestTheRegionsWarmThroughput: no more than on-demand streams take there, whichever call asks for it; what is accepted is reached.
func TestTheRegionsWarmThroughput(t *testing.T) {
	for _, tt := range []struct {
		region string
		most   int32
	}{{"us-east-1", 10_240}, {"eu-central-1", 200}} {
		t.Run(tt.region, func(t *testing.T) {
			c := clock.NewVirtual()
			s := New(Config{Clock: c, Region: tt.region, Model: Model{Updating: time.Minute}})
			if _, err := commit(s, commitmentEnabled); err != nil {
				t.Fatal(err)
			}
			create := func(name, mode string, warm *int32) error {
				return s.CreateStream(CreateStreamInput{
					StreamName: &name, ShardCount: new(int32(1)), StreamModeDetails: &StreamModeDetails{&mode}, WarmThroughputMiBps: warm,
				})
			}
			update := func(warm int32) error {
				_, err := s.UpdateStreamWarmThroughput(UpdateStreamWarmThroughputInput{StreamName: new("updated"), WarmThroughputMiBps: &warm})
				return err
			}
			mode := func(warm int32) error {
				return s.UpdateStreamMode(UpdateStreamModeInput{
					StreamARN: new(s.StreamARN("switched")), StreamModeDetails: &StreamModeDetails{new(ModeOnDemand)}, WarmThroughputMiBps: &warm,
				})
			}
			if err := create("updated", ModeOnDemand, nil); err != nil {
				t.Fatal(err)
			}
			if err := create("switched", ModeProvisioned, nil); err != nil {
				t.Fatal(err)
			}
			refusal := fmt.Sprintf("The warm throughput of a stream can be up to %d MiB/s; %d MiB/s was given.", tt.most, tt.most+1)
			want(t, create("created", ModeOnDemand, new(tt.most+1)), codeLimitExceeded, refusal)
			want(t, update(tt.most+1), codeLimitExceeded, refusal)
			want(t, mode(tt.most+1), codeLimitExceeded, refusal)
			for _, err := range []error{create("created", ModeOnDemand, &tt.most), update(tt.most), mode(tt.most)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			c.RunUntil(clock.Epoch.Add(time.Minute))
			for _, name := range []string{"created", "updated", "switched"} {
				out, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: &name})
				if err != nil {
					t.Fatal(err)
				}
				d := out.StreamDescriptionSummary
				if d.OpenShardCount != int(tt.most) || *d.WarmThroughput != (WarmThroughput{tt.most, tt.most}) {
					t.Errorf("%s: %d shards, %+v, want %d of each", name, d.OpenShardCount, *d.WarmThroughput, tt.most)
				}
			}
		})
	}
}
