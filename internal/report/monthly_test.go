package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

var update = flag.Bool("update", false, "write the golden files anew")

func ptr(v float64) *float64 { return &v }

// cards are the month's, of a service that has a last year.
func cards() []jiqiao.PeriodCard {
	card := func(name, label string, unit jiqiao.Unit, value float64, before, lastYear *float64) jiqiao.PeriodCard {
		return jiqiao.PeriodCard{
			Card: jiqiao.Card{Name: name, Label: label, Definition: label + "的口径", Unit: unit, Value: value},
			Has:  true, Before: before, LastYear: lastYear,
		}
	}
	rate := card("response_rate", "响应率", jiqiao.UnitPart, 0, ptr(0.5), nil)
	rate.Has = false
	return []jiqiao.PeriodCard{
		card("needs", "技术需求", jiqiao.UnitCount, 10, ptr(9), ptr(0)),
		card("achievements", "科技成果", jiqiao.UnitCount, 0, ptr(0), ptr(4)),
		card("introductions", "线上对接", jiqiao.UnitCount, 9, ptr(9), ptr(12)),
		rate,
		card("mean_answer_hours", "平均响应时间", jiqiao.UnitHours, 76.9, ptr(51.7), ptr(80)),
		card("mutual", "双方有意向", jiqiao.UnitCount, 5, ptr(6), nil),
		card("contracts", "签约合同", jiqiao.UnitCount, 4, ptr(3), ptr(2)),
		card("contract_amount", "签约额", jiqiao.UnitMoney, 750_000_000, ptr(450_000_000), ptr(750_000_000)),
		card("registrations", "认定登记", jiqiao.UnitCount, 3, ptr(2), ptr(6)),
		card("registered_amount", "登记技术交易额", jiqiao.UnitMoney, 396_000_000, ptr(297_000_000), nil),
		card("payments", "到账额", jiqiao.UnitMoney, 1_234_560_000, ptr(-5_000_000), nil),
	}
}

func sample() jiqiao.MonthlyReport {
	due := time.Date(2026, 11, 6, 16, 0, 0, 0, time.UTC)
	month := jiqiao.Cockpit{
		From: "2026-10", Until: "2026-10", Day: "2026-10-31", Cards: cards(), Before: jiqiao.DaySpan{Known: true}, LastYear: jiqiao.DaySpan{Known: true},
		Funnel: []jiqiao.FunnelStep{
			{Name: "needs", Label: "需求", Indicator: jiqiao.IndicatorNeeds, Value: 10},
			{Name: "candidates", Label: "候选", Indicator: jiqiao.IndicatorCandidates, Value: 14, Rate: ptr(1.4), RateLabel: "平均每条需求的候选数"},
			{Name: "accepted", Label: "采纳", Indicator: jiqiao.IndicatorDecisions, Value: 9, Rate: ptr(9.0 / 14), RateLabel: "采纳 ÷ 候选"},
		},
	}
	year := month
	year.From, year.Passed = "2026-01", 304.0/365
	year.Goals = []jiqiao.Card{
		{Name: "needs", Label: "技术需求", Unit: jiqiao.UnitCount, Value: 61, Target: 100, Reached: 0.61},
		{Name: "contracts", Label: "签约合同", Unit: jiqiao.UnitCount, Value: 21, Target: 20, Reached: 1.05},
		{Name: "response_rate", Label: "响应率", Unit: jiqiao.UnitPart, Value: 0.837, Target: 0.9, Reached: 0.93},
	}
	year.ByRegion = []jiqiao.Figure{
		{Indicator: "needs", Key: "320904", Label: "大丰区", Value: 9}, {Indicator: "needs", Key: "320903", Label: "盐都区", Value: 12},
		{Indicator: "registered_amount", Key: "320903", Label: "盐都区", Value: 333_000_000},
	}
	return jiqiao.MonthlyReport{
		Month: "2026-10", Region: "320900", Cockpit: month, Year: year, At: time.Date(2026, 11, 10, 1, 0, 0, 0, time.UTC),
		Brokers: []jiqiao.BrokerFigures{{Name: "乐思齐", Open: 1, Late: 1, Accepted: 2, Rejected: 1, Introductions: 2, Mutual: 1, Asked: 4, Answered: 3, Registered: 225_000_000}, {Name: "新人"}},
		Ageing:  []jiqiao.Ageing{{What: "answers", Label: "待答复的对接", Total: 4, Late: 1, Days: []int{1, 3, 7}, Counts: []int{0, 2, 2, 0}}},
		Late: []jiqiao.WaitingItem{{
			Object: jiqiao.Ref{Type: "introduction"}, Title: `光伏 <组件> & "剥离"`, Other: "热剥离设备", Awaits: []jiqiao.Kind{jiqiao.KindNeed, jiqiao.KindAchievement}, Due: &due, Days: 9,
		}},
	}
}

