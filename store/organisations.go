package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiqiao"
)

const organisationLabel = "单位"

// PutOrganisation creates the organisation when its ID is empty, else replaces the version it names, as Put does. Its
// records carry its name, credit code and kind: when those change, every record of it gets a new version and a change
// in the same transaction. A credit code that another organisation has is CodeConflict.
func (s *Store) PutOrganisation(ctx context.Context, org *jiqiao.Organisation) error {
	before := *org
	err := s.logged(ctx, "put an organisation", func(t *logTx) error {
		if org.ID == "" {
			if err := t.createOrganisation(ctx, org); err != nil {
				return err
			}
			t.audit(jiqiao.Act{Name: "organisation.create", Object: organisationRef(org.ID), After: map[string]any{"kind": org.Kind, "region": org.Region}})
			return nil
		}
		old, err := t.loadOrganisation(ctx, org.ID)
		if err != nil {
			return err
		}
		if err := matchVersion(org.Version, old.Version); err != nil {
			return err
		}
		t.audit(jiqiao.Act{
			Name: actOwnerNew, Object: organisationRef(old.ID), Before: map[string]any{"kind": old.Kind, "region": old.Region, "version": old.Version},
			After: map[string]any{"kind": org.Kind, "region": org.Region, "fields": changedOfOrganisation(old, *org)},
		})
		return t.replaceOrganisation(ctx, org, old)
	})
	if err != nil {
		*org = before
	}
	return err
}

func organisationRef(id string) jiqiao.Ref { return jiqiao.Ref{Type: "organisation", ID: id} }

// changedOfOrganisation names the fields that differ.
func changedOfOrganisation(before, after jiqiao.Organisation) []string {
	names := []string{}
	for _, f := range []struct {
		name    string
		changed bool
	}{
		{"name", before.Name != after.Name}, {"kind", before.Kind != after.Kind}, {"credit_code", before.CreditCode != after.CreditCode},
		{"region", before.Region != after.Region}, {"industry", before.Industry != after.Industry}, {"scale", before.Scale != after.Scale},
		{"qualifications", !slices.Equal(before.Qualifications, after.Qualifications)}, {"products", before.Products != after.Products},
		{"profile", before.Profile != after.Profile}, {"address", before.Address != after.Address},
		{"legal_person", before.LegalPerson != after.LegalPerson}, {"contact", before.Contact != after.Contact},
	} {
		if f.changed {
			names = append(names, f.name)
		}
	}
	return names
}

func (t *logTx) createOrganisation(ctx context.Context, org *jiqiao.Organisation) error {
	if err := t.codeIsFree(ctx, org); err != nil {
		return err
	}
	org.ID, org.Version = t.ids.next(organisationPrefix), 1
	org.CreatedAt, org.UpdatedAt, org.DeletedAt = t.now, t.now, nil
	body, err := encodeOrganisation(*org)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		INSERT INTO organisations (id, version, kind, name_key, credit_code, created_at, updated_at, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		org.ID, org.Version, clean(string(org.Kind)), fold(org.Name), creditKey(org.CreditCode),
		micros(org.CreatedAt), micros(org.UpdatedAt), body)
	return err
}

