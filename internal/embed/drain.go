package embed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jiqiao"
)

// drain embeds what waits. After a failure it asks for less at once, so that one text which the server cannot digest
// does not stand in the way of the others.
func (f *Follower) drain(ctx context.Context) error {
	chunk, idle := f.o.Batch, f.o.Retry
	for ctx.Err() == nil {
		tasks := f.work.take(chunk)
		if len(tasks) == 0 {
			if err := f.switchOver(ctx); err != nil {
				return err
			}
			f.rest(ctx, &idle)
			continue
		}
		err := f.embed(ctx, tasks)
		var shown *endpointError
		switch {
		case ctx.Err() != nil:
			return ctx.Err() // what was taken is worked out anew at the next start
		case err == nil:
			f.note(nil)
			chunk, idle = min(2*chunk, f.o.Batch), f.o.Retry
			continue
		case !errors.As(err, &shown):
			return err // of the store: start again
		}
		f.note(shown.error)
		outcome := stateWaiting
		if chunk == 1 {
			outcome = stateFailed
		}
		for _, t := range tasks {
			_ = f.work.settle(t, outcome, func() error { return nil })
		}
		chunk = max(1, chunk/2)
		pause(ctx, f.o.Retry)
	}
	return nil
}

// maxIdle is how many pauses what failed waits at most.
const maxIdle = 32

// rest waits for the next change; when something has failed, not for ever.
func (f *Follower) rest(ctx context.Context, idle *time.Duration) {
	if f.work.progress().Failed == 0 {
		select {
		case <-ctx.Done():
		case <-f.work.arrived:
		}
		return
	}
	timer := time.NewTimer(*idle)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-f.work.arrived:
	case <-timer.C:
		*idle = min(2**idle, maxIdle*f.o.Retry)
		f.work.again()
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// endpointError marks what the endpoint is to blame for.
type endpointError struct{ error }

// embed gives the tasks their vectors. Texts of which a vector is kept are not asked for again.
func (f *Follower) embed(ctx context.Context, tasks []task) error {
	kind := tasks[0].kind
	ids := make([]string, len(tasks))
	for i, t := range tasks {
		ids[i] = t.id
	}
	recs, err := f.o.Store.GetMany(ctx, kind, ids)
	if err != nil {
		return fmt.Errorf("read records to embed: %w", err)
	}
	byID := map[string]string{}
	texts := map[string]string{} // by hash
	var hashes []string
	for _, rec := range recs {
		text := Text(rec)
		hash := hashOf(text)
		byID[rec.Head().ID] = hash
		if _, ok := texts[hash]; !ok {
			texts[hash] = text
			hashes = append(hashes, hash)
		}
	}
	vectors, err := f.vectors(ctx, hashes, texts)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		v, ok := vectors[byID[t.id]]
		if !ok {
			_ = f.work.settle(t, stateFailed, func() error { return nil }) // one deleted meanwhile is forgotten by follow
			continue
		}
		if err := f.work.settle(t, stateDone, func() error { return f.next.put(kind, t.id, v) }); err != nil {
			return err
		}
	}
	f.next.refresh()
	f.version.Add(1)
	return nil
}

// vectors asks for what is not kept, and keeps it.
func (f *Follower) vectors(ctx context.Context, hashes []string, texts map[string]string) (map[string][]byte, error) {
	kept, err := f.o.Store.Embeddings(ctx, f.o.Model, hashes)
	if err != nil {
		return nil, err
	}
	var missing, asked []string
	for _, h := range hashes {
		if v, ok := kept[h]; ok && f.next.fits(v) {
			continue
		}
		if texts[h] == "" {
			continue
		}
		missing, asked = append(missing, h), append(asked, texts[h])
	}
	if len(asked) == 0 {
		return kept, nil
	}
	answers, err := f.o.Endpoint.Embed(ctx, asked)
	if err != nil {
		return nil, &endpointError{err}
	}
	fresh := map[string][]byte{}
	for i, vec := range answers {
		if vec == nil {
			continue
		}
		if !f.next.fits(pack(vec)) {
			return nil, &endpointError{jiqiao.Fail(jiqiao.CodeUnavailable, "模型 "+f.o.Model+" 的向量维数与已保存的不同；请设定 embedding_dimensions，或给模型换一个名称", nil)}
		}
		fresh[missing[i]] = pack(vec)
		kept[missing[i]] = fresh[missing[i]]
	}
	return kept, f.o.Store.PutEmbeddings(ctx, f.o.Model, fresh)
}

// enough is the share of records that may be without a vector when the new model takes over: a few texts that no server
// digests must not keep the old vectors for ever.
const enough = 0.01

// switchOver lets the new vectors answer once they are there, and deletes those of other models.
func (f *Follower) switchOver(ctx context.Context) error {
	p := f.work.progress()
	if float64(p.Records-p.Done) > enough*float64(p.Records) {
		return nil
	}
	if f.serving.Load() != f.next {
		if err := f.o.Store.ServeEmbeddings(ctx, f.o.Model); err != nil {
			return err
		}
		old := f.serving.Swap(f.next)
		f.version.Add(1)
		f.o.Log.Info("the vectors of another model answer from now on", "model", f.o.Model, "before", old.model)
	}
	models, err := f.o.Store.EmbeddingModels(ctx)
	if err != nil {
		return err
	}
	for _, m := range models {
		if m != f.o.Model {
			if err := f.o.Store.DropEmbeddings(ctx, m); err != nil {
				return err
			}
		}
	}
	return nil
}