// written are the parts of the report as a file.
func written(t *testing.T, r jiqiao.MonthlyReport) map[string]string {
	t.Helper()
	var file bytes.Buffer
	if err := (Writer{}).Monthly(&file, r); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(content)
	}
	return parts
}

var (
	paragraphEnd = regexp.MustCompile(`</w:p>`)
	cellEnd      = regexp.MustCompile(`</w:p></w:tc>`)
	rowEnd       = regexp.MustCompile(`</w:tr>`)
	tags         = regexp.MustCompile(`<[^>]+>`)
)

// text is what one reads of the document: a line for each paragraph and each row.
func text(document string) string {
	s := cellEnd.ReplaceAllString(document, " | ")
	s = rowEnd.ReplaceAllString(s, "\n")
	s = paragraphEnd.ReplaceAllString(s, "\n")
	s = tags.ReplaceAllString(s, "")
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&#34;", `"`, " | \n", "\n").Replace(s)
}

func TestMonthlyReads(t *testing.T) {
	got := text(written(t, sample())["word/document.xml"])
	path := filepath.Join("testdata", "monthly.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Every part is well-formed XML, every part that is named is there, and every style that is used is defined.
func TestTheFileIsWhole(t *testing.T) {
	parts := written(t, sample())
	for name, content := range parts {
		d := xml.NewDecoder(strings.NewReader(content))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	for _, m := range regexp.MustCompile(`PartName="/([^"]+)"`).FindAllStringSubmatch(parts["[Content_Types].xml"], -1) {
		if parts[m[1]] == "" {
			t.Errorf("%s is not there", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`Target="([^"]+)"`).FindAllStringSubmatch(parts["word/_rels/document.xml.rels"], -1) {
		if parts["word/"+m[1]] == "" {
			t.Errorf("%s is not there", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`<w:(?:pStyle|tblStyle|basedOn|next) w:val="([^"]+)"`).FindAllStringSubmatch(parts["word/document.xml"]+parts["word/styles.xml"]+parts["word/footer1.xml"], -1) {
		if !strings.Contains(parts["word/styles.xml"], `w:styleId="`+m[1]+`"`) {
			t.Errorf("the style %s is not defined", m[1])
		}
	}
	if !strings.Contains(parts["word/footer1.xml"], "PAGE") || !strings.Contains(parts["word/styles.xml"], "宋体") {
		t.Error("no page number, or no Chinese font")
	}
}

func TestTheRunningMonthSaysSo(t *testing.T) {
	r := sample()
	r.At = time.Date(2026, 10, 30, 16, 30, 0, 0, time.UTC) // the 31st in Beijing
	if got := text(written(t, r)["word/document.xml"]); !strings.Contains(got, "本月尚未结束") || !strings.Contains(got, "上月同期") {
		t.Error("the running month reads like one that is over")
	}
	r.At = time.Date(2026, 10, 31, 16, 0, 0, 0, time.UTC) // November in Beijing
	if got := text(written(t, r)["word/document.xml"]); strings.Contains(got, "本月尚未结束") {
		t.Error("the month is over in Beijing")
	}
}

func TestNothingAtAllIsAReport(t *testing.T) {
	got := text(written(t, jiqiao.MonthlyReport{Month: "2026-10", At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)})["word/document.xml"])
	for _, want := range []string{"全部地区", "今年没有设定目标", "没有技术经理人", "没有逾期", "上月和去年同期系统中没有记录"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said", want)
		}
	}
}

func TestChangesAreSaidRightly(t *testing.T) {
	count, part, hours, money := jiqiao.Card{Name: "needs"}, jiqiao.Card{Unit: jiqiao.UnitPart}, jiqiao.Card{Unit: jiqiao.UnitHours}, jiqiao.Card{Unit: jiqiao.UnitMoney}
	for _, c := range []struct {
		card      jiqiao.Card
		now, then float64
		want      string
	}{
		{count, 10, 9, "比上月（9 条）增长 11.1%"}, {count, 3, 9, "比上月（9 条）下降 66.7%"}, {count, 9, 9, "与上月持平"},
		{count, 0, 0, "与上月同为零"}, {count, 4, 0, "上月为零"}, {count, 0, 4, "比上月（4 条）下降 100%"},
		{part, 0.5, 0.45, "比上月（45%）提高 5 个百分点"}, {part, 0.4, 0.45, "比上月（45%）降低 5 个百分点"}, {part, 0.45004, 0.45, "与上月持平"},
		{hours, 60, 70.5, "比上月（70.5 小时）缩短 10.5 小时"}, {money, 150_000_000, 100_000_000, "比上月（100 万元）增长 50%"},
		{money, 5, -100_000_000, "上月为负数"},
	} {
		if got := change(c.card, c.now, &c.then, "上月"); got != c.want {
			t.Errorf("%v after %v: %q, want %q", c.now, c.then, got, c.want)
		}
	}
	if got := change(count, 1, nil, "上月"); got != "" {
		t.Errorf("compared with nothing: %q", got)
	}
}
