package cache

import (
	"context"
	"fmt"
	"sync"
	"testing"
)

func cancelled(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
}

func TestMemoryStaysWithinItsLimit(t *testing.T) {
	const limit = 100_000
	m := NewMemory(limit)
	for i := range 1000 {
		_ = m.Set(t.Context(), fmt.Sprint(i), make([]byte, i%700))
		if m.Size() > limit {
			t.Fatalf("after %d values it takes %d of %d bytes", i+1, m.Size(), limit)
		}
	}
	if m.Size() < limit/2 {
		t.Errorf("only %d of %d bytes are used", m.Size(), limit)
	}
}

func TestMemoryDropsWhatWasUsedLongestAgo(t *testing.T) {
	m := NewMemory(10 * (1000 + entryOverhead + 1))
	held := func(key string) bool {
		_, err := m.Get(t.Context(), key)
		return err == nil
	}
	for _, key := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		_ = m.Set(t.Context(), key, make([]byte, 1000))
	}
	if !held("a") {
		t.Fatal("ten values do not fit")
	}
	_ = m.Set(t.Context(), "k", make([]byte, 1000))
	if !held("a") || held("b") {
		t.Errorf("held a %t, b %t; want a, used last, and not b", held("a"), held("b"))
	}
}

func TestMemoryRefusesWhatWouldEmptyIt(t *testing.T) {
	m := NewMemory(8000)
	_ = m.Set(t.Context(), "small", []byte("x"))
	_ = m.Set(t.Context(), "large", make([]byte, 4000))
	if _, err := m.Get(t.Context(), "large"); err == nil {
		t.Error("a value of half the room is held")
	}
	if _, err := m.Get(t.Context(), "small"); err != nil {
		t.Error("it drove out the small one")
	}
	_ = m.Set(t.Context(), "small", make([]byte, 4000))
	if _, err := m.Get(t.Context(), "small"); err == nil {
		t.Error("the old value is held after a new one that was refused")
	}
}

func TestMemoryConcurrently(t *testing.T) {
	m := NewMemory(50_000)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 2000 {
				key := fmt.Sprint((i * (g + 1)) % 100)
				if value, err := m.Get(t.Context(), key); err == nil && string(value) != "v"+key {
					t.Errorf("key %s holds %q", key, value)
				}
				_ = m.Set(t.Context(), key, []byte("v"+key))
			}
		})
	}
	wg.Wait()
}
