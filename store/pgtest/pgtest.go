// Package pgtest starts a private PostgreSQL 15 from Debian's package for tests: its own data directory, a unix socket
// in it, no network. The server ends with the test, and also when the test binary is killed.
package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
)

// binDir is where Debian's postgresql-15 puts its programs; JIQIAO_PG_BIN names another place.
const binDir = "/usr/lib/postgresql/15/bin"

// ErrMissing says that PostgreSQL is not installed.
var ErrMissing = errors.New("PostgreSQL is not installed: apt-get install postgresql-15, or set JIQIAO_PG_BIN to the directory of initdb and postgres")

// Server is a running PostgreSQL.
type Server struct {
	dir, bin string
	creds    *syscall.Credential // nil when the tests do not run as root
	cmd      *exec.Cmd
	leash    io.WriteCloser
	made     atomic.Int64
}

// Start makes a server for the test, or skips the test when PostgreSQL is not installed.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := New()
	if errors.Is(err, ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// New makes a server; ErrMissing when PostgreSQL is not installed. Close it.
func New() (*Server, error) {
	bin := os.Getenv("JIQIAO_PG_BIN")
	if bin == "" {
		bin = binDir
	}
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(bin, name)); err != nil {
			return nil, ErrMissing
		}
	}
	// Not below a test's own directory: the path of a socket holds about 100 bytes.
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, bin: bin}
	if err := s.create(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

func (s *Server) create() error {
	var err error
	if s.creds, err = unprivileged(); err != nil {
		return err
	}
	if s.creds != nil {
		if err := os.Chown(s.dir, int(s.creds.Uid), int(s.creds.Gid)); err != nil {
			return err
		}
	}
	initdb := s.command(filepath.Join(s.bin, "initdb"), "-D", s.data(), "-U", "jiqiao", "-A", "trust", "-E", "UTF8",
		"--locale=C.UTF-8", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return s.Resume()
}

// unprivileged is who runs the server when the tests run as root, as PostgreSQL refuses to.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("find a user to run PostgreSQL: %w", err)
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.creds, Setpgid: true}
	return cmd
}

// leashed runs the server until its standard input says stop, or closes, which it does when this process ends in
// whatever way; nobody is left then to remove the directory.
const leashed = `dir=$1; shift; "$@" & p=$!; read -r word; kill -INT $p; wait $p; [ "$word" = stop ] || rm -rf "$dir"`

// Resume starts the server again after Stop and returns when it answers.
func (s *Server) Resume() error {
	// Tests survive the death of a process, not of the machine: syncing would only slow them.
	cmd := s.command("/bin/sh", "-c", leashed, "sh", s.dir, filepath.Join(s.bin, "postgres"), "-D", s.data(), "-k", s.dir,
		"-c", "listen_addresses=", "-c", "fsync="+fsync(), "-c", "max_connections=200", "-c", "log_min_messages=warning")
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if s.leash, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	s.cmd = cmd
	return s.await()
}

// fsync is off unless JIQIAO_PG_FSYNC is on, for benchmarks that should pay for durability.
func fsync() string {
	if os.Getenv("JIQIAO_PG_FSYNC") == "on" {
		return "on"
	}
	return "off"
}

func (s *Server) await() error {
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if err = db.Ping(); err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return errors.Join(fmt.Errorf("postgres does not answer: %w: %s", err, log), s.Stop())
		}
	}
}

// Stop ends the server as an operator would: connections are cut, the data stays.
func (s *Server) Stop() error {
	if s.cmd == nil {
		return nil
	}
	_, err := io.WriteString(s.leash, "stop\n")
	err = errors.Join(err, s.leash.Close())
	_ = s.cmd.Wait() // the shell's exit code says nothing
	s.cmd = nil
	return err
}

// Close stops the server and removes its data.
func (s *Server) Close() error {
	return errors.Join(s.Stop(), os.RemoveAll(s.dir))
}

// Database makes an empty database and returns its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	name := "test" + strconv.FormatInt(s.made.Add(1), 10)
	if _, err := db.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return s.url(name)
}

func (s *Server) url(database string) string {
	return "postgres:///" + database + "?" + url.Values{"host": {s.dir}, "user": {"jiqiao"}}.Encode()
}