func (t *logTx) replaceOrganisation(ctx context.Context, org *jiqiao.Organisation, old jiqiao.Organisation) error {
	if err := t.codeIsFree(ctx, org); err != nil {
		return err
	}
	org.Version = old.Version + 1
	org.CreatedAt, org.UpdatedAt, org.DeletedAt = old.CreatedAt, t.now, nil
	body, err := encodeOrganisation(*org)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		UPDATE organisations SET version = ?, kind = ?, name_key = ?, credit_code = ?, updated_at = ?, body = ? WHERE id = ?`,
		org.Version, clean(string(org.Kind)), fold(org.Name), creditKey(org.CreditCode), micros(org.UpdatedAt), body, org.ID)
	if err == nil && org.Region != old.Region {
		// Its people are reached by the same operators as it is. An operator's own bound stays.
		_, err = t.exec(ctx, `UPDATE users SET region = ? WHERE organisation_id = ? AND role IN ('enterprise', 'university', 'broker')`,
			clean(org.Region), org.ID)
	}
	if err != nil || refOf(*org) == refOf(old) {
		return err
	}
	return t.renameOwner(ctx, refOf(*org))
}

// codeIsFree checks that no other organisation has the credit code.
func (t *logTx) codeIsFree(ctx context.Context, org *jiqiao.Organisation) error {
	code := creditKey(org.CreditCode)
	if code == "" {
		return nil
	}
	other, err := t.oneOrganisation(ctx, `credit_code = ? AND deleted_at IS NULL`, code)
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound, err == nil && other.ID == org.ID:
		return nil
	case err != nil:
		return err
	}
	return jiqiao.Fail(jiqiao.CodeConflict, "统一社会信用代码已属于“"+other.Name+"”，请核对代码，或直接使用该单位", nil)
}

// renameOwner gives all records of the owner its present name. One who has hundreds of records is rare, so they are
// read at once: the transaction's connection cannot write while it reads.
func (t *logTx) renameOwner(ctx context.Context, ref jiqiao.OrganisationRef) error {
	var records []jiqiao.Record
	for _, kind := range jiqiao.Kinds {
		err := t.records(ctx, kind, `owner_id = ? AND kind = ? AND deleted_at IS NULL ORDER BY id`,
			[]any{ref.ID, string(kind)}, func(rec jiqiao.Record) error {
				records = append(records, rec)
				return nil
			})
		if err != nil {
			return err
		}
	}
	for _, rec := range records {
		old := copyRecord(rec)
		rec.Head().Owner = ref
		if err := t.replace(ctx, rec, old, actOwnerNew); err != nil {
			return err
		}
	}
	return nil
}

// GetOrganisation returns the organisation; CodeNotFound when there is none or it was deleted.
func (s *Store) GetOrganisation(ctx context.Context, id string) (jiqiao.Organisation, error) {
	org, err := s.reader().loadOrganisation(ctx, id)
	return org, wrap("get an organisation", err)
}

// ListOrganisations returns a page in the order of creation, or against it. The cursor is the last id of the page before.
func (s *Store) ListOrganisations(ctx context.Context, q jiqiao.OrganisationQuery) (jiqiao.OrganisationPage, error) {
	page := jiqiao.OrganisationPage{Items: []jiqiao.Organisation{}}
	if err := goodCursor(q.Cursor, organisationPrefix); err != nil {
		return page, err
	}
	limit := pageSize(q.Limit)
	where, args := organisationsWhere(q)
	if err := s.reader().row(ctx, `SELECT count(*) FROM organisations WHERE `+where, args, &page.Total); err != nil {
		return page, wrap("count organisations", err)
	}
	order := ` ORDER BY id LIMIT ?`
	if q.Newest {
		order = ` ORDER BY id DESC LIMIT ?`
	}
	switch {
	case q.Cursor == "":
	case q.Newest:
		where, args = where+` AND id < ?`, append(args, q.Cursor)
	default:
		where, args = where+` AND id > ?`, append(args, q.Cursor)
	}
	err := s.reader().organisations(ctx, where+order, append(args, limit+1), func(org jiqiao.Organisation) { page.Items = append(page.Items, org) })
	if err != nil {
		return page, wrap("list organisations", err)
	}
	if len(page.Items) > limit {
		page.Items, page.Next = page.Items[:limit], page.Items[limit-1].ID
	}
	return page, nil
}

func organisationsWhere(q jiqiao.OrganisationQuery) (string, []any) {
	where, args := `deleted_at IS NULL`, []any{}
	if q.Kind != "" {
		where, args = where+` AND kind = ?`, append(args, clean(string(q.Kind)))
	}
	if name := fold(q.Text); name != "" {
		where, args = where+` AND name_key LIKE ? ESCAPE '\'`, append(args, "%"+escapeLike(name)+"%")
	}
	if q.Region != "" {
		// The region stands in the body alone. Within texts JSON escapes the quotation marks, so this finds no other place.
		where, args = where+` AND body LIKE ? ESCAPE '\'`, append(args, `%"region":"`+escapeLike(jiqiao.RegionPrefix(clean(q.Region)))+"%")
	}
	return where, args
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// CountOrganisations is the number of organisations that are not deleted.
func (s *Store) CountOrganisations(ctx context.Context) (int, error) {
	var n int
	err := s.reader().row(ctx, `SELECT count(*) FROM organisations WHERE deleted_at IS NULL`, nil, &n)
	return n, wrap("count organisations", err)
}

