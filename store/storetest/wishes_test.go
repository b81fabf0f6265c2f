package storetest

import (
	"strconv"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func wishTests() map[string]func(*env) {
	return map[string]func(*env){
		"wishes/a pair that nobody found":     wishOfANewPair,
		"wishes/a pair in a queue":            wishOfAKnownPair,
		"wishes/turned down, and once more":   wishTurnedDown,
		"wishes/taken back":                   wishTakenBack,
		"wishes/so many of a record":          wishesAreFew,
		"wishes/what is introduced already":   wishOfWhatIsIntroduced,
		"wishes/among what owners are shown":  wishesAreShown,
		"wishes/placed before other matches":  wishesArePlacedFirst,
		"wishes/of what waits for a broker":   wishOfWhatWaits,
		"wishes/turned down before, and off":  wishOfWhatWasTurnedDown,
		"wishes/no longer on offer":           wishOfWhatIsGone,
		"wishes/follow a merge":               wishesFollowAMerge,
		"wishes/of a record that is another":  wishesOfAnotherOwner,
		"wishes/of one side, then the other":  wishesAreAnsweredApart,
		"wishes/told when they stand":         wishesAreToldWhenTheyStand,
		"wishes/come back with what was said": wishesComeBackWithTheirNote,
		"wishes/go back with an undone merge": wishesGoBack,
		"wishes/of a survivor's other owner":  wishesOfTheSurvivorGo,
		"wishes/beside what else is done":     wishesBesideOthers,
	}
}

// wishDue is when wishes of these tests are due.
var wishDue = time.Date(2026, 11, 26, 16, 0, 0, 0, time.UTC)

// wants asks for the pair on behalf of the side's owner, and gives it to the broker.
func (e *env) wants(side jiqiao.Kind, broker, need, achievement string) (jiqiao.Candidate, error) {
	owner := "o_achievement"
	if side == jiqiao.KindNeed {
		owner = "o_need"
	}
	w := jiqiao.Wish{NeedID: need, AchievementID: achievement, Side: side, Organisation: owner, User: "u_" + owner, Note: "样件已备好", DueAt: wishDue}
	return e.Wish(e.ctx, w, Candidate(need, achievement), time.Time{}, Give(broker, wishDue))
}

func wishOfANewPair(e *env) {
	c, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.must(err)
	if c.State != jiqiao.CandidateOpen || c.Broker != "u_1" || c.Source != jiqiao.SourceWish || c.NeedWish == nil || c.AchievementWish != nil {
		e.t.Errorf("became %+v", c)
	}
	if diff := cmp.Diff([]string{"placed", "wished"}, e.acts(c.ID)); diff != "" {
		e.t.Errorf("history (-want +got):\n%s", diff)
	}
	again, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.must(err)
	if again.Version != c.Version {
		e.t.Error("asking twice changed something")
	}
	both, err := e.wants(jiqiao.KindAchievement, "u_1", "n_1", "a_1")
	e.must(err)
	if both.NeedWish == nil || both.AchievementWish == nil || both.ID != c.ID {
		e.t.Errorf("both ask: %+v", both)
	}
	Queue(e.t, e.Store, "u_1", "n_1", "a_2")
	for wished, want := range map[bool]int{true: 1, false: 2} {
		page, err := e.Candidates(e.ctx, jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{All: true}, Wished: wished})
		e.must(err)
		if page.Total != want {
			e.t.Errorf("wished %v: %d, want %d", wished, page.Total, want)
		}
	}
	loads, err := e.QueueLoads(e.ctx, "", e.clock.Now(), e.clock.Now())
	e.must(err)
	if loads["u_1"].Wished != 1 || loads["u_1"].Open != 2 {
		e.t.Errorf("the broker's load: %+v", loads["u_1"])
	}
	waiting, err := e.wants(jiqiao.KindNeed, "", "n_2", "a_2")
	e.must(err)
	if waiting.Broker != "" || waiting.Waiting == "" || waiting.NeedWish == nil {
		e.t.Errorf("without a broker: %+v", waiting)
	}
}

