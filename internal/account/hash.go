package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"jiqiao"
)

// Cost is what one argon2id digest takes (RFC 9106). The zero Cost is DefaultCost.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// DefaultCost is OWASP's least recommended one for argon2id: 19 MiB, two passes, one thread; about 20 ms here.
func DefaultCost() Cost { return Cost{Memory: 19 * 1024, Time: 2, Threads: 1} }

// costBounds keep a digest from a foreign backup from taking the machine.
const (
	maxMemory = 1 << 20 // KiB
	maxTime   = 100
	saltBytes = 16
	keyBytes  = 32
)

// hasher makes and checks digests of passwords, a few at a time: each takes the memory of its cost.
type hasher struct {
	cost  Cost
	slots chan struct{}
	// nobody is a digest that no password has: the work for an unknown login is the same.
	nobody string
}

func newHasher(cost Cost, atOnce int) *hasher {
	if cost == (Cost{}) {
		cost = DefaultCost()
	}
	h := &hasher{cost: cost, slots: make(chan struct{}, max(atOnce, 1))}
	h.nobody = h.encode(random(saltBytes), random(keyBytes))
	return h
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return b
}

func (h *hasher) encode(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.Memory, h.cost.Time, h.cost.Threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// wait takes a slot; the caller gives it back.
func (h *hasher) wait(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return jiqiao.Fail(jiqiao.CodeUnavailable, "登录的人较多，请稍后再试", ctx.Err())
	}
}

// hash is the digest of the password with a new salt, in the PHC string format.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.wait(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.slots }()
	salt := random(saltBytes)
	return h.encode(salt, argon2.IDKey([]byte(password), salt, h.cost.Time, h.cost.Memory, h.cost.Threads, keyBytes)), nil
}

// verify reports whether the digest is the password's. Without a digest it does the same work and reports false. stale
// says that the digest was made at another cost.
func (h *hasher) verify(ctx context.Context, digest, password string) (right, stale bool, err error) {
	known := digest != ""
	if !known {
		digest = h.nobody
	}
	cost, salt, key, err := parse(digest)
	if err != nil {
		return false, false, err
	}
	if len(password) > jiqiao.MaxPassword {
		password, known = password[:jiqiao.MaxPassword], false
	}
	if err := h.wait(ctx); err != nil {
		return false, false, err
	}
	defer func() { <-h.slots }()
	have := argon2.IDKey([]byte(password), salt, cost.Time, cost.Memory, cost.Threads, uint32(len(key)))
	return subtle.ConstantTimeCompare(have, key) == 1 && known, cost != h.cost, nil
}

// parse reads a digest in the PHC string format.
func parse(digest string) (cost Cost, salt, key []byte, err error) {
	bad := func(why string) (Cost, []byte, []byte, error) {
		return Cost{}, nil, nil, fmt.Errorf("a password's digest cannot be read: %s", why)
	}
	parts := strings.Split(digest, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return bad("not argon2id")
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return bad("version")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.Memory, &cost.Time, &cost.Threads); err != nil {
		return bad("cost")
	}
	if cost.Memory == 0 || cost.Memory > maxMemory || cost.Time == 0 || cost.Time > maxTime || cost.Threads == 0 {
		return bad("cost out of bounds")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 {
		return bad("salt")
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(key) < 16 || len(key) > 64 {
		return bad("key")
	}
	return cost, salt, key, nil
}

// Hash is the digest of a password as accounts keep it, for those who make accounts past the rules: commands and tests.
func (s *Service) Hash(ctx context.Context, password string) (string, error) {
	return s.hasher.hash(ctx, password)
}
