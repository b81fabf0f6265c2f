package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"jiqiao"
)

// CommitImport writes the good rows of a preview, or goes on with a commit that was cut off or stopped. When ctx ends or the
// store fails on the way, the rows written stay written, the report stays ImportRunning, and committing again or Run
// goes on.
func (s *Service) CommitImport(ctx context.Context, id string) (jiqiao.Import, error) {
	return s.CommitChosen(ctx, id, nil)
}

// CommitChosen is CommitImport after what the sender chose for rows that have near duplicates; rows without a choice are
// written as new ones. The choices of an import that is being written already are not heard.
func (s *Service) CommitChosen(ctx context.Context, id string, choices []jiqiao.ImportChoice) (jiqiao.Import, error) {
	imp, release, err := s.take(ctx, id)
	if err != nil {
		return jiqiao.Import{}, err
	}
	defer release()
	switch {
	case imp.State == jiqiao.ImportStopped:
		if imp, err = s.store.ResumeImport(ctx, imp.ID, false); err != nil {
			return jiqiao.Import{}, err
		}
	case imp.State != jiqiao.ImportPreviewed && imp.State != jiqiao.ImportRunning:
		return s.store.CommitStaged(ctx, imp.ID, 1) // the store says why not
	case imp.State == jiqiao.ImportRunning && !exists(s.markPath(imp.ID)):
		return jiqiao.Import{}, errBusy() // another process's
	}
	if imp.State == jiqiao.ImportPreviewed && len(choices) > 0 {
		if err := s.choose(ctx, &imp, choices); err != nil {
			return jiqiao.Import{}, err
		}
	}
	return s.finish(ctx, imp)
}

// DropRest gives up the rows that a stopped import has not written, and closes it.
func (s *Service) DropRest(ctx context.Context, id string) (jiqiao.Import, error) {
	imp, release, err := s.take(ctx, id)
	if err != nil {
		return jiqiao.Import{}, err
	}
	defer release()
	if imp, err = s.store.ResumeImport(ctx, imp.ID, true); err != nil {
		return jiqiao.Import{}, err
	}
	return s.finish(ctx, imp)
}

// StopImport halts the writing after the rows at hand, which stays to be gone on with; a check is cancelled.
func (s *Service) StopImport(ctx context.Context, id string) (jiqiao.Import, error) {
	if _, err := s.GetImport(ctx, id); err != nil {
		return jiqiao.Import{}, err
	}
	imp, err := s.store.StopImport(ctx, id)
	if err != nil {
		return jiqiao.Import{}, err
	}
	s.log.InfoContext(ctx, "import stopped", "import", imp.ID, "state", imp.State)
	s.progress(imp.ID, imp.Total, imp.Rows)
	return imp, nil
}

func errBusy() error {
	return jiqiao.Fail(jiqiao.CodeConflict, "这次导入正在进行，请稍候查看结果", nil)
}

// take gives an import of the caller's to the caller alone. Who was at one that is stopped is about to end.
func (s *Service) take(ctx context.Context, id string) (imp jiqiao.Import, release func(), err error) {
	if imp, err = s.GetImport(ctx, id); err != nil {
		return imp, nil, err
	}
	claim := func(_ context.Context, id string) (func(), bool) { return s.claim(id) }
	if imp.State == jiqiao.ImportStopped {
		claim = s.claimSoon
	}
	release, ok := claim(ctx, id)
	if !ok {
		return imp, nil, errBusy()
	}
	if imp, err = s.store.GetImport(ctx, id); err != nil { // before the claim somebody else may have been at it
		release()
	}
	return imp, release, err
}

// finish writes what is on the stage and closes the import, unless it is stopped on the way.
func (s *Service) finish(ctx context.Context, imp jiqiao.Import) (jiqiao.Import, error) {
	details, err := loadPlan(s.planPath(imp.ID))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return jiqiao.Import{}, fmt.Errorf("read the plan of import %s: %w", imp.ID, err)
	}
	if err := s.mark(imp.ID); err != nil {
		return jiqiao.Import{}, err
	}
	imp, err = s.write(ctx, imp, details)
	if errors.Is(err, jiqiao.ErrImportStopped) {
		return s.store.GetImport(ctx, imp.ID)
	}
	if err != nil {
		return jiqiao.Import{}, s.blocked(ctx, imp, err)
	}
	s.progress(imp.ID, imp.Total, imp.Total)
	s.log.InfoContext(ctx, "import done", "import", imp.ID, "kind", imp.Kind,
		"created", imp.Created, "updated", imp.Updated, "unchanged", imp.Unchanged, "failed", imp.Failed, "dropped", imp.Dropped)
	return imp, nil
}

