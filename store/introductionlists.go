package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"jiqiao"
)

// Introductions returns a page of introductions, without evidence, and the number of all that q finds.
func (s *Store) Introductions(ctx context.Context, q jiqiao.IntroductionQuery) (jiqiao.IntroductionPage, error) {
	q = q.Normalise()
	page := jiqiao.IntroductionPage{Items: []jiqiao.Introduction{}}
	where := introductionFilter(q)
	if err := s.reader().row(ctx, `SELECT count(*) FROM introductions WHERE `+where.String(), where.args, &page.Total); err != nil {
		return page, wrap("count introductions", err)
	}
	order, err := introductionOrder(q, where)
	if err != nil {
		return page, err
	}
	var last string
	err = s.reader().each(ctx, `SELECT `+introductionRead+`, due_at FROM introductions WHERE `+where.String()+order, append(where.args, q.Limit+1),
		func(scan func(...any) error) error {
			var (
				i   jiqiao.Introduction
				row introductionScan
				due int64
			)
			if err := scan(append(row.dest(), &due)...); err != nil {
				return err
			}
			if len(page.Items) == q.Limit {
				page.Next = last
				return nil
			}
			if err := row.decode(&i); err != nil {
				return err
			}
			if last = i.ID; q.Sort == jiqiao.IntroductionsByDue {
				last = strconv.FormatInt(due, 10) + "." + i.ID
			}
			page.Items = append(page.Items, i)
			return nil
		})
	return page, wrap("list introductions", err)
}

// conditions gathers the parts of a WHERE with their arguments.
type conditions struct {
	parts []string
	args  []any
}

func (c *conditions) and(part string, args ...any) {
	c.parts, c.args = append(c.parts, part), append(c.args, args...)
}

func (c *conditions) String() string { return strings.Join(c.parts, " AND ") }

func introductionFilter(q jiqiao.IntroductionQuery) *conditions {
	c := introductionScope(q.Scope)
	if len(q.States) > 0 {
		args := make([]any, 0, len(q.States))
		for _, s := range q.States {
			args = append(args, clean(string(s)))
		}
		c.and(`state IN (`+marks(len(args))+`)`, args...)
	}
	if q.Awaiting != "" {
		c.awaiting(q.Awaiting)
	}
	if q.AwaitingBroker != "" {
		c.and(`awaits_broker = 1 AND broker = ?`, clean(q.AwaitingBroker))
	}
	switch {
	case q.Answer == "":
	case q.Side == jiqiao.PartyNeed:
		c.and(`need_state = ?`, clean(string(q.Answer)))
	case q.Side == jiqiao.PartyAchievement:
		c.and(`achievement_state = ?`, clean(string(q.Answer)))
	default:
		c.and(`(need_state = ? OR achievement_state = ?)`, clean(string(q.Answer)), clean(string(q.Answer)))
	}
	for _, part := range []struct{ column, value string }{
		{"need_id", q.NeedID}, {"achievement_id", q.AchievementID}, {"broker", q.Broker}, {"reason", q.Reason},
	} {
		if part.value != "" {
			c.and(part.column+` = ?`, clean(part.value))
		}
	}
	c.recordsContain(q.Text, q.Scope.Organisation)
	if q.UnreadBy != "" {
		c.unread(q.UnreadBy, q.Scope)
	}
	for _, bound := range []struct {
		part string
		at   time.Time
	}{{`due_at <= ?`, q.OverdueAt}, {`due_at < ?`, q.DueBefore}, {`created_at >= ?`, q.From}, {`created_at < ?`, q.Until}} {
		if !bound.at.IsZero() {
			c.and(bound.part, micros(bound.at))
		}
	}
	return c
}

