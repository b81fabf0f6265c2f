package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"jiqiao"
)

// Writer writes reports.
type Writer struct{}

// listed is how many counties and industries the report names.
const listed = 10

// Monthly writes the 月报.
func (Writer) Monthly(w io.Writer, r jiqiao.MonthlyReport) error {
	m := monthly{MonthlyReport: r, day: r.Cockpit.Day}
	m.before, m.lastYear = "上月", "去年同期"
	if m.running() {
		m.before = "上月同期"
	}
	m.head()
	m.summary()
	m.goals()
	m.cards()
	m.funnel()
	m.brokers()
	m.places()
	m.waiting()
	m.notes()
	return m.doc.write(w)
}

type monthly struct {
	jiqiao.MonthlyReport
	doc              document
	day              jiqiao.Date
	before, lastYear string
}

// running tells whether the month is not over.
func (m *monthly) running() bool { return m.Month == string(jiqiao.DayOf(m.At))[:len(m.Month)] }

func (m *monthly) place() string {
	if m.Region == "" {
		return "全部地区"
	}
	return jiqiao.CodeLabel("region", m.Region)
}

func (m *monthly) head() {
	m.doc.title(chineseMonth(m.Month) + "技术转移工作月报")
	m.doc.subtitle("统计范围：" + m.place())
	m.doc.subtitle("编制日期：" + jiqiao.DayOf(m.At).Chinese())
	if m.running() {
		m.doc.note("本月尚未结束，各项数据统计到 " + m.day.Chinese() + "，与上月和去年的相同日子比较。")
	}
}

// named finds a card.
func named(c jiqiao.Cockpit, name string) jiqiao.PeriodCard {
	for _, card := range c.Cards {
		if card.Name == name {
			return card
		}
	}
	return jiqiao.PeriodCard{}
}

func (m *monthly) summary() {
	m.doc.heading("一、本月概况")
	for _, group := range [][]string{
		{"needs", "achievements"}, {"introductions", "mutual", "response_rate", "mean_answer_hours"},
		{"contracts", "contract_amount"}, {"registrations", "registered_amount", "payments"},
	} {
		said := make([]string, len(group))
		for i, name := range group {
			said[i] = sentence(named(m.Cockpit, name), m.before, m.lastYear)
		}
		m.doc.text(strings.Join(said, "；") + "。")
	}
	var year []string
	for _, name := range []string{"needs", "achievements", "contracts", "contract_amount", "registered_amount"} {
		year = append(year, sentence(named(m.Year, name), "", m.lastYear))
	}
	m.doc.text("今年以来累计：" + strings.Join(year, "；") + "。")
	var missing []string
	if !m.Cockpit.Before.Known {
		missing = append(missing, m.before)
	}
	if !m.Cockpit.LastYear.Known {
		missing = append(missing, m.lastYear)
	}
	if len(missing) > 0 {
		m.doc.note(strings.Join(missing, "和") + "系统中没有记录，不作比较。")
	}
}

func (m *monthly) goals() {
	m.doc.heading("二、年度目标完成情况")
	if len(m.Year.Goals) == 0 {
		m.doc.text("今年没有设定目标。")
		return
	}
	m.doc.text("截至 " + m.Year.Day.Chinese() + "，全年时间进度 " + percent(m.Year.Passed) + "。")
	var rows [][]string
	for _, g := range m.Year.Goals {
		pace := either(g.Reached >= m.Year.Passed, "达到时间进度", "低于时间进度")
		if g.Unit == jiqiao.UnitPart {
			pace = either(g.Reached >= 1, "达到目标", "低于目标")
		} else if g.Reached >= 1 {
			pace = "已完成"
		}
		rows = append(rows, []string{g.Label, value(g, g.Target), value(g, g.Value), percent(g.Reached), pace})
	}
	m.doc.table("年度目标完成情况", []column{{"指标", 26, false}, {"全年目标", 20, true}, {"累计完成", 20, true}, {"完成进度", 15, true}, {"进度", 19, false}}, rows)
}

func (m *monthly) cards() {
	m.doc.heading("三、主要指标")
	var rows [][]string
	for _, c := range m.Cockpit.Cards {
		shown := "—"
		if c.Has {
			shown = value(c.Card, c.Value)
		}
		total := named(m.Year, c.Name)
		sum := "—"
		if total.Has {
			sum = value(total.Card, total.Value)
		}
		rows = append(rows, []string{c.Label, shown, growth(c, c.Before), growth(c, c.LastYear), sum, growth(total, total.LastYear)})
	}
	m.doc.table("主要指标", []column{
		{"指标", 22, false}, {"本月", 15, true}, {"环比", 16, true}, {"同比", 16, true}, {"今年累计", 15, true}, {"累计同比", 16, true},
	}, rows)
}

func (m *monthly) funnel() {
	m.doc.heading("四、对接转化")
	var rows [][]string
	for i, step := range m.Cockpit.Funnel {
		year := m.Year.Funnel[i]
		rows = append(rows, []string{
			step.Label, count(step.Value), rate(step), count(year.Value), rate(year), step.RateLabel,
		})
	}
	m.doc.table("从需求到登记", []column{
		{"环节", 12, false}, {"本月", 12, true}, {"本月转化", 15, true}, {"今年累计", 14, true}, {"累计转化", 15, true}, {"转化率的算法", 32, false},
	}, rows)
	m.doc.note("各环节按各自发生的日期统计，不是同一批需求，所以转化率可能超过 100%。")
}

// rate is a step's conversion: a part, or for what comes of one need a number.
func rate(s jiqiao.FunnelStep) string {
	switch {
	case s.Rate == nil:
		return "—"
	case s.Indicator == jiqiao.IndicatorCandidates:
		return number(*s.Rate, 1) + " 个"
	}
	return percent(*s.Rate)
}