func wishOfAKnownPair(e *env) {
	all := Queue(e.t, e.Store, "u_1", "n_1", "a_1", "a_2")
	_, err := e.DecideCandidates(e.ctx, As("u_1"), []jiqiao.QueueDecision{{CandidateID: all[1].ID, Verb: jiqiao.QueueDefer, Until: "2027-01-01"}})
	e.must(err)
	open, err := e.wants(jiqiao.KindNeed, "u_2", "n_1", "a_1")
	e.must(err)
	if open.ID != all[0].ID || open.Broker != "u_1" || open.Source != jiqiao.SourceMatch || !open.DueAt.Equal(all[0].DueAt) {
		e.t.Errorf("an open one moved: %+v", open)
	}
	deferred, err := e.wants(jiqiao.KindAchievement, "u_2", "n_1", "a_2")
	e.must(err)
	if deferred.State != jiqiao.CandidateOpen || deferred.DeferUntil != "" || !deferred.DueAt.Equal(wishDue) {
		e.t.Errorf("a deferred one stays so: %+v", deferred)
	}
}

func wishTurnedDown(e *env) {
	all := Queue(e.t, e.Store, "u_1", "n_1", "a_1")
	reject := []jiqiao.QueueDecision{{CandidateID: all[0].ID, Verb: jiqiao.QueueReject, Reason: "cost"}}
	_, err := e.DecideCandidates(e.ctx, As("u_1"), reject)
	e.must(err)
	// Nobody had asked: the broker looks again.
	c, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.must(err)
	if c.State != jiqiao.CandidateOpen || c.DecisionID != "" || c.Reason != "" || c.NeedWish == nil {
		e.t.Errorf("asked after it was turned down: %+v", c)
	}
	by := As("u_1")
	by.IntroduceAt = e.clock.Now()
	_, err = e.DecideCandidates(e.ctx, by, reject)
	e.must(err)
	due, err := e.ClaimJobs(e.ctx, "w", []string{jiqiao.JobWishAnswered}, 10, time.Hour)
	e.must(err)
	if len(due) != 1 || due[0].Key != c.ID {
		e.t.Errorf("jobs that answer: %+v", due)
	}
	_, err = e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.fails(jiqiao.CodeConflict, err)
	w := jiqiao.Wish{NeedID: "n_1", AchievementID: "a_1", Side: jiqiao.KindNeed, Organisation: "o_need", Changed: e.clock.Now().Add(time.Hour)}
	_, err = e.Wish(e.ctx, w, Candidate("n_1", "a_1"), time.Time{}, Give("u_1", wishDue))
	e.must(err) // the need was changed since
	e.fails(jiqiao.CodeConflict, onlyError(e.UndoCandidate(e.ctx, As("u_1"), c.ID, time.Time{})))
}

// unwish takes a wish back.
func (e *env) unwish(w jiqiao.Wish) error { return onlyError(e.Unwish(e.ctx, w)) }

func onlyError[T any](_ T, err error) error { return err }

