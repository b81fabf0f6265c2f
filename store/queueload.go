package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jiqiao"
)

// QueueLoads counts what every broker has, by account; with a broker only his. week is when the week began, tomorrow
// when today ends.
func (s *Store) QueueLoads(ctx context.Context, broker string, week, tomorrow time.Time) (map[string]*jiqiao.QueueLoad, error) {
	loads := map[string]*jiqiao.QueueLoad{}
	of := func(user string) *jiqiao.QueueLoad {
		if loads[user] == nil {
			loads[user] = &jiqiao.QueueLoad{Broker: user}
		}
		return loads[user]
	}
	whose := func(column string) string { return ` AND ` + column + ` <> ''` }
	args := func(first ...any) []any { return first }
	if broker != "" {
		whose = func(column string) string { return ` AND ` + column + ` = ?` }
		args = func(first ...any) []any { return append(first, clean(broker)) }
	}
	err := s.reader().each(ctx, `
		SELECT broker, state, count(*), sum(CASE WHEN due_at < ? THEN 1 ELSE 0 END), sum(CASE WHEN due_at < ? THEN 1 ELSE 0 END)
		FROM candidates WHERE 1 = 1`+whose("broker")+` GROUP BY broker, state`,
		args(micros(s.clock()), micros(tomorrow)), func(scan func(...any) error) error {
			var (
				user             string
				state            jiqiao.CandidateState
				n, overdue, soon int
			)
			if err := scan(&user, &state, &n, &overdue, &soon); err != nil {
				return err
			}
			switch l := of(user); state {
			case jiqiao.CandidateOpen:
				l.Open, l.Overdue, l.DueToday = n, overdue, soon-overdue
			case jiqiao.CandidateAsked:
				l.Asked = n
			case jiqiao.CandidateDeferred:
				l.Deferred = n
			default: // not asked for above, so that the index alone answers in its order
			}
			return nil
		})
	if err != nil {
		return nil, wrap("count what is open", err)
	}
	err = s.reader().each(ctx, `SELECT decided_by, state, count(*) FROM candidates
		WHERE decided_at >= ?`+whose("decided_by")+` GROUP BY decided_by, state`,
		args(micros(week)), func(scan func(...any) error) error {
			var (
				user  string
				state jiqiao.CandidateState
				n     int
			)
			err := scan(&user, &state, &n)
			switch state {
			case jiqiao.CandidateAccepted:
				of(user).Accepted = n
			case jiqiao.CandidateRejected:
				of(user).Rejected = n
			default:
			}
			return err
		})
	if err != nil {
		return nil, wrap("count decisions of the week", err)
	}
	placed, opinions, wished := map[string]int{}, map[string]int{}, map[string]int{}
	err = s.reader().counts(ctx, placed, `SELECT broker, count(*) FROM candidates WHERE placed_at >= ?`+whose("broker")+` GROUP BY broker`,
		args(micros(week))...)
	if err != nil {
		return nil, wrap("count what came this week", err)
	}
	err = s.reader().counts(ctx, opinions, `SELECT user_id, count(*) FROM second_opinions WHERE verb = ''`+whose("user_id")+` GROUP BY user_id`,
		args()...)
	if err != nil {
		return nil, wrap("count second opinions", err)
	}
	err = s.reader().counts(ctx, wished, `SELECT broker, count(*) FROM candidates
		WHERE (need_wish IS NOT NULL OR achievement_wish IS NOT NULL) AND state = 'open'`+whose("broker")+` GROUP BY broker`, args()...)
	if err != nil {
		return nil, wrap("count what is asked for", err)
	}
	for user, n := range wished {
		of(user).Wished = n
	}
	for user, n := range placed {
		of(user).Placed = n
	}
	for user, n := range opinions {
		of(user).Opinions = n
	}
	return loads, nil
}

// EachDecided calls fn for the candidates that q finds whose present decision was made since the moment, and open for
// when each of those was queued that wait to be decided.
func (s *Store) EachDecided(ctx context.Context, q jiqiao.CandidateQuery, since time.Time, fn func(jiqiao.DecidedCandidate), open func(queued time.Time)) error {
	where, args := s.candidateFilter(q)
	err := s.reader().each(ctx, `SELECT state, queued_at, due_at, decided_at FROM candidates
		WHERE `+where+` AND state IN ('accepted', 'rejected', 'deferred') AND decided_at >= ?`, append(args, micros(since)),
		func(scan func(...any) error) error {
			var (
				d                    jiqiao.DecidedCandidate
				queued, due, decided int64
			)
			err := scan(&d.State, &queued, &due, &decided)
			d.Queued, d.Due, d.DecidedAt = fromMicros(queued), fromMicros(due), fromMicros(decided)
			fn(d)
			return err
		})
	if err != nil {
		return wrap("read what was decided", err)
	}
	where, args = s.candidateFilter(q)
	err = s.reader().each(ctx, `SELECT queued_at FROM candidates WHERE `+where+` AND state = 'open'`, args, func(scan func(...any) error) error {
		var queued int64
		err := scan(&queued)
		open(fromMicros(queued))
		return err
	})
	return wrap("read what waits", err)
}

// Brokers lists the accounts that candidates can be given to, by id.
func (s *Store) Brokers(ctx context.Context) ([]jiqiao.Broker, error) {
	found := []jiqiao.Broker{}
	err := s.reader().each(ctx, `SELECT id, name, organisation_id, broker FROM users WHERE role = 'broker' AND state = 'active' ORDER BY id`, nil,
		func(scan func(...any) error) error {
			var (
				b       jiqiao.Broker
				text    string
				profile jiqiao.BrokerProfile
			)
			if err := scan(&b.ID, &b.Name, &b.Organisation, &text); err != nil {
				return err
			}
			if text != "" {
				if err := json.Unmarshal([]byte(text), &profile); err != nil {
					return fmt.Errorf("decode a broker's profile: %w", err)
				}
			}
			b.Fields, b.Regions, b.Capacity = profile.Fields, profile.Regions, profile.Capacity
			found = append(found, b)
			return nil
		})
	return found, wrap("list brokers", err)
}
