package store

import (
	"context"
	"io"
	"io/fs"
	"os"
	"strings"
)

// What the tests of the outside package reach into.
var (
	Classify  = classify
	Fold      = fold
	CreditKey = creditKey
	Numbered  = numbered
)

// MigrateWith applies the steps to the database.
func MigrateWith(ctx context.Context, cfg Config, steps fs.FS) error {
	d, err := dialectOf(cfg.URL)
	if err != nil {
		return err
	}
	return migrateWith(ctx, d, cfg, steps)
}

// Steps are the migrations of the database's kind.
func Steps(url string) (fs.FS, error) {
	d, err := dialectOf(url)
	if err != nil {
		return nil, err
	}
	_, dir, _, err := d.migration()
	if err != nil {
		return nil, err
	}
	return fs.Sub(migrations, dir)
}

// Exec runs a statement on the writing connection.
func (s *Store) Exec(ctx context.Context, query string) error {
	_, err := s.write.ExecContext(ctx, query)
	return wrap("exec", err)
}

// Columns lists the tables with their columns, "table.column".
func (s *Store) Columns(ctx context.Context) (columns []string, err error) {
	query := `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY 1`
	if _, ok := s.dialect.(postgresDialect); ok {
		query = `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1`
	}
	err = s.reader().each(ctx, query, nil, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		columns = append(columns, name)
		return err
	})
	return columns, err
}

// BackedUp lists the columns that a backup holds, "table.column".
func BackedUp() (columns []string) {
	for _, table := range backupTables() {
		for _, column := range table.columns {
			columns = append(columns, table.name+"."+column)
		}
	}
	return columns
}

// Pragmas reads settings of the writing connection, separated by spaces.
func (s *Store) Pragmas(ctx context.Context, names ...string) (string, error) {
	values := make([]string, len(names))
	for i, name := range names {
		if err := s.write.QueryRowContext(ctx, `PRAGMA `+name).Scan(&values[i]); err != nil {
			return "", err
		}
	}
	return strings.Join(values, " "), nil
}

// File reads the database's file.
func (s *Store) File(ctx context.Context) ([]byte, error) {
	var path string
	err := s.reader().row(ctx, `SELECT file FROM pragma_database_list WHERE name = 'main'`, nil, &path)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// ReadBackup reads a backup to its end without a database.
func ReadBackup(r io.Reader) (rows int, err error) {
	in, err := newLineReader(r, 1<<30)
	if err != nil {
		return 0, err
	}
	for {
		mark, row, err := in.next()
		switch {
		case err != nil:
			return 0, err
		case row != nil:
			rows++
		case mark.End:
			return rows, nil
		}
	}
}
