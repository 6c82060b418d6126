package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// Receipts is the stream that receipts go into.
type Receipts interface {
	// Put stores one encoded receipt. An error that is ErrTryAgain is worth another try, any other is not.
	Put(ctx context.Context, partitionKey string, data []byte) error
}

// Config is what a Handler needs. Settings and Receipts must be set.
type Config struct {
	Settings
	Receipts    Receipts
	Environment uint64 // names this environment in receipts, and is part of what is drawn

	Now   func() time.Time                                 // default time.Now
	Sleep func(ctx context.Context, d time.Duration) error // default waits for d or the context's end, whose error it returns
	Log   io.Writer                                        // a line for each receipt that could not be stored; default none
}

// Handler answers invocations as its settings say. It is a lambda.Handler of aws-lambda-go, and is safe for concurrent use.
type Handler struct {
	Config

	mu          sync.Mutex
	invocations uint64
	attempts    attempts
	lost        int // receipts that could not be stored since one was
}

// NewHandler makes the handler of one execution environment.
func NewHandler(c Config) *Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.Log == nil {
		c.Log = io.Discard
	}
	return &Handler{Config: c}
}

// sleep waits for d or for the end of the context.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Failure is the error of an invocation; its name is the errorType that Lambda shows.
type Failure struct {
	Reason string // one of the Error constants
	text   string
}

// Error says what happened.
func (f *Failure) Error() string { return f.text }

// Invoke answers one event: it works as it is told, leaves the receipt, and returns the batch item failures or a *Failure.
// An event without records is answered at once and leaves no receipt, which makes it a way to start an environment.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	n := h.next()
	if n == 0 && h.ColdStart > 0 {
		if err := h.Sleep(ctx, h.ColdStart); err != nil {
			return nil, fmt.Errorf("start cold: %w", err)
		}
	}
	r := Receipt{
		Function: h.Function, Environment: h.Environment, Invocation: n, Cold: n == 0, Begin: h.Now(), ItemFailure: -1,
	}
	b, err := parseEvent(payload)
	if err != nil {
		r.End, r.Error = h.Now(), ErrorEvent
		h.leave(ctx, r)
		return nil, &Failure{ErrorEvent, err.Error()}
	}
	if len(b.records) == 0 {
		return respond("")
	}
	r.Stream, r.Shard = b.stream, b.shard
	r.Records, r.Batch = b.records, len(b.sequences)
	r.FirstSequenceNumber, r.LastSequenceNumber = b.sequences[0], b.sequences[len(b.sequences)-1]
	r.FirstArrival, r.LastArrival = b.first, b.last
	r.Attempt = h.see(beginning{b.stream, b.shard, r.FirstSequenceNumber})
	return h.perform(ctx, r, b.sequences)
}

// perform does what is drawn for the invocation.
func (h *Handler) perform(ctx context.Context, r Receipt, sequences []string) ([]byte, error) {
	d := h.draw(h.Environment, r.Invocation)
	until := r.Begin.Add(d.duration)
	if deadline, ok := ctx.Deadline(); ok && until.After(deadline) {
		return nil, h.timeOut(ctx, r, deadline)
	}
	if err := h.work(ctx, until); err != nil {
		return nil, fmt.Errorf("work: %w", err)
	}
	first := ""
	switch {
	case d.fails:
		r.Error = ErrorDrawn
	case d.partial:
		r.ItemFailure = min(int(d.from*float64(len(sequences))), len(sequences)-1)
		first = sequences[r.ItemFailure]
	}
	r.End = h.Now()
	h.leave(ctx, r)
	if d.fails {
		return nil, &Failure{ErrorDrawn, fmt.Sprintf("invocation %d of this environment was drawn to fail", r.Invocation)}
	}
	return respond(first)
}

// respond is the answer where the records from one on failed, "" for none. Lambda tries that record and all after it again.
func respond(sequenceNumber string) ([]byte, error) {
	answer := events.KinesisEventResponse{BatchItemFailures: []events.KinesisBatchItemFailure{}}
	if sequenceNumber != "" {
		answer.BatchItemFailures = append(answer.BatchItemFailures, events.KinesisBatchItemFailure{ItemIdentifier: sequenceNumber})
	}
	return json.Marshal(answer)
}

// next counts an invocation and says how many there were before.
func (h *Handler) next() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.invocations++
	return h.invocations - 1
}

func (h *Handler) see(b beginning) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.attempts.see(b)
}
