package assign

import (
	"fmt"
	"slices"
	"strings"
)

// Reason is why something was not recommended, for machines; a sentence goes with it.
type Reason string

// The reasons. The first four bar a pair from the start, and the caller sets them.
const (
	BarLevel    Reason = "below_level" // the level is lower than asked for
	BarRepeated Reason = "repeated"    // recommended this week already
	BarRejected Reason = "rejected"    // a broker turned it down
	BarAccepted Reason = "accepted"    // a broker has taken it up already

	NoCandidate Reason = "no_candidate" // nothing was scored

	// Without a place before this plan began.
	NeedFull        Reason = "need_full"
	AchievementFull Reason = "achievement_full"
	TeamFull        Reason = "team_full"
	BrokerFull      Reason = "broker_full"
	NoBroker        Reason = "no_broker" // nobody handles such needs

	// Places that this plan gave to others.
	NeedTaken        Reason = "need_taken"
	AchievementTaken Reason = "achievement_taken"
	TeamTaken        Reason = "team_taken"
	BrokerTaken      Reason = "broker_taken"
	Yielded          Reason = "fairness" // the plan without fairness has the pair

	NoGain Reason = "no_gain" // it has no benefit
)

// Reasons lists every Reason with its Chinese name.
func Reasons() []struct {
	Reason Reason
	Label  string
} {
	return []struct {
		Reason Reason
		Label  string
	}{
		{BarLevel, "匹配等级达不到要求"}, {BarRepeated, "本周已推荐过"}, {BarRejected, "已被否定"}, {BarAccepted, "已被采纳"},
		{NoCandidate, "没有候选"}, {NeedFull, "需求的名额此前已用完"}, {AchievementFull, "成果的名额此前已用完"},
		{TeamFull, "团队的名额此前已用完"}, {BrokerFull, "技术经理人的名额此前已用完"}, {NoBroker, "没有负责的技术经理人"},
		{NeedTaken, "需求的名额给了别的成果"}, {AchievementTaken, "成果的名额给了别的需求"}, {TeamTaken, "团队的名额已用完"},
		{BrokerTaken, "技术经理人的名额已用完"}, {Yielded, "为均衡机会让位"}, {NoGain, "没有收益"},
	}
}

// Label is the reason's Chinese name, "" for an unknown one.
func (r Reason) Label() string {
	for _, known := range Reasons() {
		if known.Reason == r {
			return known.Label
		}
	}
	return ""
}

// Unplaced is a need or an achievement without any recommendation.
type Unplaced struct {
	Index  int
	Reason Reason
	Text   string // Chinese
	// Candidates are pairs that stood against it, best first: at most three.
	Candidates []int
}

// shown is how many candidates or names a sentence lists.
const shown = 3

// Needs lists the needs without a recommendation.
func (r *Recommendation) Needs() []Unplaced {
	return r.unplaced(r.ofNeed, r.used.needs, "成果", func(i int) (Quota, string) { return r.p.Needs[i].Quota, "该需求" },
		func(pair int) string { return r.p.Achievements[r.p.Pairs[pair].Achievement].Name })
}

// Achievements lists the achievements without a recommendation.
func (r *Recommendation) Achievements() []Unplaced {
	return r.unplaced(r.ofAchievement, r.used.achievements, "需求", func(i int) (Quota, string) { return r.p.Achievements[i].Quota, "该成果" },
		func(pair int) string { return r.p.Needs[r.p.Pairs[pair].Need].Name })
}

