package lifecycle

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"jiqiao"
)

// JobDaily is the kind of the job that Daily does.
const JobDaily = "record.daily"

// remindDays are how many days before a record's end its owner is reminded, the farthest first.
func remindDays() []int { return []int{30, 7, 1} }

// dailyPage is how many records are looked at between two reads of their marks.
const dailyPage = 200

// Daily expires what has passed its end, reminds owners of what soon will, and asks them now and then whether a record
// still holds. Doing it again does nothing twice; a day that was missed is made up for.
func (s *Service) Daily(ctx context.Context, _ jiqiao.Job) error {
	for _, kind := range jiqiao.Kinds {
		var page []jiqiao.Record
		err := s.store.Each(ctx, kind, "", func(rec jiqiao.Record) error {
			switch rec.Head().Status {
			case jiqiao.StatusPublished, jiqiao.StatusPaused:
				page = append(page, rec)
			default:
			}
			if len(page) < dailyPage {
				return ctx.Err()
			}
			err := s.dailyRound(ctx, page)
			page = page[:0]
			return err
		})
		if err == nil {
			err = s.dailyRound(ctx, page)
		}
		if err != nil {
			return fmt.Errorf("look after records: %w", err)
		}
	}
	return nil
}

func (s *Service) dailyRound(ctx context.Context, page []jiqiao.Record) error {
	ids := make([]string, len(page))
	for i, rec := range page {
		ids[i] = rec.Head().ID
	}
	marks, err := s.store.Marks(ctx, ids)
	if err != nil {
		return err
	}
	for _, rec := range page {
		if err := s.lookAfter(ctx, rec, marks[rec.Head().ID]); err != nil {
			return err
		}
	}
	return nil
}

// lookAfter does what is due for one record today.
func (s *Service) lookAfter(ctx context.Context, rec jiqiao.Record, mark jiqiao.RecordMark) error {
	head := rec.Head()
	if head.ValidUntil.Passed(s.today()) {
		_, err := s.store.Move(ctx, jiqiao.RecordMove{
			Kind: rec.Kind(), ID: head.ID, Version: head.Version, Step: jiqiao.StepExpire, Actor: jiqiao.ActorSystem,
		})
		switch jiqiao.CodeOf(err) {
		case jiqiao.CodeConflict, jiqiao.CodeNotFound: // someone was faster; tomorrow is another day
			return nil
		default:
			return err
		}
	}
	if head.Owner.ID == "" {
		return nil
	}
	if what, left := s.reminder(head.ValidUntil); what != "" {
		if what == mark.Reminded {
			return nil // and with the end that near, nothing else is asked
		}
		n := s.notice(rec, "record.expiring")
		n.Data["days"] = strconv.Itoa(left)
		n.Key = "record.expiring:" + head.ID + ":" + what
		return s.store.Remind(ctx, head.ID, what, n)
	}
	if s.asksNow(head, mark) {
		n := s.notice(rec, "record.confirm")
		n.Data["months"] = strconv.Itoa(s.confirmMonths)
		n.Key = "record.confirm:" + head.ID + ":" + string(s.today())
		return s.store.Ask(ctx, head.ID, n)
	}
	return nil
}

func (s *Service) notice(rec jiqiao.Record, template string) jiqiao.Notice {
	head := rec.Head()
	return jiqiao.Notice{
		Template: template, Organisations: []string{head.Owner.ID}, Object: jiqiao.Ref{Type: string(rec.Kind()), ID: head.ID},
		Data: map[string]string{"kind": rec.Kind().Label(), "title": head.Title, "valid_until": string(head.ValidUntil)},
	}
}

// reminder names the reminder that is due for the end, "" for none, and the days that are left.
func (s *Service) reminder(end jiqiao.Date) (what string, left int) {
	last, err := end.Time()
	if err != nil {
		return "", 0
	}
	today, err := s.today().Time()
	if err != nil {
		return "", 0
	}
	left = int(last.Sub(today) / day)
	for _, ahead := range remindDays() {
		if left <= ahead {
			what = string(end) + "/" + strconv.Itoa(ahead)
		}
	}
	return what, left
}

// asksNow reports whether the owner is asked today whether the record still holds: nobody has said so for some months, and
// was not asked for as long.
func (s *Service) asksNow(head *jiqiao.Header, mark jiqiao.RecordMark) bool {
	if s.confirmMonths < 0 || head.Status != jiqiao.StatusPublished {
		return false
	}
	last := head.CreatedAt
	for _, at := range []*time.Time{mark.ConfirmedAt, mark.AskedAt} {
		if at != nil && at.After(last) {
			last = *at
		}
	}
	return !last.AddDate(0, s.confirmMonths, 0).After(s.now())
}
