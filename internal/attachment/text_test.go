package attachment

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"jiqiao"
)

func read(t *testing.T, kind jiqiao.AttachmentType, content []byte) (string, error) {
	t.Helper()
	return Text(t.Context(), kind, bytes.NewReader(content), int64(len(content)))
}

func TestTextOfDocuments(t *testing.T) {
	for name, c := range map[string]struct {
		kind    jiqiao.AttachmentType
		content []byte
		want    string
	}{
		"a PDF":            {jiqiao.AttachmentPDF, pdfOf("Silicon carbide 1200 V"), "Silicon carbide 1200 V"},
		"a document":       {jiqiao.AttachmentDocx, docx(t, []string{"碳化硅  器件", "", "栅氧&lt;工艺&gt;"}), "碳化硅 器件\n栅氧<工艺>"},
		"without contacts": {jiqiao.AttachmentDocx, docx(t, []string{"联系张工 13812345678，+86 138-1234-5678，0515-88001234，zhang@example.cn，身份证 320902199001011234 完"}), "联系张工 ，，，，身份证 完"},
	} {
		got, err := read(t, c.kind, c.content)
		if err != nil || got != c.want {
			t.Errorf("%s: %q %v, want %q", name, got, err, c.want)
		}
	}
}

func TestTextsThatCannotBeRead(t *testing.T) {
	evil := `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><w:document xmlns:w="w"><w:t>&b;</w:t></w:document>`
	for name, c := range map[string]struct {
		kind    jiqiao.AttachmentType
		content []byte
	}{
		"no PDF":                 {jiqiao.AttachmentPDF, []byte("%PDF-1.7 nothing")},
		"half a PDF":             {jiqiao.AttachmentPDF, pdfOf("hello")[:300]},
		"a scan":                 {jiqiao.AttachmentPDF, pdfOf(" ")},
		"entities that grow":     {jiqiao.AttachmentDocx, pack(t, contentTypes, entry{"word/document.xml", evil})},
		"no XML":                 {jiqiao.AttachmentDocx, pack(t, contentTypes, entry{"word/document.xml", "<w:t>"})},
		"no document":            {jiqiao.AttachmentDocx, pack(t, contentTypes)},
		"a picture":              {jiqiao.AttachmentPNG, pngOf(t, 1, 1)},
		"a page count that lies": {jiqiao.AttachmentPDF, bytes.Replace(pdfOf(" "), []byte("/Count 1"), []byte("/Count 9"), 1)},
	} {
		if got, err := read(t, c.kind, c.content); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	long := docx(t, []string{strings.Repeat("<w:tab/>", 5000)})
	if _, err := Text(ctx, jiqiao.AttachmentDocx, bytes.NewReader(long), int64(len(long))); err == nil {
		t.Error("read on after the end")
	}
}

func TestTextIsBounded(t *testing.T) {
	got, err := read(t, jiqiao.AttachmentDocx, docx(t, []string{strings.Repeat("碳", 3*maxText)}))
	if err != nil || utf8.RuneCountInString(got) != maxText {
		t.Errorf("%d characters, %v", utf8.RuneCountInString(got), err)
	}
}
