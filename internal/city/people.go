package city

import (
	"context"
	"fmt"
	"slices"
	"time"

	"jiqiao"
)

// visit has a broker look into the queue every other day.
func (p *play) visit(b jiqiao.Viewer, at time.Time) {
	p.at(working(at), func(ctx context.Context) error {
		if err := p.workQueue(as(ctx, b), b); err != nil {
			return err
		}
		if err := p.opine(as(ctx, b), b); err != nil {
			return err
		}
		if err := p.settle(ctx); err != nil {
			return err
		}
		p.visit(b, p.Clock.Now().Add(time.Duration(24+p.rnd.IntN(48))*time.Hour))
		return nil
	})
}

// atOnce is how many candidates a broker decides on in one visit.
const atOnce = 6

// busy is the last part of the play, when brokers leave most candidates for another time and fewer sides answer, so that
// people who come to look find something to do.
const busy = 20 * 24 * time.Hour

// fresh is the very last part: a broker decides on the three best candidates a visit, so that there are invitations without
// an answer yet.
const fresh = 4 * 24 * time.Hour

// kept is how many candidates a broker leaves in the queue in the busy part.
const kept = 6

// justNow is how long before the end the last invitations go out, which nobody answers in the play.
const justNow = 26 * time.Hour

// inviteNamed has brokers introduce to each named organisation that has no invitation to answer what fits one of its
// records best, so that whoever signs in finds one, whatever chance made of the months before.
func (p *play) inviteNamed(ctx context.Context) error {
	page, err := p.Records.Introductions(ctx, openInvitations)
	if err != nil {
		return err
	}
	invited := map[string]bool{}
	for _, i := range page.Items {
		for _, side := range []jiqiao.IntroductionSide{i.Need, i.Achievement} {
			invited[side.Organisation] = invited[side.Organisation] || side.State == jiqiao.AnswerWaiting
		}
	}
	for _, pair := range p.fitting() {
		need, achievement := pair[0].Head().Owner.ID, pair[1].Head().Owner.ID
		waits := func(owner string) bool { return p.Named[owner] && !invited[owner] }
		if !waits(need) && !waits(achievement) {
			continue
		}
		b := p.Brokers[len(p.known)%len(p.Brokers)]
		made, err := p.Introductions.Invite(as(ctx, b), b, jiqiao.IntroductionInput{NeedID: pair[0].Head().ID, AchievementID: pair[1].Head().ID})
		switch jiqiao.CodeOf(err) {
		case "":
			p.known[made.ID], invited[need], invited[achievement] = true, true, true
		case jiqiao.CodeInvalid, jiqiao.CodeConflict: // no longer offered, or introduced before
		default:
			return fmt.Errorf("invite a named organisation: %w", err)
		}
	}
	return nil
}

// fitting are the pairs of need and achievement that people judged to fit, the best first.
func (p *play) fitting() [][2]jiqiao.Record {
	byLevel := map[jiqiao.Level][][2]jiqiao.Record{}
	for _, n := range p.Published {
		for _, a := range p.Published {
			if n.Record.Kind() != jiqiao.KindNeed || a.Record.Kind() != jiqiao.KindAchievement {
				continue
			}
			if level, judged := p.Fits(n.Record.Head().Title, a.Record.Head().Title); judged {
				byLevel[level] = append(byLevel[level], [2]jiqiao.Record{n.Record, a.Record})
			}
		}
	}
	return slices.Concat(byLevel[jiqiao.LevelStrong], byLevel[jiqiao.LevelFair], byLevel[jiqiao.LevelWeak])
}

func (p *play) workQueue(ctx context.Context, b jiqiao.Viewer) error {
	q := jiqiao.CandidateQuery{Broker: b.User, States: []jiqiao.CandidateState{jiqiao.CandidateOpen}, Limit: atOnce}
	later := 0.15
	switch left := p.Until.Sub(p.Clock.Now()); {
	case left < fresh:
		q.Sort, q.Limit = jiqiao.CandidatesByScore, 3
	case left < busy:
		later = 0.95
	}
	page, err := p.Desk.List(ctx, b, q)
	if err != nil {
		return err
	}
	if p.Until.Sub(p.Clock.Now()) < busy {
		page.Items = page.Items[:min(len(page.Items), max(0, page.Total-kept))]
	}
	for _, c := range page.Items {
		if p.chance(later) { // another time
			continue
		}
		if p.chance(0.04) {
			if _, err := p.Desk.Ask(ctx, b, c.ID, jiqiao.KindNeed, "请补充目标指标的测试条件和现有工艺的水平，便于判断成果是否合适。"); err != nil {
				return fmt.Errorf("ask about a candidate: %w", err)
			}
			continue
		}
		if _, err := p.Desk.Decide(ctx, b, p.judge(c)); err != nil && jiqiao.CodeOf(err) != jiqiao.CodeConflict {
			return fmt.Errorf("decide on a candidate: %w", err)
		}
	}
	return nil
}

// opine gives the second opinions that a broker is asked for.
func (p *play) opine(ctx context.Context, b jiqiao.Viewer) error {
	asked, err := p.Desk.Opinions(ctx, b)
	if err != nil {
		return err
	}
	for _, o := range asked {
		if p.chance(0.1) { // another time
			continue
		}
		d := p.judge(o.Candidate)
		accepts := (d.Verb == jiqiao.QueueAccept) != p.chance(0.15) // people differ
		d = jiqiao.QueueDecision{CandidateID: o.CandidateID, Verb: jiqiao.QueueAccept}
		if !accepts {
			d.Verb, d.Reason = jiqiao.QueueReject, "metrics"
		}
		if err := p.Desk.GiveOpinion(ctx, b, d); err != nil && jiqiao.CodeOf(err) != jiqiao.CodeConflict {
			return fmt.Errorf("give a second opinion: %w", err)
		}
	}
	return nil
}

