package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"jiqiao"
)

const auditColumns = `seq, at, user_id, name, role, organisation, address, request, act, object_type, object_id, before, after, result, hash`

// AuditEntries returns a page of the audit, the newest first, with the number of all that q finds. Prev is left out: only
// verifying needs it.
func (s *Store) AuditEntries(ctx context.Context, q jiqiao.AuditQuery) (jiqiao.AuditPage, error) {
	var after int64
	if q.Cursor != "" {
		var err error
		if after, err = strconv.ParseInt(q.Cursor, 10, 64); err != nil {
			return jiqiao.AuditPage{}, badCursor()
		}
	}
	q.Limit = pageSize(q.Limit)
	where, args := auditFilter(q)
	page := jiqiao.AuditPage{Entries: []jiqiao.AuditEntry{}}
	if err := s.reader().row(ctx, `SELECT count(*) FROM audit WHERE `+where, args, &page.Total); err != nil {
		return jiqiao.AuditPage{}, wrap("count the audit", err)
	}
	if after > 0 {
		where, args = where+` AND seq < ?`, append(args, after)
	}
	err := s.reader().audit(ctx, where+` ORDER BY seq DESC LIMIT ?`, append(args, q.Limit+1), func(e jiqiao.AuditEntry) error {
		page.Entries = append(page.Entries, e)
		return nil
	})
	if err != nil {
		return jiqiao.AuditPage{}, wrap("read the audit", err)
	}
	if len(page.Entries) > q.Limit {
		page.Entries = page.Entries[:q.Limit]
		page.Next = strconv.FormatInt(page.Entries[q.Limit-1].Seq, 10)
	}
	return page, nil
}

func auditFilter(q jiqiao.AuditQuery) (where string, args []any) {
	where = `1 = 1`
	for _, part := range []struct{ column, value string }{
		{"user_id", q.User}, {"object_type", q.Object.Type}, {"object_id", q.Object.ID}, {"result", string(q.Result)}, {"address", q.Address},
	} {
		if part.value != "" {
			where, args = where+` AND `+part.column+` = ?`, append(args, clean(part.value))
		}
	}
	if like := containing(q.Person); like != "" {
		where += ` AND (replace(lower(name), ' ', '') LIKE ? ESCAPE '\'
			OR user_id IN (SELECT id FROM users WHERE login_key LIKE ? ESCAPE '\' OR name_key LIKE ? ESCAPE '\'))`
		args = append(args, like, like, like)
	}
	switch act := clean(q.Act); {
	case act == "":
	case strings.Contains(act, "."):
		where, args = where+` AND act = ?`, append(args, act)
	default: // '/' follows '.'
		where, args = where+` AND act >= ? AND act < ?`, append(args, act+".", act+"/")
	}
	if !q.From.IsZero() {
		where, args = where+` AND at >= ?`, append(args, micros(q.From))
	}
	if !q.Until.IsZero() {
		where, args = where+` AND at < ?`, append(args, micros(q.Until))
	}
	return where, args
}

// audit calls fn for the entries; it stops at fn's first error and returns it as it is.
func (s session) audit(ctx context.Context, where string, args []any, fn func(jiqiao.AuditEntry) error) error {
	return s.each(ctx, `SELECT `+auditColumns+` FROM audit WHERE `+where, args, func(scan func(...any) error) error {
		var (
			e             jiqiao.AuditEntry
			at            int64
			before, after []byte
		)
		err := scan(&e.Seq, &at, &e.User, &e.Name, &e.Role, &e.Organisation, &e.Address, &e.Request, &e.Act, &e.Object.Type, &e.Object.ID,
			&before, &after, &e.Result, &e.Hash)
		if err != nil {
			return err
		}
		e.At = fromMicros(at)
		if len(before) > 0 {
			e.Before = before
		}
		if len(after) > 0 {
			e.After = after
		}
		return fn(e)
	})
}

// maxFaults bounds how many faults are listed.
const maxFaults = 100

// auditChain follows entries in order and notes where they do not.
type auditChain struct {
	check jiqiao.AuditCheck
	seq   int64
	hash  string
}

func (c *auditChain) fault(seq int64, kind jiqiao.AuditFaultKind, message string) {
	c.check.FaultCount++
	if len(c.check.Faults) < maxFaults {
		c.check.Faults = append(c.check.Faults, jiqiao.AuditFault{Seq: seq, Kind: kind, Message: message})
	}
}

// next takes the entry that follows. After a fault the chain is followed from what stands, so that each is told once.
func (c *auditChain) next(e jiqiao.AuditEntry) {
	switch e.Seq {
	case c.seq + 1:
		if e.Prev = c.hash; AuditHash(e) != e.Hash {
			c.fault(e.Seq, jiqiao.FaultChanged, fmt.Sprintf("第 %d 条与摘要不符：它的内容，或它前一条的摘要，被改动过", e.Seq))
		}
	case c.seq + 2:
		c.fault(c.seq+1, jiqiao.FaultGap, fmt.Sprintf("缺少第 %d 条", c.seq+1))
	default:
		c.fault(c.seq+1, jiqiao.FaultGap, fmt.Sprintf("缺少第 %d 条至第 %d 条", c.seq+1, e.Seq-1))
	}
	if c.check.Entries == 0 {
		c.check.First = e.Seq
	}
	c.seq, c.hash = e.Seq, e.Hash
	c.check.Entries++
	c.check.Last, c.check.Hash = c.seq, c.hash
}