func wishTakenBack(e *env) {
	back := jiqiao.Wish{NeedID: "n_1", AchievementID: "a_1", Side: jiqiao.KindNeed, Organisation: "o_need", User: "u_need"}
	e.fails(jiqiao.CodeNotFound, e.unwish(back))
	c, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.must(err)
	for _, w := range []jiqiao.Wish{
		{NeedID: "n_1", AchievementID: "a_1", Side: jiqiao.KindNeed, Organisation: "o_other"},
		{NeedID: "n_1", AchievementID: "a_1", Side: jiqiao.KindAchievement, Organisation: "o_achievement"},
	} {
		e.fails(jiqiao.CodeNotFound, e.unwish(w))
	}
	e.must(e.unwish(back))
	left, err := e.Candidate(e.ctx, c.ID)
	e.must(err)
	if left.State != jiqiao.CandidateExpired || left.Broker != "" || left.Wished() {
		e.t.Errorf("what came by the wish alone is still in a queue: %+v", left)
	}
	if diff := cmp.Diff([]string{"placed", "wished", "unwished"}, e.acts(c.ID)); diff != "" {
		e.t.Errorf("history (-want +got):\n%s", diff)
	}
	e.fails(jiqiao.CodeNotFound, e.unwish(back))

	_, err = e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.must(err) // once more
	_, err = e.wants(jiqiao.KindAchievement, "u_1", "n_1", "a_1")
	e.must(err)
	e.must(e.unwish(back))
	if left, err = e.Candidate(e.ctx, c.ID); err != nil || left.State != jiqiao.CandidateOpen || left.NeedWish != nil || left.AchievementWish == nil {
		e.t.Errorf("the other side still asks: %+v, %v", left, err)
	}
	matched := Queue(e.t, e.Store, "u_1", "n_2", "a_2")[0]
	_, err = e.wants(jiqiao.KindNeed, "u_1", "n_2", "a_2")
	e.must(err)
	back.NeedID, back.AchievementID = "n_2", "a_2"
	e.must(e.unwish(back))
	if left, err = e.Candidate(e.ctx, matched.ID); err != nil || left.State != jiqiao.CandidateOpen || left.Broker != "u_1" || left.Wished() {
		e.t.Errorf("a match left its queue: %+v, %v", left, err)
	}
	_, err = e.wants(jiqiao.KindNeed, "u_1", "n_2", "a_2")
	e.must(err)
	_, err = e.DecideCandidates(e.ctx, As("u_1"), []jiqiao.QueueDecision{{CandidateID: matched.ID, Verb: jiqiao.QueueAccept}})
	e.must(err)
	e.fails(jiqiao.CodeConflict, e.unwish(back))
	_, err = e.wants(jiqiao.KindNeed, "u_1", "n_2", "a_2")
	e.fails(jiqiao.CodeConflict, err)
}

func wishesAreFew(e *env) {
	for i := range jiqiao.MaxWishes {
		_, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_"+strconv.Itoa(i))
		e.must(err)
	}
	_, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_x")
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.wants(jiqiao.KindAchievement, "u_1", "n_1", "a_x")
	e.must(err)
	_, err = e.wants(jiqiao.KindNeed, "u_1", "n_2", "a_x")
	e.must(err)
}

func wishOfWhatIsIntroduced(e *env) {
	i := Introduction("n_1", "a_1")
	e.must(e.CreateIntroduction(e.ctx, i, Quiet))
	_, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.fails(jiqiao.CodeConflict, err)
	if _, err := e.CandidateOf(e.ctx, "n_1", "a_1"); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		e.t.Errorf("what was refused left a candidate: %v", err)
	}
}

func wishesAreShown(e *env) {
	Queue(e.t, e.Store, "u_1", "n_1", "a_1")
	_, err := e.wants(jiqiao.KindNeed, "", "n_1", "a_2")
	e.must(err)
	for wished, want := range map[bool]int{true: 1, false: 2} {
		page, err := e.Shown(e.ctx, jiqiao.ShownQuery{Organisation: "o_need", Kind: jiqiao.KindNeed, Wished: wished})
		e.must(err)
		if page.Total != want || len(page.Items) != want {
			e.t.Errorf("wished %v: %d of %d, want %d", wished, len(page.Items), page.Total, want)
		}
		for _, s := range page.Items {
			if (s.WishedAt != nil) != (s.OtherID == "a_2") {
				e.t.Errorf("wished at %v: %s", s.WishedAt, s.OtherID)
			}
		}
	}
	// The other side does not learn of it before a broker has it.
	other, err := e.Shown(e.ctx, jiqiao.ShownQuery{Organisation: "o_achievement", Kind: jiqiao.KindAchievement})
	e.must(err)
	if other.Total != 1 {
		e.t.Errorf("the other side is shown %d", other.Total)
	}
}

