package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiqiao/index/vector"
)

func TestTrainVectorsIsReproducible(t *testing.T) {
	s := newSession(t)
	dir := t.TempDir()
	var lines strings.Builder
	words := []string{"污水", "废水", "处理", "电池", "电极", "充电", "传感器", "测量"}
	for i := range 40 {
		fmt.Fprintf(&lines, `{"id":"%d","title":"%s %s","text":"%s %s %s"}`+"\n", i,
			words[i%8], words[(i+1)%8], words[i%8], words[(i+2)%8], words[(i+3)%8])
	}
	if err := os.WriteFile(filepath.Join(dir, "a.jsonl"), []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var files [2][]byte
	for i := range files {
		out := filepath.Join(t.TempDir(), "words.vec")
		text := s.ok("train", "vectors", "--corpus", dir, "--out", out, "--dim", "4", "--min-count", "2", "--tune", "0")
		var err error
		if files[i], err = os.ReadFile(out); err != nil {
			t.Fatal(err)
		}
		w, err := vector.Read(bytes.NewReader(files[i]))
		if err != nil {
			t.Fatal(err)
		}
		if w.Dim() != 4 || w.Len() != len(words) || !strings.Contains(text, w.Version()) {
			t.Errorf("%d words of dimension %d: %s", w.Len(), w.Dim(), text)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two runs gave different files")
	}
}

func TestTrainVectorsRefuses(t *testing.T) {
	s := newSession(t)
	train := func(args ...string) []string { return append([]string{"train", "vectors"}, args...) }
	s.fails(exitUsage, []string{"--out"}, train()...)
	s.fails(exitUsage, []string{"--method", "magic"}, train("--out", "x", "--method", "magic")...)
	s.fails(exitUsage, []string{"--dim"}, train("--out", "x", "--dim", "0")...)
	s.fails(exitUsage, []string{"--window"}, train("--out", "x", "--window", "-1")...)
	s.fails(exitFailed, []string{"语料目录", "--corpus"}, train("--out", "x", "--corpus", "absent")...)
	if _, err := os.Stat("x"); err == nil {
		t.Error("a file was written all the same")
	}
}

func TestAdaptWithFewRecordsSaysSo(t *testing.T) {
	s := withSample(t)
	if text := s.ok("adapt"); !strings.Contains(text, "不足") {
		t.Error(text)
	}
	var result struct {
		Active  bool
		Message string
	}
	s.json(&result, "adapt")
	if result.Active || result.Message == "" {
		t.Errorf("%+v", result)
	}
}
