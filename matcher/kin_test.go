package matcher

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/index/zh"
)

// TestRememberedLikenessesChangeNothing scores pairs with and without them, also of words that came too late to be
// remembered and of subjects that nobody prepared.
func TestRememberedLikenessesChangeNothing(t *testing.T) {
	a, err := zh.New(zh.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := NewCollection(a, vector.Default(), DefaultWeights())
	record := func(kind jiqiao.Kind, i int, text string) jiqiao.Record {
		rec := jiqiao.NewRecord(kind)
		rec.Head().ID, rec.Head().Title = fmt.Sprintf("%s_%d", kind[:1], i), text
		rec.Head().Keywords = []string{"提升效率", text}
		return rec
	}
	texts := []string{"碳化硅功率模块烧结层空洞率", "高盐废水蒸发结晶零排放", "污水深度处理膜组件", "铝合金激光焊接飞溅抑制", "焊缝气孔缺陷检测"}
	var needs, achievements []jiqiao.Record
	for i, text := range texts {
		needs = append(needs, record(jiqiao.KindNeed, i, text))
		achievements = append(achievements, record(jiqiao.KindAchievement, i, "一种"+text+"方法"))
	}
	c.Put(append(needs, achievements...)...)
	k := c.newKinship()
	k.learn(c, needs[:4])
	late := record(jiqiao.KindAchievement, 9, "锂离子电池隔膜热稳定性与膜组件")
	c.Put(late)
	ids := []string{"a_0", "a_1", "a_2", "a_3", "a_4", "a_9"}
	quick := c.remembering(k)
	related := 0
	for _, n := range needs { // the last was not learnt
		want := c.ScoreAll(n, ids)
		if diff := cmp.Diff(want, quick.ScoreAll(n, ids)); diff != "" {
			t.Errorf("%s (-computed +remembered):\n%s", n.Head().Title, diff)
		}
		for _, s := range want {
			if s.Score > want[0].Score/2 {
				related++
			}
		}
	}
	if related == 0 || len(k.of) == 0 {
		t.Fatal("nothing is alike")
	}
	if k.full() {
		t.Error("a few words fill it")
	}
	for id, list := range k.of {
		self := false
		for _, r := range list {
			self = self || r.id == id && r.likeness == 255
		}
		if !self && k.compared[id] {
			t.Errorf("%s is not its own kin", c.words.Word(id))
		}
	}
}
