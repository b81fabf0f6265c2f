package workday

import (
	"context"
	"fmt"
	"strconv"

	"jiqiao"
)

// Settings keeps what operators set.
type Settings interface {
	// Setting leaves v as it is when nothing was set.
	Setting(ctx context.Context, name string, v any) (version int64, err error)
	PutSetting(ctx context.Context, name string, version int64, v any) (int64, error)
}

// settingName is the name of the setting.
const settingName = "calendar"

// The limits of what operators add.
const (
	maxDays  = 2000
	maxYears = 20
	maxName  = 100 // characters
)

// validate reports every field that breaks a rule.
func validate(a jiqiao.AddedDays) error {
	var wrong []jiqiao.FieldError
	add := func(field, message string) {
		wrong = append(wrong, jiqiao.FieldError{Field: field, Message: message})
	}
	if len(a.Days) > maxDays {
		add("days", "最多补充 "+strconv.Itoa(maxDays)+" 天")
	}
	seen := map[jiqiao.Date]bool{}
	for i, d := range a.Days {
		at := "days[" + strconv.Itoa(i) + "]"
		if t, err := d.Day.Time(); err != nil || t.Year() < 2000 || t.Year() > 2200 {
			add(at+".day", "日期应写作 2027-01-01")
		}
		if d.Kind != Off && d.Kind != Work {
			add(at+".kind", "应为 off（放假）或 work（调休上班）")
		}
		if len([]rune(d.Name)) > maxName {
			add(at+".name", "名称最多 "+strconv.Itoa(maxName)+" 个字")
		}
		if seen[d.Day] {
			add(at+".day", "这一天重复了，请删除一个")
		}
		seen[d.Day] = true
	}
	if len(a.Years) > maxYears {
		add("years", "最多补充 "+strconv.Itoa(maxYears)+" 年")
	}
	for year, source := range a.Years {
		if year < 2000 || year > 2200 || source == "" || len([]rune(source)) > maxName {
			add("years", "请为每一年写明安排的出处，如「国务院办公厅关于 "+strconv.Itoa(year)+" 年部分节假日安排的通知」")
		}
	}
	return jiqiao.Invalid(wrong)
}

// Book is the calendar in force: the one that the program was started with, and what operators added since.
type Book struct {
	base     *Calendar
	settings Settings
}

// NewBook makes a Book over a calendar.
func NewBook(base *Calendar, settings Settings) *Book { return &Book{base: base, settings: settings} }

// Calendar is the calendar in force.
func (b *Book) Calendar(ctx context.Context) (*Calendar, error) {
	added, _, err := b.Added(ctx)
	if err != nil {
		return nil, err
	}
	if len(added.Days) == 0 && len(added.Years) == 0 {
		return b.base, nil
	}
	return b.base.With(added.Days, added.Years), nil
}

// Added is what operators added, and its version, 0 for nothing yet.
func (b *Book) Added(ctx context.Context) (jiqiao.AddedDays, int64, error) {
	added := jiqiao.AddedDays{}
	version, err := b.settings.Setting(ctx, settingName, &added)
	if err != nil {
		return added, 0, fmt.Errorf("read the calendar: %w", err)
	}
	if added.Days == nil {
		added.Days = []Day{}
	}
	if added.Years == nil {
		added.Years = map[int]string{}
	}
	return added, version, nil
}

// Set replaces what operators added when the version is still the present one, and is the new one; CodeConflict otherwise.
func (b *Book) Set(ctx context.Context, version int64, added jiqiao.AddedDays) (int64, error) {
	if err := validate(added); err != nil {
		return 0, err
	}
	return b.settings.PutSetting(ctx, settingName, version, added)
}

// Year is one year of the calendar in force.
func (b *Book) Year(ctx context.Context, year int) (jiqiao.WorkCalendar, error) {
	added, version, err := b.Added(ctx)
	if err != nil {
		return jiqiao.WorkCalendar{}, err
	}
	c := b.base.With(added.Days, added.Years)
	shown := jiqiao.WorkCalendar{
		Year: year, Source: c.Source(year), Days: c.Days(year), Known: c.Years(), Added: added, Version: version,
	}
	if shown.Days == nil {
		shown.Days = []Day{}
	}
	if shown.Source == "" {
		day := jiqiao.Date(strconv.Itoa(year) + "-01-01")
		shown.Warning = c.Warning(day, day)
	}
	return shown, nil
}
