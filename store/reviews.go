package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jiqiao"
)

const reviewPrefix = "v_"

// followReviews keeps the reviews in step with the record's status, whoever writes it: what becomes pending is laid before
// the operators, what is pending no longer was answered or taken back.
func (t *logTx) followReviews(ctx context.Context, rec, old jiqiao.Record) error {
	head := rec.Head()
	is := head.Status == jiqiao.StatusPending
	was := old != nil && old.Head().Status == jiqiao.StatusPending
	switch {
	case is && was:
		_, err := t.exec(ctx, `UPDATE reviews SET version = ?, region = ?, fields = ? WHERE record_id = ? AND state = 'pending'`,
			head.Version, clean(head.Region), codesText(head.Fields), head.ID)
		return err
	case is:
		if err := t.closeReview(ctx, head.ID, jiqiao.ReviewWithdrawn, "", nil); err != nil {
			return err
		}
		return t.openReview(ctx, rec, "", t.step.Diagnosis)
	case was:
		state := jiqiao.ReviewWithdrawn
		switch head.Status {
		case jiqiao.StatusPublished:
			state = jiqiao.ReviewApproved
		case jiqiao.StatusReturned:
			state = jiqiao.ReviewReturned
		default:
		}
		return t.closeReview(ctx, head.ID, state, t.step.Note, t.step.Comments)
	case head.Status == jiqiao.StatusWithdrawn && old != nil: // a change of what is no longer offered
		return t.closeReview(ctx, head.ID, jiqiao.ReviewWithdrawn, "", nil)
	default:
		return nil
	}
}

// codesText is the codes so that LIKE '% 20%' finds those that begin with 20.
func codesText(codes []string) string { return " " + clean(strings.Join(codes, " ")) + " " }

// openReview lays the record, or with a body a change of it, before the operators.
func (t *logTx) openReview(ctx context.Context, rec jiqiao.Record, body string, d *jiqiao.Diagnosis) error {
	head := rec.Head()
	var round int
	if err := t.row(ctx, `SELECT count(*) FROM reviews WHERE record_id = ?`, []any{head.ID}, &round); err != nil {
		return err
	}
	diagnosis, err := diagnosisJSON(d)
	if err != nil {
		return err
	}
	revision := 0
	if body != "" {
		revision = 1
	}
	id := t.ids.next(reviewPrefix)
	t.submitted = true
	_, err = t.exec(ctx, `
		INSERT INTO reviews (id, kind, record_id, version, round, edition, state, revision, region, fields, body, diagnosis, note,
			comments, submitted_at, submitted_by, decided_by)
		VALUES (?, ?, ?, ?, ?, 1, 'pending', ?, ?, ?, ?, ?, '', '', ?, ?, '')`,
		id, string(rec.Kind()), head.ID, head.Version, round+1, revision, clean(head.Region),
		codesText(head.Fields), body, diagnosis, micros(t.now), clean(jiqiao.OriginOf(ctx).User))
	return err
}

// diagnosisJSON keeps what a reviewer reads: the texts are the record's, and similar records may have changed.
func diagnosisJSON(d *jiqiao.Diagnosis) (string, error) {
	if d == nil {
		return "", nil
	}
	kept := *d
	kept.Passages, kept.Keywords, kept.Industries, kept.Fields = nil, nil, nil, nil
	kept.Similar = slices.Clone(d.Similar)
	for i := range kept.Similar {
		kept.Similar[i].Record = nil
	}
	return encodeJSON(kept)
}

// closeReview answers the record's waiting review, if there is one.
func (t *logTx) closeReview(ctx context.Context, recordID string, state jiqiao.ReviewState, note string, comments []jiqiao.FieldError) error {
	said := ""
	if len(comments) > 0 {
		var err error
		if said, err = encodeJSON(comments); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, `UPDATE reviews SET state = ?, note = ?, comments = ?, decided_at = ?, decided_by = ? WHERE record_id = ? AND state = 'pending'`,
		string(state), clean(note), clean(said), micros(t.now), clean(jiqiao.OriginOf(ctx).User), recordID)
	return err
}

