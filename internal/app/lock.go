package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"jiqiao"
)

// Lock keeps a data directory for a command that must have it alone; closing it gives it back.
func Lock(dir string) (io.Closer, error) { return lockDir(dir) }

// InUseError says that another process holds the data directory.
type InUseError struct {
	Dir string
	// PID is the process, Address where it serves HTTP; empty when unknown.
	PID, Address string
}

func (e *InUseError) Error() string {
	return "data directory " + e.Dir + " is held by process " + e.PID
}

// dirLock keeps a data directory to one process. The kernel drops it when the process ends, however it ends.
type dirLock struct{ file *os.File }

// lockDir creates dir if need be and locks it, or says which process holds it.
func lockDir(dir string) (*dirLock, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeUnavailable, "无法创建数据目录 "+dir+"，请检查路径与权限", err)
	}
	path := filepath.Join(dir, "LOCK")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeUnavailable, "无法写入数据目录 "+dir+"，请检查权限与磁盘空间", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer func() { _ = f.Close() }()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		return nil, inUse(dir, path)
	}
	l := &dirLock{f}
	if err := errors.Join(f.Truncate(0), l.note("")); err != nil {
		return nil, errors.Join(fmt.Errorf("write %s: %w", path, err), l.Close())
	}
	return l, nil
}

// note writes the process and the address it serves at into the lock file, for the next one that tries.
func (l *dirLock) note(address string) error {
	_, err := l.file.WriteAt([]byte(fmt.Sprintf("%d %s\n", os.Getpid(), address)), 0)
	return err
}

func inUse(dir, path string) error {
	e := &InUseError{Dir: dir, PID: "未知"}
	if held, err := os.ReadFile(path); err == nil {
		line, _, _ := strings.Cut(string(held), "\n")
		e.PID, e.Address, _ = strings.Cut(line, " ")
	}
	return jiqiao.Fail(jiqiao.CodeUnavailable, "数据目录 "+dir+" 正被另一个 jiqiao 进程（进程号 "+e.PID+"）使用，请先停止它，或用 --data-dir 指定别的目录", e)
}

// Close releases the directory.
func (l *dirLock) Close() error { return l.file.Close() }