func wishesArePlacedFirst(e *env) {
	e.queue("", "n_1", "a_1")
	weak := Candidate("n_2", "a_2")
	weak.Score = 0.01
	w := jiqiao.Wish{NeedID: "n_2", AchievementID: "a_2", Side: jiqiao.KindNeed, Organisation: "o_need", DueAt: wishDue}
	asked, err := e.Wish(e.ctx, w, weak, time.Time{}, Give("", wishDue))
	e.must(err)
	done, _, err := e.PlaceWaiting(e.ctx, "", time.Time{}, func(c *jiqiao.Candidate, p *jiqiao.Placing) {
		Give("", c.DueAt)(c, p)
		if p.Placed["u_1"] == 0 {
			Give("u_1", wishDue)(c, p)
			c.Waiting = ""
		}
	})
	e.must(err)
	if c, err := e.Candidate(e.ctx, asked.ID); err != nil || c.Broker != "u_1" || done.Placed != 1 || done.Waiting != 1 {
		e.t.Errorf("the room went to another match: %+v, %v", done, err)
	}
}

func wishOfWhatWaits(e *env) {
	match := e.queue("", "n_1", "a_1")[0]
	c, err := e.wants(jiqiao.KindNeed, "", "n_1", "a_1")
	e.must(err)
	if c.Source != jiqiao.SourceMatch {
		e.t.Errorf("a match became one of the source %q", c.Source)
	}
	e.must(e.unwish(jiqiao.Wish{NeedID: "n_1", AchievementID: "a_1", Side: jiqiao.KindNeed, Organisation: "o_need"}))
	if left, err := e.Candidate(e.ctx, match.ID); err != nil || left.State != jiqiao.CandidateOpen {
		e.t.Errorf("a match left the queues with the wish: %+v, %v", left, err)
	}
}

func wishOfWhatWasTurnedDown(e *env) {
	c := e.queue("u_1", "n_1", "a_1")[0]
	by := As("u_1")
	by.Second = func(*jiqiao.Candidate) string { return "u_2" }
	_, err := e.DecideCandidates(e.ctx, by, []jiqiao.QueueDecision{{CandidateID: c.ID, Verb: jiqiao.QueueReject, Reason: "cost", Note: "太贵"}})
	e.must(err)
	was, err := e.Candidate(e.ctx, c.ID)
	e.must(err)
	_, err = e.wants(jiqiao.KindNeed, "u_3", "n_1", "a_1")
	e.must(err)
	if left, err := e.SecondOpinions(e.ctx, "u_2", 10); err != nil || len(left) != 0 {
		e.t.Errorf("an opinion is awaited on what is looked at again: %+v, %v", left, err)
	}
	e.must(e.unwish(jiqiao.Wish{NeedID: "n_1", AchievementID: "a_1", Side: jiqiao.KindNeed, Organisation: "o_need"}))
	now, err := e.Candidate(e.ctx, c.ID)
	e.must(err)
	if now.State != jiqiao.CandidateRejected || now.Reason != "cost" || now.Note != "太贵" || now.DecisionID != was.DecisionID || now.DecidedBy != "u_1" || !now.DecidedAt.Equal(*was.DecidedAt) {
		e.t.Errorf("it was turned down before: %+v", now)
	}
	e.queue("u_1", "n_1", "a_1")
	if now, err = e.Candidate(e.ctx, c.ID); err != nil || now.State != jiqiao.CandidateRejected {
		e.t.Errorf("matching brought it back: %+v, %v", now, err)
	}
}

func wishOfWhatIsGone(e *env) {
	asked, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.must(err)
	e.queue("u_1", "n_2", "a_1")
	_, err = e.ExpireCandidates(e.ctx, jiqiao.KindAchievement, "a_1")
	e.must(err)
	due, err := e.ClaimJobs(e.ctx, "w", []string{jiqiao.JobWishAnswered}, 10, time.Hour)
	e.must(err)
	if len(due) != 1 || due[0].Key != asked.ID {
		e.t.Errorf("jobs that answer: %+v", due)
	}
}

