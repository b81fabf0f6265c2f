package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"jiqiao"
)

// figuresAtOnce bounds the objects of one transaction of RefreshFigures.
const figuresAtOnce = 200

// touch has an object's facts made anew once the transaction is committed. What is audited is touched by that. Records
// need no note: the change log has them.
func (t *tx) touch(o jiqiao.Ref) {
	known := slices.ContainsFunc(factTables, func(table factTable) bool { return table.object == o.Type })
	if known && o.ID != "" && !slices.Contains(t.touched, o) {
		t.touched = append(t.touched, o)
	}
}

// writeTouched notes what the transaction touched.
func (t *tx) writeTouched(ctx context.Context) error {
	for _, o := range t.touched {
		_, err := t.exec(ctx, `INSERT INTO stale_objects (id, object_type, object_id) VALUES (?, ?, ?)`, t.ids.next(""), o.Type, clean(o.ID))
		if err != nil {
			return err
		}
	}
	return nil
}

// RefreshFigures makes the facts of what was touched anew and brings the figures along. It works in steps of one
// transaction each until nothing is left, and says how many objects it looked at. Several may call it at once.
func (s *Store) RefreshFigures(ctx context.Context) (int, error) {
	done := 0
	for {
		if stale, err := s.figuresAreStale(ctx); err != nil || !stale {
			return done, err
		}
		n := 0
		err := s.tx(ctx, "refresh figures", func(t *tx) (err error) {
			n, err = t.refreshFigures(ctx)
			return err
		})
		done += n
		if err != nil || n == 0 {
			return done, err
		}
	}
}

// figuresAreStale spares a writing transaction where there is nothing to do.
func (s *Store) figuresAreStale(ctx context.Context) (stale bool, err error) {
	err = s.reader().row(ctx, `SELECT EXISTS (SELECT 1 FROM stale_objects)
		OR (SELECT value FROM counters WHERE name = 'figures') < (SELECT value FROM counters WHERE name = 'change')`, nil, &stale)
	return stale, wrap("look for stale figures", err)
}

// RebuildFigures throws all facts away and has RefreshFigures make them from the beginning.
func (s *Store) RebuildFigures(ctx context.Context) error {
	err := s.tx(ctx, "rebuild figures", func(t *tx) error {
		if _, err := t.lockFigures(ctx); err != nil {
			return err
		}
		return t.dropFigures(ctx)
	})
	if err != nil {
		return err
	}
	_, err = s.RefreshFigures(ctx)
	return err
}

// dropFigures empties facts and figures and notes every object as touched.
func (t *tx) dropFigures(ctx context.Context) error {
	for _, statement := range []string{`DELETE FROM facts`, `DELETE FROM figures`, `DELETE FROM stale_objects`} {
		if _, err := t.exec(ctx, statement); err != nil {
			return err
		}
	}
	for _, table := range factTables {
		_, err := t.exec(ctx, `INSERT INTO stale_objects (id, object_type, object_id) SELECT id, ?, id FROM `+table.name, table.object)
		if err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, `UPDATE counters SET value = 0 WHERE name = 'figures'`)
	return err
}

// lockFigures waits for other makers of facts, and returns the last change whose record has its facts. It writes first:
// that is a lock on both databases.
func (t *tx) lockFigures(ctx context.Context) (seq int64, err error) {
	if _, err := t.exec(ctx, `UPDATE counters SET value = value WHERE name = 'figures'`); err != nil {
		return 0, err
	}
	err = t.row(ctx, `SELECT value FROM counters WHERE name = 'figures'`, nil, &seq)
	return seq, err
}