// PendingReview is the record's waiting review, CodeNotFound when there is none.
func (s *Store) PendingReview(ctx context.Context, recordID string) (jiqiao.Review, error) {
	r, err := s.reader().pendingReview(ctx, recordID)
	return r, wrap("read a waiting review", err)
}

func (s session) pendingReview(ctx context.Context, recordID string) (jiqiao.Review, error) {
	return s.oneReview(ctx, `v.record_id = ? AND v.state = 'pending'`, clean(recordID))
}

// LastRevision is the record's latest change that waits or was returned, CodeNotFound when there is none.
func (s *Store) LastRevision(ctx context.Context, recordID string) (jiqiao.Review, error) {
	r, err := s.reader().oneReview(ctx, `v.record_id = ? AND v.revision = 1 ORDER BY v.id DESC LIMIT 1`, clean(recordID))
	if err == nil && r.State != jiqiao.ReviewPending && r.State != jiqiao.ReviewReturned {
		return jiqiao.Review{}, notFound("待审核的修改")
	}
	return r, wrap("read a change", err)
}

func (s session) oneReview(ctx context.Context, where string, args ...any) (jiqiao.Review, error) {
	found, err := s.reviews(ctx, where, args)
	if err != nil {
		return jiqiao.Review{}, err
	}
	if len(found) == 0 {
		return jiqiao.Review{}, notFound("待审核的内容")
	}
	return found[0], nil
}

// Reviews returns a page of reviews with what is reviewed, in one query besides the count.
func (s *Store) Reviews(ctx context.Context, q jiqiao.ReviewQuery) (jiqiao.ReviewPage, error) {
	q.Limit = pageSize(q.Limit)
	where, args := reviewFilter(q)
	page := jiqiao.ReviewPage{Items: []jiqiao.Review{}}
	if err := s.reader().row(ctx, `SELECT count(*) FROM reviews v WHERE `+where, args, &page.Total); err != nil {
		return jiqiao.ReviewPage{}, wrap("count reviews", err)
	}
	compare, order := `>`, `ORDER BY v.submitted_at, v.id`
	if q.Newest {
		compare, order = `<`, `ORDER BY v.submitted_at DESC, v.id DESC`
	}
	if q.Cursor != "" {
		at, id, err := reviewCursor(q.Cursor)
		if err != nil {
			return jiqiao.ReviewPage{}, err
		}
		where += ` AND (v.submitted_at ` + compare + ` ? OR v.submitted_at = ? AND v.id ` + compare + ` ?)`
		args = append(args, at, at, id)
	}
	found, err := s.reader().reviews(ctx, where+` `+order+` LIMIT ?`, append(args, q.Limit+1))
	if err != nil {
		return jiqiao.ReviewPage{}, wrap("list reviews", err)
	}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		last := found[q.Limit-1]
		page.Next = strconv.FormatInt(micros(last.SubmittedAt), 10) + "." + last.ID
	}
	page.Items = append(page.Items, found...)
	return page, nil
}

func reviewCursor(cursor string) (at int64, id string, err error) {
	left, id, _ := strings.Cut(cursor, ".")
	at, err = strconv.ParseInt(left, 10, 64)
	if err != nil || !hasShape(id, reviewPrefix) {
		return 0, "", badCursor()
	}
	return at, id, nil
}

