package indextest

import (
	"context"
	"slices"
	"sync"

	"jiqiao"
)

// Source is a store in memory: records and their change log. It satisfies index.Source.
type Source struct {
	mu      sync.Mutex
	records map[string]jiqiao.Record
	changes []jiqiao.Change
	bell    chan struct{}
}

// NewSource is a store of records, each written once.
func NewSource(records ...jiqiao.Record) *Source {
	s := &Source{records: map[string]jiqiao.Record{}, bell: make(chan struct{})}
	s.Put(records...)
	return s
}

// Put writes records, one change each.
func (s *Source) Put(records ...jiqiao.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range records {
		s.records[r.Head().ID] = r
		s.log(r.Kind(), r.Head().ID, jiqiao.ChangePut)
	}
}

// Delete removes a record.
func (s *Source) Delete(kind jiqiao.Kind, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.records, id)
	s.log(kind, id, jiqiao.ChangeDelete)
}

func (s *Source) log(kind jiqiao.Kind, id string, op jiqiao.ChangeOp) {
	s.changes = append(s.changes, jiqiao.Change{Seq: int64(len(s.changes) + 1), Kind: kind, ID: id, Op: op})
	close(s.bell)
	s.bell = make(chan struct{})
}

// Changes lists changes after a number.
func (s *Source) Changes(ctx context.Context, after int64, limit int) ([]jiqiao.Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := s.changes[min(int(after), len(s.changes)):]
	return slices.Clone(rest[:min(limit, len(rest))]), ctx.Err()
}

// LastSeq is the number of the newest change.
func (s *Source) LastSeq(ctx context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.changes)), ctx.Err()
}

// WaitChange waits for a change after the number.
func (s *Source) WaitChange(ctx context.Context, after int64) error {
	for {
		s.mu.Lock()
		last, bell := int64(len(s.changes)), s.bell
		s.mu.Unlock()
		if last > after {
			return nil
		}
		select {
		case <-bell:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// GetMany lists records in the order of ids, missing ones left out.
func (s *Source) GetMany(ctx context.Context, _ jiqiao.Kind, ids []string) ([]jiqiao.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []jiqiao.Record
	for _, id := range ids {
		if r, ok := s.records[id]; ok {
			list = append(list, r)
		}
	}
	return list, ctx.Err()
}

// Each visits the records of a side in order of id.
func (s *Source) Each(ctx context.Context, kind jiqiao.Kind, afterID string, fn func(jiqiao.Record) error) error {
	s.mu.Lock()
	var list []jiqiao.Record
	for id, r := range s.records {
		if r.Kind() == kind && id > afterID {
			list = append(list, r)
		}
	}
	s.mu.Unlock()
	slices.SortFunc(list, func(a, b jiqiao.Record) int {
		if a.Head().ID < b.Head().ID {
			return -1
		}
		return 1
	})
	for _, r := range list {
		if err := fn(r); err != nil {
			return err
		}
	}
	return ctx.Err()
}
