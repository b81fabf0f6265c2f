package introduction

import (
	"context"
	"strings"
	"time"

	"jiqiao"
)

// Say adds a message to the introduction's thread. When someone had asked the viewer's party something, it is the reply,
// and the asker's clock goes on.
func (s *Service) Say(ctx context.Context, v jiqiao.Viewer, id string, m jiqiao.ThreadMessage) (jiqiao.IntroductionView, error) {
	m = jiqiao.ThreadMessage{Text: strings.TrimSpace(m.Text), Attachments: m.Attachments}
	if err := m.Validate(); err != nil {
		return jiqiao.IntroductionView{}, err
	}
	if err := s.attach(ctx, v, jiqiao.Ref{Type: "introduction", ID: id}, m.Attachments); err != nil {
		return jiqiao.IntroductionView{}, err
	}
	return s.change(ctx, v, id, func(t *turn) error {
		if !t.State.Open() {
			return jiqiao.Fail(jiqiao.CodeConflict, "这项对接已是「"+t.State.Label()+"」，不能再留言", nil)
		}
		t.say(m)
		if side := t.Side(t.party); side != nil && side.FirstAnsweredAt == nil {
			now := t.now
			side.FirstAnsweredAt = &now // who writes has reacted
		}
		t.reply()
		for _, to := range [...]jiqiao.Party{jiqiao.PartyNeed, jiqiao.PartyAchievement, jiqiao.PartyBroker} {
			if to != t.party {
				t.notify(to, "introduction.message", map[string]string{"party": t.party.Label()})
			}
		}
		t.out.Acts = append(t.out.Acts, jiqiao.Act{Name: "introduction.message", Object: t.Ref(), After: map[string]any{"party": t.party, "files": len(m.Attachments)}})
		return nil
	})
}

// attach checks that the viewer may refer to the files.
func (s *Service) attach(ctx context.Context, v jiqiao.Viewer, thread jiqiao.Ref, files []string) error {
	switch {
	case len(files) == 0:
		return nil
	case s.o.Attach == nil:
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "attachments", Message: "暂不支持附件，请去掉"}})
	}
	if _, err := s.reached(ctx, v, thread.ID); err != nil {
		return err // before anything is said of the files
	}
	return s.o.Attach(ctx, v, thread, files)
}

func (t *turn) say(m jiqiao.ThreadMessage) {
	m.Thread, m.Author, m.Name, m.Organisation, m.Party = t.Ref(), t.v.User, t.v.Name, t.v.Organisation, t.party
	t.out.Messages = append(t.out.Messages, m)
}

// Propose proposes a meeting in place of the one before. The side that proposes accepts with it.
func (s *Service) Propose(ctx context.Context, v jiqiao.Viewer, id string, m jiqiao.Meeting) (jiqiao.IntroductionView, error) {
	m.Place, m.Link = strings.TrimSpace(m.Place), strings.TrimSpace(m.Link)
	return s.change(ctx, v, id, func(t *turn) error {
		if !t.State.Open() {
			return jiqiao.Fail(jiqiao.CodeConflict, "这项对接已是「"+t.State.Label()+"」，不能再约会议", nil)
		}
		proposed := m
		m := jiqiao.Meeting{
			Minutes: m.Minutes, Place: m.Place, Link: m.Link, ProposedBy: t.party, ProposedAt: t.now,
			Need: t.party == jiqiao.PartyNeed, Achievement: t.party == jiqiao.PartyAchievement,
		}
		m.Offer(proposed.At, proposed.Choices)
		if err := m.Validate(t.now); err != nil {
			return err
		}
		if t.Meeting != nil {
			m.Sequence = t.Meeting.Sequence + 1
		}
		t.Meeting = &m
		t.met("introduction.meeting", "introduction.meeting")
		return nil
	})
}

// met keeps an act about the meeting and tells the others.
func (t *turn) met(act, template string) {
	when := moment(&t.Meeting.At)
	t.note(jiqiao.IntroductionAct{Act: act, Note: when}, nil, map[string]any{"at": t.Meeting.At, "sequence": t.Meeting.Sequence})
	for _, to := range [...]jiqiao.Party{jiqiao.PartyNeed, jiqiao.PartyAchievement, jiqiao.PartyBroker} {
		if to != t.party {
			t.notify(to, template, map[string]string{"party": t.party.Label(), "when": when})
		}
	}
}

