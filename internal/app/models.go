package app

import (
	"bytes"
	"context"
	"fmt"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/internal/learn"
	"jiqiao/matcher"
	"jiqiao/matcher/rank"
)

// models makes the models of the registry serve: those active at the start, and those made active later by whatever
// process, without a restart.
type models struct {
	app     *App
	serving map[jiqiao.ModelKind]string
}

// openCollection makes the empty collection under the models that are active now. One that cannot be used is logged, and
// what ships with the program serves in its place.
func (a *App) openCollection(ctx context.Context) *matcher.Collection {
	m := &models{app: a, serving: map[jiqiao.ModelKind]string{}}
	var words *vector.Words // those of the program are only read when they serve
	ranker := rank.Default()
	for _, kind := range jiqiao.ModelKinds {
		version, err := learn.Load(ctx, a.Store, kind, func(kind jiqiao.ModelKind, _ string, body []byte) error {
			if kind == jiqiao.ModelVectors {
				return use(&words, body, readWords)
			}
			return use(&ranker, body, readRanker)
		})
		if err != nil {
			a.log.Error("the active model cannot be used, the one of the program serves", "kind", kind, "version", version, "err", err)
		}
		m.serving[kind] = version
	}
	if words == nil {
		words = vector.Default()
	}
	empty := matcher.NewCollection(a.analyzer.Get(), words, matcher.DefaultWeights())
	collection, err := empty.WithModel(ranker)
	if err != nil {
		a.log.Error("the active model asks for what this program does not measure, its own serves", "version", ranker.Version, "err", err)
		collection = empty
	}
	a.models = m
	return collection
}

// use puts what can be read in the place of what was there.
func use[M any](into **M, body []byte, read func([]byte) (*M, error)) error {
	m, err := read(body)
	if err == nil {
		*into = m
	}
	return err
}

// run follows the registry until ctx ends.
func (m *models) run(ctx context.Context) error {
	return learn.Watch(ctx, m.app.Store, m.serving, learn.WatchInterval, m.app.log, func(kind jiqiao.ModelKind, _ string, body []byte) error {
		return m.apply(ctx, kind, body)
	})
}

// apply makes a model serve; an empty body stands for the program's own.
func (m *models) apply(ctx context.Context, kind jiqiao.ModelKind, body []byte) error {
	a := m.app
	if kind == jiqiao.ModelRanker {
		ranker, err := readRanker(body)
		if err != nil {
			return err
		}
		collection, err := a.Matcher.Collection().WithModel(ranker)
		if err != nil {
			return err
		}
		a.Matcher.Swap(collection)
		return nil
	}
	words, err := readWords(body)
	if err != nil {
		return err
	}
	beside := a.Matcher.Collection().WithWords(words)
	return a.profiles.replace(ctx, beside, func() { a.Matcher.Swap(beside) })
}

func readRanker(body []byte) (*rank.Model, error) {
	if len(body) == 0 {
		return rank.Default(), nil
	}
	m, err := rank.Read(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("read the ranker: %w", err)
	}
	return m, nil
}

func readWords(body []byte) (*vector.Words, error) {
	if len(body) == 0 {
		return vector.Default(), nil
	}
	w, err := vector.Read(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("read the word vectors: %w", err)
	}
	return w, nil
}
