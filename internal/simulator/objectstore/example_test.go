package objectstore_test

import (
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// A delivery of records that have no bytes yet is made when it is fetched.
func ExampleNew() {
	store := objectstore.New(objectstore.Config{
		Render:   func(dst []byte, r *record.Record) []byte { return fmt.Appendf(dst, "click %d\n", r.Number) },
		DropRead: true,
	})
	at := time.Date(2026, time.January, 1, 9, 0, 5, 0, time.UTC)
	if err := store.CreateBucket(at, "clicks"); err != nil {
		fmt.Println(err)
	}
	records := []record.Record{{Number: 1, Size: 8}, {Number: 2, Size: 8}}
	if _, err := store.PutRecords(at, "clicks", "2026/01/01/09/a", records, objectstore.Uncompressed); err != nil {
		fmt.Println(err)
	}
	page, _ := store.List("clicks", objectstore.ListQuery{Delimiter: "/"})
	fmt.Println(page.Prefixes)
	o, _ := store.Get("clicks", "2026/01/01/09/a")
	fmt.Printf("%s", o.Body)
	o.Fetched()
	_, err := store.Get("clicks", "2026/01/01/09/a")
	fmt.Println(err)
	// Output:
	// [2026/]
	// click 1
	// click 2
	// the body was dropped: of "2026/01/01/09/a" in "clicks": only its metadata is kept (it was fetched before, or records are not kept)
}
