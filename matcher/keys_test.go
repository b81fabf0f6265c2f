package matcher

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/index/vector"
)

func keyWords(p *Profile) (title, rest []string) {
	for i, k := range p.keys {
		if w := vector.Default().Word(k.id); i < p.titled {
			title = append(title, w)
		} else {
			rest = append(rest, w)
		}
	}
	return title, rest
}

func TestKeyWords(t *testing.T) {
	n := &jiqiao.Need{Problem: "企业排放的废水含有重金属，现有膜分离设备能耗高。"}
	n.Title = "电镀废水的净化"
	p := newTestProfile(n)
	title, rest := keyWords(p)
	if !strings.Contains(strings.Join(title, " "), "废水") || strings.Contains(strings.Join(rest, " "), "废水") {
		t.Errorf("title %v, rest %v: 废水 belongs to the title alone", title, rest)
	}
	if !strings.Contains(strings.Join(rest, " "), "重金属") || p.oneVector() {
		t.Errorf("rest %v, one vector %v", rest, p.oneVector())
	}
	only := &jiqiao.Achievement{}
	only.Title = "电镀废水处理"
	if p := newTestProfile(only); !p.oneVector() || p.titled != len(p.keys) || len(p.whole.codes) == 0 {
		t.Errorf("a title alone: %d of %d keys, one vector %v", p.titled, len(p.keys), p.oneVector())
	}
	if p := newTestProfile(&jiqiao.Need{Problem: n.Problem}); !p.oneVector() || p.titled != len(p.keys) {
		t.Errorf("a text without a title does not stand for one: %d of %d keys", p.titled, len(p.keys))
	}
	if p := newTestProfile(&jiqiao.Need{Problem: "！？"}); len(p.keys) != 0 || len(p.whole.codes) != 0 {
		t.Errorf("marks mean %v", p.keys)
	}
	long := &jiqiao.Need{Problem: strings.Repeat("石墨烯导热膜、压电陶瓷驱动器、铌酸锂晶体、滴灌带、气调保鲜库、", 40)}
	if p := newTestProfile(long); len(p.keys) > maxKeys {
		t.Errorf("%d key words", len(p.keys))
	}
}

func TestSketch(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	random := func() []float32 {
		v := make([]float32, 97)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		return v
	}
	for range 200 {
		a, b := random(), random()
		for i := range b {
			b[i] += a[i] // so that most are alike
		}
		var dot, aa, bb float64
		for i := range a {
			dot += float64(a[i] * b[i])
			aa += float64(a[i] * a[i])
			bb += float64(b[i] * b[i])
		}
		sa, sb := sketchOf(a), sketchOf(b)
		got := sa.cosine(sb)
		if want := max(0, dot/math.Sqrt(aa*bb)); math.Abs(got-want) > 0.02 {
			t.Fatalf("cosine %v, want %v", got, want)
		}
		if got != sb.cosine(sa) || got != sa.ray().cosine(sb.ray()) {
			t.Fatal("the cosine depends on who asks, and how")
		}
	}
	if got := (sketch{}).cosine(sketchOf(random())); got != 0 {
		t.Errorf("nothing is alike by %v", got)
	}
	if s := sketchOf(make([]float32, 8)); len(s.codes) != 0 {
		t.Errorf("a zero vector is %v", s)
	}
}

// TestMeaningMeetsOtherWords: what shares no word but means the like is met, the better the nearer.
func TestMeaningMeetsOtherWords(t *testing.T) {
	c := newTestCollection()
	n := &jiqiao.Need{Problem: "污水净化"}
	feature := func(text string, f feature) float64 {
		a := &jiqiao.Achievement{Abstract: text}
		return c.ScorePair(n, a).Features[f]
	}
	for _, f := range []featureCase{{featureNeedMet, "need_met"}, {featureAchievementMet, "achievement_met"}, {featureTextsAlike, "texts_alike"}} {
		same, near, far := feature("污水净化", f.at), feature("废水处理", f.at), feature("轴承磨削", f.at)
		if !(same > near && near > far) || same > 1 || far < 0 {
			t.Errorf("%s: same %v, near %v, far %v", f.name, same, near, far)
		}
	}
}

type featureCase struct {
	at   feature
	name string
}