func wishesFollowAMerge(e *env) {
	into, from := Need("甲公司", "一"), Need("甲公司", "一（重复）")
	e.put(into, from)
	other := e.queue("u_1", into.ID, "a_1", "a_2")
	stays, err := e.wants(jiqiao.KindAchievement, "u_1", from.ID, "a_1")
	e.must(err)
	_, err = e.wants(jiqiao.KindNeed, "u_1", from.ID, "a_3")
	e.must(err)
	_, err = e.MergeRecords(e.ctx, jiqiao.MergeRequest{Kind: jiqiao.KindNeed, From: from.ID, Into: into.ID, FromVersion: 1, IntoVersion: 1})
	e.must(err)
	for pair, want := range map[string][2]bool{"a_1": {false, true}, "a_2": {}, "a_3": {true, false}} {
		c, err := e.CandidateOf(e.ctx, into.ID, pair)
		e.must(err)
		if got := [2]bool{c.NeedWish != nil, c.AchievementWish != nil}; got != want {
			e.t.Errorf("%s is asked for: %v, want %v", pair, got, want)
		}
	}
	if acts, err := e.CandidateActs(e.ctx, other[0].ID); err != nil || acts[len(acts)-1].Act != "wished" || acts[len(acts)-1].Note != "样件已备好" {
		e.t.Errorf("what was said is lost: %+v, %v", acts, err)
	}
	if left, err := e.Candidate(e.ctx, stays.ID); err != nil || left.Wished() {
		e.t.Errorf("the wish is at both: %+v, %v", left, err)
	}
}

// wishesBesideOthers asks and takes back while the same pairs are decided on, matched, placed and taken from the queues: a
// refusal is an answer, a deadlock is none.
func wishesBesideOthers(e *env) {
	all := e.queue("u_1", "n_1", "a_0", "a_1", "a_2", "a_3")
	by := As("u_1")
	by.Scope = jiqiao.QueueScope{All: true}
	by.Second = func(*jiqiao.Candidate) string { return "u_2" }
	var found []jiqiao.Candidate
	for _, c := range all {
		found = append(found, Candidate(c.NeedID, c.AchievementID))
	}
	var writers sync.WaitGroup
	write := func(what func(a string, i int) error) {
		writers.Go(func() {
			for n := range 12 {
				i := n % len(all)
				err := what(all[i].AchievementID, i)
				if code := jiqiao.CodeOf(err); err != nil && code != jiqiao.CodeConflict && code != jiqiao.CodeNotFound {
					e.t.Error(err)
				}
			}
		})
	}
	for _, side := range []jiqiao.Kind{jiqiao.KindNeed, jiqiao.KindAchievement} {
		write(func(a string, _ int) error { return onlyError(e.wants(side, "u_1", "n_1", a)) })
		write(func(a string, _ int) error {
			return e.unwish(jiqiao.Wish{NeedID: "n_1", AchievementID: a, Side: side, Organisation: "o_" + string(side)})
		})
	}
	write(func(_ string, i int) error {
		return onlyError(e.DecideCandidates(e.ctx, by, []jiqiao.QueueDecision{{CandidateID: all[i].ID, Verb: jiqiao.QueueReject, Reason: "cost"}}))
	})
	write(func(_ string, i int) error { return onlyError(e.UndoCandidate(e.ctx, by, all[i].ID, time.Time{})) })
	write(func(string, int) error {
		return onlyError(e.FillCandidates(e.ctx, jiqiao.KindNeed, Candidate("n_1", ""), found, time.Time{}, Give("u_1", wishDue)))
	})
	write(func(a string, _ int) error { return onlyError(e.ExpireCandidates(e.ctx, jiqiao.KindAchievement, a)) })
	writers.Wait()
	if page := e.list(jiqiao.CandidateQuery{Scope: everywhere}); page.Total != len(all) {
		e.t.Errorf("%d candidates, want %d", page.Total, len(all))
	}
}

