package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"jiqiao"
	"jiqiao/internal/sheet"
)

// preview keeps the file, reads and checks it and stages its good rows.
func (s *Service) preview(ctx context.Context, sent jiqiao.ImportFile, file *os.File) (jiqiao.Import, error) {
	from, err := s.senderOf(ctx, sent.Kind)
	if err != nil {
		return jiqiao.Import{}, err
	}
	path, err := s.keepFile(file)
	if err != nil {
		return jiqiao.Import{}, err
	}
	r, err := sheet.Open(path, sent.Kind, s.limits)
	if err != nil {
		return jiqiao.Import{}, errors.Join(err, os.Remove(path))
	}
	defer s.closeReader(r)
	held, err := lock(path) // before there is a report that Run could find
	if err != nil {
		return jiqiao.Import{}, errors.Join(fmt.Errorf("hold the upload: %w", err), os.Remove(path))
	}
	defer func() { _ = held.Close() }()
	imp := jiqiao.Import{
		Kind: sent.Kind, FileName: sent.Name, Key: sent.Key, State: jiqiao.ImportChecking, Rows: r.Total(), Organisation: from.owner.ID, User: from.viewer.User,
	}
	if err := s.store.CreateImport(ctx, &imp); err != nil {
		return imp, errors.Join(fmt.Errorf("create the report: %w", err), os.Remove(path))
	}
	release, _ := s.claim(imp.ID) // the id is new
	defer release()
	if err := os.Rename(path, s.uploadPath(imp.ID)); err != nil {
		return imp, s.abandon(ctx, &imp, fmt.Errorf("keep the upload: %w", err))
	}
	if err := s.check(ctx, from, r, &imp); err != nil {
		return imp, s.abandon(ctx, &imp, err)
	}
	return imp, nil
}

// check reads a file into its report and onto the stage.
func (s *Service) check(ctx context.Context, from sender, r *sheet.Reader, imp *jiqiao.Import) error {
	p := &previewer{
		Service: s, from: from, imp: imp, step: s.step(imp.Rows), seen: newSeen(), plan: make(plan), twins: newTwins(s, from, imp.Kind),
	}
	if err := p.all(ctx, r); err != nil {
		return err
	}
	imp.Warnings = append(unread(r), imp.Warnings...)
	if err := p.plan.save(s.planPath(imp.ID)); err != nil {
		return err
	}
	imp.State = jiqiao.ImportPreviewed
	if err := s.store.UpdateImport(ctx, imp); err != nil {
		return fmt.Errorf("save the report: %w", err)
	}
	s.progress(imp.ID, imp.Total, imp.Total)
	s.log.InfoContext(ctx, "import previewed", "import", imp.ID, "kind", imp.Kind, "rows", imp.Total, "failed", imp.Failed)
	return nil
}

// abandon ends an import that cannot be previewed and returns why. The caller's context may be what ended it, or the
// sender, who cancelled it.
func (s *Service) abandon(ctx context.Context, imp *jiqiao.Import, cause error) error {
	if ctx.Err() != nil {
		cause = cancelled(errors.Join(ctx.Err(), cause))
	}
	ctx = context.WithoutCancel(ctx)
	if now, err := s.store.GetImport(ctx, imp.ID); err == nil && now.State == jiqiao.ImportFailed {
		*imp = now
		s.removeFiles(imp.ID)
		return errors.Join(jiqiao.Fail(jiqiao.CodeConflict, now.Message, cause), s.store.DropStaged(ctx, imp.ID))
	}
	finished := s.now().UTC()
	imp.State, imp.FinishedAt, imp.Message = jiqiao.ImportFailed, &finished, "导入没有完成，请重试"
	var told *jiqiao.Error
	if errors.As(cause, &told) {
		imp.Message = told.Message
	}
	if err := errors.Join(s.store.UpdateImport(ctx, imp), s.store.DropStaged(ctx, imp.ID)); err != nil {
		// The store is going down, with the process perhaps: the file stays for Run.
		s.log.ErrorContext(ctx, "abandoned import not recorded", "import", imp.ID, "err", err)
		return cause
	}
	s.removeFiles(imp.ID)
	return cause
}

