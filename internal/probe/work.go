package probe

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"
)

const (
	// reserve is how long before the deadline the receipt of an invocation is stored that will not be done by then: Lambda
	// ends the environment at the deadline, and says nothing before.
	reserve = 500 * time.Millisecond
	// overrun is how long past the deadline such an invocation goes on, for Lambda to end it.
	overrun = time.Second
)

// work passes the time until an instant, or until the context ends.
func (h *Handler) work(ctx context.Context, until time.Time) error {
	if h.Work == CPU {
		return h.burn(ctx, until)
	}
	if d := until.Sub(h.Now()); d > 0 {
		return h.Sleep(ctx, d)
	}
	return nil
}

// burn keeps a processor busy until an instant. It looks at the clock every few microseconds.
func (h *Handler) burn(ctx context.Context, until time.Time) error {
	var block [4096]byte
	for h.Now().Before(until) {
		if err := ctx.Err(); err != nil {
			return err
		}
		sum := sha256.Sum256(block[:])
		copy(block[:], sum[:])
	}
	return nil
}

// timeOut is the invocation that takes longer than Lambda lets it. Its receipt is stored ahead of the deadline, since
// nothing is after it.
func (h *Handler) timeOut(ctx context.Context, r Receipt, deadline time.Time) error {
	if err := h.work(ctx, deadline.Add(-reserve)); err != nil {
		return fmt.Errorf("work: %w", err)
	}
	r.End, r.Error = deadline, ErrorTimedOut
	h.leave(ctx, r)
	if err := h.work(context.WithoutCancel(ctx), deadline.Add(overrun)); err != nil {
		return fmt.Errorf("work: %w", err)
	}
	return &Failure{ErrorTimedOut, "the invocation took longer than the function's timeout"}
}
