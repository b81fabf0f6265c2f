package app

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/index/vector/train"
)

// manyNeeds are made-up records of a few subjects, the words of each at random.
func manyNeeds(n int) []jiqiao.Record {
	subjects := [][]string{
		{"污水", "废水", "净化", "沉淀", "脱氮", "水质", "膜蒸馏", "回用"},
		{"电池", "电极", "充电", "电解液", "储能", "正极", "隔膜", "容量"},
		{"传感器", "信号", "测量", "振动", "监测", "采集", "滤波", "精度"},
		{"水稻", "小麦", "种子", "育种", "产量", "土壤", "施肥", "病害"},
	}
	random := rand.New(rand.NewPCG(1, 1))
	text := func(words []string, k int) string {
		var s []string
		for range k {
			s = append(s, words[random.IntN(len(words))])
		}
		return strings.Join(s, "、")
	}
	out := make([]jiqiao.Record, n)
	for i := range out {
		words := subjects[i%len(subjects)]
		record := need(fmt.Sprintf("第%d项%s", i, text(words, 3)))
		record.Problem = text(words, 5) + "。" + text(words, 5) + "。"
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
