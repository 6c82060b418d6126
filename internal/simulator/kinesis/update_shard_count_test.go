package kinesis

import (
	"slices"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// scaleTo calls UpdateShardCount for the stream s.
func scaleTo(s *Service, target int32) (*UpdateShardCountOutput, error) {
	return s.UpdateShardCount(UpdateShardCountInput{StreamName: new("s"), TargetShardCount: &target, ScalingType: new("UNIFORM_SCALING")})
}

func TestUpdateShardCountRefuses(t *testing.T) {
	s := newStream(t, Config{Limits: Limits{StreamShards: 8}}, "s", 5)
	onDemand := &StreamModeDetails{new(ModeOnDemand)}
	if err := s.CreateStream(CreateStreamInput{StreamName: new("d"), StreamModeDetails: onDemand}); err != nil {
		t.Fatal(err)
	}
	uniform := new("UNIFORM_SCALING")
	tests := []struct {
		name          string
		stream        string
		target        *int32
		scaling       *string
		code, message string
	}{
		{
			"nothing", "s", nil, nil, codeValidation,
			"2 validation errors detected: Value null at 'scalingType' failed to satisfy constraint: Member must not be null; " +
				"Value null at 'targetShardCount' failed to satisfy constraint: Member must not be null",
		},
		{
			"another type, no shards", "s", new(int32(0)), new("SOME_SCALING"), codeValidation,
			"2 validation errors detected: Value 'SOME_SCALING' at 'scalingType' failed to satisfy constraint: Member must satisfy enum value " +
				"set: [UNIFORM_SCALING]; Value '0' at 'targetShardCount' failed to satisfy constraint: Member must have value greater than or equal to 1",
		},
		{"no such stream", "t", new(int32(2)), uniform, codeNotFound, "Stream t under account 123456789012 not found."},
		{"on demand", "d", new(int32(8)), uniform, codeValidation, "Stream d under account 123456789012 is in the capacity mode ON_DEMAND. " +
			"UpdateShardCount is only supported for data streams with the provisioned capacity mode."},
		{"more than a stream may have", "s", new(int32(9)), uniform, codeLimitExceeded, "Target shard count or number of open shards cannot be " +
			"greater than 8. Current open shard count: 5 Target shard count: 9"},
		{"less than half", "s", new(int32(2)), uniform, codeLimitExceeded, "UpdateShardCount cannot scale down below half your current open shard " +
			"count. Current open shard count: 5 Target shard count: 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.UpdateShardCount(UpdateShardCountInput{StreamName: &tt.stream, TargetShardCount: tt.target, ScalingType: tt.scaling})
			want(t, err, tt.code, tt.message)
		})
	}
	s = newStream(t, Config{}, "s", 2)
	_, err := scaleTo(s, 5)
	want(t, err, codeLimitExceeded, "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 2 Target shard count: 5")
	if _, err := scaleTo(s, 4); err != nil {
		t.Errorf("double: %v", err)
	}
}

// TestAStreamAboveTheMostGoesBelowIt: with more shards than a stream may have, only a target of less than that is taken.
func TestAStreamAboveTheMostGoesBelowIt(t *testing.T) {
	s := newStream(t, Config{Limits: Limits{StreamShards: 10}}, "s", 12)
	for _, target := range []int32{11, 10} {
		_, err := scaleTo(s, target)
		wantCode(t, err, codeLimitExceeded)
	}
	if _, err := scaleTo(s, 9); err != nil {
		t.Error(err)
	}
}

// TestTenUpdatesOfTheShardCountADay: the eleventh within 24 hours is refused, also where a call changed nothing; one that was
// refused does not count.
func TestTenUpdatesOfTheShardCountADay(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 4)
	for i := range 10 {
		if _, err := scaleTo(s, int32(4+i%2)); err != nil {
			t.Fatalf("call %d: %v", i+1, err)
		}
		_, err := scaleTo(s, 20)
		wantCode(t, err, codeLimitExceeded)
		c.RunUntil(c.Now().Add(time.Hour))
	}
	const full = "UpdateShardCount cannot be called more than 10 times per rolling 24-hour period for stream s under account 123456789012."
	c.RunUntil(clock.Epoch.Add(day - 1))
	_, err := scaleTo(s, 4)
	want(t, err, codeLimitExceeded, full)
	c.RunUntil(clock.Epoch.Add(day))
	if _, err := scaleTo(s, 4); err != nil {
		t.Errorf("24 hours after the first: %v", err)
	}
	_, err = scaleTo(s, 4)
	want(t, err, codeLimitExceeded, full)
}

