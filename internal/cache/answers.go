package cache

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"runtime/debug"
	"time"

	"golang.org/x/sync/singleflight"

	"jiqiao"
)

// Source tells the present state of what answers are made from; both calls are made for every question and must be
// cheap.
type Source interface {
	// Version is the record's current version, CodeNotFound for a missing or deleted one.
	Version(ctx context.Context, kind jiqiao.Kind, id string) (int64, error)
	// State names the present contents of store and index. It must differ after every committed change, after the index
	// has applied one, and between databases: the store's epoch and last change number with the index's generation.
	State(ctx context.Context) (string, error)
}

// Options make an Answers. Cache, Source and Log are required.
type Options struct {
	Cache  Cache
	Source Source
	Log    *slog.Logger
	// Namespace is what else answers depend on and does not change while the process runs: the program's version.
	Namespace string
	// Now is the clock that tells the day, for answers say what has expired; time.Now when nil.
	Now func() time.Time
	// Timeout bounds the making of one answer, which goes on for others when the first to ask has left; 30 s when 0.
	Timeout time.Duration
}

const defaultTimeout = 30 * time.Second

// Answers keeps encoded answers. It is safe for concurrent use; questions asked at the same time are answered once.
type Answers struct {
	o      Options
	flight singleflight.Group
	counts Counts
}

// New makes an Answers.
func New(o Options) *Answers {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	return &Answers{o: o}
}

// Counts shows what the cache did.
func (a *Answers) Counts() *Counts { return &a.counts }

// Fill makes an answer. degraded says that the cache does not work now, which the answer should say.
type Fill = func(ctx context.Context, degraded bool) ([]byte, error)

// Do returns the answer to a question about a record: the one kept under the same version, state and params, else what
// fill makes. params holds everything else that the answer depends on, the viewer's rights among them. id is empty when
// the question is about no one record. The error is fill's or the Source's.
func (a *Answers) Do(ctx context.Context, kind jiqiao.Kind, id, params string, fill Fill) ([]byte, error) {
	before, err := a.state(ctx, kind, id)
	if err != nil {
		return nil, err
	}
	key := name(a.o.Namespace, string(kind), id, before, params)
	value, err := a.get(ctx, key)
	if err == nil {
		a.counts.hits.Add(1)
		return value, nil
	}
	degraded := !errors.Is(err, ErrMiss)
	if degraded {
		// Answers that say they are degraded have names of their own, held where the cache still works, so that they
		// are not given once it works again.
		key += "!"
		if value, err := a.get(ctx, key); err == nil {
			a.counts.hits.Add(1)
			return value, nil
		}
		a.counts.fallbacks.Add(1)
	} else {
		a.counts.misses.Add(1)
	}
	return a.make(ctx, key, func(ctx context.Context) ([]byte, error) {
		value, err := fill(ctx, degraded)
		if err != nil {
			return nil, err
		}
		after, err := a.state(ctx, kind, id)
		if err == nil && after == before {
			a.set(ctx, key, value)
		}
		return value, nil
	})
}

// make lets the first who asks make the answer and the others wait for it, each as long as it likes.
func (a *Answers) make(ctx context.Context, key string, do func(context.Context) ([]byte, error)) ([]byte, error) {
	made := a.flight.DoChan(key, func() (value any, err error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.o.Timeout)
		defer cancel()
		defer func() {
			if p := recover(); p != nil {
				a.o.Log.Error("panic while making an answer", "panic", p, "stack", string(debug.Stack()))
				err = fmt.Errorf("make an answer: panic: %v", p)
			}
		}()
		return do(ctx)
	})
	select {
	case r := <-made:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.([]byte), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// state names everything but the parameters that an answer depends on.
func (a *Answers) state(ctx context.Context, kind jiqiao.Kind, id string) (string, error) {
	var version int64
	var err error
	if id != "" {
		if version, err = a.o.Source.Version(ctx, kind, id); err != nil {
			return "", err
		}
	}
	state, err := a.o.Source.State(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %s %s", version, jiqiao.DayOf(a.o.Now()), state), nil
}

// name is short whatever the parts are, and differs when any part does.
func name(parts ...string) string {
	h := sha256.New()
	var length [8]byte
	for _, p := range parts {
		binary.LittleEndian.PutUint64(length[:], uint64(len(p)))
		h.Write(length[:])
		h.Write([]byte(p))
	}
	return "jiqiao:" + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18])
}

// Values are framed: the format's number, the checksum of the rest, the rest. What a crash cut short, another program
// wrote or another version of this one framed otherwise is a miss.
const (
	frameFormat = 1
	frameHeader = 1 + 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (a *Answers) get(ctx context.Context, key string) ([]byte, error) {
	framed, err := a.o.Cache.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	if len(framed) < frameHeader || framed[0] != frameFormat ||
		binary.LittleEndian.Uint32(framed[1:]) != crc32.Checksum(framed[frameHeader:], castagnoli) {
		a.counts.corrupt.Add(1)
		return nil, ErrMiss
	}
	return framed[frameHeader:], nil
}

// set counts a failure and goes on: the answer itself is good.
func (a *Answers) set(ctx context.Context, key string, value []byte) {
	framed := make([]byte, frameHeader, frameHeader+len(value))
	framed[0] = frameFormat
	binary.LittleEndian.PutUint32(framed[1:], crc32.Checksum(value, castagnoli))
	if err := a.o.Cache.Set(ctx, key, append(framed, value...)); err != nil {
		a.counts.unkept.Add(1)
		a.o.Log.Debug("answer not kept", "error", err)
	}
}
