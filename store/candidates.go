package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jiqiao"
)

const (
	candidatePrefix = "k_"
	candidateLabel  = "这条候选"
)

// candidateColumns are in the order of scanCandidate and candidateArgs.
const candidateColumns = `id, need_id, achievement_id, need, achievement, enterprise, organisation, need_owner, achievement_owner,
	fields, region, score, level, p1, p2, p3, p4, model, source, state, broker, agency, waiting, queued_at, due_at, defer_until,
	decided_at, decided_by, reason, note, decision_id, introduction_id, lease_user, lease_until, questions, answers, need_wish,
	achievement_wish, version, created_at, updated_at`

// scanCandidate reads a row of candidateColumns; what stands before it in the row goes into lead.
func scanCandidate(scan func(...any) error, lead ...any) (jiqiao.Candidate, error) {
	var (
		c                                     jiqiao.Candidate
		fields, leaseUser                     string
		queued, due, leased, created, updated int64
		decided, needWish, achievementWish    *int64
	)
	p := &c.Probabilities
	err := scan(append(lead, &c.ID, &c.NeedID, &c.AchievementID, &c.Need, &c.Achievement, &c.Enterprise, &c.Organisation, &c.NeedOwner,
		&c.AchievementOwner, &fields, &c.Region, &c.Score, &c.Level, &p[0], &p[1], &p[2], &p[3], &c.Model, &c.Source, &c.State,
		&c.Broker, &c.Agency, &c.Waiting, &queued, &due, &c.DeferUntil, &decided, &c.DecidedBy, &c.Reason, &c.Note, &c.DecisionID,
		&c.IntroductionID, &leaseUser, &leased, &c.Questions, &c.Answers, &needWish, &achievementWish, &c.Version,
		&created, &updated)...)
	if err != nil {
		return c, err
	}
	c.LevelLabel, c.StateLabel = c.Level.Label(), c.State.Label()
	c.Fields = splitFields(fields)
	c.QueuedAt, c.DueAt, c.DecidedAt = fromMicros(queued), fromMicros(due), fromMicrosOrNil(decided)
	c.NeedWish, c.AchievementWish = fromMicrosOrNil(needWish), fromMicrosOrNil(achievementWish)
	c.CreatedAt, c.UpdatedAt = fromMicros(created), fromMicros(updated)
	if leaseUser != "" {
		c.Lease = &jiqiao.Lease{User: leaseUser, Until: fromMicros(leased)}
	}
	return c, nil
}

// joinFields puts each code between commas, so that LIKE finds a code, and everything below it, by what it begins with.
func joinFields(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return clean("," + strings.Join(codes, ",") + ",")
}

func splitFields(text string) []string {
	if text = strings.Trim(text, ","); text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// freed leaves a lease out that has ended.
func (s *Store) freed(c *jiqiao.Candidate) {
	if c.Lease != nil && !c.Lease.Until.After(s.clock()) {
		c.Lease = nil
	}
}

// Candidate returns one; CodeNotFound when there is none.
func (s *Store) Candidate(ctx context.Context, id string) (jiqiao.Candidate, error) {
	if !hasShape(id, candidatePrefix) {
		return jiqiao.Candidate{}, notFound(candidateLabel)
	}
	c, err := s.reader().oneCandidate(ctx, `id = ?`, id)
	s.freed(&c)
	return c, wrap("get a candidate", err)
}

// CandidateOf returns that of the pair; CodeNotFound when there is none.
func (s *Store) CandidateOf(ctx context.Context, needID, achievementID string) (jiqiao.Candidate, error) {
	c, err := s.reader().oneCandidate(ctx, `need_id = ? AND achievement_id = ?`, clean(needID), clean(achievementID))
	s.freed(&c)
	return c, wrap("get a pair's candidate", err)
}

func (s session) oneCandidate(ctx context.Context, where string, args ...any) (jiqiao.Candidate, error) {
	rows, err := s.query(ctx, `SELECT `+candidateColumns+` FROM candidates WHERE `+where, args)
	if err != nil {
		return jiqiao.Candidate{}, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return jiqiao.Candidate{}, err
		}
		return jiqiao.Candidate{}, notFound(candidateLabel)
	}
	c, err := scanCandidate(rows.Scan)
	return c, errors.Join(err, rows.Close())
}

// lockCandidate reads a candidate that no other transaction can change before this one ends.
func (t *tx) lockCandidate(ctx context.Context, id string) (jiqiao.Candidate, error) {
	if !hasShape(id, candidatePrefix) {
		return jiqiao.Candidate{}, notFound(candidateLabel)
	}
	// A write of nothing is the lock that both databases have.
	if _, err := t.exec(ctx, `UPDATE candidates SET version = version WHERE id = ?`, id); err != nil {
		return jiqiao.Candidate{}, err
	}
	c, err := t.oneCandidate(ctx, `id = ?`, id)
	if err == nil && c.Lease != nil && !c.Lease.Until.After(t.now) {
		c.Lease = nil
	}
	return c, err
}

