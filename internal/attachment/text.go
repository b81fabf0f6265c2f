package attachment

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ledongthuc/pdf"

	"jiqiao"
)

// Limits of reading texts.
const (
	maxText     = 100_000 // characters kept of one file
	maxPages    = 500
	maxDocument = 64 << 20 // bytes of a document's XML
	textTime    = 30 * time.Second
)

// errNoText is a document that cannot be read, or says nothing: a scan.
var errNoText = errors.New("no text")

// Text reads the text of a document, at most maxText characters, telephone numbers and addresses of mail left out. Damaged
// files end as an error, never as a panic; one that takes too long is given up, and what runs on for it ends with its page.
func Text(ctx context.Context, t jiqiao.AttachmentType, file io.ReaderAt, size int64) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, textTime)
	defer cancel()
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil { // the library panics where a file breaks its rules
				r.err = fmt.Errorf("panic: %v", p)
			}
			done <- r
		}()
		switch t {
		case jiqiao.AttachmentPDF:
			r.text, r.err = pdfText(ctx, file, size)
		case jiqiao.AttachmentDocx:
			r.text, r.err = docxText(ctx, file, size)
		default:
			r.err = errNoText
		}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return "", fmt.Errorf("read the text of a %s: %w", t, r.err)
		}
		text := tidy(r.text)
		if text == "" {
			return "", errNoText
		}
		return text, nil
	case <-ctx.Done():
		return "", fmt.Errorf("read the text of a %s: %w", t, ctx.Err())
	}
}

func pdfText(ctx context.Context, file io.ReaderAt, size int64) (string, error) {
	r, err := pdf.NewReader(file, size)
	if err != nil {
		return "", err
	}
	var all strings.Builder
	fonts := map[string]*pdf.Font{}
	for i := 1; i <= min(r.NumPage(), maxPages) && all.Len() < maxText*utf8.UTFMax; i++ {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		page := r.Page(i)
		if page.V.IsNull() {
			continue
		}
		for _, name := range page.Fonts() {
			if _, known := fonts[name]; !known {
				font := page.Font(name)
				fonts[name] = &font
			}
		}
		text, err := page.GetPlainText(fonts)
		if err != nil {
			return "", err
		}
		all.WriteString(text + "\n")
	}
	return all.String(), nil
}

// docxText is the text of the paragraphs of word/document.xml (ECMA-376, Part 1, 17.3).
func docxText(ctx context.Context, file io.ReaderAt, size int64) (string, error) {
	book, err := zip.NewReader(file, size)
	if err != nil {
		return "", err
	}
	doc, err := book.Open("word/document.xml")
	if err != nil {
		return "", err
	}
	defer func() { _ = doc.Close() }() // it was only read
	dec := xml.NewDecoder(io.LimitReader(doc, maxDocument))
	dec.Strict = true
	var all strings.Builder
	said := false
	for n := 0; all.Len() < maxText*utf8.UTFMax; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return "", ctx.Err()
		}
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.StartElement:
			said = e.Name.Local == "t"
			switch e.Name.Local {
			case "tab":
				all.WriteByte(' ')
			case "br":
				all.WriteByte('\n')
			}
		case xml.EndElement:
			said = false
			if e.Name.Local == "p" {
				all.WriteByte('\n')
			}
		case xml.CharData:
			if said {
				all.Write(e)
			}
		case xml.Directive:
			return "", errors.New("a document type declaration") // Word writes none: entities that grow
		}
	}
	return all.String(), nil
}

var (
	spaces = regexp.MustCompile(`[ \t\p{Zs}]+`)
	lines  = regexp.MustCompile(`\s*\n\s*`)
	// personal are numbers and addresses by which people are reached: what is searched may be quoted to anybody.
	personal = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|(\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[-－— ]\d{7,8}|[1-9]\d{16}[\dXx]`)
)

// tidy makes one text of what a document's layout scattered.
func tidy(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if r < ' ' || r == utf8.RuneError || r == '\x7f' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = personal.ReplaceAllString(text, "")
	text = strings.TrimSpace(lines.ReplaceAllString(spaces.ReplaceAllString(text, " "), "\n"))
	if runes := []rune(text); len(runes) > maxText {
		text = string(runes[:maxText])
	}
	return text
}
