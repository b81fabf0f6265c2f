package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Vectors of texts are kept by the model that made them and the hash of the text, as bytes of which the store knows
// nothing. They are a cache: whatever is missing can be made again, and backups leave them out.

// embeddingBatch is how many vectors one statement reads or deletes, so that statements come in few variants.
const embeddingBatch = 64

// Embeddings answers the vectors that are kept of the hashes, by hash.
func (s *Store) Embeddings(ctx context.Context, model string, hashes []string) (map[string][]byte, error) {
	found := make(map[string][]byte, len(hashes))
	for len(hashes) > 0 {
		n := min(embeddingBatch, len(hashes))
		size := 1 // of the statement: one or a full batch
		if n > 1 {
			size = embeddingBatch
		}
		args := make([]any, 1, size+1)
		args[0] = clean(model)
		for i := range size {
			args = append(args, clean(hashes[min(i, n-1)]))
		}
		err := s.reader().each(ctx, `SELECT hash, vector FROM embeddings WHERE model = ? AND hash IN (`+marks(size)+`)`, args,
			func(scan func(...any) error) error {
				var hash string
				var vector []byte
				if err := scan(&hash, &vector); err != nil {
					return err
				}
				found[hash] = vector
				return nil
			})
		if err != nil {
			return nil, wrap("read vectors", err)
		}
		hashes = hashes[n:]
	}
	return found, nil
}

// PutEmbeddings keeps vectors by hash, in one transaction. One that is kept already is replaced.
func (s *Store) PutEmbeddings(ctx context.Context, model string, vectors map[string][]byte) error {
	return s.tx(ctx, "keep vectors", func(t *tx) error {
		for hash, vector := range vectors {
			_, err := t.exec(ctx, `
				INSERT INTO embeddings (model, hash, vector, created_at) VALUES (?, ?, ?, ?)
				ON CONFLICT (model, hash) DO UPDATE SET vector = excluded.vector, created_at = excluded.created_at`,
				clean(model), clean(hash), vector, micros(t.now))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// EmbeddingModels lists the models of which vectors are kept, in the order of their names.
func (s *Store) EmbeddingModels(ctx context.Context) ([]string, error) {
	var models []string
	// A step from name to name: counting distinct ones would read every row.
	for last := ""; ; {
		err := s.reader().row(ctx, `SELECT model FROM embeddings WHERE model > ? ORDER BY model LIMIT 1`, []any{last}, &last)
		if errors.Is(err, sql.ErrNoRows) {
			return models, nil
		}
		if err != nil {
			return nil, wrap("list models of vectors", err)
		}
		models = append(models, last)
	}
}

// embeddingDrop is how many vectors are deleted in one transaction: writers wait for it.
const embeddingDrop = 1000

// DropEmbeddings deletes all vectors of a model, a piece at a time, so that others can write in between.
func (s *Store) DropEmbeddings(ctx context.Context, model string) error {
	for {
		var n int64
		err := s.tx(ctx, "drop vectors", func(t *tx) (err error) {
			n, err = t.exec(ctx, `
				DELETE FROM embeddings WHERE model = ? AND hash IN
					(SELECT hash FROM embeddings WHERE model = ? ORDER BY hash LIMIT ?)`, clean(model), clean(model), embeddingDrop)
			return err
		})
		if err != nil || n < embeddingDrop {
			return err
		}
	}
}

// SweepEmbeddings deletes the vectors of a model that were kept before the moment and whose hash is not in live: those of
// texts that no record has any more. It answers how many those were.
func (s *Store) SweepEmbeddings(ctx context.Context, model string, live map[string]bool, before time.Time) (swept int, err error) {
	for last := ""; ; {
		var stale []string
		read := 0
		err := s.reader().each(ctx, `SELECT hash, created_at FROM embeddings WHERE model = ? AND hash > ? ORDER BY hash LIMIT ?`,
			[]any{clean(model), last, embeddingDrop}, func(scan func(...any) error) error {
				var at int64
				if err := scan(&last, &at); err != nil {
					return err
				}
				if read++; !live[last] && at < micros(before) {
					stale = append(stale, last)
				}
				return nil
			})
		if err != nil {
			return swept, wrap("read hashes of vectors", err)
		}
		if err := s.deleteEmbeddings(ctx, model, stale); err != nil {
			return swept, err
		}
		if swept += len(stale); read < embeddingDrop {
			return swept, nil
		}
	}
}

func (s *Store) deleteEmbeddings(ctx context.Context, model string, hashes []string) error {
	if len(hashes) == 0 {
		return nil
	}
	return s.tx(ctx, "sweep vectors", func(t *tx) error {
		for _, h := range hashes {
			if _, err := t.exec(ctx, `DELETE FROM embeddings WHERE model = ? AND hash = ?`, clean(model), h); err != nil {
				return err
			}
		}
		return nil
	})
}

// servingEmbeddings is where meta keeps the model whose vectors answer.
const servingEmbeddings = "embedding_model"

// ServingEmbeddings is the model whose vectors answer questions, "" when none was named.
func (s *Store) ServingEmbeddings(ctx context.Context) (string, error) {
	var model string
	err := s.reader().row(ctx, `SELECT value FROM meta WHERE name = ?`, []any{servingEmbeddings}, &model)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return model, wrap("read the model that serves", err)
}

// ServeEmbeddings names the model whose vectors answer from now on.
func (s *Store) ServeEmbeddings(ctx context.Context, model string) error {
	return s.tx(ctx, "name the model that serves", func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
			servingEmbeddings, clean(model))
		return err
	})
}
