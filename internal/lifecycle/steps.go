package lifecycle

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode"

	"jiqiao"
)

// Step takes a step of a record for the viewer; m.Actor is not read. m.Version must be the present one. A submission of
// which the clinic misses an aspect is done only with confirm.
func (s *Service) Step(ctx context.Context, v jiqiao.Viewer, m jiqiao.RecordMove, confirm bool) (jiqiao.StepOutcome, error) {
	if err := m.Validate(); err != nil {
		return jiqiao.StepOutcome{}, err
	}
	rec, actor, err := s.reach(ctx, v, m.Kind, m.ID)
	if err != nil {
		return jiqiao.StepOutcome{}, err
	}
	if actor == jiqiao.ActorOperator && v.User != "" && answers(m.Step) && !v.May(jiqiao.PermRecordReview) {
		return jiqiao.StepOutcome{}, jiqiao.Fail(jiqiao.CodeForbidden, "您的账号不能审核", nil)
	}
	if m.Version == 0 {
		return jiqiao.StepOutcome{}, jiqiao.Fail(jiqiao.CodePrecondition, "缺少版本号（version），请重新打开后再操作", nil)
	}
	if m.Version != rec.Head().Version {
		return jiqiao.StepOutcome{}, jiqiao.Fail(jiqiao.CodeConflict, "内容已被他人修改，请刷新后再操作", nil)
	}
	m.Actor = actor
	switch m.Step {
	case jiqiao.StepSubmit:
		return s.submit(ctx, v, m, rec, confirm)
	case jiqiao.StepRenew, jiqiao.StepApprove, jiqiao.StepResume, jiqiao.StepReopen:
		if err := s.setEnd(&m, rec); err != nil {
			return jiqiao.StepOutcome{}, err
		}
	default:
	}
	return s.move(ctx, v, m)
}

func answers(step jiqiao.Step) bool { return step == jiqiao.StepApprove || step == jiqiao.StepReturn }

func (s *Service) move(ctx context.Context, v jiqiao.Viewer, m jiqiao.RecordMove) (jiqiao.StepOutcome, error) {
	rec, err := s.store.Move(ctx, m)
	if err != nil {
		return jiqiao.StepOutcome{}, err
	}
	return jiqiao.StepOutcome{Record: v.Show(rec), Done: true}, nil
}

// setEnd gives what is published an end, and refuses one that has passed.
func (s *Service) setEnd(m *jiqiao.RecordMove, rec jiqiao.Record) error {
	stored := rec.Head().ValidUntil
	switch m.Step {
	case jiqiao.StepRenew:
		if m.ValidUntil == "" {
			m.ValidUntil = s.usualEnd()
		}
		if m.ValidUntil.Passed(s.today()) {
			return jiqiao.Invalid([]jiqiao.FieldError{{Field: "valid_until", Message: "有效期不能早于今天"}})
		}
	case jiqiao.StepApprove:
		m.ValidUntil = s.usualEnd() // set where there is none
		if stored.Passed(s.today()) && rec.Head().Status == jiqiao.StatusPending {
			return jiqiao.Fail(jiqiao.CodeConflict, "填写的有效期（"+string(stored)+"）已过，请退回由填报单位改正", nil)
		}
	default:
		if stored.Passed(s.today()) && rec.Head().Status != jiqiao.StatusWithdrawn {
			return jiqiao.Fail(jiqiao.CodeConflict, "有效期（"+string(stored)+"）已过，请先续期", nil)
		}
	}
	return nil
}

// submit asks the clinic and the organisation's own records before a record goes to the reviewers.
func (s *Service) submit(ctx context.Context, v jiqiao.Viewer, m jiqiao.RecordMove, rec jiqiao.Record, confirm bool) (jiqiao.StepOutcome, error) {
	if _, err := jiqiao.TransitionOf(m.Kind, rec.Head().Status, m.Step, m.Actor); err != nil {
		return jiqiao.StepOutcome{}, err
	}
	if rec.Head().ValidUntil.Passed(s.today()) {
		return jiqiao.StepOutcome{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "valid_until", Message: "有效期不能早于今天，请改正后再提交"}})
	}
	if rec.Head().Owner.ID == "" {
		return jiqiao.StepOutcome{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "owner.name", Message: "请填写单位名称后再提交"}})
	}
	d := s.examine(ctx, rec)
	m.Diagnosis = d
	told := showSimilar(v, d)
	if told != nil {
		var err error
		if told.Similar, err = s.Doubtful(ctx, m.ID, told.Similar); err != nil {
			return jiqiao.StepOutcome{}, err
		}
	}
	if d != nil && !confirm && misses(d) {
		return jiqiao.StepOutcome{Record: v.Show(rec), Diagnosis: told}, nil
	}
	out, err := s.move(ctx, v, m)
	out.Diagnosis = told
	return out, err
}

// misses reports whether the author should look once more: an aspect is not said at all, or the same is there already.
func misses(d *jiqiao.Diagnosis) bool {
	return slices.ContainsFunc(d.Aspects, func(a jiqiao.Aspect) bool { return a.State == jiqiao.AspectMissing })
}

