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

// CommitImport writes the good rows of a preview, or goes on with a commit that was cut off. When ctx ends or the
// store fails on the way, the rows written stay written, the report stays ImportRunning, and committing again or Run
// goes on.
func (s *Service) CommitImport(ctx context.Context, id string) (jiqiao.Import, error) {
	return s.CommitChosen(ctx, id, nil)
}

// CommitChosen is CommitImport after what the sender chose for rows that have near duplicates; rows without a choice are
// written as new ones. The choices of an import that is being written already are not heard.
func (s *Service) CommitChosen(ctx context.Context, id string, choices []jiqiao.ImportChoice) (jiqiao.Import, error) {
	release, ok := s.claim(id)
	if !ok {
		return jiqiao.Import{}, jiqiao.Fail(jiqiao.CodeConflict, "这次导入正在进行，请稍候查看结果", nil)
	}
	defer release()
	imp, err := s.store.GetImport(ctx, id)
	if err != nil {
		return jiqiao.Import{}, err
	}
	if err := allowed(ctx, imp); err != nil {
		return jiqiao.Import{}, err
	}
	details, err := loadPlan(s.planPath(imp.ID))
	switch {
	case imp.State != jiqiao.ImportPreviewed && imp.State != jiqiao.ImportRunning:
		return s.store.CommitStaged(ctx, imp.ID, 1) // the store says why not
	case imp.State == jiqiao.ImportRunning && !exists(s.markPath(imp.ID)):
		return jiqiao.Import{}, jiqiao.Fail(jiqiao.CodeConflict, "文件还在检查，或检查被中断；请查看结果，必要时重新上传", err)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return jiqiao.Import{}, fmt.Errorf("read the plan of import %s: %w", imp.ID, err)
	}
	if imp.State == jiqiao.ImportPreviewed && len(choices) > 0 {
		if err := s.choose(ctx, &imp, choices); err != nil {
			return jiqiao.Import{}, err
		}
	}
	if err := s.mark(imp.ID); err != nil {
		return jiqiao.Import{}, err
	}
	imp, err = s.write(ctx, imp, details)
	if err != nil {
		return jiqiao.Import{}, s.blocked(ctx, imp, err)
	}
	s.log.InfoContext(ctx, "import done", "import", imp.ID, "kind", imp.Kind,
		"created", imp.Created, "updated", imp.Updated, "unchanged", imp.Unchanged, "failed", imp.Failed)
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
	// In steps small enough to watch, large enough to be quick.
	step := min(s.batch, max(imp.Total/watchedSteps, smallestStep))
	for {
		rows, err := s.store.StagedRows(ctx, imp.ID, 0, step)
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

// A file is written in about watchedSteps transactions, none for less than smallestStep rows.
const (
	watchedSteps = 20
	smallestStep = 20
)

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
	running, err := s.store.Imports(ctx, jiqiao.ImportRunning, manyAtOne)
	if err != nil {
		return fmt.Errorf("list running imports: %w", err)
	}
	for _, imp := range running {
		if err := s.resume(ctx, imp); err != nil {
			s.log.ErrorContext(ctx, "import not resumed", "import", imp.ID, "err", err)
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

// resume goes on with an import that was cut off, if it is one of ours: its file lies in our directory.
func (s *Service) resume(ctx context.Context, imp jiqiao.Import) error {
	if !exists(s.uploadPath(imp.ID)) {
		return nil // another process's
	}
	if exists(s.markPath(imp.ID)) {
		s.log.InfoContext(ctx, "import resumed", "import", imp.ID)
		_, err := s.CommitImport(ctx, imp.ID)
		if jiqiao.CodeOf(err) == jiqiao.CodeConflict {
			return nil // somebody is at it
		}
		return err
	}
	release, ok := s.claim(imp.ID)
	if !ok {
		return nil
	}
	defer release()
	finished := s.now().UTC()
	imp.State, imp.FinishedAt, imp.Message = jiqiao.ImportFailed, &finished, "检查文件时被中断，没有写入任何内容，请重新上传"
	s.removeFiles(imp.ID)
	return errors.Join(s.store.UpdateImport(ctx, &imp), s.store.DropStaged(ctx, imp.ID))
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
	for _, path := range []string{s.uploadPath(id), s.planPath(id), s.markPath(id)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.log.Warn("import file not removed", "file", path, "err", err)
		}
	}
}
