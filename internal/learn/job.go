package learn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"jiqiao"
	"jiqiao/matcher/rank"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// job is one run: from what, on what.
type job struct {
	serving *rank.Model // what is compared with
	root    *rank.Model // what is tuned
	// since is when serving was made from decisions; it has seen those before.
	since       time.Time
	version     string
	history     *history
	examination Examination
	judged      []Judged
	comparisons []comparison
	features    map[pair][]float64
	// fresh are the needs that were first decided on after since, oldest first.
	fresh []string
}

func (l *Learner) prepare(ctx context.Context, j *job) (err error) {
	if j.history, err = readHistory(ctx, l.o.Past, l.o.Now().Add(-window)); err != nil {
		return err
	}
	j.examination = estimateExamination(j.history.decided, j.history.shown)
	if err := l.readFeatures(ctx, j, j.history.comparisons(j.examination)); err != nil {
		return err
	}
	j.findFresh()
	return nil
}

// findFresh finds the needs on which both the model that serves and a new one can be measured fairly.
func (j *job) findFresh() {
	compared := map[string]bool{}
	for _, c := range j.comparisons {
		compared[c.better.need], compared[c.worse.need] = true, true
	}
	met := map[string]bool{}
	for _, d := range j.history.decisions { // oldest first
		if !met[d.NeedID] && compared[d.NeedID] && d.DecidedAt.After(j.since) {
			j.fresh = append(j.fresh, d.NeedID)
		}
		met[d.NeedID] = true
	}
}

// tooLittle says in Chinese that there is too little to learn from, "" when there is enough.
func (j *job) tooLittle() string {
	fresh, n := map[string]bool{}, 0
	for _, need := range j.fresh {
		fresh[need] = true
	}
	for _, c := range j.comparisons {
		if fresh[c.better.need] && fresh[c.worse.need] {
			n++
		}
	}
	if n >= enoughComparisons && len(j.fresh) >= enoughNeeds {
		return ""
	}
	since := ""
	if !j.since.IsZero() {
		since = "自 " + j.serving.Version + " 以来"
	}
	return fmt.Sprintf("%s新的决定还不够，暂不训练：共有 %d 项决定，新决定可比较 %d 次、涉及 %d 项需求，至少需要 %d 次和 %d 项",
		since, len(j.history.decisions), n, len(j.fresh), enoughComparisons, enoughNeeds)
}

// readFeatures keeps the comparisons whose four records are there, with their vectors.
func (l *Learner) readFeatures(ctx context.Context, j *job, comparisons []comparison) error {
	pairs := map[pair]bool{}
	for _, c := range comparisons {
		pairs[c.better], pairs[c.worse] = true, true
	}
	needIDs, achievementIDs := map[string]bool{}, map[string]bool{}
	for p := range pairs {
		needIDs[p.need], achievementIDs[p.achievement] = true, true
	}
	needs, err := readRecords[*jiqiao.Need](ctx, l.o.Past, jiqiao.KindNeed, needIDs)
	if err != nil {
		return err
	}
	achievements, err := readRecords[*jiqiao.Achievement](ctx, l.o.Past, jiqiao.KindAchievement, achievementIDs)
	if err != nil {
		return err
	}
	beside := map[string][]*jiqiao.Achievement{}
	for p := range pairs {
		if n, a := needs[p.need], achievements[p.achievement]; n != nil && a != nil {
			beside[p.need] = append(beside[p.need], a)
		}
	}
	j.features = make(map[pair][]float64, len(pairs))
	for need, list := range beside {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, x := range l.o.Features(needs[need], list) {
			j.features[pair{need, list[i].ID}] = x
		}
	}
	for _, c := range comparisons {
		if j.features[c.better] != nil && j.features[c.worse] != nil {
			j.comparisons = append(j.comparisons, c)
		}
	}
	return nil
}

// recordsAtOnce bounds one question to the store.
const recordsAtOnce = 500

func readRecords[R jiqiao.Record](ctx context.Context, past Past, kind jiqiao.Kind, ids map[string]bool) (map[string]R, error) {
	all := make([]string, 0, len(ids))
	for id := range ids {
		all = append(all, id)
	}
	slices.Sort(all)
	found := make(map[string]R, len(all))
	for part := range slices.Chunk(all, recordsAtOnce) {
		recs, err := past.GetMany(ctx, kind, part)
		if err != nil {
			return nil, fmt.Errorf("read records to learn from: %w", err)
		}
		for _, rec := range recs {
			found[rec.Head().ID] = rec.(R)
		}
	}
	return found, nil
}

// name is a version that says which decisions, under which features, from which model, with which judged sets: the same
// again has the same name.
func (j *job) name(features []string) string {
	sum := sha256.New()
	fmt.Fprintln(sum, j.root.Version, features)
	last := j.history.decisions[0].DecidedAt
	for _, d := range j.history.decisions {
		fmt.Fprintln(sum, d.ID, d.Verb, d.Reason)
		if d.DecidedAt.After(last) {
			last = d.DecidedAt
		}
	}
	for _, set := range j.judged {
		fmt.Fprintln(sum, set.Name, len(set.Examples))
	}
	return versionPrefix + last.In(shanghai).Format("20060102") + "-" + hex.EncodeToString(sum.Sum(nil)[:4])
}

// judge gives the figures, and in Chinese why the model may not serve, "" when it may.
func (j *job) judge(decisions measured, old, renewed *rank.Ranker) (figures map[string]float64, refused string) {
	figures = map[string]float64{
		"decisions": float64(len(j.history.decisions)), "comparisons": float64(len(j.comparisons)),
		"position_steepness": math.Round(j.examination.Steepness*1e4) / 1e4,
	}
	decisions.figures("held_out", figures)
	var reasons []string
	if reason := decisions.worseOnDecisions(); reason != "" {
		reasons = append(reasons, reason)
	}
	for _, set := range j.judged {
		m := onJudged(set.Examples, old, renewed)
		m.figures(set.Name, figures)
		if reason := m.worseOnJudged(set.Label); reason != "" {
			reasons = append(reasons, reason)
		}
	}
	return figures, strings.Join(reasons, "；")
}

// split holds back the fresh needs that were decided on last. What compares two needs of which one is held back is in
// neither part.
func (j *job) split() (learned, kept []comparison) {
	back := map[string]bool{}
	for _, n := range j.fresh[len(j.fresh)-int(heldOut*float64(len(j.fresh))+0.5):] {
		back[n] = true
	}
	for _, c := range j.comparisons {
		switch b, w := back[c.better.need], back[c.worse.need]; {
		case b && w:
			kept = append(kept, c)
		case !b && !w:
			learned = append(learned, c)
		}
	}
	return learned, kept
}

func (j *job) provenance() string {
	counts := map[jiqiao.Verb]int{}
	for _, d := range j.history.decisions {
		counts[d.Verb]++
	}
	first, last := j.history.decisions[0].DecidedAt, j.history.decisions[len(j.history.decisions)-1].DecidedAt
	steepness := "默认"
	if j.examination.Estimated {
		steepness = "由数据估计"
	}
	return fmt.Sprintf("在 %s 的基础上，用 %s 至 %s 的 %d 项决定（采纳 %d、不采纳 %d、暂缓 %d，得到 %d 次比较）调整；位置影响按名次的 -%.2f 次方校正（%s）。",
		j.root.Version, first.In(shanghai).Format(time.DateOnly), last.In(shanghai).Format(time.DateOnly), len(j.history.decisions),
		counts[jiqiao.VerbAccept], counts[jiqiao.VerbReject], counts[jiqiao.VerbDefer], len(j.comparisons), j.examination.Steepness, steepness)
}
