// Package llm lets a language model help in two places, and believes none of what it says: it reads the raw text of a
// need into fields, each of which must quote the text, and it drafts two sentences on a match, in which no number, name
// or term may stand that the evidence does not hold. What does not pass is dropped, so that a model that invents, is cut
// off, or obeys an instruction hidden in somebody's text, costs an empty field and nothing more.
package llm

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"jiqiao"
	"jiqiao/internal/endpoint"
)

// Asker asks a language model; *endpoint.Client is one.
type Asker interface {
	Ask(ctx context.Context, q endpoint.Question) (json.RawMessage, error)
	Model() string
}

const (
	// readTimeout and draftTimeout bound what someone waits for.
	readTimeout  = 25 * time.Second
	draftTimeout = 15 * time.Second
	// sideBySide is how many drafts are asked for at once.
	sideBySide = 4
)

// Model is a language model put to use. It is safe for concurrent use.
type Model struct {
	asker  Asker
	slots  chan struct{}
	drafts drafts
}

// New puts a language model to use.
func New(asker Asker) *Model {
	return &Model{asker: asker, slots: make(chan struct{}, sideBySide)}
}

// ask gives up after a while, and says so to people.
func (m *Model) ask(ctx context.Context, limit time.Duration, q endpoint.Question) (json.RawMessage, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	select {
	case m.slots <- struct{}{}:
		defer func() { <-m.slots }()
	case <-limited.Done():
		return nil, tooSlow(ctx, limited.Err())
	}
	answer, err := m.asker.Ask(limited, q)
	if err != nil && limited.Err() != nil {
		return nil, tooSlow(ctx, err)
	}
	return answer, err
}

func tooSlow(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return jiqiao.Fail(jiqiao.CodeUnavailable, "语言模型没有及时回答，请稍后再试，或手工填写", err)
}

// errShape says that an answer is not what was asked for.
var errShape = errors.New("llm: the answer has not the shape that was asked for")

// drafts keeps the last rationales by what they were drafted from, so that a page seen again costs nothing.
type drafts struct {
	mu    sync.Mutex
	texts map[string]string
	order []string
}

const maxDrafts = 1024

func (d *drafts) get(key string) (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	text, ok := d.texts[key]
	return text, ok
}

func (d *drafts) put(key, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.texts == nil {
		d.texts = map[string]string{}
	}
	if _, ok := d.texts[key]; !ok {
		d.order = append(d.order, key)
	}
	d.texts[key] = text
	if len(d.order) > maxDrafts {
		delete(d.texts, d.order[0])
		d.order = d.order[1:]
	}
}
