package introduction

import (
	"context"
	"fmt"

	"jiqiao"
)

// Invite makes an introduction that came of no candidate and invites both sides.
func (s *Service) Invite(ctx context.Context, v jiqiao.Viewer, in jiqiao.IntroductionInput) (jiqiao.IntroductionView, error) {
	if err := in.Validate(); err != nil {
		return jiqiao.IntroductionView{}, err
	}
	need, achievement, err := s.pair(ctx, in.NeedID, in.AchievementID)
	if err != nil {
		return jiqiao.IntroductionView{}, err
	}
	var wrong []jiqiao.FieldError
	for _, side := range []struct {
		field string
		rec   jiqiao.Record
	}{{"need_id", need}, {"achievement_id", achievement}} {
		if side.rec == nil || !v.Sees(side.rec) {
			wrong = append(wrong, jiqiao.FieldError{Field: side.field, Message: "没有这条记录，可能已被删除，请刷新列表"})
		} else if problem := introducible(side.rec); problem != "" {
			wrong = append(wrong, jiqiao.FieldError{Field: side.field, Message: problem})
		}
	}
	if len(wrong) == 0 && need.Head().Owner.ID == achievement.Head().Owner.ID {
		wrong = append(wrong, jiqiao.FieldError{Field: "achievement_id", Message: "需求与成果属于同一单位，不需要对接"})
	}
	if v.Role == jiqiao.RoleOperator && len(wrong) == 0 && !v.Reaches(need.Head().Region) && !v.Reaches(achievement.Head().Region) {
		wrong = append(wrong, jiqiao.FieldError{Field: "need_id", Message: "需求与成果都不在您负责的地区"})
	}
	if err := jiqiao.Invalid(wrong); err != nil {
		return jiqiao.IntroductionView{}, err
	}
	i := &jiqiao.Introduction{Broker: v.User, BrokerName: v.Name, Agency: v.Organisation, Message: in.Message}
	if err := s.invite(ctx, v, i, need, achievement); err != nil {
		return jiqiao.IntroductionView{}, s.whichPair(ctx, v, i, err)
	}
	return s.Introduction(ctx, v, i.ID)
}

// whichPair says, of a pair that has an introduction already, which one that is, to who may see it.
func (s *Service) whichPair(ctx context.Context, v jiqiao.Viewer, i *jiqiao.Introduction, err error) error {
	if jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		return err
	}
	open, findErr := s.o.Store.IntroductionOf(ctx, "", i.NeedID, i.AchievementID)
	if findErr != nil || !sees(v, &open) {
		return err
	}
	return jiqiao.Fail(jiqiao.CodeConflict, "这对需求与成果已由"+broker(&open)+"建立对接（"+open.ID+"），请在对接列表中查看", err)
}

// introducible says in Chinese why the record's owner cannot be invited; empty when nothing is in the way.
func introducible(rec jiqiao.Record) string {
	h := rec.Head()
	switch {
	case h.Status != jiqiao.StatusPublished && h.Status != jiqiao.StatusEngaged:
		return rec.Kind().Label() + "现为「" + jiqiao.CodeLabel("status", string(h.Status)) + "」，不能邀请对接"
	case h.Disclosure == jiqiao.DisclosurePrivate:
		return rec.Kind().Label() + "不公开，请先与单位商定公开范围"
	case h.Owner.ID == "":
		return rec.Kind().Label() + "没有所属单位，无法邀请"
	}
	return ""
}

// pair reads both records; one that is gone is nil.
func (s *Service) pair(ctx context.Context, needID, achievementID string) (need, achievement jiqiao.Record, err error) {
	for _, side := range []struct {
		kind jiqiao.Kind
		id   string
		rec  *jiqiao.Record
	}{{jiqiao.KindNeed, needID, &need}, {jiqiao.KindAchievement, achievementID, &achievement}} {
		rec, err := s.o.Records.Get(ctx, side.kind, side.id)
		switch {
		case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
		case err != nil:
			return nil, nil, fmt.Errorf("read the pair to introduce: %w", err)
		default:
			*side.rec = rec
		}
	}
	return need, achievement, nil
}

// invite stores the introduction and invites both sides; i says what it came from, and for whom.
func (s *Service) invite(ctx context.Context, v jiqiao.Viewer, i *jiqiao.Introduction, need, achievement jiqiao.Record) error {
	calendar, policy, err := s.clock(ctx)
	if err != nil {
		return err
	}
	if err := s.explain(ctx, i, need, achievement); err != nil {
		return err
	}
	if confidential(need) || confidential(achievement) {
		u, err := s.Undertaking(ctx, 0)
		if err != nil {
			return fmt.Errorf("find the undertaking: %w", err)
		}
		i.Undertaking = u.Version
	}
	i.NeedID, i.AchievementID, i.State = need.Head().ID, achievement.Head().ID, jiqiao.IntroductionInvited
	i.Need, i.Achievement = sideOf(need), sideOf(achievement)
	return s.o.Store.CreateIntroduction(ctx, i, func(i *jiqiao.Introduction) jiqiao.IntroductionOutcome {
		t := &turn{Introduction: i, v: v, party: jiqiao.PartyBroker, now: i.CreatedAt, calendar: calendar, policy: policy}
		for _, p := range sides {
			side := t.Side(p)
			t.start(side, policy.AnswerDays)
			t.notify(p, "introduction.invited", map[string]string{"due": string(jiqiao.DayOf(side.DueAt.Add(-1)))})
		}
		if i.Message != "" {
			t.say(jiqiao.ThreadMessage{Text: i.Message})
		}
		t.note(jiqiao.IntroductionAct{Act: "introduction.invite"}, nil, map[string]any{
			"need": i.NeedID, "achievement": i.AchievementID, "candidate": i.CandidateID,
		})
		t.wind()
		t.tell()
		return t.out
	})
}

