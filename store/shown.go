package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"jiqiao"
)

// shownPairs are the pairs of an organisation's records, each in one row: candidates that came to a broker or that it asked
// for, with what came of them, and introductions made by hand. % is the side, need or achievement. Whose wish was turned down
// has that answer, also while the other side asks.
const shownPairs = `
	SELECT c.id AS id, c.%_id AS own_id, c.& AS title, c.#_id AS other_id, c.level AS level, c.broker AS broker, c.agency AS agency,
		coalesce(c.%_wish, a.wished_at) AS wished_at,
		CASE WHEN c.placed_at > 0 THEN c.placed_at ELSE c.created_at END AS shown_at,
		coalesce(i.id, '') AS introduction_id,
		CASE WHEN i.id IS NOT NULL THEN coalesce(i.closed_at, i.interested_at) ELSE coalesce(a.answered_at, c.decided_at) END AS ended_at,
		CASE WHEN i.id IS NOT NULL THEN i.state WHEN a.side IS NOT NULL THEN 'rejected' WHEN c.state IN ('accepted', 'rejected') THEN c.state
			WHEN c.state = 'expired' THEN 'gone' ELSE 'waiting' END AS outcome,
		CASE WHEN i.need_state = 'declined' THEN i.need_reason WHEN i.achievement_state = 'declined' THEN i.achievement_reason
			WHEN i.id IS NOT NULL THEN i.reason WHEN a.side IS NOT NULL THEN a.reason WHEN c.state = 'rejected' THEN c.reason ELSE '' END AS reason,
		CASE WHEN i.need_state = 'declined' THEN 'need' WHEN i.achievement_state = 'declined' THEN 'achievement'
			WHEN i.state = 'closed' OR i.id IS NULL AND (c.state = 'rejected' OR a.side IS NOT NULL) THEN 'broker' ELSE '' END AS party
	FROM candidates c LEFT JOIN introductions i ON i.candidate_id = c.id AND i.candidate_id <> ''
		LEFT JOIN wish_answers a ON a.candidate_id = c.id AND a.side = '%' AND c.state NOT IN ('accepted', 'expired')
	WHERE c.%_owner = ? AND (c.broker <> '' OR c.%_wish IS NOT NULL OR a.side IS NOT NULL)
	UNION ALL
	SELECT i.id, i.%_id, '', i.#_id, 0, i.broker, i.agency, NULL, i.created_at, i.id, coalesce(i.closed_at, i.interested_at), i.state,
		CASE WHEN i.need_state = 'declined' THEN i.need_reason WHEN i.achievement_state = 'declined' THEN i.achievement_reason ELSE i.reason END,
		CASE WHEN i.need_state = 'declined' THEN 'need' WHEN i.achievement_state = 'declined' THEN 'achievement'
			WHEN i.state = 'closed' THEN 'broker' ELSE '' END
	FROM introductions i WHERE i.%_org = ? AND i.candidate_id = ''`

// shownFrom is shownPairs for the query's side, with its arguments.
func shownFrom(q jiqiao.ShownQuery) (string, []any) {
	own, other := string(jiqiao.KindNeed), string(jiqiao.KindAchievement)
	if q.Kind == jiqiao.KindAchievement {
		own, other = other, own
	}
	org := clean(q.Organisation)
	return strings.NewReplacer("%", own, "&", own, "#", other).Replace(shownPairs), []any{org, org}
}

// Shown returns a page of what became of the organisation's pairs, with the sums of all.
func (s *Store) Shown(ctx context.Context, q jiqiao.ShownQuery) (jiqiao.ShownPage, error) {
	q.Limit = pageSize(q.Limit)
	page := jiqiao.ShownPage{Items: []jiqiao.Shown{}}
	if q.Organisation == "" {
		page.Summary = jiqiao.SummariseShown(nil, q.Kind)
		return page, nil
	}
	groups, err := s.shownGroups(ctx, q)
	if err != nil {
		return page, wrap("count what was shown", err)
	}
	page.Summary = jiqiao.SummariseShown(groups, q.Kind)
	for _, g := range groups {
		if (q.RecordID == "" || g.RecordID == q.RecordID) && (q.Outcome == "" || g.Outcome == q.Outcome) && (q.Reason == "" || g.Reason == q.Reason) {
			page.Total += g.Count
		}
	}
	page.Items, page.Next, err = s.shownPage(ctx, q)
	return page, wrap("list what was shown", err)
}

