package matcher

import (
	"math"
	"sync"

	"jiqiao/index/vector"
)

// meeting is what the words of a subject have to do with the words of the records it is compared with. Each different
// word is looked up once, not once for each record: a thousand records have some thousands of words.
type meeting struct {
	places []int32 // by vector.ID: place+1 in words
	words  []metWord
}

// metWord is a word of the other side.
type metWord struct {
	id     vector.ID
	weight float64
	// near are the subject's keys that mean something like it.
	near []nearKey
	// best is the likeness of the nearest key of the subject, bestTitle of the nearest in its title.
	best, bestTitle uint8
}

type nearKey struct {
	key      uint8 // place among the subject's keys
	likeness uint8 // cosine in 255 steps
}

// minLikeness is the cosine from which on two words have anything to do with each other. Below it lies what any two
// technical words have in common.
const minLikeness = 0.3

// Likenesses count by a power, so that several words that are a little alike do not make up for one that is the same.
const (
	sharpTitle = 2
	sharpText  = 4
)

// sharpened are the powers of every likeness.
var sharpened = func() (t [2][256]float64) {
	for i := range 256 {
		t[0][i] = math.Pow(float64(i)/255, sharpTitle)
		t[1][i] = math.Pow(float64(i)/255, sharpText)
	}
	return t
}()

var meetingPlaces = sync.Pool{New: func() any { return new([]int32) }}

// meet looks at all words of others from the subject's side. Release the meeting when the records are compared.
func (c *Collection) meet(s *subject, others []*Profile) *meeting {
	pooled := meetingPlaces.Get().(*[]int32)
	if len(*pooled) < c.words.Len() {
		*pooled = make([]int32, c.words.Len())
	}
	m := &meeting{places: *pooled}
	for _, o := range others {
		for _, k := range o.keys {
			if m.places[k.id] == 0 {
				m.words = append(m.words, metWord{id: k.id})
				m.places[k.id] = int32(len(m.words))
			}
		}
	}
	if c.kin != nil && c.kin.knows(s) {
		c.weigh(m.words)
		c.kin.recall(c, s, m)
		return m
	}
	lookUp := func(from, to int) {
		c.weigh(m.words[from:to])
		c.lookUp(s, m.words[from:to])
	}
	halves(len(m.words), parallelWords, lookUp, lookUp)
	return m
}

// parallelWords is how many words are worth a second goroutine.
const parallelWords = 200

func (m *meeting) release() {
	for i := range m.words {
		m.places[m.words[i].id] = 0
	}
	places := m.places // a variable of its own: the pool's next user gets the pointer
	m.places = nil
	meetingPlaces.Put(&places)
}

func (m *meeting) word(id vector.ID) *metWord { return &m.words[m.places[id]-1] }

// weigh finds how telling each word is.
func (c *Collection) weigh(words []metWord) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for i := range words {
		words[i].weight = c.wordWeight(words[i].id)
	}
}

func (c *Collection) lookUp(s *subject, words []metWord) {
	var near []nearKey
	l := c.lexicon
	signs := l.gather(s.keys)
	for i := range words {
		w := &words[i]
		own := l.signsOf(w.id)
		first := len(near)
		for k := range s.keys {
			if differ(own, signs[k*l.width:(k+1)*l.width]) > l.far {
				continue
			}
			like, ok := l.cosine(w.id, s.keys[k].id)
			if !ok {
				continue
			}
			near = append(near, nearKey{uint8(k), like})
			w.best = max(w.best, like)
			if k < s.profile.titled {
				w.bestTitle = max(w.bestTitle, like)
			}
		}
		w.near = near[first:len(near):len(near)]
	}
}

// subjectKey is a key of the subject.
type subjectKey struct {
	id     vector.ID
	row    []float32
	weight float64
}

// nearestWords holds, for each key of the subject, its likeness to the nearest key of another record, and of its title.
type nearestWords struct{ all, title [maxKeys]uint8 }

// cover compares key words: how much of what one side says the other side says too, each word by the nearest word
// there. The answers are 0–1, and the same whichever side is the subject.
func (s *subject) cover(m *meeting, other *Profile) (mine, theirs covered) {
	var best nearestWords
	var sums coverSums
	for i, k := range other.keys {
		w := m.word(k.id)
		for _, n := range w.near {
			best.all[n.key] = max(best.all[n.key], n.likeness)
			if i < other.titled {
				best.title[n.key] = max(best.title[n.key], n.likeness)
			}
		}
		sums.add(w.weight*(float64(k.share)/255), w.best, w.bestTitle, i < other.titled)
	}
	theirs = sums.covered()
	sums = coverSums{}
	for i := range s.keys {
		k := &s.keys[i]
		sums.add(k.weight*(float64(s.profile.keys[i].share)/255), best.all[i], best.title[i], i < s.profile.titled)
	}
	return sums.covered(), theirs
}

// covered is how much of one side's words the other has, from the title or from all to the title or to all.
type covered struct{ all, allByTitle, title, titleByTitle float64 }

type coverSums struct {
	all, title float64 // weights
	met        covered
}

func (c *coverSums) add(weight float64, best, bestTitle uint8, inTitle bool) {
	c.all += weight
	c.met.all += weight * sharpened[1][best]
	c.met.allByTitle += weight * sharpened[0][bestTitle]
	if inTitle {
		c.title += weight
		c.met.title += weight * sharpened[0][best]
		c.met.titleByTitle += weight * sharpened[0][bestTitle]
	}
}

func (c *coverSums) covered() covered {
	share := func(met, all float64) float64 {
		if all == 0 {
			return 0
		}
		return min(1, met/all)
	}
	return covered{share(c.met.all, c.all), share(c.met.allByTitle, c.all), share(c.met.title, c.title), share(c.met.titleByTitle, c.title)}
}
