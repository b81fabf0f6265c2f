package matcher

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"jiqiao"
)

//go:embed weights.json
var weightsJSON string

// Weights are the numbers by which the features of a pair are made. What the features are worth is the ranker's model.
// docs/evaluation.md shows what each does to the ranking.
type Weights struct {
	// Version names the weights in every match they scored.
	Version string `json:"version"`
	// Provenance says where the numbers come from.
	Provenance string `json:"provenance"`
	// Title, Keywords, Main and Aside weigh an occurrence by where it stands.
	Title    PartWeight `json:"title"`
	Keywords PartWeight `json:"keywords"`
	Main     PartWeight `json:"main"`
	Aside    PartWeight `json:"aside"`
	// Saturation is the weighted count at which a term has half its weight: a title says a thing once, and a text
	// that repeats it is not about it ten times as much.
	Saturation float64 `json:"saturation"`
	// RarityPower sharpens idf. One factor for each text the term is telling of gives 2, as in a cosine.
	RarityPower float64 `json:"rarity_power"`
	// RarityCap is the idf above which a term is not more telling: 8 is one document in 3,000. It keeps scores
	// comparable between a collection of thousands and one of hundreds of thousands.
	RarityCap float64 `json:"rarity_cap"`
	// BackgroundDocs is how many documents the background counts for beside the collection's own: enough to steady
	// a collection of hundreds, little in one of tens of thousands.
	BackgroundDocs float64 `json:"background_docs"`
	// Classes weigh characters, pairs and codes, in this order, where the terms of two texts are compared alone: in
	// explanations and in evidence. In the score each is a feature of its own.
	Classes [termClasses]float64 `json:"classes"`
	// Half is the sum of common terms that brings a lexical feature to ½.
	Half float64 `json:"half"`
	// Phrases makes the feature of pairs and codes that is counted as BM25 counts.
	Phrases PhraseWeight `json:"phrases"`
}

// PhraseWeight are a saturation and a half of their own, and what a code counts beside a pair: it stands for a whole word.
type PhraseWeight struct {
	Code       float64 `json:"code"`
	Saturation float64 `json:"saturation"`
	Half       float64 `json:"half"`
}

func (p *PhraseWeight) saturate(count float64) float64 { return count / (count + p.Saturation) }

// PartWeight is the BM25F weight of one part of a text.
type PartWeight struct {
	// Weight is what one occurrence counts in a text of usual length.
	Weight float64 `json:"weight"`
	// LengthShare is BM25's b, how far length divides: 0 not at all, 1 in proportion.
	LengthShare float64 `json:"length_share"`
	// UsualLength is in characters. It is a constant and not the collection's mean, so that one new record does not
	// change every score.
	UsualLength float64 `json:"usual_length"`
}

func (w *Weights) part(k part) PartWeight {
	return [partCount]PartWeight{w.Title, w.Keywords, w.Main, w.Aside}[k]
}

// DefaultWeights are the weights that ship with the program.
func DefaultWeights() Weights {
	w, err := LoadWeights(strings.NewReader(weightsJSON))
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it: other weights in silence would be worse
	}
	return w
}

// LoadWeights reads weights as JSON and checks them; unknown names are errors, because a misspelt weight would be 0 in
// silence.
func LoadWeights(r io.Reader) (Weights, error) {
	var w Weights
	in := json.NewDecoder(r)
	in.DisallowUnknownFields()
	if err := in.Decode(&w); err != nil {
		return Weights{}, fmt.Errorf("read weights: %w", err)
	}
	if err := w.check(); err != nil {
		return Weights{}, err
	}
	return w, nil
}

func (w *Weights) check() error {
	var wrong []jiqiao.FieldError
	need := func(field string, ok bool, message string) {
		if !ok {
			wrong = append(wrong, jiqiao.FieldError{Field: field, Message: message})
		}
	}
	need("version", w.Version != "", "不能为空")
	for k, name := range [partCount]string{"title", "keywords", "main", "aside"} {
		p := w.part(part(k))
		need(name+".weight", p.Weight >= 0, "不能为负")
		need(name+".length_share", p.LengthShare >= 0 && p.LengthShare <= 1, "应在 0 到 1 之间")
		need(name+".usual_length", p.UsualLength > 0, "应大于 0")
	}
	need("saturation", w.Saturation > 0, "应大于 0")
	need("rarity_power", w.RarityPower > 0, "应大于 0")
	need("rarity_cap", w.RarityCap > 0, "应大于 0")
	need("background_docs", w.BackgroundDocs >= 0, "不能为负")
	for i, name := range [termClasses]string{"characters", "pairs", "codes"} {
		need("classes."+name, w.Classes[i] > 0, "应大于 0")
	}
	need("half", w.Half > 0, "应大于 0")
	need("phrases.saturation", w.Phrases.Saturation > 0, "应大于 0")
	need("phrases.code", w.Phrases.Code > 0, "应大于 0")
	need("phrases.half", w.Phrases.Half > 0, "应大于 0")
	return jiqiao.Invalid(wrong)
}