// saveCandidate writes what can change of a locked candidate as its next version.
func (t *tx) saveCandidate(ctx context.Context, c *jiqiao.Candidate) error {
	c.Version++
	c.UpdatedAt = t.now
	c.LevelLabel, c.StateLabel = c.Level.Label(), c.State.Label()
	leaseUser, leased := "", int64(0)
	if c.Lease != nil {
		leaseUser, leased = c.Lease.User, micros(c.Lease.Until)
	}
	p := c.Probabilities
	_, err := t.exec(ctx, `
		UPDATE candidates SET need = ?, achievement = ?, enterprise = ?, organisation = ?, need_owner = ?, achievement_owner = ?,
			fields = ?, region = ?, score = ?, level = ?, p1 = ?, p2 = ?, p3 = ?, p4 = ?, model = ?, source = ?, state = ?, broker = ?,
			agency = ?, waiting = ?, queued_at = ?, due_at = ?, defer_until = ?, decided_at = ?, decided_by = ?, reason = ?, note = ?,
			decision_id = ?, introduction_id = ?, lease_user = ?, lease_until = ?, questions = ?, answers = ?, need_wish = ?,
			achievement_wish = ?, version = ?, updated_at = ?
		WHERE id = ?`,
		clean(c.Need), clean(c.Achievement), clean(c.Enterprise), clean(c.Organisation), c.NeedOwner, c.AchievementOwner,
		joinFields(c.Fields), clean(c.Region), c.Score, int(c.Level), p[0], p[1], p[2], p[3], clean(c.Model), string(c.Source),
		string(c.State), clean(c.Broker), clean(c.Agency), clean(c.Waiting), micros(c.QueuedAt), micros(c.DueAt), clean(string(c.DeferUntil)),
		microsOrNil(c.DecidedAt), clean(c.DecidedBy), clean(c.Reason), clean(c.Note), c.DecisionID, c.IntroductionID,
		leaseUser, leased, c.Questions, c.Answers, microsOrNil(c.NeedWish), microsOrNil(c.AchievementWish), c.Version, micros(c.UpdatedAt), c.ID)
	return err
}

// insertCandidate adds a candidate that has its state and queue, and gives it an ID.
func (t *tx) insertCandidate(ctx context.Context, c *jiqiao.Candidate) error {
	c.ID, c.Version, c.CreatedAt, c.UpdatedAt = t.ids.next(candidatePrefix), 1, t.now, t.now
	c.LevelLabel, c.StateLabel = c.Level.Label(), c.State.Label()
	t.touch(jiqiao.Ref{Type: "candidate", ID: c.ID})
	p := c.Probabilities
	_, err := t.exec(ctx, `INSERT INTO candidates (`+candidateColumns+`, placed_at) VALUES (`+marks(42)+`)`,
		c.ID, clean(c.NeedID), clean(c.AchievementID), clean(c.Need), clean(c.Achievement), clean(c.Enterprise), clean(c.Organisation),
		c.NeedOwner, c.AchievementOwner, joinFields(c.Fields), clean(c.Region), c.Score, int(c.Level), p[0], p[1], p[2], p[3],
		clean(c.Model), string(c.Source), string(c.State), clean(c.Broker), clean(c.Agency), clean(c.Waiting), micros(c.QueuedAt),
		micros(c.DueAt), "", nil, "", "", "", "", "", "", 0, 0, 0, microsOrNil(c.NeedWish), microsOrNil(c.AchievementWish), c.Version,
		micros(c.CreatedAt), micros(c.UpdatedAt), t.placedAt(c))
	return err
}

// placedAt is when the candidate came to its broker: now, or never where it has none.
func (t *tx) placedAt(c *jiqiao.Candidate) int64 {
	if c.Broker == "" {
		return 0
	}
	return micros(t.now)
}

// Candidates returns a page with the numbers by state of all that q finds.
func (s *Store) Candidates(ctx context.Context, q jiqiao.CandidateQuery) (jiqiao.CandidatePage, error) {
	q.Limit = pageSize(q.Limit)
	page := jiqiao.CandidatePage{States: map[jiqiao.CandidateState]int{}, Items: []jiqiao.Candidate{}}
	where, args := s.candidateFilter(q)
	err := s.reader().each(ctx, `SELECT state, count(*) FROM candidates WHERE `+where+` GROUP BY state`, args, func(scan func(...any) error) error {
		var (
			state jiqiao.CandidateState
			n     int
		)
		if err := scan(&state, &n); err != nil {
			return err
		}
		page.States[state] = n
		return nil
	})
	if err != nil {
		return page, wrap("count candidates", err)
	}
	for state := range page.States {
		if len(q.States) == 0 || slices.Contains(q.States, state) {
			page.Total += page.States[state]
		}
	}
	if page.Total == 0 {
		return page, nil
	}
	page.Items, page.Next, err = s.candidatePage(ctx, q)
	return page, err
}

