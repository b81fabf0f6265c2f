package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"jiqiao"
)

const mergePrefix = "g_"

// reference is a column that names a record. A part that keeps something about records adds its table to references, and
// a merge then takes its rows along.
type reference struct {
	table, need, achievement string // the column for each side; "" for none
	key                      string // a column of text that tells rows of one record apart
	// unique is the column beside which a record may stand only once, pair for the other side's; "" for no such rule. A
	// row whose place at the survivor is taken stays with the record that was merged. live bounds the rule, written with @
	// for the row.
	unique, live string
}

// pair in reference.unique is the column of the other side.
const pair = "pair"

// references are what points to records. Results of matching are not among them: they are made anew.
func references() []reference {
	return []reference{
		{table: "attachments", need: "object_id", achievement: "object_id", key: "id"},
		{table: "decisions", need: "need_id", achievement: "achievement_id", key: "id"},
		{table: "impressions", need: "subject_id", achievement: "subject_id", key: "id"},
		{table: "candidates", need: "need_id", achievement: "achievement_id", key: "id", unique: pair},
		{table: "questions", need: "record_id", achievement: "record_id", key: "id"},
		{table: "introductions", need: "need_id", achievement: "achievement_id", key: "id", unique: pair, live: "@.state IN ('invited', 'interested')"},
		{table: "deals", need: "need_id", achievement: "achievement_id", key: "id", unique: pair, live: "@.state <> 'ended'"},
		{table: "subsidies", achievement: "achievement_id", key: "id"},
		{table: "grants", need: "record_id", achievement: "record_id", key: "organisation", unique: "organisation"},
		{table: "reveals", need: "record_id", achievement: "record_id", key: "id"},
	}
}

// column is the reference's column for the side.
func (r reference) column(kind jiqiao.Kind) string {
	if kind == jiqiao.KindNeed {
		return r.need
	}
	return r.achievement
}

// MergeRecords makes two records one. From becomes withdrawn and says where it went; what pointed to it points to Into;
// the histories of both stay. UndoMerge takes it back. Both versions must be the present ones.
func (s *Store) MergeRecords(ctx context.Context, m jiqiao.MergeRequest) (jiqiao.RecordMerge, error) {
	var done jiqiao.RecordMerge
	err := s.logged(ctx, "merge records", func(t *logTx) (err error) {
		done, err = t.merge(ctx, m)
		return err
	})
	return done, err
}

func (t *logTx) merge(ctx context.Context, m jiqiao.MergeRequest) (jiqiao.RecordMerge, error) {
	from, into, err := t.bothSides(ctx, m)
	if err != nil {
		return jiqiao.RecordMerge{}, err
	}
	merged, err := jiqiao.TakeFields(into, from, m.Fields)
	if err != nil {
		return jiqiao.RecordMerge{}, err
	}
	if err := merged.Validate(); err != nil {
		return jiqiao.RecordMerge{}, err
	}
	if err := t.replace(ctx, merged, into, actMerge); err != nil {
		return jiqiao.RecordMerge{}, err
	}
	gone := copyRecord(from)
	gone.Head().Status, gone.Head().MergedInto = jiqiao.StatusWithdrawn, m.Into
	if err := t.replace(ctx, gone, from, actMerge); err != nil {
		return jiqiao.RecordMerge{}, err
	}
	moved, err := t.repoint(ctx, m.Kind, m.From, m.Into)
	if err != nil {
		return jiqiao.RecordMerge{}, err
	}
	wishes, err := t.carryWishes(ctx, from, into)
	if err != nil {
		return jiqiao.RecordMerge{}, err
	}
	if len(wishes) > 0 {
		moved[movedWishes] = wishes
	}
	if err := t.regatherText(ctx, m.Kind, m.From, m.Into); err != nil {
		return jiqiao.RecordMerge{}, err
	}
	done := jiqiao.RecordMerge{
		ID: t.ids.next(mergePrefix), Kind: m.Kind, From: m.From, Into: m.Into, Fields: m.Fields, Moved: counts(moved), At: t.now,
		By: jiqiao.OriginOf(ctx).User,
	}
	if done.Fields == nil {
		done.Fields = []string{}
	}
	t.audit(jiqiao.Act{
		Name: actMerge, Object: refTo(from), Before: map[string]any{"status": from.Head().Status},
		After: map[string]any{"into": m.Into, "fields": done.Fields, "moved": done.Moved},
	})
	t.tellOf(gone)
	t.tellOf(merged)
	return done, t.saveMerge(ctx, done, moved, from, into, gone.Head().Version, merged.Head().Version)
}

