package learn

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store/sqlitetest"
)

// seen is what a list says of one match: its place, whether it was shown, and what was decided.
type seen struct {
	Other string
	Rank  int
	Shown bool
	Verb  jiqiao.Verb
}

func TestReadHistory(t *testing.T) {
	p := newPlatform(t, sqlitetest.New(t))
	shown := func(kind jiqiao.Kind, subject string, first int, by string, ids ...string) {
		t.Helper()
		i := jiqiao.Impression{Kind: kind, SubjectID: subject, First: first, IDs: ids, By: by, Model: "m"}
		if err := p.store.SaveImpressions(t.Context(), []jiqiao.Impression{i}); err != nil {
			t.Fatal(err)
		}
	}
	decide := func(need, achievement, by string, verb jiqiao.Verb, rank int) string {
		t.Helper()
		p.at = p.at.Add(time.Minute)
		d := jiqiao.Decision{NeedID: need, AchievementID: achievement, Verb: verb, By: by, Rank: rank}
		if err := p.store.PutDecision(t.Context(), &d); err != nil {
			t.Fatal(err)
		}
		return d.ID
	}
	// 张三 sees two pages of a need, the second anew in another order, changes his mind, and takes one decision back.
	shown(jiqiao.KindNeed, "n1", 1, "张三", "a1", "a2")
	shown(jiqiao.KindNeed, "n1", 3, "张三", "a3", "a4")
	shown(jiqiao.KindNeed, "n1", 3, "张三", "a4", "a3")
	decide("n1", "a1", "张三", jiqiao.VerbAccept, 1)
	decide("n1", "a1", "张三", jiqiao.VerbReject, 1)
	mistaken := decide("n1", "a2", "张三", jiqiao.VerbAccept, 2)
	if _, err := p.store.DeleteDecision(t.Context(), mistaken); err != nil {
		t.Fatal(err)
	}
	// 李四 sees the same need and decides nothing there, but does for an achievement.
	shown(jiqiao.KindNeed, "n1", 1, "李四", "a9")
	shown(jiqiao.KindAchievement, "a5", 1, "李四", "n1", "n2")
	decide("n2", "a5", "李四", jiqiao.VerbAccept, 2)

	h, err := readHistory(t.Context(), p.store, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[listKey][]seen{}
	for _, l := range h.lists {
		for _, it := range l.items {
			s := seen{Other: it.other, Rank: it.rank, Shown: it.shown}
			if it.decision != nil {
				s.Verb = it.decision.Verb
			}
			got[l.listKey] = append(got[l.listKey], s)
		}
	}
	want := map[listKey][]seen{
		{jiqiao.KindNeed, "n1", "张三"}: {
			{"a1", 1, true, jiqiao.VerbReject}, {"a2", 2, true, ""}, {"a3", 3, true, ""}, {"a4", 3, true, ""},
		},
		{jiqiao.KindAchievement, "a1", "张三"}: {{"n1", 1, false, jiqiao.VerbReject}},
		{jiqiao.KindAchievement, "a5", "李四"}: {{"n1", 1, true, ""}, {"n2", 2, true, jiqiao.VerbAccept}},
		{jiqiao.KindNeed, "n2", "李四"}:        {{"a5", 2, false, jiqiao.VerbAccept}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
	if len(h.decisions) != 2 || h.decided[1] != 1 || h.decided[2] != 1 || h.shown[3] != 2 {
		t.Errorf("decisions %+v, decided %v, shown %v", h.decisions, h.decided, h.shown)
	}
	later, err := readHistory(t.Context(), p.store, p.at.Add(time.Hour))
	if err != nil || len(later.decisions)+len(later.lists) != 0 {
		t.Errorf("before the window: %+v, %v", later, err)
	}
}

// TestCountingByPlace: what a broker decided on, in however many lists, is one decision at its place.
func TestCountingByPlace(t *testing.T) {
	h := historyOf([]session{{
		impression: jiqiao.Impression{Kind: jiqiao.KindNeed, SubjectID: "n", First: 1, IDs: []string{"a", "b"}, By: "张三"},
		decisions:  []jiqiao.Decision{{ID: "d", NeedID: "n", AchievementID: "b", Verb: jiqiao.VerbAccept, Rank: 2, By: "张三"}},
	}})
	if h.decided[2] != 1 || h.shown[1] != 1 || h.shown[2] != 1 || len(h.lists) != 2 {
		t.Errorf("decided %v, shown %v, %d lists", h.decided, h.shown, len(h.lists))
	}
}