// recordsContain wants the text in the title of either record or, unless a party asks, in the name of its owner. A party finds
// nothing by what it is not shown: the other's name, or the title of a record that is no longer offered.
func (c *conditions) recordsContain(text, party string) {
	like := containing(text)
	if like == "" {
		return
	}
	const record = `EXISTS (SELECT 1 FROM records r WHERE r.id IN (introductions.need_id, introductions.achievement_id)
		AND r.deleted_at IS NULL AND r.title_key LIKE ? ESCAPE '\'`
	if party != "" {
		c.and(record+` AND (r.owner_id = ? OR r.status IN ('published', 'engaged')))`, like, clean(party))
		return
	}
	const owner = `EXISTS (SELECT 1 FROM organisations o WHERE o.id IN (introductions.need_org, introductions.achievement_org)
		AND o.name_key LIKE ? ESCAPE '\')`
	c.and(`(`+record+`) OR `+owner+`)`, like, like)
}

func (c *conditions) awaiting(organisation string) {
	org := clean(organisation)
	c.and(`(need_org = ? AND awaits_need = 1 OR achievement_org = ? AND awaits_achievement = 1)`, org, org)
}

// unread wants messages of others that the account has not seen, where it reads for a party: a side's member for the side,
// who looks after the introduction for the broker, and an operator where nobody does.
func (c *conditions) unread(user string, scope jiqiao.IntroductionScope) {
	switch {
	case scope.All:
		c.and(`broker IN (?, '')`, clean(user))
	case scope.Organisation == "":
		c.and(`broker = ?`, clean(user))
	}
	c.and(`EXISTS (SELECT 1 FROM thread_messages m WHERE m.thread_type = 'introduction' AND m.thread_id = introductions.id AND m.author <> ?
		AND m.at > coalesce((SELECT r.seen_until FROM introduction_reads r WHERE r.introduction_id = introductions.id AND r.user_id = ?), 0))`,
		clean(user), clean(user))
}

// introductionScope is what the scope reaches: nothing at all for the zero one.
func introductionScope(scope jiqiao.IntroductionScope) *conditions {
	c := &conditions{}
	if scope.All {
		c.and(`1 = 1`)
		if scope.Region != "" {
			prefix := jiqiao.RegionPrefix(clean(scope.Region)) + "%"
			// Of no place at all is everybody's.
			c.and(`(need_region LIKE ? OR achievement_region LIKE ? OR need_region = '' AND achievement_region = '')`, prefix, prefix)
		}
		return c
	}
	var reach []string
	for _, part := range []struct{ sql, value string }{
		{`need_org = ?`, scope.Organisation}, {`achievement_org = ?`, scope.Organisation},
		{`broker = ?`, scope.Broker}, {`agency = ?`, scope.Agency},
	} {
		if part.value != "" {
			reach, c.args = append(reach, part.sql), append(c.args, clean(part.value))
		}
	}
	if len(reach) == 0 {
		reach = []string{`1 = 0`}
	}
	c.parts = append(c.parts, `(`+strings.Join(reach, ` OR `)+`)`)
	return c
}

// introductionOrder adds the cursor to where and is what follows it.
func introductionOrder(q jiqiao.IntroductionQuery, where *conditions) (string, error) {
	due, id := "", q.Cursor
	if q.Sort == jiqiao.IntroductionsByDue && q.Cursor != "" {
		due, id, _ = strings.Cut(q.Cursor, ".")
	}
	after, err := strconv.ParseInt(due, 10, 64)
	if q.Cursor != "" && (!hasShape(id, introductionPrefix) || q.Sort == jiqiao.IntroductionsByDue && err != nil) {
		return "", badCursor()
	}
	switch q.Sort {
	case jiqiao.IntroductionsByDue:
		if q.Cursor != "" {
			where.and(`(due_at > ? OR due_at = ? AND id > ?)`, after, after, id)
		}
		return ` ORDER BY due_at, id LIMIT ?`, nil
	case jiqiao.IntroductionsOldest:
		if q.Cursor != "" {
			where.and(`id > ?`, id)
		}
		return ` ORDER BY id LIMIT ?`, nil
	default:
		if q.Cursor != "" {
			where.and(`id < ?`, id)
		}
		return ` ORDER BY id DESC LIMIT ?`, nil
	}
}

