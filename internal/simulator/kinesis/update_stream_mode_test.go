package kinesis

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// switchTo calls UpdateStreamMode for the stream s.
func switchTo(s *Service, mode string) error {
	return s.UpdateStreamMode(UpdateStreamModeInput{StreamARN: new(arnOfS), StreamModeDetails: &StreamModeDetails{&mode}})
}

func TestUpdateStreamModeRefuses(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	details := &StreamModeDetails{new(ModeOnDemand)}
	tests := []struct {
		name          string
		in            UpdateStreamModeInput
		code, message string
	}{
		{
			"nothing",
			UpdateStreamModeInput{},
			codeValidation,
			"2 validation errors detected: Value null at 'streamARN' failed to satisfy constraint: Member must not be null; " +
				"Value null at 'streamModeDetails' failed to satisfy constraint: Member must not be null",
		},
		{
			"an unknown mode",
			UpdateStreamModeInput{StreamARN: new(arnOfS), StreamModeDetails: &StreamModeDetails{new("AUTO")}},
			codeValidation,
			"1 validation error detected: Value 'AUTO' at 'streamModeDetails.streamMode' failed to satisfy constraint: Member must satisfy " +
				"enum value set: [PROVISIONED, ON_DEMAND]",
		},
		{
			"no such stream",
			UpdateStreamModeInput{StreamARN: new("arn:aws:kinesis:us-east-1:123456789012:stream/t"), StreamModeDetails: details},
			codeNotFound,
			"Stream t under account 123456789012 not found.",
		},
		{
			"warm throughput",
			UpdateStreamModeInput{StreamARN: new(arnOfS), StreamModeDetails: details, WarmThroughputMiBps: new(int32(1))},
			codeInvalidArgument,
			"Warm throughput needs MinimumThroughputBillingCommitment to be ENABLED for the account 123456789012 in us-east-1.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { want(t, s.UpdateStreamMode(tt.in), tt.code, tt.message) })
	}
}

// TestTheModeSwitches: the stream is UPDATING, keeps its shards and then is in the new mode; two switches in 24 hours are all.
func TestTheModeSwitches(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Updating: 5 * time.Second}}, "s", 3)
	after := func(wait time.Duration, mode, status string) {
		t.Helper()
		c.RunUntil(c.Now().Add(wait))
		out, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: new("s")})
		d := out.StreamDescriptionSummary
		if err != nil || *d.StreamModeDetails.StreamMode != mode || d.StreamStatus != status || d.OpenShardCount != 3 {
			t.Fatalf("%s, %s with %d shards, %v, want %s, %s", *d.StreamModeDetails.StreamMode, d.StreamStatus, d.OpenShardCount, err, mode, status)
		}
	}
	if err := switchTo(s, ModeProvisioned); err != nil {
		t.Fatalf("the mode that it is in: %v", err)
	}
	after(0, ModeProvisioned, statusActive)
	if err := switchTo(s, ModeOnDemand); err != nil {
		t.Fatal(err)
	}
	after(0, ModeProvisioned, statusUpdating)
	wantCode(t, switchTo(s, ModeProvisioned), codeInUse)
	after(5*time.Second, ModeOnDemand, statusActive)
	_, err := scaleTo(s, 6)
	wantCode(t, err, codeValidation)
	if err := switchTo(s, ModeProvisioned); err != nil {
		t.Fatal(err)
	}
	after(5*time.Second, ModeProvisioned, statusActive)
	want(t, switchTo(s, ModeOnDemand), codeLimitExceeded,
		"The capacity mode of stream s under account 123456789012 cannot be switched more than 2 times within 24 hours.")
	c.RunUntil(clock.Epoch.Add(day))
	if err := switchTo(s, ModeOnDemand); err != nil {
		t.Errorf("24 hours after the first: %v", err)
	}
}

// TestAModeIsSwitchedWithinTheQuotas: a stream counts as what it becomes, at once.
func TestAModeIsSwitchedWithinTheQuotas(t *testing.T) {
	s := newStream(t, Config{Limits: Limits{Shards: 6, OnDemandStreams: 1}, Model: Model{Updating: time.Minute}}, "s", 3)
	if err := switchTo(s, ModeOnDemand); err != nil {
		t.Fatal(err)
	}
	onDemand := &StreamModeDetails{new(ModeOnDemand)}
	wantCode(t, s.CreateStream(CreateStreamInput{StreamName: new("d"), StreamModeDetails: onDemand}), codeLimitExceeded)
	if err := s.CreateStream(CreateStreamInput{StreamName: new("t"), ShardCount: new(int32(6))}); err != nil {
		t.Fatal(err)
	}
	s.cfg.Clock.(*clock.Virtual).RunUntil(clock.Epoch.Add(time.Minute))
	wantCode(t, switchTo(s, ModeProvisioned), codeLimitExceeded) // its three shards beside the six
}

// TestAutomaticDistributionStaysOnDemand: a stream that distributes its records itself cannot become provisioned.
func TestAutomaticDistributionStaysOnDemand(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	if err := switchTo(s, ModeOnDemand); err != nil {
		t.Fatal(err)
	}
	s.streams["s"].set(func(set *settings) { set.strategy = "AUTO" })
	want(t, switchTo(s, ModeProvisioned), codeInvalidArgument,
		"Stream s under account 123456789012 has the record distribution strategy AUTO, which only on-demand streams have.")
}