func sideOf(rec jiqiao.Record) jiqiao.IntroductionSide {
	h := rec.Head()
	return jiqiao.IntroductionSide{Organisation: h.Owner.ID, Title: h.Title, Region: h.Region, State: jiqiao.AnswerWaiting}
}

// confidential reports whether the record asks for an undertaking before it is opened.
func confidential(rec jiqiao.Record) bool {
	h := rec.Head()
	return h.Confidential != "" || h.Disclosure.HidesDetail() || h.Disclosure == jiqiao.DisclosureBroker
}

// explain keeps the match as it is now. What is matched is what outsiders may read of a record (jiqiao.Face), except for
// records that outsiders never meet: of those the other side is shown the grade alone.
func (s *Service) explain(ctx context.Context, i *jiqiao.Introduction, need, achievement jiqiao.Record) error {
	if s.o.Match == nil {
		return nil
	}
	m, err := s.o.Match(ctx, need, achievement)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("explain the pair: %w", err)
	}
	m.Record, m.Decision = nil, nil
	i.Evidence, i.Score, i.Level, i.Model = &m, m.Score, m.Level, m.Model
	grade := &jiqiao.Match{
		NeedID: m.NeedID, AchievementID: m.AchievementID, Score: m.Score, Level: m.Level, LevelLabel: m.LevelLabel,
		Probabilities: m.Probabilities, Model: m.Model,
	}
	if !achievement.Head().Disclosure.Offered() {
		i.NeedEvidence = grade
	}
	if !need.Head().Disclosure.Offered() {
		i.AchievementEvidence = grade
	}
	return nil
}

// Introduce is the job that makes an introduction of an accepted candidate, whose id is the job's key. Doing it again
// makes no second one.
func (s *Service) Introduce(ctx context.Context, j jiqiao.Job) error {
	c, err := s.o.Records.Candidate(ctx, j.Key)
	if err != nil {
		return s.drop(j, err)
	}
	if c.State != jiqiao.CandidateAccepted || c.IntroductionID != "" {
		return nil // undone meanwhile, or done
	}
	need, achievement, err := s.pair(ctx, c.NeedID, c.AchievementID)
	if err != nil {
		return err
	}
	if need == nil || achievement == nil || introducible(need) != "" || introducible(achievement) != "" ||
		need.Head().Owner.ID == achievement.Head().Owner.ID {
		s.log.Warn("an accepted candidate cannot be introduced", "candidate", c.ID, "need", c.NeedID, "achievement", c.AchievementID)
		return s.tellUnable(ctx, &c)
	}
	i := &jiqiao.Introduction{CandidateID: c.ID, Score: c.Score, Level: c.Level, Model: c.Model}
	who, err := s.brokerOf(ctx, &c)
	if err != nil {
		return err
	}
	i.Broker, i.BrokerName, i.Agency = who.ID, who.Name, who.OrganisationID
	v := jiqiao.Viewer{User: who.ID, Name: who.Name, Role: who.Role, Organisation: who.OrganisationID}
	err = s.invite(ctx, v, i, need, achievement)
	if jiqiao.CodeOf(err) == jiqiao.CodeConflict {
		// The pair is being talked about already, or the acceptance was undone a moment ago: neither is worth a retry.
		s.log.Info("no second introduction", "candidate", c.ID, "need", c.NeedID, "achievement", c.AchievementID)
		return nil
	}
	return err
}

// brokerOf is who accepted the candidate; an account that is gone leaves its id.
func (s *Service) brokerOf(ctx context.Context, c *jiqiao.Candidate) (jiqiao.User, error) {
	id := c.DecidedBy
	if id == "" {
		id = c.Broker
	}
	u, err := s.o.Records.User(ctx, id)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return jiqiao.User{ID: id, OrganisationID: c.Agency, Role: jiqiao.RoleBroker}, nil
	}
	if err != nil {
		return u, fmt.Errorf("find the broker: %w", err)
	}
	return u, nil
}

// drop ends a job whose candidate is gone.
func (s *Service) drop(j jiqiao.Job, err error) error {
	if jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		return fmt.Errorf("read the candidate to introduce: %w", err)
	}
	s.log.Warn("the candidate to introduce is gone", "job", j.ID, "candidate", j.Key)
	return nil
}

// tellUnable tells the broker that nobody was invited.
func (s *Service) tellUnable(ctx context.Context, c *jiqiao.Candidate) error {
	if s.o.Notify == nil || c.DecidedBy == "" {
		return nil
	}
	return s.o.Notify(ctx, jiqiao.Notice{
		Template: "introduction.unable", Users: []string{c.DecidedBy}, Object: jiqiao.Ref{Type: "candidate", ID: c.ID},
		Data: map[string]string{"title": c.Need + " × " + c.Achievement}, Key: "introduction.unable:" + c.ID,
	})
}
