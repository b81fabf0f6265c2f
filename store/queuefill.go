package store

import (
	"context"
	"slices"
	"time"

	"jiqiao"
)

// FillCandidates brings what the matcher found for a record into the queues. New ones are given to brokers by place, in
// the order of found; those that are there are scored anew and keep their queue, unless nobody has them; what is decided
// stays as it is; what had expired is offered again. about is a candidate that holds the record's side as it is now: the
// record's other candidates take it over. week is when the week began that place counts.
//
// Whoever gives candidates to brokers waits for the others, so that place sees numbers that hold until the end.
func (s *Store) FillCandidates(ctx context.Context, kind jiqiao.Kind, about jiqiao.Candidate, found []jiqiao.Candidate, week time.Time,
	place jiqiao.Place,
) (jiqiao.Filled, error) {
	var done jiqiao.Filled
	err := s.tx(ctx, "fill the queues", func(t *tx) error {
		done = jiqiao.Filled{}
		p, err := t.placing(ctx, week)
		if err != nil {
			return err
		}
		// All rows of the record are locked in the order of their ids, as everyone does who locks several; new ones come last.
		if err := t.lockCandidates(ctx, kind, recordOf(kind, &about)); err != nil {
			return err
		}
		if err := t.describe(ctx, kind, &about); err != nil {
			return err
		}
		known, err := t.knownPairs(ctx, found)
		if err != nil {
			return err
		}
		for i := range found {
			c := found[i]
			if err := t.fillOne(ctx, &c, known[pairOf(&c)], p, place, &done); err != nil {
				return err
			}
		}
		if err := t.tellGiven(ctx, p.Given); err != nil {
			return err
		}
		if done.Added > 0 || done.Placed > 0 {
			t.audit(jiqiao.Act{
				Name: "candidate.fill", Object: jiqiao.Ref{Type: string(kind), ID: recordOf(kind, &about)},
				After: map[string]int{"added": done.Added, "placed": done.Placed, "waiting": done.Waiting},
			})
		}
		return nil
	})
	return done, err
}

// lockCandidates locks those of the record.
func (t *tx) lockCandidates(ctx context.Context, kind jiqiao.Kind, recordID string) error {
	column := `achievement_id`
	if kind == jiqiao.KindNeed {
		column = `need_id`
	}
	_, err := t.texts(ctx, `SELECT id FROM candidates WHERE `+column+` = ? ORDER BY id`+t.d.lockRows(), clean(recordID))
	return err
}

func recordOf(kind jiqiao.Kind, c *jiqiao.Candidate) string {
	if kind == jiqiao.KindNeed {
		return c.NeedID
	}
	return c.AchievementID
}

func pairOf(c *jiqiao.Candidate) [2]string { return [2]string{c.NeedID, c.AchievementID} }

// placing locks the giving of candidates and reads how much everyone has.
func (t *tx) placing(ctx context.Context, week time.Time) (*jiqiao.Placing, error) {
	if _, err := t.exec(ctx, `UPDATE counters SET value = value + 1 WHERE name = 'queue'`); err != nil {
		return nil, err
	}
	p := &jiqiao.Placing{Placed: map[string]int{}, Open: map[string]int{}, Given: map[string]bool{}}
	err := t.counts(ctx, p.Placed, `SELECT broker, count(*) FROM candidates WHERE placed_at >= ? AND broker <> '' GROUP BY broker`, micros(week))
	if err != nil {
		return nil, err
	}
	err = t.each(ctx, `SELECT broker, state, count(*) FROM candidates WHERE broker <> '' GROUP BY broker, state`, nil, func(scan func(...any) error) error {
		var (
			broker string
			state  jiqiao.CandidateState
			n      int
		)
		err := scan(&broker, &state, &n)
		if state.Undecided() {
			p.Open[broker] += n
		}
		return err
	})
	return p, err
}

