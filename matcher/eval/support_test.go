package eval

import (
	"cmp"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"jiqiao/index/zh"
)

var loadAnalyzer = sync.OnceValues(func() (*zh.Analyzer, error) { return zh.New(zh.Options{}) })

func testAnalyzer(tb testing.TB) *zh.Analyzer {
	tb.Helper()
	a, err := loadAnalyzer()
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// shared is a folder of the evaluation data, which is not part of the repository.
func shared(tb testing.TB, elem ...string) string {
	tb.Helper()
	path := filepath.Join(append([]string{cmp.Or(os.Getenv("JIQIAO_SHARED"), "../../../shared")}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("no evaluation data (set JIQIAO_SHARED): %v", err)
	}
	return path
}
