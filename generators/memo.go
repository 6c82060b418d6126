package generators

import "sync"

// memo keeps the newest of what is made of a key and nothing else, and never changed: to make it again costs milliseconds, and a
// process that makes many generators makes most of them with one seed. It is safe for concurrent use.
type memo[K comparable, V any] struct {
	make func(K) V

	mu   sync.Mutex
	kept map[K]V
	keys []K // of kept, the oldest first
}

// mostKept is how many are kept: some megabytes at the most.
const mostKept = 8

func (m *memo[K, V]) of(key K) V {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.kept[key]; ok {
		return v
	}
	if m.kept == nil {
		m.kept = map[K]V{}
	}
	if len(m.keys) == mostKept {
		delete(m.kept, m.keys[0])
		m.keys = m.keys[1:]
	}
	v := m.make(key)
	m.kept[key], m.keys = v, append(m.keys, key)
	return v
}
