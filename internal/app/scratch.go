package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"jiqiao"
	"jiqiao/index"
	"jiqiao/index/zh"
	"jiqiao/matcher"
)

// Scratch opens real indexes over the records of an evaluation, one at a time, in temporary directories.
type Scratch struct {
	analyzer *zh.Holder
	log      *slog.Logger
	dir      string
	index    *index.Index
}

// NewScratch holds nothing yet.
func NewScratch(analyzer *zh.Holder, log *slog.Logger) *Scratch {
	return &Scratch{analyzer: analyzer, log: log}
}

const scratchBatch = 1000

// Open indexes the records and gives up the index opened before.
func (s *Scratch) Open(ctx context.Context, recs []jiqiao.Record) (matcher.Recaller, error) {
	err := s.Close()
	if err == nil {
		s.dir, err = os.MkdirTemp("", "jiqiao-eval-")
	}
	if err == nil {
		s.index, err = index.Open(ctx, index.Options{Dir: s.dir, Analyzer: s.analyzer, Log: s.log})
	}
	for start := 0; err == nil && start < len(recs); start += scratchBatch {
		end := min(start+scratchBatch, len(recs))
		err = s.index.Apply(ctx, int64(end), recs[start:end], nil)
	}
	if err != nil {
		return nil, fmt.Errorf("index the records to be evaluated: %w", err)
	}
	return recaller{s.index}, nil
}

// Close removes the index.
func (s *Scratch) Close() error {
	var err error
	if s.index != nil {
		err = s.index.Close()
	}
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	s.index, s.dir = nil, ""
	return err
}
