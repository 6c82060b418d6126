package probe

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrTryAgain is the error of a put that may succeed when it is made again: it was throttled, or had no answer.
var ErrTryAgain = errors.New("may be tried again")

const (
	tries   = 6                     // puts of one receipt, the first included
	backoff = 50 * time.Millisecond // before the second; doubled before each further: 1.55 s in all
)

// leave stores the receipt, all its parts. What cannot be stored is logged and counted: the invocation's outcome is another
// matter.
func (h *Handler) leave(ctx context.Context, r Receipt) {
	h.mu.Lock()
	r.Lost, h.lost = h.lost, 0
	h.mu.Unlock()
	// One key a shard: its receipts keep their order, and those of other shards go elsewhere.
	key := cut(r.Function + "/" + r.Stream + "/" + r.Shard)
	parts := r.Encode()
	lost := 0
	for i, part := range parts {
		if err := h.store(ctx, key, part); err != nil {
			lost++
			fmt.Fprintf(h.Log, "store receipt of invocation %d, part %d of %d: %v\n", r.Invocation, i+1, len(parts), err)
		}
	}
	if lost == len(parts) {
		lost += r.Lost // nobody has been told of these yet
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lost += lost
}

// store puts one part, and again while that may help.
func (h *Handler) store(ctx context.Context, key string, data []byte) error {
	wait := backoff
	for try := 1; ; try++ {
		err := h.Receipts.Put(ctx, key, data)
		if err == nil || try == tries || !errors.Is(err, ErrTryAgain) {
			return err
		}
		if ended := h.Sleep(ctx, wait); ended != nil {
			return fmt.Errorf("%w; the invocation ended after put %d", err, try)
		}
		wait *= 2
	}
}
