package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strings"

	"jiqiao"
)

// RestoreOptions says how to restore.
type RestoreOptions struct {
	// Replace throws away what the database holds; without it only an empty one is written to.
	Replace bool
}

// maxBackupLine bounds what a damaged file can make us hold; a record is well below a megabyte.
const maxBackupLine = 64 << 20

// Restore reads a backup into the database, all of it or nothing: one transaction, committed after the checksum at the
// file's end has been found right. Records get a row of the change log each, and records that Replace removes one that
// says so; the database gets a new Epoch. Data in a database that was not to be replaced is CodeConflict, a file that is
// damaged, cut off, or of a newer program is CodeInvalid.
func (s *Store) Restore(ctx context.Context, r io.Reader, o RestoreOptions) (BackupInfo, error) {
	var info BackupInfo
	err := s.logged(ctx, "restore", func(t *logTx) error {
		if err := t.openAudit(ctx, true); err != nil {
			return err
		}
		gone, err := t.clear(ctx, o.Replace)
		if err != nil {
			return err
		}
		_, known, err := s.Schema(ctx)
		if err != nil {
			return err
		}
		in, err := newLineReader(r, known)
		if err != nil {
			return err
		}
		if info, err = t.restoreTables(ctx, in); err != nil {
			return err
		}
		if err := t.logRestored(ctx, gone); err != nil {
			return err
		}
		if err := t.addDealWords(ctx); err != nil {
			return err
		}
		if err := t.resumeAudit(ctx); err != nil {
			return err
		}
		if err := t.openAudit(ctx, false); err != nil {
			return err
		}
		t.audit(jiqiao.Act{Name: "database.restore", Object: jiqiao.Ref{Type: "database"}, After: map[string]any{
			"backup": in.header.CreatedAt, "replace": o.Replace, "rows": info.Rows,
		}})
		return t.newEpoch(ctx, true)
	})
	if err != nil {
		return BackupInfo{}, err
	}
	return info, nil
}

// RestoreFile restores from the file.
func (s *Store) RestoreFile(ctx context.Context, path string, o RestoreOptions) (BackupInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return BackupInfo{}, jiqiao.Fail(jiqiao.CodeInvalid, "无法打开备份文件 "+path+"，请检查路径和权限", err)
	}
	defer f.Close()
	return s.Restore(ctx, f, o)
}

// ref is a record that a restoration removes.
type ref struct {
	kind    jiqiao.Kind
	id      string
	version int64
}

