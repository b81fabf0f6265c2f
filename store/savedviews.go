package store

import (
	"context"
	"strconv"

	"jiqiao"
)

const viewLabel = "这个视图"

// SaveView keeps a view of a list for its user, in place of one of the same name, and fills ID and CreatedAt.
func (s *Store) SaveView(ctx context.Context, v *jiqiao.SavedView) error {
	saved := *v
	err := s.tx(ctx, "save a view", func(t *tx) error {
		saved = *v
		n := 0
		err := t.row(ctx, `SELECT count(*) FROM saved_views WHERE user_id = ? AND list = ? AND name <> ?`,
			[]any{clean(v.User), clean(v.List), clean(v.Name)}, &n)
		if err != nil {
			return err
		}
		if n >= jiqiao.MaxSavedViews {
			return jiqiao.Fail(jiqiao.CodeConflict, "最多保存 "+strconv.Itoa(jiqiao.MaxSavedViews)+" 个视图，请先删除不用的", nil)
		}
		saved.ID, saved.CreatedAt = t.ids.next("v_"), t.now
		_, err = t.exec(ctx, `INSERT INTO saved_views (id, user_id, list, name, query, created_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (user_id, list, name) DO UPDATE SET query = excluded.query`,
			saved.ID, clean(v.User), clean(v.List), clean(v.Name), clean(v.Query), micros(t.now))
		if err != nil {
			return err
		}
		var at int64
		err = t.row(ctx, `SELECT id, created_at FROM saved_views WHERE user_id = ? AND list = ? AND name = ?`,
			[]any{clean(v.User), clean(v.List), clean(v.Name)}, &saved.ID, &at)
		saved.CreatedAt = fromMicros(at)
		return err
	})
	if err == nil {
		*v = saved
	}
	return err
}

// SavedViews lists those of a list that a user has, by name.
func (s *Store) SavedViews(ctx context.Context, user, list string) ([]jiqiao.SavedView, error) {
	found := []jiqiao.SavedView{}
	err := s.reader().each(ctx, `SELECT id, user_id, list, name, query, created_at FROM saved_views WHERE user_id = ? AND list = ? ORDER BY name`,
		[]any{clean(user), clean(list)},
		func(scan func(...any) error) error {
			var v jiqiao.SavedView
			var at int64
			err := scan(&v.ID, &v.User, &v.List, &v.Name, &v.Query, &at)
			v.CreatedAt = fromMicros(at)
			found = append(found, v)
			return err
		})
	return found, wrap("list views", err)
}

// DeleteView forgets a view of the user; CodeNotFound when the user has none of that id.
func (s *Store) DeleteView(ctx context.Context, user, id string) error {
	return s.tx(ctx, "delete a view", func(t *tx) error {
		n, err := t.exec(ctx, `DELETE FROM saved_views WHERE id = ? AND user_id = ?`, clean(id), clean(user))
		if err == nil && n == 0 {
			return notFound(viewLabel)
		}
		return err
	})
}
