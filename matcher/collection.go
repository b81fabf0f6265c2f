package matcher

import (
	"math"
	"slices"
	"sync"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/index/zh"
	"jiqiao/matcher/rank"
)

// Collection holds what the matcher knows of all records of both sides: their profiles, how many of them hold each term,
// and who has which character in the title. It follows the store as the index does, lives in memory (about 1 KB for a
// record of 400 characters), and is safe for concurrent use. It holds records of every status: who may be seen is the
// recaller's business.
//
// Its ranker never changes, so that an answer is scored by one model from beginning to end; see [Collection.WithModel].
type Collection struct {
	*memory
	ranker *rank.Ranker
	kin    *kinship // nil outside batches
}

// memory is what collections that differ in their ranker share.
type memory struct {
	zh         *zh.Analyzer
	words      *vector.Words
	lexicon    *lexicon
	background background
	weights    Weights

	mu         sync.RWMutex
	profiles   map[jiqiao.Kind]map[string]*Profile
	documents  int      // those that everybody may read; of them alone are the counts below
	characters []uint32 // documents by character
	cells      []uint32 // documents by pair or code, hashed; see cellOf
	keyed      []uint32 // documents by key word
	heads      map[jiqiao.Kind]*heads
	clouds     map[jiqiao.Kind]*cloud
}

// NewCollection is an empty collection whose texts are cut by a, understood by words, and compared as w says.
func NewCollection(a *zh.Analyzer, words *vector.Words, w Weights) *Collection {
	known, err := readBackground()
	if err != nil {
		panic(err) // the table is part of the program, and a test reads it
	}
	return &Collection{ranker: defaultRanker(), memory: &memory{
		zh:         a,
		words:      words,
		lexicon:    newLexicon(words),
		background: known,
		weights:    w,
		keyed:      make([]uint32, words.Len()),
		heads:      map[jiqiao.Kind]*heads{jiqiao.KindNeed: newHeads(), jiqiao.KindAchievement: newHeads()},
		clouds:     map[jiqiao.Kind]*cloud{jiqiao.KindNeed: newCloud(words.Dim()), jiqiao.KindAchievement: newCloud(words.Dim())},
		profiles:   map[jiqiao.Kind]map[string]*Profile{jiqiao.KindNeed: {}, jiqiao.KindAchievement: {}},
		characters: make([]uint32, 1<<16),
		cells:      make([]uint32, 1<<cellBits),
	}}
}

// WithModel is the same records scored by another model: what is put into one of the two is in the other. A model that
// asks for features the matcher does not have is CodeInvalid.
func (c *Collection) WithModel(m *rank.Model) (*Collection, error) {
	r, err := m.Bind(FeatureNames())
	if err != nil {
		return nil, err
	}
	return &Collection{memory: c.memory, ranker: r}, nil
}

// WithWords is an empty collection that understands texts by other vectors, and is else like c. It is filled beside c and
// then takes its place.
func (c *Collection) WithWords(words *vector.Words) *Collection {
	other := NewCollection(c.zh, words, c.weights)
	other.ranker = c.ranker
	return other
}

// Words are the vectors by which texts are understood.
func (c *Collection) Words() *vector.Words { return c.words }

// Model is the version of the model that scores.
func (c *Collection) Model() string { return c.ranker.Version() }

// Put adds or replaces records. Loading many is faster from two goroutines: texts are read outside the lock.
func (c *Collection) Put(recs ...jiqiao.Record) {
	var terms []term
	for _, rec := range recs {
		p := c.Read(rec)
		terms = distinctTerms(terms[:0], p)
		c.mu.Lock()
		c.remove(p.Kind, p.ID)
		c.profiles[p.Kind][p.ID] = p
		if p.common {
			c.count(terms, 1)
			c.countKeys(p, 1)
			c.documents++
		}
		c.heads[p.Kind].add(&c.weights, p)
		c.clouds[p.Kind].add(p)
		c.mu.Unlock()
	}
}

