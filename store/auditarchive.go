package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"jiqiao"
)

// An archive of the audit is gzip over lines of JSON: a header, one entry per line, an end. The database knows the digest
// of the whole file, and the end of its chain, so that neither can be exchanged.
const (
	archiveFormat  = "jiqiao-audit"
	archiveVersion = 1
)

type archiveHeader struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	First   int64  `json:"first"`
	Last    int64  `json:"last"`
	Prev    string `json:"prev"`
}

type archiveEnd struct {
	End     bool   `json:"end"`
	Entries int64  `json:"entries"`
	Hash    string `json:"hash"`
}

// ArchiveAudit writes the entries older than the moment that no archive holds yet into a file in dir, reads it back, and
// notes it. With remove, entries that are archived leave the database: what is not in a file never does. There may be
// nothing to write, then File is empty. Less than MinAuditKept is CodeInvalid.
func (s *Store) ArchiveAudit(ctx context.Context, dir string, before time.Time, remove bool) (jiqiao.AuditArchive, error) {
	before = before.Truncate(time.Microsecond) // as the clock is: a limit taken just now must not seem to be later
	if s.clock().Sub(before) < jiqiao.MinAuditKept {
		return jiqiao.AuditArchive{}, jiqiao.Fail(jiqiao.CodeInvalid, "审计记录至少在库中保留 180 天，请把归档的界限设得更早", nil)
	}
	known, err := s.AuditArchives(ctx)
	if err != nil {
		return jiqiao.AuditArchive{}, err
	}
	var a jiqiao.AuditArchive
	if len(known) > 0 {
		a.First, a.Prev = known[len(known)-1].Last, known[len(known)-1].Hash
	}
	a.First++
	if a.Last, err = s.reader().auditCutoff(ctx, before); err != nil {
		return jiqiao.AuditArchive{}, wrap("find what to archive", err)
	}
	if a.Last < a.First {
		a = jiqiao.AuditArchive{}
	} else if a, err = s.writeArchive(ctx, dir, a); err != nil {
		return jiqiao.AuditArchive{}, err
	}
	if remove {
		err = s.removeArchived(ctx, dir)
		a.Removed = err == nil && a.File != ""
	}
	return a, err
}

// writeArchive writes, syncs and reads back the file, then notes it.
func (s *Store) writeArchive(ctx context.Context, dir string, a jiqiao.AuditArchive) (jiqiao.AuditArchive, error) {
	a.File, a.At = fmt.Sprintf("audit-%012d-%012d.jsonl.gz", a.First, a.Last), s.clock()
	path := filepath.Join(dir, a.File)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return a, archiveFailed(err)
	}
	f, err := os.CreateTemp(dir, a.File+".*.partial")
	if err != nil {
		return a, archiveFailed(err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone after the rename
	defer f.Close()
	chain := &auditChain{seq: a.First - 1, hash: a.Prev}
	if err := s.dumpAudit(ctx, f, a, chain); err != nil {
		return a, err
	}
	if chain.check.FaultCount > 0 || chain.seq != a.Last {
		return a, jiqiao.Fail(jiqiao.CodeConflict, "审计链有断裂，未归档；请先运行 jiqiao audit verify 查明", nil)
	}
	a.Hash = chain.hash
	if err := errors.Join(f.Sync(), f.Close(), os.Rename(f.Name(), path), syncDir(dir)); err != nil {
		return a, archiveFailed(err)
	}
	if a.SHA256, err = fileDigest(path); err != nil {
		return a, archiveFailed(err)
	}
	if err := readArchive(path, a, func(jiqiao.AuditEntry) error { return nil }); err != nil {
		return a, archiveFailed(err)
	}
	return a, s.tx(ctx, "note an archive of the audit", func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO audit_archives (first, last, prev, hash, file, sha256, at, removed) VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
			a.First, a.Last, a.Prev, a.Hash, clean(a.File), a.SHA256, micros(a.At))
		t.audit(jiqiao.Act{Name: "audit.archive", Object: jiqiao.Ref{Type: "audit", ID: a.File}, After: map[string]any{"first": a.First, "last": a.Last}})
		return err
	})
}

func archiveFailed(err error) error {
	return jiqiao.Fail(jiqiao.CodeUnavailable, "归档文件写入失败，请检查目录的权限与磁盘空间", fmt.Errorf("store: archive the audit: %w", err))
}

