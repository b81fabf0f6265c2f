package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"jiqiao"
)

// Put creates the record when its ID is empty, else replaces the version it names. It fills ID, Version, CreatedAt,
// UpdatedAt and the owner, and leaves the record as it was when it fails: with CodeNotFound, with CodeConflict when
// someone else wrote meanwhile, with CodePrecondition when an ID comes without a Version.
func (s *Store) Put(ctx context.Context, rec jiqiao.Record) error {
	head := rec.Head()
	before := *head
	err := s.logged(ctx, "put a record", func(t *logTx) error {
		if head.ID == "" {
			if err := t.ownRecord(ctx, rec, false); err != nil {
				return err
			}
			act, after := actCreate, map[string]any{"status": head.Status}
			if onBehalf(ctx, head) {
				act, after["owner"] = actEnter, head.Owner.ID
			}
			if err := t.create(ctx, rec, act); err != nil {
				return err
			}
			t.audit(jiqiao.Act{Name: act, Object: refTo(rec), After: after})
			return nil
		}
		old, err := t.load(ctx, rec.Kind(), head.ID)
		if err != nil {
			return err
		}
		if err := matchVersion(head.Version, old.Head().Version); err != nil {
			return err
		}
		if err := t.ownRecord(ctx, rec, false); err != nil {
			return err
		}
		t.audit(jiqiao.Act{
			Name: actUpdate, Object: refTo(old), Before: map[string]any{"status": old.Head().Status, "version": old.Head().Version},
			After: map[string]any{"status": head.Status, "fields": jiqiao.ChangedFields(old, rec)},
		})
		return t.replace(ctx, rec, old, actUpdate)
	})
	if err != nil {
		*head = before
	}
	return err
}

// onBehalf reports whether a person enters a record for an organisation that is not their own.
func onBehalf(ctx context.Context, head *jiqiao.Header) bool {
	o := jiqiao.OriginOf(ctx)
	return o.User != "" && head.Owner.ID != "" && head.Owner.ID != o.Organisation
}

func matchVersion(given, present int64) error {
	switch given {
	case present:
		return nil
	case 0:
		return jiqiao.Fail(jiqiao.CodePrecondition, "缺少版本号，请重新打开后再修改", nil)
	}
	return jiqiao.Fail(jiqiao.CodeConflict, fmt.Sprintf("内容已被他人修改（现为第 %d 版），请刷新后重新修改", present), nil)
}

// create inserts the record under a new id; act is how the history calls it.
func (t *logTx) create(ctx context.Context, rec jiqiao.Record, act string) error {
	head := rec.Head()
	head.ID, head.Version = t.ids.next(recordPrefix(rec.Kind())), 1
	head.CreatedAt, head.UpdatedAt, head.DeletedAt = t.now, t.now, nil
	body, err := encode(rec)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		INSERT INTO records (id, kind, version, status, owner_id, title_key, created_at, updated_at, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		head.ID, string(rec.Kind()), head.Version, clean(string(head.Status)), head.Owner.ID, fold(head.Title),
		micros(head.CreatedAt), micros(head.UpdatedAt), body)
	if err != nil {
		return err
	}
	if err := t.log(ctx, rec.Kind(), head.ID, head.Version, jiqiao.ChangePut); err != nil {
		return err
	}
	return t.note(ctx, rec, nil, act)
}

// replace writes the record as the next version of old, under old's id; act is how the history calls it.
func (t *logTx) replace(ctx context.Context, rec, old jiqiao.Record, act string) error {
	head, was := rec.Head(), old.Head()
	head.ID, head.Version = was.ID, was.Version+1
	head.CreatedAt, head.UpdatedAt, head.DeletedAt = was.CreatedAt, t.now, nil
	body, err := encode(rec)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		UPDATE records SET version = ?, status = ?, owner_id = ?, title_key = ?, updated_at = ?, body = ? WHERE id = ?`,
		head.Version, clean(string(head.Status)), head.Owner.ID, fold(head.Title), micros(head.UpdatedAt), body, head.ID)
	if err != nil {
		return err
	}
	if err := t.log(ctx, rec.Kind(), head.ID, head.Version, jiqiao.ChangePut); err != nil {
		return err
	}
	return t.note(ctx, rec, old, act)
}

// Delete marks the record as deleted. The version must be the present one.
func (s *Store) Delete(ctx context.Context, kind jiqiao.Kind, id string, version int64) error {
	return s.logged(ctx, "delete a record", func(t *logTx) error {
		old, err := t.load(ctx, kind, id)
		if err != nil {
			return err
		}
		if err := matchVersion(version, old.Head().Version); err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE records SET version = ?, updated_at = ?, deleted_at = ? WHERE id = ?`,
			version+1, micros(t.now), micros(t.now), id)
		if err != nil {
			return err
		}
		if err := t.log(ctx, kind, id, version+1, jiqiao.ChangeDelete); err != nil {
			return err
		}
		return t.noteDeleted(ctx, old)
	})
}

