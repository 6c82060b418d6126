package aggregate_test

import (
	"fmt"

	"github.com/wavetank/wavetank/internal/aggregate"
)

func Example() {
	w := aggregate.NewWriter(aggregate.Limits{}, true)
	for _, text := range []string{"one", "two", "three"} {
		u := user("key", text)
		w.Add(&u)
	}
	data, outer := w.Flush(nil)
	fmt.Println(outer.Count, "user records,", outer.Size, "bytes, partition key", outer.Key)

	outcome := aggregate.Read(data, aggregate.FullRange(), func(sub int, u aggregate.UserRecord) {
		fmt.Println(sub, u.Key, string(u.Data))
	})
	fmt.Println(outcome)
	// Output:
	// 3 user records, 54 bytes, partition key a
	// 0 key one
	// 1 key two
	// 2 key three
	// opened
}
