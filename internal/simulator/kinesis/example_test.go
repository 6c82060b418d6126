package kinesis_test

import (
	"fmt"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// A shard takes 1,000 records a second and refuses the rest, one by one.
func ExampleNew() {
	s := kinesis.New(kinesis.Config{Clock: clock.NewVirtual()})
	if err := s.CreateStream(kinesis.CreateStreamInput{StreamName: new("clicks"), ShardCount: new(int32(1))}); err != nil {
		fmt.Println(err)
		return
	}
	recs := make([]record.Record, 1500)
	for i := range recs {
		recs[i] = record.Record{Key: "user-1", Hash: kinesis.HashKey("user-1"), Size: 200, Number: uint64(i), Ours: true}
	}
	res := make([]kinesis.Result, len(recs))
	if err := s.Put(clock.Epoch, "clicks", recs, res); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("record 999:", res[999].Limit, "- record 1000:", res[1000].Limit)

	page, err := s.Read(clock.Epoch, "example", "clicks", 0, 0, 2, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range page.Records {
		fmt.Println("read number", r.Number, "at position", r.Seq)
	}
	// Output:
	// record 999: none - record 1000: records
	// read number 0 at position 0
	// read number 1 at position 1
}