// Get returns the record; CodeNotFound when there is none or it was deleted.
func (s *Store) Get(ctx context.Context, kind jiqiao.Kind, id string) (jiqiao.Record, error) {
	rec, err := s.reader().load(ctx, kind, id)
	return rec, wrap("get a record", err)
}

// maxArgs bounds the arguments of one statement.
const maxArgs = 512

// padded repeats the last argument up to the next power of two, so that there are few statements to keep compiled.
func padded(args []any) []any {
	for size := 1; ; size *= 2 {
		if size >= len(args) {
			for len(args) < size {
				args = append(args, args[len(args)-1])
			}
			return args
		}
	}
}

// GetMany returns the records in the order of ids; those that are not there are left out.
func (s *Store) GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error) {
	found := make(map[string]jiqiao.Record, len(ids))
	for start := 0; start < len(ids); start += maxArgs {
		var args []any
		for _, id := range ids[start:min(start+maxArgs, len(ids))] {
			if hasShape(id, recordPrefix(kind)) {
				args = append(args, id)
			}
		}
		if len(args) == 0 {
			continue
		}
		args = padded(args)
		err := s.reader().records(ctx, kind, `id IN (`+marks(len(args))+`) AND deleted_at IS NULL`, args,
			func(rec jiqiao.Record) error {
				found[rec.Head().ID] = rec
				return nil
			})
		if err != nil {
			return nil, wrap("get records", err)
		}
	}
	records := make([]jiqiao.Record, 0, len(found))
	for _, id := range ids {
		if rec, ok := found[id]; ok {
			records = append(records, rec)
		}
	}
	return records, nil
}

// Version is the present version of the record, at a fraction of the cost of Get.
func (s *Store) Version(ctx context.Context, kind jiqiao.Kind, id string) (int64, error) {
	if !hasShape(id, recordPrefix(kind)) {
		return 0, notFound(kind.Label())
	}
	var version int64
	err := s.reader().row(ctx, `SELECT version FROM records WHERE id = ? AND deleted_at IS NULL`, []any{id}, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, notFound(kind.Label())
	}
	return version, wrap("read a version", err)
}

// FindByKey returns the record with the natural key: the owner by credit code, else by name, and the title. An empty
// owner stands for records without one.
func (s *Store) FindByKey(ctx context.Context, kind jiqiao.Kind, creditCode, ownerName, title string) (jiqiao.Record, error) {
	q := s.reader()
	ref := jiqiao.OrganisationRef{Name: ownerName, CreditCode: creditCode}
	owner := ""
	if named(ref) {
		org, err := q.findOwner(ctx, ref)
		if err != nil {
			return nil, wrap("find an owner", err)
		}
		owner = org.ID
	}
	rec, err := q.loadByKey(ctx, kind, owner, fold(title))
	return rec, wrap("find a record", err)
}

// eachPage is how many records Each reads at a time: it holds no transaction, so fn may take its time.
const eachPage = 200

// Each calls fn for every record with an id after afterID, in the order of ids, which is that of creation. A record
// that is written meanwhile is given as it was when its page was read; the change log tells of the rest. It stops at
// fn's first error and returns it as it is.
func (s *Store) Each(ctx context.Context, kind jiqiao.Kind, afterID string, fn func(jiqiao.Record) error) error {
	for {
		page := make([]jiqiao.Record, 0, eachPage)
		err := s.reader().records(ctx, kind, `kind = ? AND id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?`,
			[]any{string(kind), clean(afterID), eachPage}, func(rec jiqiao.Record) error {
				page = append(page, rec)
				return nil
			})
		if err != nil {
			return wrap("read records", err)
		}
		for _, rec := range page {
			if err := fn(rec); err != nil {
				return err
			}
			afterID = rec.Head().ID
		}
		if len(page) < eachPage {
			return nil
		}
	}
}

