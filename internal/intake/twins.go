package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/internal/sheet"
)

// This file finds rows that would be new though there is nearly the same already, and does with them what the sender chose.

// Bounds of what counts as nearly the same: titles by Dice's coefficient of their pairs of characters (Dice 1945), texts by
// what Similar measures.
const (
	closeTitle   = 0.75
	similarTexts = 3
	maxDiffText  = 400
)

// twins looks for near duplicates of the rows of one file.
type twins struct {
	*Service
	from sender
	kind jiqiao.Kind
	// pairs of the titles of an organisation's records, by id, by organisation; read once each.
	titles map[string]map[string]map[string]int
}

func newTwins(s *Service, from sender, kind jiqiao.Kind) *twins {
	return &twins{Service: s, from: from, kind: kind, titles: map[string]map[string]map[string]int{}}
}

// look adds the record that is nearest the row to the report, if the row would be new and there is one.
func (t *twins) look(ctx context.Context, imp *jiqiao.Import, g *staged) error {
	if !g.fresh || len(imp.Duplicates) >= jiqiao.MaxImportDuplicates {
		return nil
	}
	id, likeness, err := t.nearest(ctx, g.record)
	if err != nil || id == "" {
		return err
	}
	old, err := t.store.Get(ctx, t.kind, id)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("get what row %d resembles: %w", g.row.Number, err)
	}
	fields, same := compare(old, g)
	imp.Duplicates = append(imp.Duplicates, jiqiao.ImportDuplicate{
		Row: g.row.Number, Title: g.record.Head().Title, RecordID: id, RecordTitle: old.Head().Title, Status: old.Head().Status,
		Similarity: likeness, Fields: fields, Same: same,
	})
	return nil
}

// nearest is the record that is most like rec among those that the sender may change; "" when none is near.
func (t *twins) nearest(ctx context.Context, rec jiqiao.Record) (string, float64, error) {
	best, likeness := "", 0.0
	take := func(id string, value float64) {
		if value > likeness || value == likeness && id > best {
			best, likeness = id, value
		}
	}
	titles, err := t.titlesOf(ctx, rec.Head().Owner.ID)
	if err != nil {
		return "", 0, err
	}
	own := pairs(foldKey(rec.Head().Title))
	for id, other := range titles {
		if v := dice(own, other); v >= closeTitle {
			take(id, v)
		}
	}
	if t.similar == nil {
		return best, likeness, nil
	}
	found, err := t.similar(ctx, rec, similarTexts)
	if err != nil { // the search is not ready: titles must do
		t.log.DebugContext(ctx, "texts not compared", "err", err)
	}
	for _, d := range found {
		old, err := t.store.Get(ctx, t.kind, d.ID)
		if err == nil && t.reaches(old) {
			take(d.ID, d.Similarity)
		}
	}
	return best, likeness, nil
}

// reaches reports whether the sender may change the record.
func (t *twins) reaches(old jiqiao.Record) bool {
	if t.from.restricted {
		return old.Head().Owner.ID == t.from.owner.ID
	}
	return t.from.refuses(old, nil) == ""
}

func (t *twins) titlesOf(ctx context.Context, organisation string) (map[string]map[string]int, error) {
	if organisation == "" {
		return nil, nil
	}
	if known, ok := t.titles[organisation]; ok {
		return known, nil
	}
	read, err := t.store.Titles(ctx, t.kind, organisation)
	if err != nil {
		return nil, fmt.Errorf("read the titles of %s: %w", organisation, err)
	}
	found := make(map[string]map[string]int, len(read))
	for id, title := range read {
		found[id] = pairs(foldKey(title))
	}
	t.titles[organisation] = found
	return found, nil
}

// compare tells in which fields what the row states differs from the record, and which of them are equal, but for what an
// empty form says as well. What the row leaves empty is neither: an update would not touch it.
func compare(old jiqiao.Record, g *staged) (fields []jiqiao.FieldChange, same []string) {
	entry, _ := g.row.Over(sheet.Entry{Record: old}) // what is wrong with it is told when it is chosen
	rec := entry.Record
	rec.Head().Owner = g.record.Head().Owner
	fields, same = jiqiao.Diff(old, rec), []string{}
	differs := map[string]bool{}
	for _, f := range append(jiqiao.Diff(old, g.record), fields...) {
		differs[f.Label] = true
	}
	had, always := jiqiao.FilledFields(old), jiqiao.FilledFields(jiqiao.NewRecord(old.Kind()))
	for _, f := range jiqiao.FilledFields(g.record) {
		if !differs[f] && slices.Contains(had, f) && !slices.Contains(always, f) {
			same = append(same, f)
		}
	}
	fields = slices.DeleteFunc(fields, func(f jiqiao.FieldChange) bool {
		return f.Field == "status" || f.Field == "merged_into" // not of the file
	})
	for i := range fields {
		f := &fields[i]
		f.Before, f.After = cut(f.Before), cut(f.After)
	}
	return fields, same
}

func cut(text string) string {
	if utf8.RuneCountInString(text) <= maxDiffText {
		return text
	}
	return string([]rune(text)[:maxDiffText]) + "……"
}

// pairs counts the pairs of neighbouring characters.
func pairs(text string) map[string]int {
	found := map[string]int{}
	runes := []rune(text)
	for i := 0; i+1 < len(runes); i++ {
		found[string(runes[i:i+2])]++
	}
	return found
}

