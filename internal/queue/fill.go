package queue

import (
	"context"
	"fmt"
	"strings"

	"jiqiao"
)

// anyBroker is what every broker sees of records.
var anyBroker = jiqiao.Viewer{User: "u_", Role: jiqiao.RoleBroker}

// Fill handles a job of the kind jiqiao.JobCandidates, whose key is a record's id: what the record matches comes into the
// queues, or, when the record is no longer offered, what it had leaves them.
func (s *Service) Fill(ctx context.Context, j jiqiao.Job) error {
	kind, ok := kindOf(j.Key)
	if !ok {
		return jiqiao.Fail(jiqiao.CodeInvalid, "任务没有写明记录的编号", nil)
	}
	rec, err := s.o.Records.Get(ctx, kind, j.Key)
	if err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		return fmt.Errorf("read the record: %w", err)
	}
	if err == nil && rec.Head().Status == jiqiao.StatusEngaged {
		return nil // talks with one leave the others' candidates as they are
	}
	if err != nil || !s.offered(rec) {
		n, err := s.o.Store.ExpireCandidates(ctx, kind, j.Key)
		if n > 0 {
			s.o.Log.Info("candidates expired", "record", j.Key, "expired", n)
		}
		return err
	}
	rules, _, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	found, err := s.find(ctx, rec, rules)
	if err != nil {
		return err
	}
	return s.fill(ctx, kind, rec, found, rules)
}

func (s *Service) fill(ctx context.Context, kind jiqiao.Kind, rec jiqiao.Record, found []jiqiao.Candidate, rules jiqiao.QueueRules) error {
	st, err := s.staff(ctx)
	if err != nil {
		return err
	}
	var about jiqiao.Candidate
	describe(&about, rec)
	due, err := s.due(ctx, rules.ResponseDays)
	if err != nil {
		return err
	}
	done, err := s.o.Store.FillCandidates(ctx, kind, about, found, weekStart(s.o.Now()), placer(st, rules, due))
	if err != nil {
		return err
	}
	if done.Added > 0 || done.Placed > 0 {
		s.o.Log.Info("queues filled", "record", rec.Head().ID, "added", done.Added, "placed", done.Placed, "waiting", done.Waiting)
	}
	return nil
}

func kindOf(id string) (jiqiao.Kind, bool) {
	switch {
	case strings.HasPrefix(id, "n_"):
		return jiqiao.KindNeed, true
	case strings.HasPrefix(id, "a_"):
		return jiqiao.KindAchievement, true
	}
	return "", false
}

// offered reports whether brokers are to find partners for the record.
func (s *Service) offered(rec jiqiao.Record) bool {
	h := rec.Head()
	return h.Status == jiqiao.StatusPublished && anyBroker.Sees(rec) && !h.ValidUntil.Passed(jiqiao.DayOf(s.o.Now()))
}

// find is what of the record's best matches the rules let in.
func (s *Service) find(ctx context.Context, rec jiqiao.Record, rules jiqiao.QueueRules) ([]jiqiao.Candidate, error) {
	q := jiqiao.MatchQuery{Filter: anyBroker.Narrow(jiqiao.Filter{Statuses: []jiqiao.Status{jiqiao.StatusPublished}}), Limit: rules.PerRecord, Brief: true}
	list, err := s.o.Matcher.Match(ctx, rec, q)
	if err != nil {
		return nil, fmt.Errorf("match the record: %w", err)
	}
	if list.Abstained {
		return nil, nil
	}
	var found []jiqiao.Candidate
	for _, m := range list.Matches {
		if m.Record == nil || !s.offered(m.Record) || !admits(rules, &m) {
			continue
		}
		c := jiqiao.Candidate{
			NeedID: m.NeedID, AchievementID: m.AchievementID, Score: m.Score, Level: m.Level, Probabilities: m.Probabilities,
			Model: m.Model, Source: jiqiao.SourceMatch,
		}
		describe(&c, rec)
		describe(&c, m.Record)
		found = append(found, c)
	}
	return found, nil
}

// admits reports whether a match is good enough for the queue.
func admits(rules jiqiao.QueueRules, m *jiqiao.Match) bool {
	good := m.Probabilities[jiqiao.LevelFair-1] + m.Probabilities[jiqiao.LevelStrong-1]
	return m.Level >= rules.MinLevel || good > 0 && good >= rules.MinProbability
}

