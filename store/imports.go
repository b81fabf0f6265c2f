package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jiqiao"
)

const importLabel = "导入记录"

// CreateImport stores a new report and fills ID and CreatedAt; State is ImportRunning unless set.
func (s *Store) CreateImport(ctx context.Context, imp *jiqiao.Import) error {
	return s.tx(ctx, "create an import", func(t *tx) error {
		imp.ID, imp.CreatedAt = t.ids.next(importPrefix), t.now
		if imp.State == "" {
			imp.State = jiqiao.ImportRunning
		}
		body, err := encodeImport(imp)
		if err != nil {
			return err
		}
		t.audit(jiqiao.Act{Name: "import.upload", Object: importRef(imp.ID), After: map[string]any{"kind": imp.Kind}})
		_, err = t.exec(ctx, `INSERT INTO imports (id, state, created_at, body, organisation, user_id) VALUES (?, ?, ?, ?, ?, ?)`,
			imp.ID, clean(string(imp.State)), micros(imp.CreatedAt), body, clean(imp.Organisation), clean(imp.User))
		return err
	})
}

func importRef(id string) jiqiao.Ref { return jiqiao.Ref{Type: "import", ID: id} }

// UpdateImport replaces the report. One import has one writer, so there is no version to match; but what has failed stays
// so, which is how a check hears that it was cancelled: CodeConflict.
func (s *Store) UpdateImport(ctx context.Context, imp *jiqiao.Import) error {
	return s.tx(ctx, "update an import", func(t *tx) error { return t.updateImport(ctx, imp) })
}

func (s session) updateImport(ctx context.Context, imp *jiqiao.Import) error {
	if !hasShape(imp.ID, importPrefix) {
		return notFound(importLabel)
	}
	body, err := encodeImport(imp)
	if err != nil {
		return err
	}
	n, err := s.exec(ctx, `UPDATE imports SET state = ?, body = ? WHERE id = ? AND state <> ?`,
		clean(string(imp.State)), body, imp.ID, string(jiqiao.ImportFailed))
	if err != nil || n > 0 {
		return err
	}
	if _, err := s.loadImport(ctx, imp.ID); err != nil {
		return err
	}
	return jiqiao.Fail(jiqiao.CodeConflict, "这次导入已经取消，没有写入", nil)
}

// GetImport returns the report.
func (s *Store) GetImport(ctx context.Context, id string) (jiqiao.Import, error) {
	imp, err := s.reader().loadImport(ctx, id)
	return imp, wrap("get an import", err)
}

// Imports returns the latest reports, newest first. With a state only those in it: ImportRunning after a start are the
// ones that a crash cut off.
func (s *Store) Imports(ctx context.Context, state jiqiao.ImportState, limit int) ([]jiqiao.Import, error) {
	if state == "" {
		imports, err := s.reader().imports(ctx, `1 = 1 ORDER BY id DESC LIMIT ?`, limit)
		return imports, wrap("list imports", err)
	}
	imports, err := s.reader().imports(ctx, `state = ? ORDER BY id DESC LIMIT ?`, clean(string(state)), limit)
	return imports, wrap("list imports", err)
}

// ImportPage is a page of reports, the newest first, without what belongs to single rows.
func (s *Store) ImportPage(ctx context.Context, q jiqiao.ImportQuery) (jiqiao.ImportPage, error) {
	page := jiqiao.ImportPage{Items: []jiqiao.Import{}}
	if err := goodCursor(q.Cursor, importPrefix); err != nil {
		return page, err
	}
	q.Limit = pageSize(q.Limit)
	c := &conditions{}
	c.and(`1 = 1`)
	for _, part := range []struct{ column, value string }{{"organisation", q.Organisation}, {"user_id", q.User}, {"state", string(q.State)}} {
		if part.value != "" {
			c.and(part.column+` = ?`, clean(part.value))
		}
	}
	if err := s.reader().row(ctx, `SELECT count(*) FROM imports WHERE `+c.String(), c.args, &page.Total); err != nil {
		return page, wrap("count imports", err)
	}
	if q.Cursor != "" {
		c.and(`id < ?`, q.Cursor)
	}
	found, err := s.reader().imports(ctx, c.String()+` ORDER BY id DESC LIMIT ?`, append(c.args, q.Limit+1)...)
	if err != nil {
		return page, wrap("list imports", err)
	}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		page.Next = found[q.Limit-1].ID
	}
	for _, imp := range found {
		imp.Errors, imp.Warnings, imp.Duplicates, imp.Written = []jiqiao.CellError{}, []jiqiao.CellError{}, nil, nil
		page.Items = append(page.Items, imp)
	}
	return page, nil
}

