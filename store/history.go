package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"jiqiao"
)

// Acts of the history that are no steps.
const (
	actCreate   = "record.create"
	actEnter    = "record.enter" // on behalf of the owner
	actUpdate   = "record.update"
	actImport   = "record.import"
	actDelete   = "record.delete"
	actRevise   = "record.revise" // a change was approved
	actMerge    = "record.merge"
	actUnmerge  = "record.unmerge"
	actOwnerNew = "organisation.update" // the owner's name or credit code
)

// note adds a version to the record's history and does what follows from it: reviews open and close with the status, what
// is published is looked at for candidates, and what is offered no longer loses those it had. old is nil for a new record.
// Every way to write a record ends here.
func (t *logTx) note(ctx context.Context, rec, old jiqiao.Record, act string) error {
	previous := ""
	if old != nil {
		var err error
		if previous, err = encode(old); err != nil {
			return err
		}
	}
	head := rec.Head()
	t.noteVersion(ctx, head.ID, head.Version, act, head.Status, previous)
	if head.Status == jiqiao.StatusPublished || old != nil && offered(old.Head().Status) && !offered(head.Status) {
		t.shown[head.ID] = true
	}
	return t.followReviews(ctx, rec, old)
}

// offered reports whether brokers may work on candidates of a record in the status.
func offered(s jiqiao.Status) bool { return s == jiqiao.StatusPublished || s == jiqiao.StatusEngaged }

// settle writes what can be written at once for all records of the transaction: an import writes hundreds.
func (t *logTx) settle(ctx context.Context) error {
	err := t.insert(ctx, `INSERT INTO record_versions (record_id, version, act, at, status, user_id, name, previous) VALUES `, t.versions, "")
	if err != nil {
		return fmt.Errorf("write the history: %w", err)
	}
	t.versions = nil
	jobs := make([]jiqiao.NewJob, 0, len(t.shown))
	for _, id := range slices.Sorted(maps.Keys(t.shown)) {
		jobs = append(jobs, jiqiao.NewJob{Kind: jiqiao.JobCandidates, Key: id})
	}
	clear(t.shown)
	if err := t.enqueueAll(ctx, jobs); err != nil {
		return err
	}
	return t.tellSubmitted(ctx)
}

// noteDeleted closes the history of a record that was deleted.
func (t *logTx) noteDeleted(ctx context.Context, old jiqiao.Record) error {
	head := old.Head()
	previous, err := encode(old)
	if err != nil {
		return err
	}
	t.audit(jiqiao.Act{Name: actDelete, Object: refTo(old), Before: map[string]any{"status": head.Status, "version": head.Version}})
	t.noteVersion(ctx, head.ID, head.Version+1, actDelete, head.Status, previous)
	if offered(head.Status) {
		t.shown[head.ID] = true
	}
	return t.closeReview(ctx, head.ID, jiqiao.ReviewWithdrawn, "", nil)
}

func (t *logTx) noteVersion(ctx context.Context, id string, version int64, act string, status jiqiao.Status, previous string) {
	o := jiqiao.OriginOf(ctx)
	t.versions = append(t.versions, []any{id, version, act, micros(t.now), clean(string(status)), clean(o.User), clean(o.Name), previous})
}

// versionRow is one row of record_versions.
type versionRow struct {
	jiqiao.RecordVersion
	previous []byte
}

// History lists the record's versions below the given one, newest first, at most limit; below 0 is all. Each has its
// differences from the version before.
func (s *Store) History(ctx context.Context, kind jiqiao.Kind, id string, below int64, limit int) (jiqiao.RecordHistory, error) {
	limit = pageSize(limit)
	q := s.reader()
	present, err := q.load(ctx, kind, id)
	if err != nil {
		return jiqiao.RecordHistory{}, wrap("read a history", err)
	}
	found := jiqiao.RecordHistory{Items: []jiqiao.RecordVersion{}}
	if err := q.row(ctx, `SELECT count(*) FROM record_versions WHERE record_id = ?`, []any{id}, &found.Total); err != nil {
		return jiqiao.RecordHistory{}, wrap("count versions", err)
	}
	// The row of the version above the page holds the body of the page's first.
	top := present.Head().Version
	if below > 0 && below <= top {
		top = below
	}
	rows, err := q.versionRows(ctx, id, top, limit+2)
	if err != nil {
		return jiqiao.RecordHistory{}, wrap("read versions", err)
	}
	after := present
	if below > 0 && below <= present.Head().Version && len(rows) > 0 && rows[0].Version == below {
		if after, err = decode(kind, rows[0].previous); err != nil {
			return jiqiao.RecordHistory{}, fmt.Errorf("store: decode version %d of %s: %w", below-1, id, err)
		}
		rows = rows[1:]
	}
	for _, row := range rows {
		if len(found.Items) == limit {
			found.Next = row.Version + 1
			break
		}
		if after, err = row.compare(kind, after); err != nil {
			return jiqiao.RecordHistory{}, fmt.Errorf("store: decode a version of %s: %w", id, err)
		}
		found.Items = append(found.Items, row.RecordVersion)
	}
	return found, nil
}

// compare fills Changes with what led to after, and returns the version before.
func (r *versionRow) compare(kind jiqiao.Kind, after jiqiao.Record) (jiqiao.Record, error) {
	r.Changes = []jiqiao.FieldChange{}
	if len(r.previous) == 0 {
		return after, nil
	}
	before, err := decode(kind, r.previous)
	if err != nil {
		return nil, err
	}
	r.Changes = jiqiao.Diff(before, after)
	return before, nil
}

func (s session) versionRows(ctx context.Context, id string, top int64, limit int) ([]versionRow, error) {
	var rows []versionRow
	query := `SELECT version, act, at, status, user_id, name, previous FROM record_versions
		WHERE record_id = ? AND version <= ? ORDER BY version DESC LIMIT ?`
	err := s.each(ctx, query, []any{id, top, limit}, func(scan func(...any) error) error {
		var (
			row versionRow
			at  int64
		)
		if err := scan(&row.Version, &row.Act, &at, &row.Status, &row.User, &row.By, &row.previous); err != nil {
			return err
		}
		row.At = fromMicros(at)
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

// VersionOf is the record as it was at the version; CodeNotFound when that is not kept.
func (s *Store) VersionOf(ctx context.Context, kind jiqiao.Kind, id string, version int64) (jiqiao.Record, error) {
	rec, err := s.reader().versionOf(ctx, kind, id, version)
	return rec, wrap("read a version", err)
}

func (s session) versionOf(ctx context.Context, kind jiqiao.Kind, id string, version int64) (jiqiao.Record, error) {
	present, err := s.load(ctx, kind, id)
	if err != nil {
		return nil, err
	}
	if version == present.Head().Version {
		return present, nil
	}
	var body []byte
	err = s.row(ctx, `SELECT previous FROM record_versions WHERE record_id = ? AND version = ?`, []any{id, version + 1}, &body)
	if errors.Is(err, sql.ErrNoRows) || err == nil && len(body) == 0 {
		return nil, notFound("这个版本")
	}
	if err != nil {
		return nil, err
	}
	rec, err := decode(kind, body)
	if err != nil {
		return nil, fmt.Errorf("decode version %d of %s: %w", version, id, err)
	}
	head := rec.Head()
	head.ID, head.Version, head.CreatedAt = id, version, present.Head().CreatedAt
	var at int64
	err = s.row(ctx, `SELECT at FROM record_versions WHERE record_id = ? AND version = ?`, []any{id, version}, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return rec, nil // from before there was a history
	}
	head.UpdatedAt = fromMicros(at)
	return rec, err
}
