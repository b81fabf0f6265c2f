package store

import "sync"

// bell wakes those of this process who wait for a change.
type bell struct {
	mu     sync.Mutex
	ch     chan struct{}
	closed bool
}

func newBell() *bell { return &bell{ch: make(chan struct{})} }

// rung is closed at the next ring. Take it before looking, so that no ring falls between looking and waiting.
func (b *bell) rung() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ch
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		close(b.ch)
		b.ch = make(chan struct{})
	}
}

func (b *bell) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.closed = true
		close(b.ch)
	}
}
