package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"jiqiao"
)

// maxAttached bounds the parts of a workbook that the library holds in memory whatever their size: pictures, themes,
// styles.
const maxAttached = 64 << 20

// maxShared bounds the entries of the table of shared texts, of which the library keeps some 60 bytes each in memory.
const maxShared = 3_000_000

// checkParts unpacks every part of an archive once without keeping it: the sizes in an archive's directory may lie,
// and a damaged part must be known before the first row is imported. It returns the number of the last row of each
// sheet by name, as far as it can tell.
func checkParts(file string, limit int64) (map[string]int, error) {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return nil, damaged(err)
	}
	defer ignore(archive.Close)
	last := make(map[string]int)
	left, attached := limit, int64(0)
	for _, part := range archive.File {
		watch := &lastRow{}
		n, err := unpack(watch, part, left+1)
		if left -= n; left < 0 {
			return nil, fail(jiqiao.CodeTooLarge, "文件解压后超过 "+strconv.FormatInt(limit>>20, 10)+" MB，请删除图片、空白格式等多余内容或拆成几个文件")
		}
		if err != nil {
			return nil, damaged(err)
		}
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		switch sheet := strings.HasPrefix(name, "xl/worksheets/"); {
		case sheet && strings.HasSuffix(name, ".xml") && n > 0 && !watch.closed():
			return nil, damaged(errors.New("worksheet without end: " + part.Name))
		case sheet:
			last[name] = watch.number
		case name == "xl/sharedstrings.xml" && watch.shared > maxShared:
			return nil, fail(jiqiao.CodeTooLarge, "工作簿里不同的文字太多，请拆成几个文件分别导入")
		case name != "xl/sharedstrings.xml":
			attached += n
		}
		if attached > maxAttached {
			return nil, fail(jiqiao.CodeTooLarge, "工作簿里的图片等附件太大，请删除后重新上传")
		}
	}
	return bySheetName(&archive.Reader, last), nil
}

// ignore is for closing what was only read: nothing can be lost.
func ignore(closing func() error) { _ = closing() }

func unpack(w io.Writer, part *zip.File, limit int64) (int64, error) {
	r, err := part.Open()
	if err != nil {
		return 0, err
	}
	defer ignore(r.Close)
	return io.Copy(w, io.LimitReader(r, limit))
}

var (
	rowNumber = regexp.MustCompile(`^<(?:\w+:)?row\b[^>]*?\sr="(\d+)"`)
	rowStart  = []byte("row ")
	siStart   = []byte("<si")
)

// lastRow watches the XML of a worksheet pass by and remembers the number of its last row and how it ends, and counts
// shared texts.
type lastRow struct {
	tail   []byte
	number int
	shared int // starts of shared texts seen, to within one per write
}

// rowTag is more than the start of a row element up to its number takes.
const rowTag = 256

func (l *lastRow) Write(p []byte) (int, error) {
	l.shared += bytes.Count(p, siStart)
	l.tail = append(l.tail, p...)
	chunk := l.tail
	if i := bytes.LastIndex(chunk, rowStart); i > 0 {
		if start := bytes.LastIndexByte(chunk[:i], '<'); start >= 0 {
			if m := rowNumber.FindSubmatch(chunk[start:min(len(chunk), start+rowTag)]); m != nil {
				l.number, _ = strconv.Atoi(string(m[1])) // digits; an overflow is a row no sheet has
			}
		}
	}
	l.tail = append(l.tail[:0], chunk[max(0, len(chunk)-rowTag):]...)
	return len(p), nil
}

func (l *lastRow) closed() bool { return bytes.Contains(l.tail, []byte("worksheet>")) }

// bySheetName follows the workbook's relations from the names of sheets to their parts.
func bySheetName(archive *zip.Reader, byPart map[string]int) map[string]int {
	var book struct {
		Sheets []struct {
			Name string     `xml:"name,attr"`
			Rest []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	named := make(map[string]int)
	if decodePart(archive, "xl/workbook.xml", &book) != nil || decodePart(archive, "xl/_rels/workbook.xml.rels", &relations) != nil {
		return named // the library will say what is wrong, if anything is
	}
	for _, sheet := range book.Sheets {
		for _, attr := range sheet.Rest {
			for _, r := range relations.All {
				if attr.Name.Local == "id" && attr.Value == r.ID {
					target := r.Target
					if !strings.HasPrefix(target, "/") {
						target = path.Join("xl", target)
					}
					named[sheet.Name] = byPart[strings.ToLower(strings.TrimPrefix(target, "/"))]
				}
			}
		}
	}
	return named
}

func decodePart(archive *zip.Reader, name string, into any) error {
	f, err := archive.Open(name)
	if err != nil {
		return err
	}
	defer ignore(f.Close)
	return xml.NewDecoder(io.LimitReader(f, maxAttached)).Decode(into)
}
