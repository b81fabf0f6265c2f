package introduction_test

import (
	"strings"
	"testing"
	"time"

	"jiqiao"
)

// A record that asks for it opens its confidential detail only after both sides have accepted the undertaking.
func TestUndertakingBeforeDetail(t *testing.T) {
	w := newWorld(t, func(w *world) {
		w.need.Disclosure, w.need.Summary, w.need.Confidential = jiqiao.DisclosureSummary, "概要", "绝密配方"
	})
	i := w.invite()
	if i.Undertaking != 1 {
		t.Fatalf("undertaking %d", i.Undertaking)
	}
	_, err := w.Publish(w.ctx, w.operator, jiqiao.Undertaking{Title: "新的", Text: "另一份"}) // changes nothing for what is under way
	w.must(err)
	for name, tc := range map[string]struct {
		v       jiqiao.Viewer
		version int
		want    jiqiao.Code
	}{
		"another version": {w.enterprise, 2, jiqiao.CodeConflict}, "no version": {w.enterprise, 0, jiqiao.CodeConflict},
		"the broker": {w.broker, 1, jiqiao.CodeForbidden}, "a stranger": {w.stranger, 1, jiqiao.CodeNotFound},
	} {
		if _, err := w.Undertake(w.ctx, tc.v, i.ID, tc.version); jiqiao.CodeOf(err) != tc.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.say(w.enterprise, i, interested)
	view := w.say(w.university, i, interested)
	if view.DetailsOpenedAt != nil || view.Contacts == nil {
		t.Errorf("before the undertaking: details %v, contacts %v", view.DetailsOpenedAt, view.Contacts)
	}
	w.isGranted(w.university.Organisation)
	if shown := w.text(w.university, i); strings.Contains(shown, "绝密配方") {
		t.Error("the detail is read before the undertaking")
	}
	_, err = w.Undertake(w.ctx, w.university, i.ID, 1)
	w.must(err)
	w.isGranted(w.university.Organisation) // one side is not enough
	told := len(w.told())
	_, err = w.Undertake(w.ctx, w.university, i.ID, 1) // twice is once
	w.must(err)
	if len(w.told()) != told {
		t.Error("the same acceptance is told twice")
	}
	view, err = w.Undertake(w.ctx, w.enterprise, i.ID, 1)
	w.must(err)
	if view.DetailsOpenedAt == nil {
		t.Error("both have accepted, and nothing is opened")
	}
	w.isGranted(w.university.Organisation, w.need.ID)
	w.university.Granted = []string{w.need.ID}
	if shown := w.text(w.university, i); !strings.Contains(shown, "绝密配方") {
		t.Error("the detail is not read after the undertaking")
	}
	accepted, err := w.Acceptances(w.ctx, w.broker, i.ID)
	w.must(err)
	if len(accepted) != 2 || accepted[0].Digest == "" || accepted[0].User != w.university.User || accepted[0].At.IsZero() {
		t.Errorf("accepted %+v", accepted)
	}
}

func TestNoUndertakingWhereNoneIsAsked(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	_, err := w.Undertake(w.ctx, w.enterprise, i.ID, 1)
	w.fails(jiqiao.CodeConflict, err)
}

func TestMessages(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	for name, tc := range map[string]struct {
		v    jiqiao.Viewer
		m    jiqiao.ThreadMessage
		want jiqiao.Code
	}{
		"empty":             {w.enterprise, jiqiao.ThreadMessage{Text: " \n"}, jiqiao.CodeInvalid},
		"too long":          {w.enterprise, jiqiao.ThreadMessage{Text: strings.Repeat("长", jiqiao.MaxMessage+1)}, jiqiao.CodeInvalid},
		"control signs":     {w.enterprise, jiqiao.ThreadMessage{Text: "a\x01b"}, jiqiao.CodeInvalid},
		"too many files":    {w.enterprise, jiqiao.ThreadMessage{Text: "a", Attachments: make([]string, 11)}, jiqiao.CodeInvalid},
		"no such file":      {w.enterprise, jiqiao.ThreadMessage{Text: "a", Attachments: []string{"x_missing"}}, jiqiao.CodeNotFound},
		"a stranger":        {w.stranger, jiqiao.ThreadMessage{Text: "a"}, jiqiao.CodeNotFound},
		"a stranger's file": {w.stranger, jiqiao.ThreadMessage{Text: "a", Attachments: []string{"x_1"}}, jiqiao.CodeNotFound},
	} {
		if _, err := w.Say(w.ctx, tc.v, i.ID, tc.m); jiqiao.CodeOf(err) != tc.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	before := len(w.told())
	// Who sends cannot say to be somebody else.
	_, err := w.Say(w.ctx, w.enterprise, i.ID, jiqiao.ThreadMessage{
		Text: "<script>alert(1)</script>", Author: "u_x", Party: jiqiao.PartyBroker, Question: true, Attachments: []string{"x_1"},
	})
	w.must(err)
	if told := w.since(before); told != "message university, message broker" {
		t.Errorf("told %s", told)
	}
	thread, err := w.Thread(w.ctx, w.broker, i.ID, "", "", 0)
	w.must(err)
	if m := thread.Items[0]; m.Author != w.enterprise.User || m.Party != jiqiao.PartyNeed || m.Question || len(m.Attachments) != 1 {
		t.Errorf("kept %+v", m)
	}
}

func TestMeeting(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	at := monday.Add(72 * time.Hour)
	for name, m := range map[string]jiqiao.Meeting{
		"no time":            {Minutes: 30, Place: "会议室"},
		"past":               {At: monday.Add(-time.Hour), Minutes: 30, Place: "会议室"},
		"in years":           {At: monday.AddDate(2, 0, 0), Minutes: 30, Place: "会议室"},
		"too short":          {At: at, Minutes: 1, Place: "会议室"},
		"nowhere":            {At: at, Minutes: 30},
		"a script":           {At: at, Minutes: 30, Link: "javascript:alert(1)"},
		"without TLS":        {At: at, Minutes: 30, Link: "http://meet.example.cn"},
		"with a password":    {At: at, Minutes: 30, Link: "https://a:b@meet.example.cn"},
		"two lines of place": {At: at, Minutes: 30, Place: "会议室\r\nATTENDEE:x"},
		"a choice in years":  {At: at, Minutes: 30, Place: "会议室", Choices: []time.Time{monday.AddDate(2, 0, 0)}},
	} {
		if _, err := w.Propose(w.ctx, w.enterprise, i.ID, m); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	m := jiqiao.Meeting{At: at, Minutes: 30, Place: "会议室; 二楼", Need: true, Achievement: true, AgreedAt: &at, Sequence: 7} // what is not the sender's to say is left out
	view, err := w.Propose(w.ctx, w.enterprise, i.ID, m)
	w.must(err)
	if got := view.Meeting; !got.Need || got.Achievement || got.AgreedAt != nil || got.Sequence != 0 {
		t.Errorf("proposed %+v", got)
	}
	_, err = w.Agree(w.ctx, w.broker, i.ID, 0, true, time.Time{})
	w.fails(jiqiao.CodeForbidden, err)
	_, err = w.Agree(w.ctx, w.stranger, i.ID, 0, true, time.Time{})
	w.fails(jiqiao.CodeNotFound, err)
	_, err = w.Propose(w.ctx, w.broker, i.ID, jiqiao.Meeting{At: at.Add(time.Hour), Minutes: 45, Link: "https://meet.example.cn/1"})
	w.must(err)
	_, err = w.Agree(w.ctx, w.university, i.ID, 0, true, time.Time{})
	w.fails(jiqiao.CodeConflict, err) // the time has changed
	view, err = w.Agree(w.ctx, w.university, i.ID, 1, true, time.Time{})
	w.must(err)
	if view.Meeting.AgreedAt != nil {
		t.Error("one side alone has agreed")
	}
	told := len(w.told())
	_, err = w.Agree(w.ctx, w.university, i.ID, 1, true, time.Time{})
	w.must(err)
	if len(w.told()) != told {
		t.Error("agreeing twice is told twice")
	}
	view, err = w.Agree(w.ctx, w.enterprise, i.ID, 1, true, time.Time{})
	w.must(err)
	if view.Meeting.AgreedAt == nil {
		t.Error("both have agreed")
	}
	view, err = w.Agree(w.ctx, w.enterprise, i.ID, 1, false, time.Time{})
	w.must(err)
	if view.Meeting.AgreedAt != nil || view.Meeting.Need {
		t.Error("a side that cannot come after all still comes")
	}
}

// Of several times a side chooses one: who proposed them all has agreed to it, who agreed to another has not.
func TestMeetingOfSeveralTimes(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	first, second, third := monday.Add(72*time.Hour), monday.Add(96*time.Hour), monday.Add(120*time.Hour)
	propose := func(v jiqiao.Viewer) jiqiao.Meeting {
		t.Helper()
		m := jiqiao.Meeting{At: second, Choices: []time.Time{third, first, second}, Minutes: 30, Place: "会议室"}
		view, err := w.Propose(w.ctx, v, i.ID, m)
		w.must(err)
		return *view.Meeting
	}
	if m := propose(w.enterprise); !m.At.Equal(first) || len(m.Choices) != 3 || !m.Choices[2].Equal(third) {
		t.Errorf("offered %+v", m)
	}
	_, err := w.Agree(w.ctx, w.university, i.ID, 0, true, monday.Add(time.Hour))
	w.fails(jiqiao.CodeInvalid, err)
	view, err := w.Agree(w.ctx, w.university, i.ID, 0, true, third)
	w.must(err)
	if m := view.Meeting; m.AgreedAt == nil || !m.At.Equal(third) {
		t.Errorf("chosen %+v", m)
	}

	propose(w.broker)
	_, err = w.Agree(w.ctx, w.university, i.ID, 1, true, second)
	w.must(err)
	view, err = w.Agree(w.ctx, w.enterprise, i.ID, 1, true, third)
	w.must(err)
	if m := view.Meeting; m.AgreedAt != nil || m.Achievement || !m.Need {
		t.Errorf("agreed to two times: %+v", m)
	}
	view, err = w.Agree(w.ctx, w.university, i.ID, 1, true, time.Time{})
	w.must(err)
	if m := view.Meeting; m.AgreedAt == nil || !m.At.Equal(third) {
		t.Errorf("agreed %+v", m)
	}
}

func TestMeetingFile(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	_, err := w.MeetingFile(w.ctx, w.enterprise, i.ID)
	w.fails(jiqiao.CodeNotFound, err)
	_, err = w.Propose(w.ctx, w.university, i.ID, jiqiao.Meeting{At: monday.Add(72 * time.Hour), Minutes: 90, Place: strings.Repeat("某某大学材料楼", 8) + `;,\`})
	w.must(err)
	file, err := w.MeetingFile(w.ctx, w.university, i.ID)
	w.must(err)
	text := string(file)
	for _, want := range []string{"BEGIN:VCALENDAR\r\n", "UID:" + i.ID, "DTSTART:20261126T010000Z\r\n", "DTEND:20261126T023000Z\r\n", "STATUS:TENTATIVE", "END:VCALENDAR\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the file lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "某某机械") {
		t.Error("the file names the other side's record")
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
	if unfolded := strings.ReplaceAll(text, "\r\n ", ""); !strings.Contains(unfolded, `材料楼\;\,\\`) {
		t.Errorf("the place is not escaped:\n%s", unfolded)
	}
	_, err = w.MeetingFile(w.ctx, w.stranger, i.ID)
	w.fails(jiqiao.CodeNotFound, err)
}