// DeleteOrganisation marks the organisation as deleted; CodeConflict while it has records.
func (s *Store) DeleteOrganisation(ctx context.Context, id string, version int64) error {
	return s.logged(ctx, "delete an organisation", func(t *logTx) error {
		old, err := t.loadOrganisation(ctx, id)
		if err != nil {
			return err
		}
		if err := matchVersion(version, old.Version); err != nil {
			return err
		}
		var n int
		err = t.row(ctx, `SELECT count(*) FROM records WHERE owner_id = ? AND deleted_at IS NULL`, []any{id}, &n)
		if err != nil {
			return err
		}
		if n > 0 {
			return jiqiao.Fail(jiqiao.CodeConflict, fmt.Sprintf("该单位名下还有 %d 条需求或成果，请先删除或转到其他单位", n), nil)
		}
		t.audit(jiqiao.Act{Name: "organisation.delete", Object: organisationRef(id), Before: map[string]any{"kind": old.Kind, "region": old.Region}})
		_, err = t.exec(ctx, `UPDATE organisations SET version = ?, updated_at = ?, deleted_at = ? WHERE id = ?`,
			version+1, micros(t.now), micros(t.now), id)
		return err
	})
}

func (s session) loadOrganisation(ctx context.Context, id string) (jiqiao.Organisation, error) {
	if !hasShape(id, organisationPrefix) {
		return jiqiao.Organisation{}, notFound(organisationLabel)
	}
	return s.oneOrganisation(ctx, `id = ? AND deleted_at IS NULL`, id)
}

func (s session) oneOrganisation(ctx context.Context, where string, args ...any) (jiqiao.Organisation, error) {
	var found *jiqiao.Organisation
	err := s.organisations(ctx, where, args, func(org jiqiao.Organisation) { found = &org })
	if err != nil {
		return jiqiao.Organisation{}, err
	}
	if found == nil {
		return jiqiao.Organisation{}, notFound(organisationLabel)
	}
	return *found, nil
}

func (s session) organisations(ctx context.Context, where string, args []any, fn func(jiqiao.Organisation)) error {
	query := `SELECT id, version, created_at, updated_at, body FROM organisations WHERE ` + where
	return s.each(ctx, query, args, func(scan func(...any) error) error {
		var (
			id               string
			version          int64
			created, updated int64
			body             []byte
			org              jiqiao.Organisation
		)
		if err := scan(&id, &version, &created, &updated, &body); err != nil {
			return err
		}
		if err := json.Unmarshal(body, &org); err != nil {
			return fmt.Errorf("decode %s: %w", id, err)
		}
		org.ID, org.Version = id, version
		org.CreatedAt, org.UpdatedAt = fromMicros(created), fromMicros(updated)
		fn(org)
		return nil
	})
}

func encodeOrganisation(org jiqiao.Organisation) (string, error) {
	org.ID, org.Version, org.CreatedAt, org.UpdatedAt, org.DeletedAt = "", 0, time.Time{}, time.Time{}, nil
	return encodeJSON(org)
}

func refOf(org jiqiao.Organisation) jiqiao.OrganisationRef {
	return jiqiao.OrganisationRef{ID: org.ID, Name: org.Name, CreditCode: org.CreditCode, Kind: org.Kind}
}