// mark notes that the commit was asked for, before the first row is written.
func (s *Service) mark(id string) error {
	f, err := os.Create(s.markPath(id))
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err != nil {
		return jiqiao.Fail(jiqiao.CodeUnavailable, "无法开始写入，请检查服务器磁盘空间后重试", err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// write empties the stage, then writes the details of owners, and only then lets the store close the import: a crash
// anywhere before leaves it running, and nothing that was done is harmed by doing it again.
func (s *Service) write(ctx context.Context, imp jiqiao.Import, details plan) (jiqiao.Import, error) {
	for {
		rows, err := s.store.StagedRows(ctx, imp.ID, 0, s.step(imp.Total))
		if err != nil {
			return imp, fmt.Errorf("read the stage: %w", err)
		}
		if len(rows) == 0 {
			break
		}
		// Exactly as many as there are, for with fewer the store would close the import.
		next, err := s.store.CommitStaged(ctx, imp.ID, len(rows))
		if err != nil {
			return imp, fmt.Errorf("write rows %d to %d: %w", rows[0].Row, rows[len(rows)-1].Row, err)
		}
		imp = next
		s.progress(imp.ID, imp.Created+imp.Updated+imp.Unchanged+imp.Failed+imp.Skipped, imp.Total)
	}
	if imp.Organisation == "" { // who enters for itself changes its organisation elsewhere
		if err := s.apply(ctx, imp.Kind, details); err != nil {
			return imp, fmt.Errorf("write organisations: %w", err)
		}
	}
	if err := s.distinguish(ctx, imp); err != nil {
		return imp, fmt.Errorf("tell rows from what they resemble: %w", err)
	}
	done, err := s.store.CommitStaged(ctx, imp.ID, 1)
	if err != nil {
		return imp, fmt.Errorf("close the import: %w", err)
	}
	return done, nil
}

// A file is checked and written in about watchedSteps transactions, none for less than smallestStep rows; one whose length
// is not known, in unknownStep.
const (
	watchedSteps = 20
	smallestStep = 20
	unknownStep  = 100
)

// step is how many of so many rows are done at once: few enough to watch, enough to be quick.
func (s *Service) step(rows int) int {
	if rows <= 0 {
		return min(s.batch, unknownStep)
	}
	return min(s.batch, max(rows/watchedSteps, smallestStep))
}

// blocked ends an import that would fail the same way again: the store was changed since the preview so that it refuses
// a row. Other failures pass, and the import stays as it is.
func (s *Service) blocked(ctx context.Context, imp jiqiao.Import, cause error) error {
	var refused *jiqiao.Error
	if ctx.Err() != nil || !errors.As(cause, &refused) || !callersFault(refused.Code) || refused.Code == jiqiao.CodeNotFound {
		return cause
	}
	finished := s.now().UTC()
	imp.State, imp.FinishedAt, imp.Message = jiqiao.ImportFailed, &finished, refused.Message+"；已写入的行保留，请重新上传文件继续"
	return errors.Join(cause, s.store.UpdateImport(ctx, &imp), s.store.DropStaged(ctx, imp.ID))
}

// Intervals of Run.
const (
	sweepEvery = time.Minute
	// tempAge is after what time a temporary file belongs to nobody.
	tempAge   = 24 * time.Hour
	manyAtOne = 1000
)

// Run finishes what crashes and cancelled requests cut off, and clears what has grown old, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep is one round of Run.
func (s *Service) sweep(ctx context.Context) error {
	for state, resume := range map[jiqiao.ImportState]func(context.Context, jiqiao.Import) error{
		jiqiao.ImportRunning: s.resume, jiqiao.ImportChecking: s.recheck,
	} {
		cut, err := s.store.Imports(ctx, state, manyAtOne)
		if err != nil {
			return fmt.Errorf("list imports that are %s: %w", state, err)
		}
		for _, imp := range cut {
			if err := resume(ctx, imp); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, "import not resumed", "import", imp.ID, "err", err)
			}
		}
	}
	before := s.now().Add(-s.keep)
	if _, err := s.store.ExpirePreviews(ctx, before); err != nil {
		return fmt.Errorf("expire previews: %w", err)
	}
	s.clear(s.dir, before)
	s.clear(s.TempDir(), s.now().Add(-tempAge))
	return nil
}

// resume goes on with writing that was cut off, if it is ours: its file lies in our directory.
func (s *Service) resume(ctx context.Context, imp jiqiao.Import) error {
	if !exists(s.uploadPath(imp.ID)) || !exists(s.markPath(imp.ID)) {
		return nil // another process's
	}
	release, ok := s.claim(imp.ID)
	if !ok {
		return nil // somebody is at it
	}
	defer release()
	imp, err := s.store.GetImport(ctx, imp.ID)
	if err != nil || imp.State != jiqiao.ImportRunning {
		return err // it has ended meanwhile, or its sender stopped it
	}
	s.log.InfoContext(ctx, "import resumed", "import", imp.ID)
	_, err = s.finish(ctx, imp)
	return err
}

// clear removes files last changed before the time, except those of imports at work.
func (s *Service) clear(dir string, before time.Time) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		s.log.Warn("directory of imports not read", "dir", dir, "err", err)
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || e.IsDir() || !info.ModTime().Before(before) || s.working(e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			s.log.Warn("old import file not removed", "file", e.Name(), "err", err)
		}
	}
}

func (s *Service) working(file string) bool {
	id, _, _ := strings.Cut(file, ".")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.active[id]
}

func (s *Service) removeFiles(id string) {
	for _, path := range []string{s.uploadPath(id), s.planPath(id), s.markPath(id), s.triesPath(id)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.log.Warn("import file not removed", "file", path, "err", err)
		}
	}
}
