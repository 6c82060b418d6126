package leases

import (
	"context"
	"errors"
	"sync"

	"example.com/consumers/pershard"
)

// Lease is the right to read a shard, and how far it was read.
type Lease struct {
	Shard      string
	Parents    []string
	Owner      string // the worker that has it; "" nobody has
	Epoch      int64  // how often it was taken: what an owner of before writes is refused by it
	Beat       int64  // how often it was renewed: an owner that is dead does not
	Checkpoint string // as pershard has it
}

// done tells whether the shard was read to its end.
func (l *Lease) done() bool { return l.Checkpoint == pershard.End }

// ErrLost says that a lease is not the caller's, or not any more.
var ErrLost = errors.New("the lease is another worker's")

// Table holds the leases of a stream. Each method is one conditional write of a database, or a read.
type Table interface {
	List(ctx context.Context) ([]Lease, error)

	// Create adds a lease. One that is there stays as it is.
	Create(ctx context.Context, l Lease) error

	// Take gives a lease to a worker, if it is still as the worker has seen it. Otherwise the error is ErrLost.
	Take(ctx context.Context, seen Lease, worker string) (Lease, error)

	// Renew, Checkpoint and Release are for a lease's owner. For others the error is ErrLost.
	Renew(ctx context.Context, l Lease) error
	Checkpoint(ctx context.Context, l Lease, sequence string) error
	Release(ctx context.Context, l Lease) error
}

// Memory is a [Table] of one process. The zero value is empty.
type Memory struct {
	mu     sync.Mutex
	order  []string
	leases map[string]*Lease // by shard
}

// List are all leases, in the order in which they were created.
func (m *Memory) List(context.Context) ([]Lease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]Lease, len(m.order))
	for i, shard := range m.order {
		all[i] = *m.leases[shard]
	}
	return all, nil
}

// Create adds a lease.
func (m *Memory) Create(_ context.Context, l Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leases == nil {
		m.leases = map[string]*Lease{}
	}
	if m.leases[l.Shard] == nil {
		m.leases[l.Shard] = &l
		m.order = append(m.order, l.Shard)
	}
	return nil
}

// Take gives a lease to a worker.
func (m *Memory) Take(_ context.Context, seen Lease, worker string) (Lease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.leases[seen.Shard]
	if l == nil || l.Epoch != seen.Epoch || l.Beat != seen.Beat || l.Owner != seen.Owner {
		return Lease{}, ErrLost
	}
	l.Owner = worker
	l.Epoch++
	return *l, nil
}

// Renew says that the owner lives.
func (m *Memory) Renew(_ context.Context, l Lease) error {
	return m.write(l, func(l *Lease) { l.Beat++ })
}

// Checkpoint says how far the owner has come.
func (m *Memory) Checkpoint(_ context.Context, l Lease, sequence string) error {
	return m.write(l, func(l *Lease) { l.Checkpoint = sequence })
}

// Release leaves a lease to whoever wants it.
func (m *Memory) Release(_ context.Context, l Lease) error {
	return m.write(l, func(l *Lease) { l.Owner = "" })
}

func (m *Memory) write(l Lease, change func(*Lease)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.leases[l.Shard]
	if now == nil || now.Owner != l.Owner || now.Epoch != l.Epoch {
		return ErrLost
	}
	change(now)
	return nil
}
