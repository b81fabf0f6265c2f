package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"jiqiao"
)

// ownOrders are the columns that own records are sorted by, and the way.
var ownOrders = map[jiqiao.OwnSort]struct{ column, compare, order string }{
	jiqiao.OwnUpdated: {"updated_at", "<", " DESC"},
	jiqiao.OwnNewest:  {"created_at", "<", " DESC"},
	jiqiao.OwnOldest:  {"created_at", ">", ""},
	jiqiao.OwnByTitle: {"title_key", ">", ""},
}

// OwnRecords is a page of the organisation's records, or of those that an account entered on behalf of others, of one
// side in every state, or in one, in the order asked for, with how many it has in each and where each item stands.
func (s *Store) OwnRecords(ctx context.Context, q jiqiao.OwnQuery) (jiqiao.OwnRecords, error) {
	q.Limit = pageSize(q.Limit)
	page := jiqiao.OwnRecords{Items: []jiqiao.Record{}, Count: map[jiqiao.Status]int{}}
	where, args := ownFilter(q)
	if err := s.countOwn(ctx, &page, q.Status, where, args); err != nil {
		return jiqiao.OwnRecords{}, wrap("count own records", err)
	}
	if q.Status != "" {
		where, args = where+` AND status = ?`, append(args, clean(string(q.Status)))
	}
	o := ownOrders[q.Sort]
	if q.Cursor != "" {
		at, id, err := ownCursor(q)
		if err != nil {
			return jiqiao.OwnRecords{}, err
		}
		where += ` AND (` + o.column + ` ` + o.compare + ` ? OR ` + o.column + ` = ? AND id ` + o.compare + ` ?)`
		args = append(args, at, at, id)
	}
	err := s.reader().records(ctx, q.Kind, where+` ORDER BY `+o.column+o.order+`, id`+o.order+` LIMIT ?`, append(args, q.Limit+1), func(rec jiqiao.Record) error {
		page.Items = append(page.Items, rec)
		return nil
	})
	if err != nil {
		return jiqiao.OwnRecords{}, wrap("list own records", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		page.Next = ownNext(q.Sort, page.Items[q.Limit-1].Head())
	}
	page.Standing, err = s.standing(ctx, page.Items)
	return page, wrap("read where own records stand", err)
}

// ownFilter is what holds of all records of the query but for their status.
func ownFilter(q jiqiao.OwnQuery) (where string, args []any) {
	where, args = `owner_id = ? AND kind = ? AND deleted_at IS NULL`, []any{clean(q.Organisation), string(q.Kind)}
	if q.EnteredBy != "" {
		where = `id IN (SELECT record_id FROM record_versions WHERE user_id = ? AND act = '` + actEnter + `') AND kind = ? AND deleted_at IS NULL`
		args[0] = clean(q.EnteredBy)
	}
	if text := fold(q.Text); text != "" {
		where, args = where+` AND title_key LIKE ? ESCAPE '\'`, append(args, "%"+likeText(text)+"%")
	}
	return where, args
}

// likeText is the text with what LIKE reads otherwise escaped.
func likeText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

func (s *Store) countOwn(ctx context.Context, page *jiqiao.OwnRecords, wanted jiqiao.Status, where string, args []any) error {
	return s.reader().each(ctx, `SELECT status, count(*) FROM records WHERE `+where+` GROUP BY status`, args, func(scan func(...any) error) error {
		var (
			status jiqiao.Status
			n      int
		)
		if err := scan(&status, &n); err != nil {
			return err
		}
		page.Count[status] = n
		if wanted == "" || wanted == status {
			page.Total += n
		}
		return nil
	})
}

// standing is the latest review of each of the records.
func (s *Store) standing(ctx context.Context, items []jiqiao.Record) (map[string]jiqiao.OwnStanding, error) {
	found := map[string]jiqiao.OwnStanding{}
	if len(items) == 0 {
		return found, nil
	}
	ids := make([]any, len(items))
	for i, rec := range items {
		ids[i] = rec.Head().ID
	}
	query := `SELECT record_id, state, revision, submitted_at, note, comments FROM reviews WHERE record_id IN (` + marks(len(ids)) + `) ORDER BY id`
	return found, s.reader().each(ctx, query, ids, func(scan func(...any) error) error {
		var (
			id, note, said string
			one            jiqiao.OwnStanding
			revision       int
			at             int64
			comments       []jiqiao.FieldError
		)
		if err := scan(&id, &one.Review, &revision, &at, &note, &said); err != nil {
			return err
		}
		if said != "" {
			if err := json.Unmarshal([]byte(said), &comments); err != nil {
				return fmt.Errorf("decode the comments on %s: %w", id, err)
			}
		}
		submitted := fromMicros(at)
		one.Revision, one.SubmittedAt, one.Comments = revision == 1, &submitted, len(comments)
		if note != "" {
			one.Comments++
		}
		found[id] = one // the latest comes last
		return nil
	})
}

// ownNext is the cursor behind the record: what the order compares, and the id.
func ownNext(sort jiqiao.OwnSort, last *jiqiao.Header) string {
	switch sort {
	case jiqiao.OwnByTitle:
		return hex.EncodeToString([]byte(fold(last.Title))) + "." + last.ID
	case jiqiao.OwnNewest, jiqiao.OwnOldest:
		return strconv.FormatInt(micros(last.CreatedAt), 10) + "." + last.ID
	default:
		return strconv.FormatInt(micros(last.UpdatedAt), 10) + "." + last.ID
	}
}

func ownCursor(q jiqiao.OwnQuery) (at any, id string, err error) {
	left, id, _ := strings.Cut(q.Cursor, ".")
	if q.Sort == jiqiao.OwnByTitle {
		var title []byte
		title, err = hex.DecodeString(left)
		at = clean(string(title))
	} else {
		at, err = strconv.ParseInt(left, 10, 64)
	}
	if err != nil || !hasShape(id, recordPrefix(q.Kind)) {
		return nil, "", badCursor()
	}
	return at, id, nil
}

// maxTitles bounds the records of one organisation whose titles are compared.
const maxTitles = 1000

// Titles are the ids and titles of the organisation's newest records of the side that were not merged, at most 1,000.
func (s *Store) Titles(ctx context.Context, kind jiqiao.Kind, organisation string) (map[string]string, error) {
	titles := map[string]string{}
	err := s.reader().each(ctx, `SELECT id, body FROM records WHERE owner_id = ? AND kind = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?`,
		[]any{clean(organisation), string(kind), maxTitles}, func(scan func(...any) error) error {
			var (
				id   string
				body []byte
				said struct {
					Title      string `json:"title"`
					MergedInto string `json:"merged_into"`
				}
			)
			if err := scan(&id, &body); err != nil {
				return err
			}
			if err := json.Unmarshal(body, &said); err != nil {
				return fmt.Errorf("decode %s: %w", id, err)
			}
			if said.MergedInto == "" {
				titles[id] = said.Title
			}
			return nil
		})
	return titles, wrap("read titles", err)
}

// upsertOwn writes an imported row of an organisation that enters for itself: whatever the row says, it belongs to the
// organisation and reaches no record of another, and it is not published without review. A row about a record that is
// shown is kept as a change of it.
func (t *logTx) upsertOwn(ctx context.Context, rec jiqiao.Record, organisation string) (jiqiao.PutOutcome, error) {
	head := rec.Head()
	head.Owner = jiqiao.OrganisationRef{ID: organisation}
	head.MergedInto = ""
	if err := t.ownRecord(ctx, rec, false); err != nil {
		return "", err
	}
	if head.ID != "" {
		if old, err := t.load(ctx, rec.Kind(), head.ID); err != nil || old.Head().Owner.ID != organisation {
			head.ID = "" // another's, or of another database
		}
	}
	given := head.Status
	head.Status = jiqiao.OwnStatus(given, "")
	old, err := t.existing(ctx, rec)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return jiqiao.PutCreated, t.create(ctx, rec, actImport)
	}
	if err != nil {
		return "", err
	}
	was := old.Head()
	head.Status = jiqiao.OwnStatus(given, was.Status)
	head.MergedInto = was.MergedInto
	if same, err := sameContent(rec, old); err != nil || same {
		*head = *was
		return jiqiao.PutUnchanged, err
	}
	if was.Status.Editable() {
		return jiqiao.PutUpdated, t.replace(ctx, rec, old, actImport)
	}
	return t.importChange(ctx, rec, old)
}

// importChange keeps an imported row about a record that is shown, or has ended, as a change of it. A change that waits
// already is replaced: the file is the newer word.
func (t *logTx) importChange(ctx context.Context, rec, old jiqiao.Record) (jiqiao.PutOutcome, error) {
	was := old.Head()
	edition := 0
	waiting, err := t.pendingReview(ctx, was.ID)
	switch {
	case err == nil:
		edition = waiting.Edition
		if len(jiqiao.Diff(waiting.Record, rec)) == 0 {
			*rec.Head() = *was
			return jiqiao.PutUnchanged, nil
		}
	case jiqiao.CodeOf(err) != jiqiao.CodeNotFound:
		return "", err
	}
	if err := t.propose(ctx, rec, old, edition); err != nil {
		return "", err
	}
	rec.Head().ID, rec.Head().Version = was.ID, was.Version
	return jiqiao.PutUpdated, nil
}
