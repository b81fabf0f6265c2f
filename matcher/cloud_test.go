package matcher

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"jiqiao"
)

// gate is a recaller that admits ids by a rule.
type gate func(id string) bool

func (g gate) Recall(context.Context, RecallQuery) ([]string, error) { return nil, nil }

func (g gate) Allowed(_ context.Context, _ jiqiao.Kind, _ jiqiao.Filter, ids []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !g(id) }), nil
}

// crowd is a collection of texts put together at random from technical words.
func crowd(n int) (*Collection, []*jiqiao.Need) {
	rng := rand.New(rand.NewPCG(7, 8))
	vocabulary := strings.Fields("废水 污水 净化 膜 分离 反渗透 滴灌 灌溉 果园 节水 苹果 保鲜 气调 贮藏 碳化硅 氮化硼 烧结 银膏 封装 " +
		"功率 模块 传感器 压力 温度 光纤 图像 识别 检测 缺陷 钢板 轧制 合金 铝 镁 焊接 激光 切割 机器人 控制 轨迹 规划 电池 " +
		"锂 隔膜 电解液 储能 光伏 逆变器 风电 叶片 轴承 润滑 齿轮 疫苗 抗体 肿瘤 中药 提取 发酵 酶 蛋白 饲料 养殖 水稻 育种")
	text := func() string {
		var words []string
		for range 4 + rng.IntN(8) {
			words = append(words, vocabulary[rng.IntN(len(vocabulary))])
		}
		return strings.Join(words, "，")
	}
	c := newTestCollection()
	for i := range n {
		a := &jiqiao.Achievement{Abstract: text()}
		a.ID = fmt.Sprintf("a_%05d", i)
		c.Put(a)
	}
	var needs []*jiqiao.Need
	for range 20 {
		needs = append(needs, &jiqiao.Need{Problem: text()})
	}
	return c, needs
}

// exact lists the records nearest to the subject among those admitted, by looking at all.
func exact(c *Collection, s *subject, admits gate, limit int) []string {
	var all []nearRecord
	for id, p := range c.profiles[jiqiao.KindAchievement] {
		if cosine := s.profile.whole.cosine(p.whole); admits(id) && cosine > 0 {
			all = append(all, nearRecord{id, cosine})
		}
	}
	sortNear(all)
	ids := make([]string, 0, limit)
	for _, n := range all[:min(limit, len(all))] {
		ids = append(ids, n.id)
	}
	return ids
}

func TestRecallByMeaningFindsTheNearest(t *testing.T) {
	c, needs := crowd(6000)
	for name, g := range map[string]gate{
		"all":    func(string) bool { return true },
		"narrow": func(id string) bool { return strings.HasSuffix(id, "77") }, // 60 of them
		"none":   func(string) bool { return false },
	} {
		found, wanted := 0, 0
		for _, n := range needs {
			s := c.subject(c.Read(n))
			got, err := c.recallMeaning(t.Context(), g, RecallQuery{Kind: jiqiao.KindAchievement, Limit: 50}, s)
			if err != nil {
				t.Fatal(err)
			}
			want := exact(c, s, g, 50)
			s.release()
			wanted += len(want)
			for _, id := range want {
				if slices.Contains(got, id) {
					found++
				}
			}
			if slices.ContainsFunc(got, func(id string) bool { return !g(id) }) {
				t.Errorf("%s: found what the filter shuts out", name)
			}
		}
		if name == "narrow" && found != wanted || float64(found) < 0.97*float64(wanted) {
			t.Errorf("%s: %d of the nearest %d found", name, found, wanted)
		}
	}
}

// TestRecallByMeaningForgets checks that places are used again and nothing of the old record is found.
func TestRecallByMeaningForgets(t *testing.T) {
	c, needs := crowd(300)
	s := c.subject(c.Read(needs[0]))
	defer s.release()
	all := gate(func(string) bool { return true })
	q := RecallQuery{Kind: jiqiao.KindAchievement, Limit: 300}
	before, err := c.recallMeaning(t.Context(), all, q, s)
	if err != nil || len(before) < 100 {
		t.Fatalf("%d found, %v", len(before), err)
	}
	for _, id := range before[:50] {
		c.Delete(jiqiao.KindAchievement, id)
	}
	for i := range 20 {
		a := &jiqiao.Achievement{Abstract: needs[0].Problem}
		a.ID = fmt.Sprintf("a_new%02d", i)
		c.Put(a)
	}
	after, err := c.recallMeaning(t.Context(), all, q, s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if want := fmt.Sprintf("a_new%02d", i); after[i] != want {
			t.Fatalf("place %d is %s, want %s", i, after[i], want)
		}
	}
	if !slices.Equal(after[20:], before[50:]) {
		t.Error("the others moved")
	}
	if got := len(c.clouds[jiqiao.KindAchievement].records); got != 300 {
		t.Errorf("%d places for 270 records", got)
	}
}
