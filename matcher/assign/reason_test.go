package assign

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// small is where every reason can arise: change makes it so.
func small(change func(*Problem)) *Problem {
	p := &Problem{
		Organisations: []Organisation{{Name: "大学"}, {Name: "学院"}},
		Teams:         []Team{{Name: "甲", Organisation: 0}, {Name: "乙", Organisation: 1}},
		Achievements:  []Achievement{{Name: "膜", Team: 0}, {Name: "泵", Team: 1}},
		Needs:         []Need{{Name: "净水"}, {Name: "增压"}},
		Pairs: []Pair{
			{Need: 0, Achievement: 0, Benefit: 0.9, Level: 4},
			{Need: 1, Achievement: 0, Benefit: 0.6, Level: 3},
		},
	}
	change(p)
	return p
}

func TestUnplacedNeedsSayWhy(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Problem)
		want   []Unplaced
	}{
		{"all placed", func(*Problem) {}, nil},
		{"nothing found", func(p *Problem) { p.Pairs = p.Pairs[:1] }, []Unplaced{{1, NoCandidate, "没有找到相关的成果", nil}}},
		{"level", func(p *Problem) { p.Pairs[1].Bar, p.Pairs[1].Level = BarLevel, 2 }, []Unplaced{
			{1, BarLevel, "1 个候选成果中，1 个匹配等级达不到要求；最接近的是《膜》（弱）", []int{1}},
		}},
		{"repeated and rejected", func(p *Problem) {
			p.Pairs[1].Bar = BarRepeated
			p.Pairs = append(p.Pairs, Pair{Need: 1, Achievement: 1, Benefit: 0.5, Level: 3, Bar: BarRejected})
		}, []Unplaced{
			{1, BarRepeated, "2 个候选成果中，1 个本周已推荐过，1 个已被技术经理人否定；最接近的是《膜》（较强）", []int{1, 2}},
		}},
		{"the need had its share", func(p *Problem) { p.Needs[1].Quota = Quota{2, 2} }, []Unplaced{
			{1, NeedFull, "该需求本周的 2 个名额已用完", nil},
		}},
		{"the achievement was full", func(p *Problem) { p.Achievements[0].Quota = Quota{3, 3} }, []Unplaced{
			{0, AchievementFull, "有 1 个候选成果，但都没有名额：成果《膜》本周的 3 个名额此前已用完", []int{0}},
			{1, AchievementFull, "有 1 个候选成果，但都没有名额：成果《膜》本周的 3 个名额此前已用完", []int{1}},
		}},
		{"a better need took the place", func(p *Problem) { p.Achievements[0].Limit = 1 }, []Unplaced{
			{1, AchievementTaken, "有 1 个候选成果，但都没有名额：成果《膜》的名额已给匹配更高的需求《净水》", []int{1}},
		}},
		{"a third need took the place", func(p *Problem) {
			p.Achievements[0].Limit, p.Achievements[1].Limit = 1, 1
			p.Needs = append(p.Needs, Need{Name: "脱盐", Quota: Quota{Limit: 1}})
			p.Needs[0].Limit, p.Needs[1].Limit = 1, 1
			p.Pairs = []Pair{
				{Need: 0, Achievement: 0, Benefit: 0.9, Level: 4}, {Need: 0, Achievement: 1, Benefit: 0.8, Level: 4},
				{Need: 1, Achievement: 0, Benefit: 0.7, Level: 4}, {Need: 2, Achievement: 0, Benefit: 0.75, Level: 4},
			}
		}, []Unplaced{
			{1, AchievementTaken, "有 1 个候选成果，但都没有名额：成果《膜》的名额已给匹配更高的需求《脱盐》", []int{2}},
		}},
		{"the team was full", func(p *Problem) { p.Teams[0].Quota = Quota{1, 1}; p.Pairs = p.Pairs[1:] }, []Unplaced{
			{0, NoCandidate, "没有找到相关的成果", nil},
			{1, TeamFull, "有 1 个候选成果，但都没有名额：团队“甲”本周的 1 个名额此前已用完", []int{0}},
		}},
		{"the team is full", func(p *Problem) { p.Teams[0].Limit = 1 }, []Unplaced{
			{1, TeamTaken, "有 1 个候选成果，但都没有名额：成果《膜》所属团队“甲”的 1 个名额已用完", []int{1}},
		}},
		{"nobody handles it", func(p *Problem) { p.Brokers = []Broker{{Name: "王"}}; p.Needs[0].Brokers = []int{0} }, []Unplaced{
			{1, NoBroker, "有 1 个候选成果，但都没有名额：没有负责需求《增压》所在领域和地区的技术经理人", []int{1}},
		}},
		{"brokers were full", func(p *Problem) {
			p.Brokers = []Broker{{Name: "王", Quota: Quota{1, 1}}, {Name: "李"}}
			p.Needs[0].Brokers, p.Needs[1].Brokers = []int{1}, []int{0}
		}, []Unplaced{
			{1, BrokerFull, "有 1 个候选成果，但都没有名额：技术经理人王本周的名额此前已用完", []int{1}},
		}},
		{"brokers are full", func(p *Problem) {
			p.Brokers = []Broker{{Name: "王", Quota: Quota{1, 0}}}
			p.Needs[0].Brokers, p.Needs[1].Brokers = []int{0}, []int{0}
		}, []Unplaced{
			{1, BrokerTaken, "有 1 个候选成果，但都没有名额：技术经理人王的名额已用完", []int{1}},
		}},
		{"fairness", func(p *Problem) {
			p.Fairness = 0.5
			p.Organisations[0].Used = 5
			p.Needs = p.Needs[:1]
			p.Needs[0].Limit = 1
			p.Pairs = []Pair{{Need: 0, Achievement: 0, Benefit: 0.9, Level: 4}, {Need: 0, Achievement: 1, Benefit: 0.8, Level: 4}}
		}, nil},
	} {
		r, err := Recommend(t.Context(), small(c.change))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, r.Needs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestUnplacedAchievementsSayWhy(t *testing.T) {
	r, err := Recommend(t.Context(), small(func(p *Problem) {
		p.Needs[0].Limit, p.Needs[1].Limit = 1, 1
		p.Achievements = append(p.Achievements, Achievement{Name: "阀", Team: 1}, Achievement{Name: "管", Team: 1, Quota: Quota{1, 1}})
		p.Pairs = append(p.Pairs, Pair{Need: 1, Achievement: 1, Benefit: 0.5, Level: 3}, Pair{Need: 1, Achievement: 3, Benefit: 0.5, Level: 3})
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []Unplaced{
		{1, NeedTaken, "有 1 个候选需求，但都没有名额：需求《增压》的名额已给匹配更高的成果《膜》", []int{2}},
		{2, NoCandidate, "没有找到相关的需求", nil},
		{3, AchievementFull, "该成果本周的 1 个名额已用完", nil},
	}
	if diff := cmp.Diff(want, r.Achievements()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPlacedPairsSayWhy(t *testing.T) {
	r, err := Recommend(t.Context(), small(func(p *Problem) {
		p.Fairness = 0.5
		p.Organisations[0].Used = 5
		p.Needs[0].Limit = 1
		p.Pairs = append(p.Pairs, Pair{Need: 0, Achievement: 1, Benefit: 0.8, Level: 3})
	}))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Placed) != 2 || r.Placed[0].Pair != 2 {
		t.Fatalf("placed %+v", r.Placed)
	}
	want := "匹配等级为较强；在该需求的 2 个候选成果中列第 2，在该成果的 1 个候选需求中列第 1；" +
		"排在前面的《膜》未推荐：为均衡各单位的推荐机会作了让位：需求《净水》的名额已给成果《泵》，这样总的匹配效果更好；因均衡推荐机会而入选"
	if got := r.WhyPlaced(2); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := r.WhyPlaced(1); strings.Contains(got, "未推荐") || strings.Contains(got, "均衡") {
		t.Errorf("a plain pair: %s", got)
	}
	if reason, text := r.Why(1); reason != "" || text != "" {
		t.Errorf("a placed pair has a reason: %s %s", reason, text)
	}
}

// Whatever is not placed has a limit that stands against it: this is what an optimal plan promises.
func TestEveryPairThatIsNotPlacedHasAReason(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		r, err := Recommend(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		placed := map[int]bool{}
		for _, x := range r.Placed {
			placed[x.Pair] = true
		}
		for i, pair := range p.Pairs {
			switch reason, text := r.Why(i); {
			case (reason == "") != placed[i] || (text == "") != placed[i]:
				t.Fatalf("pair %d, placed %v: %q %q", i, placed[i], reason, text)
			case reason == NoGain && pair.Benefit > 0:
				t.Fatalf("pair %d has benefit %v and no reason: %+v", i, pair.Benefit, p)
			}
		}
		for _, u := range append(r.Needs(), r.Achievements()...) {
			if u.Reason == "" || u.Text == "" || strings.Contains(u.Text, "%!") {
				t.Fatalf("%+v", u)
			}
		}
	})
}
