package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/internal/config"
	"jiqiao/sample"
	"jiqiao/store"
)

// session runs command lines over a data directory of its own, in an empty working directory.
type session struct {
	t   *testing.T
	dir string
}

func newSession(t *testing.T) *session {
	t.Helper()
	for _, name := range []string{"DATABASE_URL", "REDIS_URL", "JIQIAO_CONFIG", "JIQIAO_SERVER", "JIQIAO_TOKEN"} {
		t.Setenv(name, "")
	}
	t.Chdir(t.TempDir())
	return &session{t, filepath.Join(t.TempDir(), "data")}
}

// withSample is a session whose database holds the sample records.
func withSample(t *testing.T) *session {
	t.Helper()
	s := newSession(t)
	st := s.store()
	if _, _, err := loadSample(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *session) config() config.Config {
	cfg := config.Defaults()
	cfg.DataDir = s.dir
	return cfg
}

// store opens the session's database; the caller closes it.
func (s *session) store() *store.Store {
	s.t.Helper()
	if err := os.MkdirAll(s.dir, 0o750); err != nil {
		s.t.Fatal(err)
	}
	st, err := app.OpenStore(s.t.Context(), s.config(), app.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

// outcome is what a command line left behind.
type outcome struct {
	code     int
	out, err string
}

func (s *session) run(args ...string) outcome { return s.feed("", args...) }

// feed is run with text on standard input.
func (s *session) feed(in string, args ...string) outcome {
	return s.within(s.t.Context(), strings.NewReader(in), args...)
}

func (s *session) within(ctx context.Context, in io.Reader, args ...string) outcome {
	s.t.Helper()
	var out, errOut bytes.Buffer
	code := execute(ctx, append([]string{"--data-dir", s.dir}, args...), in, &out, &errOut)
	return outcome{code, out.String(), errOut.String()}
}

// ok runs a command line that must succeed and returns its standard output.
func (s *session) ok(args ...string) string {
	s.t.Helper()
	o := s.run(args...)
	if o.code != exitOK {
		s.t.Fatalf("%q: exit code %d\n%s%s", args, o.code, o.out, o.err)
	}
	return o.out
}

// json runs a command line with --json, whose standard output must be one JSON value and nothing else, and decodes it.
func (s *session) json(v any, args ...string) {
	s.t.Helper()
	decodeOne(s.t, s.ok(append(args, "--json")...), v)
}

func decodeOne(t *testing.T, text string, v any) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	if err := dec.Decode(v); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		t.Errorf("more than one JSON value:\n%s", text)
	}
}

// fails runs a command line that must end with the exit code, name every one of the hints on standard error, and leave
// standard output empty.
func (s *session) fails(code int, hints []string, args ...string) {
	s.t.Helper()
	o := s.run(args...)
	if o.code != code || o.out != "" {
		s.t.Errorf("%q: exit code %d, want %d\n%s%s", args, o.code, code, o.out, o.err)
	}
	for _, hint := range hints {
		if !strings.Contains(o.err, hint) {
			s.t.Errorf("%q: the message lacks %q:\n%s", args, hint, o.err)
		}
	}
}

// file writes a file into a temporary directory and returns its path.
func (s *session) file(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// loadSample brings the sample records in once; a second time changes nothing.
func loadSample(ctx context.Context, st *store.Store) (needs, achievements int, err error) {
	if err := loadOrganisations(ctx, st); err != nil {
		return 0, 0, err
	}
	for _, kind := range jiqiao.Kinds {
		recs, err := sample.Records(kind)
		if err != nil {
			return 0, 0, err
		}
		if _, err := st.PutMany(ctx, recs); err != nil {
			return 0, 0, err
		}
	}
	if needs, err = st.Count(ctx, jiqiao.KindNeed); err != nil {
		return 0, 0, err
	}
	achievements, err = st.Count(ctx, jiqiao.KindAchievement)
	return needs, achievements, err
}

// loadOrganisations writes the sample's organisations unless a database already holds any.
func loadOrganisations(ctx context.Context, st *store.Store) error {
	if n, err := st.CountOrganisations(ctx); err != nil || n > 0 {
		return err
	}
	orgs, err := sample.Organisations()
	if err != nil {
		return err
	}
	for _, org := range orgs {
		if err := st.PutOrganisation(ctx, org); err != nil {
			return err
		}
	}
	return nil
}
