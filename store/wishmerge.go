package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiqiao"
)

// movedWishes is the name under which a merge keeps its carriedWishes, beside the rows that it moved.
const movedWishes = "wishes"

// carriedWish is a wish that a merge took from a candidate: to that of the survivor's pair, or nowhere.
type carriedWish struct {
	from, to string // candidates; to is "" for nowhere
	side     jiqiao.Kind
	since    time.Time
}

func (w carriedWish) String() string {
	return strings.Join([]string{w.from, w.to, string(w.side), strconv.FormatInt(micros(w.since), 10)}, ",")
}

func readCarriedWish(text string) (carriedWish, error) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 {
		return carriedWish{}, fmt.Errorf("read the carried wish %q", text)
	}
	since, err := strconv.ParseInt(parts[3], 10, 64)
	return carriedWish{from: parts[0], to: parts[1], side: jiqiao.Kind(parts[2]), since: fromMicros(since)}, err
}

// carryWishes takes wishes to the survivor of a merge: those of candidates that stay behind because the survivor has one of
// the same pair, where a broker still has to decide on that one. The candidates that moved were asked for by from's owner:
// another owner of the survivor did not ask. It returns what UndoMerge gives back.
func (t *tx) carryWishes(ctx context.Context, from, into jiqiao.Record) ([]string, error) {
	carried, err := t.dropMoved(ctx, from, into)
	if err != nil {
		return nil, err
	}
	side := string(from.Kind())
	own, other := side+`_id`, string(from.Kind().Other())+`_id`
	var pairs [][2]string
	err = t.each(ctx, `SELECT o.id, x.id FROM candidates o JOIN candidates x ON x.`+other+` = o.`+other+` AND x.`+own+` = ?
		WHERE o.`+own+` = ? AND (o.need_wish IS NOT NULL OR o.achievement_wish IS NOT NULL)`, []any{into.Head().ID, from.Head().ID},
		func(scan func(...any) error) error {
			var p [2]string
			err := scan(&p[0], &p[1])
			pairs = append(pairs, p)
			return err
		})
	if err != nil {
		return nil, err
	}
	locked, err := t.lockPairs(ctx, pairs)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		more, err := t.carryWish(ctx, locked[p[0]], locked[p[1]])
		if err != nil {
			return nil, err
		}
		carried = append(carried, more...)
	}
	texts := make([]string, len(carried))
	for i, w := range carried {
		texts[i] = w.String()
	}
	return texts, nil
}

// lockPairs locks the candidates, "" for none, in the order of their ids.
func (t *tx) lockPairs(ctx context.Context, pairs [][2]string) (map[string]*jiqiao.Candidate, error) {
	locked := map[string]*jiqiao.Candidate{}
	for _, p := range pairs {
		for _, id := range p {
			locked[id] = nil
		}
	}
	delete(locked, "")
	for _, id := range slices.Sorted(maps.Keys(locked)) {
		c, err := t.lockCandidate(ctx, id)
		if err != nil {
			return nil, err
		}
		locked[id] = &c
	}
	return locked, nil
}

// dropMoved takes the wishes of from's owner from the candidates that moved to a survivor of somebody else.
func (t *tx) dropMoved(ctx context.Context, from, into jiqiao.Record) ([]carriedWish, error) {
	was := from.Head().Owner.ID
	if was == into.Head().Owner.ID {
		return nil, nil
	}
	return t.dropWishes(ctx, from.Kind(), into.Head().ID, was)
}

// dropWishes takes the owner's wishes from the candidates of the record.
func (t *tx) dropWishes(ctx context.Context, side jiqiao.Kind, record, owner string) ([]carriedWish, error) {
	own := string(side)
	where := ` WHERE ` + own + `_id = ? AND ` + own + `_owner = ? AND ` + own + `_wish IS NOT NULL`
	var dropped []carriedWish
	err := t.each(ctx, `SELECT id, `+own+`_wish FROM candidates`+where+` ORDER BY id`+t.d.lockRows(), []any{record, owner}, func(scan func(...any) error) error {
		w := carriedWish{side: side}
		var since int64
		err := scan(&w.from, &since)
		w.since = fromMicros(since)
		dropped = append(dropped, w)
		return err
	})
	if err != nil || len(dropped) == 0 {
		return nil, err
	}
	_, err = t.exec(ctx, `UPDATE candidates SET `+own+`_wish = NULL`+where, record, owner)
	return dropped, err
}

