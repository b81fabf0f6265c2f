package store

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"sync"
	"time"

	"jiqiao"
)

// idLength is the number of characters after the prefix: 10 of time in milliseconds, 10 of chance, 5 bits each.
const idLength = 20

// idAlphabet is Crockford's base 32: in byte order, and without letters that are mistaken for digits.
const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

const (
	organisationPrefix = "o_"
	tokenPrefix        = "t_"
	importPrefix       = "i_"
	runPrefix          = "r_"
)

func recordPrefix(k jiqiao.Kind) string {
	if k == jiqiao.KindNeed {
		return "n_"
	}
	return "a_"
}

// idSource makes ids that grow within one process, even within a millisecond and when the clock steps back.
type idSource struct {
	now    func() time.Time
	mu     sync.Mutex
	millis uint64
	chance uint64 // 50 bits
}

func newIDSource(now func() time.Time) *idSource { return &idSource{now: now} }

func (s *idSource) next(prefix string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if millis := uint64(s.now().UnixMilli()); millis > s.millis {
		s.millis, s.chance = millis, randomBits(49)
	} else {
		// A step of chance instead of one, so that an id does not give its neighbours away.
		s.chance += 1 + randomBits(20)
	}
	id := make([]byte, len(prefix)+idLength)
	copy(id, prefix)
	putBase32(id[len(prefix):len(prefix)+10], s.millis)
	putBase32(id[len(prefix)+10:], s.chance)
	return string(id)
}

func putBase32(dst []byte, v uint64) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = idAlphabet[v&31]
		v >>= 5
	}
}

func randomBits(n uint) uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return binary.BigEndian.Uint64(b[:]) >> (64 - n)
}

// newSecret is n random bytes in base 32.
func newSecret(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return base32.NewEncoding(idAlphabet).WithPadding(base32.NoPadding).EncodeToString(b)
}
