package sheet

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"jiqiao"
)

func TestFormats(t *testing.T) {
	for _, f := range []Format{XLSX, CSV, JSONL} {
		if got, err := ParseFormat(string(f)); err != nil || got != f || got.ContentType() == "" {
			t.Errorf("%s: %v %v", f, got, err)
		}
	}
	if _, err := ParseFormat("pdf"); jiqiao.CodeOf(err) != jiqiao.CodeUnsupported {
		t.Errorf("pdf: %v", err)
	}
}

// The bytes of a csv are fixed: Excel needs the mark to know UTF-8, and its own line ends.
func TestCSVBytes(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, jiqiao.KindNeed, CSV)
	if err != nil {
		t.Fatal(err)
	}
	e := NewEntry(jiqiao.KindNeed)
	n := e.Record.(*jiqiao.Need)
	n.Title, n.Owner.Name, n.Owner.CreditCode = "=HYPERLINK(\"http://x\")", "甲,公司", "91440300708461136T"
	n.Background = "第一行\n第二行"
	if err := errors.Join(w.Write(e), w.Close()); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if !strings.HasPrefix(text, "\xEF\xBB\xBF需求名称*,单位名称*,统一社会信用代码,") {
		t.Errorf("starts %q", text[:60])
	}
	for _, part := range []string{"\r\n\"'=HYPERLINK(\"\"http://x\"\")\",\"甲,公司\",91440300708461136T,", "\"第一行\r\n第二行\""} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in %q", part, text)
		}
	}
}

// No cell of an export may run as a formula, whatever the record says.
func TestExportsCarryNoFormulas(t *testing.T) {
	for _, evil := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "'=1"} {
		e := NewEntry(jiqiao.KindAchievement)
		a := e.Record.(*jiqiao.Achievement)
		a.Title, a.Owner.Name, a.Abstract, a.Keywords, a.Contact.Name = evil, evil, evil, []string{evil}, evil
		a.Metrics = []jiqiao.Metric{{Name: evil, Text: evil}}
		a.Team = []jiqiao.TeamMember{{Name: evil}}
		for _, cell := range cellsOf(Columns(jiqiao.KindAchievement), &e) {
			if startsFormula(cell) {
				t.Errorf("%q goes out as %q", evil, cell)
			}
		}
	}
}

// Long numbers keep their digits: they are written as text into cells set to text.
func TestNumbersStayText(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, jiqiao.KindNeed, XLSX)
	if err != nil {
		t.Fatal(err)
	}
	e := Sample(jiqiao.KindNeed)
	e.Record.Head().Owner.CreditCode = "110000000000000000"
	if err := errors.Join(w.Write(e), w.Close()); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, want := range map[string]string{"C2": "110000000000000000"} {
		kind, err := f.GetCellType("技术需求", cell)
		if err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%s is of type %v, %v", cell, kind, err)
		}
		if got, err := f.GetCellValue("技术需求", cell); err != nil || got != want {
			t.Errorf("%s is %q, %v", cell, got, err)
		}
	}
}

