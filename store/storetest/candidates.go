package storetest

import (
	"testing"
	"time"

	"jiqiao"
	"jiqiao/store"
)

// Candidate is a candidate of the pair as the matcher finds it.
func Candidate(need, achievement string) jiqiao.Candidate {
	return jiqiao.Candidate{
		NeedID: need, AchievementID: achievement, Need: "提高 " + need + " 的导热率", Achievement: "石墨烯膜 " + achievement,
		Enterprise: "甲公司", Organisation: "乙大学", NeedOwner: "o_need", AchievementOwner: "o_achievement",
		Fields: []string{"20101", "402"}, Region: "320981", Score: 1.0 / 3, Level: jiqiao.LevelFair,
		Probabilities: [4]float64{0.125, 0.125, 0.5, 0.25}, Model: "v1", Source: jiqiao.SourceMatch,
	}
}

// Give places every candidate with one broker, whose agency is o_agency; "" leaves it waiting.
func Give(broker string, due time.Time) jiqiao.Place {
	return func(c *jiqiao.Candidate, _ *jiqiao.Placing) {
		c.DueAt, c.Broker = due, broker
		if broker == "" {
			c.Waiting = "名额已满"
			return
		}
		c.Agency = "o_agency"
	}
}

// Queue gives the broker a candidate of each pair of the need and an achievement, and returns them in that order.
func Queue(t testing.TB, st *store.Store, broker, need string, achievements ...string) []jiqiao.Candidate {
	t.Helper()
	var found []jiqiao.Candidate
	for _, a := range achievements {
		found = append(found, Candidate(need, a))
	}
	due := time.Date(2026, 11, 25, 16, 0, 0, 0, time.UTC)
	if _, err := st.FillCandidates(t.Context(), jiqiao.KindNeed, Candidate(need, ""), found, time.Time{}, Give(broker, due)); err != nil {
		t.Fatal(err)
	}
	var all []jiqiao.Candidate
	for _, a := range achievements {
		c, err := st.CandidateOf(t.Context(), need, a)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// As is who works on the broker's queue.
func As(broker string) jiqiao.Deciding {
	return jiqiao.Deciding{User: broker, Scope: jiqiao.QueueScope{Broker: broker}, Name: func(user string) string { return "经理人" + user }}
}

// fillQueues gives the store candidates with all that belongs to them.
func fillQueues(t testing.TB, st *store.Store) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	all := Queue(t, st, "u_1", "n_1", "a_1", "a_2", "a_3")
	by := As("u_1")
	by.Second = func(*jiqiao.Candidate) string { return "u_2" }
	_, err := st.DecideCandidates(ctx, by, []jiqiao.QueueDecision{
		{CandidateID: all[0].ID, Verb: jiqiao.QueueReject, Reason: "cost", Note: "太贵"},
		{CandidateID: all[1].ID, Verb: jiqiao.QueueDefer, Until: "2026-12-01"},
	})
	check(err)
	check(st.GiveOpinion(ctx, "u_2", jiqiao.QueueDecision{CandidateID: all[0].ID, Verb: jiqiao.QueueReject, Reason: "field", Note: "复核"}))
	due := time.Date(2026, 11, 27, 16, 0, 0, 0, time.UTC)
	q := &jiqiao.Question{Kind: jiqiao.KindNeed, Text: "预算是多少？", DueAt: &due}
	_, err = st.AskQuestion(ctx, by, all[2].ID, q)
	check(err)
	_, err = st.AnswerQuestion(ctx, "o_need", "u_9", q.ID, "五十万元", due)
	check(err)
	_, err = st.LeaseCandidate(ctx, by, all[2].ID, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	check(err)
	_, err = st.HandCandidate(ctx, by, all[2].ID, jiqiao.Broker{ID: "u_3", Organisation: "o_agency"}, "交给你", time.Time{}, jiqiao.QueueLimits{Open: 9, Week: 9})
	check(err)
	check(st.SaveView(ctx, &jiqiao.SavedView{User: "u_1", List: "queue", Name: "强匹配", Query: "level=4"}))
	fillWishes(t, st, by)
}

// fillWishes has the owner of a need ask in vain, and the other side after him.
func fillWishes(t testing.TB, st *store.Store, by jiqiao.Deciding) {
	t.Helper()
	by.Second = nil
	for _, side := range []jiqiao.Kind{jiqiao.KindNeed, jiqiao.KindAchievement} {
		w := jiqiao.Wish{NeedID: "n_1", AchievementID: "a_4", Side: side, Organisation: "o_" + string(side), User: "u_9", Note: "样件已备好"}
		c, err := st.Wish(t.Context(), w, Candidate("n_1", "a_4"), time.Time{}, Give("u_1", time.Date(2026, 11, 27, 16, 0, 0, 0, time.UTC)))
		if err == nil && side == jiqiao.KindNeed {
			_, err = st.DecideCandidates(t.Context(), by, []jiqiao.QueueDecision{{CandidateID: c.ID, Verb: jiqiao.QueueReject, Reason: "cost"}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// queueContents is all that can be read of the queues.
func queueContents(t testing.TB, st *store.Store, keep func(name string, v any, err error)) {
	t.Helper()
	ctx := t.Context()
	page, err := st.Candidates(ctx, jiqiao.CandidateQuery{Scope: jiqiao.QueueScope{All: true}})
	keep("candidates", page, err)
	for _, c := range page.Items {
		acts, err := st.CandidateActs(ctx, c.ID)
		keep("history of "+c.ID, acts, err)
		answers, err := st.WishAnswers(ctx, c.ID)
		keep("answers to wishes for "+c.ID, answers, err)
		o, err := st.SecondOpinion(ctx, "u_2", c.ID)
		if jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
			keep("second opinion on "+c.ID, o, err)
		}
	}
	questions, err := st.Questions(ctx, jiqiao.QuestionQuery{})
	keep("questions", questions, err)
	views, err := st.SavedViews(ctx, "u_1", "queue")
	keep("views", views, err)
}
