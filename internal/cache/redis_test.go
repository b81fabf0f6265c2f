package cache

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// server is a real redis-server of this test alone, on a socket in a temporary directory.
type server struct {
	t      *testing.T
	dir    string
	socket string
	cmd    *exec.Cmd
}

func startRedis(t *testing.T) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not installed")
	}
	dir, err := os.MkdirTemp("", "jq-redis") // t.TempDir may be too long for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, dir: dir, socket: filepath.Join(dir, "s")}
	s.start()
	t.Cleanup(func() {
		s.kill()
		_ = os.RemoveAll(dir)
	})
	return s
}

func (s *server) start() {
	s.t.Helper()
	_ = os.Remove(s.socket)
	s.cmd = exec.Command("redis-server", "--port", "0", "--unixsocket", s.socket, "--dir", s.dir, "--save", "", "--dbfilename", "dump.rdb")
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for range 500 {
		if c, err := net.Dial("unix", s.socket); err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatal("redis-server does not listen")
}

func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// kill ends it at once; nothing is saved that was not saved before.
func (s *server) kill() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// open makes a cache on the server, with a clock that stands still until moved.
func (s *server) open() (*Redis, *clock) {
	s.t.Helper()
	c := newClock()
	r, err := OpenRedis("unix://"+s.socket, c.now)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = r.Close() })
	return r, c
}

type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

func TestRedisAddress(t *testing.T) {
	if _, err := OpenRedis("http://example.com", nil); err == nil {
		t.Error("no error for an address that is not Redis's")
	}
}

// A dead Redis is asked once per cooldown, however many questions come.
func TestRedisIsLeftAloneAfterAFailure(t *testing.T) {
	for _, fault := range []struct {
		name        string
		break_, fix func(*server)
	}{
		{"killed", (*server).kill, (*server).start},
		{"paused", func(s *server) { s.signal(syscall.SIGSTOP) }, func(s *server) { s.signal(syscall.SIGCONT) }},
	} {
		t.Run(fault.name, func(t *testing.T) {
			s := startRedis(t)
			r, clock := s.open()
			if err := r.Set(t.Context(), "k", []byte("v")); err != nil {
				t.Fatal(err)
			}
			fault.break_(s)
			for range 500 {
				if _, err := r.Get(t.Context(), "k"); err == nil || errors.Is(err, ErrMiss) {
					t.Fatalf("Get from a broken Redis: %v", err)
				}
			}
			if n := r.Errors(); n != 1 {
				t.Errorf("asked %d times within one cooldown, want 1", n)
			}
			clock.advance(Cooldown)
			for range 500 {
				_ = r.Set(t.Context(), "k", []byte("v"))
			}
			if n := r.Errors(); n != 2 {
				t.Errorf("asked %d times within two cooldowns, want 2", n)
			}
			fault.fix(s)
			if _, err := r.Get(t.Context(), "k"); !errors.Is(err, ErrDown) {
				t.Errorf("before the cooldown is over: %v, want ErrDown", err)
			}
			works := false
			for range 100 { // the first tries may still find connections from before
				clock.advance(Cooldown)
				if err := r.Set(t.Context(), "k", []byte("v2")); err == nil {
					works = true
					break
				}
			}
			if value, err := r.Get(t.Context(), "k"); !works || err != nil || string(value) != "v2" {
				t.Errorf("after it came back: %q, %v (works %t)", value, err, works)
			}
		})
	}
}

// A caller that leaves says nothing about Redis.
func TestRedisCancelledCallerDoesNotStartTheCooldown(t *testing.T) {
	r, _ := startRedis(t).open()
	gone, cancel := cancelled(t)
	defer cancel()
	if _, err := r.Get(gone, "k"); err == nil {
		t.Fatal("Get for a caller that left succeeds")
	}
	if r.Errors() != 0 {
		t.Error("the cancelled caller was counted as a failure of Redis")
	}
	if _, err := r.Get(t.Context(), "k"); !errors.Is(err, ErrMiss) {
		t.Errorf("next Get: %v, want ErrMiss", err)
	}
}

func TestRedisPing(t *testing.T) {
	s := startRedis(t)
	r, _ := s.open()
	if err := r.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.kill()
	if err := r.Ping(t.Context()); err == nil {
		t.Error("a killed Redis answers")
	}
	_, _ = r.Get(t.Context(), "k")
	registry := prometheus.NewRegistry()
	registry.MustRegister(r)
	families, err := registry.Gather()
	if err != nil || len(families) != 1 || families[0].GetMetric()[0].GetCounter().GetValue() != 1 {
		t.Errorf("metrics after one failure: %v, %v", families, err)
	}
}

func TestCachesHoldAndMiss(t *testing.T) {
	redis, _ := startRedis(t).open()
	for name, c := range map[string]Cache{
		"memory": NewMemory(1 << 20),
		"redis":  redis,
		"tiered": Tiered{NewMemory(1 << 20), redis},
	} {
		t.Run(name, func(t *testing.T) {
			key := func(i int) string { return fmt.Sprintf("%s-%d", name, i) }
			if _, err := c.Get(t.Context(), key(0)); !errors.Is(err, ErrMiss) {
				t.Errorf("Get of nothing: %v, want ErrMiss", err)
			}
			for i, value := range []string{"", "x", "值\x00\xff", string(make([]byte, 50_000))} {
				if err := c.Set(t.Context(), key(i), []byte("old")); err != nil {
					t.Fatal(err)
				}
				if err := c.Set(t.Context(), key(i), []byte(value)); err != nil {
					t.Fatal(err)
				}
				got, err := c.Get(t.Context(), key(i))
				if err != nil || string(got) != value {
					t.Errorf("value %d: %d bytes, %v; want %d bytes", i, len(got), err, len(value))
				}
			}
		})
	}
}

// Near answers what Far cannot, and learns what Far holds.
func TestTieredSurvivesFar(t *testing.T) {
	s := startRedis(t)
	redis, _ := s.open()
	first, second := Tiered{NewMemory(1 << 20), redis}, Tiered{NewMemory(1 << 20), redis}
	if err := first.Set(t.Context(), "k", []byte("v")); err != nil {
		t.Fatal(err)
	}
	if got, err := second.Get(t.Context(), "k"); err != nil || string(got) != "v" {
		t.Fatalf("the other process sees %q, %v", got, err)
	}
	s.kill()
	for name, c := range map[string]Tiered{"first": first, "second": second} {
		if got, err := c.Get(t.Context(), "k"); err != nil || string(got) != "v" {
			t.Errorf("%s without Redis: %q, %v", name, got, err)
		}
	}
	if err := first.Set(t.Context(), "k2", []byte("v2")); err == nil {
		t.Error("Set without Redis reports no failure")
	}
	if got, err := first.Get(t.Context(), "k2"); err != nil || string(got) != "v2" {
		t.Errorf("set without Redis: %q, %v", got, err)
	}
}