// Count is the number of records that are not deleted.
func (s *Store) Count(ctx context.Context, kind jiqiao.Kind) (int, error) {
	var n int
	err := s.reader().row(ctx, `SELECT count(*) FROM records WHERE kind = ? AND deleted_at IS NULL`, []any{string(kind)}, &n)
	return n, wrap("count records", err)
}

// CountPublished is how many records of each side are published, or were and have ended; what was taken back does not count.
func (s *Store) CountPublished(ctx context.Context) (map[jiqiao.Kind]int, error) {
	n := map[jiqiao.Kind]int{}
	err := s.reader().each(ctx, `SELECT kind, count(*) FROM records
		WHERE status IN ('published', 'paused', 'engaged', 'settled', 'expired') AND deleted_at IS NULL GROUP BY kind`, nil,
		func(scan func(...any) error) error {
			var (
				kind jiqiao.Kind
				of   int
			)
			err := scan(&kind, &of)
			n[kind] = of
			return err
		})
	return n, wrap("count published records", err)
}

// load reads a record that is not deleted.
func (s session) load(ctx context.Context, kind jiqiao.Kind, id string) (jiqiao.Record, error) {
	if !hasShape(id, recordPrefix(kind)) {
		return nil, notFound(kind.Label())
	}
	return s.one(ctx, kind, `id = ? AND deleted_at IS NULL`, id)
}

// loadByKey reads the oldest record with the natural key.
func (s session) loadByKey(ctx context.Context, kind jiqiao.Kind, ownerID, titleKey string) (jiqiao.Record, error) {
	return s.one(ctx, kind, `owner_id = ? AND kind = ? AND title_key = ? AND deleted_at IS NULL ORDER BY id LIMIT 1`,
		ownerID, string(kind), titleKey)
}

func (s session) one(ctx context.Context, kind jiqiao.Kind, where string, args ...any) (jiqiao.Record, error) {
	var found jiqiao.Record
	err := s.records(ctx, kind, where, args, func(rec jiqiao.Record) error {
		found = rec
		return nil
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, notFound(kind.Label())
	}
	return found, nil
}

// records decodes the rows that the condition selects, all of which must be of the kind.
func (s session) records(ctx context.Context, kind jiqiao.Kind, where string, args []any, fn func(jiqiao.Record) error) error {
	query := `SELECT id, version, created_at, updated_at, body, (SELECT text FROM record_texts WHERE record_id = records.id)
		FROM records WHERE ` + where
	return s.each(ctx, query, args, func(scan func(...any) error) error {
		var (
			id               string
			version          int64
			created, updated int64
			body             []byte
			attached         *string
		)
		if err := scan(&id, &version, &created, &updated, &body, &attached); err != nil {
			return err
		}
		rec, err := decode(kind, body)
		if err != nil {
			return fmt.Errorf("decode %s: %w", id, err)
		}
		head := rec.Head()
		head.ID, head.Version = id, version
		head.CreatedAt, head.UpdatedAt = fromMicros(created), fromMicros(updated)
		if attached != nil {
			head.Attached = *attached
		}
		return fn(rec)
	})
}

func decode(kind jiqiao.Kind, body []byte) (jiqiao.Record, error) {
	rec := jiqiao.NewRecord(kind)
	return rec, json.Unmarshal(body, rec)
}

// encode is the record as JSON without what is kept in columns, so that two records say the same when their bodies are
// equal.
func encode(rec jiqiao.Record) (string, error) {
	head := rec.Head()
	full := *head
	defer func() { *head = full }()
	head.ID, head.Version, head.CreatedAt, head.UpdatedAt, head.DeletedAt = "", 0, time.Time{}, time.Time{}, nil
	return encodeJSON(rec)
}

// encodeJSON leaves <, > and & as they are: metrics are full of them.
func encodeJSON(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	return string(bytes.TrimRight(b.Bytes(), "\n")), nil
}
