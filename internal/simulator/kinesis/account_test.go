package kinesis

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

func commit(s *Service, status string) (*AccountSettingsOutput, error) {
	return s.UpdateAccountSettings(UpdateAccountSettingsInput{&MinimumThroughputBillingCommitmentInput{&status}})
}

// TestCommitment: it lasts 24 hours at least, ends at their end where it was disabled before, and goes on where it was
// enabled again meanwhile.
func TestCommitment(t *testing.T) {
	const never, on, ending, off = "never", commitmentEnabled, commitmentEnding, commitmentDisabled
	c := clock.NewVirtual()
	s := New(Config{Clock: c})
	epoch := clock.Epoch.Unix()
	const day = 24
	steps := []struct {
		hour    int64
		do      string // what is asked for, or nothing
		status  string
		started int64 // hour
		ended   int64 // hour; -1: it has not
	}{
		{0, "", never, 0, -1},
		{0, off, never, 0, -1},
		{1, on, on, 1, -1},
		{2, on, on, 1, -1},
		{3, off, ending, 1, -1},
		{4, off, ending, 1, -1},
		{5, on, on, 1, -1},
		{6, off, ending, 1, -1},
		{1 + day, "", off, 1, 1 + day},
		{30, off, off, 1, 1 + day},
		{31, on, on, 31, -1},
		{100, off, off, 31, 100},
		{101, "", off, 31, 100},
	}
	for _, tt := range steps {
		c.RunUntil(clock.Epoch.Add(time.Duration(tt.hour) * time.Hour))
		out, err := s.DescribeAccountSettings(DescribeAccountSettingsInput{})
		if tt.do != "" {
			out, err = commit(s, tt.do)
		}
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"MinimumThroughputBillingCommitment":{"Status":"%s","StartedAt":%d.000,"EarliestAllowedEndAt":%d.000`,
			tt.status, epoch+tt.started*3600, epoch+(tt.started+day)*3600)
		if tt.ended >= 0 {
			want += fmt.Sprintf(`,"EndedAt":%d.000`, epoch+tt.ended*3600)
		}
		if tt.status == never {
			want = `{"MinimumThroughputBillingCommitment":{"Status":"DISABLED"`
		}
		if got, err := json.Marshal(out); err != nil || string(got) != want+"}}" {
			t.Errorf("hour %d, %s: %s, %v, want %s}}", tt.hour, tt.do, got, err, want)
		}
	}
	_, err := commit(s, ending)
	want(t, err, codeValidation, "1 validation error detected: Value 'ENABLED_UNTIL_EARLIEST_ALLOWED_END' at 'minimumThroughputBillingCommitment.status' "+
		"failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED]")
	_, err = s.UpdateAccountSettings(UpdateAccountSettingsInput{})
	want(t, err, codeValidation, "1 validation error detected: Value null at 'minimumThroughputBillingCommitment' failed to satisfy constraint: Member must not be null")
}

// TestWarmThroughput: it needs an on-demand stream and a commitment, is reached after Model.Updating, and holds the
// commitment until it is removed.
func TestWarmThroughput(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Updating: time.Minute}}, "p", 1)
	create := func(name, mode string, warm int32) error {
		return s.CreateStream(CreateStreamInput{
			StreamName: &name, ShardCount: new(int32(1)), StreamModeDetails: &StreamModeDetails{&mode}, WarmThroughputMiBps: &warm,
		})
	}
	warm := func(name string, mibps int32) (WarmThroughput, error) {
		out, err := s.UpdateStreamWarmThroughput(UpdateStreamWarmThroughputInput{StreamName: &name, WarmThroughputMiBps: &mibps})
		if err != nil {
			return WarmThroughput{}, err
		}
		return out.WarmThroughput, nil
	}
	shows := func(name string) *WarmThroughput {
		out, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: &name})
		if err != nil {
			t.Fatal(err)
		}
		return out.StreamDescriptionSummary.WarmThroughput
	}
	const needs = "Warm throughput needs MinimumThroughputBillingCommitment to be ENABLED for the account 123456789012 in us-east-1."
	const onDemand = "Warm throughput is only supported for data streams with the on-demand capacity mode."
	want(t, create("d", ModeOnDemand, 10), codeInvalidArgument, needs)
	if _, err := commit(s, commitmentEnabled); err != nil {
		t.Fatal(err)
	}
	want(t, create("d", ModeProvisioned, 10), codeInvalidArgument, onDemand)
	want(t, create("d", ModeOnDemand, 10_241), codeLimitExceeded, "The warm throughput of a stream can be up to 10240 MiB/s; 10241 MiB/s was given.")
	if err := create("d", ModeOnDemand, 10); err != nil {
		t.Fatal(err)
	}
	if shards, err := s.Shards("d"); err != nil || len(shards) != 10 {
		t.Errorf("a stream of 10 MiB/s has %d shards, %v", len(shards), err)
	}
	if err := create("cold", ModeOnDemand, 0); err != nil || shows("cold") != nil {
		t.Errorf("a stream without shows %+v, %v", shows("cold"), err)
	}
	_, err := warm("p", 10)
	want(t, err, codeInvalidArgument, onDemand)
	if got, err := warm("d", 100); err != nil || got != (WarmThroughput{10, 100}) || *shows("d") != got {
		t.Errorf("on the way: %+v, %v, shown as %+v", got, err, shows("d"))
	}
	_, err = warm("d", 200)
	want(t, err, codeInUse, "Stream d under account 123456789012 not ACTIVE, instead in state UPDATING")
	c.RunUntil(clock.Epoch.Add(time.Minute))
	if got := *shows("d"); got != (WarmThroughput{100, 100}) {
		t.Errorf("after Model.Updating: %+v", got)
	}
	summary, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: new("d")})
	if n := summary.StreamDescriptionSummary.OpenShardCount; err != nil || n != 100 {
		t.Errorf("after Model.Updating %d shards are open, %v", n, err)
	}
	_, err = commit(s, commitmentDisabled)
	want(t, err, codeInvalidArgument, "The stream d under account 123456789012 has a warm throughput of 100 MiB/s, which must be removed first.")
	if _, err := warm("d", 0); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(2 * time.Minute))
	if got := shows("d"); got != nil {
		t.Errorf("after its removal: %+v", got)
	}
	if _, err := commit(s, commitmentDisabled); err != nil {
		t.Error(err)
	}
	_, err = warm("d", 10)
	want(t, err, codeInvalidArgument, needs)
}

// TestDescribeLimits: shards of on-demand streams count against no quota, and what is deleted counts no more.
func TestDescribeLimits(t *testing.T) {
	s := newStream(t, Config{Limits: Limits{Shards: 7}}, "s", 3)
	if err := s.CreateStream(CreateStreamInput{StreamName: new("d"), StreamModeDetails: &StreamModeDetails{new(ModeOnDemand)}}); err != nil {
		t.Fatal(err)
	}
	check := func(want DescribeLimitsOutput) {
		t.Helper()
		if out, err := s.DescribeLimits(DescribeLimitsInput{}); err != nil || *out != want {
			t.Errorf("%+v, %v, want %+v", out, err, want)
		}
	}
	check(DescribeLimitsOutput{ShardLimit: 7, OpenShardCount: 3, OnDemandStreamCount: 1, OnDemandStreamCountLimit: 50, ChannelCountLimit: 100})
	for _, name := range []string{"s", "d"} {
		if err := s.DeleteStream(DeleteStreamInput{StreamName: &name}); err != nil {
			t.Fatal(err)
		}
	}
	check(DescribeLimitsOutput{ShardLimit: 7, OnDemandStreamCountLimit: 50, ChannelCountLimit: 100})
}
