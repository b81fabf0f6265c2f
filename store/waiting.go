package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"jiqiao"
)

// waitingSource says where one kind of waiting is kept. due is empty where a policy, not the row, says when it is late.
type waitingSource struct {
	from, since, due, region, broker string
	columns                          string
	read                             func(scan func(...any) error, w *waitingRow) error
}

// waitingRow is an item with what its order and its names are made of.
type waitingRow struct {
	jiqiao.WaitingItem
	since, due int64
	broker     string
}

// waitingSources are what the cockpit counts as waiting; "load" is what brokers have in hand, put off, asked about or not,
// of which only what waits for the broker can be late.
var waitingSources = map[string]waitingSource{
	"candidates": candidatesWaiting(`'open'`, "due_at"),
	"load":       candidatesWaiting(`'open', 'asked', 'deferred'`, fmt.Sprintf(`CASE WHEN state = 'open' THEN due_at ELSE %d END`, math.MaxInt64)),
	"answers": {
		from: `introductions WHERE state = 'invited'`, since: "created_at", due: "due_at", region: "need_region", broker: "broker",
		columns: `need_id, achievement_id, need_region, awaits_need, awaits_achievement, body`, read: readInvited,
	},
	"reviews": {
		from: `reviews WHERE state = 'pending'`, since: "submitted_at", region: "region",
		broker: `''`, columns: `kind, record_id, region`, read: readPending,
	},
}

func candidatesWaiting(states, due string) waitingSource {
	return waitingSource{
		from: `candidates WHERE state IN (` + states + `)`, since: "queued_at", due: due, region: "region", broker: "broker",
		columns: `need_id, achievement_id, region, need, achievement`, read: readCandidateWaiting,
	}
}

func readCandidateWaiting(scan func(...any) error, w *waitingRow) error {
	w.Object.Type = "candidate"
	return scan(&w.Object.ID, &w.since, &w.due, &w.broker, &w.NeedID, &w.AchievementID, &w.Region, &w.Title, &w.Other)
}

func readInvited(scan func(...any) error, w *waitingRow) error {
	w.Object.Type = "introduction"
	var (
		need, achievement int
		body              []byte
		sides             struct{ Need, Achievement jiqiao.IntroductionSide }
	)
	if err := scan(&w.Object.ID, &w.since, &w.due, &w.broker, &w.NeedID, &w.AchievementID, &w.Region, &need, &achievement, &body); err != nil {
		return err
	}
	if err := json.Unmarshal(body, &sides); err != nil {
		return fmt.Errorf("decode introduction %s: %w", w.Object.ID, err)
	}
	w.Title, w.Other = sides.Need.Title, sides.Achievement.Title
	if need > 0 {
		w.Awaits = append(w.Awaits, jiqiao.KindNeed)
	}
	if achievement > 0 {
		w.Awaits = append(w.Awaits, jiqiao.KindAchievement)
	}
	return nil
}

func readPending(scan func(...any) error, w *waitingRow) error {
	w.Object.Type = "review"
	var record string
	err := scan(&w.Object.ID, &w.since, &w.due, &w.broker, &w.Kind, &record, &w.Region)
	if w.Kind == jiqiao.KindNeed {
		w.NeedID = record
	} else {
		w.AchievementID = record
	}
	return err
}

// late says what is late at the clock's moment: that of which the column is less than the bound.
func (w waitingSource) late(clock jiqiao.WaitingClock) (column string, bound int64) {
	if w.due == "" {
		return w.since, micros(clock.ReviewLate)
	}
	return w.due, micros(clock.Now)
}

// day in microseconds.
const dayMicros = 24 * 3600 * 1_000_000

// WaitingItems is a page of what waits, the longest first; its total is that of Waiting for the same question.
func (s *Store) WaitingItems(ctx context.Context, q jiqiao.WaitingQuery, clock jiqiao.WaitingClock) (jiqiao.WaitingPage, error) {
	q.Limit = pageSize(q.Limit)
	var page jiqiao.WaitingPage
	source, ok := waitingSources[q.What]
	if !ok {
		return page, jiqiao.Invalid([]jiqiao.FieldError{{Field: "what", Message: "应为 candidates、load、answers 或 reviews"}})
	}
	where, args := source.filter(q, clock)
	if err := s.reader().row(ctx, `SELECT count(*) FROM `+source.from+` AND `+where, args, &page.Total); err != nil {
		return page, wrap("count what waits", err)
	}
	if q.Cursor != "" {
		since, id, ok := strings.Cut(q.Cursor, "~")
		at, err := strconv.ParseInt(since, 10, 64)
		if !ok || err != nil {
			return page, badCursor()
		}
		where += ` AND (` + source.since + ` > ? OR ` + source.since + ` = ? AND id > ?)`
		args = append(args, at, at, clean(id))
	}
	var rows []waitingRow
	due := cmp.Or(source.due, `0`)
	query := `SELECT id, ` + source.since + `, ` + due + `, ` + source.broker + `, ` + source.columns + ` FROM ` + source.from +
		` AND ` + where + ` ORDER BY ` + source.since + `, id LIMIT ?`
	err := s.reader().each(ctx, query, append(args, q.Limit+1), func(scan func(...any) error) error {
		var w waitingRow
		err := source.read(scan, &w)
		if source.due == "" {
			w.due = micros(clock.ReviewDue(fromMicros(w.since)))
		}
		rows = append(rows, w)
		return err
	})
	if err != nil {
		return page, wrap("list what waits", err)
	}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		last := rows[q.Limit-1]
		page.Next = strconv.FormatInt(last.since, 10) + "~" + last.Object.ID
	}
	page.Items, err = s.waitingItems(ctx, rows, micros(clock.Now))
	return page, wrap("list what waits", err)
}

