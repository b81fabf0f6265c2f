package attachment

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"time"

	"jiqiao"
)

// Scanner looks for viruses in a file at a path. CodeUnsupported is a file that has one; any other error is a scanner that
// does not work.
type Scanner interface {
	Scan(ctx context.Context, path string, content io.Reader) error
}

// scanTime bounds one scan.
const scanTime = 60 * time.Second

func infected(what string) error {
	return jiqiao.Fail(jiqiao.CodeUnsupported, "文件未通过病毒检查，请杀毒后再上传", errors.New(what))
}

// NewScanner makes a scanner from configuration: "clamd:/run/clamd.sock" or "clamd:host:3310" asks a ClamAV daemon; anything
// else is a command that is given the path as its last argument and ends with 0 for clean and 1 for infected, as clamscan
// does. "" is no scanner, nil.
func NewScanner(setting string) Scanner {
	setting = strings.TrimSpace(setting)
	if setting == "" {
		return nil
	}
	if address, ok := strings.CutPrefix(setting, "clamd:"); ok {
		network := "tcp"
		if strings.HasPrefix(address, "/") {
			network = "unix"
		}
		return daemon{network, address}
	}
	return command(strings.Fields(setting))
}

// command is a program and its first arguments.
type command []string

// Scan implements Scanner.
func (c command) Scan(ctx context.Context, path string, _ io.Reader) error {
	ctx, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, c[0], append(append([]string{}, c[1:]...), path)...) //nolint:gosec // the operator's own setting
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && errors.As(err, &exit) && exit.ExitCode() == 1:
		return infected(string(out[:min(len(out), 200)]))
	default:
		return fmt.Errorf("scan with %s: %w", c[0], err)
	}
}

// daemon is a clamd, asked with INSTREAM (clamd(8)).
type daemon struct{ network, address string }

// Scan implements Scanner.
func (d daemon) Scan(ctx context.Context, _ string, content io.Reader) error {
	ctx, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, d.network, d.address)
	if err != nil {
		return fmt.Errorf("reach clamd: %w", err)
	}
	defer func() { _ = conn.Close() }() // what matters was read
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return fmt.Errorf("bound the scan: %w", err)
		}
	}
	if err := send(conn, content); err != nil {
		return fmt.Errorf("send to clamd: %w", err)
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 4096))
	if err != nil {
		return fmt.Errorf("hear from clamd: %w", err)
	}
	said := strings.TrimRight(string(answer), "\x00\n")
	switch {
	case strings.HasSuffix(said, " OK"):
		return nil
	case strings.HasSuffix(said, " FOUND"):
		return infected(said)
	default:
		return fmt.Errorf("clamd says %q", said)
	}
}

// send writes the stream: pieces, each after its length in four bytes, and a length of zero.
func send(w io.Writer, content io.Reader) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return err
	}
	piece := make([]byte, 4+64<<10)
	for {
		n, err := content.Read(piece[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(piece, uint32(n)) //nolint:gosec // at most 64 KiB
			if _, failed := w.Write(piece[:4+n]); failed != nil {
				return failed
			}
		}
		if errors.Is(err, io.EOF) {
			_, err = w.Write([]byte{0, 0, 0, 0})
			return err
		}
		if err != nil {
			return err
		}
	}
}
