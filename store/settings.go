package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"jiqiao"
)

// Setting reads what administrators set under a name into v, and is its version. Where nothing was ever set, v stays as
// it is, which is the caller's default, and the version is 0.
func (s *Store) Setting(ctx context.Context, name string, v any) (version int64, err error) {
	var body string
	err = s.reader().row(ctx, `SELECT version, body FROM settings WHERE name = ?`, []any{clean(name)}, &version, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, wrap("read a setting", err)
	}
	if err := json.Unmarshal([]byte(body), v); err != nil {
		return 0, fmt.Errorf("store: decode the setting %s: %w", name, err)
	}
	return version, nil
}

// PutSetting sets what stands under a name to v, when the version is still the present one (0: none), and is the new
// version; CodeConflict otherwise. v is kept in the audit, before and after, and holds no secrets.
func (s *Store) PutSetting(ctx context.Context, name string, version int64, v any) (int64, error) {
	err := s.tx(ctx, "set "+name, func(t *tx) error { return t.putSetting(ctx, name, version, v) })
	if err != nil {
		return 0, err
	}
	return version + 1, nil
}

func (t *tx) putSetting(ctx context.Context, name string, version int64, v any) error {
	body, err := encodeJSON(v)
	if err != nil {
		return err
	}
	name = clean(name)
	// The write comes first: it is what two who change the setting at once queue for.
	n, err := t.exec(ctx, `
		INSERT INTO settings (name, version, body, updated_at) VALUES (?, 0, '', ?) ON CONFLICT (name) DO NOTHING`, name, micros(t.now))
	if err != nil {
		return err
	}
	var old any
	if n == 0 {
		if _, err := t.exec(ctx, `UPDATE settings SET updated_at = ? WHERE name = ?`, micros(t.now), name); err != nil {
			return err
		}
		var was string
		if err := t.row(ctx, `SELECT body FROM settings WHERE name = ?`, []any{name}, &was); err != nil {
			return err
		}
		old = json.RawMessage(was)
	}
	n, err = t.exec(ctx, `UPDATE settings SET version = version + 1, body = ? WHERE name = ? AND version = ?`, body, name, version)
	if err != nil {
		return err
	}
	if n == 0 {
		return jiqiao.Fail(jiqiao.CodeConflict, "这项设置已被别人修改，请刷新后再改", nil)
	}
	t.audit(jiqiao.Act{Name: "setting.change", Object: jiqiao.Ref{Type: "setting", ID: name}, Before: old, After: json.RawMessage(body)})
	return nil
}
