package app

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/index/vector/train"
)

// manyNeeds are made-up records: each names some words in its title and, in its problem, the words that this collection
// always uses with them, which have nothing to do with them elsewhere.
func manyNeeds(n int) []jiqiao.Record {
	words := strings.Fields(`污水 电池 传感器 水稻 沉淀 电极 信号 小麦 脱氮 充电 测量 种子 水质 电解液 振动 育种
		回用 储能 监测 产量 净化 正极 采集 土壤 废水 隔膜 滤波 施肥 催化 容量 精度 病害`)
	random := rand.New(rand.NewPCG(1, 1))
	out := make([]jiqiao.Record, n)
	for i := range out {
		var title, problem []string
		for _, w := range random.Perm(len(words))[:4] {
			title, problem = append(title, words[w]), append(problem, words[(w+13)%len(words)])
		}
		record := need(fmt.Sprintf("第%d项%s", i, strings.Join(title, "、")))
		record.Problem = strings.Join(problem, "、") + "。"
		out[i] = record
	}
	return out
}

func TestAdaptedWordsServeWhenNoWorse(t *testing.T) {
	a := open(t, settings(t.TempDir()))
	put(t, a.Store, manyNeeds(600)...)
	o := AdaptOptions{Analyzer: a.analyzer.Get(), Train: train.DefaultAdapt()}
	o.Train.Contrast.Batch, o.Train.Contrast.Rate = 64, 0.1 // made-up texts are few and of few words
	first, err := AdaptWords(t.Context(), a.Store, o)
	if err != nil {
		t.Fatal(err)
	}
	if first.Version == "" || first.Texts != 600 || !first.Active || first.After < first.Before {
		t.Fatalf("%+v", first)
	}
	m, body, err := a.Store.ActiveModel(t.Context(), jiqiao.ModelVectors)
	if err != nil {
		t.Fatal(err)
	}
	words, err := readWords(body)
	if err != nil {
		t.Fatal(err)
	}
	if m.Version != first.Version || !m.Accepted || m.Parent != jiqiao.BuiltinModel || "words-"+words.Version() != m.Version || m.Figures["mrr"] != first.After {
		t.Errorf("%+v of %s", m, words.Version())
	}

	again, err := AdaptWords(t.Context(), a.Store, o)
	if err != nil || again.Version != "" || !strings.Contains(again.Message, "变化不大") {
		t.Errorf("nothing has changed: %+v, %v", again, err)
	}
	o.Force = true
	forced, err := AdaptWords(t.Context(), a.Store, o)
	if err != nil || forced.Version != first.Version || !forced.Active {
		t.Errorf("the same records: %+v, %v", forced, err)
	}
	if all, err := a.Store.Models(t.Context(), jiqiao.ModelVectors); err != nil || len(all) != 1 {
		t.Errorf("%d versions, %v", len(all), err)
	}
}

func TestFewRecordsDoNotAdaptWords(t *testing.T) {
	a := open(t, settings(t.TempDir()))
	put(t, a.Store, manyNeeds(5)...)
	got, err := AdaptWords(t.Context(), a.Store, AdaptOptions{Analyzer: a.analyzer.Get(), Force: true})
	if err != nil || got.Version != "" || got.Active || !strings.Contains(got.Message, "不足") {
		t.Errorf("%+v, %v", got, err)
	}
	if _, _, err := a.Store.ActiveModel(t.Context(), jiqiao.ModelVectors); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		t.Error(err)
	}
}
