// Package embed keeps the vectors that an embedding model gives for records, and answers which records are near a text
// by them.
//
// A Follower reads the store's change log. What has no vector yet is the queue: it is worked out from the records and
// the vectors that are kept, so that nothing needs to be remembered over a crash, and nothing can be lost. Vectors are
// kept in the store by model and by the hash of the text; a record written again with the same text costs nothing.
//
// When the configuration names another model, the vectors of the old one go on answering until every record has one of
// the new; then the new ones answer, and the old ones are deleted. In between, texts that have no vector of the old
// model cannot be asked about, for the old model may be gone.
package embed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"jiqiao"
)

// Store is what the follower reads and where it keeps vectors.
type Store interface {
	Changes(ctx context.Context, after int64, limit int) ([]jiqiao.Change, error)
	LastSeq(ctx context.Context) (int64, error)
	WaitChange(ctx context.Context, after int64) error
	GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error)
	Each(ctx context.Context, kind jiqiao.Kind, afterID string, fn func(jiqiao.Record) error) error
	Vectors
}

// Vectors keeps vectors as bytes.
type Vectors interface {
	Embeddings(ctx context.Context, model string, hashes []string) (map[string][]byte, error)
	PutEmbeddings(ctx context.Context, model string, vectors map[string][]byte) error
	EmbeddingModels(ctx context.Context) ([]string, error)
	DropEmbeddings(ctx context.Context, model string) error
	SweepEmbeddings(ctx context.Context, model string, live map[string]bool, before time.Time) (int, error)
	ServingEmbeddings(ctx context.Context) (string, error)
	ServeEmbeddings(ctx context.Context, model string) error
}

// Endpoint makes vectors; *endpoint.Client is one.
type Endpoint interface {
	// Embed gives nil for a text of which the server makes no vector; an error says that it cannot work now.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
	// EmbedQuery fails rather than keep someone waiting.
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
}

// Options wire a Follower. Store, Endpoint and Model are required.
type Options struct {
	Store    Store
	Endpoint Endpoint
	// Model names what makes the vectors: vectors of different names are never compared.
	Model string
	// Batch is how many texts go to the endpoint at once; 0 is 16.
	Batch int
	// Retry is the pause after the endpoint failed, 0 is DefaultRetry; it takes over what has been tried in vain, too.
	Retry time.Duration
	Log   *slog.Logger
	Now   func() time.Time
}

// DefaultRetry is the pause after the endpoint has failed in spite of its own retries.
const DefaultRetry = 15 * time.Second

const defaultBatch = 16

// maxText bounds what of a record is embedded, in characters: models read 512 to 8192 tokens, the important comes first,
// and a mean over more says less.
const maxText = 1500

// Text is what of a record is embedded: its sections in reading order, title first.
func Text(rec jiqiao.Record) string {
	var b strings.Builder
	for _, s := range jiqiao.Face(rec).Sections() {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.TrimSpace(s.Text))
		if b.Len() > maxText*utf8.UTFMax {
			break
		}
	}
	return cut(strings.ToValidUTF8(b.String(), ""), maxText)
}

func cut(text string, runes int) string {
	for i := range text {
		if runes == 0 {
			return text[:i]
		}
		runes--
	}
	return text
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// ModelName names the vectors of a model asked for a length; 0 is the model's own.
func ModelName(model string, dimensions int) string {
	if dimensions == 0 {
		return model
	}
	return model + "/" + strconv.Itoa(dimensions)
}

// Progress is how far the follower has come.
type Progress = jiqiao.EmbeddingProgress

// Follower brings vectors in step with the store and answers by them. Make it with New and run Run.
type Follower struct {
	o       Options
	work    *ledger
	serving atomic.Pointer[space] // nil until the first vectors answer
	next    *space                // of o.Model, being filled; the same as serving once it answers
	asked   recent
	applied int64 // last change applied, Run's alone
	loaded  bool  // all records have been read
	problem atomic.Pointer[string]
	version atomic.Int64
	silent  atomic.Bool // the endpoint did not answer the last query
}

// New makes a follower; nothing is read yet.
func New(o Options) *Follower {
	if o.Batch <= 0 {
		o.Batch = defaultBatch
	}
	if o.Retry <= 0 {
		o.Retry = DefaultRetry
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Follower{o: o, work: newLedger(), next: newSpace(o.Model)}
}

// Progress tells how far the work has come.
func (f *Follower) Progress() Progress {
	p := f.work.progress()
	p.Model = f.o.Model
	if s := f.serving.Load(); s != nil {
		p.Serving = s.model
	}
	if text := f.problem.Load(); text != nil {
		p.Problem = *text
	}
	return p
}

// Version grows whenever answers may change; 0 before there are vectors.
func (f *Follower) Version() int64 { return f.version.Load() }

// badSpell is how long an answer made without the endpoint may be given again.
const badSpell = 10 * time.Second

// State names what answers are made from: the vectors, and whether the endpoint answers. While it does not, the name
// changes from time to time, so that it is asked again.
func (f *Follower) State() string {
	state := strconv.FormatInt(f.version.Load(), 10)
	if f.silent.Load() {
		state += "-" + strconv.FormatInt(f.o.Now().UnixNano()/int64(badSpell), 10)
	}
	return state
}

// ErrNoVector says that a text cannot be compared now.
var ErrNoVector = errors.New("embed: no vector for this text yet")

// note keeps what the endpoint says of itself.
func (f *Follower) note(err error) {
	if err == nil {
		f.problem.Store(nil)
		return
	}
	text := "嵌入服务暂不可用"
	var shown *jiqiao.Error
	if errors.As(err, &shown) {
		text = shown.Message
	}
	if old := f.problem.Swap(&text); old == nil || *old != text {
		f.o.Log.Warn("the embedding endpoint does not work", "err", err)
	}
}
