package store

import (
	"context"
	"encoding/json"
	"fmt"

	"jiqiao"
)

// auditObjects tell by type what the object with an id is: its id; the kind of the record that it is about, "" for one with a
// title of its own, or "named" for one whose title is in its body; the record's id, the title, or the body; and the id of a
// pair's other record.
func auditObjects() map[string]string {
	return map[string]string{ //nolint:gosec // the names of tokens are no secrets
		"user":           `SELECT id, '', CASE WHEN login = name THEN name ELSE name || '（' || login || '）' END, '' FROM users`,
		"organisation":   `SELECT id, 'named', body, '' FROM organisations`,
		"subsidy_policy": `SELECT id, 'named', body, '' FROM subsidy_policies`,
		"token":          `SELECT id, '', name, '' FROM tokens`,
		"deal":           `SELECT id, 'need', need_id, achievement_id FROM deals`,
		"introduction":   `SELECT id, 'need', need_id, achievement_id FROM introductions`,
		"candidate":      `SELECT id, 'need', need_id, achievement_id FROM candidates`,
		"question":       `SELECT id, kind, record_id, '' FROM questions`,
	}
}

const bodyName = "named"

// AuditObjects says what the objects are called, with a statement for each type of them; of what is unknown, or gone, it says
// nothing.
func (s *Store) AuditObjects(ctx context.Context, objects []jiqiao.Ref) (map[jiqiao.Ref]jiqiao.AuditObject, error) {
	known := map[jiqiao.Ref]jiqiao.AuditObject{}
	ids := map[string][]any{}
	for _, o := range objects {
		if _, again := known[o]; again || o.ID == "" {
			continue
		}
		known[o] = jiqiao.AuditObject{}
		if jiqiao.Kind(o.Type).Valid() {
			known[o] = jiqiao.AuditObject{Record: o}
		}
		ids[o.Type] = append(ids[o.Type], clean(o.ID))
	}
	for kind, ask := range auditObjects() {
		if len(ids[kind]) == 0 {
			continue
		}
		args := padded(ids[kind])
		err := s.reader().each(ctx, ask+` WHERE id IN (`+marks(len(args))+`)`, args, func(scan func(...any) error) error {
			id, o, err := scanAuditObject(scan)
			known[jiqiao.Ref{Type: kind, ID: id}] = o
			return err
		})
		if err != nil {
			return nil, wrap("name what the audit is about", err)
		}
	}
	return known, nil
}

func scanAuditObject(scan func(...any) error) (id string, o jiqiao.AuditObject, err error) {
	var kind, said, other string
	if err := scan(&id, &kind, &said, &other); err != nil {
		return "", o, err
	}
	switch kind {
	case "":
		o.Title = said
	case bodyName:
		var body struct {
			Name string `json:"name"`
		}
		if err := json.Unmarshal([]byte(said), &body); err != nil {
			return "", o, fmt.Errorf("decode a name: %w", err)
		}
		o.Title = body.Name
	default:
		o.Record = jiqiao.Ref{Type: kind, ID: said}
		if other != "" {
			o.Other = jiqiao.Ref{Type: string(jiqiao.Kind(kind).Other()), ID: other}
		}
	}
	return id, o, nil
}
