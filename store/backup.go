package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"jiqiao"
)

// A backup is gzip over lines of JSON:
//
//	{"format":"jiqiao-backup","version":1,"schema":2,"created_at":"…"}
//	{"table":"organisations","columns":["id",…]}     then one array per row
//	…
//	{"end":true,"rows":1234,"sha256":"…"}            over every byte of the lines before
//
// Values are what both databases store alike: text, integers, floats and null; bytes are written in base 64. The change
// log is left out: restoring logs what it writes, so that an index which follows the log needs no other notice.
const (
	backupFormat  = "jiqiao-backup"
	backupVersion = 1
)

// backupTable is a table with its columns, in the order in which rows are restored.
type backupTable struct {
	name, key string
	columns   []string
	// binary is the column that holds bytes, "" for none.
	binary string
}

// backupTables come in an order that satisfies references between them.
func backupTables() []backupTable {
	return []backupTable{
		{"organisations", "id", []string{"id", "version", "kind", "name_key", "credit_code", "created_at", "updated_at", "deleted_at", "body"}, ""},
		{"records", "id", []string{"id", "kind", "version", "status", "owner_id", "title_key", "created_at", "updated_at", "deleted_at", "body"}, ""},
		{"record_versions", "record_id, version", []string{"record_id", "version", "act", "at", "status", "user_id", "name", "previous"}, ""},
		{"reviews", "id", []string{"id", "kind", "record_id", "version", "round", "edition", "state", "revision", "region", "fields", "body", "diagnosis", "note", "comments", "submitted_at", "submitted_by", "decided_at", "decided_by"}, ""},
		{"record_marks", "record_id", []string{"record_id", "confirmed_at", "asked_at", "reminded"}, ""},
		{"record_merges", "id", []string{"id", "kind", "from_id", "into_id", "from_version", "into_version", "from_body", "into_body", "fields", "moved", "at", "merged_by", "undone_at"}, ""},
		{"record_distinctions", "first_id, second_id", []string{"first_id", "second_id", "user_id", "name", "at"}, ""},
		{"attachments", "id", []string{"id", "object_type", "object_id", "name", "type", "size", "sha256", "width", "height", "public", "approved", "text_state", "text", "user_id", "organisation", "created_at", "removed_at"}, ""},
		{"attachment_pieces", "attachment_id, piece", []string{"attachment_id", "piece", "data"}, "data"},
		{"record_texts", "record_id", []string{"record_id", "text"}, ""},
		{"tokens", "id", []string{"id", "name", "hash", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at", "organisation_id", "made_by"}, ""},
		{"users", "id", []string{"id", "version", "login", "login_key", "name", "name_key", "email", "email_key", "email_verified", "mobile", "position", "organisation_id", "role", "lead", "region", "state", "must_change", "totp", "broker", "locked_until", "last_login_at", "password_changed_at", "created_at", "updated_at"}, ""},
		{"credentials", "user_id", []string{"user_id", "password", "history", "failures", "totp_secret", "totp_pending", "totp_step", "recovery", "subject"}, ""},
		{"sessions", "id", []string{"id", "user_id", "digest", "created_at", "seen_at", "expires_at", "idle", "must_change", "address", "agent", "revoked_at"}, ""},
		{"links", "id", []string{"id", "purpose", "digest", "user_id", "made_by", "by_mail", "created_at", "expires_at", "used_at", "revoked_at"}, ""},
		{"signups", "id", []string{"id", "version", "state", "region", "user_id", "organisation_id", "body", "reason", "decided_by", "decided_at", "created_at"}, ""},
		{"settings", "name", []string{"name", "version", "body", "updated_at"}, ""},
		{"imports", "id", []string{"id", "state", "created_at", "body", "organisation", "user_id"}, ""},
		{"staged_rows", "import_id, line", []string{"import_id", "line", "body"}, ""},
		{"match_runs", "id", []string{"id", "state", "created_at", "body"}, ""},
		{"match_results", "need_id, achievement_id", []string{"need_id", "achievement_id", "run_id", "score", "level", "model", "matched_at", "p1", "p2", "p3", "p4"}, ""},
		{"assignments", "id", []string{"id", "state", "created_at", "body"}, ""},
		{"assignment_items", "assignment_id, line", []string{"assignment_id", "line", "outcome", "need_id", "achievement_id", "broker", "reason", "body"}, ""},
		{"decisions", "id", []string{"id", "need_id", "achievement_id", "verb", "reason", "note", "rank", "shown", "score", "level", "model", "decided_by", "decided_at", "withdrawn_at"}, ""},
		{"impressions", "id", []string{"id", "kind", "subject_id", "first_rank", "ids", "model", "shown_to", "shown_at", "times"}, ""},
		{"models", "kind, version", []string{"kind", "version", "parent", "provenance", "figures", "accepted", "message", "size", "created_at", "activated_at", "body"}, "body"},
		{"active_models", "kind", []string{"kind", "version"}, ""},
		{"introductions", "id", []string{"id", "version", "state", "need_id", "achievement_id", "candidate_id", "broker", "agency", "reason", "need_org", "need_region", "need_state", "need_reason", "need_answered_at", "achievement_org", "achievement_region", "achievement_state", "achievement_reason", "achievement_answered_at", "awaits_need", "awaits_achievement", "awaits_broker", "due_at", "next_at", "interested_at", "closed_at", "created_at", "updated_at", "body", "evidence"}, ""},
		{"introduction_acts", "id", []string{"id", "introduction_id", "at", "user_id", "name", "party", "act", "state", "answer", "reason", "note"}, ""},
		{"thread_messages", "id", []string{"id", "thread_type", "thread_id", "at", "author", "name", "organisation", "party", "text", "question", "attachments"}, ""},
		{"introduction_reads", "introduction_id, user_id", []string{"introduction_id", "user_id", "party", "seen_until"}, ""},
		{"undertakings", "version", []string{"version", "title", "text", "digest", "published_by", "published_at"}, ""},
		{"undertaking_acceptances", "introduction_id, party", []string{"introduction_id", "party", "version", "digest", "user_id", "name", "organisation", "address", "at"}, ""},
		{"candidates", "id", []string{"id", "need_id", "achievement_id", "need", "achievement", "enterprise", "organisation", "need_owner", "achievement_owner", "fields", "region", "score", "level", "p1", "p2", "p3", "p4", "model", "source", "state", "broker", "agency", "waiting", "placed_at", "queued_at", "due_at", "defer_until", "decided_at", "decided_by", "reason", "note", "decision_id", "introduction_id", "lease_user", "lease_until", "questions", "answers", "need_wish", "achievement_wish", "version", "created_at", "updated_at"}, ""},
		{"wish_answers", "candidate_id, side", []string{"candidate_id", "side", "wished_at", "answered_at", "reason", "decision_id"}, ""},
		{"candidate_acts", "id", []string{"id", "candidate_id", "at", "user_id", "act", "from_user", "to_user", "reason", "note"}, ""},
		{"questions", "id", []string{"id", "candidate_id", "kind", "record_id", "title", "organisation", "broker", "text", "asked_at", "due_at", "answered_by", "answer", "closed_at", "state"}, ""},
		{"saved_views", "id", []string{"id", "user_id", "list", "name", "query", "created_at"}, ""},
		{"second_opinions", "candidate_id", []string{"candidate_id", "user_id", "first_user", "first_verb", "fields", "asked_at", "verb", "reason", "note", "given_at"}, ""},
		{"deals", "id", []string{"id", "version", "need_id", "achievement_id", "introduction_id", "broker", "buyer_id", "seller_id", "buyer_region", "seller_region", "agreed", "stage", "stage_since", "state", "amount", "next_due", "created_at", "updated_at", "body", "words"}, ""},
		{"deal_events", "id", []string{"id", "deal_id", "act", "from_stage", "to_stage", "seconds", "reason", "note", "user_id", "at"}, ""},
		{"deal_tasks", "id", []string{"id", "deal_id", "title", "due", "assignee", "done_at", "reminded_at", "created_by", "created_at"}, ""},
		{"deal_notes", "id", []string{"id", "deal_id", "author", "organisation", "shared", "text", "created_at"}, ""},
		{"contracts", "id", []string{"id", "deal_id", "version", "type", "signed_on", "total", "trade", "registration_number", "registered_on", "created_at", "updated_at", "body"}, ""},
		{"payments", "id", []string{"id", "deal_id", "amount", "received_on", "voucher", "kind", "attachment", "reverses", "reversed", "note", "created_by", "created_at"}, ""},
		{"subsidy_policies", "id", []string{"id", "region", "effective_from", "created_at", "body"}, ""},
		{"subsidies", "id", []string{"id", "version", "deal_id", "achievement_id", "organisation_id", "year", "amount", "state", "created_at", "updated_at", "body"}, ""},
		{"audit", "seq", []string{"seq", "at", "user_id", "name", "role", "organisation", "address", "request", "act", "object_type", "object_id", "before", "after", "result", "hash"}, ""},
		{"audit_archives", "first", []string{"first", "last", "prev", "hash", "file", "sha256", "at", "removed"}, ""},
		{"notices", "id", []string{"id", "template", "topic", "title", "body", "object_type", "object_id", "urgent", "essential", "cursor", "created_at", "told_at"}, ""},
		{"inbox", "id", []string{"id", "notice_id", "user_id", "organisation", "topic", "template", "feedback", "created_at", "read_at", "archived_at"}, ""},
		{"deliveries", "id", []string{"id", "notice_id", "target", "kind", "user_id", "template", "state", "attempts", "next_at", "lease_until", "reason", "batch", "created_at", "sent_at"}, ""},
		{"send_rates", "target", []string{"target", "tat"}, ""},
		{"channels", "id", []string{"id", "version", "kind", "address", "secret", "active", "created_at", "updated_at", "body"}, ""},
		{"preferences", "user_id", []string{"user_id", "version", "updated_at", "body"}, ""},
		{"subscriptions", "id", []string{"id", "version", "user_id", "kind", "active", "seen_until", "created_at", "updated_at", "body"}, ""},
		{"alerts", "id", []string{"id", "user_id", "subscription_id", "record_kind", "record_id", "own_id", "title", "subject", "why", "told", "created_at"}, ""},
		{"followers", "name", []string{"name", "seq"}, ""},
		{"jobs", "id", []string{"id", "kind", "key", "payload", "state", "attempts", "max_attempts", "excused", "priority", "run_at", "worker", "lease_until", "stage", "done", "total", "message", "origin", "created_at", "updated_at", "finished_at"}, ""},
		{"schedules", "name", []string{"name", "begun", "begun_at"}, ""},
		{"grants", "organisation, record_id", []string{"organisation", "record_id", "kind", "reason", "at"}, ""},
		{"reveals", "id", []string{"id", "kind", "record_id", "owner_id", "user_id", "name", "role", "organisation", "reason", "at"}, ""},
	}
}

// backupHeader is the first line.
type backupHeader struct {
	Format    string    `json:"format"`
	Version   int       `json:"version"`
	Schema    int64     `json:"schema"`
	CreatedAt time.Time `json:"created_at"`
}

// backupMark is a line between rows: the start of a table, or the end.
type backupMark struct {
	Table   string   `json:"table,omitempty"`
	Columns []string `json:"columns,omitempty"`
	End     bool     `json:"end,omitempty"`
	Rows    int      `json:"rows,omitempty"`
	SHA256  string   `json:"sha256,omitempty"`
}

// BackupInfo says what a backup holds.
type BackupInfo struct {
	CreatedAt time.Time `json:"created_at"`
	// Schema is the version of the schema it was taken from.
	Schema int64 `json:"schema"`
	// Rows counts all rows, those of deleted records too; Tables those of each table.
	Rows   int            `json:"rows"`
	Tables map[string]int `json:"tables"`
}

// Backup writes everything but the change log to w, as of one moment, while others go on reading and writing. The file
// holds contacts and digests of tokens: keep it as safe as the database. It restores into either kind of database.
func (s *Store) Backup(ctx context.Context, w io.Writer) (BackupInfo, error) {
	schema, _, err := s.Schema(ctx)
	if err != nil {
		return BackupInfo{}, err
	}
	sqlTx, err := s.read.BeginTx(ctx, s.dialect.snapshot())
	if err != nil {
		return BackupInfo{}, wrap("back up", err)
	}
	defer sqlTx.Rollback() //nolint:errcheck // it only read
	info := BackupInfo{CreatedAt: s.clock(), Schema: schema, Tables: map[string]int{}}
	zipped := gzip.NewWriter(w)
	out := newLineWriter(zipped)
	out.line(backupHeader{backupFormat, backupVersion, schema, info.CreatedAt})
	for _, table := range backupTables() {
		n, err := session{sqlTx, s.dialect, nil, &s.asked}.dump(ctx, table, out)
		if out.err != nil {
			return BackupInfo{}, writeFailed(out.err)
		}
		if err != nil {
			return BackupInfo{}, wrap("back up "+table.name, err)
		}
		info.Tables[table.name] = n
		info.Rows += n
	}
	out.line(backupMark{End: true, Rows: info.Rows, SHA256: out.sum()})
	if err := out.flush(); err != nil {
		return BackupInfo{}, writeFailed(err)
	}
	if err := zipped.Close(); err != nil {
		return BackupInfo{}, writeFailed(err)
	}
	return info, nil
}

func writeFailed(err error) error {
	return jiqiao.Fail(jiqiao.CodeUnavailable, "备份文件写入失败，请检查磁盘空间和权限", fmt.Errorf("store: write a backup: %w", err))
}

func (s session) dump(ctx context.Context, table backupTable, out *lineWriter) (int, error) {
	out.line(backupMark{Table: table.name, Columns: table.columns})
	values := make([]any, len(table.columns))
	dest := make([]any, len(values))
	for i := range values {
		dest[i] = &values[i]
	}
	n := 0
	query := `SELECT ` + strings.Join(table.columns, ", ") + ` FROM ` + table.name + ` ORDER BY ` + table.key
	err := s.each(ctx, query, nil, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		n++
		out.line(values)
		return out.err
	})
	return n, err
}

// BackupFile writes the backup to path, in place of an older one, only once it is whole and on the disk. A crash leaves
// at most a file path.*.partial, which can be deleted.
func (s *Store) BackupFile(ctx context.Context, path string) (BackupInfo, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.partial") // readable to the owner alone
	if err != nil {
		return BackupInfo{}, writeFailed(err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone after the rename
	defer f.Close()
	info, err := s.Backup(ctx, f)
	if err != nil {
		return BackupInfo{}, err
	}
	if err := f.Sync(); err != nil {
		return BackupInfo{}, writeFailed(err)
	}
	if err := f.Close(); err != nil {
		return BackupInfo{}, writeFailed(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return BackupInfo{}, writeFailed(err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return BackupInfo{}, writeFailed(err)
	}
	return info, nil
}

// syncDir makes a rename survive a power failure.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// lineWriter writes values as lines of JSON and digests them; the first error sticks.
type lineWriter struct {
	w      *bufio.Writer
	digest hash.Hash
	enc    *json.Encoder
	err    error
}

func newLineWriter(w io.Writer) *lineWriter {
	l := &lineWriter{w: bufio.NewWriterSize(w, 64<<10), digest: sha256.New()}
	l.enc = json.NewEncoder(io.MultiWriter(l.w, l.digest))
	l.enc.SetEscapeHTML(false)
	return l
}

func (l *lineWriter) line(v any) {
	if l.err == nil {
		l.err = l.enc.Encode(v)
	}
}

func (l *lineWriter) sum() string { return hex.EncodeToString(l.digest.Sum(nil)) }

func (l *lineWriter) flush() error {
	if l.err != nil {
		return l.err
	}
	return l.w.Flush()
}
