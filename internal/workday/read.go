package workday

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jiqiao"
)

//go:embed holidays.tsv
var holidays string

// Default is the calendar that comes with the program.
func Default() (*Calendar, error) {
	c, err := Read(strings.NewReader(holidays))
	if err != nil {
		return nil, fmt.Errorf("workday: built-in holidays: %w", err)
	}
	return c, nil
}

// Open is the built-in calendar with the file's days and years in place of its own; without a path it is Default. The
// file is written like holidays.tsv.
func Open(path string) (*Calendar, error) {
	c, err := Default()
	if err != nil || path == "" {
		return c, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeInvalid, "节假日文件 "+path+" 无法读取，请检查路径与权限", err)
	}
	defer file.Close()
	more, err := Read(file)
	if err != nil {
		return nil, jiqiao.Fail(jiqiao.CodeInvalid, "节假日文件 "+path+" 的写法有误："+err.Error(), err)
	}
	return c.With(more.all(), more.years), nil
}

func (c *Calendar) all() []Day {
	days := make([]Day, 0, len(c.days))
	for _, d := range c.days {
		days = append(days, d)
	}
	return days
}

// maxRange is the longest run of days that one line may name.
const maxRange = 60

// Read reads a table of days and years. An error names the line, in Chinese.
func Read(r io.Reader) (*Calendar, error) {
	c := (&Calendar{}).With(nil, nil)
	scanner := bufio.NewScanner(r)
	for line := 1; scanner.Scan(); line++ {
		text := strings.TrimRight(strings.TrimPrefix(scanner.Text(), "\ufeff"), " \t\r")
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if err := c.readLine(text); err != nil {
			return nil, fmt.Errorf("第 %d 行：%w", line, err)
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	return c, nil
}

func (c *Calendar) readLine(text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("不是有效的 UTF-8 文字")
	}
	parts := strings.SplitN(text, "\t", 3)
	if len(parts) < 2 {
		return fmt.Errorf("应为以制表符分开的三列：日期、off（放假）或 work（上班）、名称")
	}
	name := ""
	if len(parts) == 3 {
		name = strings.TrimSpace(parts[2])
	}
	when, kind := strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1])
	if kind == "known" {
		year, err := strconv.Atoi(when)
		if err != nil || year < 2000 || year > 2200 {
			return fmt.Errorf("年份 %q 应为四位数字", when)
		}
		c.years[year] = name
		return nil
	}
	if k := Kind(kind); k != Off && k != Work {
		return fmt.Errorf("第二列 %q 应为 off（放假）、work（上班）或 known（该年已公布）", kind)
	}
	days, err := expand(when)
	for _, day := range days {
		c.days[day] = Day{Day: day, Kind: Kind(kind), Name: name}
	}
	return err
}

// expand is the days of "2026-10-01" or "2026-10-01..2026-10-07".
func expand(text string) ([]jiqiao.Date, error) {
	first, last, ranged := strings.Cut(text, "..")
	if !ranged {
		last = first
	}
	from, errFrom := jiqiao.Date(first).Time()
	to, errTo := jiqiao.Date(last).Time()
	if errFrom != nil || errTo != nil {
		return nil, fmt.Errorf("日期 %q 应写作 2026-10-01 或 2026-10-01..2026-10-07", text)
	}
	var days []jiqiao.Date
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		if len(days) == maxRange {
			return nil, fmt.Errorf("日期范围 %q 超过 %d 天", text, maxRange)
		}
		days = append(days, jiqiao.Date(day.Format(time.DateOnly)))
	}
	if len(days) == 0 {
		return nil, fmt.Errorf("日期范围 %q 的结束早于开始", text)
	}
	return days, nil
}
