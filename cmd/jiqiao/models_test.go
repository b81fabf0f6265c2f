package main

import (
	"strings"
	"testing"

	"jiqiao"
)

func TestModelsCommands(t *testing.T) {
	s := newSession(t)
	if out := s.ok("models", "list"); !strings.Contains(out, "程序自带的模型服务") {
		t.Errorf("nothing trained: %s", out)
	}
	var none []jiqiao.ModelVersion
	if s.json(&none, "models", "list"); none == nil || len(none) != 0 {
		t.Errorf("an empty list: %v", none)
	}
	st := s.store()
	for _, m := range []jiqiao.ModelVersion{
		{Kind: jiqiao.ModelRanker, Version: "r1", Parent: "ranker-1", Provenance: "由决定训练", Accepted: true, Figures: map[string]float64{"held_out_accuracy": 0.8, "parent_held_out_accuracy": 0.75}},
		{Kind: jiqiao.ModelRanker, Version: "r2", Provenance: "由决定训练", Message: "变差了"},
		{Kind: jiqiao.ModelRanker, Version: "same", Provenance: "x"},
		{Kind: jiqiao.ModelVectors, Version: "same", Provenance: "x"},
	} {
		if err := st.PutModel(t.Context(), m, []byte("内容 "+m.Version)); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	has := func(out string, all ...string) {
		t.Helper()
		for _, want := range all {
			if !strings.Contains(out, want) {
				t.Errorf("lacks %q:\n%s", want, out)
			}
		}
	}
	has(s.ok("models", "list"), "r1", "可启用", "r2", "未通过比较", "词向量")
	if out := s.ok("models", "list", "--kind", "vectors"); strings.Contains(out, "r1") {
		t.Errorf("rankers among the vectors:\n%s", out)
	}
	has(s.ok("models", "show", "r1"), "由决定训练", "未训练的决定：次序正确率", "0.8（对照 0.75）", "ranker-1")
	has(s.ok("models", "show", "r2"), "未通过", "变差了")
	if out := s.ok("models", "show", "r1", "--body"); out != "内容 r1" {
		t.Errorf("body %q", out)
	}
	has(s.ok("models", "use", "r1"), "排序模型现在由 r1 服务")
	has(s.ok("models", "list"), "*", "正在服务")
	has(s.ok("models", "use", "same", "--kind", "vectors"), "词向量现在由 same 服务")
	has(s.ok("models", "use", "builtin"), "排序模型现在由 builtin 服务")
	has(s.ok("models", "list"), "曾启用于")
	var active []jiqiao.ModelVersion
	s.json(&active, "models", "list")
	for _, m := range active {
		if m.Active != (m.Kind == jiqiao.ModelVectors) {
			t.Errorf("active: %+v", m)
		}
	}
	s.fails(exitFailed, []string{"没有版本 r9"}, "models", "show", "r9")
	s.fails(exitFailed, []string{"没有版本 r9"}, "models", "use", "r9")
	s.fails(exitUsage, []string{"--kind"}, "models", "use", "same")
	s.fails(exitUsage, []string{"--kind"}, "models", "list", "--kind", "colour")
}

func TestTrainFromDecisions(t *testing.T) {
	s := withSample(t)
	if out := s.ok("train", "ranker", "--from-decisions"); !strings.Contains(out, "新的决定还不够") {
		t.Errorf("without decisions: %s", out)
	}
	var outcome struct{ Activated bool }
	if s.json(&outcome, "train", "ranker", "--from-decisions"); outcome.Activated {
		t.Error("activated a model from nothing")
	}
	s.fails(exitUsage, []string{"--from-decisions"}, "train", "ranker")
	s.fails(exitUsage, []string{"--from-decisions"}, "train", "ranker", "../graded", "--from-decisions")
	s.fails(exitUsage, []string{"--from-decisions"}, "train", "ranker", "--from-decisions", "--out", "x.json")
}
