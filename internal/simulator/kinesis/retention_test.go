package kinesis

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// hoursOf are the hours that DescribeStreamSummary shows.
func hoursOf(t *testing.T, s *Service) int {
	t.Helper()
	out, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: new("s")})
	if err != nil {
		t.Fatal(err)
	}
	return out.StreamDescriptionSummary.RetentionPeriodHours
}

// stored are how many records of shard 0 can be read at an instant from the beginning.
func stored(t *testing.T, s *Service, at time.Time) int {
	t.Helper()
	page, err := s.Read(at, "", "s", 0, 0, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Records)
}

func TestRetentionPeriods(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	longer := func(hours int32) error {
		return s.IncreaseStreamRetentionPeriod(IncreaseStreamRetentionPeriodInput{StreamName: new("s"), RetentionPeriodHours: &hours})
	}
	shorter := func(hours int32) error {
		return s.DecreaseStreamRetentionPeriod(DecreaseStreamRetentionPeriodInput{StreamName: new("s"), RetentionPeriodHours: &hours})
	}
	tests := []struct {
		name    string
		do      func(int32) error
		hours   int32
		message string // empty: it succeeds
		shows   int
	}{
		{"what it has, longer", longer, 24, "", 24},
		{"what it has, shorter", shorter, 24, "", 24},
		{"too short", longer, 23, "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.", 24},
		{"a year and an hour", longer, 8761, "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.", 24},
		{"a year", longer, 8760, "", 8760},
		{"shorter by the wrong operation", longer, 48, "Requested retention period (48 hours) for stream s can not be shorter than existing " +
			"retention period (8760 hours). Use DecreaseRetentionPeriod API.", 8760},
		{"shorter", shorter, 48, "", 48},
		{"longer by the wrong operation", shorter, 49, "Requested retention period (49 hours) for stream s can not be longer than existing " +
			"retention period (48 hours). Use IncreaseRetentionPeriod API.", 48},
		{"shorter than a day", shorter, -1, "Minimum allowed retention period is 24 hours. Requested retention period (-1 hours) is too short.", 48},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.do(tt.hours)
			if tt.message != "" {
				want(t, err, codeInvalidArgument, tt.message)
			} else if err != nil {
				t.Error(err)
			}
			if got := hoursOf(t, s); got != tt.shows {
				t.Errorf("the stream shows %d hours, want %d", got, tt.shows)
			}
		})
	}
	want(t, s.IncreaseStreamRetentionPeriod(IncreaseStreamRetentionPeriodInput{StreamName: new("s")}), codeValidation,
		"1 validation error detected: Value null at 'retentionPeriodHours' failed to satisfy constraint: Member must not be null")
	want(t, s.DecreaseStreamRetentionPeriod(DecreaseStreamRetentionPeriodInput{StreamName: new("t"), RetentionPeriodHours: new(int32(24))}),
		codeNotFound, "Stream t under account 123456789012 not found.")
}

// TestAYearIsKept: with 8,760 hours a record is readable for 365 days, not one more; iterators and positions go by it.
func TestAYearIsKept(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 1)
	if err := s.IncreaseStreamRetentionPeriod(IncreaseStreamRetentionPeriodInput{StreamName: new("s"), RetentionPeriodHours: new(int32(8760))}); err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	for d := 0; d < 365; d += 5 {
		c.RunUntil(clock.Epoch.AddDate(0, 0, d))
		mustPut(t, s, c.Now(), ours(1, 10))
	}
	c.RunUntil(clock.Epoch.Add(365 * day))
	if n := stored(t, s, c.Now()); n != 73 {
		t.Errorf("%d records are there after 365 days, want 73", n)
	}
	c.RunUntil(clock.Epoch.Add(365*day + time.Nanosecond))
	if n := stored(t, s, c.Now()); n != 72 {
		t.Errorf("%d records are there a moment later, want 72", n)
	}
	c.RunUntil(clock.Epoch.Add(400 * day))
	it, ok := parseIterator(iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: new("TRIM_HORIZON")}))
	if !ok || it.pos != 7 {
		t.Errorf("the trim horizon is at %d, want 7: what came before day 35", it.pos)
	}
	it, _ = parseIterator(iteratorAt(t, s, GetShardIteratorInput{ShardIteratorType: new("AT_TIMESTAMP"), Timestamp: &Timestamp{clock.Epoch}}))
	if it.pos != 7 {
		t.Errorf("an instant before the trim horizon is at %d, want 7", it.pos)
	}
}

