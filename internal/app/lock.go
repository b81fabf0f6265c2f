package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"jiqiao"
)

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
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		holder, _ := os.ReadFile(path)
		return nil, jiqiao.Fail(jiqiao.CodeUnavailable, fmt.Sprintf(
			"数据目录 %s 正被另一个 jiqiao 进程（进程号 %s）使用，请先停止它，或用 --data-dir 指定别的目录", dir, strings.TrimSpace(string(holder))), nil)
	}
	l := &dirLock{f}
	if err := errors.Join(f.Truncate(0), writeAt(f, fmt.Sprintf("%d\n", os.Getpid()))); err != nil {
		return nil, errors.Join(fmt.Errorf("write %s: %w", path, err), l.Close())
	}
	return l, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// Close releases the directory.
func (l *dirLock) Close() error { return l.file.Close() }