func TestExportAsksOncePerOwner(t *testing.T) {
	needs := []jiqiao.Record{}
	for range 3 {
		n := Sample(jiqiao.KindNeed).Record
		n.Head().ID, n.Head().Owner.ID = "n_1", "o_1"
		needs = append(needs, n)
	}
	lost := Sample(jiqiao.KindNeed).Record
	lost.Head().Owner.ID = "o_gone"
	needs = append(needs, lost)
	asked := map[string]int{}
	lookup := func(id string) (jiqiao.Organisation, error) {
		asked[id]++
		if id == "o_gone" {
			return jiqiao.Organisation{}, jiqiao.Fail(jiqiao.CodeNotFound, "没有", nil)
		}
		return jiqiao.Organisation{ID: id, Name: "示例半导体有限公司", Scale: "large", Address: "一号路"}, nil
	}
	var out bytes.Buffer
	err := Export(t.Context(), &out, jiqiao.KindNeed, CSV, sequence(needs, nil), func(_ context.Context, id string) (jiqiao.Organisation, error) { return lookup(id) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"o_1": 1, "o_gone": 1}, asked); diff != "" {
		t.Error(diff)
	}
	rows := readAll(t, write(t, "x.csv", out.Bytes()), jiqiao.KindNeed)
	if len(rows) != 4 || rows[2].Entry.Organisation.Scale != "large" || rows[3].Entry.Organisation.Scale != "" {
		t.Errorf("%+v", rows)
	}
	broken := errors.New("broken")
	err = Export(t.Context(), &out, jiqiao.KindNeed, XLSX, sequence(needs, nil), func(context.Context, string) (jiqiao.Organisation, error) {
		return jiqiao.Organisation{}, broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestExportEndsWithTheSequencesError(t *testing.T) {
	broken := errors.New("broken")
	for _, format := range []Format{XLSX, CSV, JSONL} {
		err := Export(t.Context(), &bytes.Buffer{}, jiqiao.KindNeed, format, sequence([]jiqiao.Record{Sample(jiqiao.KindNeed).Record}, broken), nil)
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// A full disk, or a client that went away.
type failingWriter struct{ left int }

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestWriteErrorsAreTold(t *testing.T) {
	for _, format := range []Format{XLSX, CSV, JSONL} {
		for _, room := range []int{0, 100} {
			records := make([]jiqiao.Record, 100)
			for i := range records {
				records[i] = Sample(jiqiao.KindNeed).Record
			}
			if err := Export(t.Context(), &failingWriter{room}, jiqiao.KindNeed, format, sequence(records, nil), nil); err == nil {
				t.Errorf("%s: %d bytes of room were enough", format, room)
			}
		}
	}
}

// The workbook of failed rows of a jsonl file is laid out as the template and imports like one.
func TestErrorBookOfJSONL(t *testing.T) {
	path := write(t, "x.jsonl", []byte(`{"title":"好","owner":{"name":"甲"}}`+"\n"+`{"title":"坏","owner":{"name":"甲"},"region":"999999"}`+"\n{bad\n"))
	r, err := Open(path, jiqiao.KindNeed, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var book bytes.Buffer
	if err := CopyErrors(t.Context(), &book, r, jiqiao.KindNeed, func(*Row) []jiqiao.CellError { return nil }); err != nil {
		t.Fatal(err)
	}
	rows := readAll(t, write(t, "x.xlsx", book.Bytes()), jiqiao.KindNeed)
	if len(rows) != 2 || len(rows[0].Errors) != 1 || rows[0].Errors[0].Column != "所在地" {
		t.Errorf("%+v", rows)
	}
}

// A row that is refused again and again gathers one column of errors, not many.
func TestErrorBookTwice(t *testing.T) {
	path := write(t, "x.csv", []byte("需求名称,单位名称,拟投入资金,错误说明\n坏,甲,好多,「拟投入资金」旧的说明\n"))
	for range 2 {
		r, err := Open(path, jiqiao.KindNeed, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var book bytes.Buffer
		if err := CopyErrors(t.Context(), &book, r, jiqiao.KindNeed, func(*Row) []jiqiao.CellError { return nil }); err != nil {
			t.Fatal(err)
		}
		r.Close()
		f, err := excelize.OpenReader(bytes.NewReader(book.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows("技术需求")
		f.Close()
		if err != nil || len(rows) != 2 || strings.Join(rows[0], "|") != "需求名称|单位名称|拟投入资金|错误说明" || rows[1][3] != "「拟投入资金」应为数字(万元)或「面议」" {
			t.Fatalf("%q %v", rows, err)
		}
		path = write(t, "again.xlsx", book.Bytes())
	}
}

func TestCopyErrorsStops(t *testing.T) {
	path := write(t, "x.csv", []byte("需求名称,单位名称\nx,\n"))
	r, err := Open(path, jiqiao.KindNeed, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := CopyErrors(ctx, &bytes.Buffer{}, r, jiqiao.KindNeed, func(*Row) []jiqiao.CellError { return nil }); !errors.Is(err, ctx.Err()) {
		t.Errorf("got %v", err)
	}
}

// What a reader tells about its file beside the rows.
func TestReaderTells(t *testing.T) {
	r, err := Open(write(t, "x", template(t, jiqiao.KindNeed, XLSX)), jiqiao.KindNeed, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Format() != XLSX || r.Total() != 1 || len(r.Headers()) != len(Columns(jiqiao.KindNeed)) || len(r.Ignored()) != 0 {
		t.Errorf("%s %d %d %v", r.Format(), r.Total(), len(r.Headers()), r.Ignored())
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Open("/does/not/exist", jiqiao.KindNeed, Limits{}); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		t.Errorf("a file that is gone: %v", err)
	}
}

// Large parts are unpacked to the folder that was named, and are gone after Close.
func TestUnpacksWhereTold(t *testing.T) {
	dir := t.TempDir()
	path := write(t, "x.xlsx", template(t, jiqiao.KindNeed, XLSX))
	r, err := Open(path, jiqiao.KindNeed, Limits{TempDir: dir, Memory: 1})
	if err != nil {
		t.Fatal(err)
	}
	during, err := os.ReadDir(dir)
	if err != nil || len(during) == 0 {
		t.Errorf("nothing was unpacked to %s: %v", dir, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadDir(dir); err != nil || len(after) != 0 {
		t.Errorf("left behind: %v %v", after, err)
	}
}
