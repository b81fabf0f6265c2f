package train

import (
	"context"
	"fmt"
	"slices"

	"jiqiao/index/vector"
	"jiqiao/index/zh"
)

// Methods of making vectors from a corpus.
const (
	MethodPPMI = "ppmi"
	MethodSGNS = "sgns"
)

// Recipe is everything that decides what vectors a corpus gives.
type Recipe struct {
	Read   ReadOptions
	Method string
	PPMI   PPMIOptions
	SGNS   SGNSOptions
	// Contrast tunes the vectors; without epochs they stay as they were made.
	Contrast ContrastOptions
	Finish   FinishOptions
	Progress Progress
}

// DefaultRecipe is what the shipped vectors were made by; docs/vectors.md says what else was tried.
func DefaultRecipe() Recipe {
	const dim, window = 256, 5
	return Recipe{
		Read:     ReadOptions{MinCount: 8, MaxWords: 44_000},
		Method:   MethodPPMI,
		PPMI:     PPMIOptions{Dim: dim, Window: window, ContextPower: 0.75, EigenPower: 0.5, Iterations: 4},
		SGNS:     DefaultSGNS(dim, window),
		Contrast: ContrastOptions{Epochs: 4, Batch: 256, Temperature: 0.1, Rate: 0.01, Hide: 0.6, Seed: 5},
		Finish:   FinishOptions{Telling: 1e-4, Common: 1, Sample: 20_000},
	}
}

// Make makes a vocabulary with vectors from texts. Tuning leaves the texts alone that HeldOut names, so that they can tell
// and teach how good the vectors are.
func Make(ctx context.Context, a *zh.Analyzer, texts []Text, r Recipe) (*vector.Words, error) {
	r.Read.Progress, r.PPMI.Progress, r.SGNS.Progress, r.Contrast.Progress = r.Progress, r.Progress, r.Progress, r.Progress
	c, err := Read(ctx, a, texts, r.Read)
	if err != nil {
		return nil, err
	}
	var v *Vectors
	switch r.Method {
	case MethodPPMI:
		v, err = PPMI(ctx, c, r.PPMI)
	case MethodSGNS:
		v, err = SGNS(ctx, c, r.SGNS)
	default:
		err = fmt.Errorf("train: no method %q", r.Method)
	}
	if err != nil {
		return nil, err
	}
	rarity := Rarities(c.Counts, r.Finish.Telling)
	if r.Contrast.Epochs > 0 {
		seen := slices.DeleteFunc(slices.Clone(c.Documents), func(d Document) bool { return HeldOut(d.Group) })
		pairs := Splits(seen, 0, r.Contrast.Seed)
		if v, rarity, err = Contrast(ctx, v, rarity, pairs, r.Contrast); err != nil {
			return nil, err
		}
		rarity = relative(rarity)
	}
	return Finish(ctx, c, v, rarity, r.Finish)
}