// unplaced explains one side. other names the other side, name what a pair is with.
func (r *Recommendation) unplaced(pairs [][]int, used []int, other string, self func(int) (Quota, string), name func(int) string) []Unplaced {
	var all []Unplaced
	for i, list := range pairs {
		if used[i] > 0 {
			continue
		}
		u := Unplaced{Index: i}
		quota, what := self(i)
		open := slices.DeleteFunc(slices.Clone(list), func(pair int) bool { return r.p.Pairs[pair].Bar != "" })
		switch {
		case len(list) == 0:
			u.Reason, u.Text = NoCandidate, "没有找到相关的"+other
		case len(open) == 0:
			u.Candidates = list[:min(shown, len(list))]
			u.Reason, u.Text = r.barred(list, other, name(list[0]))
		case quota.room(1) == 0 && other == "成果":
			u.Reason, u.Text = NeedFull, fmt.Sprintf("%s本周的 %d 个名额已用完", what, quota.Limit)
		case quota.room(1) == 0:
			u.Reason, u.Text = AchievementFull, fmt.Sprintf("%s本周的 %d 个名额已用完", what, quota.Limit)
		default:
			u.Candidates = open[:min(shown, len(open))]
			u.Reason, u.Text = r.blocked(u.Candidates, len(open), other)
		}
		all = append(all, u)
	}
	return all
}

// barred says why none of the pairs, which are listed best first, could be considered.
func (r *Recommendation) barred(pairs []int, other, best string) (Reason, string) {
	counts := map[Reason]int{}
	for _, pair := range pairs {
		counts[r.p.Pairs[pair].Bar]++
	}
	var parts []string
	for _, c := range []struct {
		bar  Reason
		text string
	}{{BarLevel, "匹配等级达不到要求"}, {BarRepeated, "本周已推荐过"}, {BarRejected, "已被技术经理人否定"}, {BarAccepted, "已被技术经理人采纳"}} {
		if n := counts[c.bar]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d 个%s", n, c.text))
		}
	}
	first := &r.p.Pairs[pairs[0]]
	return first.Bar, fmt.Sprintf("%d 个候选%s中，%s；最接近的是《%s》（%s）", len(pairs), other, strings.Join(parts, "，"), best, first.Level.Label())
}

