package storetest

import (
	"bytes"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func modelTests() map[string]func(*env) {
	return map[string]func(*env){
		"ModelIsKeptForGood":      modelIsKeptForGood,
		"OneModelOfAKindIsActive": oneModelOfAKindIsActive,
		"ModelNamesAreChecked":    modelNamesAreChecked,
		"LargeModel":              largeModel,
	}
}

func modelIsKeptForGood(e *env) {
	m := Model("ranker-20261122.1")
	m.CreatedAt = time.Time{}
	body := []byte{0, 255, 10, 13, 0x80}
	e.must(e.PutModel(e.ctx, m, body))
	e.must(e.PutModel(e.ctx, m, body))
	e.fails(jiqiao.CodeConflict, e.PutModel(e.ctx, m, []byte("other")))
	got, stored, err := e.another().Model(e.ctx, m.Kind, m.Version)
	e.must(err)
	m.CreatedAt, m.Size = e.clock.Now().Truncate(time.Microsecond), int64(len(body))
	if diff := cmp.Diff(m, got); diff != "" || !bytes.Equal(stored, body) {
		e.t.Errorf("body %x, version (-want +got):\n%s", stored, diff)
	}
	_, _, err = e.Model(e.ctx, jiqiao.ModelVectors, m.Version)
	e.fails(jiqiao.CodeNotFound, err)
	_, _, err = e.Model(e.ctx, m.Kind, "\x00")
	e.fails(jiqiao.CodeNotFound, err)
}

func oneModelOfAKindIsActive(e *env) {
	ranker, vectors := jiqiao.ModelRanker, jiqiao.ModelVectors
	for i, version := range []string{"r1", "r2", "w1"} {
		m := Model(version)
		m.CreatedAt = m.CreatedAt.Add(time.Duration(i) * time.Hour)
		if version == "w1" {
			m.Kind = vectors
		}
		e.must(e.PutModel(e.ctx, m, []byte(version)))
	}
	check := func(kind jiqiao.ModelKind, want string) {
		e.t.Helper()
		version, err := e.ActiveVersion(e.ctx, kind)
		e.must(err)
		m, body, err := e.ActiveModel(e.ctx, kind)
		if want == "" {
			e.fails(jiqiao.CodeNotFound, err)
		} else if e.must(err); m.Version != want || string(body) != want || !m.Active || m.ActivatedAt == nil {
			e.t.Errorf("active %s: %+v, body %q", kind, m, body)
		}
		if version != want {
			e.t.Errorf("the version of %s is %q, want %q", kind, version, want)
		}
		listed, err := e.Models(e.ctx, kind)
		e.must(err)
		for _, m := range listed {
			if m.Active != (m.Version == want) || m.Kind != kind {
				e.t.Errorf("listed with %q active: %+v", want, m)
			}
		}
	}
	check(ranker, "")
	e.must(e.ActivateModel(e.ctx, ranker, "r1"))
	check(ranker, "r1")
	check(vectors, "")
	e.must(e.ActivateModel(e.ctx, vectors, "w1"))
	e.must(e.ActivateModel(e.ctx, ranker, "r2"))
	check(ranker, "r2")
	e.fails(jiqiao.CodeNotFound, e.ActivateModel(e.ctx, ranker, "w1"))
	e.fails(jiqiao.CodeNotFound, e.ActivateModel(e.ctx, "colour", "r1"))
	check(ranker, "r2")
	e.must(e.ActivateModel(e.ctx, ranker, "r1"))
	check(ranker, "r1")
	e.must(e.ActivateModel(e.ctx, ranker, jiqiao.BuiltinModel))
	check(ranker, "")
	check(vectors, "w1")
	all, err := e.Models(e.ctx, "")
	e.must(err)
	if len(all) != 3 || all[0].Version != "w1" || all[2].Version != "r1" || all[2].ActivatedAt == nil {
		e.t.Errorf("all models, newest first: %+v", all)
	}
}

func modelNamesAreChecked(e *env) {
	for _, version := range []string{"", "builtin", "../x", "a b", "-x", "模型", "a\x00", string(bytes.Repeat([]byte("x"), 81))} {
		e.fails(jiqiao.CodeInvalid, e.PutModel(e.ctx, Model(version), []byte("x")))
		if version != "" && version != jiqiao.BuiltinModel {
			e.fails(jiqiao.CodeNotFound, e.ActivateModel(e.ctx, jiqiao.ModelRanker, version))
		}
	}
	e.fails(jiqiao.CodeInvalid, e.PutModel(e.ctx, jiqiao.ModelVersion{Kind: "x", Version: "v"}, []byte("x")))
	e.fails(jiqiao.CodeInvalid, e.PutModel(e.ctx, Model("empty"), nil))
}

// largeModel is the size of word vectors.
func largeModel(e *env) {
	body := bytes.Repeat([]byte("\x00\xff0123456789abcdef"), 1<<20)
	m := Model("large")
	m.Kind = jiqiao.ModelVectors
	e.must(e.PutModel(e.ctx, m, body))
	_, got, err := e.Model(e.ctx, m.Kind, m.Version)
	e.must(err)
	if !bytes.Equal(got, body) {
		e.t.Errorf("%d bytes came back as %d", len(body), len(got))
	}
}
