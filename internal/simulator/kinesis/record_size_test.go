package kinesis

import (
	"errors"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// largeStream makes the stream s of one shard with records of up to 10 MiB.
func largeStream(t *testing.T, cfg Config) (*Service, *clock.Virtual) {
	t.Helper()
	c := clock.NewVirtual()
	cfg.Clock = c
	s := New(cfg)
	err := s.CreateStream(CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1)), MaxRecordSizeInKiB: new(int32(10240))})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func putBytes(s *Service, n int) error {
	_, err := s.PutRecord(PutRecordInput{StreamName: new("s"), Data: make([]byte, n-1), PartitionKey: new("k")})
	return err
}

// TestARestedShardTakesTenMiB: the tank of such a stream holds 10 MiB and is filled at 1 MiB a second ("Handle large
// records"), so one record of 10 MiB goes in and the next one 10 s later; what fits goes in before.
func TestARestedShardTakesTenMiB(t *testing.T) {
	s, c := largeStream(t, Config{})
	if err := putBytes(s, 10*mib); err != nil {
		t.Fatal(err)
	}
	for second := 1; second < 10; second++ {
		c.RunUntil(clock.Epoch.Add(time.Duration(second) * time.Second))
		if err := putBytes(s, 10*mib); !errors.Is(err, record.ErrThroughputExceeded) {
			t.Errorf("10 MiB after %d s: %v", second, err)
		}
	}
	c.RunUntil(clock.Epoch.Add(10 * time.Second))
	if err := putBytes(s, 10*mib); err != nil {
		t.Errorf("10 MiB after 10 s: %v", err)
	}
	c.RunUntil(clock.Epoch.Add(11 * time.Second))
	if err := putBytes(s, mib); err != nil {
		t.Errorf("1 MiB a second later: %v", err)
	}
	if err := putBytes(s, kib); !errors.Is(err, record.ErrThroughputExceeded) {
		t.Errorf("1 KiB more: %v", err)
	}
}

// TestRecordSizes: puts are held to the size of the stream, to the byte, by PutRecord and PutRecords.
func TestRecordSizes(t *testing.T) {
	tests := []struct {
		name  string
		kib   int32 // 0: CreateStream does not say
		bytes int
		fits  bool
	}{
		{"1 MiB", 0, mib, true},
		{"a byte more", 0, mib + 1, false},
		{"2 MiB of 2,048 KiB", 2048, 2 * mib, true},
		{"a byte more than 2,048 KiB", 2048, 2*mib + 1, false},
		{"10 MiB", 10240, 10 * mib, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := New(Config{Clock: clock.NewVirtual()})
			in := CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1))}
			size := int32(1024)
			if tt.kib != 0 {
				in.MaxRecordSizeInKiB, size = &tt.kib, tt.kib
			}
			if err := s.CreateStream(in); err != nil {
				t.Fatal(err)
			}
			out, err := s.DescribeStreamSummary(DescribeStreamSummaryInput{StreamName: new("s")})
			if err != nil || out.StreamDescriptionSummary.MaxRecordSizeInKiB != int(size) {
				t.Errorf("the stream shows %+v, %v", out, err)
			}
			_, many := s.PutRecords(PutRecordsInput{
				StreamName: new("s"), DryRun: new(true),
				Records: []PutRecordsRequestEntry{{Data: make([]byte, tt.bytes-1), PartitionKey: new("k")}},
			})
			one := putBytes(s, tt.bytes)
			if tt.fits {
				if one != nil {
					t.Error(one)
				}
				want(t, many, "DryRunOperationException", "The request would have succeeded, but DryRun was set.")
				return
			}
			message := errorf(codeInvalidArgument, "Record of %d bytes (data and partition key) exceeds the stream's maximum record size of %d KiB.", tt.bytes, size).Message
			want(t, one, codeInvalidArgument, message)
			want(t, many, codeInvalidArgument, message)
		})
	}
}

