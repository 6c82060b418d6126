package orders

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/wavetank/wavetank/runner/tanktest"
)

// busy are totals that refuse an order once.
type busy struct {
	*Ledger
	order string
}

func (b *busy) Add(ctx context.Context, o Order) error {
	if o.ID == b.order {
		b.order = ""
		return errors.New("the database is busy")
	}
	return b.Ledger.Add(ctx, o)
}

func handler(totals Totals) *Handler {
	return &Handler{Totals: totals, Log: slog.New(slog.DiscardHandler)}
}

func TestAnOrderThatFailsOnceIsTriedAgain(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	stream := tank.Stream("orders", 1)
	totals := &busy{&Ledger{}, "o-20"}
	fn := tank.Handle("orders", handler(totals).Handle, tanktest.ReportBatchItemFailures())

	orders := madeUp(50)
	stream.Send(records(t, orders...)...)
	tank.Advance(time.Minute)

	wantTotals(t, totals.Ledger, orders)
	if n := len(fn.Batches()); n != 2 {
		t.Errorf("the handler was invoked %d times, not once with all of the orders and once with those from o-20 on", n)
	}
}

func TestOrdersOfOurOwnPeopleAreNotCounted(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	stream := tank.Stream("orders", 1)
	totals := &Ledger{}
	fn := tank.Handle("orders", handler(totals).Handle, tanktest.ReportBatchItemFailures())

	orders := madeUp(10)
	stream.Send(records(t, append(orders, Order{ID: "o-x", Customer: "c-0", Cents: 1, Test: true})...)...)
	tank.Advance(time.Minute)

	fn.Delivered(t, 11)
	wantTotals(t, totals, orders)
}

// A record that is no order is set aside, alone, and those behind it are counted.
func TestAnUnreadableOrderIsSetAside(t *testing.T) {
	tank := tanktest.Start(t, tanktest.Virtual())
	stream := tank.Stream("orders", 1)
	totals := &Ledger{}
	fn := tank.Handle("orders", handler(totals).Handle, tanktest.ReportBatchItemFailures(), tanktest.BisectOnError(),
		tanktest.MaxRetries(2))

	orders := madeUp(50)
	all := records(t, orders...)
	all[30].Data = all[30].Data[:10]
	stream.Send(all...)
	tank.Advance(time.Hour)

	fn.OnFailure().Batches(t, 1)
	fn.Delivered(t, 49)
	wantTotals(t, totals, append(orders[:30:30], orders[31:]...))
}

// At least once means that an order may come twice: when the answer of an invocation is lost, Lambda invokes again, and when
// the answer of a PutRecords is lost, the SDK puts again.
func TestAnOrderThatComesTwiceCountsOnce(t *testing.T) {
	t.Run("invoked twice", func(t *testing.T) {
		tank := tanktest.Start(t, tanktest.Virtual())
		stream := tank.Stream("orders", 1)
		totals := &Ledger{}
		tank.Handle("orders", handler(totals).Handle, tanktest.ReportBatchItemFailures())
		tank.Next("Invoke", tanktest.Loses())

		orders := madeUp(50)
		stream.Send(records(t, orders...)...)
		tank.Advance(time.Minute)

		wantTotals(t, totals, orders)
		if n := tank.Calls("Invoke"); n != 2 {
			t.Errorf("%d invocations: this test has shown nothing", n)
		}
	})
	t.Run("stored twice", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tank := tanktest.Start(t, tanktest.Bubble())
			stream := tank.Stream("orders", 1)
			totals := &Ledger{}
			tank.Handle("orders", handler(totals).Handle, tanktest.ReportBatchItemFailures())
			tank.Next("PutRecords", tanktest.Loses())

			orders := madeUp(50)
			publisher := &Publisher{Client: kinesis.NewFromConfig(tank.Config()), Stream: "orders"}
			if err := publisher.Publish(t.Context(), orders...); err != nil {
				t.Fatal(err)
			}
			tank.Advance(time.Minute)

			wantTotals(t, totals, orders)
			if n := len(stream.Records()); n != 100 {
				t.Errorf("%d records are stored: this test has shown nothing", n)
			}
		})
	})
}

// Whatever goes wrong between the stream and the function, and whatever is split: the totals are right in the end. A seed that
// finds another way is printed with a test to keep.
func TestTotalsWhateverHappens(t *testing.T) {
	tanktest.Explore(t, 100, func(t testing.TB, tank *tanktest.Tank) {
		stream := tank.Stream("orders", 2)
		totals := &Ledger{}
		fn := tank.Handle("orders", handler(totals).Handle, tanktest.ReportBatchItemFailures(), tanktest.BatchSize(20),
			tanktest.Takes(50*time.Millisecond))

		orders := madeUp(300)
		for left := orders; len(left) > 0; left = left[10:] {
			stream.Send(records(t, left[:10]...)...)
			tank.Advance(300 * time.Millisecond)
		}
		tank.Advance(time.Hour)

		fn.AtLeastOnce(t)
		fn.InOrder(t)
		wantTotals(t, totals, orders)
	})
}