// StageRows keeps good rows of a preview. A row that is there already is replaced, so that reading a file again after
// a crash does nothing twice.
func (s *Store) StageRows(ctx context.Context, importID string, rows []jiqiao.StagedRow) error {
	return s.tx(ctx, "stage rows", func(t *tx) error {
		if _, err := t.loadImport(ctx, importID); err != nil {
			return err
		}
		for _, row := range rows {
			body, err := encodeJSON(row.Record)
			if err != nil {
				return err
			}
			_, err = t.exec(ctx, `
				INSERT INTO staged_rows (import_id, line, body) VALUES (?, ?, ?)
				ON CONFLICT (import_id, line) DO UPDATE SET body = excluded.body`, importID, row.Row, body)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// StagedRows returns staged rows after the given one, at most limit.
func (s *Store) StagedRows(ctx context.Context, importID string, afterRow, limit int) ([]jiqiao.StagedRow, error) {
	imp, err := s.GetImport(ctx, importID)
	if err != nil {
		return nil, err
	}
	rows, err := s.reader().staged(ctx, imp, afterRow, limit)
	return rows, wrap("read staged rows", err)
}

// CommitStaged writes the next rows of a previewed import, at most limit, as PutMany does, takes them off the stage and
// counts them, all in one transaction: however often the process dies, every row is written and counted once. Call it
// until the import's state is ImportDone. The first call resets Created, Updated and Unchanged, which in a preview are
// predictions. An import in another state than previewed or running is CodeConflict, of one that was stopped with
// ErrImportStopped.
func (s *Store) CommitStaged(ctx context.Context, importID string, limit int) (jiqiao.Import, error) {
	var imp jiqiao.Import
	err := s.logged(ctx, "commit staged rows", func(t *logTx) (err error) {
		if imp, err = t.loadImport(ctx, importID); err != nil {
			return err
		}
		starts := imp.State == jiqiao.ImportPreviewed
		if err = startCommit(&imp); err != nil {
			return err
		}
		if starts { // what is left over after a crash is written by the service: here it is still known who wanted it
			t.audit(jiqiao.Act{Name: "import.commit", Object: importRef(imp.ID), After: map[string]any{"kind": imp.Kind}})
		}
		rows, err := t.staged(ctx, imp, 0, limit)
		if err != nil {
			return err
		}
		if err = t.commitRows(ctx, &imp, rows); err != nil {
			return err
		}
		if len(rows) < limit {
			imp.State, imp.FinishedAt = jiqiao.ImportDone, &t.now
			t.audit(jiqiao.Act{Name: "import.done", Object: importRef(imp.ID), After: map[string]any{
				"created": imp.Created, "updated": imp.Updated, "unchanged": imp.Unchanged, "failed": imp.Failed,
			}})
		}
		return t.updateImport(ctx, &imp)
	})
	if err != nil {
		return jiqiao.Import{}, err
	}
	return imp, nil
}

func startCommit(imp *jiqiao.Import) error {
	switch imp.State {
	case jiqiao.ImportRunning:
	case jiqiao.ImportPreviewed:
		imp.State, imp.Created, imp.Updated, imp.Unchanged = jiqiao.ImportRunning, 0, 0, 0
	case jiqiao.ImportDone:
		return jiqiao.Fail(jiqiao.CodeConflict, "这次导入已经写入，不必重复提交", nil)
	case jiqiao.ImportStopped:
		return jiqiao.Fail(jiqiao.CodeConflict, "这次导入已停止，可以继续写入或放弃剩余的行", jiqiao.ErrImportStopped)
	case jiqiao.ImportChecking:
		return jiqiao.Fail(jiqiao.CodeConflict, "文件还在检查，请稍候查看结果", nil)
	default:
		return jiqiao.Fail(jiqiao.CodeConflict, "这次导入没有成功或预览已过期，请重新上传文件", nil)
	}
	return nil
}

// StopImport halts an import that is being written: what is written stays, the rest waits on the stage. A check ends for
// good, and nothing of it stays. Writing rows takes the same turn, so that none is written or counted afterwards.
func (s *Store) StopImport(ctx context.Context, id string) (imp jiqiao.Import, err error) {
	err = s.logged(ctx, "stop an import", func(t *logTx) (err error) {
		if imp, err = t.loadImport(ctx, id); err != nil {
			return err
		}
		switch imp.State {
		case jiqiao.ImportRunning:
			imp.State = jiqiao.ImportStopped
		case jiqiao.ImportChecking:
			imp.State, imp.FinishedAt, imp.Message = jiqiao.ImportFailed, &t.now, "已取消检查，没有写入任何内容"
			if err := t.dropStaged(ctx, id); err != nil {
				return err
			}
		default:
			return jiqiao.Fail(jiqiao.CodeConflict, "这次导入没有在进行，请刷新查看结果", nil)
		}
		t.audit(jiqiao.Act{Name: "import.stop", Object: importRef(id), After: map[string]any{"created": imp.Created, "updated": imp.Updated}})
		return t.updateImport(ctx, &imp)
	})
	return imp, err
}

// ResumeImport has a stopped import go on being written. With drop the rows on the stage are given up before, so that only
// what comes after the rows is left to do.
func (s *Store) ResumeImport(ctx context.Context, id string, drop bool) (imp jiqiao.Import, err error) {
	err = s.logged(ctx, "resume an import", func(t *logTx) (err error) {
		if imp, err = t.loadImport(ctx, id); err != nil {
			return err
		}
		if imp.State != jiqiao.ImportStopped {
			return jiqiao.Fail(jiqiao.CodeConflict, "这次导入没有停止，请刷新查看结果", nil)
		}
		imp.State = jiqiao.ImportRunning
		act := jiqiao.Act{Name: "import.resume", Object: importRef(id)}
		if drop {
			if err := t.dropRest(ctx, &imp); err != nil {
				return err
			}
			act.Name, act.After = "import.drop", map[string]any{"dropped": imp.Dropped}
		}
		t.audit(act)
		return t.updateImport(ctx, &imp)
	})
	return imp, err
}

// dropRest gives up what is on the stage.
func (t *tx) dropRest(ctx context.Context, imp *jiqiao.Import) error {
	if err := t.row(ctx, `SELECT count(*) FROM staged_rows WHERE import_id = ?`, []any{imp.ID}, &imp.Dropped); err != nil {
		return err
	}
	return t.dropStaged(ctx, imp.ID)
}

func (t *tx) dropStaged(ctx context.Context, id string) error {
	_, err := t.exec(ctx, `DELETE FROM staged_rows WHERE import_id = ?`, clean(id))
	return err
}

func (t *logTx) commitRows(ctx context.Context, imp *jiqiao.Import, rows []jiqiao.StagedRow) error {
	for _, row := range rows {
		outcome, err := t.importRow(ctx, imp.Organisation, row.Record)
		if err != nil {
			return fmt.Errorf("row %d: %w", row.Row, err)
		}
		if head := row.Record.Head(); outcome != jiqiao.PutUnchanged && len(imp.Written) < jiqiao.MaxImportErrors {
			imp.Written = append(imp.Written, jiqiao.ImportedRow{Row: row.Row, ID: head.ID, Title: head.Title, Outcome: outcome})
		}
		switch outcome {
		case jiqiao.PutCreated:
			imp.Created++
		case jiqiao.PutUpdated:
			imp.Updated++
		default:
			imp.Unchanged++
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := t.exec(ctx, `DELETE FROM staged_rows WHERE import_id = ? AND line <= ?`, imp.ID, rows[len(rows)-1].Row)
	return err
}

// importRow writes a row for the organisation that imports for itself, "" for those who may write any.
func (t *logTx) importRow(ctx context.Context, organisation string, rec jiqiao.Record) (jiqiao.PutOutcome, error) {
	if organisation == "" {
		return t.upsert(ctx, rec)
	}
	return t.upsertOwn(ctx, rec, organisation)
}

// DropStagedRows takes rows off the stage that are not to be written.
func (s *Store) DropStagedRows(ctx context.Context, importID string, rows []int) error {
	return s.tx(ctx, "drop staged rows", func(t *tx) error {
		for _, row := range rows {
			if _, err := t.exec(ctx, `DELETE FROM staged_rows WHERE import_id = ? AND line = ?`, clean(importID), row); err != nil {
				return err
			}
		}
		return nil
	})
}

// DropStaged throws away what is left on the stage of an import.
func (s *Store) DropStaged(ctx context.Context, importID string) error {
	return s.tx(ctx, "drop staged rows", func(t *tx) error { return t.dropStaged(ctx, importID) })
}

// ExpirePreviews ends imports of before the time that wait for somebody: previews that were never committed fail, as do
// checks that nobody finished; of what was stopped the rest is given up. It returns how many there were.
func (s *Store) ExpirePreviews(ctx context.Context, before time.Time) (int, error) {
	var old []jiqiao.Import
	err := s.tx(ctx, "expire previews", func(t *tx) (err error) {
		old, err = t.imports(ctx, `state IN (?, ?, ?) AND created_at < ?`,
			string(jiqiao.ImportPreviewed), string(jiqiao.ImportChecking), string(jiqiao.ImportStopped), micros(before))
		if err != nil {
			return err
		}
		for _, imp := range old {
			stopped := imp.State == jiqiao.ImportStopped
			imp.State, imp.Message, imp.FinishedAt = jiqiao.ImportFailed, "预览已过期，请重新上传文件", &t.now
			rest := &jiqiao.Import{ID: imp.ID}
			if err := t.dropRest(ctx, rest); err != nil {
				return err
			}
			if stopped {
				imp.State, imp.Message, imp.Dropped = jiqiao.ImportDone, "停止后一直没有继续，其余的行已放弃", rest.Dropped
			}
			if err := t.updateImport(ctx, &imp); err != nil {
				return err
			}
		}
		return nil
	})
	return len(old), err
}

func (s session) staged(ctx context.Context, imp jiqiao.Import, after, limit int) ([]jiqiao.StagedRow, error) {
	var rows []jiqiao.StagedRow
	err := s.each(ctx, `SELECT line, body FROM staged_rows WHERE import_id = ? AND line > ? ORDER BY line LIMIT ?`,
		[]any{imp.ID, after, limit}, func(scan func(...any) error) error {
			var row jiqiao.StagedRow
			var body []byte
			if err := scan(&row.Row, &body); err != nil {
				return err
			}
			rec, err := decode(imp.Kind, body)
			if err != nil {
				return fmt.Errorf("decode row %d: %w", row.Row, err)
			}
			row.Record = rec
			rows = append(rows, row)
			return nil
		})
	return rows, err
}

func (s session) loadImport(ctx context.Context, id string) (jiqiao.Import, error) {
	if !hasShape(id, importPrefix) {
		return jiqiao.Import{}, notFound(importLabel)
	}
	found, err := s.imports(ctx, `id = ?`, id)
	if err != nil {
		return jiqiao.Import{}, err
	}
	if len(found) == 0 {
		return jiqiao.Import{}, notFound(importLabel)
	}
	return found[0], nil
}

func (s session) imports(ctx context.Context, where string, args ...any) ([]jiqiao.Import, error) {
	var imports []jiqiao.Import
	err := s.each(ctx, `SELECT body, user_id FROM imports WHERE `+where, args, func(scan func(...any) error) error {
		var (
			body []byte
			imp  jiqiao.Import
		)
		if err := scan(&body, &imp.User); err != nil {
			return err
		}
		if err := json.Unmarshal(body, &imp); err != nil {
			return fmt.Errorf("decode an import: %w", err)
		}
		imports = append(imports, imp)
		return nil
	})
	return imports, err
}

// encodeImport keeps Errors and Warnings arrays, which is what readers of the report expect.
func encodeImport(imp *jiqiao.Import) (string, error) {
	if imp.Errors == nil {
		imp.Errors = []jiqiao.CellError{}
	}
	if imp.Warnings == nil {
		imp.Warnings = []jiqiao.CellError{}
	}
	return encodeJSON(imp)
}