// blocked says where the best candidates, of so many, went instead.
func (r *Recommendation) blocked(best []int, of int, other string) (Reason, string) {
	reason, parts := NoGain, make([]string, 0, len(best))
	for i, pair := range best {
		why, text := r.Why(pair)
		if i == 0 {
			reason = why
		}
		if !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	return reason, fmt.Sprintf("有 %d 个候选%s，但都没有名额：%s", of, other, strings.Join(parts, "；"))
}

// Why says why a pair was not recommended; "" for one that was.
func (r *Recommendation) Why(pair int) (Reason, string) {
	switch bar := r.p.Pairs[pair].Bar; {
	case r.broker[pair] != notPlaced:
		return "", ""
	case bar == BarLevel:
		return bar, "匹配等级达不到要求"
	case bar == BarRepeated:
		return bar, "本周已推荐过"
	case bar == BarRejected:
		return bar, "已被技术经理人否定"
	case bar == BarAccepted:
		return bar, "已被技术经理人采纳，不必再推荐"
	case bar != "":
		return bar, "不在推荐范围内"
	}
	if reason, text := r.fullBefore(pair); reason != "" {
		return reason, text
	}
	reason, text := r.taken(pair)
	if r.plain[pair] {
		return Yielded, "为均衡各单位的推荐机会作了让位：" + text
	}
	return reason, text
}

// fullBefore names the limit that had no place left when the plan began.
func (r *Recommendation) fullBefore(pair int) (Reason, string) {
	p, pr := r.p, &r.p.Pairs[pair]
	n, a := &p.Needs[pr.Need], &p.Achievements[pr.Achievement]
	t := &p.Teams[a.Team]
	full := func(what, name string, q Quota) string {
		return fmt.Sprintf("%s《%s》本周的 %d 个名额此前已用完", what, name, q.Limit)
	}
	switch {
	case n.room(1) == 0:
		return NeedFull, full("需求", n.Name, n.Quota)
	case a.room(1) == 0:
		return AchievementFull, full("成果", a.Name, a.Quota)
	case t.room(1) == 0:
		return TeamFull, fmt.Sprintf("团队“%s”本周的 %d 个名额此前已用完", t.Name, t.Limit)
	case len(p.Brokers) == 0:
		return "", ""
	case len(n.Brokers) == 0:
		return NoBroker, "没有负责需求《" + n.Name + "》所在领域和地区的技术经理人"
	case !slices.ContainsFunc(n.Brokers, func(b int) bool { return p.Brokers[b].room(1) > 0 }):
		return BrokerFull, "技术经理人" + r.brokers(n.Brokers) + "本周的名额此前已用完"
	}
	return "", ""
}

// taken names the limit whose places this plan gave to others, and to whom.
func (r *Recommendation) taken(pair int) (Reason, string) {
	p, pr := r.p, &r.p.Pairs[pair]
	n, a := &p.Needs[pr.Need], &p.Achievements[pr.Achievement]
	t := &p.Teams[a.Team]
	full := func(q Quota, used int) bool { return q.Limit > 0 && q.Used+used >= q.Limit }
	switch {
	case full(n.Quota, r.used.needs[pr.Need]):
		return NeedTaken, fmt.Sprintf("需求《%s》的名额%s", n.Name, r.givenTo(pair, r.ofNeed[pr.Need], "成果"))
	case full(a.Quota, r.used.achievements[pr.Achievement]):
		return AchievementTaken, fmt.Sprintf("成果《%s》的名额%s", a.Name, r.givenTo(pair, r.ofAchievement[pr.Achievement], "需求"))
	case full(t.Quota, r.used.teams[a.Team]):
		return TeamTaken, fmt.Sprintf("成果《%s》所属团队“%s”的 %d 个名额已用完", a.Name, t.Name, t.Limit)
	case len(p.Brokers) > 0 && pr.Benefit > 0:
		return BrokerTaken, "技术经理人" + r.brokers(n.Brokers) + "的名额已用完"
	}
	return NoGain, "匹配的收益为零"
}

// givenTo names those of the pairs, one side's, that were placed, and says whether they are better than the pair.
func (r *Recommendation) givenTo(pair int, pairs []int, side string) string {
	var names []string
	better := true
	for _, i := range pairs {
		if r.broker[i] == notPlaced {
			continue
		}
		better = better && r.p.Pairs[i].Benefit >= r.p.Pairs[pair].Benefit
		name := r.p.Achievements[r.p.Pairs[i].Achievement].Name
		if side == "需求" {
			name = r.p.Needs[r.p.Pairs[i].Need].Name
		}
		names = append(names, "《"+name+"》")
	}
	text := strings.Join(names[:min(shown, len(names))], "")
	if len(names) > shown {
		text += fmt.Sprintf("等 %d 项", len(names))
	}
	if better {
		return "已给匹配更高的" + side + text
	}
	return "已给" + side + text + "，这样总的匹配效果更好"
}

func (r *Recommendation) brokers(list []int) string {
	names := make([]string, 0, shown)
	for _, i := range list[:min(shown, len(list))] {
		names = append(names, r.p.Brokers[i].Name)
	}
	text := strings.Join(names, "、")
	if len(list) > shown {
		text += fmt.Sprintf("等 %d 人", len(list))
	}
	return text
}

// WhyPlaced says why a pair was recommended: how good it is, its rank on both sides, and what had to pass before it.
func (r *Recommendation) WhyPlaced(pair int) string {
	pr := &r.p.Pairs[pair]
	place, of := r.RankForNeed(pair)
	otherPlace, others := r.RankForAchievement(pair)
	text := fmt.Sprintf("匹配等级为%s；在该需求的 %d 个候选成果中列第 %d，在该成果的 %d 个候选需求中列第 %d",
		pr.Level.Label(), of, place, others, otherPlace)
	for _, better := range r.ofNeed[pr.Need][:place-1] {
		if r.broker[better] == notPlaced {
			_, why := r.Why(better)
			text += fmt.Sprintf("；排在前面的《%s》未推荐：%s", r.p.Achievements[r.p.Pairs[better].Achievement].Name, why)
			break
		}
	}
	if !r.plain[pair] {
		text += "；因均衡推荐机会而入选"
	}
	return text
}
