package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Importer reads files into the store.
type Importer interface {
	// Import checks the file and, when commit is true, writes its good rows. The file is the caller's and goes when
	// Import returns; the importer keeps what a later Commit or ErrorBook needs. A file that cannot be read at all is
	// CodeInvalid or CodeUnsupported.
	Import(ctx context.Context, sent jiqiao.ImportFile, file *os.File) (jiqiao.Import, error)
	GetImport(ctx context.Context, id string) (jiqiao.Import, error)
	// Imports is a page of one's own imports, the newest first.
	Imports(ctx context.Context, q jiqiao.ImportQuery) (jiqiao.ImportPage, error)
	// Rows is a part of the file as it was typed, with what was found in it.
	Rows(ctx context.Context, id string, q jiqiao.ImportRowsQuery) (jiqiao.ImportRows, error)
	// CommitChosen writes the good rows of a preview, after what was chosen for those that have near duplicates.
	// Of one that was stopped it writes the rest.
	CommitChosen(ctx context.Context, id string, choices []jiqiao.ImportChoice) (jiqiao.Import, error)
	// StopImport halts the writing, or cancels the check; DropRest gives up what was not written.
	StopImport(ctx context.Context, id string) (jiqiao.Import, error)
	DropRest(ctx context.Context, id string) (jiqiao.Import, error)
	// ErrorBook writes the workbook (xlsx) of the rows that failed.
	ErrorBook(ctx context.Context, id string, w io.Writer) error
}

const (
	// formSlack is what multipart adds around the file.
	formSlack = 64 << 10
	// maxFileName bounds the name kept in the report, in characters.
	maxFileName = 200
	// maxUploadKey bounds what a page calls its upload.
	maxUploadKey = 100
)

// createImport goes on when the page is left while the file is checked: the report is found by its key.
func (s *Server) createImport(c *gin.Context) error {
	q := query{c: c}
	kind, mode, key := q.kind(), q.text("mode"), q.text("key")
	if len(key) > maxUploadKey {
		q.wrong("key", "最多 "+strconv.Itoa(maxUploadKey)+" 个字符")
	}
	if mode != "" && mode != "preview" && mode != "commit" {
		q.wrong("mode", "应为 preview（只检查）或 commit（写入）")
	}
	if err := q.err(); err != nil {
		return err
	}
	name, file, err := s.receive(c)
	if err != nil {
		return err
	}
	defer discard(file)
	ctx, cancel := s.detached(c)
	defer cancel()
	report, err := s.opts.Importer.Import(ctx, jiqiao.ImportFile{Kind: kind, Name: name, Key: key, Commit: mode == "commit"}, file)
	if err != nil {
		return err
	}
	c.Header("Location", prefix+"/imports/"+report.ID)
	return send(c, http.StatusCreated, plainImport(report))
}

// receive streams the form's file into a temporary one, positioned at its start. The caller discards it.
func (s *Server) receive(c *gin.Context) (name string, file *os.File, err error) {
	return s.receiveUpTo(c, s.opts.MaxUpload)
}

// receiveUpTo is receive with a limit of its own, in bytes.
func (s *Server) receiveUpTo(c *gin.Context, limit int64) (name string, file *os.File, err error) {
	if c.Request.ContentLength > limit+formSlack {
		c.Header("Connection", "close") // not one byte of it is read
		return "", nil, tooLarge(limit)
	}
	part, err := filePart(c, limit)
	if err != nil {
		return "", nil, badUpload(err, limit)
	}
	file, err = os.CreateTemp(s.opts.TempDir, "jiqiao-upload-*")
	if err != nil {
		return "", nil, fmt.Errorf("make a place for the upload: %w", err)
	}
	n, err := io.Copy(file, io.LimitReader(part, limit+1))
	if err == nil && n > limit {
		err = tooLarge(limit)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		discard(file)
		return "", nil, badUpload(err, limit)
	}
	return plainName(part.FileName()), file, nil
}

// filePart is the part of the form named "file"; parts before it are skipped.
func filePart(c *gin.Context, limit int64) (*multipart.Part, error) {
	media, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || media != "multipart/form-data" || params["boundary"] == "" {
		return nil, jiqiao.Fail(jiqiao.CodeUnsupported, "请用表单（multipart/form-data）上传文件，字段名为 file", err)
	}
	body := http.MaxBytesReader(c.Writer, c.Request.Body, limit+formSlack)
	form := multipart.NewReader(body, params["boundary"])
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return nil, jiqiao.Invalid([]jiqiao.FieldError{{Field: "file", Message: "表单里没有名为 file 的文件"}})
		}
		if err != nil {
			return nil, err
		}
		if part.FormName() == "file" {
			return part, nil
		}
	}
}