// CountIntroductions says how much there is to do in the scope at the instant; awaiting counts what waits for the
// organisation, or, without one, for the user as broker; unread what the user has not read.
func (s *Store) CountIntroductions(ctx context.Context, scope jiqiao.IntroductionScope, organisation, user string, now time.Time) (jiqiao.IntroductionCounts, error) {
	var n jiqiao.IntroductionCounts
	c := introductionScope(scope)
	c.and(`state IN ('invited', 'interested')`)
	awaits := `awaits_broker = 1 AND broker = ?`
	args := []any{clean(user)}
	if organisation != "" {
		awaits = `need_org = ? AND awaits_need = 1 OR achievement_org = ? AND awaits_achievement = 1`
		args = []any{clean(organisation), clean(organisation)}
	}
	args = append(append(args, micros(now)), c.args...)
	err := s.reader().row(ctx, `
		SELECT count(*), coalesce(sum(CASE WHEN `+awaits+` THEN 1 ELSE 0 END), 0),
			coalesce(sum(CASE WHEN due_at <= ? THEN 1 ELSE 0 END), 0),
			coalesce(sum(CASE WHEN state = 'interested' THEN 1 ELSE 0 END), 0)
		FROM introductions WHERE `+c.String(), args, &n.Open, &n.Awaiting, &n.Overdue, &n.Interested)
	if err != nil {
		return n, wrap("count introductions", err)
	}
	fresh := introductionScope(scope)
	fresh.unread(user, scope)
	err = s.reader().row(ctx, `SELECT count(*) FROM introductions WHERE `+fresh.String(), fresh.args, &n.Unread)
	return n, wrap("count introductions with new messages", err)
}

// IntroductionsDue lists introductions whose clock has something to do at the instant, and those with a record that is
// no longer offered, in the order of their ids after the one given.
func (s *Store) IntroductionsDue(ctx context.Context, at time.Time, after string, limit int) ([]jiqiao.DueIntroduction, error) {
	var due []jiqiao.DueIntroduction
	const gone = `(%.deleted_at IS NOT NULL OR %.status IN ('withdrawn', 'settled', 'draft'))`
	need, achievement := strings.ReplaceAll(gone, "%", "n"), strings.ReplaceAll(gone, "%", "a")
	err := s.reader().each(ctx, `
		SELECT i.id, CASE WHEN `+need+` THEN 'need' WHEN `+achievement+` THEN 'achievement' ELSE '' END,
			CASE WHEN n.deleted_at IS NOT NULL THEN '' WHEN `+need+` THEN n.status
				WHEN `+achievement+` AND a.deleted_at IS NULL THEN a.status ELSE '' END
		FROM introductions i LEFT JOIN records n ON n.id = i.need_id LEFT JOIN records a ON a.id = i.achievement_id
		WHERE i.next_at IS NOT NULL AND i.id > ? AND (i.next_at <= ? OR `+need+` OR `+achievement+`) ORDER BY i.id LIMIT ?`,
		[]any{clean(after), micros(at), limit}, func(scan func(...any) error) error {
			var d jiqiao.DueIntroduction
			err := scan(&d.ID, &d.Gone, &d.Status)
			due = append(due, d)
			return err
		})
	return due, wrap("look for introductions that are due", err)
}

// IntroductionActs is the introduction's history, the oldest first.
func (s *Store) IntroductionActs(ctx context.Context, id string) ([]jiqiao.IntroductionAct, error) {
	acts := []jiqiao.IntroductionAct{}
	err := s.reader().each(ctx, `
		SELECT id, introduction_id, at, user_id, name, party, act, state, answer, reason, note
		FROM introduction_acts WHERE introduction_id = ? ORDER BY id LIMIT ?`, []any{clean(id), maxHistory},
		func(scan func(...any) error) error {
			var (
				a  jiqiao.IntroductionAct
				at int64
			)
			err := scan(&a.ID, &a.IntroductionID, &at, &a.User, &a.Name, &a.Party, &a.Act, &a.State, &a.Answer, &a.Reason, &a.Note)
			a.At = fromMicros(at)
			acts = append(acts, a)
			return err
		})
	return acts, wrap("read the history of an introduction", err)
}

// maxHistory bounds one introduction's history; hardly one has a tenth of it.
const maxHistory = 1000