// filter restricts the source to what is asked for.
func (w waitingSource) filter(q jiqiao.WaitingQuery, clock jiqiao.WaitingClock) (where string, args []any) {
	now := micros(clock.Now)
	where, args = inRegions(w.region, q.Regions)
	and := func(condition string, value any) { where, args = where+` AND `+condition, append(args, value) }
	if q.Broker != "" {
		and(w.broker+` = ?`, clean(q.Broker))
	}
	if q.Over > 0 {
		and(w.since+` < ?`, now-int64(q.Over)*dayMicros)
	}
	if q.Within > 0 {
		and(w.since+` >= ?`, now-int64(q.Within)*dayMicros)
	}
	if q.Late {
		late, bound := w.late(clock)
		and(late+` < ?`, bound)
	}
	return where, args
}

// waitingItems fills in names, days and lateness.
func (s *Store) waitingItems(ctx context.Context, rows []waitingRow, now int64) ([]jiqiao.WaitingItem, error) {
	var brokers []string
	records := map[jiqiao.Kind][]string{}
	for _, w := range rows {
		if w.broker != "" {
			brokers = append(brokers, w.broker)
		}
		if w.Kind != "" {
			records[w.Kind] = append(records[w.Kind], w.NeedID+w.AchievementID)
		}
	}
	names, err := s.UserNames(ctx, brokers)
	if err != nil {
		return nil, err
	}
	titles, err := s.recordTitles(ctx, records)
	if err != nil {
		return nil, err
	}
	items := make([]jiqiao.WaitingItem, len(rows))
	for i, w := range rows {
		w.BrokerName = names[w.broker]
		if w.Kind != "" {
			w.Title = titles[w.NeedID+w.AchievementID]
		}
		w.Since, w.Late, w.Days = fromMicros(w.since), w.due < now, int((now-w.since)/dayMicros)
		if w.due != math.MaxInt64 {
			due := fromMicros(w.due)
			w.Due = &due
		}
		items[i] = w.WaitingItem
	}
	return items, nil
}

// recordTitles are the titles of records that are not deleted, by id.
func (s *Store) recordTitles(ctx context.Context, ids map[jiqiao.Kind][]string) (map[string]string, error) {
	titles := map[string]string{}
	for kind, of := range ids {
		records, err := s.GetMany(ctx, kind, of)
		if err != nil {
			return nil, err
		}
		for _, rec := range records {
			titles[rec.Head().ID] = rec.Head().Title
		}
	}
	return titles, nil
}

// Exposed is a page of a side's published records by how often they were shown, the least first; what it finds is what
// Exposures counts.
func (s *Store) Exposed(ctx context.Context, q jiqiao.ExposedQuery) (jiqiao.ExposedPage, error) {
	q.Limit = pageSize(q.Limit)
	var page jiqiao.ExposedPage
	column := "achievement_id"
	if q.Kind == jiqiao.KindNeed {
		column = "need_id"
	}
	within, regions := inRegions("f.region", q.Regions)
	args := append([]any{string(q.Kind)}, regions...)
	from := ` FROM records r LEFT JOIN (SELECT ` + column + ` AS id, count(*) AS n FROM candidates GROUP BY ` + column + `) c ON c.id = r.id
		JOIN facts f ON f.object_type = r.kind AND f.object_id = r.id AND f.line = 0
		WHERE r.kind = ? AND r.status = 'published' AND r.deleted_at IS NULL AND ` + within
	if q.Never {
		from += ` AND c.n IS NULL`
	}
	if err := s.reader().row(ctx, `SELECT count(*)`+from, args, &page.Total); err != nil {
		return page, wrap("count the exposed", err)
	}
	if q.Cursor != "" {
		n, id, ok := strings.Cut(q.Cursor, "~")
		shown, err := strconv.ParseInt(n, 10, 64)
		if !ok || err != nil {
			return page, badCursor()
		}
		from += ` AND (coalesce(c.n, 0) > ? OR coalesce(c.n, 0) = ? AND r.id > ?)`
		args = append(args, shown, shown, clean(id))
	}
	err := s.reader().each(ctx, `SELECT r.id, coalesce(c.n, 0)`+from+` ORDER BY 2, 1 LIMIT ?`, append(args, q.Limit+1),
		func(scan func(...any) error) error {
			r := jiqiao.ExposedRecord{Object: jiqiao.Ref{Type: string(q.Kind)}}
			err := scan(&r.Object.ID, &r.Shown)
			page.Items = append(page.Items, r)
			return err
		})
	if err != nil {
		return page, wrap("list the exposed", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		last := page.Items[q.Limit-1]
		page.Next = strconv.FormatInt(last.Shown, 10) + "~" + last.Object.ID
	}
	return page, wrap("list the exposed", s.describeExposed(ctx, q.Kind, page.Items))
}

func (s *Store) describeExposed(ctx context.Context, kind jiqiao.Kind, items []jiqiao.ExposedRecord) error {
	ids := make([]string, len(items))
	for i := range items {
		ids[i] = items[i].Object.ID
	}
	records, err := s.GetMany(ctx, kind, ids)
	if err != nil {
		return err
	}
	heads := map[string]*jiqiao.Header{}
	for _, rec := range records {
		heads[rec.Head().ID] = rec.Head()
	}
	for i := range items {
		if h := heads[items[i].Object.ID]; h != nil {
			items[i].Title, items[i].Owner, items[i].Region, items[i].Since = h.Title, h.Owner.Name, h.Region, h.CreatedAt
		}
	}
	return nil
}
