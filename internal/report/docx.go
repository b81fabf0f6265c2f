// Package report writes reports as Word documents.
//
// A docx is a zip of XML (ECMA-376). What a report needs of it is little: headings, paragraphs, tables with borders and a
// page number. So it is written here, without a library for the whole of the format.
package report

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// column is one of a table: its head, its part of the width in percent, and whether it holds figures.
type column struct {
	name  string
	width int
	right bool
}

// document gathers the body's XML.
type document struct {
	body strings.Builder
	// subject is the document's title in its properties.
	subject string
	tables  int
}

// Widths are in twentieths of a point: A4 less margins of 2.6 cm.
const (
	pageWidth, pageHeight, margin = 11906, 16838, 1474
	textWidth                     = pageWidth - 2*margin
)

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}

// paragraph adds a paragraph of a style of styles.xml.
func (d *document) paragraph(style, text string) {
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr><w:r><w:t xml:space="preserve">%s</w:t></w:r></w:p>`, style, escaped(text))
}

func (d *document) title(text string) {
	d.subject = text
	d.paragraph("Title", text)
}

func (d *document) subtitle(text string) { d.paragraph("Subtitle", text) }
func (d *document) heading(text string)  { d.paragraph("Heading1", text) }
func (d *document) text(text string)     { d.paragraph("BodyText", text) }
func (d *document) note(text string)     { d.paragraph("Note", text) }

// table adds a table with a caption, which it numbers. Its head is repeated on every page, and no row is broken over two.
func (d *document) table(caption string, columns []column, rows [][]string) {
	d.tables++
	d.paragraph("Caption", fmt.Sprintf("表 %d  %s", d.tables, caption))
	fmt.Fprintf(&d.body, `<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`, textWidth)
	for _, c := range columns {
		fmt.Fprintf(&d.body, `<w:gridCol w:w="%d"/>`, c.width*textWidth/100)
	}
	d.body.WriteString(`</w:tblGrid>`)
	heads := make([]string, len(columns))
	for i, c := range columns {
		heads[i] = c.name
	}
	d.row(columns, heads, true)
	for _, cells := range rows {
		d.row(columns, cells, false)
	}
	d.body.WriteString(`</w:tbl>`)
	d.paragraph("TableEnd", "")
}

func (d *document) row(columns []column, cells []string, head bool) {
	d.body.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	if head {
		d.body.WriteString(`<w:tblHeader/>`)
	}
	d.body.WriteString(`</w:trPr>`)
	for i, c := range columns {
		style, shade := "TableText", ""
		switch {
		case head:
			style, shade = "TableHead", `<w:shd w:val="clear" w:color="auto" w:fill="E8EEF0"/>`
		case c.right:
			style = "TableFigure"
		}
		fmt.Fprintf(&d.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s<w:vAlign w:val="center"/></w:tcPr>`, c.width*textWidth/100, shade)
		d.paragraph(style, cells[i])
		d.body.WriteString(`</w:tc>`)
	}
	d.body.WriteString(`</w:tr>`)
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

const (
	wordNamespace     = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	relationNamespace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
)

// write makes the file.
func (d *document) write(w io.Writer) error {
	body := xmlHead + `<w:document xmlns:w="` + wordNamespace + `" xmlns:r="` + relationNamespace + `"><w:body>` + d.body.String() +
		fmt.Sprintf(`<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="%d" w:h="%d"/>`, pageWidth, pageHeight) +
		fmt.Sprintf(`<w:pgMar w:top="1701" w:right="%d" w:bottom="1588" w:left="%d" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>`, margin, margin) +
		`</w:body></w:document>`
	properties := xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" ` +
		`xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escaped(d.subject) + `</dc:title></cp:coreProperties>`
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, content string }{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", packageRelations}, {"docProps/core.xml", properties},
		{"word/_rels/document.xml.rels", documentRelations}, {"word/document.xml", body}, {"word/styles.xml", styles},
		{"word/footer1.xml", footer},
	} {
		to, err := z.Create(part.name)
		if err != nil {
			return fmt.Errorf("begin %s: %w", part.name, err)
		}
		if _, err := io.WriteString(to, part.content); err != nil {
			return fmt.Errorf("write %s: %w", part.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("close the document: %w", err)
	}
	return nil
}
