package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"jiqiao"
)

const modelLabel = "这个模型版本"

// modelVersionShape is what a version may be called; it stands in URLs, file names and logs.
var modelVersionShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$`)

// PutModel keeps a version for good, without making it active. CreatedAt is filled in when zero; Size, Active and
// ActivatedAt are the store's. The same version with the same body again changes nothing, with another body it is
// CodeConflict.
func (s *Store) PutModel(ctx context.Context, m jiqiao.ModelVersion, body []byte) error {
	if m.Kind.Label() == "" || !modelVersionShape.MatchString(m.Version) || m.Version == jiqiao.BuiltinModel || len(body) == 0 {
		return jiqiao.Fail(jiqiao.CodeInvalid, "模型的种类、版本名或内容有误：版本名由字母、数字和 . _ - 组成，且不能是 builtin", nil)
	}
	figures, err := json.Marshal(m.Figures)
	if err != nil {
		return jiqiao.Fail(jiqiao.CodeInvalid, "模型的测量数值有误：不能是无穷大或非数字", err)
	}
	return s.tx(ctx, "put a model", func(t *tx) error {
		if m.CreatedAt.IsZero() {
			m.CreatedAt = t.now
		}
		n, err := t.exec(ctx, `
			INSERT INTO models (kind, version, parent, provenance, figures, accepted, message, size, created_at, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, version) DO NOTHING`,
			string(m.Kind), m.Version, clean(m.Parent), clean(m.Provenance), string(figures), bit(m.Accepted), clean(m.Message),
			len(body), micros(m.CreatedAt), body)
		if err != nil || n == 1 {
			return err
		}
		var known []byte
		if err := t.row(ctx, `SELECT body FROM models WHERE kind = ? AND version = ?`, []any{string(m.Kind), m.Version}, &known); err != nil {
			return err
		}
		if !bytes.Equal(known, body) {
			return jiqiao.Fail(jiqiao.CodeConflict, "已有同名而内容不同的模型版本 "+m.Version+"，请换一个版本名", nil)
		}
		return nil
	})
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Models lists the versions of the kind, or of all kinds when it is empty, newest first, without their bodies.
func (s *Store) Models(ctx context.Context, kind jiqiao.ModelKind) ([]jiqiao.ModelVersion, error) {
	where, args := `1 = 1`, []any{}
	if kind != "" {
		where, args = `m.kind = ?`, append(args, clean(string(kind)))
	}
	models, err := s.models(ctx, where+` ORDER BY m.created_at DESC, m.kind, m.version DESC`, args...)
	return models, wrap("list models", err)
}

// Model returns one version with its body.
func (s *Store) Model(ctx context.Context, kind jiqiao.ModelKind, version string) (jiqiao.ModelVersion, []byte, error) {
	if !modelVersionShape.MatchString(version) {
		return jiqiao.ModelVersion{}, nil, notFound(modelLabel)
	}
	return s.model(ctx, `m.kind = ? AND m.version = ?`, clean(string(kind)), version)
}

// ActivateModel makes the version the one that serves; "" or BuiltinModel is the one that ships with the program. One
// statement decides, so that a crash leaves either the old or the new one active.
func (s *Store) ActivateModel(ctx context.Context, kind jiqiao.ModelKind, version string) error {
	if version == jiqiao.BuiltinModel {
		version = ""
	}
	if kind.Label() == "" || version != "" && !modelVersionShape.MatchString(version) {
		return notFound(modelLabel)
	}
	return s.tx(ctx, "activate a model", func(t *tx) error {
		t.audit(jiqiao.Act{Name: "model.activate", Object: jiqiao.Ref{Type: "model", ID: string(kind)}, After: map[string]string{"version": cmp.Or(version, jiqiao.BuiltinModel)}})
		if version != "" {
			n, err := t.exec(ctx, `UPDATE models SET activated_at = ? WHERE kind = ? AND version = ?`, micros(t.now), string(kind), version)
			if err != nil {
				return err
			}
			if n == 0 {
				return notFound(modelLabel)
			}
		}
		_, err := t.exec(ctx, `INSERT INTO active_models (kind, version) VALUES (?, ?)
			ON CONFLICT (kind) DO UPDATE SET version = excluded.version`, string(kind), version)
		return err
	})
}

// ActiveModel returns the version that serves, with its body; CodeNotFound when the one that ships with the program does.
func (s *Store) ActiveModel(ctx context.Context, kind jiqiao.ModelKind) (jiqiao.ModelVersion, []byte, error) {
	return s.model(ctx, `m.kind = ? AND m.version = a.version`, clean(string(kind)))
}

// ActiveVersion is the version that serves, "" for the one that ships with the program. It costs one row.
func (s *Store) ActiveVersion(ctx context.Context, kind jiqiao.ModelKind) (string, error) {
	var version string
	err := s.reader().row(ctx, `SELECT version FROM active_models WHERE kind = ?`, []any{clean(string(kind))}, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return version, wrap("ask for the active model", err)
}

func (s *Store) model(ctx context.Context, where string, args ...any) (jiqiao.ModelVersion, []byte, error) {
	found, err := s.models(ctx, where, args...)
	if err != nil {
		return jiqiao.ModelVersion{}, nil, wrap("read a model", err)
	}
	if len(found) == 0 {
		return jiqiao.ModelVersion{}, nil, notFound(modelLabel)
	}
	var body []byte
	key := []any{string(found[0].Kind), found[0].Version}
	if err := s.reader().row(ctx, `SELECT body FROM models WHERE kind = ? AND version = ?`, key, &body); err != nil {
		return jiqiao.ModelVersion{}, nil, wrap("read a model", err)
	}
	return found[0], body, nil
}

func (s *Store) models(ctx context.Context, where string, args ...any) ([]jiqiao.ModelVersion, error) {
	var found []jiqiao.ModelVersion
	query := `SELECT m.kind, m.version, m.parent, m.provenance, m.figures, m.accepted, m.message, m.size, m.created_at, m.activated_at,
			coalesce(a.version, '') = m.version
		FROM models m LEFT JOIN active_models a ON a.kind = m.kind WHERE ` + where
	err := s.reader().each(ctx, query, args, func(scan func(...any) error) error {
		var (
			m         jiqiao.ModelVersion
			figures   []byte
			accepted  int
			created   int64
			activated *int64
		)
		err := scan(&m.Kind, &m.Version, &m.Parent, &m.Provenance, &figures, &accepted, &m.Message, &m.Size, &created, &activated, &m.Active)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(figures, &m.Figures); err != nil {
			return fmt.Errorf("decode the figures of %s: %w", m.Version, err)
		}
		m.Accepted, m.CreatedAt, m.ActivatedAt = accepted != 0, fromMicros(created), fromMicrosOrNil(activated)
		found = append(found, m)
		return nil
	})
	return found, err
}
