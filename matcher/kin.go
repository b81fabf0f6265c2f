package matcher

import (
	"jiqiao"
	"jiqiao/index/vector"
)

// kinship remembers, for the key words of many subjects, which words of the collection mean something like them. Half of
// the time that matching everything takes would else go into comparing the same words again for every subject. It is
// filled between the matches of a batch and only read during them.
type kinship struct {
	lexicon *lexicon
	// compared are the words, by vector.ID, that the lists were made with; others are compared when they are met.
	compared []bool
	ids      []vector.ID // the same
	of       map[vector.ID][]kin
}

// kin is a word that means something like another one.
type kin struct {
	id       vector.ID
	likeness uint8
}

// maxKin bounds the memory of a kinship: about 100 MB.
const maxKin = 30_000_000

// remembering is the collection with likenesses remembered in k: the same scores, sooner.
func (c *Collection) remembering(k *kinship) *Collection {
	return &Collection{memory: c.memory, ranker: c.ranker, kin: k}
}

// newKinship has no lists yet; it compares with the key words that the collection holds now.
func (c *Collection) newKinship() *kinship {
	k := &kinship{lexicon: c.lexicon, compared: make([]bool, c.words.Len()), of: map[vector.ID][]kin{}}
	c.mu.RLock()
	defer c.mu.RUnlock()
	for id, records := range c.keyed {
		if records > 0 {
			k.compared[id] = true
			k.ids = append(k.ids, vector.ID(id))
		}
	}
	return k
}

// learn makes the lists of the subjects' words.
func (k *kinship) learn(c *Collection, subjects []jiqiao.Record) {
	var missing []vector.ID
	for _, rec := range subjects {
		p, ok := c.Profile(rec.Kind(), rec.Head().ID)
		if !ok {
			continue // its words are compared when it is matched
		}
		for _, key := range p.keys {
			if _, known := k.of[key.id]; !known {
				k.of[key.id] = nil
				missing = append(missing, key.id)
			}
		}
	}
	lists := make([][]kin, len(missing))
	compare := func(from, to int) { k.compare(missing[from:to], lists[from:to]) }
	halves(len(missing), 2, compare, compare)
	for i, id := range missing {
		k.of[id] = lists[i]
	}
}

// kinBlock is how many rows fit into the nearest cache beside one more.
const kinBlock = 24

// compare fills the lists of ids. It goes through the words in blocks, so that each is fetched from memory once.
func (k *kinship) compare(ids []vector.ID, lists [][]kin) {
	for start := 0; start < len(k.ids); start += kinBlock {
		block := k.ids[start:min(start+kinBlock, len(k.ids))]
		for i, id := range ids {
			for _, other := range block {
				if like, ok := k.lexicon.likeness(id, other); ok {
					lists[i] = append(lists[i], kin{other, like})
				}
			}
		}
	}
}

// full reports whether the lists have grown so long that it is time for new ones.
func (k *kinship) full() bool {
	n := 0
	for _, list := range k.of {
		n += len(list)
	}
	return n > maxKin
}

// knows reports whether every key word of the subject has a list.
func (k *kinship) knows(s *subject) bool {
	for i := range s.keys {
		if _, ok := k.of[s.keys[i].id]; !ok {
			return false
		}
	}
	return true
}

// recall is lookUp from the lists.
func (k *kinship) recall(c *Collection, s *subject, m *meeting) {
	counts, total := make([]int32, len(m.words)), 0
	for i := range s.keys {
		for _, r := range k.of[s.keys[i].id] {
			if place := m.places[r.id]; place != 0 {
				counts[place-1]++
				total++
			}
		}
	}
	near := make([]nearKey, total)
	for i := range m.words {
		w := &m.words[i]
		w.near, near = near[:0:counts[i]], near[counts[i]:]
	}
	for i := range s.keys {
		for _, r := range k.of[s.keys[i].id] {
			place := m.places[r.id]
			if place == 0 {
				continue
			}
			w := &m.words[place-1]
			w.near = append(w.near, nearKey{uint8(i), r.likeness})
			w.best = max(w.best, r.likeness)
			if i < s.profile.titled {
				w.bestTitle = max(w.bestTitle, r.likeness)
			}
		}
	}
	for i := range m.words {
		if !k.compared[m.words[i].id] {
			c.lookUp(s, m.words[i:i+1])
		}
	}
}