// Agree accepts, for the viewer's side, the proposal with the sequence, or declines it. Of several times it chooses one;
// the zero time is the one that stands.
func (s *Service) Agree(ctx context.Context, v jiqiao.Viewer, id string, sequence int, yes bool, at time.Time) (jiqiao.IntroductionView, error) {
	return s.change(ctx, v, id, func(t *turn) error {
		m := t.Meeting
		switch {
		case t.party == jiqiao.PartyBroker:
			return jiqiao.Fail(jiqiao.CodeForbidden, "会议时间由双方单位确认", nil)
		case !t.State.Open() || m == nil:
			return jiqiao.Fail(jiqiao.CodeConflict, "目前没有待确认的会议，请刷新后再看", nil)
		case m.Sequence != sequence:
			return jiqiao.Fail(jiqiao.CodeConflict, "会议时间已改为 "+moment(&m.At)+"，请刷新后再确认", nil)
		}
		if yes && !m.Choose(at) {
			return jiqiao.Invalid([]jiqiao.FieldError{{Field: "at", Message: "请从所提议的时间中选择"}})
		}
		said := &m.Need
		if t.party == jiqiao.PartyAchievement {
			said = &m.Achievement
		}
		if *said && yes {
			return errUnchanged
		}
		*said, m.AgreedAt = yes, nil
		switch {
		case !yes:
			t.met("introduction.meeting_decline", "introduction.meeting_declined")
		case m.Need && m.Achievement:
			now := t.now
			m.AgreedAt = &now
			t.met("introduction.meeting_agree", "introduction.meeting_agreed")
		default:
			t.met("introduction.meeting_agree", "introduction.meeting_accepted")
		}
		return nil
	})
}

// Undertake accepts the undertaking for the viewer's side. It is that of the introduction, whatever was published since.
func (s *Service) Undertake(ctx context.Context, v jiqiao.Viewer, id string, version int) (jiqiao.IntroductionView, error) {
	return s.change(ctx, v, id, func(t *turn) error {
		side := t.Side(t.party)
		switch {
		case side == nil:
			return jiqiao.Fail(jiqiao.CodeForbidden, "保密承诺由双方单位自己签署", nil)
		case t.Undertaking == 0:
			return jiqiao.Fail(jiqiao.CodeConflict, "这项对接不需要保密承诺", nil)
		case version != t.Undertaking:
			return jiqiao.Fail(jiqiao.CodeConflict, "保密承诺的版本不符，请重新打开并阅读后再签署", nil)
		case side.UndertakenAt != nil:
			return errUnchanged
		case !t.State.Open():
			return jiqiao.Fail(jiqiao.CodeConflict, "这项对接已是「"+t.State.Label()+"」，不需要再签署", nil)
		}
		now := t.now
		side.UndertakenAt = &now
		t.out.Acceptance = &jiqiao.Acceptance{
			IntroductionID: t.ID, Party: t.party, Version: version, User: v.User, Name: v.Name, Organisation: v.Organisation,
			Address: jiqiao.OriginOf(ctx).Address,
		}
		t.note(jiqiao.IntroductionAct{Act: "undertaking.accept"}, nil, map[string]any{"side": t.party, "version": version})
		t.open()
		t.notify(t.party.Other(), "introduction.undertaken", map[string]string{"party": t.party.Label()})
		return nil
	})
}

// Publish adds a version of the undertaking; introductions that are under way keep theirs.
func (s *Service) Publish(ctx context.Context, v jiqiao.Viewer, u jiqiao.Undertaking) (jiqiao.Undertaking, error) {
	u = jiqiao.Undertaking{Title: strings.TrimSpace(u.Title), Text: strings.TrimSpace(u.Text), PublishedBy: v.User}
	if err := u.Validate(); err != nil {
		return jiqiao.Undertaking{}, err
	}
	return u, s.o.Threads.PublishUndertaking(ctx, &u)
}

// Undertaking is the version of the undertaking, the one in force for 0.
func (s *Service) Undertaking(ctx context.Context, version int) (jiqiao.Undertaking, error) {
	u, err := s.o.Threads.Undertaking(ctx, version)
	if version != 0 || jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		return u, err
	}
	// None was ever published: the service's own is the first, and of nobody who happens to read it.
	ctx = jiqiao.WithOrigin(ctx, jiqiao.Origin{})
	u = jiqiao.Undertaking{Title: firstTitle, Text: firstText}
	err = s.o.Threads.PublishUndertaking(ctx, &u)
	if jiqiao.CodeOf(err) == jiqiao.CodeConflict { // another was quicker
		return s.o.Threads.Undertaking(ctx, 0)
	}
	return u, err
}

// Undertakings lists every version, the newest first.
func (s *Service) Undertakings(ctx context.Context) ([]jiqiao.Undertaking, error) {
	return s.o.Threads.Undertakings(ctx)
}

const firstTitle = "技术对接保密承诺书"

const firstText = `为保障本次技术对接中双方的商业秘密和技术秘密，我单位承诺：
一、对对方在本次对接中提供的、标明保密或按其性质应当保密的技术资料、经营信息和样品，仅用于评估和洽谈本次合作。
二、未经对方书面同意，不向任何第三方披露、转让或许可使用上述信息，不据此申请知识产权。
三、仅让因本次对接确需知悉的人员接触上述信息，并要求其承担同样的保密义务。
四、对接终止后，按对方要求返还或销毁所收到的资料；已经知悉的保密信息继续保密，期限自本承诺签署之日起三年，双方另有约定的从其约定。
五、下列信息不在保密之列：签署前已经公开的；非因我单位过错而公开的；我单位独立研发或从第三方合法取得的；依法律、法规或有权机关要求必须披露的。
六、违反本承诺给对方造成损失的，依法承担责任。`
