package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"jiqiao"
)

// migrate brings the schema up to date. Each migration is one transaction together with the note that it was done, so
// that a crash leaves the schema at a whole version and the next start goes on from there.
func migrate(ctx context.Context, d dialect, cfg Config) error {
	_, dir, _, err := d.migration()
	if err != nil {
		return fmt.Errorf("store: prepare migrations: %w", err)
	}
	steps, err := fs.Sub(migrations, dir)
	if err != nil {
		return fmt.Errorf("store: find migrations: %w", err)
	}
	return migrateWith(ctx, d, cfg, steps)
}

// migrateWith uses a pool of its own, because goose needs a second connection and SQLite's writer has one.
func migrateWith(ctx context.Context, d dialect, cfg Config, steps fs.FS) error {
	read, db, err := d.pools(cfg.URL, 4)
	if err != nil {
		return wrap("open the database", err)
	}
	defer db.Close()
	if read != db {
		read.Close()
		db.SetMaxOpenConns(2)
	}
	p, err := provider(d, db, steps)
	if err != nil {
		return wrap("prepare migrations", err)
	}
	current, err := raise(ctx, p, cfg)
	if err != nil {
		return err
	}
	if len(current) > 0 {
		cfg.Log.Info("database schema brought up to date", "steps", len(current), "version", current[len(current)-1].Source.Version)
	}
	return nil
}

func provider(d dialect, db *sql.DB, steps fs.FS) (*goose.Provider, error) {
	name, _, locker, err := d.migration()
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())}
	if locker != nil {
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(name, db, steps, options...)
}

// raise applies what is missing. SQLite has no lock between processes that migrate at once: the slower one fails on
// what the other has just made, and tries again.
func raise(ctx context.Context, p *goose.Provider, cfg Config) ([]*goose.MigrationResult, error) {
	const attempts = 12 // some eight seconds in all
	for try := 1; ; try++ {
		current, known, err := p.GetVersions(ctx)
		switch {
		case err != nil:
		case current > known:
			return nil, jiqiao.Fail(jiqiao.CodeUnavailable, fmt.Sprintf(
				"数据库由更新版本的程序建立（结构版本 %d，本程序只认识到 %d），请升级程序后再启动", current, known), nil)
		case current == known:
			return nil, nil
		case cfg.NoMigrate:
			return nil, jiqiao.Fail(jiqiao.CodeUnavailable, fmt.Sprintf(
				"数据库结构版本是 %d，需要 %d，请先备份，再运行 jiqiao migrate", current, known), nil)
		default:
			var done []*goose.MigrationResult
			if done, err = p.Up(ctx); err == nil {
				return done, nil
			}
		}
		failure := wrap("migrate", err)
		if try == attempts || ctx.Err() != nil || isKnown(failure) && !isBusy(failure) {
			return nil, failure
		}
		time.Sleep(time.Duration(try) * 100 * time.Millisecond)
	}
}

// isKnown reports whether the error is one of those with a sentence for people, which trying again does not mend.
func isKnown(err error) bool {
	var failure *jiqiao.Error
	return errors.As(err, &failure)
}

// Schema is the version of the database's schema and the one this program knows.
func (s *Store) Schema(ctx context.Context) (current, known int64, err error) {
	_, dir, _, err := s.dialect.migration()
	if err != nil {
		return 0, 0, fmt.Errorf("store: prepare migrations: %w", err)
	}
	entries, err := fs.ReadDir(migrations, dir)
	if err != nil {
		return 0, 0, fmt.Errorf("store: find migrations: %w", err)
	}
	last, _, _ := strings.Cut(entries[len(entries)-1].Name(), "_")
	if known, err = strconv.ParseInt(last, 10, 64); err != nil {
		return 0, 0, fmt.Errorf("store: number of migration %q: %w", last, err)
	}
	err = s.reader().row(ctx, `SELECT max(version_id) FROM goose_db_version`, nil, &current)
	return current, known, wrap("read the schema version", err)
}