// carryWish is carryWishes for one pair. Who asked for his own record goes on asking only if the survivor is his, too.
func (t *tx) carryWish(ctx context.Context, from, into *jiqiao.Candidate) ([]carriedWish, error) {
	if !from.State.Undecided() || !into.State.Undecided() {
		return nil, nil
	}
	var carried []carriedWish
	for _, side := range []jiqiao.Kind{jiqiao.KindNeed, jiqiao.KindAchievement} {
		owner, since := from.Wish(side)
		if since == nil || into.WishedBy(side) || !ownedBy(into, side, owner) {
			continue
		}
		if err := t.moveWish(ctx, from, into, side); err != nil {
			return nil, err
		}
		carried = append(carried, carriedWish{from: from.ID, to: into.ID, side: side, since: *since})
	}
	if len(carried) == 0 {
		return nil, nil
	}
	t.tellQueue(into)
	return carried, errors.Join(t.saveCandidate(ctx, from), t.saveCandidate(ctx, into),
		t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobWishTold, Key: into.ID}))
}

// moveWish makes the wish of that side one for another candidate, with what was said.
func (t *tx) moveWish(ctx context.Context, from, to *jiqiao.Candidate, side jiqiao.Kind) error {
	owner, since := from.Wish(side)
	said, err := t.wishNote(ctx, from.ID, owner)
	if err != nil {
		return err
	}
	to.SetWish(side, since)
	from.SetWish(side, nil)
	return t.note(ctx, jiqiao.CandidateAct{CandidateID: to.ID, Act: "wished", From: owner, Note: said})
}

// giveBackWishes is carryWishes the other way, for an undone merge whose rows are back: a wish that still waits is again one
// for the candidate from which it came. What the survivor's owner asked for meanwhile goes, and he is told.
func (t *tx) giveBackWishes(ctx context.Context, m mergeRow, back jiqiao.Record) error {
	if err := t.dropSurvivors(ctx, m, back); err != nil {
		return err
	}
	if !offered(back.Head().Status) {
		return nil
	}
	var (
		all   []carriedWish
		pairs [][2]string
	)
	for _, text := range m.moved[movedWishes] {
		w, err := readCarriedWish(text)
		if err != nil {
			return err
		}
		all, pairs = append(all, w), append(pairs, [2]string{w.from, w.to})
	}
	locked, err := t.lockPairs(ctx, pairs)
	if err != nil {
		return err
	}
	for _, w := range all {
		if err := t.giveBack(ctx, w, locked[w.from], locked[w.to]); err != nil {
			return err
		}
	}
	return nil
}

// giveBack is giveBackWishes for one wish; to is nil for one that went nowhere. What was answered, or taken back, stays so.
func (t *tx) giveBack(ctx context.Context, w carriedWish, from, to *jiqiao.Candidate) error {
	if from.State.Decided() || from.WishedBy(w.side) {
		return nil
	}
	since := w.since
	if to == nil {
		from.SetWish(w.side, &since)
	} else {
		_, now := to.Wish(w.side)
		if now == nil || !now.Equal(since) || !to.State.Undecided() {
			return nil
		}
		t.tellQueue(to) // while it is still known who asked
		if err := t.moveWish(ctx, to, from, w.side); err != nil {
			return err
		}
		if err := t.saveCandidate(ctx, to); err != nil {
			return err
		}
	}
	if from.State == jiqiao.CandidateExpired { // as its record was not offered
		from.State, from.QueuedAt = jiqiao.CandidateOpen, t.now
		if from.Broker == "" {
			from.Waiting = "合并已撤销，等待分派"
		}
	}
	t.tellQueue(from)
	return t.saveCandidate(ctx, from)
}

// dropSurvivors takes the wishes of the survivor's owner from what is another's again, and tells him.
func (t *tx) dropSurvivors(ctx context.Context, m mergeRow, back jiqiao.Record) error {
	survivor, err := decode(m.Kind, m.intoBody)
	if err != nil {
		return fmt.Errorf("decode the survivor: %w", err)
	}
	head := survivor.Head()
	if head.Owner.ID == back.Head().Owner.ID {
		return nil
	}
	dropped, err := t.dropWishes(ctx, m.Kind, m.From, head.Owner.ID)
	if err != nil {
		return err
	}
	for _, w := range dropped {
		err := t.notify(ctx, jiqiao.Notice{
			Template: "candidate.unmerged", Organisations: []string{head.Owner.ID}, Object: jiqiao.Ref{Type: string(m.Kind), ID: m.Into},
			Key: "candidate.unmerged:" + m.ID + ":" + w.from, Data: map[string]string{"own": head.Title, "kind": m.Kind.Other().Label()},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
