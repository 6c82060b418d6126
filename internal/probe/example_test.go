package probe

import (
	"context"
	"fmt"
)

// printed is a stream of receipts that prints them.
type printed struct{}

func (printed) Put(_ context.Context, key string, data []byte) error {
	r, err := Parse(data)
	if err == nil {
		fmt.Printf("%s: %d records, attempt %d, cold %t, %q\n", key, r.Batch, r.Attempt, r.Cold, r.Error)
	}
	return err
}

func ExampleNewHandler() {
	h := NewHandler(Config{
		Settings: Settings{Function: "probe", Receipts: "receipts", Errors: 1},
		Receipts: printed{},
	})
	for range 2 {
		_, err := h.Invoke(context.Background(), eventOf(0, 1, 2, 3))
		fmt.Println(err)
	}
	// Output:
	// probe/clicks/shardId-000000000000: 3 records, attempt 1, cold true, "Unhandled"
	// invocation 0 of this environment was drawn to fail
	// probe/clicks/shardId-000000000000: 3 records, attempt 2, cold false, "Unhandled"
	// invocation 1 of this environment was drawn to fail
}