// counts reads rows of a text and a number.
func (s session) counts(ctx context.Context, into map[string]int, query string, args ...any) error {
	return s.each(ctx, query, args, func(scan func(...any) error) error {
		var (
			of string
			n  int
		)
		err := scan(&of, &n)
		into[of] = n
		return err
	})
}

// describe brings the record's side of its undecided candidates up to date.
func (t *tx) describe(ctx context.Context, kind jiqiao.Kind, c *jiqiao.Candidate) error {
	if kind == jiqiao.KindNeed {
		_, err := t.exec(ctx, `UPDATE candidates SET need = ?, enterprise = ?, need_owner = ?, fields = ?, region = ?
			WHERE need_id = ? AND (need <> ? OR enterprise <> ? OR need_owner <> ? OR fields <> ? OR region <> ?)`,
			clean(c.Need), clean(c.Enterprise), c.NeedOwner, joinFields(c.Fields), clean(c.Region), clean(c.NeedID),
			clean(c.Need), clean(c.Enterprise), c.NeedOwner, joinFields(c.Fields), clean(c.Region))
		return err
	}
	_, err := t.exec(ctx, `UPDATE candidates SET achievement = ?, organisation = ?, achievement_owner = ?
		WHERE achievement_id = ? AND (achievement <> ? OR organisation <> ? OR achievement_owner <> ?)`,
		clean(c.Achievement), clean(c.Organisation), c.AchievementOwner, clean(c.AchievementID),
		clean(c.Achievement), clean(c.Organisation), c.AchievementOwner)
	return err
}

