package postings

import (
	"hash/maphash"
	"math"
	"sync"
)

// Terms numbers terms from 0 in order of first use and never forgets one. It holds a million terms in about 20 MB:
// one byte arena and one hash table without pointers, instead of a map of strings. Safe for concurrent use.
type Terms struct {
	mu    sync.RWMutex
	seed  maphash.Seed
	arena []byte
	ends  []uint32 // ends[id] is where the term's bytes end in arena
	table []uint32 // open addressing: id+1, 0 is free; its length is a power of two
}

// NewTerms is an empty dictionary.
func NewTerms() *Terms {
	return &Terms{seed: maphash.MakeSeed(), table: make([]uint32, 1024)}
}

// Len is the number of terms; valid ids are below it.
func (t *Terms) Len() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.ends)
}

// Term is the term with that id, which must be below Len.
func (t *Terms) Term(id uint32) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return string(t.bytes(id))
}

// Lookup finds a term's id.
func (t *Terms) Lookup(term string) (id uint32, ok bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	slot := t.slot(term)
	if t.table[slot] == 0 {
		return 0, false
	}
	return t.table[slot] - 1, true
}

// Add finds a term's id, giving it the next one when it is new.
func (t *Terms) Add(term string) uint32 {
	if id, ok := t.Lookup(term); ok {
		return id
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	slot := t.slot(term)
	if t.table[slot] != 0 {
		return t.table[slot] - 1
	}
	if len(t.arena)+len(term) > math.MaxUint32 {
		panic("postings: the dictionary is larger than 4 GiB")
	}
	t.arena = append(t.arena, term...)
	t.ends = append(t.ends, uint32(len(t.arena)))
	t.table[slot] = uint32(len(t.ends))
	if 2*len(t.ends) > len(t.table) {
		t.grow()
	}
	return uint32(len(t.ends) - 1)
}

// grow doubles the table; the caller holds the lock.
func (t *Terms) grow() {
	old := t.table
	t.table = make([]uint32, 2*len(old))
	for _, e := range old {
		if e == 0 {
			continue
		}
		i := maphash.Bytes(t.seed, t.bytes(e-1)) & uint64(len(t.table)-1)
		for t.table[i] != 0 {
			i = (i + 1) & uint64(len(t.table)-1)
		}
		t.table[i] = e
	}
}

// slot is where the term is, or where it would go.
func (t *Terms) slot(term string) uint64 {
	mask := uint64(len(t.table) - 1)
	for i := maphash.String(t.seed, term) & mask; ; i = (i + 1) & mask {
		if e := t.table[i]; e == 0 || string(t.bytes(e-1)) == term {
			return i
		}
	}
}

func (t *Terms) bytes(id uint32) []byte {
	start := uint32(0)
	if id > 0 {
		start = t.ends[id-1]
	}
	return t.arena[start:t.ends[id]]
}
