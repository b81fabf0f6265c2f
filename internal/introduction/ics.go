package introduction

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jiqiao"
)

// MeetingFile is the meeting as a file of RFC 5545 that calendars read: tentative until both sides have agreed.
func (s *Service) MeetingFile(ctx context.Context, v jiqiao.Viewer, id string) ([]byte, error) {
	i, err := s.reached(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if i.Meeting == nil {
		return nil, jiqiao.Fail(jiqiao.CodeNotFound, "这项对接还没有约定会议", nil)
	}
	title := i.Need.Title
	if p := partyOf(v, &i); i.Side(p) != nil {
		title = i.Side(p).Title // the other side's may be hidden
	}
	return meetingFile(&i, title), nil
}

func meetingFile(i *jiqiao.Introduction, title string) []byte {
	m := i.Meeting
	status := "TENTATIVE"
	switch {
	case i.State.Open() && m.AgreedAt != nil:
		status = "CONFIRMED"
	case !i.State.Open():
		status = "CANCELLED"
	}
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			b.WriteString(foldLine(name + ":" + value))
		}
	}
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//jiqiao//introduction//ZH")
	line("METHOD", "PUBLISH")
	line("BEGIN", "VEVENT")
	line("UID", i.ID+"@jiqiao")
	line("SEQUENCE", strconv.Itoa(m.Sequence))
	line("DTSTAMP", instant(m.ProposedAt))
	line("DTSTART", instant(m.At))
	line("DTEND", instant(m.At.Add(time.Duration(m.Minutes)*time.Minute)))
	line("SUMMARY", escapeText("技术对接会议："+title))
	line("LOCATION", escapeText(m.Place))
	line("URL", oneLine(m.Link))
	line("STATUS", status)
	line("END", "VEVENT")
	line("END", "VCALENDAR")
	return []byte(b.String())
}

func instant(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

var escapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

func escapeText(s string) string { return escapes.Replace(s) }

// oneLine keeps a value from beginning a line of its own.
func oneLine(s string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(s) }

// maxOctets is how long a line may be (RFC 5545 §3.1); longer ones go on in the next, after a space.
const maxOctets = 75

func foldLine(s string) string {
	var b strings.Builder
	width := 0
	for _, r := range s {
		if n := utf8.RuneLen(r); width+n > maxOctets {
			b.WriteString("\r\n ")
			width = 1
		}
		b.WriteRune(r)
		width += utf8.RuneLen(r)
	}
	b.WriteString("\r\n")
	return b.String()
}
