package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/index/vector"
)

// gently are options for made-up collections.
func gently() AdaptOptions {
	o := DefaultAdapt()
	o.Contrast.Batch = 32
	return o
}

// local is a collection that talks of electric things by a word that the vocabulary lacks.
func local(n int) []Text {
	texts := tale(n)
	for i := range texts {
		if i%len(subjects) == 1 {
			texts[i].Title += " jiqiaocell"
			texts[i].Body = "jiqiaocell " + texts[i].Body
		}
	}
	return texts
}

func TestAdaptLearnsNewWordsFromTheirSurroundings(t *testing.T) {
	base := vocabulary(t)
	if _, known := base.ID("jiqiaocell"); known {
		t.Fatal("the word is known before")
	}
	w, err := Adapt(t.Context(), analyzer(t), base, local(400), gently())
	if err != nil {
		t.Fatal(err)
	}
	id, ok := w.ID("jiqiaocell")
	if !ok {
		t.Fatal("the word was not added")
	}
	near, _ := w.ID("电池")
	far, _ := w.ID("水稻")
	if a, b := w.Similarity(id, near), w.Similarity(id, far); !(a > b+0.2) {
		t.Errorf("the new word: 电池 %.2f, 水稻 %.2f", a, b)
	}
	for i := range base.Len() {
		if base.Word(vector.ID(i)) != w.Word(vector.ID(i)) {
			t.Fatalf("word %d was %s and is %s", i, base.Word(vector.ID(i)), w.Word(vector.ID(i)))
		}
	}
}

func TestAdaptMakesWordsOfEveryTextTellNothing(t *testing.T) {
	base := vocabulary(t)
	texts := tale(400)
	for i := range texts {
		texts[i].Title += " 测量"
	}
	o := gently()
	o.Contrast.Epochs = 0
	w, err := Adapt(t.Context(), analyzer(t), base, texts, o)
	if err != nil {
		t.Fatal(err)
	}
	everywhere, _ := base.ID("测量")
	elsewhere, _ := base.ID("信号")
	was := base.Rarity(everywhere) / base.Rarity(elsewhere)
	if is := w.Rarity(everywhere) / w.Rarity(elsewhere); !(is < was/10) {
		t.Errorf("rarity beside a word of one text in four: %.3f, was %.3f", is, was)
	}
}

func TestAdaptedIsRepeatableAndMeasured(t *testing.T) {
	a, base, texts := analyzer(t), vocabulary(t), local(800)
	w, r, err := Adapted(t.Context(), a, base, nil, texts, gently())
	if err != nil {
		t.Fatal(err)
	}
	if r.Texts+r.Measured != len(texts) || r.Measured < 50 || r.NewWords == 0 {
		t.Errorf("%+v", r)
	}
	if !(r.Before > 0 && r.After > 0 && r.Before <= 1 && r.After <= 1) {
		t.Errorf("%+v", r)
	}
	again, s, err := Adapted(t.Context(), a, base, base, texts, gently())
	if err != nil {
		t.Fatal(err)
	}
	if r != s || !bytes.Equal(bytesOf(t, w), bytesOf(t, again)) {
		t.Errorf("another time: %+v and %+v", r, s)
	}
	if !strings.Contains(r.Message(), fmt.Sprint(r.Measured)) {
		t.Error(r.Message())
	}
}

func TestCompareTellsGoodVectorsFromBad(t *testing.T) {
	a, texts := analyzer(t), tale(200)
	good := vocabulary(t)
	s := source(good)
	for i := range s.Rows { // every word the same
		s.Rows[i] = s.Rows[i%s.Dim]
	}
	bad, err := vector.New(s)
	if err != nil {
		t.Fatal(err)
	}
	worse, better, err := Compare(t.Context(), a, bad, good, texts)
	if err != nil {
		t.Fatal(err)
	}
	if !(better > 2*worse) {
		t.Errorf("good %.3f, bad %.3f", better, worse)
	}
	r := Report{Texts: 900, Measured: 100, Before: better, After: worse}
	if r.Better() || !strings.Contains(r.Message(), "保留") {
		t.Error(r.Message())
	}
}

func TestTooFewTextsChangeNothing(t *testing.T) {
	base := vocabulary(t)
	w, r, err := Adapted(t.Context(), analyzer(t), base, nil, tale(MinTexts-1), gently())
	if err != nil {
		t.Fatal(err)
	}
	if w != base || r.Better() || !strings.Contains(r.Message(), "不足") {
		t.Errorf("%v: %s", r, r.Message())
	}
}

func TestAdaptTakesNoMoreTextsThanItMay(t *testing.T) {
	base := vocabulary(t)
	o := gently()
	o.MaxTexts, o.Contrast.Epochs = 600, 0
	_, r, err := Adapted(t.Context(), analyzer(t), base, nil, tale(1000), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Texts+r.Measured != 600 {
		t.Errorf("%+v", r)
	}
}

func TestAdaptStopsWhenTold(t *testing.T) {
	base := vocabulary(t)
	ctx, stop := context.WithCancel(t.Context())
	o := gently()
	o.Progress = func(stage string, _, _ int) {
		if stage == "调整向量" {
			stop()
		}
	}
	if _, _, err := Adapted(ctx, analyzer(t), base, nil, tale(800), o); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestTextOfARecordHoldsAllItsSections(t *testing.T) {
	n := &jiqiao.Need{Problem: "脱氮", Background: "污水", Foundation: "设备"}
	n.ID, n.Title, n.Keywords = "n_1", "废水净化", []string{"环保"}
	got := TextOf(n)
	if got.ID != "n_1" || got.Title != "废水净化" {
		t.Errorf("%+v", got)
	}
	for _, part := range []string{"脱氮", "污水", "设备", "环保"} {
		if !strings.Contains(got.Body, part) {
			t.Errorf("%q lacks %s", got.Body, part)
		}
	}
}

func TestPartedShareCountsTextsOfTwoParts(t *testing.T) {
	title, sentence := []vector.ID{1, 2}, []vector.ID{3, 4}
	docs := []Document{
		{Title: title},
		{Body: [][]vector.ID{sentence}},
		{Title: title, Body: [][]vector.ID{sentence}},
		{Body: [][]vector.ID{sentence, sentence}},
	}
	if got := partedShare(docs); got != 0.5 {
		t.Error(got)
	}
	if got := partedShare(nil); got != 0 {
		t.Error(got)
	}
}
