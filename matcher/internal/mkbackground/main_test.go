package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func corpus(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "corpus.jsonl.gz")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRunCountsDocuments(t *testing.T) {
	// Ten documents that repeat a pair, ten that hold one of its characters in its traditional form.
	path := corpus(t, strings.Repeat(`{"title":"碳化","text":"碳化。碳化"}`+"\n", 10)+strings.Repeat(`{"text":"變，碳 a"}`+"\n", 10))
	var out strings.Builder
	if err := run([]string{path}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"over 20 abstracts", "\n1 1e+04 碳\n", "\n1 4966 化变\n", "\n2 4966 碳化\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestRunRefusesBrokenCorpora(t *testing.T) {
	if err := run([]string{corpus(t, `{"text":`)}, &strings.Builder{}); err == nil {
		t.Error("broken JSON: no error")
	}
	if err := run([]string{filepath.Join(t.TempDir(), "none.gz")}, &strings.Builder{}); err == nil {
		t.Error("no file: no error")
	}
}