func wishesOfAnotherOwner(e *env) {
	into, from := Need("甲公司", "一"), Need("丙公司", "一（重复）")
	e.put(into, from)
	_, err := e.wants(jiqiao.KindAchievement, "u_1", from.ID, "a_1")
	e.must(err)
	w := jiqiao.Wish{NeedID: from.ID, AchievementID: "a_1", Side: jiqiao.KindNeed, Organisation: from.Owner.ID, DueAt: wishDue}
	c := Candidate(from.ID, "a_1")
	c.NeedOwner = from.Owner.ID
	_, err = e.Wish(e.ctx, w, c, time.Time{}, Give("u_1", wishDue))
	e.must(err)
	_, err = e.MergeRecords(e.ctx, jiqiao.MergeRequest{Kind: jiqiao.KindNeed, From: from.ID, Into: into.ID, FromVersion: 1, IntoVersion: 1})
	e.must(err)
	if c, err = e.CandidateOf(e.ctx, into.ID, "a_1"); err != nil || c.NeedWish != nil || c.AchievementWish == nil {
		e.t.Errorf("who never asked is said to ask: %+v, %v", c, err)
	}
}

// outcome is what the owner of that side learns of the pair.
func (e *env) outcome(side jiqiao.Kind, id string) jiqiao.Shown {
	e.t.Helper()
	page, err := e.Shown(e.ctx, jiqiao.ShownQuery{Organisation: "o_" + string(side), Kind: side})
	e.must(err)
	for _, s := range page.Items {
		if s.ID == id {
			return s
		}
	}
	return jiqiao.Shown{}
}

// refused turns the candidate down, to be told in ten minutes.
func (e *env) refused(id, reason string) {
	e.t.Helper()
	by := As("u_1")
	by.IntroduceAt = e.clock.Now().Add(10 * time.Minute)
	_, err := e.DecideCandidates(e.ctx, by, []jiqiao.QueueDecision{{CandidateID: id, Verb: jiqiao.QueueReject, Reason: reason}})
	e.must(err)
}

func wishesAreAnsweredApart(e *env) {
	c, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.must(err)
	e.refused(c.ID, "cost")
	refused := e.outcome(jiqiao.KindNeed, c.ID)
	e.clock.Advance(time.Minute)
	_, err = e.wants(jiqiao.KindAchievement, "u_1", "n_1", "a_1")
	e.must(err)
	if c, err = e.Candidate(e.ctx, c.ID); err != nil || c.State != jiqiao.CandidateOpen || c.NeedWish != nil || c.AchievementWish == nil {
		e.t.Errorf("the other side asks: %+v, %v", c, err)
	}
	stands := e.outcome(jiqiao.KindNeed, c.ID)
	refused.ShownAt = stands.ShownAt // it came before a broker once more
	if diff := cmp.Diff(refused, stands); diff != "" || refused.Outcome != jiqiao.ShownRejected || refused.Reason != "cost" || refused.WishedAt == nil {
		e.t.Errorf("who was refused stays so (-want +got):\n%s", diff)
	}
	if got := e.outcome(jiqiao.KindAchievement, c.ID); got.Outcome != jiqiao.ShownWaiting || got.WishedAt == nil || got.Reason != "" {
		e.t.Errorf("who asks now sees %+v", got)
	}
	kept, err := e.WishAnswers(e.ctx, c.ID)
	e.must(err)
	if len(kept) != 1 || kept[0].Side != jiqiao.KindNeed || kept[0].Reason != "cost" || kept[0].DecisionID == "" {
		e.t.Errorf("kept %+v", kept)
	}
	// He hears of it at once: nobody can think it over any more.
	due, err := e.ClaimJobs(e.ctx, "w", []string{jiqiao.JobWishAnswered}, 10, time.Hour)
	e.must(err)
	if len(due) != 1 || due[0].Key != c.ID {
		e.t.Errorf("jobs that answer: %+v", due)
	}
	_, err = e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.fails(jiqiao.CodeConflict, err)

	// The other side takes it back: it is what it was.
	w := jiqiao.Wish{NeedID: "n_1", AchievementID: "a_1", Side: jiqiao.KindAchievement, Organisation: "o_achievement"}
	e.must(e.unwish(w))
	if got := e.outcome(jiqiao.KindNeed, c.ID); got.Outcome != jiqiao.ShownRejected || got.Reason != "cost" {
		e.t.Errorf("after all of it he sees %+v", got)
	}
	// Another refusal is the other side's; accepted, both go on.
	_, err = e.wants(jiqiao.KindAchievement, "u_1", "n_1", "a_1")
	e.must(err)
	e.refused(c.ID, "field")
	for side, want := range map[jiqiao.Kind]string{jiqiao.KindNeed: "cost", jiqiao.KindAchievement: "field"} {
		if got := e.outcome(side, c.ID); got.Outcome != jiqiao.ShownRejected || got.Reason != want || got.By != jiqiao.PartyBroker {
			e.t.Errorf("%s sees %+v", side, got)
		}
	}
	// Who changed his record asks once more, and is under way again.
	w = jiqiao.Wish{NeedID: "n_1", AchievementID: "a_1", Side: jiqiao.KindNeed, Organisation: "o_need", Changed: e.clock.Now().Add(time.Hour), DueAt: wishDue}
	_, err = e.Wish(e.ctx, w, Candidate("n_1", "a_1"), time.Time{}, Give("u_1", wishDue))
	e.must(err)
	for side, want := range map[jiqiao.Kind]jiqiao.ShownOutcome{jiqiao.KindNeed: jiqiao.ShownWaiting, jiqiao.KindAchievement: jiqiao.ShownRejected} {
		if got := e.outcome(side, c.ID); got.Outcome != want {
			e.t.Errorf("%s sees %+v", side, got)
		}
	}
	_, err = e.DecideCandidates(e.ctx, As("u_1"), []jiqiao.QueueDecision{{CandidateID: c.ID, Verb: jiqiao.QueueAccept}})
	e.must(err)
	for _, side := range []jiqiao.Kind{jiqiao.KindNeed, jiqiao.KindAchievement} {
		if got := e.outcome(side, c.ID); got.Outcome != jiqiao.ShownAccepted {
			e.t.Errorf("%s sees %+v", side, got)
		}
	}
}