// clear empties the tables if it may, and returns the records that were live.
func (t *logTx) clear(ctx context.Context, replace bool) ([]ref, error) {
	tables := backupTables()
	slices.Reverse(tables)
	var gone []ref
	err := t.each(ctx, `SELECT kind, id, version FROM records WHERE deleted_at IS NULL ORDER BY id`, nil,
		func(scan func(...any) error) error {
			var r ref
			if err := scan(&r.kind, &r.id, &r.version); err != nil {
				return err
			}
			gone = append(gone, r)
			return nil
		})
	if err != nil {
		return nil, err
	}
	for _, table := range tables {
		var used bool
		if err := t.row(ctx, `SELECT EXISTS (SELECT 1 FROM `+table.name+`)`, nil, &used); err != nil {
			return nil, err
		}
		if !used {
			continue
		}
		if !replace {
			return nil, jiqiao.Fail(jiqiao.CodeConflict, "数据库里已有数据，恢复会覆盖它们：请换一个空库，或先备份，再用 --replace 明确要求覆盖", nil)
		}
		if _, err := t.exec(ctx, `DELETE FROM `+table.name); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// restoreTables reads to the end of the backup, checksum included.
func (t *logTx) restoreTables(ctx context.Context, in *lineReader) (BackupInfo, error) {
	info := BackupInfo{CreatedAt: in.header.CreatedAt, Schema: in.header.Schema, Tables: map[string]int{}}
	insert, table, binary := "", backupMark{}, -1
	for {
		mark, row, err := in.next()
		switch {
		case err != nil:
			return BackupInfo{}, err
		case mark != nil && mark.End:
			if mark.Rows != info.Rows {
				return BackupInfo{}, damaged(fmt.Errorf("%d rows, the file says %d", info.Rows, mark.Rows))
			}
			return info, nil
		case mark != nil:
			if insert, binary, err = insertInto(*mark); err != nil {
				return BackupInfo{}, err
			}
			table = *mark
			continue
		case len(row) != len(table.Columns) || insert == "":
			return BackupInfo{}, damaged(fmt.Errorf("a row of %d values in %q", len(row), table.Table))
		}
		if binary >= 0 {
			if row[binary], err = decodeBytes(row[binary]); err != nil {
				return BackupInfo{}, damaged(err)
			}
		}
		if _, err := t.exec(ctx, insert, row...); err != nil {
			if code, _ := classify(err); code == jiqiao.CodeInternal {
				err = damaged(err) // values that the table does not take
			}
			return BackupInfo{}, err
		}
		info.Rows++
		info.Tables[table.Table]++
	}
}

// addDealWords makes the words of deals that a backup from before there were any holds.
func (t *tx) addDealWords(ctx context.Context) error {
	found, err := t.deals(ctx, `words = ''`)
	if err != nil {
		return err
	}
	for _, d := range found {
		if _, err := t.exec(ctx, `UPDATE deals SET words = ? WHERE id = ?`, dealWords(&d), d.ID); err != nil {
			return err
		}
	}
	return nil
}

// insertInto checks the names, which go into the statement, against those we know. binary is the place of the column of
// bytes, -1 for none.
func insertInto(mark backupMark) (insert string, binary int, _ error) {
	for _, table := range backupTables() {
		if table.name != mark.Table {
			continue
		}
		for _, column := range mark.Columns {
			if !slices.Contains(table.columns, column) {
				return "", -1, damaged(fmt.Errorf("table %q has no column %q", mark.Table, column))
			}
		}
		insert = `INSERT INTO ` + table.name + ` (` + strings.Join(mark.Columns, ", ") + `) VALUES (` + marks(len(mark.Columns)) + `)`
		return insert, slices.Index(mark.Columns, table.binary), nil
	}
	return "", -1, damaged(fmt.Errorf("there is no table %q", mark.Table))
}

// decodeBytes is the way back from what a backup writes for bytes.
func decodeBytes(v any) ([]byte, error) {
	text, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("bytes written as %T", v)
	}
	return base64.StdEncoding.DecodeString(text)
}

// logRestored logs every live record, and the removal of those that were there before and are no more.
func (t *logTx) logRestored(ctx context.Context, gone []ref) error {
	var live []ref
	here := map[string]bool{}
	err := t.each(ctx, `SELECT kind, id, version FROM records WHERE deleted_at IS NULL ORDER BY id`, nil,
		func(scan func(...any) error) error {
			var r ref
			if err := scan(&r.kind, &r.id, &r.version); err != nil {
				return err
			}
			live, here[r.id] = append(live, r), true
			return nil
		})
	if err != nil {
		return err
	}
	for _, r := range gone {
		if here[r.id] {
			continue
		}
		if err := t.log(ctx, r.kind, r.id, r.version+1, jiqiao.ChangeDelete); err != nil {
			return err
		}
	}
	for _, r := range live {
		if err := t.log(ctx, r.kind, r.id, r.version, jiqiao.ChangePut); err != nil {
			return err
		}
	}
	return nil
}

func damaged(cause error) error {
	return jiqiao.Fail(jiqiao.CodeInvalid, "备份文件已损坏或不完整，没有写入任何内容，请换一份备份", fmt.Errorf("store: read a backup: %w", cause))
}

// lineReader reads a backup line by line and digests it.
type lineReader struct {
	header backupHeader
	r      *bufio.Reader
	digest hash.Hash
}

func newLineReader(r io.Reader, knownSchema int64) (*lineReader, error) {
	zipped, err := gzip.NewReader(r)
	if err != nil {
		return nil, notABackup(err)
	}
	in := &lineReader{r: bufio.NewReaderSize(zipped, 64<<10), digest: sha256.New()}
	line, err := in.line()
	if err != nil {
		return nil, notABackup(err)
	}
	if err := json.Unmarshal(line, &in.header); err != nil || in.header.Format != backupFormat {
		return nil, notABackup(err)
	}
	in.digest.Write(line)
	if in.header.Version > backupVersion || in.header.Schema > knownSchema {
		return nil, jiqiao.Fail(jiqiao.CodeInvalid, fmt.Sprintf(
			"备份来自更新版本的程序（格式 %d，结构版本 %d；本程序支持到 %d 和 %d），请升级程序后再恢复",
			in.header.Version, in.header.Schema, backupVersion, knownSchema), nil)
	}
	return in, nil
}

func notABackup(cause error) error {
	return jiqiao.Fail(jiqiao.CodeInvalid, "这不是技桥的备份文件，请选择由 jiqiao backup 生成的文件", cause)
}

// next is either a mark or a row.
func (in *lineReader) next() (*backupMark, []any, error) {
	line, err := in.line()
	if err != nil {
		return nil, nil, damaged(err)
	}
	if line[0] == '[' {
		in.digest.Write(line)
		row, err := decodeRow(line)
		if err != nil {
			return nil, nil, damaged(err)
		}
		return nil, row, nil
	}
	var mark backupMark
	if err := json.Unmarshal(line, &mark); err != nil {
		return nil, nil, damaged(err)
	}
	if !mark.End {
		in.digest.Write(line)
		return &mark, nil, nil
	}
	if sum := hex.EncodeToString(in.digest.Sum(nil)); sum != mark.SHA256 {
		return nil, nil, damaged(fmt.Errorf("checksum %s, the file says %s", sum, mark.SHA256))
	}
	// Only at its end does gzip check its own sum, and nothing may follow.
	if _, err := in.r.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, nil, damaged(fmt.Errorf("after the end: %w", err))
	}
	return &mark, nil, nil
}

// line is the next line with its line end; io.ErrUnexpectedEOF when the file ends without one.
func (in *lineReader) line() ([]byte, error) {
	var line []byte
	for {
		part, err := in.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(line) > maxBackupLine:
			return nil, fmt.Errorf("a line of more than %d bytes", maxBackupLine)
		}
	}
}

// decodeRow keeps integers exact, which float64 would not.
func decodeRow(line []byte) ([]any, error) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	var row []any
	if err := dec.Decode(&row); err != nil {
		return nil, err
	}
	for i, v := range row {
		switch v := v.(type) {
		case nil, string:
		case json.Number:
			if n, err := v.Int64(); err == nil {
				row[i] = n
			} else if f, err := v.Float64(); err == nil {
				row[i] = f
			} else {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("a value of type %T", v)
		}
	}
	return row, nil
}
