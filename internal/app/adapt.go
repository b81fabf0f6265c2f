package app

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/index/vector/train"
	"jiqiao/index/zh"
)

// AdaptStore is what adapting the word vectors reads and writes; the store is one.
type AdaptStore interface {
	Each(ctx context.Context, kind jiqiao.Kind, afterID string, fn func(jiqiao.Record) error) error
	// Models lists the newest first.
	Models(ctx context.Context, kind jiqiao.ModelKind) ([]jiqiao.ModelVersion, error)
	ActiveModel(ctx context.Context, kind jiqiao.ModelKind) (jiqiao.ModelVersion, []byte, error)
	PutModel(ctx context.Context, m jiqiao.ModelVersion, body []byte) error
	ActivateModel(ctx context.Context, kind jiqiao.ModelKind, version string) error
}

// AdaptOptions say how AdaptWords goes about it.
type AdaptOptions struct {
	Analyzer *zh.Analyzer
	// Force adapts even when hardly a record has come or gone since the vectors in use were made.
	Force bool
	// Train is how; the zero value is train.DefaultAdapt.
	Train train.AdaptOptions
}

// Adaptation is what came of AdaptWords.
type Adaptation struct {
	Version string  `json:"version,omitempty"` // of the adapted vectors; "" when none were made
	Before  float64 `json:"before"`
	After   float64 `json:"after"`
	Texts   int     `json:"texts"`
	Active  bool    `json:"active"`  // the adapted vectors serve now
	Message string  `json:"message"` // in Chinese
}

// grownEnough is by which share the number of records must have changed for vectors to be made anew.
const grownEnough = 0.05

// wordsPrefix stands before the vectors' own version in the registry.
const wordsPrefix = "words-"

// AdaptWords adapts the word vectors to the records of the store, keeps the result in the registry of models and makes
// it active when it measures no worse than the vectors in use on records neither has learned from. A running service
// takes the active version over by itself. The result depends on the records alone: the same records give the same version.
func AdaptWords(ctx context.Context, st AdaptStore, o AdaptOptions) (*Adaptation, error) {
	texts, err := storedTexts(ctx, st)
	if err != nil {
		return nil, err
	}
	model, current, err := activeWords(ctx, st)
	if err != nil {
		return nil, err
	}
	tried, err := st.Models(ctx, jiqiao.ModelVectors)
	if err != nil {
		return nil, fmt.Errorf("list the vectors made so far: %w", err)
	}
	// The newest counts, whether it was good enough to serve or not: the same records would give the same again.
	if last := textsOf(tried); !o.Force && last > 0 && math.Abs(float64(len(texts))-last) < grownEnough*last {
		return &Adaptation{Texts: len(texts), Message: fmt.Sprintf("自上次适配（%.0f 条）以来记录变化不大，词向量保持不变", last)}, nil
	}
	if o.Train.Window == 0 {
		progress := o.Train.Progress
		o.Train = train.DefaultAdapt()
		o.Train.Progress = progress
	}
	words, report, err := train.Adapted(ctx, o.Analyzer, vector.Builtin(), current, texts, o.Train)
	if err != nil {
		return nil, err
	}
	result := &Adaptation{Before: report.Before, After: report.After, Texts: len(texts), Message: report.Message()}
	if report.Measured == 0 {
		return result, nil
	}
	result.Version = wordsPrefix + words.Version()
	if result.Version == model.Version {
		result.Active = true
		result.Message = "记录没有变化，适配得到的就是正在使用的词向量 " + model.Version
		return result, nil
	}
	return result, keepWords(ctx, st, words, report, model.Version, result)
}

// textsOf is how many records the newest vectors were adapted to; 0 when none were.
func textsOf(tried []jiqiao.ModelVersion) float64 {
	if len(tried) == 0 {
		return 0
	}
	return tried[0].Figures["texts"]
}

// keepWords puts the vectors into the registry, and into use when they are no worse.
func keepWords(ctx context.Context, st AdaptStore, words *vector.Words, report train.Report, parent string, result *Adaptation) error {
	var body bytes.Buffer
	if err := words.Write(&body); err != nil {
		return err
	}
	if parent == "" {
		parent = jiqiao.BuiltinModel
	}
	m := jiqiao.ModelVersion{
		Kind: jiqiao.ModelVectors, Version: result.Version, Parent: parent, Accepted: report.Better(), Message: result.Message,
		Provenance: fmt.Sprintf("由内置词向量 %s 用本平台的 %d 条需求与成果适配", vector.BuiltinVersion(), result.Texts),
		Figures: map[string]float64{
			"texts": float64(result.Texts), "held_out": float64(report.Measured), "new_words": float64(report.NewWords),
			"mrr": report.After, "parent_mrr": report.Before,
		},
	}
	if err := st.PutModel(ctx, m, body.Bytes()); err != nil {
		return fmt.Errorf("keep the adapted vectors: %w", err)
	}
	if !m.Accepted {
		return nil
	}
	if err := st.ActivateModel(ctx, jiqiao.ModelVectors, m.Version); err != nil {
		return fmt.Errorf("activate the adapted vectors: %w", err)
	}
	result.Active = true
	return nil
}

func storedTexts(ctx context.Context, st AdaptStore) ([]train.Text, error) {
	var texts []train.Text
	for _, kind := range []jiqiao.Kind{jiqiao.KindNeed, jiqiao.KindAchievement} {
		err := st.Each(ctx, kind, "", func(rec jiqiao.Record) error {
			texts = append(texts, train.TextOf(rec))
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read records: %w", err)
		}
	}
	return texts, nil
}

// activeWords are the vectors in use; nil when they are those of the program.
func activeWords(ctx context.Context, st AdaptStore) (jiqiao.ModelVersion, *vector.Words, error) {
	model, body, err := st.ActiveModel(ctx, jiqiao.ModelVectors)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return jiqiao.ModelVersion{}, nil, nil
	}
	if err != nil {
		return model, nil, fmt.Errorf("read the active vectors: %w", err)
	}
	words, err := readWords(body)
	return model, words, err
}