// candidatePage reads a page without counting.
func (s *Store) candidatePage(ctx context.Context, q jiqiao.CandidateQuery) (items []jiqiao.Candidate, next string, err error) {
	where, args := s.candidateFilter(q)
	if len(q.States) > 0 {
		where += ` AND state IN (` + marks(len(q.States)) + `)`
		for _, state := range q.States {
			args = append(args, string(state))
		}
	}
	order := orderOf(q.Sort)
	if q.Cursor != "" {
		value, id, err := order.read(q.Cursor)
		if err != nil {
			return nil, "", err
		}
		where, args = where+order.after(), append(args, value, id)
	}
	items = []jiqiao.Candidate{}
	err = s.reader().each(ctx, `SELECT `+candidateColumns+` FROM candidates WHERE `+where+order.by()+` LIMIT ?`, append(args, q.Limit+1),
		func(scan func(...any) error) error {
			c, err := scanCandidate(scan)
			s.freed(&c)
			items = append(items, c)
			return err
		})
	if err != nil {
		return nil, "", wrap("list candidates", err)
	}
	if len(items) > q.Limit {
		items = items[:q.Limit]
		next = order.cursor(&items[q.Limit-1])
	}
	return items, next, nil
}

// EachCandidate calls fn for all that q finds, in q's order; its page is not read. It stops at fn's first error and
// returns it as it is. Pages keep the memory constant.
func (s *Store) EachCandidate(ctx context.Context, q jiqiao.CandidateQuery, fn func(jiqiao.Candidate) error) error {
	q.Cursor, q.Limit = "", jiqiao.MaxPageSize
	for {
		items, next, err := s.candidatePage(ctx, q)
		if err != nil {
			return err
		}
		for _, c := range items {
			if err := fn(c); err != nil {
				return err
			}
		}
		if q.Cursor = next; next == "" {
			return nil
		}
	}
}

// candidateFilter is everything of q but its states and its page.
func (s *Store) candidateFilter(q jiqiao.CandidateQuery) (where string, args []any) {
	where = `1 = 1`
	and := func(condition string, values ...any) { where, args = where+` AND `+condition, append(args, values...) }
	switch scope := q.Scope; {
	case scope.All && scope.Region != "":
		low, high := regionRange(scope.Region)
		and(`(region = '' OR region >= ? AND region < ?)`, low, high)
	case scope.All:
	case scope.Broker != "" && (q.Broker == scope.Broker || scope.Agency == ""):
		and(`broker = ?`, clean(scope.Broker))
	case scope.Agency != "":
		and(`(broker = ? OR agency = ?)`, clean(scope.Broker), clean(scope.Agency))
	default:
		and(`1 = 0`)
	}
	if q.Unplaced {
		and(`broker = ''`)
	} else if q.Broker != "" && (q.Scope.All || q.Broker != q.Scope.Broker) {
		and(`broker = ?`, clean(q.Broker))
	}
	if q.MinLevel > 0 {
		and(`level >= ?`, int(q.MinLevel))
	}
	if q.Field != "" {
		and(`fields LIKE ?`, "%,"+clean(q.Field)+"%")
	}
	if q.Region != "" {
		low, high := regionRange(q.Region)
		and(`region >= ? AND region < ?`, low, high)
	}
	if q.NeedID != "" {
		and(`need_id = ?`, clean(q.NeedID))
	}
	if q.AchievementID != "" {
		and(`achievement_id = ?`, clean(q.AchievementID))
	}
	if q.Wished {
		and(`(need_wish IS NOT NULL OR achievement_wish IS NOT NULL)`)
	}
	if text := strings.TrimSpace(clean(q.Text)); text != "" {
		like := "%" + likeText(strings.ToLower(text)) + "%"
		and(`(lower(need) LIKE ? ESCAPE '\' OR lower(achievement) LIKE ? ESCAPE '\' OR lower(enterprise) LIKE ? ESCAPE '\'
			OR lower(organisation) LIKE ? ESCAPE '\')`, like, like, like, like)
	}
	if !q.QueuedBefore.IsZero() {
		and(`queued_at < ?`, micros(q.QueuedBefore))
	}
	if !q.DueBefore.IsZero() {
		and(`due_at < ?`, micros(q.DueBefore))
	}
	if q.FreeFor != "" {
		and(`(lease_user IN ('', ?) OR lease_until <= ?)`, clean(q.FreeFor), micros(s.clock()))
	}
	return where, args
}

