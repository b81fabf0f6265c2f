package introduction

import (
	"context"
	"fmt"

	"jiqiao"
)

// reached is the introduction, for who may read it; CodeNotFound for others, who learn nothing.
func (s *Service) reached(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Introduction, error) {
	i, err := s.o.Store.Introduction(ctx, id)
	if err != nil {
		return i, err
	}
	if !sees(v, &i) {
		return jiqiao.Introduction{}, errHidden
	}
	return i, nil
}

// Introduction is the introduction as the viewer may see it.
func (s *Service) Introduction(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.IntroductionView, error) {
	i, err := s.reached(ctx, v, id)
	if err != nil {
		return jiqiao.IntroductionView{}, err
	}
	shown, err := s.show(ctx, v, []jiqiao.Introduction{i})
	if err != nil {
		return jiqiao.IntroductionView{}, err
	}
	return shown[0], s.addContacts(ctx, &shown[0], &i)
}

// Introductions is a page of introductions as the viewer may see them, without contacts and evidence.
func (s *Service) Introductions(ctx context.Context, v jiqiao.Viewer, q jiqiao.IntroductionQuery) (jiqiao.IntroductionViewPage, error) {
	q.Scope = scopeOf(v)
	page, err := s.o.Store.Introductions(ctx, q)
	if err != nil {
		return jiqiao.IntroductionViewPage{}, err
	}
	items, err := s.show(ctx, v, page.Items)
	return jiqiao.IntroductionViewPage{Total: page.Total, Items: items, Next: page.Next}, err
}

// Count says how much there is for the viewer to do.
func (s *Service) Count(ctx context.Context, v jiqiao.Viewer) (jiqiao.IntroductionCounts, error) {
	organisation := ""
	if v.May(jiqiao.PermIntroductionAnswer) {
		organisation = v.Organisation
	}
	return s.o.Store.CountIntroductions(ctx, scopeOf(v), organisation, v.User, s.now().UTC())
}

// show makes views of introductions that the viewer may read, with one query for each side's records.
func (s *Service) show(ctx context.Context, v jiqiao.Viewer, list []jiqiao.Introduction) ([]jiqiao.IntroductionView, error) {
	calendar, policy, err := s.clock(ctx)
	if err != nil {
		return nil, err
	}
	needs, achievements := make([]string, len(list)), make([]string, len(list))
	for n, i := range list {
		needs[n], achievements[n] = i.NeedID, i.AchievementID
	}
	unread, err := s.unread(ctx, v, list)
	if err != nil {
		return nil, err
	}
	records := map[string]jiqiao.Record{}
	for kind, ids := range map[jiqiao.Kind][]string{jiqiao.KindNeed: needs, jiqiao.KindAchievement: achievements} {
		found, err := s.o.Records.GetMany(ctx, kind, ids)
		if err != nil {
			return nil, fmt.Errorf("read the records of introductions: %w", err)
		}
		for _, rec := range found {
			records[rec.Head().ID] = rec
		}
	}
	views := make([]jiqiao.IntroductionView, len(list))
	for n, i := range list {
		t := &turn{Introduction: &i, v: v, party: partyOf(v, &i), now: s.now().UTC(), calendar: calendar, policy: policy}
		views[n] = t.view(records[i.NeedID], records[i.AchievementID])
		views[n].Unread = unread[i.ID]
	}
	return views, nil
}

