package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

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

// readText reads a text that the user wrote, from standard input for "-". Windows editors save Chinese as GB18030 or UTF-16.
func (c *cli) readText(path string) ([]byte, error) {
	in := c.in
	if path != "-" {
		f, err := openFile(path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	raw, err := io.ReadAll(in)
	if err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeInvalid, "无法读取文字，请检查输入", err)
	}
	if text, ok := decodeText(raw); ok {
		return text, nil
	}
	return nil, jiqiao.Fail(jiqiao.CodeInvalid, path+" 不是文字文件；Word、PDF 与表格请另存为纯文本（.txt）", nil)
}

// decodeText brings a text to UTF-8 without a mark; a text holds no control characters.
func decodeText(raw []byte) ([]byte, bool) {
	decoder := simplifiedchinese.GB18030.NewDecoder()
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		decoder = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	case utf8.Valid(raw):
		decoder = encoding.Nop.NewDecoder()
	}
	text, err := decoder.Bytes(raw)
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	foreign := func(r rune) bool { return r == utf8.RuneError || r < ' ' && !strings.ContainsRune("\t\n\v\f\r", r) }
	return text, err == nil && !bytes.ContainsFunc(text, foreign)
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