func reviewFilter(q jiqiao.ReviewQuery) (where string, args []any) {
	where = `1 = 1`
	for _, part := range []struct{ condition, value string }{
		{`v.kind = ?`, string(q.Kind)}, {`v.state = ?`, string(q.State)}, {`v.record_id = ?`, q.RecordID},
	} {
		if part.value != "" {
			where, args = where+` AND `+part.condition, append(args, clean(part.value))
		}
	}
	if q.Region != "" {
		where += ` AND (v.region = '' OR v.region LIKE ? ESCAPE '\')`
		args = append(args, clean(escapeLike(jiqiao.RegionPrefix(q.Region)))+"%")
	}
	if q.Field != "" {
		where, args = where+` AND v.fields LIKE ? ESCAPE '\'`, append(args, "% "+clean(escapeLike(q.Field))+"%")
	}
	if q.Revision != nil {
		n := 0
		if *q.Revision {
			n = 1
		}
		where, args = where+` AND v.revision = ?`, append(args, n)
	}
	if q.NotBy != "" {
		where += ` AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = v.submitted_by AND u.role = ?)`
		args = append(args, string(q.NotBy))
	}
	if !q.After.IsZero() {
		where, args = where+` AND v.submitted_at >= ?`, append(args, micros(q.After))
	}
	if !q.Before.IsZero() {
		where, args = where+` AND v.submitted_at < ?`, append(args, micros(q.Before))
	}
	return where, args
}

// reviews reads reviews with what is reviewed: the change, or the record as it stands. A record that was deleted leaves
// Record nil.
func (s session) reviews(ctx context.Context, where string, args []any) ([]jiqiao.Review, error) {
	var found []jiqiao.Review
	query := `SELECT v.id, v.kind, v.record_id, v.version, v.round, v.edition, v.state, v.revision, v.body, v.diagnosis, v.note,
		v.comments, v.submitted_at, v.submitted_by, v.decided_at, v.decided_by, r.version, r.created_at, r.updated_at, r.body
		FROM reviews v LEFT JOIN records r ON r.id = v.record_id AND r.deleted_at IS NULL WHERE ` + where
	err := s.each(ctx, query, args, func(scan func(...any) error) error {
		r, err := scanReview(scan)
		if err != nil {
			return err
		}
		found = append(found, r)
		return nil
	})
	return found, err
}

func scanReview(scan func(...any) error) (jiqiao.Review, error) {
	var (
		r                         jiqiao.Review
		revision                  int
		at                        int64
		decided                   *int64
		version, created, updated *int64
		body, present             []byte
		diagnosis, comments       []byte
	)
	err := scan(&r.ID, &r.Kind, &r.RecordID, &r.Version, &r.Round, &r.Edition, &r.State, &revision, &body, &diagnosis, &r.Note,
		&comments, &at, &r.SubmittedBy, &decided, &r.DecidedBy, &version, &created, &updated, &present)
	if err != nil {
		return jiqiao.Review{}, err
	}
	r.Revision, r.SubmittedAt, r.DecidedAt = revision != 0, fromMicros(at), fromMicrosOrNil(decided)
	for _, part := range []struct {
		text []byte
		into any
	}{{diagnosis, &r.Diagnosis}, {comments, &r.Comments}} {
		if len(part.text) == 0 {
			continue
		}
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return jiqiao.Review{}, fmt.Errorf("decode review %s: %w", r.ID, err)
		}
	}
	if version == nil {
		return r, nil
	}
	was, err := decode(r.Kind, present)
	if err != nil {
		return jiqiao.Review{}, fmt.Errorf("decode %s: %w", r.RecordID, err)
	}
	head := was.Head()
	head.ID, head.Version, head.CreatedAt, head.UpdatedAt = r.RecordID, *version, fromMicros(*created), fromMicros(*updated)
	r.Record = was
	if !r.Revision {
		return r, nil
	}
	if r.Record, err = decode(r.Kind, body); err != nil {
		return jiqiao.Review{}, fmt.Errorf("decode the change %s: %w", r.ID, err)
	}
	changed := r.Record.Head()
	changed.ID, changed.Version, changed.CreatedAt, changed.UpdatedAt = head.ID, head.Version, head.CreatedAt, head.UpdatedAt
	changed.Status, changed.Owner = head.Status, head.Owner
	if r.State == jiqiao.ReviewPending || r.State == jiqiao.ReviewReturned {
		r.Changes = jiqiao.Diff(was, r.Record)
	}
	return r, nil
}