// bothSides reads the two records and refuses what cannot be merged.
func (t *logTx) bothSides(ctx context.Context, m jiqiao.MergeRequest) (from, into jiqiao.Record, err error) {
	if m.From == m.Into {
		return nil, nil, jiqiao.Invalid([]jiqiao.FieldError{{Field: "into", Message: "不能合并到自己，请选择另一条"}})
	}
	if from, err = t.load(ctx, m.Kind, m.From); err != nil {
		return nil, nil, err
	}
	into, err = t.load(ctx, m.Kind, m.Into)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		err = jiqiao.Invalid([]jiqiao.FieldError{{Field: "into", Message: "没有这条" + m.Kind.Label() + "，可能已被删除"}})
	}
	if err != nil {
		return nil, nil, err
	}
	for _, side := range []struct {
		rec   jiqiao.Record
		given int64
	}{{from, m.FromVersion}, {into, m.IntoVersion}} {
		if err := matchVersion(side.given, side.rec.Head().Version); err != nil {
			return nil, nil, err
		}
		if side.rec.Head().MergedInto != "" {
			return nil, nil, jiqiao.Fail(jiqiao.CodeConflict, "「"+side.rec.Head().Title+"」已经合并到另一条，不能再合并", nil)
		}
	}
	return from, into, nil
}

func counts(moved map[string][]string) map[string]int {
	n := make(map[string]int, len(moved))
	for table, keys := range moved {
		n[table] = len(keys)
	}
	return n
}

// repoint makes what points to from point to into, and says which rows it changed.
func (t *tx) repoint(ctx context.Context, kind jiqiao.Kind, from, into string) (map[string][]string, error) {
	moved := map[string][]string{}
	for _, r := range references() {
		column := r.column(kind)
		if column == "" {
			continue
		}
		keys, err := t.pointing(ctx, r, kind, from, into)
		if err != nil {
			return nil, fmt.Errorf("read what %s points to: %w", r.table, err)
		}
		if len(keys) == 0 {
			continue
		}
		if err := t.point(ctx, r, column, keys, from, into); err != nil {
			return nil, err
		}
		moved[r.table] = keys
	}
	return moved, nil
}

// pointing are the keys of the rows that name from, without those whose place at into is taken.
func (t *tx) pointing(ctx context.Context, r reference, kind jiqiao.Kind, from, into string) ([]string, error) {
	column := r.column(kind)
	query, args := `SELECT o.`+r.key+` FROM `+r.table+` o WHERE o.`+column+` = ?`, []any{from}
	if r.unique != "" {
		other := r.unique
		if other == pair {
			other = r.column(kind.Other())
		}
		taken := `EXISTS (SELECT 1 FROM ` + r.table + ` x WHERE x.` + column + ` = ? AND x.` + other + ` = o.` + other
		if r.live != "" {
			taken = strings.ReplaceAll(r.live, "@", "o") + ` AND ` + taken + ` AND ` + strings.ReplaceAll(r.live, "@", "x")
		}
		query, args = query+` AND NOT (`+taken+`))`, append(args, into)
	}
	var keys []string
	err := t.each(ctx, query+` ORDER BY o.`+r.key, args, func(scan func(...any) error) error {
		var key string
		if err := scan(&key); err != nil {
			return err
		}
		keys = append(keys, key)
		return nil
	})
	return keys, err
}

// point makes the rows of the keys that name from name to instead.
func (t *tx) point(ctx context.Context, r reference, column string, keys []string, from, to string) error {
	query := `UPDATE ` + r.table + ` SET ` + column + ` = ? WHERE ` + r.key + ` = ? AND ` + column + ` = ?`
	for _, key := range keys {
		if _, err := t.exec(ctx, query, to, key, from); err != nil {
			return fmt.Errorf("point %s to another record: %w", r.table, err)
		}
	}
	return nil
}

