package index_test

import (
	"testing"

	"jiqiao/index"
	"jiqiao/index/indextest"
	"jiqiao/index/zh"
)

// newHolder loads the dictionary once per test binary would need shared state; it takes 0.1 s.
func newHolder(t testing.TB) *zh.Holder {
	t.Helper()
	a, err := zh.New(zh.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return zh.NewHolder(a)
}

func open(t testing.TB, dir string, h *zh.Holder) *index.Index {
	t.Helper()
	x, err := index.Open(t.Context(), index.Options{Dir: dir, Analyzer: h})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func TestConformance(t *testing.T) {
	h := newHolder(t)
	indextest.Run(t, func(t *testing.T) indextest.Engine { return open(t, t.TempDir(), h) })
}