// judge is what a broker thinks of a candidate: the sample's own judgement where there is one.
func (p *play) judge(c jiqiao.Candidate) jiqiao.QueueDecision {
	d := jiqiao.QueueDecision{CandidateID: c.ID, Verb: jiqiao.QueueReject}
	level, judged := p.Fits(c.Need, c.Achievement)
	if !judged {
		level = c.Level
		if p.chance(0.5) {
			level--
		}
	}
	switch {
	case level >= jiqiao.LevelFair:
		d.Verb = jiqiao.QueueAccept
	case level == jiqiao.LevelWeak && p.chance(0.15):
		d.Verb, d.Until = jiqiao.QueueDefer, jiqiao.DayOf(p.Clock.Now().AddDate(0, 0, 14))
	case level == jiqiao.LevelWeak:
		d.Reason = of(p, "metrics", "immature", "metrics", "cost", "unclear")
	default:
		d.Reason = of(p, "field", "field", "no_advantage")
	}
	return d
}

// settle does the jobs that are due, once what was accepted becomes an introduction, and notices what came of them.
func (p *play) settle(ctx context.Context) error {
	p.Clock.Set(p.Clock.Now().Add(10 * time.Minute))
	if err := p.Work(ctx); err != nil {
		return err
	}
	if err := p.noticeIntroductions(ctx); err != nil {
		return err
	}
	return p.noticeDeals(ctx)
}

// openInvitations are those that a side has not answered yet.
var openInvitations = jiqiao.IntroductionQuery{
	Scope: jiqiao.IntroductionScope{All: true}, States: []jiqiao.IntroductionState{jiqiao.IntroductionInvited}, Limit: jiqiao.MaxPageSize,
}

func (p *play) noticeIntroductions(ctx context.Context) error {
	page, err := p.Records.Introductions(ctx, openInvitations)
	if err != nil {
		return err
	}
	for _, i := range page.Items {
		if p.known[i.ID] {
			continue
		}
		p.known[i.ID] = true
		answers := 0.85
		switch left := p.Until.Sub(p.Clock.Now()); {
		case left < fresh:
			answers = 0.1
		case left < busy:
			answers = 0.4
		}
		level, _ := p.Fits(i.Need.Title, i.Achievement.Title)
		for _, side := range []jiqiao.IntroductionSide{i.Need, i.Achievement} {
			if member, ok := p.Members[side.Organisation]; ok && p.chance(answers) {
				p.in(0.2+p.rnd.ExpFloat64()*2.5, func(ctx context.Context) error { return p.answer(ctx, member, i.ID, level) })
			}
		}
	}
	return nil
}

// answer is what a side says to an invitation.
func (p *play) answer(ctx context.Context, member jiqiao.Viewer, id string, level jiqiao.Level) error {
	ctx = as(ctx, member)
	view, err := p.Introductions.Introduction(ctx, member, id)
	if err != nil {
		return fmt.Errorf("read an introduction: %w", err)
	}
	a := jiqiao.Answer{Version: view.Version, Answer: jiqiao.AnswerInterested}
	if !p.chance(0.5 + 0.1*float64(level)) {
		a.Answer = jiqiao.AnswerDeclined
		a.Reason = of(p, "metrics", "cost", "immature", "changed", "no_advantage")
		a.Note = of(p, "指标与我们的工况有差距。", "目前成本还难以接受。", "希望看到中试数据后再谈。")
	}
	_, err = p.Introductions.Answer(ctx, member, id, a)
	switch jiqiao.CodeOf(err) {
	case "", jiqiao.CodeConflict: // the other side declined, or the time ran out
	default:
		return fmt.Errorf("answer an introduction: %w", err)
	}
	if err == nil && a.Answer == jiqiao.AnswerInterested && p.chance(0.5) {
		if _, err := p.Introductions.Say(ctx, member, id, jiqiao.ThreadMessage{Text: of(p, "希望先看一下测试报告和样品。", "可以安排现场看一看工艺。", "请介绍一下已有的应用情况。")}); err != nil &&
			jiqiao.CodeOf(err) != jiqiao.CodeConflict {
			return fmt.Errorf("write in an introduction: %w", err)
		}
		p.readLater(view, member)
	}
	return p.settle(ctx)
}

// readLater has the broker, and then the other side, read what the member wrote in the days after it.
func (p *play) readLater(i jiqiao.IntroductionView, member jiqiao.Viewer) {
	readers := slices.DeleteFunc(slices.Clone(p.Brokers), func(b jiqiao.Viewer) bool { return b.User != i.Broker })
	for _, side := range []jiqiao.IntroductionSide{i.Need, i.Achievement} {
		if other, ok := p.Members[side.Organisation]; ok && side.Organisation != member.Organisation {
			readers = append(readers, other)
		}
	}
	for n, reader := range readers {
		p.in(float64(n)+0.5, func(ctx context.Context) error { return p.Introductions.Read(as(ctx, reader), reader, i.ID, "") })
	}
}