// unread warns of columns that belong to no field: a heading misspelt would otherwise lose a column in silence.
func unread(r *sheet.Reader) []jiqiao.CellError {
	var all []jiqiao.CellError
	for _, heading := range r.Ignored() {
		all = append(all, jiqiao.CellError{Row: 1, Column: heading, Message: "没有这个栏目，整列未读取；若是表头写法不同，请按模板改正后重新导入"})
	}
	return all
}

// previewer is the state of one preview.
type previewer struct {
	*Service
	from  sender
	imp   *jiqiao.Import
	step  int // rows between two looks at the store
	seen  *seen
	plan  plan
	twins *twins
	batch []staged
}

// staged is a good row on its way to the stage.
type staged struct {
	row      *sheet.Row
	record   jiqiao.Record
	entry    sheet.Entry
	warnings []jiqiao.CellError
	fresh    bool // there is no record of the name yet
}

func (p *previewer) all(ctx context.Context, r *sheet.Reader) error {
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := p.take(ctx, row); err != nil {
			return err
		}
		if p.imp.Total%p.step == 0 {
			if err := p.flush(ctx); err != nil {
				return err
			}
		}
	}
	if p.imp.Total == 0 {
		return jiqiao.Fail(jiqiao.CodeInvalid, "表头下面没有数据，请填写后重新上传", nil)
	}
	return p.flush(ctx)
}

// take checks one row and puts it into the batch or among the failed.
func (p *previewer) take(ctx context.Context, row *sheet.Row) error {
	p.imp.Total++
	if !row.OK() {
		p.fail(row.Errors...)
		return nil
	}
	warnings := p.from.claim(row)
	if again := p.seen.check(row); again != nil {
		p.fail(*again)
		return nil
	}
	entry, faults, err := p.merge(ctx, row)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		p.fail(faults...)
		return nil
	}
	p.batch = append(p.batch, staged{row: row, record: entry.Record, entry: entry, warnings: append(warnings, row.Warnings(entry)...)})
	return nil
}

// merge puts the row over the record that it names, if there is one: what the row leaves empty keeps its value.
func (p *previewer) merge(ctx context.Context, row *sheet.Row) (sheet.Entry, []jiqiao.CellError, error) {
	h := row.Entry.Record.Head()
	old, err := p.store.FindByKey(ctx, p.imp.Kind, h.Owner.CreditCode, h.Owner.Name, h.Title)
	if err == nil && p.from.restricted && old.Head().Owner.ID != p.from.owner.ID {
		err = errNotYours() // another organisation of the same name
	}
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
		entry := row.Entry
		h.Status = cmp.Or(h.Status, p.status)
		h.Owner.Kind = cmp.Or(entry.Organisation.Kind, h.Owner.Kind)
		if p.from.restricted {
			h.Status = jiqiao.OwnStatus(h.Status, "")
		}
		return entry, p.refuse(row, entry.Record, nil), nil
	case err != nil:
		return sheet.Entry{}, nil, fmt.Errorf("find the record of row %d: %w", row.Number, err)
	}
	present := *old.Head()
	if refused := p.refuse(row, row.Entry.Record, old); refused != nil {
		return sheet.Entry{}, refused, nil
	}
	entry, faults := row.Over(sheet.Entry{Record: old})
	if p.from.restricted {
		merged := entry.Record.Head()
		merged.Status, merged.Owner = jiqiao.OwnStatus(merged.Status, present.Status), present.Owner
	}
	return entry, faults, nil
}

