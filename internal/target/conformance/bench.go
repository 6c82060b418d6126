package conformance

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// bench is what one case works with: the clients, names that are its own, and a list of what it made.
type bench struct {
	*clients
	prefix  string // of all names: wavetank-4f1a2b-put-500-records
	role    string // as the options say; "" for one of the account's
	account string // of the streams that were made; "" while there is none
	zip     []byte
	undo    []undo
}

type undo struct {
	what string
	do   func(ctx context.Context) error
}

// name is a name of the case's own that every service takes. what is at most 6 characters.
func (b *bench) name(what string) string { return b.prefix + "-" + what }

// roleARN is the role that services get. Where nobody named one it is of the streams' own account: LocalStack looks for a
// function's stream in the account of its role.
func (b *bench) roleARN() *string {
	if b.role != "" {
		return &b.role
	}
	return aws.String("arn:aws:iam::" + cmp.Or(b.account, "123456789012") + ":role/wavetank")
}

// made notes how to delete something that was made.
func (b *bench) made(what string, do func(ctx context.Context) error) {
	b.undo = append(b.undo, undo{what, do})
}

// clear deletes what was made, the last first, also when the case's own time is up. It names what it could not delete.
func (b *bench) clear(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
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
