package attachment

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"jiqiao"
)

// entry is a file inside a document.
type entry struct{ name, text string }

func pack(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, e.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var contentTypes = entry{"[Content_Types].xml", `<?xml version="1.0"?><Types/>`}

// docx is a Word document of the paragraphs, with further entries.
func docx(t testing.TB, paragraphs []string, more ...entry) []byte {
	t.Helper()
	var body strings.Builder
	body.WriteString(`<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	for _, p := range paragraphs {
		body.WriteString(`<w:p><w:r><w:t>` + p + `</w:t></w:r></w:p>`)
	}
	body.WriteString(`</w:body></w:document>`)
	return pack(t, append([]entry{contentTypes, {"word/document.xml", body.String()}}, more...)...)
}

func pngOf(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pngBomb says that it is of the size, and holds nothing.
func pngBomb(t testing.TB, width, height uint32) []byte {
	t.Helper()
	b := pngOf(t, 1, 1)
	binary.BigEndian.PutUint32(b[16:], width)
	binary.BigEndian.PutUint32(b[20:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func jpegOf(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pdfOf is a PDF of one page that says the text, in ASCII.
func pdfOf(text string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	stream := "BT /F1 12 Tf 72 720 Td (" + text + ") Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// overlapping is a document whose entries share one packed stream (Fifield 2019): small, and without end when unpacked.
func overlapping(t testing.TB) []byte {
	t.Helper()
	b := docx(t, []string{"x"}, entry{"word/bulk.bin", strings.Repeat("\x00", 3<<20)})
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	// The directory lists the bulk many times more.
	end := bytes.LastIndex(b, []byte("PK\x05\x06"))
	start := int(binary.LittleEndian.Uint32(b[end+16:]))
	directory := b[start:end]
	last := bytes.LastIndex(directory, []byte("PK\x01\x02"))
	const copies = 1500
	var out bytes.Buffer
	out.Write(b[:start])
	out.Write(directory)
	for range copies {
		out.Write(directory[last:])
	}
	size := out.Len() - start
	tail := bytes.Clone(b[end:])
	n := uint16(len(r.File) + copies)
	binary.LittleEndian.PutUint16(tail[8:], n)
	binary.LittleEndian.PutUint16(tail[10:], n)
	binary.LittleEndian.PutUint32(tail[12:], uint32(size))
	out.Write(tail)
	return out.Bytes()
}

// liar is a document whose directory says that an entry is small.
func liar(t testing.TB) []byte {
	t.Helper()
	b := docx(t, []string{"x"}, entry{"word/bulk.bin", strings.Repeat("\x00", 8<<20)})
	end := bytes.LastIndex(b, []byte("PK\x05\x06"))
	last := bytes.LastIndex(b[:end], []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[last+24:], 10)
	return b
}

func TestWhatMustNotBeAttached(t *testing.T) {
	many := []entry{}
	for i := range maxEntries {
		many = append(many, entry{fmt.Sprintf("word/%d.xml", i), ""})
	}
	for name, content := range map[string][]byte{
		"a program":                []byte("MZ\x90\x00\x03\x00\x00\x00program"),
		"a script":                 []byte("#!/bin/sh\nrm -rf /\n"),
		"a page":                   []byte("<!DOCTYPE html><script>alert(1)</script>"),
		"a vector picture":         []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
		"plain text":               []byte("说明"),
		"an animation":             []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
		"an archive":               pack(t, entry{"a.txt", "a"}),
		"a zip that says word":     pack(t, entry{"word/document.xml", "a"}),
		"an old Word document":     append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 1024)...),
		"macros":                   docx(t, []string{"x"}, entry{"word/vbaProject.bin", "x"}),
		"controls":                 docx(t, []string{"x"}, entry{"word/activeX/activeX1.bin", "x"}),
		"a way out":                docx(t, []string{"x"}, entry{"../../etc/cron.d/x", "x"}),
		"a way out inside":         docx(t, []string{"x"}, entry{"word/../../x", "x"}),
		"an absolute path":         docx(t, []string{"x"}, entry{"/etc/passwd", "x"}),
		"a path of Windows":        docx(t, []string{"x"}, entry{`..\x`, "x"}),
		"too many entries":         docx(t, []string{"x"}, many...),
		"a bomb":                   docx(t, []string{"x"}, entry{"word/bulk.bin", strings.Repeat("\x00", 8<<20)}),
		"a bomb of shared streams": overlapping(t),
		"a bomb that lies":         liar(t),
		"a damaged document":       docx(t, []string{"x"})[:200],
		"a picture without data":   []byte("\x89PNG\r\n\x1a\n"),
		"a wide picture":           pngBomb(t, 60_000, 10),
		"a huge picture":           pngBomb(t, 11_000, 11_000),
		"a picture beyond numbers": pngBomb(t, 0x7fffffff, 0x7fffffff),
		"a damaged photograph":     []byte("\xff\xd8\xff\xe0garbage"),
	} {
		_, err := Inspect(t.Context(), bytes.NewReader(content), int64(len(content)))
		if jiqiao.CodeOf(err) != jiqiao.CodeUnsupported {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Inspect(t.Context(), bytes.NewReader(nil), 0); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("nothing: %v", err)
	}
	if _, err := Inspect(t.Context(), bytes.NewReader(pdfOf("x")), jiqiao.MaxAttachment+1); jiqiao.CodeOf(err) != jiqiao.CodeTooLarge {
		t.Errorf("too much: %v", err)
	}
}

func TestWhatMayBeAttached(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		want    Found
	}{
		"a PDF":        {pdfOf("hello"), Found{Type: jiqiao.AttachmentPDF}},
		"a document":   {docx(t, []string{"一", "二"}), Found{Type: jiqiao.AttachmentDocx}},
		"a long one":   {docx(t, []string{strings.Repeat("碳化硅器件的栅氧工艺", 5000)}), Found{Type: jiqiao.AttachmentDocx}},
		"a workbook":   {pack(t, contentTypes, entry{"xl/workbook.xml", "<workbook/>"}), Found{Type: jiqiao.AttachmentXlsx}},
		"a picture":    {pngOf(t, 40, 30), Found{jiqiao.AttachmentPNG, 40, 30}},
		"a photograph": {jpegOf(t), Found{jiqiao.AttachmentJPEG, 3, 2}},
	} {
		got, err := Inspect(t.Context(), bytes.NewReader(c.content), int64(len(c.content)))
		if err != nil || got != c.want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func FuzzInspect(f *testing.F) {
	for _, seed := range [][]byte{pdfOf("x"), docx(f, []string{"x"}), pngOf(f, 1, 1), jpegOf(f), overlapping(f), nil} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		found, err := Inspect(t.Context(), bytes.NewReader(content), int64(len(content)))
		if (err == nil) == (found.Type == "") {
			t.Errorf("%+v %v", found, err)
		}
		if err == nil {
			_, _ = Text(t.Context(), found.Type, bytes.NewReader(content), int64(len(content)))
		}
	})
}
