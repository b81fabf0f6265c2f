package sheet

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"jiqiao"
)

// Memory is measured in a process of its own: the peak of this one says nothing about one file.

const (
	childEnv = "SHEET_TEST_READ"
	maxPeak  = 400 << 20 // for 100,000 rows
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		if err := reportPeak(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// reportPeak reads a file, or writes one when the path starts with "write:", and prints rows and peak memory in bytes.
func reportPeak(path string) error {
	rows := 0
	if target, ok := strings.CutPrefix(path, "write:"); ok {
		number, file, _ := strings.Cut(target, ":")
		rows, _ = strconv.Atoi(number)
		if err := writeBig(file, rows); err != nil {
			return err
		}
	} else {
		r, err := Open(path, jiqiao.KindNeed, Limits{})
		if err != nil {
			return err
		}
		defer r.Close()
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
			if !row.OK() {
				return fmt.Errorf("row %d: %v", row.Number, row.Errors)
			}
			rows++
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	fmt.Println(rows, kib<<10)
	return err
}

// bigEntry gives row i, made from a sample; ten of its texts are like no other row's.
func bigEntry(sample Entry, i int) Entry {
	e := sample.clone()
	n := e.Record.(*jiqiao.Need)
	number := strconv.Itoa(i)
	for _, text := range []*string{&n.Background, &n.Constraints, &n.Foundation, &n.Owner.Name, &n.ExternalID, &n.Contact.Name, &e.Organisation.Address} {
		*text += number
	}
	n.Keywords = append(n.Keywords[:len(n.Keywords):len(n.Keywords)], number)
	n.Title = "提升碳化硅外延片厚度均匀性之" + strconv.Itoa(i)
	n.Problem = strconv.Itoa(i) + strings.Repeat("现有热壁式设备片内厚度不均匀性约百分之五，边缘掺杂浓度偏高，", 6)
	return e
}

func writeBig(path string, rows int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(f)
	w, err := NewWriter(buffered, jiqiao.KindNeed, XLSX)
	if err != nil {
		return err
	}
	sample := Sample(jiqiao.KindNeed)
	for i := range rows {
		if err := w.Write(bigEntry(sample, i)); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), buffered.Flush(), f.Close())
}

// writeShared writes a workbook as Excel does, with every text once in the table of shared strings.
func writeShared(path string, rows int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	z := zip.NewWriter(f)
	part := func(name, text string) {
		if err == nil {
			var w io.Writer
			if w, err = z.Create(name); err == nil {
				_, err = io.WriteString(w, text)
			}
		}
	}
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	part("[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`)
	part("_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="`+rel+`officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	part("xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="`+rel+`worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="`+rel+`sharedStrings" Target="sharedStrings.xml"/></Relationships>`)
	part("xl/workbook.xml", `<workbook `+ns+`><sheets><sheet name="需求" sheetId="1" r:id="rId1"/></sheets></workbook>`)
	if err != nil {
		return err
	}
	columns := Columns(jiqiao.KindNeed)
	sheet, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(sheet)
	fmt.Fprintf(out, "<worksheet %s><sheetData>", ns)
	// The table is written beside the sheet and copied in after it.
	table, places := new(strings.Builder), make(map[string]int)
	place := func(text string) int {
		at, ok := places[text]
		if !ok {
			at = len(places)
			places[text] = at
			fmt.Fprintf(table, "<si><t>%s</t></si>", strings.NewReplacer("<", "&lt;", ">", "&gt;", "&", "&amp;").Replace(text))
		}
		return at
	}
	sample := Sample(jiqiao.KindNeed)
	for row := 0; row <= rows; row++ {
		fmt.Fprintf(out, `<row r="%d">`, row+1)
		e := bigEntry(sample, row)
		for i, cell := range cellsOf(columns, &e) {
			if row == 0 {
				cell = columns[i].Header
			}
			fmt.Fprintf(out, `<c t="s"><v>%d</v></c>`, place(cell))
		}
		out.WriteString("</row>")
	}
	out.WriteString("</sheetData></worksheet>")
	if err := out.Flush(); err != nil {
		return err
	}
	shared, err := z.Create("xl/sharedStrings.xml")
	if err != nil {
		return err
	}
	out = bufio.NewWriter(shared)
	fmt.Fprintf(out, "<sst %s>%s</sst>", ns, table)
	return errors.Join(out.Flush(), z.Close(), f.Close())
}

func peakOf(t testing.TB, path string) (rows, peak int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+path)
	child.Stderr = os.Stderr
	out, err := child.Output()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(out), &rows, &peak); err != nil {
		t.Fatal(err)
	}
	return rows, peak
}

// measurePeaks writes a workbook, and reads it and one as Excel writes it, each in a process of its own.
func measurePeaks(t testing.TB, rows, limit int) (most int) {
	t.Helper()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("peak memory is read from /proc")
	}
	dir := t.TempDir()
	inline, shared := filepath.Join(dir, "inline.xlsx"), filepath.Join(dir, "shared.xlsx")
	if err := writeShared(shared, rows); err != nil {
		t.Fatal(err)
	}
	for _, job := range []string{"write:" + strconv.Itoa(rows) + ":" + inline, inline, shared} {
		got, peak := peakOf(t, job)
		t.Logf("%s: %d rows, %d MiB", filepath.Base(job), got, peak>>20)
		if got != rows || peak > limit {
			t.Errorf("%s: %d rows of %d in %d MiB, limit %d MiB", filepath.Base(job), got, rows, peak>>20, limit>>20)
		}
		most = max(most, peak)
	}
	return most
}

// A tenth of the rows in a third of the memory: BenchmarkPeak does all of them.
func TestRowsStream(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("measures memory over 10,000 rows, which the race detector multiplies")
	}
	measurePeaks(t, 10_000, 140<<20)
}

func BenchmarkPeak(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(float64(measurePeaks(b, 100_000, maxPeak)>>20), "MiB-peak")
	}
}

func BenchmarkRead(b *testing.B) {
	path := filepath.Join(b.TempDir(), "x.xlsx")
	const rows = 10_000
	if err := writeBig(path, rows); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got := len(readAll(b, path, jiqiao.KindNeed)); got != rows {
			b.Fatalf("%d rows", got)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWrite(b *testing.B) {
	const rows = 10_000
	for b.Loop() {
		if err := writeBig(filepath.Join(b.TempDir(), "x.xlsx"), rows); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