// TestRecordSizeChanges: the stream is UPDATING, then the new size is in force and a tank that was not full fills up to it; back
// again.
func TestRecordSizeChanges(t *testing.T) {
	c := clock.NewVirtual()
	s := newStream(t, Config{Clock: c, Model: Model{Updating: 5 * time.Second}}, "s", 1)
	resize := func(kib int32) error {
		return s.UpdateMaxRecordSize(UpdateMaxRecordSizeInput{StreamARN: new(arnOfS), MaxRecordSizeInKiB: &kib})
	}
	if err := resize(10240); err != nil {
		t.Fatal(err)
	}
	want(t, resize(2048), codeInUse, "Stream s under account 123456789012 not ACTIVE, instead in state UPDATING")
	want(t, putBytes(s, 2*mib), codeInvalidArgument, "Record of 2097152 bytes (data and partition key) exceeds the stream's maximum record size of 1024 KiB.")
	c.RunUntil(clock.Epoch.Add(4900 * time.Millisecond))
	if err := putBytes(s, mib); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(5 * time.Second))
	if err := putBytes(s, 2*mib); !errors.Is(err, record.ErrThroughputExceeded) {
		t.Errorf("the tank is not larger than it was filled: %v", err)
	}
	c.RunUntil(clock.Epoch.Add(7 * time.Second))
	if err := putBytes(s, 2*mib); err != nil {
		t.Errorf("2 MiB two seconds after the change: %v", err)
	}
	c.RunUntil(clock.Epoch.Add(60 * time.Second))
	if err := resize(1024); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(65 * time.Second))
	want(t, putBytes(s, 2*mib), codeInvalidArgument, "Record of 2097152 bytes (data and partition key) exceeds the stream's maximum record size of 1024 KiB.")
	if err := putBytes(s, mib); err != nil {
		t.Errorf("1 MiB after the change: %v", err)
	}
	if err := putBytes(s, kib); !errors.Is(err, record.ErrThroughputExceeded) {
		t.Errorf("the tank still holds more than 1 MiB: %v", err)
	}
	for size, message := range map[int32]string{
		1023:  "1 validation error detected: Value '1023' at 'maxRecordSizeInKiB' failed to satisfy constraint: Member must have value greater than or equal to 1024",
		10241: "1 validation error detected: Value '10241' at 'maxRecordSizeInKiB' failed to satisfy constraint: Member must have value less than or equal to 10240",
	} {
		want(t, resize(size), codeValidation, message)
		want(t, s.CreateStream(CreateStreamInput{StreamName: new("t"), ShardCount: new(int32(1)), MaxRecordSizeInKiB: &size}), codeValidation, message)
	}
}

// TestAGivenBurstWins: where Limits say what a tank holds, the record size does not change it.
func TestAGivenBurstWins(t *testing.T) {
	s, c := largeStream(t, Config{Limits: Limits{WriteBytesBurst: 2 * mib}})
	if err := putBytes(s, 10*mib); !errors.Is(err, record.ErrThroughputExceeded) {
		t.Errorf("10 MiB: %v", err)
	}
	if err := s.UpdateMaxRecordSize(UpdateMaxRecordSizeInput{StreamARN: new(arnOfS), MaxRecordSizeInKiB: new(int32(4096))}); err != nil {
		t.Fatal(err)
	}
	c.RunUntil(clock.Epoch.Add(time.Minute))
	if err := putBytes(s, 3*mib); !errors.Is(err, record.ErrThroughputExceeded) {
		t.Errorf("3 MiB: %v", err)
	}
	if err := putBytes(s, 2*mib); err != nil {
		t.Errorf("2 MiB: %v", err)
	}
}

// TestReadsOfTenMiBRecords: a page takes one such record, and the shard refuses reads until its bytes are paid for.
func TestReadsOfTenMiBRecords(t *testing.T) {
	s, c := largeStream(t, Config{})
	for range 2 {
		if err := putBytes(s, 10*mib); err != nil {
			t.Fatal(err)
		}
		c.RunUntil(c.Now().Add(10 * time.Second))
	}
	start := c.Now()
	page, err := s.Read(start, "", "s", 0, 0, 0, nil)
	if err != nil || len(page.Records) != 1 || page.Behind == 0 {
		t.Fatalf("%d records, %v behind, %v", len(page.Records), page.Behind, err)
	}
	// A rested shard has 2 MiB of its 10 MiB already.
	if _, err := s.Read(start.Add(4*time.Second-time.Millisecond), "", "s", 0, page.Next, 0, nil); !errors.Is(err, record.ErrThroughputExceeded) {
		t.Errorf("just before 4 s: %v", err)
	}
	page, err = s.Read(start.Add(4*time.Second), "", "s", 0, page.Next, 0, nil)
	if err != nil || len(page.Records) != 1 || page.Behind != 0 {
		t.Errorf("after 4 s: %d records, %v", len(page.Records), err)
	}
}

// TestAMissingStreamComesFirst: a put that is wrong only for its stream is first of all one to no stream, as in kinesalite.
func TestAMissingStreamComesFirst(t *testing.T) {
	s := newStream(t, Config{}, "s", 1)
	for name, in := range map[string]PutRecordInput{
		"a large record":          {Data: make([]byte, 2*mib), PartitionKey: new("k")},
		"a hash key beyond 2^128": {Data: []byte{}, PartitionKey: new("k"), ExplicitHashKey: new("340282366920938463463374607431768211456")},
		"a wrong number":          {Data: []byte{}, PartitionKey: new("k"), SequenceNumberForOrdering: new("5")},
	} {
		t.Run(name, func(t *testing.T) {
			in.StreamName = new("t")
			_, err := s.PutRecord(in)
			want(t, err, codeNotFound, "Stream t under account 123456789012 not found.")
		})
	}
}
