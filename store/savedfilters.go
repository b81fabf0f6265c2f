package store

import (
	"context"
	"strconv"

	"jiqiao"
)

const filterLabel = "这个筛选"

// SaveFilter keeps a filter for its user, in place of one of the same name, and fills ID and CreatedAt.
func (s *Store) SaveFilter(ctx context.Context, f *jiqiao.SavedFilter) error {
	saved := *f
	err := s.tx(ctx, "save a filter", func(t *tx) error {
		saved = *f
		n := 0
		err := t.row(ctx, `SELECT count(*) FROM saved_filters WHERE user_id = ? AND name <> ?`, []any{clean(f.User), clean(f.Name)}, &n)
		if err != nil {
			return err
		}
		if n >= jiqiao.MaxSavedFilters {
			return jiqiao.Fail(jiqiao.CodeConflict, "最多保存 "+strconv.Itoa(jiqiao.MaxSavedFilters)+" 个筛选，请先删除不用的", nil)
		}
		saved.ID, saved.CreatedAt = t.ids.next("v_"), t.now
		_, err = t.exec(ctx, `INSERT INTO saved_filters (id, user_id, name, query, created_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (user_id, name) DO UPDATE SET query = excluded.query`,
			saved.ID, clean(f.User), clean(f.Name), clean(f.Query), micros(t.now))
		if err != nil {
			return err
		}
		var at int64
		err = t.row(ctx, `SELECT id, created_at FROM saved_filters WHERE user_id = ? AND name = ?`, []any{clean(f.User), clean(f.Name)}, &saved.ID, &at)
		saved.CreatedAt = fromMicros(at)
		return err
	})
	if err == nil {
		*f = saved
	}
	return err
}

// SavedFilters lists those of a user by name.
func (s *Store) SavedFilters(ctx context.Context, user string) ([]jiqiao.SavedFilter, error) {
	found := []jiqiao.SavedFilter{}
	err := s.reader().each(ctx, `SELECT id, user_id, name, query, created_at FROM saved_filters WHERE user_id = ? ORDER BY name`, []any{clean(user)},
		func(scan func(...any) error) error {
			var f jiqiao.SavedFilter
			var at int64
			err := scan(&f.ID, &f.User, &f.Name, &f.Query, &at)
			f.CreatedAt = fromMicros(at)
			found = append(found, f)
			return err
		})
	return found, wrap("list filters", err)
}

// DeleteFilter forgets a filter of the user; CodeNotFound when the user has none of that id.
func (s *Store) DeleteFilter(ctx context.Context, user, id string) error {
	return s.tx(ctx, "delete a filter", func(t *tx) error {
		n, err := t.exec(ctx, `DELETE FROM saved_filters WHERE id = ? AND user_id = ?`, clean(id), clean(user))
		if err == nil && n == 0 {
			return notFound(filterLabel)
		}
		return err
	})
}
