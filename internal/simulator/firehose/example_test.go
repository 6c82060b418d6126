package firehose_test

import (
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Two records put directly, ten seconds apart in virtual time, come out as one object when its interval is over.
func ExampleNew() {
	virtual := clock.NewVirtual()
	defer virtual.Stop()
	store := objectstore.New(objectstore.Config{
		Render: func(dst []byte, r *record.Record) []byte { return fmt.Appendf(dst, "click %d\n", r.Number) },
	})
	if err := store.CreateBucket(virtual.Now(), "clicks"); err != nil {
		fmt.Println(err)
	}
	service := firehose.New(firehose.Config{Clock: virtual, Store: store})
	err := service.Create(firehose.DeliveryStream{
		Name: "clicks-to-s3", Bucket: "clicks", Prefix: "day=!{timestamp:yyyy-MM-dd}/",
		Buffering: &firehose.BufferingHints{Size: 1 << 20, Interval: 60 * time.Second},
	})
	if err != nil {
		fmt.Println(err)
	}
	for n := range uint64(2) {
		if err := service.Put(virtual.Now(), "clicks-to-s3", []record.Record{{Number: n, Size: 8, Ours: true}}, make([]bool, 1)); err != nil {
			fmt.Println(err)
		}
		virtual.RunUntil(virtual.Now().Add(10 * time.Second))
	}
	oldest, _ := service.Oldest("clicks-to-s3")
	fmt.Println("freshness:", virtual.Now().Sub(oldest))

	virtual.RunUntil(virtual.Now().Add(40 * time.Second))
	page, _ := store.List("clicks", objectstore.ListQuery{})
	for _, o := range page.Objects {
		body, _ := store.Get("clicks", o.Key)
		fmt.Printf("%s\n%s", o.Key, body.Body)
	}
	// Output:
	// freshness: 20s
	// day=2026-01-01/clicks-to-s3-1-2026-01-01-00-00-00-48de2abf-e880-4ca6-b310-ee5d44989dd2
	// click 0
	// click 1
}

// A buffer is a model: it is told what time it is.
func ExampleNewBuffer() {
	b := firehose.NewBuffer(firehose.BufferingHints{Size: 1000, Interval: time.Minute})
	offered := []record.Record{{Size: 600}, {Size: 600}, {Size: 600}}
	taken := b.Add(0, offered)
	fmt.Println("taken:", taken, "full:", b.Full(0))
	_, bytes := b.Cut(nil)
	fmt.Println("object of", bytes, "bytes")
	b.Add(0, offered[taken:])
	fmt.Println("full before its minute:", b.Full(int64(59*time.Second)), "after:", b.Full(int64(60*time.Second)))
	// Output:
	// taken: 2 full: true
	// object of 1200 bytes
	// full before its minute: false after: true
}
