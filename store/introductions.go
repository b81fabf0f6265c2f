package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"jiqiao"
)

const (
	introductionPrefix = "e_"
	introductionActs   = "l_"
	threadPrefix       = "w_"
)

// never stands for a due date that is not there, so that sorting by it puts such rows last.
const never = math.MaxInt64

// evidence is the column of that name.
type evidence struct {
	All         *jiqiao.Match `json:"all,omitempty"`
	Need        *jiqiao.Match `json:"need,omitempty"`
	Achievement *jiqiao.Match `json:"achievement,omitempty"`
}

// CreateIntroduction adds an introduction with what comes with it, and fills ID, Version and times. Of a pair that has an
// open one, or a candidate that ever had one, it is CodeConflict; IntroductionOf finds that one.
func (s *Store) CreateIntroduction(ctx context.Context, i *jiqiao.Introduction, with func(*jiqiao.Introduction) jiqiao.IntroductionOutcome) error {
	before := *i
	err := s.tx(ctx, "create an introduction", func(t *tx) error {
		i.ID, i.Version, i.CreatedAt, i.UpdatedAt = t.ids.next(introductionPrefix), 1, t.now, t.now
		out := with(i)
		row, err := introductionRow(i)
		if err != nil {
			return err
		}
		shown, err := encodeJSON(evidence{i.Evidence, i.NeedEvidence, i.AchievementEvidence})
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `
			INSERT INTO introductions (`+introductionColumns+`, need_id, achievement_id, candidate_id, need_org, need_region,
				achievement_org, achievement_region, created_at, evidence, id)
			VALUES (`+marks(len(row)+10)+`) ON CONFLICT DO NOTHING`,
			append(row, clean(i.NeedID), clean(i.AchievementID), clean(i.CandidateID), clean(i.Need.Organisation), clean(i.Need.Region),
				clean(i.Achievement.Organisation), clean(i.Achievement.Region), micros(i.CreatedAt), clean(shown), i.ID)...)
		if err != nil {
			return err
		}
		if n == 0 {
			return jiqiao.Fail(jiqiao.CodeConflict, "这对需求与成果已有正在进行的对接，请在对接列表中查看", nil)
		}
		if i.CandidateID != "" {
			if err := t.introducedCandidate(ctx, i.CandidateID, i.ID); err != nil {
				return err
			}
		}
		return t.introductionOutcome(ctx, i, out)
	})
	if err != nil {
		*i = before
	}
	return err
}

// introductionColumns are those that change, in the order of introductionRow.
const introductionColumns = `version, state, broker, agency, reason, need_state, need_reason, need_answered_at,
	achievement_state, achievement_reason, achievement_answered_at, awaits_need, awaits_achievement, awaits_broker,
	due_at, next_at, interested_at, closed_at, updated_at, body`

func introductionRow(i *jiqiao.Introduction) ([]any, error) {
	body, err := encodeJSON(i)
	if err != nil {
		return nil, err
	}
	awaits := map[jiqiao.Party]int{}
	if i.State == jiqiao.IntroductionInvited {
		for _, p := range []jiqiao.Party{i.Need.Awaited(jiqiao.PartyNeed), i.Achievement.Awaited(jiqiao.PartyAchievement)} {
			awaits[p] = 1
		}
	}
	due := int64(never)
	if at := i.DueAt(); at != nil {
		due = micros(*at)
	}
	return []any{
		i.Version, string(i.State), clean(i.Broker), clean(i.Agency), clean(i.Reason),
		string(i.Need.State), clean(i.Need.Reason), microsOrNil(i.Need.FirstAnsweredAt),
		string(i.Achievement.State), clean(i.Achievement.Reason), microsOrNil(i.Achievement.FirstAnsweredAt),
		awaits[jiqiao.PartyNeed], awaits[jiqiao.PartyAchievement], awaits[jiqiao.PartyBroker],
		due, microsOrNil(i.NextAt), microsOrNil(i.InterestedAt), microsOrNil(i.ClosedAt), micros(i.UpdatedAt), clean(body),
	}, nil
}

// ChangeIntroduction runs change on the introduction as it now stands, while nobody else changes it, and keeps what it
// made of it together with the outcome. An error of change undoes all and is returned as it is; change uses no store.
// UpdatedAt is the time of the change when change is called, and Version already the new one.
func (s *Store) ChangeIntroduction(ctx context.Context, id string,
	change func(*jiqiao.Introduction) (jiqiao.IntroductionOutcome, error),
) (jiqiao.Introduction, error) {
	var i jiqiao.Introduction
	if !hasShape(id, introductionPrefix) {
		return i, notFound("这项对接")
	}
	err := s.tx(ctx, "change an introduction", func(t *tx) error {
		// The write comes first: it is what two who change it at once queue for.
		n, err := t.exec(ctx, `UPDATE introductions SET version = version + 1 WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound("这项对接")
		}
		var stands introductionScan
		if err := t.row(ctx, `SELECT `+introductionRead+` FROM introductions WHERE id = ?`, []any{id}, stands.dest()...); err != nil {
			return err
		}
		if err := stands.decode(&i); err != nil {
			return err
		}
		i.UpdatedAt = t.now
		out, err := change(&i)
		if err != nil {
			return err
		}
		row, err := introductionRow(&i)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE introductions SET (`+introductionColumns+`) = (`+marks(len(row))+`) WHERE id = ?`, append(row, id)...)
		if err != nil {
			return err
		}
		return t.introductionOutcome(ctx, &i, out)
	})
	return i, err
}