func (s *Store) shownGroups(ctx context.Context, q jiqiao.ShownQuery) ([]jiqiao.ShownGroup, error) {
	from, args := shownFrom(q)
	c := shownBounds(q)
	var groups []jiqiao.ShownGroup
	err := s.reader().each(ctx, `SELECT own_id, outcome, reason, party, count(*) FROM (`+from+`) AS pairs WHERE `+c.String()+
		` GROUP BY own_id, outcome, reason, party`, append(args, c.args...), func(scan func(...any) error) error {
		var g jiqiao.ShownGroup
		err := scan(&g.RecordID, &g.Outcome, &g.Reason, &g.By, &g.Count)
		groups = append(groups, g)
		return err
	})
	return groups, err
}

// shownBounds are the conditions that the sums regard, too.
func shownBounds(q jiqiao.ShownQuery) *conditions {
	c := &conditions{}
	c.and(`1 = 1`)
	if q.MinLevel > 0 {
		c.and(`level >= ?`, int(q.MinLevel))
	}
	if q.Wished {
		c.and(`wished_at IS NOT NULL`)
	}
	if !q.From.IsZero() {
		c.and(`shown_at >= ?`, micros(q.From))
	}
	if !q.Until.IsZero() {
		c.and(`shown_at < ?`, micros(q.Until))
	}
	return c
}

func (s *Store) shownPage(ctx context.Context, q jiqiao.ShownQuery) (items []jiqiao.Shown, next string, err error) {
	from, args := shownFrom(q)
	c := shownBounds(q)
	for _, part := range []struct{ column, value string }{
		{"own_id", q.RecordID}, {"outcome", string(q.Outcome)}, {"reason", q.Reason},
	} {
		if part.value != "" {
			c.and(part.column+` = ?`, clean(part.value))
		}
	}
	column, way, op := "shown_at", " DESC", "<"
	switch q.Sort {
	case jiqiao.ShownOldest:
		way, op = "", ">"
	case jiqiao.ShownByLevel:
		column = "level"
	}
	if q.Cursor != "" {
		at, id, err := shownCursor(q.Cursor)
		if err != nil {
			return nil, "", err
		}
		c.and(`(`+column+` `+op+` ? OR `+column+` = ? AND pairs.id `+op+` ?)`, at, at, id)
	}
	items = []jiqiao.Shown{}
	var last int64
	err = s.reader().each(ctx, `SELECT pairs.id, own_id, title, other_id, level, wished_at, shown_at, ended_at, outcome, reason, party, introduction_id,
			coalesce(u.name, ''), coalesce(o.body, ''), `+column+`
		FROM (`+from+`) AS pairs LEFT JOIN users u ON u.id = pairs.broker LEFT JOIN organisations o ON o.id = pairs.agency
		WHERE `+c.String()+` ORDER BY `+column+way+`, pairs.id`+way+` LIMIT ?`, append(append(args, c.args...), q.Limit+1),
		func(scan func(...any) error) error {
			one, at, err := scanShown(scan)
			if len(items) == q.Limit {
				next = strconv.FormatInt(last, 10) + "." + items[q.Limit-1].ID
				return err
			}
			one.Kind, last = q.Kind, at
			items = append(items, one)
			return err
		})
	return items, next, err
}

func scanShown(scan func(...any) error) (jiqiao.Shown, int64, error) {
	var (
		one    jiqiao.Shown
		shown  int64
		wished *int64
		ended  *int64
		agency []byte
		by     int64
	)
	err := scan(&one.ID, &one.RecordID, &one.Title, &one.OtherID, &one.Level, &wished, &shown, &ended, &one.Outcome, &one.Reason, &one.By,
		&one.IntroductionID, &one.BrokerName, &agency, &by)
	if err != nil {
		return one, 0, err
	}
	one.LevelLabel, one.OutcomeLabel, one.ReasonLabel = one.Level.Label(), one.Outcome.Label(), jiqiao.CodeLabel("rejection", one.Reason)
	one.WishedAt, one.ShownAt, one.EndedAt = fromMicrosOrNil(wished), fromMicros(shown), fromMicrosOrNil(ended)
	one.Agency, err = nameIn(agency)
	return one, by, err
}

// nameIn is the name in the body of an organisation, "" of none.
func nameIn(body []byte) (string, error) {
	if len(body) == 0 {
		return "", nil
	}
	var said struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return "", fmt.Errorf("decode an organisation: %w", err)
	}
	return said.Name, nil
}

func shownCursor(cursor string) (at int64, id string, err error) {
	left, id, _ := strings.Cut(cursor, ".")
	at, err = strconv.ParseInt(left, 10, 64)
	if err != nil || !hasShape(id, candidatePrefix) && !hasShape(id, introductionPrefix) {
		return 0, "", badCursor()
	}
	return at, id, nil
}
