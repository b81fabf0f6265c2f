package matcher

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
	"strings"
	"sync"
)

// cloud finds the records of one side whose texts mean what a subject's text means, whatever the words. It looks at all
// of them, at one bit of each dimension, and compares exactly those that are nearest so far: of 100,000 records the
// hundred nearest are missed by less than three in a hundred (docs/evaluation.md), in a millisecond. The owner guards it.
type cloud struct {
	words   int      // of 64 bits for a record
	signs   []uint64 // by number
	records []*Profile
	number  map[*Profile]uint32
	free    []uint32
}

func newCloud(dim int) *cloud {
	return &cloud{words: (dim + 63) / 64, number: map[*Profile]uint32{}}
}

func (c *cloud) add(p *Profile) {
	if len(p.whole.codes) == 0 {
		return
	}
	var n uint32
	if last := len(c.free) - 1; last >= 0 {
		n, c.free = c.free[last], c.free[:last]
	} else {
		n = uint32(len(c.records))
		c.records = append(c.records, nil)
		c.signs = append(c.signs, make([]uint64, c.words)...)
	}
	c.records[n], c.number[p] = p, n
	p.whole.signs(c.signs[int(n)*c.words:][:c.words])
}

func (c *cloud) remove(p *Profile) {
	n, ok := c.number[p]
	if !ok {
		return
	}
	delete(c.number, p)
	c.records[n] = nil
	c.free = append(c.free, n)
}

// signs writes one bit for each code, set where it is positive.
func (s sketch) signs(dst []uint64) {
	clear(dst)
	for i, c := range s.codes {
		if c > 0 {
			dst[i/64] |= 1 << (i % 64)
		}
	}
}

// Recall compares exactly shortlist times as many records as are asked for, and at least minShortlist.
const (
	shortlist    = 10
	minShortlist = 2000
)

// bandReach is how many times as many as asked for must have passed the filter before further bands are left out: signs
// tell the order only nearly.
const bandReach = 2

// nowhere is the distance of a number that is free.
const nowhere = math.MaxUint16

var distanceRooms = sync.Pool{New: func() any { return new([]uint16) }}

// distances counts, for each number, the signs that differ from the subject's, and how many records differ in so many.
func (c *cloud) distances(dst []uint16, s *subject) (_ []uint16, counts []int) {
	own := make([]uint64, c.words)
	s.profile.whole.signs(own)
	dst = slices.Grow(dst[:0], len(c.records))[:len(c.records)]
	counts = make([]int, 64*c.words+1)
	for n := range dst {
		d := 0
		for w, x := range c.signs[n*c.words:][:c.words] {
			d += bits.OnesCount64(x ^ own[w])
		}
		if c.records[n] == nil {
			dst[n] = nowhere
			continue
		}
		dst[n] = uint16(d)
		counts[d]++
	}
	return dst, counts
}

// recallMeaning lists the ids nearest in meaning that pass the filter, nearest first, equal ones by ID. It goes through the
// records band by band, as their signs differ in more places, and ends with the band that fills the list more than once: a
// narrow filter looks further, and leaves no fewer.
func (c *Collection) recallMeaning(ctx context.Context, r Recaller, q RecallQuery, s *subject) ([]string, error) {
	if len(s.whole.codes) == 0 {
		return nil, nil
	}
	room := distanceRooms.Get().(*[]uint16)
	defer distanceRooms.Put(room)
	c.mu.RLock()
	defer c.mu.RUnlock()
	cloud := c.clouds[q.Kind]
	distances, counts := cloud.distances(*room, s)
	*room = distances
	var near []nearRecord
	enough := bandReach * q.Limit
	for from := 0; from < len(counts) && len(near) < enough; {
		to, n := from, 0
		for to < len(counts) && n < max(minShortlist, shortlist*q.Limit) {
			n += counts[to]
			to++
		}
		band := make([]nearRecord, 0, n)
		for number, d := range distances {
			if int(d) >= from && int(d) < to {
				p := cloud.records[number]
				if cosine := s.profile.whole.cosine(p.whole); cosine > 0 {
					band = append(band, nearRecord{p.ID, cosine})
				}
			}
		}
		sortNear(band)
		allowed, err := firstAllowed(ctx, r, q, band, enough-len(near))
		if err != nil {
			return nil, err
		}
		near = append(near, allowed...)
		from = to
	}
	sortNear(near)
	ids := make([]string, min(q.Limit, len(near)))
	for i := range ids {
		ids[i] = near[i].id
	}
	return ids, nil
}

type nearRecord struct {
	id     string
	cosine float64
}

func sortNear(near []nearRecord) {
	slices.SortFunc(near, func(a, b nearRecord) int {
		return cmp.Or(cmp.Compare(b.cosine, a.cosine), strings.Compare(a.id, b.id))
	})
}

// firstAllowed keeps the first records that pass the filter, at most limit. Most filters admit nearly all, so it asks about
// no more than it needs.
func firstAllowed(ctx context.Context, r Recaller, q RecallQuery, near []nearRecord, limit int) ([]nearRecord, error) {
	var kept []nearRecord
	for len(kept) < limit && len(near) > 0 {
		n := min(limit-len(kept), len(near))
		ids := make([]string, n)
		for i := range ids {
			ids[i] = near[i].id
		}
		allowed, err := r.Allowed(ctx, q.Kind, q.Filter, ids)
		if err != nil {
			return nil, err
		}
		for _, one := range near[:n] {
			if len(allowed) > 0 && allowed[0] == one.id {
				kept, allowed = append(kept, one), allowed[1:]
			}
		}
		near = near[n:]
	}
	return kept, nil
}