func (m *monthly) brokers() {
	m.doc.heading("五、技术经理人工作")
	if len(m.Brokers) == 0 {
		m.doc.text("没有技术经理人。")
		return
	}
	var rows [][]string
	for _, b := range m.Brokers {
		answered := "—"
		if b.Asked > 0 {
			answered = percent(float64(b.Answered) / float64(b.Asked))
		}
		rows = append(rows, []string{
			b.Name, count(b.Open), count(b.Late), count(b.Accepted + b.Rejected), count(b.Accepted),
			count(b.Introductions), answered, count(b.Mutual), count(b.Contracts), wan(float64(b.Registered)),
		})
	}
	m.doc.table("技术经理人在办与本月工作", []column{
		{"姓名", 14, false}, {"在办", 8, true}, {"逾期", 8, true}, {"评议", 8, true}, {"采纳", 8, true}, {"对接", 8, true},
		{"响应率", 12, true}, {"意向", 8, true}, {"签约", 8, true}, {"登记额（万元）", 18, true},
	}, rows)
	m.doc.note("在办和逾期为编制时的数，其余为本月的数。响应率为其发出的对接中双方的答复情况。")
}

// places names the counties and industries with most.
func (m *monthly) places() {
	m.doc.heading("六、地区与行业")
	for _, part := range []struct {
		name, head string
		figures    []jiqiao.Figure
	}{{"需求较多的地区", "地区", m.Year.ByRegion}, {"需求较多的行业", "行业", m.Year.ByDivision}} {
		rows := top(part.figures)
		if len(rows) == 0 {
			m.doc.text("今年还没有" + part.name + "的数据。")
			continue
		}
		m.doc.table(fmt.Sprintf("今年以来%s（前 %d 位）", part.name, len(rows)), []column{
			{"名次", 9, true}, {part.head, 35, false}, {"需求（条）", 13, true}, {"成果（项）", 13, true}, {"签约（份）", 13, true}, {"登记额（万元）", 17, true},
		}, rows)
	}
}

// top are the rows of the keys with most needs.
func top(figures []jiqiao.Figure) [][]string {
	type line struct {
		label  string
		values map[jiqiao.Indicator]int64
	}
	at := map[string]*line{}
	var keys []string
	for _, f := range figures {
		if at[f.Key] == nil {
			at[f.Key] = &line{f.Label, map[jiqiao.Indicator]int64{}}
			keys = append(keys, f.Key)
		}
		at[f.Key].values[f.Indicator] = f.Value
	}
	needs := func(key string) int64 { return at[key].values[jiqiao.IndicatorNeeds] }
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(needs(b), needs(a)), strings.Compare(a, b)) })
	var rows [][]string
	for i, key := range keys[:min(len(keys), listed)] {
		l := at[key]
		rows = append(rows, []string{
			strconv.Itoa(i + 1), l.label, count(l.values[jiqiao.IndicatorNeeds]), count(l.values[jiqiao.IndicatorAchievements]),
			count(l.values[jiqiao.IndicatorContracts]), wan(float64(l.values[jiqiao.IndicatorRegisteredAmount])),
		})
	}
	return rows
}

func (m *monthly) waiting() {
	m.doc.heading("七、待办与逾期")
	var rows [][]string
	for _, a := range m.Ageing {
		row := []string{a.Label, count(a.Total), count(a.Late)}
		for _, n := range a.Counts {
			row = append(row, count(n))
		}
		rows = append(rows, row)
	}
	columns := []column{{"事项", 22, false}, {"合计", 9, true}, {"逾期", 9, true}}
	if len(m.Ageing) > 0 {
		days := m.Ageing[0].Days
		for i := range len(days) + 1 {
			columns = append(columns, column{ageClass(days, i), 60 / (len(days) + 1), true})
		}
	}
	m.doc.table("待办事项等待天数", columns, rows)
	if len(m.Late) == 0 {
		m.doc.text("编制时没有逾期的事项。")
		return
	}
	rows = nil
	for _, w := range m.Late {
		title := w.Title
		if w.Other != "" { // a need may wait with several achievements
			title += "（成果：" + w.Other + "）"
		}
		rows = append(rows, []string{lateKinds[w.Object.Type], title, cmp.Or(w.AwaitsLabel(), w.BrokerName, "—"), cmp.Or(string(w.DueDay()), "—"), count(w.Days)})
	}
	m.doc.table("逾期事项", []column{{"事项", 16, false}, {"题目", 42, false}, {"等待谁", 16, false}, {"最晚", 15, false}, {"已等天数", 11, true}}, rows)
	m.doc.note("每类最多列出等待最久的 20 项。")
}

var lateKinds = map[string]string{"candidate": "候选待评议", "introduction": "对接待答复", "review": "记录待审核"}

// ageClass names the class of waiting between two bounds of days.
func ageClass(days []int, i int) string {
	switch {
	case i == 0:
		return fmt.Sprintf("%d天内", days[0])
	case i == len(days):
		return fmt.Sprintf("%d天以上", days[i-1])
	}
	return fmt.Sprintf("%d～%d天", days[i-1], days[i])
}

func (m *monthly) notes() {
	m.doc.heading("八、统计口径")
	for _, c := range m.Cockpit.Cards {
		m.doc.note(c.Label + "：" + c.Definition + "。")
	}
	m.doc.note("同比为与去年同期相比，环比为与上月相比；比率的变化以百分点表示，上期为零的不计算增长率。")
	m.doc.note("地区与行业按需求方统计；线上对接以后的各项，计入其需求所在的地区和行业。")
	m.doc.note("补录、更正会改变以前月份的数，本报告以编制时的数为准。")
}