// TestALongerRetentionComesLater: until Model.Retaining is over the old period trims, and what it trimmed does not return.
func TestALongerRetentionComesLater(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Retaining: 5 * time.Minute}}, "s", 1)
	for range 10 { // at 0 to 9 min
		mustPut(t, s, c.Now(), ours(1, 10))
		c.RunUntil(c.Now().Add(time.Minute))
	}
	c.RunUntil(clock.Epoch.Add(24 * time.Hour))
	if err := s.IncreaseStreamRetentionPeriod(IncreaseStreamRetentionPeriodInput{StreamName: new("s"), RetentionPeriodHours: new(int32(48))}); err != nil {
		t.Fatal(err)
	}
	if got := hoursOf(t, s); got != 48 {
		t.Errorf("the stream shows %d hours, want what was asked for", got)
	}
	c.RunUntil(clock.Epoch.Add(24*time.Hour + 3*time.Minute + time.Second))
	if n := stored(t, s, c.Now()); n != 6 {
		t.Errorf("%d records are there after three minutes, want 6", n)
	}
	// Nobody looked when the change came: the records of minute 4 had gone by then, that of minute 5 had not.
	c.RunUntil(clock.Epoch.Add(30 * time.Hour))
	if n := stored(t, s, c.Now()); n != 5 {
		t.Errorf("%d records are there after the change, want 5", n)
	}
	c.RunUntil(clock.Epoch.Add(48*time.Hour + 7*time.Minute))
	if n := stored(t, s, c.Now()); n != 3 {
		t.Errorf("%d records are there after 48 hours and 7 minutes, want 3", n)
	}
}

// TestAShorterRetentionIsAtOnce: older records are gone, with their memory, and a longer period does not bring them back,
// nor does one that was on its way.
func TestAShorterRetentionIsAtOnce(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Retaining: 5 * time.Minute}}, "s", 1)
	set := func(longer bool, hours int32) {
		t.Helper()
		var err error
		if longer {
			err = s.IncreaseStreamRetentionPeriod(IncreaseStreamRetentionPeriodInput{StreamName: new("s"), RetentionPeriodHours: &hours})
		} else {
			err = s.DecreaseStreamRetentionPeriod(DecreaseStreamRetentionPeriodInput{StreamName: new("s"), RetentionPeriodHours: &hours})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	set(true, 100)
	c.RunUntil(clock.Epoch.Add(time.Hour))
	mustPut(t, s, c.Now(), ours(1, 10))
	c.RunUntil(clock.Epoch.Add(50 * time.Hour))
	if n := stored(t, s, c.Now()); n != 1 {
		t.Fatalf("%d records are there after 50 hours", n)
	}
	set(false, 48)
	if held := s.memory.Held(); held != 0 {
		t.Errorf("%d bytes are held", held)
	}
	set(true, 200)
	set(false, 30)
	c.RunUntil(clock.Epoch.Add(60 * time.Hour))
	mustPut(t, s, c.Now(), ours(1, 10))
	c.RunUntil(clock.Epoch.Add(91 * time.Hour))
	if n := stored(t, s, c.Now()); n != 0 {
		t.Errorf("%d records are there: the period that was asked for last is 30 hours", n)
	}
}

// TestExpiredShardsDoNotReturn: a closed shard that the old period has taken off the list stays off it.
func TestExpiredShardsDoNotReturn(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c}, "s", 2)
	c.RunUntil(clock.Epoch.Add(time.Hour))
	s.streams["s"].shards[0].closed = c.Now().UnixNano()
	listed := func() int {
		out, err := s.ListShards(ListShardsInput{StreamName: new("s")})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.Shards)
	}
	c.RunUntil(clock.Epoch.Add(25 * time.Hour))
	if n := listed(); n != 2 {
		t.Errorf("%d shards are listed, want 2", n)
	}
	c.RunUntil(clock.Epoch.Add(26 * time.Hour))
	if err := s.IncreaseStreamRetentionPeriod(IncreaseStreamRetentionPeriodInput{StreamName: new("s"), RetentionPeriodHours: new(int32(240))}); err != nil {
		t.Fatal(err)
	}
	if n := listed(); n != 1 {
		t.Errorf("%d shards are listed, want 1", n)
	}
}
