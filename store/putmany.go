package store

import (
	"context"
	"errors"

	"jiqiao"
)

// PutMany writes the records of an import in one transaction, all or none, and tells for each what happened. A record
// with the ID of an existing one replaces it, whatever its version; any other replaces the one with the same natural
// key, or is new. One that says what is stored already is not written: no new version, no change. An empty Status
// keeps the stored one. Repeating a batch therefore does nothing, which is what makes imports resumable.
//
// It fills the records as Put does; when it fails their headers are as before.
func (s *Store) PutMany(ctx context.Context, recs []jiqiao.Record) ([]jiqiao.PutResult, error) {
	return s.putMany(ctx, recs, false)
}

// PreviewMany tells what PutMany would do and changes nothing: neither the database nor the records.
func (s *Store) PreviewMany(ctx context.Context, recs []jiqiao.Record) ([]jiqiao.PutResult, error) {
	return s.putMany(ctx, recs, true)
}

func (s *Store) putMany(ctx context.Context, recs []jiqiao.Record, preview bool) ([]jiqiao.PutResult, error) {
	before := headers(recs)
	var results []jiqiao.PutResult
	err := s.logged(ctx, "put records", func(t *logTx) (err error) {
		results, err = t.upsertAll(ctx, recs)
		if err == nil && preview {
			return errRollback
		}
		return err
	})
	if err != nil {
		restoreHeaders(recs, before)
	}
	if err != nil && !errors.Is(err, errRollback) {
		return nil, err
	}
	return results, nil
}

func headers(recs []jiqiao.Record) []jiqiao.Header {
	saved := make([]jiqiao.Header, len(recs))
	for i, rec := range recs {
		saved[i] = *rec.Head()
	}
	return saved
}

func restoreHeaders(recs []jiqiao.Record, saved []jiqiao.Header) {
	for i, rec := range recs {
		*rec.Head() = saved[i]
	}
}

func (t *logTx) upsertAll(ctx context.Context, recs []jiqiao.Record) ([]jiqiao.PutResult, error) {
	results := make([]jiqiao.PutResult, len(recs))
	for i, rec := range recs {
		outcome, err := t.upsert(ctx, rec)
		if err != nil {
			return nil, err
		}
		results[i] = jiqiao.PutResult{ID: rec.Head().ID, Version: rec.Head().Version, Outcome: outcome}
	}
	return results, nil
}

func (t *logTx) upsert(ctx context.Context, rec jiqiao.Record) (jiqiao.PutOutcome, error) {
	if err := t.ownRecord(ctx, rec, true); err != nil {
		return "", err
	}
	old, err := t.existing(ctx, rec)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return jiqiao.PutCreated, t.create(ctx, rec, actImport)
	}
	if err != nil {
		return "", err
	}
	head := rec.Head()
	if head.Status == "" {
		head.Status = old.Head().Status
	}
	same, err := sameContent(rec, old)
	if err != nil {
		return "", err
	}
	if same {
		*head = *old.Head()
		return jiqiao.PutUnchanged, nil
	}
	return jiqiao.PutUpdated, t.replace(ctx, rec, old, actImport)
}

// existing finds what the record would replace.
func (t *logTx) existing(ctx context.Context, rec jiqiao.Record) (jiqiao.Record, error) {
	head := rec.Head()
	if head.ID != "" {
		old, err := t.load(ctx, rec.Kind(), head.ID)
		if jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
			return old, err
		}
	}
	return t.loadByKey(ctx, rec.Kind(), head.Owner.ID, fold(head.Title))
}

func sameContent(a, b jiqiao.Record) (bool, error) {
	left, err := encode(a)
	if err != nil {
		return false, err
	}
	right, err := encode(b)
	return left == right, err
}