// knownPairs gives the ids of the candidates that the pairs have already.
func (t *tx) knownPairs(ctx context.Context, found []jiqiao.Candidate) (map[[2]string]string, error) {
	known := map[[2]string]string{}
	for i := range found {
		c := &found[i]
		err := t.each(ctx, `SELECT id FROM candidates WHERE need_id = ? AND achievement_id = ?`, []any{clean(c.NeedID), clean(c.AchievementID)},
			func(scan func(...any) error) error {
				var id string
				err := scan(&id)
				known[pairOf(c)] = id
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}

func (t *tx) fillOne(ctx context.Context, c *jiqiao.Candidate, id string, p *jiqiao.Placing, place jiqiao.Place, done *jiqiao.Filled) error {
	if id == "" {
		c.State, c.QueuedAt = jiqiao.CandidateOpen, t.now
		if err := t.place(ctx, c, p, place, done); err != nil {
			return err
		}
		if err := t.insertCandidate(ctx, c); err != nil {
			return err
		}
		done.Added++
		return t.placed(ctx, c)
	}
	old, err := t.lockCandidate(ctx, id)
	if err != nil {
		return err
	}
	if old.State.Decided() {
		return nil
	}
	again := old.State == jiqiao.CandidateExpired
	waits := again || old.Broker == ""
	old.Score, old.Level, old.Probabilities, old.Model = c.Score, c.Level, c.Probabilities, c.Model
	old.Need, old.Enterprise, old.NeedOwner, old.Fields, old.Region = c.Need, c.Enterprise, c.NeedOwner, c.Fields, c.Region
	old.Achievement, old.Organisation, old.AchievementOwner = c.Achievement, c.Organisation, c.AchievementOwner
	if again {
		old.State, old.QueuedAt, old.DeferUntil = jiqiao.CandidateOpen, t.now, ""
		old.DecidedAt, old.DecidedBy, old.Reason, old.Note, old.DecisionID = nil, "", "", "", ""
	}
	done.Updated++
	if !waits {
		return t.saveCandidate(ctx, &old)
	}
	// An assignment names the broker, a match does not.
	old.Broker, old.Agency, old.Waiting, old.Source = c.Broker, c.Agency, "", c.Source
	if err := t.place(ctx, &old, p, place, done); err != nil {
		return err
	}
	return t.moved(ctx, &old)
}

// place asks whose queue the candidate comes into.
func (t *tx) place(ctx context.Context, c *jiqiao.Candidate, p *jiqiao.Placing, place jiqiao.Place, done *jiqiao.Filled) error {
	p.Keeper = ""
	err := t.each(ctx, `SELECT broker FROM candidates WHERE need_id = ? AND broker <> '' AND id <> ? AND state <> 'expired'
		ORDER BY placed_at DESC, id DESC LIMIT 1`, []any{clean(c.NeedID), c.ID}, func(scan func(...any) error) error { return scan(&p.Keeper) })
	if err != nil {
		return err
	}
	place(c, p)
	if c.Broker == "" {
		done.Waiting++
		return nil
	}
	p.Placed[c.Broker]++
	p.Open[c.Broker]++
	p.Given[c.Broker] = true
	done.Placed++
	return nil
}

// placed notes in whose queue the candidate is now, and tells.
func (t *tx) placed(ctx context.Context, c *jiqiao.Candidate) error {
	if c.Broker == "" {
		return nil
	}
	t.tellQueue(c)
	return t.note(ctx, jiqiao.CandidateAct{CandidateID: c.ID, Act: "placed", To: c.Broker, User: jiqiao.OriginOf(ctx).User})
}

// placeAtOnce is how many waiting candidates one transaction gives to brokers.
const placeAtOnce = 200

// PlaceWaiting gives candidates that nobody has to brokers: those for which an owner asks, then the best first. It returns
// where to go on; "" at the end.
func (s *Store) PlaceWaiting(ctx context.Context, cursor string, week time.Time, place jiqiao.Place) (done jiqiao.Filled, next string, err error) {
	q := jiqiao.CandidateQuery{
		Scope: jiqiao.QueueScope{All: true}, Unplaced: true, States: []jiqiao.CandidateState{jiqiao.CandidateOpen},
		Sort: jiqiao.CandidatesByScore, Cursor: cursor, Limit: placeAtOnce,
	}
	waiting, next, err := s.candidatePage(ctx, q)
	if err != nil || len(waiting) == 0 {
		return done, "", err
	}
	if cursor == "" {
		q.Wished = true
		asked, _, err := s.candidatePage(ctx, q)
		if err != nil {
			return done, "", err
		}
		waiting = slices.Concat(asked, slices.DeleteFunc(waiting, func(c jiqiao.Candidate) bool { return c.Wished() }))
	}
	err = s.tx(ctx, "place waiting candidates", func(t *tx) error {
		done = jiqiao.Filled{}
		p, err := t.placing(ctx, week)
		if err != nil {
			return err
		}
		if err := t.lockWaiting(ctx, waiting); err != nil {
			return err
		}
		for _, c := range waiting {
			c, err := t.lockCandidate(ctx, c.ID)
			if err != nil {
				return err
			}
			if c.Broker != "" || c.State != jiqiao.CandidateOpen {
				continue
			}
			before := c.Waiting
			if err := t.place(ctx, &c, p, place, &done); err != nil {
				return err
			}
			if c.Broker == "" && c.Waiting == before {
				continue
			}
			if err := t.moved(ctx, &c); err != nil {
				return err
			}
		}
		if err := t.tellGiven(ctx, p.Given); err != nil {
			return err
		}
		if done.Placed > 0 {
			t.audit(jiqiao.Act{Name: "candidate.fill", Object: jiqiao.Ref{Type: "queue"}, After: map[string]int{"placed": done.Placed, "waiting": done.Waiting}})
		}
		return nil
	})
	return done, next, err
}

// lockWaiting locks the candidates in the order of their ids; the best come first only afterwards.
func (t *tx) lockWaiting(ctx context.Context, waiting []jiqiao.Candidate) error {
	ids := make([]any, len(waiting))
	for i := range waiting {
		ids[i] = waiting[i].ID
	}
	ids = padded(ids)
	_, err := t.texts(ctx, `SELECT id FROM candidates WHERE id IN (`+marks(len(ids))+`) ORDER BY id`+t.d.lockRows(), ids...)
	return err
}

// moved writes a candidate that came into another queue.
func (t *tx) moved(ctx context.Context, c *jiqiao.Candidate) error {
	if err := t.saveCandidate(ctx, c); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE candidates SET placed_at = ? WHERE id = ?`, t.placedAt(c), c.ID); err != nil {
		return err
	}
	return t.placed(ctx, c)
}

// ExpireCandidates takes the undecided candidates of a record that is no longer offered out of the queues, and says how
// many they were.
func (s *Store) ExpireCandidates(ctx context.Context, kind jiqiao.Kind, recordID string) (int, error) {
	column := `achievement_id`
	if kind == jiqiao.KindNeed {
		column = `need_id`
	}
	n := 0
	err := s.tx(ctx, "expire candidates", func(t *tx) error {
		n = 0
		ids, err := t.texts(ctx, `SELECT id FROM candidates WHERE `+column+` = ? AND state IN ('open', 'asked', 'deferred') ORDER BY id`, clean(recordID))
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, err := t.lockCandidate(ctx, id)
			if err != nil {
				return err
			}
			if !c.State.Undecided() {
				continue
			}
			if err := t.dropQuestions(ctx, &c); err != nil {
				return err
			}
			c.State, c.Lease, c.Waiting = jiqiao.CandidateExpired, nil, ""
			if err := t.saveCandidate(ctx, &c); err != nil {
				return err
			}
			if err := t.note(ctx, jiqiao.CandidateAct{CandidateID: id, Act: "expired", Note: kind.Label() + "不再发布"}); err != nil {
				return err
			}
			t.tellQueue(&c)
			if c.Wished() {
				if err := t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobWishAnswered, Key: c.ID}); err != nil {
					return err
				}
			}
			n++
		}
		if n > 0 {
			t.audit(jiqiao.Act{Name: "candidate.expire", Object: jiqiao.Ref{Type: string(kind), ID: clean(recordID)}, After: map[string]int{"expired": n}})
		}
		return nil
	})
	return n, err
}

// texts reads one column.
func (s session) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	var all []string
	err := s.each(ctx, query, args, func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		all = append(all, text)
		return err
	})
	return all, err
}

// ResumeCandidates opens deferred candidates whose day has come, due at due, and says how many.
func (s *Store) ResumeCandidates(ctx context.Context, today jiqiao.Date, due time.Time) (int, error) {
	n := 0
	err := s.tx(ctx, "resume deferred candidates", func(t *tx) error {
		n = 0
		ids, err := t.texts(ctx, `SELECT id FROM candidates WHERE state = 'deferred' AND defer_until <= ? ORDER BY id LIMIT 500`, string(today))
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, err := t.lockCandidate(ctx, id)
			if err != nil {
				return err
			}
			if c.State != jiqiao.CandidateDeferred {
				continue
			}
			c.State, c.DueAt, c.DeferUntil = jiqiao.CandidateOpen, due, ""
			if err := t.saveCandidate(ctx, &c); err != nil {
				return err
			}
			if err := t.note(ctx, jiqiao.CandidateAct{CandidateID: id, Act: "resumed"}); err != nil {
				return err
			}
			t.tellQueue(&c)
			n++
		}
		return nil
	})
	return n, err
}

// refillAtOnce is how many jobs one transaction leaves.
const refillAtOnce = 500

// RefillCandidates leaves a job for every published record, and says how many.
func (s *Store) RefillCandidates(ctx context.Context) (int, error) {
	ids, err := s.reader().texts(ctx, `SELECT id FROM records WHERE status = 'published' AND deleted_at IS NULL ORDER BY id`)
	if err != nil {
		return 0, wrap("list published records", err)
	}
	for chunk := range slices.Chunk(ids, refillAtOnce) {
		err := s.tx(ctx, "leave jobs for candidates", func(t *tx) error {
			for _, id := range chunk {
				if err := t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobCandidates, Key: id}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}