// AuditMark is a place in the chain that was noted elsewhere: the digest of entry Seq.
type AuditMark struct {
	Seq  int64
	Hash string
}

// VerifyAudit reads the audit, in constant memory and as of one moment, and says where its chain is broken: a changed,
// missing or moved entry, an end that was cut off. With a directory it begins with the archives in it. expect, unless it is
// zero, must be in the chain as well; it finds a chain that was computed anew.
func (s *Store) VerifyAudit(ctx context.Context, archives string, expect AuditMark) (jiqiao.AuditCheck, error) {
	known, err := s.AuditArchives(ctx)
	if err != nil {
		return jiqiao.AuditCheck{}, err
	}
	sqlTx, err := s.read.BeginTx(ctx, s.dialect.snapshot())
	if err != nil {
		return jiqiao.AuditCheck{}, wrap("verify the audit", err)
	}
	defer sqlTx.Rollback() //nolint:errcheck // it only read
	moment := session{sqlTx, s.dialect, nil, &s.asked}
	c := &auditChain{check: jiqiao.AuditCheck{Faults: []jiqiao.AuditFault{}}}
	met := expect.Seq == 0
	step := func(e jiqiao.AuditEntry) error {
		c.next(e)
		if e.Seq == expect.Seq {
			met = true
			if e.Hash != expect.Hash {
				c.fault(e.Seq, jiqiao.FaultChanged, fmt.Sprintf("第 %d 条的摘要与另外保存的不同：从某一条起被整体改写过", e.Seq))
			}
		}
		return ctx.Err()
	}
	c.readArchives(known, archives, step)
	if err := moment.audit(ctx, `seq > ? ORDER BY seq`, []any{c.seq}, step); err != nil {
		return jiqiao.AuditCheck{}, wrap("verify the audit", err)
	}
	var head AuditMark
	if err := moment.row(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`, nil, &head.Seq, &head.Hash); err != nil {
		return jiqiao.AuditCheck{}, wrap("read the end of the audit", err)
	}
	switch {
	case head.Seq > c.seq:
		c.fault(c.seq+1, jiqiao.FaultCutOff, fmt.Sprintf("末尾缺少第 %d 条至第 %d 条", c.seq+1, head.Seq))
	case head.Seq != c.seq || head.Hash != c.hash:
		c.fault(head.Seq, jiqiao.FaultHead, "链尾的记录与最后一条不符：链尾或最后一条被改动过")
	}
	if !met {
		c.fault(expect.Seq, jiqiao.FaultCutOff, fmt.Sprintf("另外保存了摘要的第 %d 条不在其中", expect.Seq))
	}
	c.check.OK = c.check.FaultCount == 0
	return c.check, nil
}

// AuditEnd is the number of the newest entry, 0 before the first.
func (s *Store) AuditEnd(ctx context.Context) (int64, error) {
	var seq int64
	err := s.reader().row(ctx, `SELECT seq FROM audit_head WHERE id = 1`, nil, &seq)
	return seq, wrap("read the end of the audit", err)
}

// CheckAudit is VerifyAudit of what is in the database.
func (s *Store) CheckAudit(ctx context.Context) (jiqiao.AuditCheck, error) {
	return s.VerifyAudit(ctx, "", AuditMark{})
}

// AuditArchives lists the archives, the oldest first.
func (s *Store) AuditArchives(ctx context.Context) ([]jiqiao.AuditArchive, error) {
	var all []jiqiao.AuditArchive
	err := s.reader().each(ctx, `SELECT first, last, prev, hash, file, sha256, at, removed FROM audit_archives ORDER BY first`, nil,
		func(scan func(...any) error) error {
			var (
				a  jiqiao.AuditArchive
				at int64
			)
			if err := scan(&a.First, &a.Last, &a.Prev, &a.Hash, &a.File, &a.SHA256, &at, &a.Removed); err != nil {
				return err
			}
			a.At = fromMicros(at)
			all = append(all, a)
			return nil
		})
	return all, wrap("list archives of the audit", err)
}

// auditCutoff is the last entry before which, and at which, everything is older than the moment; 0 is none.
func (s session) auditCutoff(ctx context.Context, before time.Time) (int64, error) {
	var last int64
	err := s.row(ctx, `SELECT coalesce((SELECT min(seq) - 1 FROM audit WHERE at >= ?), (SELECT max(seq) FROM audit), 0)`,
		[]any{micros(before)}, &last)
	return last, err
}