// describe fills in the record's side of a candidate, as brokers may see it.
func describe(c *jiqiao.Candidate, rec jiqiao.Record) {
	h, shown := rec.Head(), anyBroker.Show(rec).Head()
	if rec.Kind() == jiqiao.KindNeed {
		c.NeedID, c.Need, c.Enterprise, c.NeedOwner = h.ID, shown.Title, shown.Owner.Name, h.Owner.ID
		c.Fields, c.Region = h.Fields, h.Region
		return
	}
	c.AchievementID, c.Achievement, c.Organisation, c.AchievementOwner = h.ID, shown.Title, shown.Owner.Name, h.Owner.ID
}

// Refill handles a job of the kind jiqiao.JobRefill: every published record is matched anew, each by a job of its own.
func (s *Service) Refill(ctx context.Context, _ jiqiao.Job) error {
	n, err := s.o.Store.RefillCandidates(ctx)
	if err != nil {
		return err
	}
	s.o.Log.Info("all records come into the queues anew", "records", n)
	return nil
}

// Sweep handles a job of the kind jiqiao.JobSweep: deferred candidates whose day has come are open again, and waiting
// ones go to brokers who have room.
func (s *Service) Sweep(ctx context.Context, _ jiqiao.Job) error {
	rules, _, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	st, err := s.staff(ctx)
	if err != nil {
		return err
	}
	now := s.o.Now()
	due, err := s.due(ctx, rules.ResponseDays)
	if err != nil {
		return err
	}
	for {
		n, err := s.o.Store.ResumeCandidates(ctx, jiqiao.DayOf(now), due)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		s.o.Log.Info("deferred candidates are open again", "candidates", n)
	}
	for cursor := ""; ; {
		done, next, err := s.o.Store.PlaceWaiting(ctx, cursor, weekStart(now), placer(st, rules, due))
		if err != nil {
			return err
		}
		if done.Placed > 0 {
			s.o.Log.Info("waiting candidates placed", "placed", done.Placed)
		}
		if cursor = next; cursor == "" {
			return nil
		}
	}
}

// Assigned handles a job of the kind jiqiao.JobAssigned, whose key is an assignment that is done: what it recommends comes
// into the queues of the brokers that it names.
func (s *Service) Assigned(ctx context.Context, j jiqiao.Job) error {
	rules, _, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	st, err := s.staff(ctx)
	if err != nil {
		return err
	}
	ids := map[string]string{} // by name; a name of two is nobody's
	for _, b := range st.all {
		if _, two := ids[b.Name]; two {
			ids[b.Name] = unknownBroker
			continue
		}
		ids[b.Name] = b.ID
	}
	var placed []jiqiao.AssignmentItem
	err = s.o.Store.EachAssignmentItem(ctx, j.Key, jiqiao.AssignmentItemQuery{Outcome: jiqiao.OutcomePlaced}, func(item jiqiao.AssignmentItem) error {
		if item.Broker != "" {
			placed = append(placed, item)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for start := 0; start < len(placed); { // items come by need
		end := start + 1
		for end < len(placed) && placed[end].NeedID == placed[start].NeedID {
			end++
		}
		if err := s.assign(ctx, placed[start:end], ids, rules); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// unknownBroker stands for an account that is not there.
const unknownBroker = "-"

// assign brings one need's recommendations into the queues.
func (s *Service) assign(ctx context.Context, items []jiqiao.AssignmentItem, ids map[string]string, rules jiqiao.QueueRules) error {
	needID := items[0].NeedID
	need, err := s.o.Records.Get(ctx, jiqiao.KindNeed, needID)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound || err == nil && !s.offered(need) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the need: %w", err)
	}
	results, err := s.o.Store.MatchResults(ctx, jiqiao.KindNeed, needID, jiqiao.MaxPageSize)
	if err != nil {
		return err
	}
	scored := map[string]jiqiao.MatchResult{}
	for _, r := range results {
		scored[r.AchievementID] = r
	}
	var others []string
	broker := map[string]jiqiao.AssignmentItem{}
	for _, item := range items {
		others = append(others, item.AchievementID)
		broker[item.AchievementID] = item
	}
	recs, err := s.o.Records.GetMany(ctx, jiqiao.KindAchievement, others)
	if err != nil {
		return fmt.Errorf("read achievements: %w", err)
	}
	var found []jiqiao.Candidate
	for _, rec := range recs {
		if !s.offered(rec) {
			continue
		}
		item, r := broker[rec.Head().ID], scored[rec.Head().ID]
		c := jiqiao.Candidate{Score: item.Score, Level: item.Level, Probabilities: r.Probabilities, Model: r.Model, Source: jiqiao.SourceAssignment}
		if c.Broker = ids[item.Broker]; c.Broker == "" {
			c.Broker = unknownBroker
		}
		describe(&c, need)
		describe(&c, rec)
		found = append(found, c)
	}
	return s.fill(ctx, jiqiao.KindNeed, need, found, rules)
}