// regionRange bounds the codes of a region and of everything within it. An index serves a range, and not LIKE.
func regionRange(code string) (low, high string) {
	low = jiqiao.RegionPrefix(clean(code))
	if low == "" {
		return "", ""
	}
	return low, low[:len(low)-1] + string(rune(low[len(low)-1]+1))
}

// candidateOrder is a column with its direction; the id parts what is equal.
type candidateOrder struct {
	column string
	down   bool
	value  func(*jiqiao.Candidate) any
}

func orderOf(sort jiqiao.CandidateSort) candidateOrder {
	switch sort {
	case jiqiao.CandidatesByScore:
		return candidateOrder{`score`, true, func(c *jiqiao.Candidate) any { return c.Score }}
	case jiqiao.CandidatesByNewest:
		return candidateOrder{`queued_at`, true, func(c *jiqiao.Candidate) any { return micros(c.QueuedAt) }}
	default:
		return candidateOrder{`due_at`, false, func(c *jiqiao.Candidate) any { return micros(c.DueAt) }}
	}
}

func (o candidateOrder) by() string {
	if o.down {
		return ` ORDER BY ` + o.column + ` DESC, id DESC`
	}
	return ` ORDER BY ` + o.column + `, id`
}

func (o candidateOrder) after() string {
	if o.down {
		return ` AND (` + o.column + `, id) < (?, ?)`
	}
	return ` AND (` + o.column + `, id) > (?, ?)`
}

func (o candidateOrder) cursor(c *jiqiao.Candidate) string {
	text, _ := json.Marshal([]any{o.column, fmt.Sprint(o.value(c)), c.ID}) // three texts: cannot fail
	return base64.RawURLEncoding.EncodeToString(text)
}

// read takes a cursor apart; one of another order is refused, since it would skip rows.
func (o candidateOrder) read(cursor string) (value any, id string, err error) {
	bad := badCursor()
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	var parts []string
	if err != nil || json.Unmarshal(text, &parts) != nil || len(parts) != 3 || parts[0] != o.column || !hasShape(parts[2], candidatePrefix) {
		return nil, "", bad
	}
	if o.column == `score` {
		value, err = strconv.ParseFloat(parts[1], 64)
	} else {
		value, err = strconv.ParseInt(parts[1], 10, 64)
	}
	if err != nil {
		return nil, "", bad
	}
	return value, parts[2], nil
}

// note adds a line to a candidate's history.
func (t *tx) note(ctx context.Context, a jiqiao.CandidateAct) error {
	_, err := t.exec(ctx, `INSERT INTO candidate_acts (id, candidate_id, at, user_id, act, from_user, to_user, reason, note)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.ids.next("h_"), a.CandidateID, micros(t.now), clean(a.User), a.Act, clean(a.From), clean(a.To), clean(a.Reason), clean(a.Note))
	return err
}

// CandidateActs is a candidate's history, oldest first.
func (s *Store) CandidateActs(ctx context.Context, id string) ([]jiqiao.CandidateAct, error) {
	acts := []jiqiao.CandidateAct{}
	err := s.reader().each(ctx, `SELECT id, candidate_id, at, user_id, act, from_user, to_user, reason, note FROM candidate_acts
		WHERE candidate_id = ? ORDER BY id`, []any{clean(id)}, func(scan func(...any) error) error {
		var (
			a  jiqiao.CandidateAct
			at int64
		)
		if err := scan(&a.ID, &a.CandidateID, &at, &a.User, &a.Act, &a.From, &a.To, &a.Reason, &a.Note); err != nil {
			return err
		}
		a.At = fromMicros(at)
		acts = append(acts, a)
		return nil
	})
	return acts, wrap("read a candidate's history", err)
}

// tellQueue has the pages of those who work on the candidate, and of those who asked for it, look again.
func (t *tx) tellQueue(c *jiqiao.Candidate, users ...string) {
	t.tellDesks(c, users...)
	if asking := c.Wishers(); len(asking) > 0 {
		// That a broker asks the other side something is not for them.
		t.tell(jiqiao.Event{Topic: "queue", Object: jiqiao.Ref{Type: "candidate", ID: c.ID}, Organisations: asking})
	}
}

// tellDesks is tellQueue for what only those notice who work on the candidate.
func (t *tx) tellDesks(c *jiqiao.Candidate, users ...string) {
	users = slices.DeleteFunc(append(users, c.Broker), func(u string) bool { return u == "" })
	e := jiqiao.Event{
		Topic: "queue", Object: jiqiao.Ref{Type: "candidate", ID: c.ID}, Users: users, Data: map[string]string{"state": string(c.State)},
	}
	if c.Agency != "" {
		e.Organisations = []string{c.Agency}
	}
	t.tell(e)
}
