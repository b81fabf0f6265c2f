package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"jiqiao"
)

const dateHelp = "应为日期，如 2026-11-22、2026/11/22 或 2026年11月"

var (
	datePattern = regexp.MustCompile(`^(\d{4})[-/.年](?:(\d{1,2})(?:[-/.月](?:(\d{1,2})日?|底|末)?)?|底|末)?$`)
	dateCompact = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	dateSerial  = regexp.MustCompile(`^(\d{5})(?:\.\d+)?$`)
	dateTime    = regexp.MustCompile(`^(.*\d日?)[ T]\d{1,2}:\d{2}(?::\d{2})?.*$`)
)

// Serial dates of spreadsheets that are read as dates: 1950 to 2119. Outside lie postcodes and mistakes.
const (
	serialFirst = 18_264
	serialLast  = 80_353
)

// parseDate reads a day as people type it. A month or year alone stands for its last day when endOfPeriod (deadlines),
// else for its first. Serial numbers are those of the 1900 date system; see rebaseSerial for the other.
func parseDate(cell string, endOfPeriod bool) (jiqiao.Date, error) {
	s := fold(cell)
	if m := dateTime.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	s = strings.ReplaceAll(squeeze(s), "号", "日")
	if blank(s) || s == "长期" || s == "长期有效" || s == "不限" {
		return "", nil
	}
	if m := dateSerial.FindStringSubmatch(s); m != nil {
		serial, _ := strconv.Atoi(m[1])
		if serial < serialFirst || serial > serialLast {
			return "", problem(dateHelp)
		}
		// Day 1 is 1900-01-01, and 1900-02-29 is counted though it never was: hence the base two days earlier.
		return dateOf(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, serial)), nil
	}
	if m := dateCompact.FindStringSubmatch(s); m != nil {
		return day(m[1], m[2], m[3], endOfPeriod)
	}
	if len(s) == 4 {
		s += "年"
	}
	m := datePattern.FindStringSubmatch(s)
	if m == nil {
		return "", problem(dateHelp)
	}
	return day(m[1], m[2], m[3], endOfPeriod || strings.HasSuffix(s, "底") || strings.HasSuffix(s, "末"))
}

// day assembles a date from the parts given; month and day may be empty.
func day(year, month, dayOfMonth string, endOfPeriod bool) (jiqiao.Date, error) {
	y, _ := strconv.Atoi(year)
	if y < 1900 || y > 2200 {
		return "", problem("年份应在 1900 到 2200 之间")
	}
	switch {
	case month == "" && endOfPeriod:
		return dateOf(time.Date(y, 12, 31, 0, 0, 0, 0, time.UTC)), nil
	case month == "":
		return dateOf(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)), nil
	}
	mo, _ := strconv.Atoi(month)
	if mo < 1 || mo > 12 {
		return "", problem("月份应在 1 到 12 之间")
	}
	last := time.Date(y, time.Month(mo)+1, 0, 0, 0, 0, 0, time.UTC)
	switch {
	case dayOfMonth == "" && endOfPeriod:
		return dateOf(last), nil
	case dayOfMonth == "":
		dayOfMonth = "1"
	}
	d, _ := strconv.Atoi(dayOfMonth)
	if d < 1 || d > last.Day() {
		return "", problem(strconv.Itoa(y) + "年" + strconv.Itoa(mo) + "月没有这一天，请检查日期")
	}
	return dateOf(time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC)), nil
}

func dateOf(t time.Time) jiqiao.Date { return jiqiao.Date(t.Format(time.DateOnly)) }

// serial1904 is the distance of the two date systems of spreadsheets, in days.
const serial1904 = 1462

// rebaseSerial turns a serial date of the 1904 system, used by old files of Excel for Mac, into the 1900 system's.
func rebaseSerial(cell string) string {
	if m := dateSerial.FindStringSubmatch(cell); m != nil {
		serial, _ := strconv.Atoi(m[1])
		return strconv.Itoa(serial + serial1904)
	}
	return cell
}
