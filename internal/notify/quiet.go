package notify

import (
	"time"

	"jiqiao"
)

// beijing is the clock that preferences are in; it has no summer time.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// Workdays knows working days.
type Workdays interface {
	// Add(day, 0) is the day when it is worked, else the next one that is.
	Add(day jiqiao.Date, n int) jiqiao.Date
}

// mailAt is when a notice may be mailed to a person, and whether at all.
func mailAt(p jiqiao.NoticePreferences, n jiqiao.ToldNotice, now time.Time, days Workdays) (time.Time, bool) {
	mode := p.Topic(n.Topic).Mail
	if n.Essential || n.Urgent && mode == jiqiao.MailDaily {
		mode = jiqiao.MailNow
	}
	switch {
	case mode == jiqiao.MailNever:
		return time.Time{}, false
	case n.Essential || n.Urgent:
		return now, true
	case mode == jiqiao.MailDaily:
		return afterRest(p, next(now, p.DigestAt), days), true
	default:
		return afterRest(p, now, days), true
	}
}

// channelAt is when a notice to a person may go to a channel. People read what bots write, so those keep the usual quiet
// hours, and the days off of the person; webhooks are for machines.
func channelAt(kind jiqiao.ChannelKind, p jiqiao.NoticePreferences, n jiqiao.ToldNotice, now time.Time, days Workdays) time.Time {
	if kind == jiqiao.ChannelWebhook || n.Urgent {
		return now
	}
	usual := jiqiao.DefaultPreferences()
	usual.WorkdaysOnly = p.WorkdaysOnly
	return afterRest(usual, now, days)
}

// afterRest is at, or a moment afterwards that is not in the quiet hours nor, for who wants nothing then, on a day off: what
// comes up on those comes with the digest of the next working day.
func afterRest(p jiqiao.NoticePreferences, at time.Time, days Workdays) time.Time {
	at = afterQuiet(p, at)
	if !p.WorkdaysOnly || days == nil {
		return at
	}
	today := jiqiao.DayOf(at)
	worked := days.Add(today, 0)
	morning, err := worked.Time()
	if worked == today || err != nil {
		return at
	}
	minute, _ := jiqiao.MinuteOfDay(p.DigestAt)
	return afterQuiet(p, time.Date(morning.Year(), morning.Month(), morning.Day(), minute/60, minute%60, 0, 0, beijing).UTC())
}

// afterQuiet is at, or the end of the quiet hours that it falls into. They may span midnight.
func afterQuiet(p jiqiao.NoticePreferences, at time.Time) time.Time {
	from, ok1 := jiqiao.MinuteOfDay(p.QuietFrom)
	until, ok2 := jiqiao.MinuteOfDay(p.QuietUntil)
	if !ok1 || !ok2 || from == until {
		return at
	}
	local := at.In(beijing)
	minute := local.Hour()*60 + local.Minute()
	quiet := minute >= from && minute < until
	if from > until {
		quiet = minute >= from || minute < until
	}
	if !quiet {
		return at
	}
	return next(at, p.QuietUntil)
}

// next is the next time, after now, that clocks in Beijing show "08:30".
func next(now time.Time, clock string) time.Time {
	minute, _ := jiqiao.MinuteOfDay(clock)
	local := now.In(beijing)
	at := time.Date(local.Year(), local.Month(), local.Day(), minute/60, minute%60, 0, 0, beijing)
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at.UTC()
}
