package postings

import (
	"bytes"
	"hash/maphash"
	"math"
	"sort"
	"sync"
)

// Terms numbers terms from 0 in order of first use and never forgets one. It holds a million terms in about 30 MB:
// one byte arena and one hash table without pointers, instead of a map of strings. Safe for concurrent use.
type Terms struct {
	mu    sync.RWMutex
	seed  maphash.Seed
	arena []byte
	ends  []uint32 // ends[id] is where the term's bytes end in arena
	// table is open addressing: the upper half of the term's hash above id+1; 0 is free. Its length is a power of two.
	table []uint64
}

// NewTerms is an empty dictionary.
func NewTerms() *Terms {
	return &Terms{seed: maphash.MakeSeed(), table: make([]uint64, 1024)}
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
	return t.find(maphash.String(t.seed, term), term)
}

// Holding lists, in order, the ids of the terms that contain part, which must not be empty. It reads the whole dictionary:
// some milliseconds for a million terms.
func (t *Terms) Holding(part string) []uint32 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var ids []uint32
	at := 0
	for {
		i := bytes.Index(t.arena[at:], []byte(part))
		if i < 0 {
			return ids
		}
		start, end := uint32(at+i), uint32(at+i+len(part))
		id := sort.Search(len(t.ends), func(k int) bool { return t.ends[k] > start })
		if t.ends[id] >= end { // not across the border of two terms
			ids = append(ids, uint32(id))
			at = int(t.ends[id])
		} else {
			at = int(start) + 1
		}
	}
}

// Add finds a term's id, giving it the next one when it is new.
func (t *Terms) Add(term string) uint32 {
	if id, ok := t.Lookup(term); ok {
		return id
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.add(term)
}

// Missing stands in the answer of LookupAll for a term that nobody added.
const Missing = ^uint32(0)

// LookupAll appends the ids of n terms to dst, where Missing stands for unknown ones. It takes the lock once.
func (t *Terms) LookupAll(dst []uint32, n int, term func(i int) string) []uint32 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for i := range n {
		s := term(i)
		id, ok := t.find(maphash.String(t.seed, s), s)
		if !ok {
			id = Missing
		}
		dst = append(dst, id)
	}
	return dst
}

// AddAll is LookupAll, but gives new terms their ids.
func (t *Terms) AddAll(dst []uint32, n int, term func(i int) string) []uint32 {
	from := len(dst)
	dst = t.LookupAll(dst, n, term)
	locked := false
	for i, id := range dst[from:] {
		if id != Missing {
			continue
		}
		if !locked {
			t.mu.Lock()
			defer t.mu.Unlock()
			locked = true
		}
		dst[from+i] = t.add(term(i))
	}
	return dst
}

// add is Add with the lock held.
func (t *Terms) add(term string) uint32 {
	hash := maphash.String(t.seed, term)
	if id, ok := t.find(hash, term); ok {
		return id
	}
	if len(t.arena)+len(term) > math.MaxUint32 {
		panic("postings: the dictionary is larger than 4 GiB")
	}
	t.arena = append(t.arena, term...)
	t.ends = append(t.ends, uint32(len(t.arena)))
	t.place(hash&^math.MaxUint32|uint64(len(t.ends)), hash)
	if 4*len(t.ends) > 3*len(t.table) {
		t.grow()
	}
	return uint32(len(t.ends) - 1)
}

// grow doubles the table; the caller holds the lock.
func (t *Terms) grow() {
	old := t.table
	t.table = make([]uint64, 2*len(old))
	for _, e := range old {
		if e != 0 {
			t.place(e, maphash.Bytes(t.seed, t.bytes(uint32(e)-1)))
		}
	}
}

func (t *Terms) place(e, hash uint64) {
	mask := uint64(len(t.table) - 1)
	i := hash & mask
	for t.table[i] != 0 {
		i = (i + 1) & mask
	}
	t.table[i] = e
}

func (t *Terms) find(hash uint64, term string) (uint32, bool) {
	mask := uint64(len(t.table) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		e := t.table[i]
		if e == 0 {
			return 0, false
		}
		if (e^hash)>>32 == 0 && string(t.bytes(uint32(e)-1)) == term {
			return uint32(e) - 1, true
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