// refreshFigures does the next objects and returns how many there were.
func (t *tx) refreshFigures(ctx context.Context) (int, error) {
	seq, err := t.lockFigures(ctx)
	if err != nil {
		return 0, err
	}
	touched, last, err := t.changedRecords(ctx, seq)
	if err != nil {
		return 0, err
	}
	notes, err := t.staleObjects(ctx, touched)
	if err != nil {
		return 0, err
	}
	objects := slices.SortedFunc(maps.Keys(touched), func(a, b jiqiao.Ref) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.ID, b.ID))
	})
	moved := sums{}
	for _, object := range objects {
		if err := t.restate(ctx, object, moved); err != nil {
			return 0, err
		}
	}
	if err := moved.write(ctx, t); err != nil {
		return 0, err
	}
	for _, id := range notes {
		if _, err := t.exec(ctx, `DELETE FROM stale_objects WHERE id = ?`, id); err != nil {
			return 0, err
		}
	}
	if last > seq {
		_, err = t.exec(ctx, `UPDATE counters SET value = ? WHERE name = 'figures'`, last)
	}
	return len(objects), err
}

// changedRecords are the records of the next changes, and the last of these changes' number.
func (t *tx) changedRecords(ctx context.Context, after int64) (touched map[jiqiao.Ref]bool, last int64, err error) {
	touched, last = map[jiqiao.Ref]bool{}, after
	err = t.each(ctx, `SELECT seq, kind, id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?`, []any{after, figuresAtOnce},
		func(scan func(...any) error) error {
			var object jiqiao.Ref
			err := scan(&last, &object.Type, &object.ID)
			touched[object] = true
			return err
		})
	return touched, last, err
}

// staleObjects adds the next objects that were noted, with those whose facts depend on them, and returns the notes.
func (t *tx) staleObjects(ctx context.Context, touched map[jiqiao.Ref]bool) (notes []string, err error) {
	var found []jiqiao.Ref
	err = t.each(ctx, `SELECT id, object_type, object_id FROM stale_objects ORDER BY id LIMIT ?`, []any{figuresAtOnce},
		func(scan func(...any) error) error {
			var (
				id     string
				object jiqiao.Ref
			)
			if err := scan(&id, &object.Type, &object.ID); err != nil {
				return err
			}
			notes, found = append(notes, id), append(found, object)
			return nil
		})
	if err != nil {
		return nil, err
	}
	for _, object := range found {
		depend, err := t.dependents(ctx, object)
		if err != nil {
			return nil, err
		}
		for _, d := range depend {
			touched[d] = true
		}
	}
	return notes, nil
}

// restate replaces an object's facts and notes in moved what that changes.
func (t *tx) restate(ctx context.Context, object jiqiao.Ref, moved sums) error {
	source, ok := factSourceOf(object.Type)
	if !ok {
		return nil
	}
	facts, err := source(ctx, t, object)
	if err != nil {
		return err
	}
	old, err := t.factsOf(ctx, object)
	if err != nil || slices.Equal(old, facts) {
		return err
	}
	if err := t.moveFollowers(ctx, object, old, facts); err != nil {
		return err
	}
	for _, f := range old {
		moved.add(f, -1)
	}
	if _, err := t.exec(ctx, `DELETE FROM facts WHERE object_type = ? AND object_id = ?`, object.Type, object.ID); err != nil {
		return err
	}
	rows := make([][]any, len(facts))
	for i, f := range facts {
		moved.add(f, 1)
		rows[i] = []any{
			object.Type, object.ID, i, string(f.Indicator), string(f.Day), clean(f.Region), clean(f.Industry), clean(f.Broker),
			clean(f.Detail), f.Value,
		}
	}
	return t.insert(ctx, `INSERT INTO facts (object_type, object_id, line, indicator, day, region, industry, broker, detail, value) VALUES `, rows, ``)
}

