package conformance

import (
	"context"
	"strings"
	"time"
)

// bench is what one case works with: names that are its own, and a list of what it made.
type bench struct {
	*lab
	base     string          // of all names: put-500-records
	account  string          // of the streams that were made; "" while there is none
	recorded map[string]bool // kind and name of what the owner has on record
	undo     []undo
}

type undo struct {
	what string
	do   func(ctx context.Context) error
}

// made notes how to delete something that was made.
func (b *bench) made(what string, do func(ctx context.Context) error) {
	b.undo = append(b.undo, undo{what, do})
}

// clear deletes what was made, the last first, also when the case's own time is up. It names what it could not delete.
func (b *bench) clear(ctx context.Context) string {
	within := 30 * time.Second
	if b.owner != nil {
		within = 2 * time.Minute
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	var left []string
	for i := len(b.undo) - 1; i >= 0; i-- {
		err := patient(ctx, func() error { return b.undo[i].do(ctx) })
		if err != nil && !gone(err) {
			left = append(left, b.undo[i].what)
		}
	}
	b.undo = nil
	return strings.Join(left, ", ")
}

// pause waits, unless the context ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// patient repeats a call that is throttled or comes too early: what a case needs made is not what it is about.
func patient(ctx context.Context, do func() error) error { return repeat(ctx, early, do) }

// repeat makes a call again while its error is one of those, ten seconds long.
func repeat(ctx context.Context, again func(error) bool, do func() error) error {
	for range 40 {
		err := do()
		if !again(err) {
			return err
		}
		if pause(ctx, 250*time.Millisecond) != nil {
			return err
		}
	}
	return do()
}

// until asks again and again until done says so, a quarter of a second apart.
func until(ctx context.Context, done func() (bool, error)) error {
	for {
		ok, err := done()
		if err != nil && !early(err) {
			return err
		}
		if ok {
			return nil
		}
		if err := pause(ctx, 250*time.Millisecond); err != nil {
			return err
		}
	}
}
