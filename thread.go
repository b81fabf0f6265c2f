package jiqiao

import (
	"net/url"
	"slices"
	"strconv"
	"time"
)

// ThreadMessage is one message of a thread.
type ThreadMessage struct {
	ID string `json:"id"` // "w_" and 20 characters
	// Thread is what the messages are about: an introduction, a deal.
	Thread Ref `json:"thread"`
	// Author is the account, Name its name, Organisation its organisation; Party the part it has in the thread.
	Author       string `json:"author,omitempty"`
	Name         string `json:"name,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	Party        Party  `json:"party,omitempty"`
	Text         string `json:"text"`
	// Question marks what a side asked with AnswerMoreInfo.
	Question bool `json:"question,omitempty"`
	// Attachments are ids of files that were attached to the thread.
	Attachments []string  `json:"attachments,omitempty"`
	At          time.Time `json:"at"`
	// ReadBy are the other parties of an introduction that have read it, never who of them did.
	ReadBy []Party `json:"read_by,omitempty"`
}

// ThreadRead is how far somebody who acts for a party of an introduction has read its thread.
type ThreadRead struct {
	Introduction string
	User         string
	Party        Party
	// Message is the last one that was read, "" for all there are.
	Message string
}

// The limits of messages.
const (
	MaxMessage            = 4000 // characters
	MaxMessageAttachments = 10
	MaxLink               = 500
)

// Validate reports every field that breaks a rule.
func (m *ThreadMessage) Validate() error {
	var ck checker
	if len(m.Attachments) == 0 {
		ck.required("text", "留言", m.Text)
	}
	ck.text("text", "留言", m.Text, MaxMessage)
	ck.lines("attachments", "附件", m.Attachments, MaxMessageAttachments, MaxKeyword)
	return Invalid(ck.found)
}

// Undertaking is one version of the confidentiality undertaking (保密承诺). Versions are never changed.
type Undertaking struct {
	Version int    `json:"version"` // from 1
	Title   string `json:"title"`
	Text    string `json:"text"`
	// Digest is the SHA-256 of the text, in hexadecimal digits.
	Digest      string    `json:"digest"`
	PublishedBy string    `json:"published_by,omitempty"`
	PublishedAt time.Time `json:"published_at"`
}

// Validate reports every field that breaks a rule.
func (u *Undertaking) Validate() error {
	var ck checker
	ck.required("title", "标题", u.Title)
	ck.line("title", "标题", u.Title, MaxTitle)
	ck.required("text", "承诺内容", u.Text)
	ck.text("text", "承诺内容", u.Text, MaxText)
	return Invalid(ck.found)
}

// Acceptance is one time that somebody accepted an undertaking for a side of an introduction.
type Acceptance struct {
	IntroductionID string `json:"introduction_id"`
	Party          Party  `json:"party"`
	Version        int    `json:"version"`
	// Digest is that of the text that was accepted.
	Digest       string    `json:"digest"`
	User         string    `json:"user"`
	Name         string    `json:"name"`
	Organisation string    `json:"organisation"`
	Address      string    `json:"address,omitempty"`
	At           time.Time `json:"at"`
}

// ThreadPage is a page of messages, oldest first.
type ThreadPage struct {
	Total int             `json:"total"`
	Items []ThreadMessage `json:"items"`
	Next  string          `json:"next,omitempty"`
}

// Meeting is a time and a place proposed for talking.
type Meeting struct {
	// At is the time proposed first; once a side has chosen one of the choices, that one.
	At      time.Time `json:"at"`
	Minutes int       `json:"minutes"`
	// Choices are all the times that are offered, the earliest first, when there are several.
	Choices []time.Time `json:"choices,omitempty"`
	Place   string      `json:"place,omitempty"`
	// Link is the https address of a video conference.
	Link string `json:"link,omitempty"`
	// ProposedBy proposed it; Sequence counts proposals from 0.
	ProposedBy Party     `json:"proposed_by"`
	ProposedAt time.Time `json:"proposed_at"`
	Sequence   int       `json:"sequence"`
	// Need and Achievement say whether the side has accepted; AgreedAt is when both had.
	Need        bool       `json:"need"`
	Achievement bool       `json:"achievement"`
	AgreedAt    *time.Time `json:"agreed_at,omitempty"`
}

// The limits of a meeting.
const (
	MinMeeting     = 10      // minutes
	MaxMeeting     = 24 * 60 // minutes
	maxMeetingDays = 366     // ahead
	// MaxMeetingChoices bounds the times that one proposal offers.
	MaxMeetingChoices = 5
)

// Offer sets the times of a proposal: each once, the earliest first. One time alone needs no choices.
func (m *Meeting) Offer(at time.Time, more []time.Time) {
	all := []time.Time{}
	for _, t := range append([]time.Time{at}, more...) {
		if t = t.UTC(); !t.IsZero() {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	m.At, m.Choices = at.UTC(), nil
	if all = slices.CompactFunc(all, time.Time.Equal); len(all) > 1 {
		m.At, m.Choices = all[0], all
	}
}

// Choose makes one of the times that are offered the meeting's, and reports whether it is one of them. Who had agreed to
// another time has not agreed to this one; the side that proposed them all has.
func (m *Meeting) Choose(at time.Time) bool {
	if at.IsZero() || at.Equal(m.At) {
		return true
	}
	if !slices.ContainsFunc(m.Choices, at.Equal) {
		return false
	}
	m.At = at.UTC()
	m.Need, m.Achievement = m.ProposedBy == PartyNeed, m.ProposedBy == PartyAchievement
	return true
}

// Validate reports every field that breaks a rule.
func (m *Meeting) Validate(now time.Time) error {
	var ck checker
	switch {
	case m.At.IsZero():
		ck.add("at", "请填写会议时间")
	case m.At.Before(now):
		ck.add("at", "会议时间已经过去，请另选时间")
	case m.At.After(now.AddDate(0, 0, maxMeetingDays)):
		ck.add("at", "会议时间应在一年以内")
	}
	if len(m.Choices) > MaxMeetingChoices {
		ck.add("choices", "一次至多提议 "+strconv.Itoa(MaxMeetingChoices)+" 个时间")
	}
	for _, at := range m.Choices {
		if at.Before(now) || at.After(now.AddDate(0, 0, maxMeetingDays)) {
			ck.add("choices", "备选时间应在今后一年以内")
			break
		}
	}
	if m.Minutes < MinMeeting || m.Minutes > MaxMeeting {
		ck.add("minutes", "会议时长应为 "+strconv.Itoa(MinMeeting)+"～"+strconv.Itoa(MaxMeeting)+" 分钟")
	}
	ck.line("place", "地点", m.Place, MaxShort)
	ck.line("link", "会议链接", m.Link, MaxLink)
	if m.Link != "" {
		if u, err := url.Parse(m.Link); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			ck.add("link", "会议链接应是以 https:// 开头的网址")
		}
	}
	if m.Place == "" && m.Link == "" {
		ck.add("place", "请填写地点或会议链接")
	}
	return Invalid(ck.found)
}
