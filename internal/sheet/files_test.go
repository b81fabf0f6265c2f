package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jiqiao"
)

// write puts a file into the test's folder.
func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// workbook builds a workbook of one sheet as people make them by hand, with the library's normal mode.
func workbook(t testing.TB, rows [][]any, change ...func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", "A"+strconv.Itoa(i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range change {
		c(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func template(t *testing.T, kind jiqiao.Kind, format Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Template(&b, kind, format); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repack copies a zip archive, letting change edit, drop (nil) or add parts.
func repack(t testing.TB, data []byte, change func(name string, content []byte) []byte, add map[string][]byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, content []byte) {
		part, err := w.Create(name)
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		if content = change(f.Name, content); content != nil {
			put(f.Name, content)
		}
	}
	for name, content := range add {
		put(name, content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func keep(_ string, content []byte) []byte { return content }

// compound imitates the container of old .xls files, with the name of one stream.
func compound(stream string) []byte {
	data := []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600))
	for _, u := range utf16.Encode([]rune(stream)) {
		data = binary.LittleEndian.AppendUint16(data, u)
	}
	return append(data, make([]byte, 1000)...)
}

func TestUnreadableFiles(t *testing.T) {
	good := template(t, jiqiao.KindNeed, XLSX)
	sheet1 := "xl/worksheets/sheet1.xml"
	encrypted := func() []byte {
		f := excelize.NewFile()
		defer f.Close()
		var b bytes.Buffer
		if err := f.Write(&b, excelize.Options{Password: "secret"}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}()
	for name, c := range map[string]struct {
		data []byte
		code jiqiao.Code
		help string
	}{
		"empty.xlsx":       {nil, jiqiao.CodeInvalid, "文件是空的"},
		"blank.csv":        {[]byte("\xEF\xBB\xBF \r\n\r\n"), jiqiao.CodeInvalid, "文件是空的"},
		"truncated.xlsx":   {good[:len(good)/2], jiqiao.CodeInvalid, "已损坏或不完整"},
		"flipped.xlsx":     {flip(good), jiqiao.CodeInvalid, "已损坏"},
		"encrypted.xlsx":   {encrypted, jiqiao.CodeUnsupported, "打开密码"},
		"encrypted2.xlsx":  {compound("EncryptedPackage"), jiqiao.CodeUnsupported, "打开密码"},
		"old.xls":          {compound("Workbook"), jiqiao.CodeUnsupported, "旧版 .xls"},
		"macro.xlsm":       {repack(t, good, keep, map[string][]byte{"xl/vbaProject.bin": {1}}), jiqiao.CodeUnsupported, "含有宏"},
		"binary.xlsb":      {repack(t, good, drop("xl/workbook.xml"), map[string][]byte{"xl/workbook.bin": {1}}), jiqiao.CodeUnsupported, ".xlsb"},
		"word.docx":        {repack(t, good, drop("xl/workbook.xml"), map[string][]byte{"word/document.xml": {1}}), jiqiao.CodeUnsupported, "Word"},
		"calc.ods":         {repack(t, good, drop("xl/workbook.xml"), map[string][]byte{"content.xml": {1}}), jiqiao.CodeUnsupported, "OpenDocument"},
		"archive.zip":      {repack(t, good, drop("xl/workbook.xml"), nil), jiqiao.CodeUnsupported, "压缩包"},
		"picture.xlsx":     {[]byte("\x89PNG\r\n\x1a\n1234"), jiqiao.CodeUnsupported, "图片"},
		"document.csv":     {[]byte("%PDF-1.7 ..."), jiqiao.CodeUnsupported, "PDF"},
		"page.xls":         {[]byte("\r\n<html><table><tr><td>需求名称</td></tr></table>"), jiqiao.CodeUnsupported, "网页"},
		"flat.xml":         {[]byte("<?xml version=\"1.0\"?><Workbook/>"), jiqiao.CodeUnsupported, "XML 文件"},
		"array.json":       {[]byte(`[{"title":"x"}]`), jiqiao.CodeUnsupported, "每行一条"},
		"noise.bin":        {[]byte("abc\x00\x01\x02\x03"), jiqiao.CodeUnsupported, "无法识别"},
		"no-header.csv":    {[]byte("一,二,三\n1,2,3\n"), jiqiao.CodeInvalid, "找不到表头"},
		"no-header.xlsx":   {workbook(t, [][]any{{"一", "二"}, {1, 2}}), jiqiao.CodeInvalid, "找不到表头"},
		"missing.csv":      {[]byte("技术领域,单位名称,手机\nx,y,z\n"), jiqiao.CodeInvalid, "缺少必填的列：「需求名称」"},
		"missing two.csv":  {[]byte("通知\n技术领域,手机\nx,y\n"), jiqiao.CodeInvalid, "表头（第 2 行）缺少必填的列：「需求名称」「单位名称」"},
		"other side.xlsx":  {template(t, jiqiao.KindAchievement, XLSX), jiqiao.CodeInvalid, "这是一份科技成果表，不是技术需求表"},
		"other side.csv":   {template(t, jiqiao.KindAchievement, CSV), jiqiao.CodeInvalid, "「科技成果」一侧导入"},
		"bomb.xlsx":        {bomb(t, good), jiqiao.CodeTooLarge, "解压后超过"},
		"pictures.xlsx":    {repack(t, good, keep, map[string][]byte{"xl/media/image1.png": make([]byte, maxAttached+1)}), jiqiao.CodeTooLarge, "图片等附件"},
		"texts.xlsx":       {repack(t, good, keep, map[string][]byte{"xl/sharedStrings.xml": bytes.Repeat([]byte("<si/>"), maxShared+10_000)}), jiqiao.CodeTooLarge, "文字太多"},
		"cut sheet.xlsx":   {repack(t, good, edit(sheet1, func(s string) string { return s[:len(s)/2] }), nil), jiqiao.CodeInvalid, "已损坏"},
		"no sheets.xlsx":   {repack(t, good, edit("xl/workbook.xml", func(string) string { return "<workbook/>" }), nil), jiqiao.CodeInvalid, "已损坏"},
		"gbk noise.csv":    {[]byte("\xff\xff\xff,\xff\xff\n"), jiqiao.CodeInvalid, "找不到表头"},
		"other side.jsonl": {[]byte(`{"title":"x","owner":{"name":"o"},"abstract":"y","maturity":"pilot"}` + "\n"), jiqiao.CodeInvalid, "「科技成果」一侧导入"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Open(write(t, name, c.data), jiqiao.KindNeed, Limits{Unzipped: 200 << 20})
			if err == nil {
				_, err = r.Next()
				r.Close()
			}
			if jiqiao.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.help) {
				t.Errorf("got %v; want %s with %q", err, c.code, c.help)
			}
		})
	}
}

// flip damages one byte of the compressed data, which only the checksum tells.
func flip(data []byte) []byte {
	data = bytes.Clone(data)
	data[len(data)/2] ^= 0x55
	return data
}

func drop(part string) func(string, []byte) []byte {
	return func(name string, content []byte) []byte {
		if name == part {
			return nil
		}
		return content
	}
}

func edit(part string, change func(string) string) func(string, []byte) []byte {
	return func(name string, content []byte) []byte {
		if name == part {
			return []byte(change(string(content)))
		}
		return content
	}
}

// bomb has a sheet that unpacks to far more than it is.
func bomb(t *testing.T, good []byte) []byte {
	return repack(t, good, keep, map[string][]byte{"xl/worksheets/sheet9.xml": bytes.Repeat([]byte(" "), 201<<20)})
}

// The library stops silently where a sheet's XML breaks; the rows behind must not be lost in silence.
func TestBrokenMiddleIsNoticed(t *testing.T) {
	rows := [][]any{{"需求名称", "单位名称"}}
	for i := range 50 {
		rows = append(rows, []any{"需求" + strconv.Itoa(i), "单位"})
	}
	data := repack(t, workbook(t, rows), edit("xl/worksheets/sheet1.xml", func(s string) string {
		return strings.Replace(s, `<row r="40"`, `<row r="40" <`, 1)
	}), nil)
	r, err := Open(write(t, "x.xlsx", data), jiqiao.KindNeed, Limits{})
	for err == nil {
		_, err = r.Next()
	}
	if errors.Is(err, io.EOF) || !strings.Contains(err.Error(), "之后已损坏") {
		t.Errorf("got %v", err)
	}
}

func TestLimits(t *testing.T) {
	csv := func(rows int, title string) []byte {
		return []byte("需求名称,单位名称\n" + strings.Repeat(title+",单位\n", rows))
	}
	_, err := Open(write(t, "big.csv", csv(100, "题")), jiqiao.KindNeed, Limits{Bytes: 100})
	if jiqiao.CodeOf(err) != jiqiao.CodeTooLarge {
		t.Errorf("a file above the limit: %v", err)
	}
	r, err := Open(write(t, "long.csv", csv(6, "题")), jiqiao.KindNeed, Limits{Rows: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range 5 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Next(); jiqiao.CodeOf(err) != jiqiao.CodeTooLarge || !strings.Contains(err.Error(), "5 行") {
		t.Errorf("the sixth row: %v", err)
	}
}

func TestLongCells(t *testing.T) {
	data := []byte("需求名称,单位名称,主要技术难题\n一,单位," + strings.Repeat("长", 10_001) + "\n二,单位," + strings.Repeat("长", 30_000) + "\n三,单位,好\n")
	rows := readAll(t, write(t, "x.csv", data), jiqiao.KindNeed)
	var got []string
	for _, r := range rows {
		for _, e := range r.Errors {
			got = append(got, cutRunes(Sentence(e), 60))
			if len([]rune(e.Value)) > 101 {
				t.Errorf("an error repeats %d characters", len([]rune(e.Value)))
			}
		}
	}
	if len(rows) != 3 || len(got) != 2 || !strings.Contains(got[0], "第 2 行「主要技术难题」") || !strings.Contains(got[1], "30000 个字，超过 20000") {
		t.Errorf("got %q", got)
	}
}

// levelsOffered counts the levels of readiness in a workbook's dictionary.
func levelsOffered(f *excelize.File) (int, error) {
	columns, err := f.GetCols(codesSheet)
	for _, c := range columns {
		if c[0] == "技术就绪度" {
			return len(slices.DeleteFunc(c[1:], func(cell string) bool { return cell == "" })), err
		}
	}
	return 0, err
}

func TestTemplate(t *testing.T) {
	for _, kind := range jiqiao.Kinds {
		data := template(t, kind, XLSX)
		f, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if diff := cmp.Diff([]string{kind.Label(), guideSheet, codesSheet}, f.GetSheetList()); diff != "" {
			t.Error(diff)
		}
		if visible, err := f.GetSheetVisible(codesSheet); err != nil || visible {
			t.Errorf("the dictionary shows: %v", err)
		}
		rows, err := f.GetRows(kind.Label())
		if err != nil || len(rows) != 2 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		validations, err := f.GetDataValidations(kind.Label())
		if err != nil {
			t.Fatal(err)
		}
		offered := map[string]bool{}
		for _, v := range validations {
			offered[strings.SplitN(v.Sqref, "2:", 2)[0]] = strings.HasPrefix(v.Formula1, codesSheet+"!$")
		}
		levels, err := levelsOffered(f)
		if want := map[jiqiao.Kind]int{jiqiao.KindNeed: jiqiao.MaxNeedTRL, jiqiao.KindAchievement: jiqiao.MaxTRL}[kind]; err != nil || levels != want {
			t.Errorf("%s: the drop-down offers %d levels of readiness, %d are valid: %v", kind, levels, want, err)
		}
		guide, err := f.GetRows(guideSheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range Columns(kind) {
			name, _ := excelize.ColumnNumberToName(i + 1)
			if strings.HasSuffix(rows[0][i], "*") != c.Required {
				t.Errorf("%s: required mark", rows[0][i])
			}
			if (c.List != "") != offered[name] {
				t.Errorf("%s: list %q, drop-down %v", c.Header, c.List, offered[name])
			}
			style, err := f.GetColStyle(kind.Label(), name)
			if err != nil {
				t.Fatal(err)
			}
			if s, err := f.GetStyle(style); err != nil || s.NumFmt != 49 {
				t.Errorf("%s: not set to text: %+v %v", c.Header, s, err)
			}
			if g := guide[len(guide)-len(Columns(kind))+i]; g[0] != c.Header {
				t.Errorf("guide has %q for %q", g[0], c.Header)
			}
		}
		panes, err := f.GetPanes(kind.Label())
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("titles are not frozen: %+v %v", panes, err)
		}
		for _, format := range []Format{XLSX, CSV} {
			if rows := readAll(t, write(t, "t."+string(format), template(t, kind, format)), kind); len(rows) != 0 {
				t.Errorf("%s %s: the untouched sample is read: %+v", kind, format, rows[0])
			}
		}
	}
	if err := Template(io.Discard, jiqiao.KindNeed, JSONL); jiqiao.CodeOf(err) != jiqiao.CodeUnsupported {
		t.Errorf("a jsonl template: %v", err)
	}
}

// Someone writes over the sample: with the mark it is refused with advice, without it it is a record.
func TestChangedSample(t *testing.T) {
	data := string(template(t, jiqiao.KindNeed, CSV))
	rows := readAll(t, write(t, "a.csv", []byte(strings.Replace(data, "示例半导体有限公司", "真的公司", 1))), jiqiao.KindNeed)
	if len(rows) != 1 || len(rows[0].Errors) != 1 || !strings.Contains(Sentence(rows[0].Errors[0]), "第 2 行「需求名称」以【示例】开头") {
		t.Errorf("got %+v", rows[0].Errors)
	}
	rows = readAll(t, write(t, "b.csv", []byte(strings.Replace(data, sampleMark, "", 1))), jiqiao.KindNeed)
	if len(rows) != 1 || !rows[0].OK() {
		t.Fatalf("got %+v", rows)
	}
	if diff := cmp.Diff(Sample(jiqiao.KindNeed), rows[0].Entry); diff != "" {
		t.Error(diff)
	}
}

// A sheet as it comes from a bureau: headings above, titles in another order with brackets and marks, a column of
// ours missing, one of theirs added, blank rows, numbers and dates as the spreadsheet stores them.
func TestToleratesWhatPeopleMake(t *testing.T) {
	rows := [][]any{
		{"盐城市2026年企业技术需求汇总表"}, {"填报单位：", "科技局"}, {},
		{"序号", "＊ 企业名称", "技术需求名称\n（必填）", "拟投入资金（万元）", "期望完成时间", "联系电话", "备注", "合作方式", "需求名称", "所在地区", "是否揭榜挂帅"},
		{1, " 甲公司 ", "提升碳化硅外延\n厚度均匀性", 50, 46348, 13800138000, "急", "技术转让、技术许可", "", "江苏省盐城市大丰区", "√"},
		{}, {"", "", ""},
		{2, "乙公司", "需求二", "５０－１００万", "2026年11月", "0515-88888888", "", "不限", "", "盐城", "否"},
	}
	check := func(t *testing.T, path string) {
		r, err := Open(path, jiqiao.KindNeed, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if diff := cmp.Diff([]string{"序号", "备注", "需求名称"}, r.Ignored()); diff != "" {
			t.Error(diff)
		}
		var got []*jiqiao.Need
		var numbers []int
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || !row.OK() {
				t.Fatalf("%v %+v", err, row)
			}
			got = append(got, row.Entry.Record.(*jiqiao.Need))
			numbers = append(numbers, row.Number)
		}
		first, second := &jiqiao.Need{Deadline: "2026-11-22", Challenge: true}, &jiqiao.Need{Deadline: "2026-11-30"}
		first.Title, first.Owner.Name, first.Price, first.Region = "提升碳化硅外延厚度均匀性", "甲公司", jiqiao.WanYuan(50), "320904"
		first.Contact.Mobile, first.Cooperation = "13800138000", []string{"transfer", "licence"}
		second.Title, second.Owner.Name, second.Price, second.Region = "需求二", "乙公司", amounts(50*jiqiao.Wan, 100*jiqiao.Wan), "320900"
		second.Contact.Phone = "0515-88888888"
		if diff := cmp.Diff([]*jiqiao.Need{first, second}, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]int{5, 8}, numbers); diff != "" {
			t.Error(diff)
		}
	}
	t.Run("xlsx", func(t *testing.T) {
		check(t, write(t, "x.xlsx", workbook(t, rows, func(f *excelize.File) {
			_ = f.MergeCell("Sheet1", "A1", "K1")
			_ = f.SetRowVisible("Sheet1", 2, false)
			style, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
			_ = f.SetCellStyle("Sheet1", "E5", "E5", style)
			_, _ = f.NewSheet("别的")
		})))
	})
	t.Run("1904", func(t *testing.T) {
		shifted := append([][]any{}, rows...)
		shifted[4] = append([]any{}, rows[4]...)
		shifted[4][4] = 46348 - serial1904
		check(t, write(t, "x.xlsx", workbook(t, shifted, func(f *excelize.File) {
			yes := true
			_ = f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
		})))
	})
	for name, comma := range map[string]string{"comma": ",", "semicolon": ";", "tab": "\t"} {
		var text strings.Builder
		for _, row := range rows {
			for i, c := range row {
				if i > 0 {
					text.WriteString(comma)
				}
				switch c := c.(type) {
				case int:
					text.WriteString(strconv.Itoa(c))
				case string:
					text.WriteString(`"` + c + `"`)
				}
			}
			text.WriteString("\r\n")
		}
		gbk, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text.String()))
		if err != nil {
			t.Fatal(err)
		}
		utf16le := []byte("\xFF\xFE")
		for _, u := range utf16.Encode([]rune(text.String())) {
			utf16le = binary.LittleEndian.AppendUint16(utf16le, u)
		}
		t.Run(name+" utf-8", func(t *testing.T) { check(t, write(t, "x.csv", []byte(text.String()))) })
		t.Run(name+" bom", func(t *testing.T) { check(t, write(t, "x.csv", append([]byte("\xEF\xBB\xBF"), text.String()...))) })
		t.Run(name+" gb18030", func(t *testing.T) { check(t, write(t, "x.csv", gbk)) })
		t.Run(name+" utf-16", func(t *testing.T) { check(t, write(t, "x.csv", utf16le)) })
	}
}

func TestCellErrors(t *testing.T) {
	data := []byte("需求名称*,单位名称*,拟投入资金,期望完成时间,合作方式,所在地,统一社会信用代码\n" +
		strings.Repeat("好,单位,50,,,,\n", 10) +
		"坏,,好多,明年,随便,火星市,9.14E+17\n" +
		",单位,#REF!,,,,\n" +
		"乱\xff码,单位,,,,,\n")
	rows := readAll(t, write(t, "x.csv", data), jiqiao.KindNeed)
	var got []string
	for _, r := range rows {
		for _, e := range r.Errors {
			got = append(got, Sentence(e))
		}
	}
	want := []string{
		`第 12 行「单位名称」必填，请填写`,
		`第 12 行「统一社会信用代码」被表格软件改成了科学计数，末尾的数字已丢失；请把该列设为「文本」格式后重新填写，现为"9.14E+17"`,
		`第 12 行「所在地」不在行政区划的可选项中，请从下拉列表中选择，现为"火星市"`,
		`第 12 行「合作方式」不在可选项中，可填：技术转让、技术许可、技术入股、联合（合作）开发、委托研发、技术咨询、技术服务、委托团队、专家长期技术服务、共建新研发/生产实体、其他，现为"随便"`,
		`第 12 行「拟投入资金」应为数字(万元)或「面议」，现为"好多"`,
		`第 12 行「期望完成时间」应为日期，如 2026-11-22、2026/11/22 或 2026年11月，现为"明年"`,
		`第 13 行「需求名称」必填，请填写`,
		`第 13 行「拟投入资金」是公式的错误值，请改填内容，现为"#REF!"`,
		`第 14 行「需求名称」含有无法识别的字符（乱码），请用 UTF-8 编码另存后重新上传，现为"乱�码"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRowNumbersCountAsSpreadsheets(t *testing.T) {
	data := []byte("需求名称,单位名称,主要技术难题\n一,单位,\"第一行\n第二行\n第三行\"\n\n二,单位,x\n")
	rows := readAll(t, write(t, "x.csv", data), jiqiao.KindNeed)
	if len(rows) != 2 || rows[0].Number != 2 || rows[1].Number != 4 {
		t.Errorf("got rows %d and %d, want 2 and 4", rows[0].Number, rows[1].Number)
	}
}

func TestJSONL(t *testing.T) {
	data := strings.Join([]string{
		`{"id":"n_x","version":7,"title":" 需求一 ","owner":{"id":"o_x","name":"甲"},"region":"盐城市","price":{"kind":"amount","min":100,"max":100},"nonsense":1,"organisation":{"scale":"small"}}`,
		``,
		`{"title":"需求二"`,
		`{"title":"需求三","owner":{"name":"乙"},"price":{"kind":"amount","min":"很多"}}`,
		`{"title":"需求四"}`,
		`{"title":"需求五","owner":{"name":"乙"},"region":"000000"}`,
		"{\"title\":\"需求\xff\"}",
	}, "\n")
	path := write(t, "x.jsonl", []byte(data))
	rows := readAll(t, path, jiqiao.KindNeed)
	n := rows[0].Entry.Record.(*jiqiao.Need)
	if !rows[0].OK() || n.ID != "" || n.Version != 0 || n.Owner.ID != "" || n.Title != "需求一" || n.Region != "320900" || rows[0].Entry.Organisation.Scale != "small" {
		t.Errorf("got %+v %+v", n, rows[0])
	}
	var got []string
	for _, r := range rows {
		for _, e := range r.Errors {
			got = append(got, Sentence(e))
		}
	}
	want := []string{
		`第 3 行不是有效的 JSON 对象，每行应是一条记录，现为"{"title":"需求二""`,
		`第 4 行「拟投入资金」字段 price.min 的类型不对，不能是文字`,
		`第 5 行「单位名称」必填，请填写字段 owner.name`,
		`第 6 行「所在地」行政区划中没有「000000」，请从列表中选择，现为"000000"`,
		`第 7 行含有无法识别的字符（不是有效的 UTF-8），请用 UTF-8 编码保存，现为"{"title":"需求�"}"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// An update touches only what the file has columns for; empty cells leave alone what is there, and a masked contact stays.
// In jsonl an empty value is a statement.
func TestOver(t *testing.T) {
	base := Sample(jiqiao.KindNeed)
	base.Record.Head().ID, base.Record.Head().Status = "n_1", jiqiao.StatusPaused
	path := write(t, "x.csv", []byte("需求名称,单位名称,需求背景,关键词,拟投入资金,期望完成时间,是否揭榜挂帅,联系人,手机,邮箱,企业规模,状态\n新名称,单位, ,,面议,,,,138****0000,,,\n"))
	row := readAll(t, path, jiqiao.KindNeed)[0]
	got, faults := row.Over(base)
	if len(faults) > 0 {
		t.Errorf("errors %v", faults)
	}
	want := base.clone()
	n := want.Record.(*jiqiao.Need)
	n.Title, n.Owner.Name, n.Price = "新名称", "单位", jiqiao.Negotiable()
	want.Organisation.Name = "单位"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	line := readAll(t, write(t, "x.jsonl", []byte(`{"title":"新名称","owner":{"name":"单位"},"background":"","price":{"kind":"negotiable"}}`)), jiqiao.KindNeed)[0]
	got, faults = line.Over(base)
	n.Background = ""
	if diff := cmp.Diff(want, got); diff != "" || len(faults) > 0 {
		t.Error(diff, faults)
	}
	// Fine on its own, wrong with what is stored: an amount for open bidding, which the stored need is not.
	base.Record.(*jiqiao.Need).Challenge = false
	row = readAll(t, write(t, "y.csv", []byte("需求名称,单位名称,是否揭榜挂帅,榜单金额\n名称,单位,是,50\n")), jiqiao.KindNeed)[0]
	if _, faults := row.Over(base); len(faults) > 0 || !row.OK() {
		t.Errorf("errors %v %v", faults, row.Errors)
	}
	row = readAll(t, write(t, "z.csv", []byte("需求名称,单位名称,是否揭榜挂帅\n名称,单位,否\n")), jiqiao.KindNeed)[0]
	base.Record.(*jiqiao.Need).Bounty = jiqiao.WanYuan(50)
	if _, faults := row.Over(base); len(faults) != 1 || faults[0].Column != "榜单金额" {
		t.Errorf("errors %v", faults)
	}
}

func TestWarningsConcernWhatTheFileStates(t *testing.T) {
	for name, c := range map[string]struct {
		file, content string
		want          []string
	}{
		"no columns":    {"a.csv", "需求名称,单位名称\n一,甲\n", nil},
		"empty columns": {"b.csv", "需求名称,单位名称,主要技术难题,联系人\n一,甲,,王工\n", []string{"联系人/", "主要技术难题/"}},
		"odd values":    {"c.csv", "需求名称,单位名称,手机,邮箱\n一,甲,12345,x\n", []string{"手机/12345", "邮箱/x"}},
		"no keys":       {"d.jsonl", `{"title":"一","owner":{"name":"甲"}}`, nil},
		"odd keys":      {"e.jsonl", `{"title":"一","owner":{"name":"甲","credit_code":"12"},"problem":""}`, []string{"统一社会信用代码/12", "主要技术难题/"}},
	} {
		t.Run(name, func(t *testing.T) {
			row := readAll(t, write(t, c.file, []byte(c.content)), jiqiao.KindNeed)[0]
			if !row.OK() {
				t.Fatal(row.Errors)
			}
			var got []string
			for _, w := range row.Warnings(row.Entry) {
				got = append(got, w.Column+"/"+w.Value)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrorBook(t *testing.T) {
	source := workbook(t, [][]any{
		{"说明"}, {"备注", "需求名称", "单位名称", "拟投入资金"},
		{"a", "好的", "单位", 50}, {"=b", "坏的", "单位", "好多"}, {"c", "", "", "面议"},
	})
	r, err := Open(write(t, "x.xlsx", source), jiqiao.KindNeed, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var book bytes.Buffer
	err = CopyErrors(t.Context(), &book, r, jiqiao.KindNeed, func(row *Row) []jiqiao.CellError { return nil })
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(book.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("技术需求")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"备注", "需求名称", "单位名称", "拟投入资金", "错误说明"},
		{"'=b", "坏的", "单位", "好多", "「拟投入资金」应为数字(万元)或「面议」"},
		{"c", "", "", "面议", "「需求名称」必填，请填写\n「单位名称」必填，请填写"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	notes, err := f.GetComments("技术需求")
	if err != nil || len(notes) != 3 || notes[0].Cell != "D2" {
		t.Errorf("notes %+v, %v", notes, err)
	}
	style, err := f.GetCellStyle("技术需求", "D2")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := f.GetStyle(style); err != nil || len(s.Fill.Color) == 0 || s.Fill.Color[0] != "FFC7CE" {
		t.Errorf("the bad cell is not coloured: %+v %v", s, err)
	}

	// Corrected and sent back, it imports; what was not corrected fails again, with one column of errors.
	if err := errors.Join(f.SetCellStr("技术需求", "D2", "60万"), f.SetCellStr("技术需求", "B3", "补上")); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := f.Write(&again); err != nil {
		t.Fatal(err)
	}
	path := write(t, "again.xlsx", again.Bytes())
	second := readAll(t, path, jiqiao.KindNeed)
	if len(second) != 2 || !second[0].OK() || len(second[1].Errors) != 1 || second[0].Entry.Record.Head().Price != jiqiao.WanYuan(60) {
		t.Errorf("got %+v", second)
	}
}
