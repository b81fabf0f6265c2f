package attachment

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiqiao"
)

// clamd answers one question, and tells what it was sent.
func clamd(t *testing.T, answer string) (address string, got chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	got = make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		command := make([]byte, len("zINSTREAM\x00"))
		if _, err := io.ReadFull(conn, command); err != nil {
			return
		}
		var all strings.Builder
		for {
			var size uint32
			if binary.Read(conn, binary.BigEndian, &size) != nil {
				return
			}
			if size == 0 {
				break
			}
			if _, err := io.CopyN(&all, conn, int64(size)); err != nil {
				return
			}
		}
		got <- all.String()
		_, _ = io.WriteString(conn, answer)
	}()
	return "clamd:" + l.Addr().String(), got
}

func TestClamd(t *testing.T) {
	content := strings.Repeat("内容", 50_000)
	for answer, want := range map[string]jiqiao.Code{
		"stream: OK\x00":                   "",
		"stream: Eicar-Test FOUND\x00":     jiqiao.CodeUnsupported,
		"INSTREAM size limit exceeded\x00": jiqiao.CodeInternal,
		"":                                 jiqiao.CodeInternal,
	} {
		address, got := clamd(t, answer)
		err := NewScanner(address).Scan(t.Context(), "", strings.NewReader(content))
		if jiqiao.CodeOf(err) != want {
			t.Errorf("%q: %v", answer, err)
		}
		if sent := <-got; sent != content {
			t.Errorf("%q: %d bytes arrived of %d", answer, len(sent), len(content))
		}
	}
	if err := NewScanner("clamd:127.0.0.1:1").Scan(t.Context(), "", strings.NewReader("x")); err == nil {
		t.Error("nobody there, and nothing found")
	}
	if err := NewScanner("clamd:"+filepath.Join(t.TempDir(), "none.sock")).Scan(t.Context(), "", strings.NewReader("x")); err == nil {
		t.Error("no socket, and nothing found")
	}
}

func TestScanCommand(t *testing.T) {
	for script, want := range map[string]jiqiao.Code{
		"exit 0": "", "exit 1": jiqiao.CodeUnsupported, "exit 2": jiqiao.CodeInternal,
		`grep -q EICAR "$1" && exit 1; exit 0`: jiqiao.CodeUnsupported,
	} {
		dir := t.TempDir()
		program, file := filepath.Join(dir, "scan"), filepath.Join(dir, "a file")
		for path, text := range map[string]string{program: "#!/bin/sh\n" + script + "\n", file: "EICAR"} {
			if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := NewScanner(program).Scan(t.Context(), file, nil); jiqiao.CodeOf(err) != want {
			t.Errorf("%s: %v", script, err)
		}
	}
	if err := NewScanner("/no/such/scanner").Scan(t.Context(), "x", nil); jiqiao.CodeOf(err) != jiqiao.CodeInternal {
		t.Errorf("no such command: %v", err)
	}
	if NewScanner(" ") != nil {
		t.Error("a scanner without a setting")
	}
}