func (t *tx) saveMerge(ctx context.Context, m jiqiao.RecordMerge, moved map[string][]string, from, into jiqiao.Record, fromVersion, intoVersion int64) error {
	var texts [4]string
	for i, v := range []any{m.Fields, moved} {
		text, err := encodeJSON(v)
		if err != nil {
			return err
		}
		texts[i] = text
	}
	for i, rec := range []jiqiao.Record{from, into} {
		text, err := encode(rec)
		if err != nil {
			return err
		}
		texts[2+i] = text
	}
	_, err := t.exec(ctx, `
		INSERT INTO record_merges (id, kind, from_id, into_id, from_version, into_version, from_body, into_body, fields, moved, at, merged_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.ID, string(m.Kind), m.From, m.Into, fromVersion, intoVersion, texts[2], texts[3], texts[0], texts[1], micros(m.At), m.By)
	return err
}

// mergeRow is one row of record_merges.
type mergeRow struct {
	jiqiao.RecordMerge
	moved                    map[string][]string
	fromVersion, intoVersion int64
	fromBody, intoBody       []byte
}

// Merges lists what was merged with the record, either way, newest first, at most jiqiao.MaxPageSize.
func (s *Store) Merges(ctx context.Context, id string) ([]jiqiao.RecordMerge, error) {
	rows, err := s.reader().merges(ctx, `from_id = ? OR into_id = ? ORDER BY id DESC LIMIT ?`, clean(id), clean(id), jiqiao.MaxPageSize)
	if err != nil {
		return nil, wrap("list merges", err)
	}
	found := make([]jiqiao.RecordMerge, len(rows))
	for i, row := range rows {
		found[i] = row.RecordMerge
	}
	return found, nil
}

func (s session) merges(ctx context.Context, where string, args ...any) ([]mergeRow, error) {
	var rows []mergeRow
	query := `SELECT id, kind, from_id, into_id, from_version, into_version, from_body, into_body, fields, moved, at, merged_by, undone_at
		FROM record_merges WHERE ` + where
	err := s.each(ctx, query, args, func(scan func(...any) error) error {
		var (
			row           mergeRow
			fields, moved []byte
			at            int64
			undone        *int64
		)
		err := scan(&row.ID, &row.Kind, &row.From, &row.Into, &row.fromVersion, &row.intoVersion, &row.fromBody, &row.intoBody, &fields,
			&moved, &at, &row.By, &undone)
		if err != nil {
			return err
		}
		row.At, row.UndoneAt = fromMicros(at), fromMicrosOrNil(undone)
		if err := json.Unmarshal(fields, &row.Fields); err != nil {
			return fmt.Errorf("decode merge %s: %w", row.ID, err)
		}
		if err := json.Unmarshal(moved, &row.moved); err != nil {
			return fmt.Errorf("decode merge %s: %w", row.ID, err)
		}
		row.Moved = counts(row.moved)
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

// UndoMerge takes the latest merge of the record from back: it has its status and its rows again. The survivor gets the
// content it had before, unless it was changed since, and then keeps what it has.
func (s *Store) UndoMerge(ctx context.Context, kind jiqiao.Kind, from string) (jiqiao.Record, error) {
	var rec jiqiao.Record
	err := s.logged(ctx, "undo a merge", func(t *logTx) (err error) {
		rec, err = t.undoMerge(ctx, kind, from)
		return err
	})
	return rec, err
}

func (t *logTx) undoMerge(ctx context.Context, kind jiqiao.Kind, from string) (jiqiao.Record, error) {
	gone, err := t.load(ctx, kind, from)
	if err != nil {
		return nil, err
	}
	rows, err := t.merges(ctx, `from_id = ? AND undone_at IS NULL ORDER BY id DESC LIMIT 1`, from)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, jiqiao.Fail(jiqiao.CodeConflict, "这条"+kind.Label()+"没有合并过，或合并已经撤销", nil)
	}
	m := rows[0]
	back, err := decode(kind, m.fromBody)
	if err != nil {
		return nil, fmt.Errorf("decode what was merged: %w", err)
	}
	back.Head().Owner = gone.Head().Owner // it may have another name by now
	if err := t.replace(ctx, back, gone, actUnmerge); err != nil {
		return nil, err
	}
	if err := t.restoreSurvivor(ctx, m); err != nil {
		return nil, err
	}
	for _, r := range references() {
		// Only what still points to the survivor: something else may have moved it on.
		if column := r.column(kind); column != "" {
			if err := t.point(ctx, r, column, m.moved[r.table], m.Into, m.From); err != nil {
				return nil, err
			}
		}
	}
	if err := t.giveBackWishes(ctx, m, back); err != nil {
		return nil, err
	}
	if err := t.regatherText(ctx, kind, m.From, m.Into); err != nil {
		return nil, err
	}
	t.audit(jiqiao.Act{Name: actUnmerge, Object: refTo(back), Before: map[string]any{"into": m.Into}, After: map[string]any{"status": back.Head().Status}})
	t.tellOf(back)
	_, err = t.exec(ctx, `UPDATE record_merges SET undone_at = ? WHERE id = ?`, micros(t.now), m.ID)
	return back, err
}

// restoreSurvivor gives the survivor its content before the merge, when nobody has touched it since.
func (t *logTx) restoreSurvivor(ctx context.Context, m mergeRow) error {
	into, err := t.load(ctx, m.Kind, m.Into)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound || err == nil && into.Head().Version != m.intoVersion {
		return nil
	}
	if err != nil {
		return err
	}
	was, err := decode(m.Kind, m.intoBody)
	if err != nil {
		return fmt.Errorf("decode the survivor: %w", err)
	}
	return t.replace(ctx, was, into, actUnmerge)
}

// MergedInto is where a record went that was merged, "" for one that was not. A chain of merges is followed to its end.
func (s *Store) MergedInto(ctx context.Context, kind jiqiao.Kind, id string) (string, error) {
	at := id
	for range maxMergeChain {
		rec, err := s.Get(ctx, kind, at)
		if err != nil {
			return "", err
		}
		next := rec.Head().MergedInto
		if next == "" {
			break
		}
		at = next
	}
	if at == id {
		return "", nil
	}
	return at, nil
}

// maxMergeChain bounds the merges followed from one record; a circle cannot come about, as what was merged is not merged
// into.
const maxMergeChain = 16