// unread counts what the viewer has not read of those introductions in which others expect it.
func (s *Service) unread(ctx context.Context, v jiqiao.Viewer, list []jiqiao.Introduction) (map[string]int, error) {
	var ids []string
	for n := range list {
		if readerOf(v, &list[n]) != "" {
			ids = append(ids, list[n].ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return s.o.Threads.ThreadsUnread(ctx, v.User, ids)
}

// view is the introduction as the viewer may see it; the records may be nil.
func (t *turn) view(need, achievement jiqiao.Record) jiqiao.IntroductionView {
	view := jiqiao.IntroductionView{
		Introduction: *t.Introduction, StateLabel: t.State.Label(), Party: t.party, Awaited: t.awaited(), May: t.may(),
		NeedRecord: t.record(jiqiao.PartyNeed, need), AchievementRecord: t.record(jiqiao.PartyAchievement, achievement),
		Shown: t.Evidence,
	}
	switch t.party {
	case jiqiao.PartyNeed:
		view.Shown = or(t.NeedEvidence, t.Evidence)
		t.hide(&view.Achievement, achievement, view.AchievementRecord)
	case jiqiao.PartyAchievement:
		view.Shown = or(t.AchievementEvidence, t.Evidence)
		t.hide(&view.Need, need, view.NeedRecord)
	}
	if due := t.DueAt(); due != nil && t.State == jiqiao.IntroductionInvited {
		view.Overdue = !t.now.Before(*due)
		view.Warning = t.calendar.Warning(jiqiao.DayOf(t.now), jiqiao.DayOf(*due))
	}
	return view
}

func or(m, otherwise *jiqiao.Match) *jiqiao.Match {
	if m != nil {
		return m
	}
	return otherwise
}

// record is the record as the viewer may see it. Being invited shows a side as much of the other's record as the public
// would see were it published, of one that is for brokers alone its outline without the owner.
func (t *turn) record(p jiqiao.Party, rec jiqiao.Record) jiqiao.Record {
	if rec == nil {
		return nil
	}
	if t.party != p.Other() || t.party == jiqiao.PartyBroker || t.v.Access().SeesDetail(rec) {
		return t.v.Show(rec)
	}
	shown := withDisclosure(rec, invitedTo(rec.Head().Disclosure))
	shown = t.v.Show(shown)
	if h := shown.Head(); h.Disclosure != rec.Head().Disclosure {
		h.Disclosure = rec.Head().Disclosure
	}
	return shown
}

// invitedTo is how a record is shown to who is invited to it.
func invitedTo(d jiqiao.Disclosure) jiqiao.Disclosure {
	if d.Offered() {
		return d
	}
	return jiqiao.DisclosureSummaryAnonymous
}

func withDisclosure(rec jiqiao.Record, d jiqiao.Disclosure) jiqiao.Record {
	var c jiqiao.Record
	switch r := rec.(type) {
	case *jiqiao.Need:
		n := *r
		c = &n
	case *jiqiao.Achievement:
		a := *r
		c = &a
	default:
		return rec
	}
	c.Head().Disclosure = d
	return c
}

// hide takes out of the other side what its own members alone know: who answered; and, of an owner that stays anonymous,
// which organisation it is.
func (t *turn) hide(s *jiqiao.IntroductionSide, rec, shown jiqiao.Record) {
	s.AnsweredBy, s.AnsweredName, s.Nudges, s.Changed = "", "", 0, 0
	if shown == nil {
		s.Title, s.Organisation = "", ""
		return
	}
	s.Title = shown.Head().Title
	if shown.Head().Owner.ID != rec.Head().Owner.ID && t.ContactsExchangedAt == nil {
		s.Organisation = ""
	}
}

// awaited is of whom something is awaited, each once.
func (t *turn) awaited() []jiqiao.Party {
	found := []jiqiao.Party{}
	if t.State != jiqiao.IntroductionInvited {
		return found
	}
	for _, p := range sides {
		if late := t.Side(p).Awaited(p); late != "" && (len(found) == 0 || found[0] != late) {
			found = append(found, late)
		}
	}
	return found
}

// may lists what the viewer may do now.
func (t *turn) may() []jiqiao.IntroductionVerb {
	verbs := []jiqiao.IntroductionVerb{}
	if t.party == "" || !t.State.Open() {
		return verbs
	}
	side := t.Side(t.party)
	add := func(when bool, verb jiqiao.IntroductionVerb) {
		if when {
			verbs = append(verbs, verb)
		}
	}
	add(side != nil && t.State == jiqiao.IntroductionInvited && side.State.May(jiqiao.AnswerDeclined), jiqiao.IntroductionAnswer)
	add(true, jiqiao.IntroductionSay)
	add(true, jiqiao.IntroductionMeet)
	add(side != nil && t.Meeting != nil && t.Meeting.AgreedAt == nil &&
		(t.party == jiqiao.PartyNeed && !t.Meeting.Need || t.party == jiqiao.PartyAchievement && !t.Meeting.Achievement), jiqiao.IntroductionAgree)
	add(side != nil && t.Undertaking > 0 && side.UndertakenAt == nil, jiqiao.IntroductionUndertake)
	add(side == nil && len(t.awaited()) > 0, jiqiao.IntroductionRemind)
	add(side == nil, jiqiao.IntroductionHand)
	add(side == nil, jiqiao.IntroductionClose)
	return verbs
}

// addContacts shows a side the contact of the other, once contacts were exchanged: that of its record, else that of the
// organisation.
func (s *Service) addContacts(ctx context.Context, view *jiqiao.IntroductionView, i *jiqiao.Introduction) error {
	if i.ContactsExchangedAt == nil || view.Party == jiqiao.PartyBroker || view.Party == "" {
		return nil
	}
	other := view.Party.Other()
	org, err := s.o.Records.GetOrganisation(ctx, i.Side(other).Organisation)
	if err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		return fmt.Errorf("read the other side: %w", err)
	}
	found := &jiqiao.ExchangedContact{Organisation: org.Name, Contact: org.Contact}
	rec, err := s.o.Records.Get(ctx, jiqiao.Kind(other), i.RecordID(other))
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
	case err != nil:
		return fmt.Errorf("read the other side's record: %w", err)
	case rec.Head().Contact != jiqiao.Contact{}:
		found.Contact = rec.Head().Contact
	}
	view.Contacts = found
	return nil
}

// History is what happened, the oldest first, as the viewer may see it: a side does not learn who acts on the other.
func (s *Service) History(ctx context.Context, v jiqiao.Viewer, id string) ([]jiqiao.IntroductionAct, error) {
	i, err := s.reached(ctx, v, id)
	if err != nil {
		return nil, err
	}
	acts, err := s.o.Store.IntroductionActs(ctx, id)
	if err != nil {
		return nil, err
	}
	for n := range acts {
		if hidden(v, &i, acts[n].Party) {
			acts[n].User, acts[n].Name = "", ""
		}
	}
	return acts, nil
}

// hidden reports whether who acts for the party is kept from the viewer: the other side's people, before contacts are
// exchanged.
func hidden(v jiqiao.Viewer, i *jiqiao.Introduction, p jiqiao.Party) bool {
	own := partyOf(v, i)
	return i.ContactsExchangedAt == nil && i.Side(own) != nil && p == own.Other()
}

// Thread is a page of the introduction's messages in the order, "oldest" or "newest" first.
func (s *Service) Thread(ctx context.Context, v jiqiao.Viewer, id, order, cursor string, limit int) (jiqiao.ThreadPage, error) {
	i, err := s.reached(ctx, v, id)
	if err != nil {
		return jiqiao.ThreadPage{}, err
	}
	page, err := s.o.Threads.Thread(ctx, i.Ref(), order, cursor, limit)
	if err != nil {
		return page, err
	}
	seen, err := s.o.Threads.ThreadSeen(ctx, id)
	if err != nil {
		return page, err
	}
	for n := range page.Items {
		m := &page.Items[n]
		if hidden(v, &i, m.Party) {
			m.Author, m.Name, m.Organisation = "", "", ""
		}
		for _, p := range jiqiao.Parties {
			if until, ok := seen[p]; ok && p != m.Party && !until.Before(m.At) {
				m.ReadBy = append(m.ReadBy, p)
			}
		}
	}
	return page, nil
}

// Read notes that the viewer has read the thread up to the message, "" for all there is. Of who only looks on nothing is
// noted.
func (s *Service) Read(ctx context.Context, v jiqiao.Viewer, id, message string) error {
	i, err := s.reached(ctx, v, id)
	if err != nil {
		return err
	}
	party := readerOf(v, &i)
	if party == "" {
		return nil
	}
	e := eventOf("read", &i)
	e.Data = map[string]string{"party": string(party)}
	return s.o.Threads.ReadThread(ctx, jiqiao.ThreadRead{Introduction: i.ID, User: v.User, Party: party, Message: message}, e)
}

// Acceptances is who accepted the introduction's undertaking; before contacts are exchanged without the other side's
// people.
func (s *Service) Acceptances(ctx context.Context, v jiqiao.Viewer, id string) ([]jiqiao.Acceptance, error) {
	i, err := s.reached(ctx, v, id)
	if err != nil {
		return nil, err
	}
	found, err := s.o.Threads.Acceptances(ctx, id)
	if err != nil {
		return nil, err
	}
	for n := range found {
		found[n].Address = "" // kept as evidence, shown to nobody here
		if hidden(v, &i, found[n].Party) {
			found[n].User, found[n].Name, found[n].Organisation = "", "", ""
		}
	}
	return found, nil
}