// dice is twice what two sets of pairs share, by what they have.
func dice(a, b map[string]int) float64 {
	shared, all := 0, 0
	for pair, n := range a {
		shared += min(n, b[pair])
		all += n
	}
	for _, n := range b {
		all += n
	}
	if all == 0 {
		return 0
	}
	return 2 * float64(shared) / float64(all)
}

// choose does with near duplicates what the sender chose: a skipped row leaves the stage, one that updates is put over the
// record. It may be done again after a crash.
func (s *Service) choose(ctx context.Context, imp *jiqiao.Import, choices []jiqiao.ImportChoice) error {
	updates, skips := map[int]string{}, []int{}
	for _, c := range choices {
		n := slices.IndexFunc(imp.Duplicates, func(d jiqiao.ImportDuplicate) bool { return d.Row == c.Row })
		if n < 0 {
			return jiqiao.Invalid([]jiqiao.FieldError{{Field: "choices", Message: fmt.Sprintf("第 %d 行没有相近的记录，不需要选择", c.Row)}})
		}
		d := &imp.Duplicates[n]
		switch c.Choice {
		case jiqiao.RowNew:
		case jiqiao.RowSkip:
			skips = append(skips, c.Row)
		case jiqiao.RowUpdate:
			updates[c.Row] = d.RecordID
		default:
			return jiqiao.Invalid([]jiqiao.FieldError{{Field: "choices", Message: "应为 new（新增）、skip（跳过）或 update（更新已有记录）"}})
		}
		d.Choice = c.Choice
	}
	if err := s.restage(ctx, imp, updates); err != nil {
		return err
	}
	imp.Skipped = len(skips)
	if err := s.store.UpdateImport(ctx, imp); err != nil {
		return fmt.Errorf("keep the choices: %w", err)
	}
	if err := s.store.DropStagedRows(ctx, imp.ID, skips); err != nil {
		return fmt.Errorf("skip rows: %w", err)
	}
	return nil
}

// distinguish keeps for later that the rows which the sender wrote as new ones are not what they resemble.
func (s *Service) distinguish(ctx context.Context, imp jiqiao.Import) error {
	for _, d := range imp.Duplicates {
		n := slices.IndexFunc(imp.Written, func(w jiqiao.ImportedRow) bool { return w.Row == d.Row })
		if d.Choice != jiqiao.RowNew || n < 0 || imp.Written[n].ID == d.RecordID {
			continue
		}
		if err := s.store.Distinguish(ctx, imp.Kind, imp.Written[n].ID, d.RecordID); err != nil {
			return err
		}
	}
	return nil
}

// restage reads the rows again and puts them over the records that they are to update.
func (s *Service) restage(ctx context.Context, imp *jiqiao.Import, updates map[int]string) error {
	if len(updates) == 0 {
		return nil
	}
	from, err := s.senderOf(ctx, imp.Kind)
	if err != nil {
		return err
	}
	t := newTwins(s, from, imp.Kind)
	var rows []jiqiao.StagedRow
	err = s.eachRow(ctx, imp, func(row *sheet.Row) (bool, error) {
		id, ok := updates[row.Number]
		if !ok || !row.OK() {
			return true, nil
		}
		from.claim(row)
		rec, err := t.over(ctx, row, id)
		rows = append(rows, jiqiao.StagedRow{Row: row.Number, Record: rec})
		return len(rows) < len(updates), err
	})
	if err != nil {
		return err
	}
	return s.store.StageRows(ctx, imp.ID, rows)
}

// over is the record with the row put over it; what the record is to others stays.
func (t *twins) over(ctx context.Context, row *sheet.Row, id string) (jiqiao.Record, error) {
	old, err := t.store.Get(ctx, t.kind, id)
	if err == nil && !t.reaches(old) {
		err = jiqiao.Fail(jiqiao.CodeNotFound, "", nil)
	}
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil, jiqiao.Fail(jiqiao.CodeConflict, fmt.Sprintf("第 %d 行要更新的记录已不存在，请改选「新增」或「跳过」", row.Number), err)
	}
	if err != nil {
		return nil, fmt.Errorf("get the record that row %d updates: %w", row.Number, err)
	}
	present := *old.Head()
	entry, faults := row.Over(sheet.Entry{Record: old})
	if len(faults) > 0 {
		return nil, jiqiao.Fail(jiqiao.CodeInvalid, sheet.Sentence(faults[0]), nil)
	}
	head := entry.Record.Head()
	head.ID, head.Owner, head.Status = id, present.Owner, cmp.Or(head.Status, present.Status)
	if t.from.restricted {
		head.Status = jiqiao.OwnStatus(head.Status, present.Status)
	}
	return entry.Record, nil
}

// eachRow reads the uploaded file again until fn is done.
func (s *Service) eachRow(ctx context.Context, imp *jiqiao.Import, fn func(*sheet.Row) (more bool, err error)) error {
	r, err := s.reopen(imp)
	if err != nil {
		return err
	}
	defer s.closeReader(r)
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if more, err := fn(row); err != nil || !more {
			return err
		}
	}
}

func (s *Service) reopen(imp *jiqiao.Import) (*sheet.Reader, error) {
	r, err := sheet.Open(s.uploadPath(imp.ID), imp.Kind, s.limits)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil, jiqiao.Fail(jiqiao.CodeNotFound, "原文件已过保存期，请重新上传", err)
	}
	return r, err
}