func wishesAreToldWhenTheyStand(e *env) {
	back := jiqiao.Wish{NeedID: "n_1", AchievementID: "a_1", Side: jiqiao.KindNeed, Organisation: "o_need"}
	told := func() int {
		e.t.Helper()
		due, err := e.ClaimJobs(e.ctx, "w", []string{jiqiao.JobWishTold}, 10, time.Hour)
		e.must(err)
		return len(due)
	}
	for range 3 {
		_, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
		e.must(err)
		e.clock.Advance(4 * time.Minute)
		e.must(e.unwish(back))
	}
	e.clock.Advance(time.Hour)
	if n := told(); n != 0 {
		e.t.Errorf("told %d times of what was taken back", n)
	}
	_, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.must(err)
	if n := told(); n != 0 {
		e.t.Error("told at once")
	}
	// What the other side takes back does not silence this one.
	_, err = e.wants(jiqiao.KindAchievement, "u_1", "n_1", "a_1")
	e.must(err)
	e.must(e.unwish(jiqiao.Wish{NeedID: "n_1", AchievementID: "a_1", Side: jiqiao.KindAchievement, Organisation: "o_achievement"}))
	e.clock.Advance(6 * time.Minute)
	if n := told(); n != 1 {
		e.t.Errorf("told %d times, want once", n)
	}
	if got := e.jobsOf(jiqiao.JobQueueTold); len(got) != 0 {
		e.t.Errorf("told of a new candidate, too: %+v", got)
	}
}

func wishesComeBackWithTheirNote(e *env) {
	_, err := e.wants(jiqiao.KindNeed, "u_1", "n_1", "a_1")
	e.must(err)
	note, err := e.Unwish(e.ctx, jiqiao.Wish{NeedID: "n_1", AchievementID: "a_1", Side: jiqiao.KindNeed, Organisation: "o_need"})
	e.must(err)
	if note != "样件已备好" {
		e.t.Errorf("said %q", note)
	}
}