func (s *Store) dumpAudit(ctx context.Context, w io.Writer, a jiqiao.AuditArchive, chain *auditChain) error {
	zipped := gzip.NewWriter(w)
	out := newLineWriter(zipped)
	out.line(archiveHeader{archiveFormat, archiveVersion, a.First, a.Last, a.Prev})
	err := s.reader().audit(ctx, `seq BETWEEN ? AND ? ORDER BY seq`, []any{a.First, a.Last}, func(e jiqiao.AuditEntry) error {
		e.Prev = chain.hash
		chain.next(e)
		out.line(e)
		return out.err
	})
	if err != nil {
		return wrap("read the audit", err)
	}
	out.line(archiveEnd{true, chain.check.Entries, chain.hash})
	if err := errors.Join(out.flush(), zipped.Close()); err != nil {
		return archiveFailed(err)
	}
	return nil
}

// removeArchived has entries leave the table whose archives are in dir and whole.
func (s *Store) removeArchived(ctx context.Context, dir string) error {
	known, err := s.AuditArchives(ctx)
	if err != nil {
		return err
	}
	for _, a := range known {
		if a.Removed {
			continue
		}
		if err := readArchive(filepath.Join(dir, a.File), a, func(jiqiao.AuditEntry) error { return nil }); err != nil {
			return jiqiao.Fail(jiqiao.CodeConflict, "归档文件 "+a.File+" 不在目录中或已损坏，库中的记录未移除", err)
		}
		err := s.tx(ctx, "remove what is archived", func(t *tx) error {
			if err := t.openAudit(ctx, true); err != nil {
				return err
			}
			if _, err := t.exec(ctx, `DELETE FROM audit WHERE seq BETWEEN ? AND ?`, a.First, a.Last); err != nil {
				return err
			}
			if _, err := t.exec(ctx, `UPDATE audit_archives SET removed = 1 WHERE first = ?`, a.First); err != nil {
				return err
			}
			t.audit(jiqiao.Act{Name: "audit.remove", Object: jiqiao.Ref{Type: "audit", ID: a.File}, After: map[string]any{"first": a.First, "last": a.Last}})
			return t.openAudit(ctx, false)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readArchives follows the archives whose entries have left the table; without a directory their ends are believed.
func (c *auditChain) readArchives(known []jiqiao.AuditArchive, dir string, step func(jiqiao.AuditEntry) error) {
	for _, a := range known {
		if !a.Removed {
			continue
		}
		if a.First != c.seq+1 || a.Prev != c.hash {
			c.fault(a.First, jiqiao.FaultArchive, fmt.Sprintf("归档文件 %s 与它之前的不衔接", a.File))
		}
		if dir != "" {
			if err := readArchive(filepath.Join(dir, a.File), a, step); err != nil {
				c.fault(a.First, jiqiao.FaultArchive, fmt.Sprintf("归档文件 %s 不在目录中，或被改动过：%v", a.File, err))
			} else {
				c.check.Archived += a.Last - a.First + 1
			}
		}
		c.seq, c.hash = a.Last, a.Hash
		c.check.Last, c.check.Hash = c.seq, c.hash
	}
}

var errArchive = errors.New("the archive is not what was noted of it")

// readArchive walks the file's entries; it is an error unless it is, to the byte, what was noted.
func readArchive(path string, a jiqiao.AuditArchive, fn func(jiqiao.AuditEntry) error) error {
	// The digest first: nothing of an exchanged file is looked at.
	if sum, err := fileDigest(path); err != nil || sum != a.SHA256 {
		return errors.Join(errArchive, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	zipped, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return err
	}
	in := json.NewDecoder(zipped)
	var head archiveHeader
	if err := in.Decode(&head); err != nil || head != (archiveHeader{archiveFormat, archiveVersion, a.First, a.Last, a.Prev}) {
		return errors.Join(errArchive, err)
	}
	for seq := a.First; seq <= a.Last; seq++ {
		var e jiqiao.AuditEntry
		if err := in.Decode(&e); err != nil || e.Seq != seq {
			return errors.Join(errArchive, err)
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	var end archiveEnd
	if err := in.Decode(&end); err != nil || end != (archiveEnd{true, a.Last - a.First + 1, a.Hash}) {
		return errors.Join(errArchive, err)
	}
	return nil
}

func fileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
