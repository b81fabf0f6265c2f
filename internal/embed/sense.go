package embed

import (
	"context"
	"fmt"
	"sync"

	"jiqiao"
)

// Sense makes a record ready to be compared by meaning: with the vector that is kept of its text, or with one that the
// endpoint makes now, if wait says that someone waits for it. Any error means that matching goes on without.
func (f *Follower) Sense(ctx context.Context, rec jiqiao.Record, wait bool) (*Sense, error) {
	s := f.serving.Load()
	if s == nil {
		return nil, ErrNoVector
	}
	text := Text(rec)
	hash := hashOf(text)
	kept, err := f.o.Store.Embeddings(ctx, s.model, []string{hash})
	if err != nil {
		return nil, fmt.Errorf("read a vector: %w", err)
	}
	vec, ok := kept[hash]
	if !ok {
		vec, ok = f.asked.get(s.model + hash)
	}
	if !ok {
		// Only what is configured can be asked: the server of the old model may be gone.
		if !wait || s != f.next || text == "" {
			return nil, ErrNoVector
		}
		if vec, err = f.ask(ctx, s, text); err != nil {
			return nil, err
		}
		f.asked.put(s.model+hash, vec)
	}
	return s.sense(rec.Kind(), vec)
}

// ask has a vector made now, as long as those of s.
func (f *Follower) ask(ctx context.Context, s *space, text string) (vec []byte, err error) {
	defer func() { f.silent.Store(err != nil) }()
	answer, err := f.o.Endpoint.EmbedQuery(ctx, text)
	if err != nil {
		return nil, err
	}
	if vec = pack(answer); !s.fits(vec) {
		return nil, ErrNoVector
	}
	return vec, nil
}

// recent keeps the vectors of the last texts asked about, so that turning the page asks nobody.
type recent struct {
	mu      sync.Mutex
	vectors map[string][]byte
	order   []string
}

// maxRecent texts are about as many as people paste in some minutes.
const maxRecent = 256

func (r *recent) get(key string) ([]byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.vectors[key]
	return v, ok
}

func (r *recent) put(key string, v []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.vectors == nil {
		r.vectors = map[string][]byte{}
	}
	if _, ok := r.vectors[key]; !ok {
		r.order = append(r.order, key)
	}
	r.vectors[key] = v
	if len(r.order) > maxRecent {
		delete(r.vectors, r.order[0])
		r.order = r.order[1:]
	}
}
