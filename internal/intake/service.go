package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"jiqiao"
	"jiqiao/internal/sheet"
)

// Records is what intake needs of the store to look at records and prepare them.
type Records interface {
	// FindByKey returns the record with the natural key, or CodeNotFound.
	FindByKey(ctx context.Context, kind jiqiao.Kind, creditCode, ownerName, title string) (jiqiao.Record, error)
	// PreviewMany tells what writing the records would do, and changes nothing.
	PreviewMany(ctx context.Context, recs []jiqiao.Record) ([]jiqiao.PutResult, error)
	Get(ctx context.Context, kind jiqiao.Kind, id string) (jiqiao.Record, error)
	// Titles are the ids and titles of the organisation's newest records of the side.
	Titles(ctx context.Context, kind jiqiao.Kind, organisation string) (map[string]string, error)
	GetOrganisation(ctx context.Context, id string) (jiqiao.Organisation, error)
	PutOrganisation(ctx context.Context, org *jiqiao.Organisation) error
	// Distinguish keeps that two records are not duplicates of each other.
	Distinguish(ctx context.Context, kind jiqiao.Kind, a, b string) error
}

// Reports is what intake needs of the store to keep reports.
type Reports interface {
	CreateImport(ctx context.Context, imp *jiqiao.Import) error
	UpdateImport(ctx context.Context, imp *jiqiao.Import) error
	GetImport(ctx context.Context, id string) (jiqiao.Import, error)
	Imports(ctx context.Context, state jiqiao.ImportState, limit int) ([]jiqiao.Import, error)
	// ImportPage is a page of reports, the newest first, without what belongs to single rows.
	ImportPage(ctx context.Context, q jiqiao.ImportQuery) (jiqiao.ImportPage, error)
	// ExpirePreviews fails previews made before the time, and returns how many there were.
	ExpirePreviews(ctx context.Context, before time.Time) (int, error)
	// StopImport halts the writing, or ends a check; ResumeImport goes on, with drop without the rows that are left.
	StopImport(ctx context.Context, id string) (jiqiao.Import, error)
	ResumeImport(ctx context.Context, id string, drop bool) (jiqiao.Import, error)
	// Recipient is an account in any state.
	Recipient(ctx context.Context, user string) (jiqiao.Recipient, error)
}

// Stage is what intake needs of the store to keep good rows until they are written.
type Stage interface {
	StageRows(ctx context.Context, importID string, rows []jiqiao.StagedRow) error
	StagedRows(ctx context.Context, importID string, afterRow, limit int) ([]jiqiao.StagedRow, error)
	// CommitStaged writes and counts the next rows, at most limit, in one transaction. The import is done when there
	// were fewer. Of one that was stopped it is ErrImportStopped.
	CommitStaged(ctx context.Context, importID string, limit int) (jiqiao.Import, error)
	DropStaged(ctx context.Context, importID string) error
	DropStagedRows(ctx context.Context, importID string, rows []int) error
}

// Store is the whole of it.
type Store interface {
	Records
	Reports
	Stage
}

// Options are what a Service is made from.
type Options struct {
	Store Store
	// Dir keeps uploaded files; it is created.
	Dir string
	// MaxFile bounds a file in bytes; 0 is sheet.DefaultBytes. Limits holds the finer bounds of one file.
	MaxFile int64
	Limits  sheet.Limits
	// Similar lists offered records whose texts are nearly the record's; nil compares titles alone.
	Similar func(ctx context.Context, rec jiqiao.Record, n int) ([]jiqiao.Duplicate, error)
	// Ready waits until Similar has seen every record, before a check that a restart cut off is done again; nil waits not.
	Ready func(ctx context.Context) error
	// Status is what new records become whose file does not say; "" is published.
	Status jiqiao.Status
	// Batch is how many rows are written in one transaction; 0 is DefaultBatch.
	Batch int
	// Keep is how long previews wait and files are kept; 0 is DefaultKeep.
	Keep time.Duration
	// Progress, when set, is told after each batch how many of about total rows are done; total is 0 when not known.
	Progress func(importID string, done, total int)
	Log      *slog.Logger
	Now      func() time.Time
}

// Defaults of Options.
const (
	DefaultBatch = 500
	DefaultKeep  = 7 * 24 * time.Hour
	// atOnce bounds the files that are read at the same time: each costs memory and a processor.
	atOnce = 2
)

// Service runs imports; it is safe for concurrent use.
type Service struct {
	store    Store
	dir      string
	limits   sheet.Limits
	status   jiqiao.Status
	batch    int
	similar  func(context.Context, jiqiao.Record, int) ([]jiqiao.Duplicate, error)
	ready    func(context.Context) error
	keep     time.Duration
	progress func(string, int, int)
	log      *slog.Logger
	now      func() time.Time
	turns    chan struct{}
	mu       sync.Mutex
	active   map[string]bool
}

// New prepares the directory. Call Run to finish imports that a crash cut off.
func New(o Options) (*Service, error) {
	s := &Service{
		store: o.Store, dir: o.Dir, limits: o.Limits, status: o.Status, batch: o.Batch, similar: o.Similar, ready: o.Ready, keep: o.Keep, progress: o.Progress, log: o.Log, now: o.Now,
		turns: make(chan struct{}, atOnce), active: make(map[string]bool),
	}
	if s.status == "" {
		s.status = jiqiao.StatusPublished
	}
	if s.batch <= 0 {
		s.batch = DefaultBatch
	}
	if s.keep <= 0 {
		s.keep = DefaultKeep
	}
	if s.progress == nil {
		s.progress = func(string, int, int) {}
	}
	if s.ready == nil {
		s.ready = func(context.Context) error { return nil }
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	if o.MaxFile > 0 {
		s.limits.Bytes = o.MaxFile
	}
	if s.limits.Bytes <= 0 {
		s.limits.Bytes = sheet.DefaultBytes
	}
	s.limits.TempDir = s.TempDir()
	if err := os.MkdirAll(s.TempDir(), 0o700); err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeUnavailable, "无法创建目录 "+s.dir+"，请检查路径、权限与磁盘空间", err)
	}
	return s, nil
}

