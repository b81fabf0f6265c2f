// Package cache keeps answers until anything they depend on changes, in memory or in Redis, and never hands out a stale
// one.
//
// Nothing is ever deleted to make that true. The name of an answer holds all it was made from: the record's version, the
// state of store and index, the day, the parameters and who asks. A change gives the next question another name, and the
// old answer is no longer asked for; memory drops it when room is needed, Redis after an hour. An answer is kept only if
// the state is the same after it was made as before.
//
// The cache is optional to its users: a Redis that is slow or gone costs at most Budget once in Cooldown, then answers
// are computed, counted as fallbacks, and marked as degraded by those who make them.
package cache

import (
	"context"
	"errors"
)

// Cache holds values by key. Implementations are safe for concurrent use; nobody changes a value after Set or Get.
type Cache interface {
	// Get returns ErrMiss when the key is not held, another error when the cache does not work now.
	Get(ctx context.Context, key string) ([]byte, error)
	// Set holds the value until room is needed. An error says that the cache does not work now.
	Set(ctx context.Context, key string, value []byte) error
}

// ErrMiss says that a cache works and does not hold the key.
var ErrMiss = errors.New("cache: not held")

// Tiered asks Near before Far, so that a process answers its hot keys itself and shares the rest.
type Tiered struct{ Near, Far Cache }

// Get implements Cache. What Far holds is copied to Near.
func (t Tiered) Get(ctx context.Context, key string) ([]byte, error) {
	if value, err := t.Near.Get(ctx, key); err == nil {
		return value, nil
	}
	value, err := t.Far.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	return value, t.Near.Set(ctx, key, value)
}

// Set implements Cache. Near holds the value even if Far fails.
func (t Tiered) Set(ctx context.Context, key string, value []byte) error {
	return errors.Join(t.Near.Set(ctx, key, value), t.Far.Set(ctx, key, value))
}