// examine is the clinic's diagnosis with near-duplicates of the owner's own; nil without a clinic. A clinic that fails
// does not keep anyone from submitting.
func (s *Service) examine(ctx context.Context, rec jiqiao.Record) *jiqiao.Diagnosis {
	if s.clinic == nil {
		return nil
	}
	d, err := s.clinic.Examine(ctx, rec)
	if err != nil {
		s.log.WarnContext(ctx, "submitted without diagnosis", "record", rec.Head().ID, "err", err)
		return nil
	}
	twins, err := s.twins(ctx, rec, d.Similar)
	if err != nil {
		s.log.WarnContext(ctx, "own records not compared", "record", rec.Head().ID, "err", err)
		return &d
	}
	d.Similar = append(twins, d.Similar...)
	return &d
}

// Bounds of titles that are alike, as Dice's coefficient of their pairs of characters (Dice 1945).
const (
	sameTitle  = 0.999
	closeTitle = 0.75
	maxTwins   = 5
)

// twins are records of the same owner with nearly the same title, besides those known already.
func (s *Service) twins(ctx context.Context, rec jiqiao.Record, known []jiqiao.SimilarRecord) ([]jiqiao.SimilarRecord, error) {
	head := rec.Head()
	titles, err := s.store.Titles(ctx, rec.Kind(), head.Owner.ID)
	if err != nil {
		return nil, err
	}
	delete(titles, head.ID)
	for _, k := range known {
		delete(titles, k.ID)
	}
	var found []jiqiao.SimilarRecord
	own := pairs(head.Title)
	for id, title := range titles {
		likeness := dice(own, pairs(title))
		if likeness < closeTitle {
			continue
		}
		twin := jiqiao.SimilarRecord{Duplicate: jiqiao.Duplicate{ID: id, Similarity: likeness}, Level: "close", LevelLabel: "近似", Why: "本单位已有名称相近的记录：" + title}
		if likeness >= sameTitle {
			twin.Level, twin.LevelLabel, twin.Why = "duplicate", "重复", "本单位已有同名的记录"
		}
		found = append(found, twin)
	}
	slices.SortFunc(found, func(a, b jiqiao.SimilarRecord) int {
		if a.Similarity != b.Similarity {
			return map[bool]int{true: -1, false: 1}[a.Similarity > b.Similarity]
		}
		return map[bool]int{true: -1, false: 1}[a.ID < b.ID]
	})
	return s.withRecords(ctx, rec.Kind(), found[:min(len(found), maxTwins)])
}

// withRecords fills in the records, and leaves those out that are gone.
func (s *Service) withRecords(ctx context.Context, kind jiqiao.Kind, similar []jiqiao.SimilarRecord) ([]jiqiao.SimilarRecord, error) {
	ids := make([]string, len(similar))
	for i := range similar {
		ids[i] = similar[i].ID
	}
	recs, err := s.store.GetMany(ctx, kind, ids)
	if err != nil {
		return nil, err
	}
	byID := map[string]jiqiao.Record{}
	for _, rec := range recs {
		byID[rec.Head().ID] = rec
	}
	kept := []jiqiao.SimilarRecord{}
	for _, one := range similar {
		if one.Record = byID[one.ID]; one.Record != nil {
			kept = append(kept, one)
		}
	}
	return kept, nil
}

// pairs counts the neighbouring characters of a title, without spaces, punctuation and case.
func pairs(title string) map[[2]rune]int {
	var letters []rune
	for _, r := range title {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters = append(letters, unicode.ToLower(r))
		}
	}
	found := map[[2]rune]int{}
	for i := 1; i < len(letters); i++ {
		found[[2]rune{letters[i-1], letters[i]}]++
	}
	return found
}

func dice(a, b map[[2]rune]int) float64 {
	common, all := 0, 0
	for pair, n := range a {
		common += min(n, b[pair])
		all += n
	}
	for _, n := range b {
		all += n
	}
	if all == 0 {
		return 0
	}
	return 2 * float64(common) / float64(all)
}

// showSimilar leaves out the similar records that the viewer may not see, and what is said of them.
func showSimilar(v jiqiao.Viewer, d *jiqiao.Diagnosis) *jiqiao.Diagnosis {
	if d == nil {
		return nil
	}
	shown := *d
	shown.Similar = []jiqiao.SimilarRecord{}
	for _, one := range d.Similar {
		if one.Record == nil || !v.Sees(one.Record) {
			continue
		}
		one.Record = v.Show(one.Record)
		shown.Similar = append(shown.Similar, one)
	}
	return &shown
}

// Steps takes a step of many records, each for itself: what fails is told and does not keep the others.
func (s *Service) Steps(ctx context.Context, v jiqiao.Viewer, moves []jiqiao.RecordMove, confirm bool) ([]jiqiao.StepResult, error) {
	results := make([]jiqiao.StepResult, len(moves))
	for i, m := range moves {
		results[i].ID = m.ID
		out, err := s.Step(ctx, v, m, confirm)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var told *jiqiao.Error
		switch {
		case err == nil && !out.Done:
			results[i].Error = jiqiao.Fail(jiqiao.CodeInvalid, "还有内容没有填写，请打开补充，或确认后再提交", nil)
		case errors.As(err, &told):
			results[i].Error = told
		case err != nil:
			s.log.ErrorContext(ctx, "step of many failed", "record", m.ID, "step", m.Step, "err", err)
			results[i].Error = jiqiao.Fail(jiqiao.CodeInternal, "没有成功，请稍后再试", nil)
		}
	}
	return results, nil
}

// day is one day of 24 hours.
const day = 24 * time.Hour
