package intake

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// claim keeps two from working on one import, also in two processes over one directory; false when it is taken.
func (s *Service) claim(id string) (release func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[id] {
		return nil, false
	}
	held, err := lock(s.uploadPath(id))
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // without the file there is nothing that two could read
		return nil, false
	}
	s.active[id] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if held != nil {
			_ = held.Close()
		}
		delete(s.active, id)
	}, true
}

// Who was stopped lays down the work after the rows at hand.
const (
	claimEvery = 50 * time.Millisecond
	claimTries = 200
)

// claimSoon waits for who is about to end.
func (s *Service) claimSoon(ctx context.Context, id string) (release func(), ok bool) {
	for range claimTries {
		if release, ok = s.claim(id); ok {
			return release, true
		}
		select {
		case <-ctx.Done():
			return nil, false
		case <-time.After(claimEvery):
		}
	}
	return nil, false
}

// lock holds an upload, whatever it is called then, until it is closed or the process ends, however it ends.
func lock(path string) (io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