// TestUpdateShardCountInGenerations: five shards of equal ranges are made of four by splits half way and merges at the end. Until
// then the stream is UPDATING and the eight shards in between count against the quota.
func TestUpdateShardCountInGenerations(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Limits: Limits{Shards: 8}, Model: Model{Scaling: time.Minute}}, "s", 4)
	out, err := scaleTo(s, 5)
	if err != nil || *out != (UpdateShardCountOutput{"s", "arn:aws:kinesis:us-east-1:123456789012:stream/s", 4, 5}) {
		t.Fatalf("%+v, %v", out, err)
	}
	wantCode(t, s.CreateStream(CreateStreamInput{StreamName: new("t"), ShardCount: new(int32(1))}), codeLimitExceeded)
	_, err = scaleTo(s, 5)
	wantCode(t, err, codeInUse)
	st := s.streams["s"]
	for _, tt := range []struct {
		at           time.Duration
		open, closed int
		status       string
	}{
		{0, 4, 0, statusUpdating},
		{30*time.Second - 1, 4, 0, statusUpdating},
		{30 * time.Second, 8, 4, statusUpdating},
		{time.Minute - 1, 8, 4, statusUpdating},
		{time.Minute, 5, 10, statusActive},
	} {
		c.RunUntil(clock.Epoch.Add(tt.at))
		d, err := s.DescribeStream(DescribeStreamInput{StreamName: new("s")})
		if err != nil || d.StreamDescription.StreamStatus != tt.status || len(st.open) != tt.open || len(st.shards) != tt.open+tt.closed {
			t.Errorf("after %v: %s with %d of %d shards open, %v", tt.at, d.StreamDescription.StreamStatus, len(st.open), len(st.shards), err)
		}
		checkStream(t, st)
	}
	if got := st.ranges(); !slices.Equal(got, ranges(evenRanges(5))) {
		t.Errorf("the ranges are %v", got)
	}
	if err := s.CreateStream(CreateStreamInput{StreamName: new("t"), ShardCount: new(int32(3))}); err != nil {
		t.Errorf("the short-lived shards still count: %v", err)
	}
	if _, err := scaleTo(s, 6); err == nil {
		t.Error("ten shards in between are over the quota of eight")
	}
}

// TestUpdateShardCountAtOnce: without a time of its own the whole change comes at once, with its intermediate shards closed at
// the instant at which they were made.
func TestUpdateShardCountAtOnce(t *testing.T) {
	s := newStream(t, Config{}, "s", 3)
	halve(t, s, 0)
	for _, target := range []int32{7, 14, 13, 7, 4, 2, 1, 2} {
		out, err := scaleTo(s, target)
		if err != nil || out.TargetShardCount != int(target) {
			t.Fatal(out, err)
		}
		st := s.streams["s"]
		checkStream(t, st)
		for i, h := range evenRanges(int(target)) {
			if distance(st.open[i].start, h) > 32 {
				t.Errorf("of %d shards %d begins with %v, want %v", target, i, st.open[i].start, h)
			}
		}
	}
}

// TestTheSameShardCountDoesNothing: the call is taken and the shards stay as they are.
func TestTheSameShardCountDoesNothing(t *testing.T) {
	s := newStream(t, Config{Model: Model{Scaling: time.Minute}}, "s", 2)
	out, err := scaleTo(s, 2)
	if err != nil || out.CurrentShardCount != 2 || len(s.streams["s"].shards) != 2 || len(s.streams["s"].changes) != 0 {
		t.Errorf("%+v, %v", out, err)
	}
}
