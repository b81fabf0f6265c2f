package store

import (
	"context"
	"database/sql"
	"sync"
)

// statements compiles each statement once for a pool or a transaction, which closes them when it ends.
type statements struct {
	q     querier
	mu    sync.Mutex
	known map[string]*sql.Stmt
}

func newStatements(q querier) *statements { return &statements{q: q, known: map[string]*sql.Stmt{}} }

func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	stmt, ok := s.known[query]
	s.mu.Unlock()
	if ok {
		return stmt, nil
	}
	// Not under the lock: compiling may wait for a connection of the pool.
	stmt, err := s.q.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first, ok := s.known[query]; ok {
		return first, stmt.Close()
	}
	s.known[query] = stmt
	return stmt, nil
}
