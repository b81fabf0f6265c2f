package introduction

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"jiqiao"
)

// Whatever people write, the file keeps its lines: nothing they write begins one.
func FuzzMeetingFile(f *testing.F) {
	f.Add("二楼会议室\r\nATTENDEE:mailto:a@b", "https://meet.example.cn/\r\nX:1", "标题\\;,")
	f.Fuzz(func(t *testing.T, place, link, title string) {
		if !utf8.ValidString(place) || !utf8.ValidString(link) || !utf8.ValidString(title) {
			t.Skip()
		}
		i := &jiqiao.Introduction{ID: "e_1", State: jiqiao.IntroductionInvited, Meeting: &jiqiao.Meeting{
			At: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), Minutes: 30, Place: place, Link: link,
		}}
		file := meetingFile(i, title)
		allowed := []string{"BEGIN", "VERSION", "PRODID", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "URL", "STATUS", "END"}
		for _, line := range bytes.Split(bytes.TrimSuffix(file, []byte("\r\n")), []byte("\r\n")) {
			if len(line) > maxOctets || bytes.ContainsAny(line, "\r\n") {
				t.Fatalf("a line of %d octets: %q", len(line), line)
			}
			name, _, _ := strings.Cut(string(line), ":")
			known := strings.HasPrefix(name, " ") // goes on from the line before
			for _, a := range allowed {
				known = known || name == a
			}
			if !known {
				t.Fatalf("a line of its own: %q", line)
			}
		}
	})
}
