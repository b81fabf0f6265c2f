package jiqiao

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecisionIsChecked(t *testing.T) {
	good := Decision{NeedID: "n_1", AchievementID: "a_1", Verb: VerbReject, Reason: "field", Rank: 2, Shown: 10, Score: 0.5, Level: LevelFair}
	for name, c := range map[string]struct {
		change func(d *Decision)
		wrong  []string // fields
	}{
		"as it should be":         {func(*Decision) {}, nil},
		"accepted":                {func(d *Decision) { d.Verb, d.Reason = VerbAccept, "" }, nil},
		"put off, with a reason":  {func(d *Decision) { d.Verb = VerbDefer }, nil},
		"put off, without":        {func(d *Decision) { d.Verb, d.Reason = VerbDefer, "" }, nil},
		"place and score unknown": {func(d *Decision) { d.Rank, d.Shown, d.Score, d.Level = 0, 0, 0, 0 }, nil},
		"nothing":                 {func(d *Decision) { *d = Decision{} }, []string{"need_id", "achievement_id", "verb"}},
		"no reason":               {func(d *Decision) { d.Reason = "" }, []string{"reason"}},
		"accepted for a reason":   {func(d *Decision) { d.Verb = VerbAccept }, []string{"reason"}},
		"a label for a code":      {func(d *Decision) { d.Reason = "指标不达" }, []string{"reason"}},
		"below the list":          {func(d *Decision) { d.Rank = 11 }, []string{"rank"}},
		"negative":                {func(d *Decision) { d.Rank, d.Shown, d.Score, d.Level = -1, -1, -1, -1 }, []string{"level", "rank", "score", "shown"}},
		"no number":               {func(d *Decision) { d.Score = math.NaN() }, []string{"score"}},
		"beyond the levels":       {func(d *Decision) { d.Level = 5 }, []string{"level"}},
		"a novel":                 {func(d *Decision) { d.Note = strings.Repeat("长", MaxNote+1) }, []string{"note"}},
		"a model of two lines":    {func(d *Decision) { d.Model = "a\nb" }, []string{"model"}},
	} {
		d := good
		c.change(&d)
		var got []string
		var failure *Error
		if errors.As(d.Validate(), &failure) {
			for _, f := range failure.Fields {
				got = append(got, f.Field)
			}
		}
		slices.Sort(got)
		slices.Sort(c.wrong)
		if diff := cmp.Diff(c.wrong, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestModelKindsAndVerbsHaveNames(t *testing.T) {
	for _, kind := range ModelKinds {
		if kind.Label() == "" {
			t.Errorf("%s has no name", kind)
		}
	}
	for _, verb := range []Verb{VerbAccept, VerbReject, VerbDefer} {
		if verb.Label() == "" {
			t.Errorf("%s has no name", verb)
		}
	}
	if ModelKind("colour").Label() != "" || Verb("maybe").Label() != "" {
		t.Error("what is not there has a name")
	}
}