// introductionRead are the columns that an introduction is read from. The records are not the body's: merging moves them.
const introductionRead = `version, need_id, achievement_id, body`

type introductionScan struct {
	version                 int64
	need, achievement, body string
}

func (r *introductionScan) dest() []any { return []any{&r.version, &r.need, &r.achievement, &r.body} }

func (r *introductionScan) decode(i *jiqiao.Introduction) error {
	if err := json.Unmarshal([]byte(r.body), i); err != nil {
		return fmt.Errorf("decode an introduction: %w", err)
	}
	i.Version, i.NeedID, i.AchievementID = r.version, r.need, r.achievement
	return nil
}

// introductionOutcome keeps what comes with a change.
func (t *tx) introductionOutcome(ctx context.Context, i *jiqiao.Introduction, out jiqiao.IntroductionOutcome) error {
	t.touch(i.Ref())
	if err := t.introductionHistory(ctx, i, out.History); err != nil {
		return err
	}
	for n := range out.Messages {
		m := &out.Messages[n]
		if err := t.putMessage(ctx, m); err != nil {
			return err
		}
		if m.Author == "" {
			continue
		}
		// Who writes has read what is there.
		if _, err := t.seen(ctx, i.ID, m.Author, m.Party, micros(m.At)); err != nil {
			return err
		}
	}
	if a := out.Acceptance; a != nil {
		if err := t.acceptUndertaking(ctx, *a); err != nil {
			return err
		}
	}
	if out.Decision != nil {
		if err := t.putDecision(ctx, out.Decision); err != nil {
			return err
		}
	}
	for _, g := range out.Grants {
		if err := t.grant(ctx, g); err != nil {
			return err
		}
	}
	for _, j := range out.Jobs {
		if err := t.enqueue(ctx, j); err != nil {
			return err
		}
	}
	for _, n := range out.Notices {
		if err := t.notify(ctx, n); err != nil {
			return err
		}
	}
	for _, act := range out.Acts {
		t.audit(act)
	}
	for _, e := range out.Events {
		t.tell(e)
	}
	return nil
}

func (t *tx) introductionHistory(ctx context.Context, i *jiqiao.Introduction, acts []jiqiao.IntroductionAct) error {
	for _, a := range acts {
		_, err := t.exec(ctx, `
			INSERT INTO introduction_acts (id, introduction_id, at, user_id, name, party, act, state, answer, reason, note)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			t.ids.next(introductionActs), i.ID, micros(t.now), clean(a.User), clean(a.Name), string(a.Party), clean(a.Act),
			string(a.State), string(a.Answer), clean(a.Reason), clean(a.Note))
		if err != nil {
			return fmt.Errorf("keep the history of an introduction: %w", err)
		}
	}
	return nil
}

// Introduction returns the introduction with its evidence; CodeNotFound when there is none.
func (s *Store) Introduction(ctx context.Context, id string) (jiqiao.Introduction, error) {
	if !hasShape(id, introductionPrefix) {
		return jiqiao.Introduction{}, notFound("这项对接")
	}
	return s.oneIntroduction(ctx, `id = ?`, id)
}

// IntroductionOf returns the introduction that came of the candidate, or, without one, the open one of the pair.
func (s *Store) IntroductionOf(ctx context.Context, candidate, need, achievement string) (jiqiao.Introduction, error) {
	if candidate != "" {
		i, err := s.oneIntroduction(ctx, `candidate_id = ?`, clean(candidate))
		if jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
			return i, err
		}
	}
	return s.oneIntroduction(ctx, `need_id = ? AND achievement_id = ? AND state IN ('invited', 'interested')`, clean(need), clean(achievement))
}

func (s *Store) oneIntroduction(ctx context.Context, where string, args ...any) (jiqiao.Introduction, error) {
	var (
		i     jiqiao.Introduction
		row   introductionScan
		shown string
	)
	err := s.reader().row(ctx, `SELECT `+introductionRead+`, evidence FROM introductions WHERE `+where, args, append(row.dest(), &shown)...)
	if errors.Is(err, sql.ErrNoRows) {
		return i, notFound("这项对接")
	}
	if err != nil {
		return i, wrap("read an introduction", err)
	}
	var e evidence
	if err := json.Unmarshal([]byte(shown), &e); err != nil {
		return i, fmt.Errorf("store: decode evidence: %w", err)
	}
	err = row.decode(&i)
	i.Evidence, i.NeedEvidence, i.AchievementEvidence = e.All, e.Need, e.Achievement
	return i, err
}
