package queue

import (
	"context"
	"slices"
	"time"

	"jiqiao"
)

// paceDays is how many days QueuePace goes back, today included.
const paceDays = 28

// Pace is how fast the viewer decides, or, for an operator, all within reach; broker names one of those.
func (s *Service) Pace(ctx context.Context, v jiqiao.Viewer, broker string) (jiqiao.QueuePace, error) {
	q := jiqiao.CandidateQuery{Scope: scopeOf(v), Broker: broker}
	if !v.May(jiqiao.PermQueueManage) {
		q.Broker = v.User
	}
	now := s.o.Now()
	first := endOfDay(now).AddDate(0, 0, -paceDays)
	pace := jiqiao.QueuePace{Days: make([]jiqiao.PaceDay, paceDays), AgeDays: jiqiao.AgeDays, Ages: make([]int, len(jiqiao.AgeDays)+1)}
	for i := range pace.Days {
		pace.Days[i].Day = jiqiao.DayOf(first.AddDate(0, 0, i))
	}
	var took []time.Duration
	err := s.o.Store.EachDecided(ctx, q, first,
		func(d jiqiao.DecidedCandidate) {
			if i := int(d.DecidedAt.Sub(first) / (24 * time.Hour)); i >= 0 && i < paceDays {
				count(&pace, i, d)
			}
			if d.State.Decided() {
				took = append(took, d.DecidedAt.Sub(d.Queued))
			}
		},
		func(queued time.Time) { pace.Ages[ageOf(now.Sub(queued))]++ })
	if len(took) > 0 {
		slices.Sort(took)
		pace.MedianHours = took[(len(took)-1)/2].Hours()
	}
	return pace, err
}

func count(pace *jiqiao.QueuePace, day int, d jiqiao.DecidedCandidate) {
	switch d.State {
	case jiqiao.CandidateAccepted:
		pace.Days[day].Accepted++
	case jiqiao.CandidateRejected:
		pace.Days[day].Rejected++
	default:
		pace.Days[day].Deferred++
		return
	}
	if d.DecidedAt.Before(d.Due) {
		pace.InTime++
	} else {
		pace.Late++
	}
}

func ageOf(waited time.Duration) int {
	days := int(waited / (24 * time.Hour))
	for i, d := range jiqiao.AgeDays {
		if days < d {
			return i
		}
	}
	return len(jiqiao.AgeDays)
}
