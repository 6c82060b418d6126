// Package batching puts records into a stream as a producer of many small ones does: it gathers them for a tenth of a second, joins
// those of a key into one record by the KPL's aggregation format, puts up to 500 of these in a request, and again, after a
// while, what the stream refuses. A key's records stay in their order.
package batching

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"example.com/consumers/internal/calls"
)

const (
	linger         = 100 * time.Millisecond // how long records are gathered
	maxAggregate   = 50 << 10               // bytes of an aggregate; a record that is larger goes alone, as it is
	requestRecords = 500                    // AWS's limit of a request
	requestBytes   = 5 << 20                // half of AWS's limit
	maxRecord      = 1 << 20                // AWS's limit of a record and its key, where the stream's is not raised
	room           = 20_000                 // how many records wait at most, before Put does
)

// Client is the part of a *kinesis.Client that puts.
type Client interface {
	PutRecords(context.Context, *kinesis.PutRecordsInput, ...func(*kinesis.Options)) (*kinesis.PutRecordsOutput, error)
}

// Producer gathers records and puts them. Its methods may be called from any goroutine, Run from one.
type Producer struct {
	client Client
	stream string
	log    *slog.Logger
	room   chan struct{} // one for each record that waits
	wake   chan struct{} // there is something to do
	ended  chan struct{} // Run has returned

	mu      sync.Mutex
	closed  bool
	pending map[string][][]byte // by key
	order   []string            // of the keys that have something pending, the one that waits longest first
}

// New makes a producer. It puts nothing before Run runs.
func New(client Client, stream string, log *slog.Logger) *Producer {
	return &Producer{
		client: client, stream: stream, log: log, pending: map[string][][]byte{},
		room: make(chan struct{}, room), wake: make(chan struct{}, 1), ended: make(chan struct{}),
	}
}

// ErrClosed is the error of Put after Close, or when Run has returned.
var ErrClosed = errors.New("the producer is closed")

// Put takes a record, which must not be changed afterwards. It waits where too many wait already. That it returns nil does not
// mean that the record is stored: Run returns nil when all are.
func (p *Producer) Put(ctx context.Context, key string, data []byte) error {
	// Kinesis refuses a request whole for one record that it would never take, and with it those of others.
	if key == "" || len(key) > 256 || len(key)+len(data) > maxRecord {
		return fmt.Errorf("put %d bytes under a key of %d: a key has 1 to 256 bytes, and a record %d with its key", len(data), len(key), maxRecord)
	}
	select {
	case p.room <- struct{}{}:
	case <-p.ended:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		<-p.room
		return ErrClosed
	}
	if len(p.pending[key]) == 0 {
		p.order = append(p.order, key)
	}
	p.pending[key] = append(p.pending[key], data)
	p.alarm()
	return nil
}

// Close has Run return when everything that was put is stored.
func (p *Producer) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.alarm()
}

func (p *Producer) alarm() {
	select {
	case p.wake <- struct{}{}:
	default: // it rings already
	}
}

// Run puts what is gathered until Close, or until something fails that does not pass. Its error says how much is not stored.
func (p *Producer) Run(ctx context.Context) error {
	defer close(p.ended)
	err := p.run(ctx)
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.closed = true
		err = fmt.Errorf("%d records are not stored: %w", len(p.room), err)
	}
	return err
}

func (p *Producer) run(ctx context.Context) error {
	for failures := 0; ; {
		request, closed := p.next()
		if len(request) == 0 {
			if closed {
				return nil
			}
			select {
			case <-p.wake:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			if err := calls.Wait(ctx, linger); err != nil {
				return err
			}
			continue
		}
		code, err := p.put(ctx, request)
		if code == "" && err == nil {
			failures = 0
			continue
		}
		if err != nil && !calls.Passes(err) {
			return err
		}
		failures++
		p.log.WarnContext(ctx, "records were refused", "code", code, "in a row", failures, "err", err)
		if err := calls.Wait(ctx, calls.Backoff(failures)); err != nil {
			return err
		}
	}
}

// part is one key's part of a request: so many of its records, in one record of the stream.
type part struct {
	key   string
	users int
	data  []byte
}

// next is the next request: for each key that waits one record, so that none of its records can be stored before an older one that
// is refused. What is in it waits on, until put says that it is stored.
func (p *Producer) next() (request []part, closed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	size := 0
	for _, key := range p.order {
		next := gather(key, p.pending[key])
		if size += len(key) + len(next.data); len(request) == requestRecords || len(request) > 0 && size > requestBytes {
			break
		}
		request = append(request, next)
	}
	return request, p.closed
}

// gather makes a record of the stream of as many of a key's records as fit.
func gather(key string, records [][]byte) part {
	n, size := 0, emptySize(key)
	for n < len(records) && size+joinedSize(len(records[n])) <= maxAggregate {
		size += joinedSize(len(records[n]))
		n++
	}
	if n <= 1 {
		return part{key, 1, records[0]}
	}
	return part{key, n, join(key, records[:n])}
}

// put makes a request. Code is why a part was refused, where one was.
func (p *Producer) put(ctx context.Context, request []part) (code string, err error) {
	in := &kinesis.PutRecordsInput{StreamName: &p.stream}
	for i := range request {
		in.Records = append(in.Records, types.PutRecordsRequestEntry{Data: request[i].data, PartitionKey: &request[i].key})
	}
	out, err := p.client.PutRecords(ctx, in)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var waiting, served []string // served keys go to the end, so that none waits for ever
	for i, r := range out.Records {
		key := request[i].key
		if r.ErrorCode != nil {
			code = aws.ToString(r.ErrorCode)
			waiting = append(waiting, key)
			continue
		}
		for range request[i].users {
			<-p.room
		}
		if p.pending[key] = p.pending[key][request[i].users:]; len(p.pending[key]) > 0 {
			served = append(served, key)
			continue
		}
		delete(p.pending, key)
	}
	p.order = append(append(waiting, p.order[len(request):]...), served...)
	return code, nil
}
