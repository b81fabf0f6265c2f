package app

import (
	"context"
	"fmt"
	"time"

	"jiqiao"
	"jiqiao/index"
	"jiqiao/internal/config"
	"jiqiao/internal/embed"
	"jiqiao/internal/endpoint"
	"jiqiao/matcher"
)

// embedder lets the matcher ask the embedding model, of which it knows nothing.
type embedder struct {
	follower *embed.Follower
	client   *endpoint.Client
	index    *index.Index
}

// EmbeddingServer is the configuration of the embedding model's server.
func EmbeddingServer(cfg config.Config) endpoint.Config {
	return endpoint.Config{
		Name: "embedding", URL: cfg.EmbeddingURL, Key: cfg.EmbeddingKey, Model: cfg.EmbeddingModel,
		Dimensions: cfg.EmbeddingDimensions, Batch: cfg.EmbeddingBatch, Rate: cfg.EmbeddingRate,
	}
}

// openEmbedder connects the embedding model that is configured; without one matching goes by what is built in.
func (a *App) openEmbedder(retry time.Duration) matcher.Semantics {
	if a.cfg.EmbeddingURL == "" {
		return nil
	}
	server := EmbeddingServer(a.cfg)
	server.Log, server.Now, server.Rest = a.log, a.now, retry
	server.Pause = retry
	client := endpoint.New(server)
	a.embedder = &embedder{
		client: client, index: a.Index,
		follower: embed.New(embed.Options{
			Store: a.Store, Endpoint: client, Model: embed.ModelName(a.cfg.EmbeddingModel, a.cfg.EmbeddingDimensions),
			Batch: a.cfg.EmbeddingBatch, Retry: retry, Log: a.log, Now: a.now,
		}),
	}
	return a.embedder
}

// Sense implements matcher.Semantics.
func (e *embedder) Sense(ctx context.Context, subject jiqiao.Record, wait bool) (matcher.Sense, error) {
	s, err := e.follower.Sense(ctx, subject, wait)
	if err != nil {
		return nil, err
	}
	return &sense{s, e.index, subject.Kind().Other()}, nil
}

// sense filters inside the search.
type sense struct {
	*embed.Sense
	index *index.Index
	kind  jiqiao.Kind
}

// Near implements matcher.Sense.
func (s *sense) Near(ctx context.Context, filter jiqiao.Filter, n int) ([]string, error) {
	admits, err := s.index.Admits(ctx, s.kind, filter)
	if err != nil {
		return nil, fmt.Errorf("prepare the filter: %w", err)
	}
	return s.Sense.Near(ctx, n, admits)
}

// state names what the vectors answer now, "" without a model.
func (e *embedder) state() string {
	if e == nil {
		return ""
	}
	return e.follower.State()
}

// progress is nil without a model.
func (e *embedder) progress() func() jiqiao.EmbeddingProgress {
	if e == nil {
		return nil
	}
	return e.follower.Progress
}