func wishesGoBack(e *env) {
	into, from := Need("甲公司", "一"), Need("甲公司", "一（重复）")
	e.put(into, from)
	survivors := e.queue("u_1", into.ID, "a_1", "a_2", "a_3")
	var stay []jiqiao.Candidate
	for _, a := range []string{"a_1", "a_2", "a_3"} {
		c, err := e.wants(jiqiao.KindAchievement, "u_1", from.ID, a)
		e.must(err)
		stay = append(stay, c)
	}
	_, err := e.MergeRecords(e.ctx, jiqiao.MergeRequest{Kind: jiqiao.KindNeed, From: from.ID, Into: into.ID, FromVersion: 1, IntoVersion: 1})
	e.must(err)
	_, err = e.ExpireCandidates(e.ctx, jiqiao.KindNeed, from.ID) // it is not offered any more
	e.must(err)
	e.refused(survivors[1].ID, "cost")
	e.must(e.unwish(jiqiao.Wish{NeedID: into.ID, AchievementID: "a_3", Side: jiqiao.KindAchievement, Organisation: "o_achievement"}))
	_, err = e.UndoMerge(e.ctx, jiqiao.KindNeed, from.ID)
	e.must(err)
	// Only what still waits goes back.
	for i, want := range []bool{true, false, false} {
		c, err := e.Candidate(e.ctx, stay[i].ID)
		e.must(err)
		if c.Wished() != want || (c.State == jiqiao.CandidateOpen) != want {
			e.t.Errorf("%s after the undo: %+v", c.AchievementID, c)
		}
	}
	if left, err := e.Candidate(e.ctx, survivors[0].ID); err != nil || left.Wished() || left.State != jiqiao.CandidateOpen {
		e.t.Errorf("the wish is at both: %+v, %v", left, err)
	}
	if left, err := e.Candidate(e.ctx, survivors[1].ID); err != nil || left.State != jiqiao.CandidateRejected || left.AchievementWish == nil {
		e.t.Errorf("what was answered: %+v, %v", left, err)
	}
	if acts, err := e.CandidateActs(e.ctx, stay[0].ID); err != nil || acts[len(acts)-1].Act != "wished" || acts[len(acts)-1].Note != "样件已备好" {
		e.t.Errorf("what was said is lost: %+v, %v", acts, err)
	}
}

func wishesOfTheSurvivorGo(e *env) {
	into, from := Need("甲公司", "一"), Need("丙公司", "一（重复）")
	e.put(into, from)
	asks := func(owner, need string) (jiqiao.Candidate, error) {
		w := jiqiao.Wish{NeedID: need, AchievementID: "a_1", Side: jiqiao.KindNeed, Organisation: owner, DueAt: wishDue}
		c := Candidate(need, "a_1")
		c.NeedOwner = owner
		return e.Wish(e.ctx, w, c, time.Time{}, Give("u_1", wishDue))
	}
	c, err := asks(from.Owner.ID, from.ID)
	e.must(err)
	_, err = e.MergeRecords(e.ctx, jiqiao.MergeRequest{Kind: jiqiao.KindNeed, From: from.ID, Into: into.ID, FromVersion: 1, IntoVersion: 1})
	e.must(err)
	_, err = asks(into.Owner.ID, into.ID) // as its own candidate by now
	e.must(err)
	_, err = e.UndoMerge(e.ctx, jiqiao.KindNeed, from.ID)
	e.must(err)
	left, err := e.Candidate(e.ctx, c.ID)
	e.must(err)
	if left.NeedID != from.ID || left.NeedWish == nil || !left.NeedWish.Equal(*c.NeedWish) {
		e.t.Errorf("who asked first: %+v", left)
	}
	told := e.notices("candidate.unmerged")
	if len(told) != 1 || told[0].Organisations[0] != into.Owner.ID || told[0].Object.ID != into.ID || told[0].Data["own"] != "一" {
		e.t.Errorf("told %+v", told)
	}
}
