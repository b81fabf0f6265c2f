package zh

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"jiqiao"
	"jiqiao/index/zh/internal/fold"
	"jiqiao/index/zh/internal/seg"
)

//go:embed data/dict.gz
var dictData []byte

// chainVersion changes with any change of the code that changes tokens.
const chainVersion = "1"

// Options are the site's own word lists; each may be nil. The package comment describes their formats.
type Options struct {
	UserDict io.Reader
	Synonyms io.Reader
	// StopWords are added to the built-in list; a line "!word" takes a built-in stop word off.
	StopWords io.Reader
}

// Analyzer is the analysis chain with its dictionary. It is immutable and safe for concurrent use.
type Analyzer struct {
	table    *fold.Table
	dict     *seg.Dict
	stop     map[string]bool
	singles  map[rune]bool // characters that are terms on their own
	synonyms map[string][]string
	version  string
	work     sync.Pool
}

// workspace is what one analysis needs besides its result.
type workspace struct {
	folded fold.Text
	run    seg.Run
}

// New loads the dictionary (about 0.1 s) and the site's lists. An error in a list is a CodeInvalid *jiqiao.Error that
// names every bad line, up to 20.
func New(o Options) (*Analyzer, error) {
	d, err := seg.Load(dictData)
	if err != nil {
		return nil, err
	}
	a := &Analyzer{table: fold.New(), dict: d, work: sync.Pool{New: func() any { return new(workspace) }}}
	a.singles = map[rune]bool{}
	for _, r := range singleLines {
		a.singles[r] = seg.IsHan(r)
	}
	hash := sha256.New()
	hash.Write([]byte(chainVersion + fold.Source() + stopLines + synonymLines + singleLines))
	hash.Write(dictData)
	var problems []jiqiao.FieldError
	lists := newLists(a, &problems)
	lists.stopWords(strings.NewReader(stopLines), "内置停用词")
	lists.synonyms(strings.NewReader(synonymLines), "内置同义词")
	for _, in := range []struct {
		r    io.Reader
		name string
		read func(io.Reader, string)
	}{
		{o.UserDict, "用户词典", lists.userDict},
		{o.StopWords, "停用词表", lists.stopWords},
		{o.Synonyms, "同义词表", lists.synonyms},
	} {
		hash.Write([]byte("\x00" + in.name))
		if in.r != nil {
			in.read(io.TeeReader(in.r, hash), in.name)
		}
	}
	if err := jiqiao.Invalid(problems); err != nil {
		return nil, err
	}
	a.version = chainVersion + "-" + hex.EncodeToString(hash.Sum(nil)[:8])
	return a, nil
}

// Version stands for the chain, its dictionary and the site's lists. A text may get other tokens under another version.
func (a *Analyzer) Version() string { return a.version }

// Words is the number of words in the dictionary.
func (a *Analyzer) Words() int { return a.dict.Len() }

// Fold is the normalised text: what two texts that mean the same characters have in common. It is idempotent.
func (a *Analyzer) Fold(text string) string {
	w := a.borrow()
	defer a.work.Put(w)
	a.table.Fold(&w.folded, text)
	return string(w.folded.Bytes)
}

func (a *Analyzer) borrow() *workspace { return a.work.Get().(*workspace) }

// Holder holds the analyzer in use; the zero value holds none. It is safe for concurrent use.
type Holder struct{ current atomic.Pointer[Analyzer] }

// NewHolder makes a holder of a.
func NewHolder(a *Analyzer) *Holder {
	h := &Holder{}
	h.current.Store(a)
	return h
}

// Get is the analyzer in use. A caller that analyses several texts to compare them gets it once.
func (h *Holder) Get() *Analyzer { return h.current.Load() }

// Swap puts a in use and answers the analyzer before.
func (h *Holder) Swap(a *Analyzer) *Analyzer { return h.current.Swap(a) }

// Reload builds an analyzer from the lists and puts it in use; after an error the old one stays.
func (h *Holder) Reload(o Options) error {
	a, err := New(o)
	if err != nil {
		return err
	}
	h.Swap(a)
	return nil
}
