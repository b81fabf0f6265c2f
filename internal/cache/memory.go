package cache

import (
	"container/list"
	"context"
	"sync"
)

// Memory is a Cache in this process, bounded by bytes; what was used longest ago makes room.
type Memory struct {
	limit int64

	mu     sync.Mutex
	size   int64
	held   map[string]*list.Element
	recent *list.List // of *entry, most recently used first
}

type entry struct {
	key   string
	value []byte
}

// entryOverhead is about what the map, the list and the headers take beside key and value, in bytes.
const entryOverhead = 200

func (e *entry) cost() int64 { return int64(len(e.key)+len(e.value)) + entryOverhead }

// NewMemory makes a cache of at most limit bytes, overhead included.
func NewMemory(limit int64) *Memory {
	return &Memory{limit: limit, held: map[string]*list.Element{}, recent: list.New()}
}

// Get implements Cache; it never fails but with ErrMiss.
func (m *Memory) Get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.held[key]
	if !ok {
		return nil, ErrMiss
	}
	m.recent.MoveToFront(e)
	return e.Value.(*entry).value, nil
}

// Set implements Cache and never fails. A value that would take more than an eighth of the room is not held: it would
// drive out what is asked for more often.
func (m *Memory) Set(_ context.Context, key string, value []byte) error {
	added := &entry{key, value}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.held[key]; ok {
		m.remove(e)
	}
	if added.cost() > m.limit/8 {
		return nil
	}
	m.held[key] = m.recent.PushFront(added)
	m.size += added.cost()
	for m.size > m.limit {
		m.remove(m.recent.Back())
	}
	return nil
}

func (m *Memory) remove(e *list.Element) {
	old := m.recent.Remove(e).(*entry)
	delete(m.held, old.key)
	m.size -= old.cost()
}

// Size is what the held entries take, in bytes.
func (m *Memory) Size() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.size
}
