package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf16"

	"jiqiao"
)

// sniff tells the format of a file by its content.
func sniff(path string) (Format, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", jiqiao.Fail(jiqiao.CodeNotFound, "上传的文件已不在，请重新上传", err)
	}
	defer ignore(f.Close)
	start := make([]byte, 64<<10)
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", jiqiao.Fail(jiqiao.CodeInternal, "读取上传的文件失败，请重试", err)
	}
	start = start[:n]
	switch {
	case len(bytes.TrimSpace(bytes.TrimPrefix(start, utf8Mark))) == 0:
		return "", fail(jiqiao.CodeInvalid, "文件是空的，请下载模板填写后再上传")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return XLSX, checkZip(f)
	case bytes.HasPrefix(start, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return "", compoundError(f)
	}
	return sniffText(start)
}

// compoundError tells the two things that come in the OLE container apart: old .xls files, and .xlsx files with a
// password, which hold a stream called EncryptedPackage ([MS-OFFCRYPTO] 2.3.4.4).
func compoundError(f *os.File) error {
	name := make([]byte, 0, 32)
	for _, u := range utf16.Encode([]rune("EncryptedPackage")) {
		name = append(name, byte(u), byte(u>>8))
	}
	if _, err := f.Seek(0, io.SeekStart); err == nil {
		// The directory is wherever the container put it; the name of a stream occurs nowhere else.
		if data, err := io.ReadAll(io.LimitReader(f, DefaultBytes)); err == nil && bytes.Contains(data, name) {
			return fail(jiqiao.CodeUnsupported, "文件设有打开密码，无法读取；请在 Excel 或 WPS 中取消密码，另存后重新上传")
		}
	}
	return fail(jiqiao.CodeUnsupported, "这是旧版 .xls 文件，请在 Excel 或 WPS 中「另存为」.xlsx 后重新上传")
}

// foreign are formats that people upload by mistake.
var foreign = []struct{ start, name string }{
	{"\x89PNG", "图片"}, {"\xFF\xD8\xFF", "图片"}, {"GIF8", "图片"}, {"BM", "图片"}, {"RIFF", "多媒体文件"},
	{"%PDF", "PDF 文档"}, {"Rar!", "压缩包"}, {"7z\xBC\xAF", "压缩包"}, {"\x1F\x8B", "压缩包"}, {"{\\rtf", "RTF 文档"},
}

const useTemplate = "，请上传 .xlsx、.csv 或 .jsonl 文件（可下载模板填写）"

func sniffText(start []byte) (Format, error) {
	for _, f := range foreign {
		if bytes.HasPrefix(start, []byte(f.start)) && (f.start != "BM" || bytes.IndexByte(start, 0) >= 0) {
			return "", fail(jiqiao.CodeUnsupported, "这是"+f.name+"，不是表格"+useTemplate)
		}
	}
	text := strings.ToLower(string(bytes.TrimSpace(bytes.TrimPrefix(start, utf8Mark))))
	switch {
	case strings.HasPrefix(text, "<"):
		kind := "XML 文件"
		if strings.Contains(text, "<html") || strings.Contains(text, "<table") || strings.HasPrefix(text, "<!doctype") {
			kind = "网页（有些系统导出的 .xls 其实是网页）"
		}
		return "", fail(jiqiao.CodeUnsupported, "这是"+kind+"，不是表格；请在 Excel 或 WPS 中打开后「另存为」.xlsx 再上传")
	case strings.HasPrefix(text, "{"):
		return JSONL, nil
	case strings.HasPrefix(text, "["):
		return "", fail(jiqiao.CodeUnsupported, "JSON 文件应每行一条记录（.jsonl），不能是一个数组")
	case bytes.HasPrefix(start, utf16LittleMark), bytes.HasPrefix(start, utf16BigMark):
		return CSV, nil
	case bytes.IndexByte(start, 0) >= 0:
		return "", fail(jiqiao.CodeUnsupported, "无法识别的文件格式"+useTemplate)
	}
	return CSV, nil
}

// checkZip refuses archives that are no plain xlsx workbook.
func checkZip(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return jiqiao.Fail(jiqiao.CodeInternal, "读取上传的文件失败，请重试", err)
	}
	archive, err := zip.NewReader(f, info.Size())
	if err != nil {
		return damaged(err)
	}
	parts := make(map[string]bool)
	for _, p := range archive.File {
		parts[strings.ToLower(p.Name)] = true
	}
	switch {
	case parts["xl/vbaproject.bin"]:
		return fail(jiqiao.CodeUnsupported, "文件含有宏（.xlsm），出于安全不接收；请「另存为」不含宏的 .xlsx 后重新上传")
	case parts["xl/workbook.xml"]:
		return nil
	case parts["xl/workbook.bin"]:
		return fail(jiqiao.CodeUnsupported, "这是 .xlsb 二进制工作簿，请「另存为」.xlsx 后重新上传")
	case parts["word/document.xml"]:
		return fail(jiqiao.CodeUnsupported, "这是 Word 文档，不是表格"+useTemplate)
	case parts["content.xml"]:
		return fail(jiqiao.CodeUnsupported, "这是 OpenDocument 文件，请「另存为」.xlsx 后重新上传")
	}
	return fail(jiqiao.CodeUnsupported, "这是压缩包，不是表格；请解压后上传里面的 .xlsx 文件")
}

func damaged(cause error) error {
	return jiqiao.Fail(jiqiao.CodeInvalid, "文件已损坏或不完整，请在 Excel 或 WPS 中重新保存后再上传", cause)
}