// refuse is the fault of a row that the sender may not write.
func (p *previewer) refuse(row *sheet.Row, rec, old jiqiao.Record) []jiqiao.CellError {
	if why := p.from.refuses(rec, old); why != "" {
		return []jiqiao.CellError{{Row: row.Number, Message: why}}
	}
	return nil
}

// fail counts a row that cannot be imported.
func (p *previewer) fail(faults ...jiqiao.CellError) {
	p.imp.Failed++
	p.imp.Errors, p.imp.MoreErrors = report(p.imp.Errors, p.imp.MoreErrors, faults)
}

// report adds cells to a list of the report, or to the count of those that it has no room for.
func report(list []jiqiao.CellError, more int, cells []jiqiao.CellError) ([]jiqiao.CellError, int) {
	room := min(len(cells), max(jiqiao.MaxImportErrors-len(list), 0))
	return append(list, cells[:room]...), more + len(cells) - room
}

// flush asks the store what the batch would do, stages it and brings the report up to date.
func (p *previewer) flush(ctx context.Context) error {
	good, err := p.predict(ctx, p.batch)
	if err != nil {
		return err
	}
	rows := make([]jiqiao.StagedRow, len(good))
	for i, g := range good {
		rows[i] = jiqiao.StagedRow{Row: g.row.Number, Record: g.record}
		p.plan.add(g.entry)
		p.imp.Warnings, p.imp.MoreWarnings = report(p.imp.Warnings, p.imp.MoreWarnings, g.warnings)
		if err := p.twins.look(ctx, p.imp, &g); err != nil {
			return err
		}
	}
	if len(rows) > 0 {
		if err := p.store.StageRows(ctx, p.imp.ID, rows); err != nil {
			return fmt.Errorf("stage rows: %w", err)
		}
	}
	p.batch = p.batch[:0]
	slices.SortStableFunc(p.imp.Errors, func(a, b jiqiao.CellError) int { return cmp.Compare(a.Row, b.Row) })
	if err := p.store.UpdateImport(ctx, p.imp); err != nil {
		return fmt.Errorf("save the report: %w", err)
	}
	p.progress(p.imp.ID, p.imp.Total, p.imp.Rows)
	return nil
}

// predict counts what writing the rows would do and returns those that the store takes. When it refuses the batch, the
// rows are asked one by one, so that one bad row does not take the others with it.
func (p *previewer) predict(ctx context.Context, batch []staged) ([]staged, error) {
	if len(batch) == 0 {
		return nil, nil
	}
	records := make([]jiqiao.Record, len(batch))
	for i, b := range batch {
		records[i] = b.record
	}
	results, err := p.store.PreviewMany(ctx, records)
	var refused *jiqiao.Error
	switch {
	case err == nil:
		for i, r := range results {
			p.count(r.Outcome)
			batch[i].fresh = r.Outcome == jiqiao.PutCreated
		}
		return batch, nil
	case !errors.As(err, &refused) || !callersFault(refused.Code):
		return nil, fmt.Errorf("preview rows: %w", err)
	case len(batch) == 1:
		p.fail(jiqiao.CellError{Row: batch[0].row.Number, Message: refused.Message})
		return nil, nil
	}
	var good []staged
	for i := range batch {
		one, err := p.predict(ctx, batch[i:i+1])
		if err != nil {
			return nil, err
		}
		good = append(good, one...)
	}
	return good, nil
}

// callersFault tells what is wrong with a row from what is wrong with the store.
func callersFault(code jiqiao.Code) bool {
	switch code {
	case jiqiao.CodeInvalid, jiqiao.CodeConflict, jiqiao.CodeNotFound, jiqiao.CodePrecondition, jiqiao.CodeTooLarge:
		return true
	}
	return false
}

func (p *previewer) count(outcome jiqiao.PutOutcome) {
	switch outcome {
	case jiqiao.PutCreated:
		p.imp.Created++
	case jiqiao.PutUpdated:
		p.imp.Updated++
	default:
		p.imp.Unchanged++
	}
}
