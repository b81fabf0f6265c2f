package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"jiqiao"
)

// audit notes an act that belongs to the transaction: both are kept, or neither. Who acts is the context's Origin.
func (t *tx) audit(act jiqiao.Act) {
	t.acts = append(t.acts, act)
	t.touch(act.Object)
}

// Audit notes an act that wrote nothing: a refusal, a failed sign-in, an export.
func (s *Store) Audit(ctx context.Context, act jiqiao.Act) error {
	return s.tx(ctx, "write the audit", func(t *tx) error {
		t.audit(act)
		return nil
	})
}

// writeAudit appends the transaction's acts to the chain. It comes last in a transaction, because all who write queue for
// the end of the chain until they commit.
func (t *tx) writeAudit(ctx context.Context) error {
	if len(t.acts) == 0 {
		return nil
	}
	seq, hash, err := t.lockAudit(ctx)
	if err != nil {
		return err
	}
	o := jiqiao.OriginOf(ctx)
	for _, act := range t.acts {
		e := jiqiao.AuditEntry{
			Seq: seq + 1, At: t.now, User: clean(o.User), Name: clean(o.Name), Role: o.Role, Organisation: clean(o.Organisation),
			Address: clean(o.Address), Request: clean(o.Request), Act: clean(act.Name), Object: jiqiao.Ref{Type: clean(act.Object.Type), ID: clean(act.Object.ID)},
			Result: act.Result, Prev: hash,
		}
		if e.Result == "" {
			e.Result = jiqiao.AuditDone
		}
		if e.Before, err = auditJSON(act.Before); err != nil {
			return err
		}
		if e.After, err = auditJSON(act.After); err != nil {
			return err
		}
		e.Hash = AuditHash(e)
		_, err = t.exec(ctx, `
			INSERT INTO audit (seq, at, user_id, name, role, organisation, address, request, act, object_type, object_id, before, after, result, hash)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			e.Seq, micros(e.At), e.User, e.Name, string(e.Role), e.Organisation, e.Address, e.Request, e.Act, e.Object.Type, e.Object.ID,
			string(e.Before), string(e.After), string(e.Result), e.Hash)
		if err != nil {
			return err
		}
		seq, hash = e.Seq, e.Hash
	}
	_, err = t.exec(ctx, `UPDATE audit_head SET seq = ?, hash = ? WHERE id = 1`, seq, hash)
	return err
}

// lockAudit waits for the transaction's turn to append to the chain, and returns seq and hash of its end.
func (t *tx) lockAudit(ctx context.Context) (seq int64, hash string, err error) {
	err = t.row(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`+t.d.lockRows(), nil, &seq, &hash)
	if err != nil {
		return 0, "", fmt.Errorf("lock the audit: %w", err)
	}
	return seq, hash, nil
}

// resumeAudit makes the chain go on from its last entry, after the entries were restored: in the table or, where all have
// left it, in an archive.
func (t *tx) resumeAudit(ctx context.Context) error {
	_, err := t.exec(ctx, `UPDATE audit_head SET
		seq = coalesce((SELECT max(seq) FROM audit), (SELECT max(last) FROM audit_archives), 0),
		hash = coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), (SELECT hash FROM audit_archives ORDER BY last DESC LIMIT 1), '')
		WHERE id = 1`)
	return err
}

// openAudit lets entries leave the table until it is closed, within the transaction: nobody else sees it open.
func (t *tx) openAudit(ctx context.Context, open bool) error {
	statement := `DELETE FROM meta WHERE name = 'audit_open'`
	if open {
		statement = `INSERT INTO meta (name, value) VALUES ('audit_open', '1')`
	}
	_, err := t.exec(ctx, statement)
	return err
}

func auditJSON(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	text, err := encodeJSON(v)
	return json.RawMessage(text), err
}

// AuditHash is the digest of an entry over all its fields, Prev included and Hash left out.
func AuditHash(e jiqiao.AuditEntry) string {
	sum := sha256.New()
	for _, part := range []string{
		e.Prev, strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(time.RFC3339Nano), e.User, e.Name, string(e.Role), e.Organisation,
		e.Address, e.Request, e.Act, e.Object.Type, e.Object.ID, string(e.Before), string(e.After), string(e.Result),
	} {
		// The length before each part keeps two neighbours from trading letters.
		sum.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return hex.EncodeToString(sum.Sum(nil))
}
