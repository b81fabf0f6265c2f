package main

import (
	"testing"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/matcher/eval"
)

func TestSharesDomain(t *testing.T) {
	for _, c := range []struct {
		a, b []string
		want bool
	}{
		{[]string{"20701"}, []string{"207"}, true}, {[]string{"10101", "20701"}, []string{"20"}, true},
		{[]string{"10101"}, []string{"20701"}, false}, {nil, []string{"20701"}, false}, {[]string{"2"}, []string{"20"}, false},
	} {
		if got := sharesDomain(c.a, c.b); got != c.want {
			t.Errorf("%v and %v: %v", c.a, c.b, got)
		}
	}
}

func TestSamplePairsHaveUnrelatedOnes(t *testing.T) {
	pairs, recs, err := app.SamplePairs()
	if err != nil {
		t.Fatal(err)
	}
	levels := map[jiqiao.Level]int{}
	needs := map[string]bool{}
	for _, p := range pairs {
		levels[p.Level]++
		needs[p.Need.ID] = true
	}
	if len(levels) != 4 || len(pairs) < 100 {
		t.Errorf("%d pairs of levels %v", len(pairs), levels)
	}
	more := unrelated(pairs, recs)
	if len(more) != unrelatedPairs*len(needs) {
		t.Errorf("%d unrelated pairs for %d needs", len(more), len(needs))
	}
	for _, p := range more {
		if p.Level != jiqiao.LevelNone || sharesDomain(p.Need.Fields, p.Achievement.Fields) {
			t.Errorf("%s and %s are no unrelated pair", p.Need.Title, p.Achievement.Title)
		}
	}
	if again := unrelated(pairs, recs); !sameAchievements(more, again) {
		t.Error("the pairs drawn differ from time to time")
	}
}

func sameAchievements(a, b []eval.JudgedPair) bool {
	for i := range a {
		if a[i].Achievement != b[i].Achievement {
			return false
		}
	}
	return len(a) == len(b)
}

func TestTrainRankerWithoutData(t *testing.T) {
	newSession(t).fails(exitFailed, []string{"训练数据不存在或缺少文件"}, "train", "ranker", t.TempDir())
}
