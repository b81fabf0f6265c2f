package cache

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// hears subscribes and keeps what it hears.
type hears struct {
	ready    chan struct{}
	messages chan string
	ended    chan error
}

func listenTo(ctx context.Context, r *Relay, side *sync.WaitGroup) *hears {
	h := &hears{ready: make(chan struct{}, 1), messages: make(chan string, 10), ended: make(chan error, 1)}
	side.Go(func() {
		h.ended <- r.Subscribe(ctx, func() { h.ready <- struct{}{} }, func(m []byte) { h.messages <- string(m) })
	})
	return h
}

func TestRelayCarriesBetweenProcesses(t *testing.T) {
	s := startRedis(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var side sync.WaitGroup
	one, _ := s.open()
	two, _ := s.open()
	other := listenTo(ctx, two.Relay("other"), &side)
	a, b := listenTo(ctx, one.Relay("city"), &side), listenTo(ctx, two.Relay("city"), &side)
	for _, h := range []*hears{a, b, other} {
		<-h.ready
	}
	if err := one.Relay("city").Publish(ctx, []byte("你好\x00\n")); err != nil {
		t.Fatal(err)
	}
	for _, h := range []*hears{a, b} {
		if m := <-h.messages; m != "你好\x00\n" {
			t.Errorf("heard %q", m)
		}
	}
	if len(other.messages) != 0 {
		t.Error("another service hears it")
	}
	stop()
	side.Wait()
	if err := <-a.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestRelayEndsWithItsServer(t *testing.T) {
	s := startRedis(t)
	r, _ := s.open()
	var side sync.WaitGroup
	h := listenTo(t.Context(), r.Relay("city"), &side)
	<-h.ready
	s.kill()
	select {
	case err := <-h.ended:
		if err == nil {
			t.Error("no error")
		}
	case <-time.After(3 * alive):
		t.Fatal("it still listens to a server that is gone")
	}
	side.Wait()
	if err := r.Relay("city").Publish(t.Context(), []byte("x")); err == nil {
		t.Error("published to nobody")
	}
	if err := r.Relay("city").Subscribe(t.Context(), func() { t.Error("ready") }, nil); err == nil {
		t.Error("subscribed to nobody")
	}
	// It comes back on the same address: a new subscription works.
	s.start()
	again := listenTo(t.Context(), r.Relay("city"), &side)
	<-again.ready
	s.kill()
	<-again.ended
	side.Wait()
}
