package pershard

import (
	"context"
	"sync"
)

// Memory is [Checkpoints] of one process. The zero value is empty.
type Memory struct {
	mu     sync.Mutex
	shards map[string]string
}

// Get returns a shard's checkpoint.
func (m *Memory) Get(_ context.Context, shard string) (sequence string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.shards[shard], nil
}

// Set sets a shard's checkpoint.
func (m *Memory) Set(_ context.Context, shard, sequence string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shards == nil {
		m.shards = map[string]string{}
	}
	m.shards[shard] = sequence
	return nil
}