// TempDir is where files may be put while they arrive and are read; what is left behind by a crash is cleared by Run.
func (s *Service) TempDir() string { return filepath.Join(s.dir, "tmp") }

// Import previews a file and, when commit is true, writes its good rows. The file is the caller's and may go when
// Import returns. A file that cannot be read as a whole is an error and leaves no report; rows that cannot be imported
// are in the report. When the process ends during the check, Run checks the file again; when ctx ends during the commit,
// the report stays ImportRunning and Run goes on with it.
func (s *Service) Import(ctx context.Context, sent jiqiao.ImportFile, file *os.File) (jiqiao.Import, error) {
	release, err := s.turn(ctx)
	if err != nil {
		return jiqiao.Import{}, err
	}
	defer release()
	imp, err := s.preview(ctx, sent, file)
	if err != nil || !sent.Commit {
		return imp, err
	}
	return s.CommitImport(ctx, imp.ID)
}

// turn waits until few enough files are being read.
func (s *Service) turn(ctx context.Context) (release func(), err error) {
	select {
	case s.turns <- struct{}{}:
		return func() { <-s.turns }, nil
	case <-ctx.Done():
		return nil, cancelled(ctx.Err())
	}
}

func cancelled(cause error) error {
	return jiqiao.Fail(jiqiao.CodeTimeout, "导入已取消或超时，请重新上传", cause)
}

// GetImport is the report of an import, CodeNotFound for those who did not send it and may not write any record.
func (s *Service) GetImport(ctx context.Context, id string) (jiqiao.Import, error) {
	imp, err := s.store.GetImport(ctx, id)
	if err != nil {
		return jiqiao.Import{}, err
	}
	if err := allowed(ctx, imp); err != nil {
		return jiqiao.Import{}, err
	}
	return imp, nil
}

// Imports is a page of one's own imports, the newest first: those of the organisation that one enters for, else those that
// one sent oneself.
func (s *Service) Imports(ctx context.Context, q jiqiao.ImportQuery) (jiqiao.ImportPage, error) {
	v := jiqiao.OriginOf(ctx).Viewer
	q.User, q.Organisation = "", ""
	own, restricted := v.EntersFor()
	switch {
	case restricted && own == "":
		return jiqiao.ImportPage{Items: []jiqiao.Import{}}, nil
	case restricted:
		q.Organisation = own
	case v.User != "":
		q.User = v.User
	}
	return s.store.ImportPage(ctx, q)
}

// ErrorBook writes the workbook of the rows that failed; CodeNotFound when none did or the file is gone.
func (s *Service) ErrorBook(ctx context.Context, id string, w io.Writer) error {
	imp, err := s.GetImport(ctx, id)
	if err != nil {
		return err
	}
	if imp.Failed == 0 {
		return jiqiao.Fail(jiqiao.CodeNotFound, "这次导入没有出错的行", nil)
	}
	release, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer release()
	r, err := sheet.Open(s.uploadPath(imp.ID), imp.Kind, s.limits)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return jiqiao.Fail(jiqiao.CodeNotFound, "原文件已过保存期，请重新上传后再下载错误表", err)
	}
	if err != nil {
		return err
	}
	defer s.closeReader(r)
	// The store's objections cannot be found again by reading; they are in the report.
	reported := make(map[int][]jiqiao.CellError)
	for _, e := range imp.Errors {
		reported[e.Row] = append(reported[e.Row], e)
	}
	seen := newSeen()
	return sheet.CopyErrors(ctx, w, r, imp.Kind, func(row *sheet.Row) []jiqiao.CellError {
		if !row.OK() {
			return nil
		}
		if again := seen.check(row); again != nil {
			return []jiqiao.CellError{*again}
		}
		return reported[row.Number]
	})
}

// closeReader removes what was unpacked; what it cannot remove, Run does later.
func (s *Service) closeReader(r *sheet.Reader) {
	if err := r.Close(); err != nil {
		s.log.Warn("import file not closed", "err", err)
	}
}

// The files of an import: the upload, the plan, which is written when the preview is complete, a mark that says that its
// commit was asked for here, and how often the check was begun again.
func (s *Service) uploadPath(id string) string { return filepath.Join(s.dir, id+".upload") }
func (s *Service) planPath(id string) string   { return filepath.Join(s.dir, id+".json") }
func (s *Service) markPath(id string) string   { return filepath.Join(s.dir, id+".commit") }
func (s *Service) triesPath(id string) string  { return filepath.Join(s.dir, id+".again") }

// keepFile copies the upload under a name of our own, durably: with the report it must survive a crash, and nobody else
// changes or removes it while it is read.
func (s *Service) keepFile(from *os.File) (path string, err error) {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("rewind the upload: %w", err)
	}
	f, err := os.CreateTemp(s.TempDir(), "upload-*")
	if err != nil {
		return "", jiqiao.Fail(jiqiao.CodeUnavailable, "保存上传的文件失败，请检查服务器磁盘空间后重试", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	n, err := io.Copy(f, io.LimitReader(from, s.limits.Bytes+1))
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return "", jiqiao.Fail(jiqiao.CodeUnavailable, "保存上传的文件失败，请检查服务器磁盘空间后重试", err)
	}
	if n > s.limits.Bytes {
		return "", sheet.TooLarge(s.limits.Bytes)
	}
	return f.Name(), nil
}