func tooLarge(limit int64) error {
	return jiqiao.Fail(jiqiao.CodeTooLarge, "文件过大，上限为 "+bytesLabel(limit)+"，请分成几个文件", nil)
}

// badUpload tells a form that could not be read from a disk that could not be written.
func badUpload(err error, limit int64) error {
	var told *jiqiao.Error
	var bounded *http.MaxBytesError
	var disk *os.PathError
	switch {
	case errors.As(err, &bounded):
		return tooLarge(limit)
	case errors.As(err, &told):
		return err
	case errors.As(err, &disk):
		return fmt.Errorf("keep the upload: %w", err)
	default:
		return jiqiao.Fail(jiqiao.CodeInvalid, "上传没有完整收到，请重试", err)
	}
}

func discard(file *os.File) {
	_ = file.Close() // read only from here on, and about to go
	_ = os.Remove(file.Name())
}

// plainName is the last element of what the client calls its file, as text that can be shown.
func plainName(name string) string {
	name = filepath.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "�"), `\`, "/"))
	if utf8.RuneCountInString(name) > maxFileName {
		name = string([]rune(name)[:maxFileName])
	}
	return name
}

func plainImport(r jiqiao.Import) jiqiao.Import {
	if r.Errors == nil {
		r.Errors = []jiqiao.CellError{}
	}
	if r.Warnings == nil {
		r.Warnings = []jiqiao.CellError{}
	}
	return r
}

func (s *Server) getImport(c *gin.Context) error {
	report, err := s.opts.Importer.GetImport(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, plainImport(report))
}

func (s *Server) listImports(c *gin.Context) error {
	q := query{c: c}
	asked := jiqiao.ImportQuery{
		State: jiqiao.ImportState(q.text("state")), Limit: q.number("limit", 1, jiqiao.MaxPageSize), Cursor: q.text("cursor"),
	}
	switch asked.State {
	case "", jiqiao.ImportChecking, jiqiao.ImportPreviewed, jiqiao.ImportRunning, jiqiao.ImportStopped, jiqiao.ImportDone, jiqiao.ImportFailed:
	default:
		q.wrong("state", "应为 checking、previewed、running、stopped、done 或 failed")
	}
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Importer.Imports(c.Request.Context(), asked)
	if err != nil {
		return err
	}
	return answer(c, page)
}

func (s *Server) importRows(c *gin.Context) error {
	q := query{c: c}
	asked := jiqiao.ImportRowsQuery{After: q.number("after", 0, math.MaxInt32), Only: q.text("only"), Limit: q.number("limit", 1, jiqiao.MaxPageSize)}
	switch asked.Only {
	case "", "error", "warning", "duplicate":
	default:
		q.wrong("only", "应为 error（有错误）、warning（需留意）或 duplicate（与已有记录相近）")
	}
	if err := q.err(); err != nil {
		return err
	}
	rows, err := s.opts.Importer.Rows(c.Request.Context(), c.Param("id"), asked)
	if err != nil {
		return err
	}
	return answer(c, rows)
}

// commitInput is the body of POST /imports/{id}/commit; there may be none.
type commitInput struct {
	Choices []jiqiao.ImportChoice `json:"choices"`
}

// commitImport goes on when the page that asked for it is left: what was begun is finished.
func (s *Server) commitImport(c *gin.Context) error {
	var in commitInput
	if c.Request.ContentLength != 0 {
		if err := decode(c, &in); err != nil {
			return err
		}
	}
	ctx, cancel := s.detached(c)
	defer cancel()
	report, err := s.opts.Importer.CommitChosen(ctx, c.Param("id"), in.Choices)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, plainImport(report))
}

// detached is for work that goes on when the page which asked for it is left.
func (s *Server) detached(c *gin.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(c.Request.Context()), s.opts.SlowTimeout)
}

func (s *Server) stopImport(c *gin.Context) error {
	report, err := s.opts.Importer.StopImport(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, plainImport(report))
}

func (s *Server) dropRest(c *gin.Context) error {
	ctx, cancel := s.detached(c)
	defer cancel()
	report, err := s.opts.Importer.DropRest(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, plainImport(report))
}

func (s *Server) importErrors(c *gin.Context) error {
	return s.sendFile(c, "xlsx", "导入错误.xlsx", func(w io.Writer) error {
		return s.opts.Importer.ErrorBook(c.Request.Context(), c.Param("id"), w)
	})
}
