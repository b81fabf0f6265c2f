package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"jiqiao"
)

// writeFile writes path through a temporary file beside it, so that path is either what fill wrote or what it was.
func writeFile(path string, fill func(*os.File) error) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return jiqiao.Fail(jiqiao.CodeUnavailable, "无法创建目录 "+dir+"，请检查路径与权限", err)
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return jiqiao.Fail(jiqiao.CodeUnavailable, "无法写入 "+dir+"，请检查权限与磁盘空间", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(fill(f), f.Sync(), f.Chmod(0o640), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return jiqiao.Fail(jiqiao.CodeUnavailable, "无法写入 "+path+"，请检查权限", err)
	}
	return nil
}

// openFile opens a file that the user named.
func openFile(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, jiqiao.Fail(jiqiao.CodeInvalid, path+" 是目录，请给出文件", nil)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeInvalid, "无法打开文件 "+path+"，请检查路径与权限", err)
	}
	return f, nil
}

// kindArg reads a side typed on the command line.
func kindArg(s string) (jiqiao.Kind, error) {
	switch s {
	case "need", "needs", "需求", "技术需求":
		return jiqiao.KindNeed, nil
	case "achievement", "achievements", "成果", "科技成果":
		return jiqiao.KindAchievement, nil
	}
	return "", &usageError{fmt.Errorf("类别应为 need（技术需求）或 achievement（科技成果），现为 %q", s)}
}
