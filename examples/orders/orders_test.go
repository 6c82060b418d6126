package orders

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// customers is how many there are: each buys as often as the others.
const customers = 5

// madeUp are n orders, of 1.00 each.
func madeUp(n int) []Order {
	orders := make([]Order, n)
	for i := range orders {
		orders[i] = Order{ID: fmt.Sprintf("o-%d", i), Customer: fmt.Sprintf("c-%d", i%customers), Cents: 100}
	}
	return orders
}

// records are orders as a Publisher puts them.
func records(t testing.TB, orders ...Order) []tanktest.Record {
	t.Helper()
	all := make([]tanktest.Record, len(orders))
	for i, o := range orders {
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		all[i] = tanktest.Record{Key: o.ID, Data: data}
	}
	return all
}

// wantTotals fails the test where an order is not counted, or counted more than once.
func wantTotals(t testing.TB, l *Ledger, orders []Order) {
	t.Helper()
	want := map[string]int64{}
	for _, o := range orders {
		if !l.seen[o.ID] {
			t.Errorf("order %s is not counted, and nobody tries it again", o.ID)
		}
		want[o.Customer] += o.Cents
	}
	for customer, cents := range want {
		if got := l.Of(customer); got > cents {
			t.Errorf("customer %s has %d cents, not %d: an order is counted more than once", customer, got, cents)
			return // the others are no better
		}
	}
}

// wantStored fails the test where the stream does not hold each of the orders.
func wantStored(t testing.TB, stream *tanktest.Stream, orders []Order) {
	t.Helper()
	keys := stream.ByKey()
	missing := slices.DeleteFunc(slices.Clone(orders), func(o Order) bool { return len(keys[o.ID]) > 0 })
	if len(missing) > 0 {
		t.Errorf("Publish has returned no error, and %d of %d orders are not in the stream, the first of them %s: nobody will send them again",
			len(missing), len(orders), missing[0].ID)
	}
}

// All of it together, and nothing goes wrong: a day's orders, while the stream is split.
func TestOrdersBecomeTotals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Bubble())
		stream := tank.Stream("orders", 1)
		totals := &Ledger{}
		h := &Handler{Totals: totals, Log: slog.New(slog.DiscardHandler)}
		fn := tank.Handle("orders", h.Handle, tanktest.ReportBatchItemFailures(), tanktest.BatchingWindow(5*time.Second))
		publisher := &Publisher{Client: kinesis.NewFromConfig(tank.Config()), Stream: "orders"}

		orders := madeUp(1200)
		for hour, chunk := 0, orders; len(chunk) > 0; hour, chunk = hour+1, chunk[50:] {
			if err := publisher.Publish(t.Context(), chunk[:50]...); err != nil {
				t.Fatal(err)
			}
			if hour == 8 {
				stream.Split(0)
			}
			tank.Advance(time.Hour)
		}

		fn.ExactlyOnce(t)
		wantTotals(t, totals, orders)
	})
}