// Delete takes a record out; one that is not there is no error, so that changes can be replayed.
func (c *Collection) Delete(kind jiqiao.Kind, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(kind, id)
}

// Len counts the records of one side.
func (c *Collection) Len(kind jiqiao.Kind) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.profiles[kind])
}

// Profile is the record's profile.
func (c *Collection) Profile(kind jiqiao.Kind, id string) (*Profile, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p, ok := c.profiles[kind][id]
	return p, ok
}

func (c *Collection) remove(kind jiqiao.Kind, id string) {
	if old, ok := c.profiles[kind][id]; ok {
		if old.common {
			c.count(distinctTerms(nil, old), ^uint32(0))
			c.countKeys(old, ^uint32(0))
			c.documents--
		}
		c.heads[kind].remove(old)
		c.clouds[kind].remove(old)
		delete(c.profiles[kind], id)
	}
}

// cellBits sizes the table of document frequencies of pairs and codes: four million cells in 16 MB, where a map of the
// three million different pairs of 100,000 records takes 100. A rare pair that shares its cell with another rare one
// still counts as rare, and about one in forty shares it with a common one and is worth a little less; both sides of
// a match see the same number.
const cellBits = 22

func cellOf(t term) uint32 { return t * hashMultiplier >> (32 - cellBits) }

func distinctTerms(dst []term, p *Profile) []term {
	eachTerm(p.text, func(t term) { dst = append(dst, t) })
	slices.Sort(dst)
	return slices.Compact(dst)
}

// count adds delta, modulo 2³², to the document frequency of terms.
func (c *Collection) count(terms []term, delta uint32) {
	for _, t := range terms {
		if classOf(t) == classCharacter {
			c.characters[t] += delta
		} else {
			c.cells[cellOf(t)] += delta
		}
	}
}

func (c *Collection) countKeys(p *Profile, delta uint32) {
	for _, k := range p.keys {
		c.keyed[k.id] += delta
	}
}

// halfShare is the share of documents that hold a word of rarity ½: one word in ten thousand, a hundred words each.
const halfShare = 0.01

// wordWeight is how telling a key word is: its idf over the collection's key words and, beside them, the texts that the
// vectors come from, squared as in a cosine. The caller holds mu.
func (c *Collection) wordWeight(id vector.ID) float64 {
	w := &c.weights
	n := w.BackgroundDocs + float64(c.documents)
	rarity := max(c.words.Rarity(id), 1e-6)
	df := w.BackgroundDocs*min(1, halfShare*(1-rarity)/rarity) + float64(c.keyed[id])
	idf := min(math.Log(1+max(0, n-df+0.5)/(df+0.5)), w.RarityCap)
	return idf * idf
}

// rarity is what a term's idf is worth. The caller holds mu.
func (c *Collection) rarity(t term) float64 { return c.weights.rarity(c.idf(t)) }

// rarity sharpens an idf.
func (w *Weights) rarity(idf float64) float64 {
	if w.RarityPower == 2 { // the usual case, without the price of Pow
		return idf * idf
	}
	return math.Pow(idf, w.RarityPower)
}

// idf is that of a term over both sides together and the background: log(1 + (N - df + ½)/(df + ½)) of Robertson and
// Spärck Jones, which is never negative, at most RarityCap. Both sides count, because a term common among needs is as
// little telling as one common among achievements. The caller holds mu.
func (c *Collection) idf(t term) float64 {
	w := &c.weights
	n := w.BackgroundDocs + float64(c.documents)
	df := w.BackgroundDocs * c.background[t]
	if classOf(t) == classCharacter {
		df += float64(c.characters[t])
	} else {
		df += float64(c.cells[cellOf(t)])
	}
	return min(math.Log(1+max(0, n-df+0.5)/(df+0.5)), w.RarityCap)
}