// moveFollowers has what counts where a need is follow it when the need moves to another region or industry.
func (t *tx) moveFollowers(ctx context.Context, object jiqiao.Ref, old, facts []jiqiao.Fact) error {
	if object.Type != string(jiqiao.KindNeed) || len(facts) == 0 ||
		len(old) > 0 && old[0].Region == facts[0].Region && old[0].Industry == facts[0].Industry {
		return nil
	}
	for _, table := range factTables {
		_, err := t.exec(ctx, `INSERT INTO stale_objects (id, object_type, object_id)
			SELECT ? || id, ?, id FROM `+table.name+` WHERE need_id = ?`, t.ids.next(""), table.object, object.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) factsOf(ctx context.Context, object jiqiao.Ref) (facts []jiqiao.Fact, err error) {
	err = t.each(ctx, `SELECT indicator, day, region, industry, broker, detail, value FROM facts
		WHERE object_type = ? AND object_id = ? ORDER BY line`, []any{object.Type, object.ID}, func(scan func(...any) error) error {
		f := jiqiao.Fact{Object: object}
		err := scan(&f.Indicator, &f.Day, &f.Region, &f.Industry, &f.Broker, &f.Detail, &f.Value)
		facts = append(facts, f)
		return err
	})
	return facts, err
}

// cell is where in figures a fact counts.
type cell struct{ indicator, month, region, industry, broker, detail string }

// sums are changes of figures.
type sums map[cell]struct{ value, count int64 }

func (s sums) add(f jiqiao.Fact, sign int64) {
	c := cell{string(f.Indicator), month(f.Day), f.Region, f.Industry, f.Broker, f.Detail}
	sum := s[c]
	sum.value += sign * f.Value
	sum.count += sign
	s[c] = sum
}

func month(day jiqiao.Date) string { return string(day)[:min(len(day), len("2006-01"))] }

// write adds the changes to the figures, and takes out those that nothing counts in any more.
func (s sums) write(ctx context.Context, t *tx) error {
	for _, c := range slices.SortedFunc(maps.Keys(s), compareCells) {
		sum := s[c]
		if sum.value == 0 && sum.count == 0 {
			continue
		}
		_, err := t.exec(ctx, `
			INSERT INTO figures (indicator, month, region, industry, broker, detail, value, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (indicator, month, region, industry, broker, detail)
			DO UPDATE SET value = figures.value + excluded.value, count = figures.count + excluded.count`,
			c.indicator, c.month, clean(c.region), clean(c.industry), clean(c.broker), clean(c.detail), sum.value, sum.count)
		if err != nil {
			return err
		}
		if sum.count < 0 {
			_, err := t.exec(ctx, `DELETE FROM figures WHERE indicator = ? AND month = ? AND region = ? AND industry = ? AND broker = ?
				AND detail = ? AND count = 0`, c.indicator, c.month, clean(c.region), clean(c.industry), clean(c.broker), clean(c.detail))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func compareCells(a, b cell) int {
	return cmp.Or(strings.Compare(a.indicator, b.indicator), strings.Compare(a.month, b.month), strings.Compare(a.region, b.region),
		strings.Compare(a.industry, b.industry), strings.Compare(a.broker, b.broker), strings.Compare(a.detail, b.detail))
}

// figureColumns are what figures may be divided by.
var figureColumns = map[jiqiao.FigureBy]string{
	jiqiao.ByNothing: `''`, jiqiao.ByMonth: `month`, jiqiao.ByRegion: `region`, jiqiao.ByIndustry: `substr(industry, 1, 1)`, jiqiao.ByDivision: `industry`,
	jiqiao.ByBroker: `broker`, jiqiao.ByDetail: `detail`,
}

// Figures sums what the query asks for, in the order of indicators and keys.
func (s *Store) Figures(ctx context.Context, q jiqiao.FigureQuery) ([]jiqiao.Figure, error) {
	column, ok := figureColumns[q.By]
	if !ok {
		return nil, jiqiao.Invalid([]jiqiao.FieldError{{Field: "by", Message: "应为 month、region、industry、division、broker 或 detail"}})
	}
	where, args := figureFilter(q, "month")
	var figures []jiqiao.Figure
	query := `SELECT indicator, ` + column + `, CAST(sum(value) AS BIGINT), CAST(sum(count) AS BIGINT) FROM figures WHERE ` + where + ` GROUP BY 1, 2 ORDER BY 1, 2`
	err := s.reader().each(ctx, query, args, func(scan func(...any) error) error {
		var f jiqiao.Figure
		err := scan(&f.Indicator, &f.Key, &f.Value, &f.Count)
		figures = append(figures, f)
		return err
	})
	return figures, wrap("read figures", err)
}

// figureFilter restricts figures, whose time is a month, or facts, whose time is a day.
func figureFilter(q jiqiao.FigureQuery, time string) (where string, args []any) {
	where = `1 = 1`
	and := func(condition string, values ...any) { where, args = where+` AND `+condition, append(args, values...) }
	if len(q.Indicators) > 0 {
		for _, i := range q.Indicators {
			args = append(args, clean(string(i)))
		}
		args = padded(args)
		where += ` AND indicator IN (` + marks(len(args)) + `)`
	}
	if q.From != "" {
		and(time+` >= ?`, clean(q.From))
	}
	if q.Until != "" {
		and(time+` <= ?`, clean(q.Until)+"\uffff") // "2026-11" takes all its days with it
	}
	within, regions := inRegions("region", q.Regions)
	if q.Exact {
		within, regions = among("region", q.Regions)
	}
	and(within, regions...)
	switch {
	case q.Industry == jiqiao.Unstated:
		and(`industry = ''`)
	case q.Industry != "" && q.Exact:
		and(`industry = ?`, clean(q.Industry))
	case q.Industry != "":
		and(`industry LIKE ?`, clean(q.Industry)+"%")
	}
	for _, part := range []struct{ column, value string }{{"broker", q.Broker}, {"detail", q.Detail}} {
		if part.value != "" {
			and(part.column+` = ?`, clean(part.value))
		}
	}
	return where, args
}

// Facts is a page of the list behind a figure, by day, the newest first.
func (s *Store) Facts(ctx context.Context, q jiqiao.FactQuery) (jiqiao.FactPage, error) {
	q.Limit = pageSize(q.Limit)
	where, args := figureFilter(q.FigureQuery, "day")
	var page jiqiao.FactPage
	if err := s.reader().row(ctx, `SELECT count(*) FROM facts WHERE `+where, args, &page.Total); err != nil {
		return page, wrap("count facts", err)
	}
	if q.Cursor != "" {
		day, rest, _ := strings.Cut(q.Cursor, "~")
		id, line, ok := strings.Cut(rest, "~")
		n, err := strconv.ParseInt(line, 10, 32)
		if !ok || err != nil {
			return page, badCursor()
		}
		where += ` AND (day < ? OR day = ? AND (object_id < ? OR object_id = ? AND line > ?))`
		args = append(args, clean(day), clean(day), clean(id), clean(id), n)
	}
	lines, err := s.listedFacts(ctx, where, append(args, q.Limit+1), &page)
	if err != nil {
		return page, wrap("list facts", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		last := page.Items[q.Limit-1]
		page.Next = string(last.Day) + "~" + last.Object.ID + "~" + strconv.FormatInt(lines[q.Limit-1], 10)
	}
	return page, wrap("list facts", s.titles(ctx, page.Items))
}

func (s *Store) listedFacts(ctx context.Context, where string, args []any, page *jiqiao.FactPage) (lines []int64, err error) {
	query := `SELECT object_type, object_id, line, indicator, day, region, industry, broker, detail, value FROM facts
		WHERE ` + where + ` ORDER BY day DESC, object_id DESC, line LIMIT ?`
	err = s.reader().each(ctx, query, args, func(scan func(...any) error) error {
		var (
			f    jiqiao.ListedFact
			line int64
		)
		err := scan(&f.Object.Type, &f.Object.ID, &line, &f.Indicator, &f.Day, &f.Region, &f.Industry, &f.Broker, &f.Detail, &f.Value)
		page.Items, lines = append(page.Items, f), append(lines, line)
		return err
	})
	return lines, err
}

// titles fills in what the facts are about.
func (s *Store) titles(ctx context.Context, items []jiqiao.ListedFact) error {
	of := map[string][]string{}
	for _, f := range items {
		of[f.Object.Type] = append(of[f.Object.Type], f.Object.ID)
	}
	about, err := s.pairTitles(ctx, of)
	if err != nil {
		return err
	}
	records, err := s.recordTitles(ctx, map[jiqiao.Kind][]string{
		jiqiao.KindNeed: of[string(jiqiao.KindNeed)], jiqiao.KindAchievement: of[string(jiqiao.KindAchievement)],
	})
	if err != nil {
		return err
	}
	for i := range items {
		f := &items[i]
		pair := about[f.Object.ID]
		f.Title, f.NeedID, f.AchievementID = cmp.Or(pair.Title, records[f.Object.ID]), pair.NeedID, pair.AchievementID
	}
	return nil
}

// pairSources read the title of a project, or those of the two records that a candidate or an introduction is about.
var pairSources = map[string]string{
	"candidate":    `SELECT id, need_id, achievement_id, need, achievement FROM candidates WHERE id IN `,
	"introduction": `SELECT id, need_id, achievement_id, '', body FROM introductions WHERE id IN `,
	"deal":         `SELECT id, need_id, achievement_id, '', body FROM deals WHERE id IN `,
}

// pairTitles are the titles of what is about two records, by id.
func (s *Store) pairTitles(ctx context.Context, of map[string][]string) (map[string]jiqiao.ListedFact, error) {
	found := map[string]jiqiao.ListedFact{}
	for object, query := range pairSources {
		ids := of[object]
		for start := 0; start < len(ids); start += maxArgs {
			var args []any
			for _, id := range ids[start:min(start+maxArgs, len(ids))] {
				args = append(args, clean(id))
			}
			args = padded(args)
			err := s.reader().each(ctx, query+`(`+marks(len(args))+`)`, args, func(scan func(...any) error) error {
				var (
					f           jiqiao.ListedFact
					id          string
					need, other string
				)
				if err := scan(&id, &f.NeedID, &f.AchievementID, &need, &other); err != nil {
					return err
				}
				var err error
				f.Title, err = pairTitle(object, need, other)
				found[id] = f
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// pairTitle is a project's title, or both records' of a pair. Where the titles are not in columns, other is the body.
func pairTitle(object, need, other string) (string, error) {
	var body struct {
		Title             string
		Need, Achievement json.RawMessage
	}
	if object == "candidate" {
		return need + " ⇄ " + other, nil
	}
	if err := json.Unmarshal([]byte(other), &body); err != nil {
		return "", fmt.Errorf("decode %s: %w", object, err)
	}
	if object == "deal" {
		return body.Title, nil
	}
	var sides [2]jiqiao.IntroductionSide
	for i, raw := range []json.RawMessage{body.Need, body.Achievement} {
		if err := json.Unmarshal(raw, &sides[i]); err != nil {
			return "", fmt.Errorf("decode introduction: %w", err)
		}
	}
	return sides[0].Title + " ⇄ " + sides[1].Title, nil
}

// FactSums sums facts by indicator between two days, which Figures, being of whole months, cannot. From and Until of the
// query are days here.
func (s *Store) FactSums(ctx context.Context, q jiqiao.FigureQuery) ([]jiqiao.Figure, error) {
	where, args := figureFilter(q, "day")
	var sums []jiqiao.Figure
	err := s.reader().each(ctx, `SELECT indicator, CAST(sum(value) AS BIGINT), count(*) FROM facts WHERE `+where+` GROUP BY 1 ORDER BY 1`, args,
		func(scan func(...any) error) error {
			var f jiqiao.Figure
			err := scan(&f.Indicator, &f.Value, &f.Count)
			sums = append(sums, f)
			return err
		})
	return sums, wrap("sum facts", err)
}
