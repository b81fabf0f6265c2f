package storetest

import (
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"
)

func embeddingTests() map[string]func(*env) {
	return map[string]func(*env){
		"Embeddings/kept by model and hash":      embeddingsKept,
		"Embeddings/dropped by model":            embeddingsDropped,
		"Embeddings/swept":                       embeddingsSwept,
		"Embeddings/the model that serves":       embeddingsServing,
		"Embeddings/cost a backup no room":       embeddingsNotBackedUp,
		"Embeddings/strange names stay harmless": embeddingsStrange,
	}
}

func vectors(n int, fill byte) map[string][]byte {
	all := map[string][]byte{}
	for i := range n {
		all[fmt.Sprintf("h%04d", i)] = []byte{fill, 0, byte(i), 255}
	}
	return all
}

func embeddingsKept(e *env) {
	e.must(e.PutEmbeddings(e.ctx, "a", vectors(150, 1)))
	e.must(e.PutEmbeddings(e.ctx, "b", vectors(2, 2)))
	e.must(e.PutEmbeddings(e.ctx, "a", map[string][]byte{"h0000": {9}}))
	want := vectors(150, 1)
	want["h0000"] = []byte{9}
	hashes := []string{"gone"}
	for h := range want {
		hashes = append(hashes, h)
	}
	got, err := e.Embeddings(e.ctx, "a", hashes)
	e.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Error(diff)
	}
	got, err = e.Embeddings(e.ctx, "b", []string{"h0001"})
	e.must(err)
	if diff := cmp.Diff(map[string][]byte{"h0001": {2, 0, 1, 255}}, got); diff != "" {
		e.t.Error(diff)
	}
	if got, err = e.Embeddings(e.ctx, "b", nil); err != nil || len(got) != 0 {
		e.t.Errorf("%v, %v", got, err)
	}
}

func embeddingsDropped(e *env) {
	e.must(e.PutEmbeddings(e.ctx, "old", vectors(1200, 1)))
	e.must(e.PutEmbeddings(e.ctx, "new", vectors(3, 2)))
	models, err := e.EmbeddingModels(e.ctx)
	e.must(err)
	if diff := cmp.Diff([]string{"new", "old"}, models); diff != "" {
		e.t.Error(diff)
	}
	e.must(e.DropEmbeddings(e.ctx, "old"))
	e.must(e.DropEmbeddings(e.ctx, "old"))
	if models, err = e.EmbeddingModels(e.ctx); err != nil || len(models) != 1 || models[0] != "new" {
		e.t.Errorf("%v, %v", models, err)
	}
	if got, err := e.Embeddings(e.ctx, "new", []string{"h0000", "h0001", "h0002"}); err != nil || len(got) != 3 {
		e.t.Errorf("%v, %v", got, err)
	}
}

func embeddingsSwept(e *env) {
	e.must(e.PutEmbeddings(e.ctx, "a", vectors(1500, 1)))
	e.must(e.PutEmbeddings(e.ctx, "b", vectors(2, 1)))
	e.clock.Advance(time.Hour)
	start := e.clock.Now()
	e.must(e.PutEmbeddings(e.ctx, "a", map[string][]byte{"late": {1}}))
	n, err := e.SweepEmbeddings(e.ctx, "a", map[string]bool{"h0001": true, "h1499": true}, start)
	e.must(err)
	left, err := e.Embeddings(e.ctx, "a", []string{"h0000", "h0001", "h0700", "h1498", "h1499", "late"})
	e.must(err)
	if n != 1498 || len(left) != 3 || left["h0001"] == nil || left["h1499"] == nil || left["late"] == nil {
		e.t.Errorf("swept %d, left %v", n, left)
	}
	if others, err := e.Embeddings(e.ctx, "b", []string{"h0000", "h0001"}); err != nil || len(others) != 2 {
		e.t.Errorf("of another model: %v, %v", others, err)
	}
}

func embeddingsServing(e *env) {
	for _, want := range []string{"", "bge-m3", "text-embedding-v4/1024"} {
		if want != "" {
			e.must(e.ServeEmbeddings(e.ctx, want))
		}
		if got, err := e.another().ServingEmbeddings(e.ctx); err != nil || got != want {
			e.t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}

func embeddingsNotBackedUp(e *env) {
	e.must(e.PutEmbeddings(e.ctx, "a", vectors(3, 1)))
	path := e.t.TempDir() + "/backup"
	_, err := e.BackupFile(e.ctx, path)
	e.must(err)
	if models, err := e.EmbeddingModels(e.ctx); err != nil || len(models) != 1 {
		e.t.Errorf("after a backup: %v, %v", models, err)
	}
}

func embeddingsStrange(e *env) {
	name := "模型'); DROP TABLE embeddings;--\x00%_"
	e.must(e.PutEmbeddings(e.ctx, name, map[string][]byte{"'": {1}}))
	if got, err := e.Embeddings(e.ctx, name, []string{"'"}); err != nil || len(got) != 1 {
		e.t.Errorf("%v, %v", got, err)
	}
}
