package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func introductionTests() map[string]func(*env) {
	return map[string]func(*env){
		"introductions are kept whole":           testIntroduction,
		"introductions of a pair":                testIntroductionPair,
		"introductions change all or nothing":    testIntroductionChange,
		"introductions change one after another": testIntroductionRace,
		"introductions by scope and filter":      testIntroductionFilter,
		"introductions by text":                  testIntroductionText,
		"introductions in pages":                 testIntroductionPages,
		"introductions that are due":             testIntroductionsDue,
		"introductions counted":                  testIntroductionCounts,
		"threads":                                testThreads,
		"undertakings":                           testUndertakings,
	}
}

func testIntroduction(e *env) {
	i := Introduction("n_1", "a_1")
	i.NeedEvidence = &jiqiao.Match{Level: jiqiao.LevelFair}
	e.must(e.CreateIntroduction(e.ctx, i, Quiet))
	got, err := e.Introduction(e.ctx, i.ID)
	e.must(err)
	if diff := cmp.Diff(*i, got); diff != "" {
		e.t.Errorf("kept (-want +got):\n%s", diff)
	}
	for _, id := range []string{"", "e_1", "e_00000000000000000000", "e_'; DROP TABLE intro", "\xff\xfe"} {
		_, err := e.Introduction(e.ctx, id)
		e.fails(jiqiao.CodeNotFound, err)
		_, err = e.ChangeIntroduction(e.ctx, id, Decline)
		e.fails(jiqiao.CodeNotFound, err)
	}
}

func testIntroductionPair(e *env) {
	first := Introduction("n_1", "a_1")
	e.must(e.CreateIntroduction(e.ctx, first, Quiet))
	second := Introduction("n_1", "a_1")
	e.fails(jiqiao.CodeConflict, e.CreateIntroduction(e.ctx, second, Quiet))
	if second.ID != "" || second.Version != 0 {
		e.t.Error("a failure leaves an id")
	}
	e.must(e.CreateIntroduction(e.ctx, Introduction("n_1", "a_2"), Quiet))
	found, err := e.IntroductionOf(e.ctx, "", "n_1", "a_1")
	e.must(err)
	if found.ID != first.ID {
		e.t.Errorf("found %s", found.ID)
	}
	_, err = e.ChangeIntroduction(e.ctx, first.ID, Decline)
	e.must(err)
	_, err = e.IntroductionOf(e.ctx, "", "n_1", "a_1")
	e.fails(jiqiao.CodeNotFound, err)
	e.must(e.CreateIntroduction(e.ctx, second, Quiet)) // the first has ended
	unknown := Introduction("n_3", "a_3")
	unknown.CandidateID = "k_00000000000000000000"
	e.fails(jiqiao.CodeNotFound, e.CreateIntroduction(e.ctx, unknown, Quiet))
}

func testIntroductionChange(e *env) {
	i := Introduction("n_1", "a_1")
	e.must(e.CreateIntroduction(e.ctx, i, Quiet))
	refused := errors.New("not now")
	_, err := e.ChangeIntroduction(e.ctx, i.ID, func(i *jiqiao.Introduction) (jiqiao.IntroductionOutcome, error) {
		i.State = jiqiao.IntroductionClosed
		return jiqiao.IntroductionOutcome{Messages: []jiqiao.ThreadMessage{{Thread: i.Ref(), Text: "x"}}}, refused
	})
	if !errors.Is(err, refused) {
		e.t.Fatalf("got %v", err)
	}
	kept, err := e.Introduction(e.ctx, i.ID)
	e.must(err)
	if kept.Version != 1 || kept.State != jiqiao.IntroductionInvited {
		e.t.Errorf("a refused change left version %d, state %s", kept.Version, kept.State)
	}
	e.clock.Advance(time.Hour)
	changed, err := e.ChangeIntroduction(e.ctx, i.ID, func(i *jiqiao.Introduction) (jiqiao.IntroductionOutcome, error) {
		out, err := Decline(i)
		d := Decision(i.NeedID, i.AchievementID, jiqiao.VerbReject, "metrics")
		out.Decision = d
		out.Grants = []jiqiao.Grant{{Record: jiqiao.Ref{Type: "need", ID: "n_1"}, Organisation: "o_achievement", Reason: i.ID}}
		out.Jobs = []jiqiao.NewJob{{Kind: jiqiao.JobDeal, Key: i.ID}}
		out.Notices = []jiqiao.Notice{{Template: "introduction.declined", Organisations: []string{"o_need"}}}
		out.Acts = []jiqiao.Act{{Name: "introduction.answer", Object: i.Ref()}}
		return out, err
	})
	e.must(err)
	if changed.Version != 2 || !changed.UpdatedAt.Equal(kept.CreatedAt.Add(time.Hour)) {
		e.t.Errorf("version %d at %s", changed.Version, changed.UpdatedAt)
	}
	standing, err := e.StandingDecisions(e.ctx, jiqiao.KindNeed, "n_1")
	e.must(err)
	granted, err := e.Granted(e.ctx, "o_achievement")
	e.must(err)
	if standing["a_1"].Reason != "metrics" || len(granted) != 1 {
		e.t.Errorf("decision %+v, grants %v", standing, granted)
	}
	acts, err := e.IntroductionActs(e.ctx, i.ID)
	e.must(err)
	if len(acts) != 1 || acts[0].Answer != jiqiao.AnswerDeclined || acts[0].At != changed.UpdatedAt {
		e.t.Errorf("history %+v", acts)
	}
}

// Changes at once are made one after another, each on what the one before left.
func testIntroductionRace(e *env) {
	i := Introduction("n_1", "a_1")
	e.must(e.CreateIntroduction(e.ctx, i, Quiet))
	other := e.another()
	var side sync.WaitGroup
	for n := range 10 {
		st := e.Store
		if n%2 == 1 {
			st = other
		}
		side.Go(func() {
			_, err := st.ChangeIntroduction(e.ctx, i.ID, func(i *jiqiao.Introduction) (jiqiao.IntroductionOutcome, error) {
				i.Need.Nudges++
				return jiqiao.IntroductionOutcome{}, nil
			})
			if err != nil {
				e.t.Error(err)
			}
		})
	}
	side.Wait()
	got, err := e.Introduction(e.ctx, i.ID)
	e.must(err)
	if got.Need.Nudges != 10 || got.Version != 11 {
		e.t.Errorf("%d nudges, version %d", got.Need.Nudges, got.Version)
	}
}

// A party finds nothing by what it is not shown.
func testIntroductionText(e *env) {
	need, achievement := Need("甲公司", "净水_设备"), Achievement("乙大学", "陶瓷膜")
	e.put(need, achievement)
	i := Introduction(need.ID, achievement.ID)
	i.Need.Organisation, i.Achievement.Organisation = need.Owner.ID, achievement.Owner.ID
	e.must(e.CreateIntroduction(e.ctx, i, Quiet))
	found := func(scope jiqiao.IntroductionScope, text string) bool {
		page, err := e.Introductions(e.ctx, jiqiao.IntroductionQuery{Scope: scope, Text: text})
		e.must(err)
		return page.Total == 1
	}
	broker, party := jiqiao.IntroductionScope{Broker: i.Broker}, jiqiao.IntroductionScope{Organisation: need.Owner.ID}
	for text, want := range map[string][2]bool{
		"水_设": {true, true}, "陶 瓷": {true, true}, "乙大": {true, false}, "甲公司": {true, false}, "水设": {false, false}, "%": {false, false}, "": {true, true},
	} {
		if got := [2]bool{found(broker, text), found(party, text)}; got != want {
			e.t.Errorf("%q: a broker and a party find %v, want %v", text, got, want)
		}
	}
	achievement.Status = jiqiao.StatusWithdrawn
	e.must(e.Put(e.ctx, achievement))
	if found(party, "陶瓷") || !found(broker, "陶瓷") || !found(party, "净水") {
		e.t.Error("a record that is no longer offered is found, or one's own is not")
	}
}

func testIntroductionFilter(e *env) {
	waiting := Introduction("n_1", "a_1")
	e.must(e.CreateIntroduction(e.ctx, waiting, Quiet))
	e.clock.Advance(time.Hour)
	asked := Introduction("n_2", "a_2")
	asked.Need.State, asked.Need.Asked = jiqiao.AnswerMoreInfo, jiqiao.PartyBroker
	asked.Achievement.State, asked.Achievement.DueAt = jiqiao.AnswerInterested, nil
	asked.Need.Region, asked.Achievement.Region, asked.Need.Organisation = "", "320900", "o_third"
	asked.Broker, asked.Agency = "u_other", "o_other"
	e.must(e.CreateIntroduction(e.ctx, asked, Quiet))
	declined := Introduction("n_3", "a_3")
	e.must(e.CreateIntroduction(e.ctx, declined, Quiet))
	_, err := e.ChangeIntroduction(e.ctx, declined.ID, Decline)
	e.must(err)
	names := map[string]string{waiting.ID: "waiting", asked.ID: "asked", declined.ID: "declined"}
	all := jiqiao.IntroductionScope{All: true}
	due := waiting.Need.DueAt.Add(0)
	for name, tc := range map[string]struct {
		q    jiqiao.IntroductionQuery
		want string
	}{
		"no scope reaches nothing":  {jiqiao.IntroductionQuery{}, ""},
		"a region alone is none":    {jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{Region: "320000"}}, ""},
		"everything":                {jiqiao.IntroductionQuery{Scope: all}, "declined asked waiting"},
		"a county":                  {jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{All: true, Region: "320981"}}, "declined waiting"},
		"a city of the other side":  {jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{All: true, Region: "140000"}}, "declined waiting"},
		"an organisation":           {jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{Organisation: "o_need"}}, "declined waiting"},
		"an organisation as well":   {jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{Organisation: "o_achievement"}}, "declined asked waiting"},
		"a stranger":                {jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{Organisation: "o_x"}}, ""},
		"a broker and an agency":    {jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{Broker: "u_broker", Agency: "o_other"}}, "declined asked waiting"},
		"a broker":                  {jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{Broker: "u_other"}}, "asked"},
		"a state":                   {jiqiao.IntroductionQuery{Scope: all, States: []jiqiao.IntroductionState{jiqiao.IntroductionDeclined}}, "declined"},
		"states":                    {jiqiao.IntroductionQuery{Scope: all, States: []jiqiao.IntroductionState{"invited", "declined"}}, "declined asked waiting"},
		"waiting for us":            {jiqiao.IntroductionQuery{Scope: all, Awaiting: "o_need"}, "waiting"},
		"waiting for them":          {jiqiao.IntroductionQuery{Scope: all, Awaiting: "o_achievement"}, "waiting"},
		"waiting for the broker":    {jiqiao.IntroductionQuery{Scope: all, AwaitingBroker: "u_other"}, "asked"},
		"waiting for another":       {jiqiao.IntroductionQuery{Scope: all, AwaitingBroker: "u_broker"}, ""},
		"an answer of a side":       {jiqiao.IntroductionQuery{Scope: all, Side: jiqiao.PartyAchievement, Answer: jiqiao.AnswerInterested}, "asked"},
		"not of the other":          {jiqiao.IntroductionQuery{Scope: all, Side: jiqiao.PartyNeed, Answer: jiqiao.AnswerInterested}, ""},
		"an answer of any":          {jiqiao.IntroductionQuery{Scope: all, Answer: jiqiao.AnswerInterested}, "asked"},
		"a need":                    {jiqiao.IntroductionQuery{Scope: all, NeedID: "n_1"}, "waiting"},
		"an achievement, a reason":  {jiqiao.IntroductionQuery{Scope: all, AchievementID: "a_3", Reason: "metrics"}, "declined"},
		"overdue":                   {jiqiao.IntroductionQuery{Scope: all, OverdueAt: due}, "asked waiting"},
		"not yet overdue":           {jiqiao.IntroductionQuery{Scope: all, OverdueAt: due.Add(-time.Microsecond)}, ""},
		"due before":                {jiqiao.IntroductionQuery{Scope: all, DueBefore: due.Add(time.Microsecond)}, "asked waiting"},
		"old":                       {jiqiao.IntroductionQuery{Scope: all, Until: asked.CreatedAt}, "waiting"},
		"young":                     {jiqiao.IntroductionQuery{Scope: all, From: asked.CreatedAt}, "declined asked"},
		"oldest first":              {jiqiao.IntroductionQuery{Scope: all, Sort: jiqiao.IntroductionsOldest}, "waiting asked declined"},
		"due first, the ended last": {jiqiao.IntroductionQuery{Scope: all, Sort: jiqiao.IntroductionsByDue}, "waiting asked declined"},
		"quotes and percent signs":  {jiqiao.IntroductionQuery{Scope: all, NeedID: "' OR 1=1 --", Broker: "%"}, ""},
	} {
		page, err := e.Introductions(e.ctx, tc.q)
		e.must(err)
		var got []string
		for _, i := range page.Items {
			got = append(got, names[i.ID])
		}
		if joined := strings.Join(got, " "); joined != tc.want || page.Total != len(got) {
			e.t.Errorf("%s: got %q of %d, want %q", name, joined, page.Total, tc.want)
		}
	}
	placeless := Introduction("n_4", "a_4")
	placeless.Need.Region, placeless.Achievement.Region = "", ""
	e.must(e.CreateIntroduction(e.ctx, placeless, Quiet))
	page, err := e.Introductions(e.ctx, jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{All: true, Region: "650000"}})
	e.must(err)
	if len(page.Items) != 1 || page.Items[0].ID != placeless.ID {
		e.t.Errorf("of no place is everybody's: %d", len(page.Items))
	}
}

func testIntroductionPages(e *env) {
	for n := range 7 {
		i := Introduction("n_1", fmt.Sprint("a_", n))
		at := i.Need.DueAt.Add(time.Duration(-n/2) * time.Hour)
		i.Need.DueAt, i.Achievement.DueAt = &at, nil
		if n == 3 {
			i.Need.DueAt = nil
		}
		e.must(e.CreateIntroduction(e.ctx, i, Quiet))
	}
	for _, sort := range []jiqiao.IntroductionSort{jiqiao.IntroductionsNewest, jiqiao.IntroductionsOldest, jiqiao.IntroductionsByDue} {
		q := jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{All: true}, Sort: sort, Limit: 100}
		whole, err := e.Introductions(e.ctx, q)
		e.must(err)
		var paged []jiqiao.Introduction
		for q.Limit = 2; ; {
			page, err := e.Introductions(e.ctx, q)
			e.must(err)
			paged = append(paged, page.Items...)
			if page.Total != 7 {
				e.t.Fatalf("total %d", page.Total)
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if diff := cmp.Diff(whole.Items, paged); diff != "" || len(paged) != 7 {
			e.t.Errorf("%s: pages differ from the whole:\n%s", sort, diff)
		}
		for _, cursor := range []string{"x", "1.x", "e_1", ".e_00000000000000000000"} {
			q.Cursor = cursor
			_, err := e.Introductions(e.ctx, q)
			e.fails(jiqiao.CodeInvalid, err)
		}
	}
}

func testIntroductionsDue(e *env) {
	i, never := Introduction("n_1", "a_1"), Introduction("n_1", "a_2")
	never.NextAt = nil
	e.must(e.CreateIntroduction(e.ctx, i, Quiet))
	e.must(e.CreateIntroduction(e.ctx, never, Quiet))
	for at, want := range map[time.Time]int{*i.NextAt: 1, i.NextAt.Add(-time.Microsecond): 0, i.NextAt.Add(time.Hour): 1} {
		due, err := e.IntroductionsDue(e.ctx, at, "", 10)
		e.must(err)
		if len(due) != want {
			e.t.Errorf("at %s: %v", at, due)
		}
	}
	due, err := e.IntroductionsDue(e.ctx, *i.NextAt, i.ID, 10)
	e.must(err)
	if len(due) != 0 {
		e.t.Errorf("after the last: %v", due)
	}
	kept, withdrawn, deleted := Need("甲公司", "留着"), Need("甲公司", "撤回"), Need("甲公司", "删除")
	withdrawn.Status = jiqiao.StatusWithdrawn
	e.put(kept, withdrawn, deleted)
	early := i.NextAt.Add(-time.Hour)
	var want []jiqiao.DueIntroduction
	for _, tc := range []struct {
		need   string
		gone   jiqiao.Party
		status jiqiao.Status
	}{{kept.ID, "", ""}, {withdrawn.ID, jiqiao.PartyNeed, jiqiao.StatusWithdrawn}, {deleted.ID, jiqiao.PartyNeed, ""}} {
		i := Introduction(tc.need, "a_1")
		e.must(e.CreateIntroduction(e.ctx, i, Quiet))
		if tc.gone != "" {
			want = append(want, jiqiao.DueIntroduction{ID: i.ID, Gone: tc.gone, Status: tc.status})
		}
	}
	e.must(e.Delete(e.ctx, jiqiao.KindNeed, deleted.ID, deleted.Version))
	due, err = e.IntroductionsDue(e.ctx, early, "", 10)
	e.must(err)
	if diff := cmp.Diff(want, due); diff != "" {
		e.t.Errorf("with records that are gone (-want +got):\n%s", diff)
	}
}

func testIntroductionCounts(e *env) {
	i := Introduction("n_1", "a_1")
	e.must(e.CreateIntroduction(e.ctx, i, Quiet))
	both := Introduction("n_2", "a_2")
	both.State, both.Need.DueAt, both.Achievement.DueAt = jiqiao.IntroductionInterested, nil, nil
	e.must(e.CreateIntroduction(e.ctx, both, Quiet))
	gone := Introduction("n_3", "a_3")
	e.must(e.CreateIntroduction(e.ctx, gone, Quiet))
	_, err := e.ChangeIntroduction(e.ctx, gone.ID, Decline)
	e.must(err)
	for _, tc := range []struct {
		org, broker string
		now         time.Time
		want        jiqiao.IntroductionCounts
	}{
		{org: "o_need", now: i.Need.DueAt.Add(-time.Hour), want: jiqiao.IntroductionCounts{Open: 2, Awaiting: 1, Interested: 1}},
		{org: "o_need", now: *i.Need.DueAt, want: jiqiao.IntroductionCounts{Open: 2, Awaiting: 1, Overdue: 1, Interested: 1}},
		{broker: "u_broker", now: *i.Need.DueAt, want: jiqiao.IntroductionCounts{Open: 2, Overdue: 1, Interested: 1}},
	} {
		got, err := e.CountIntroductions(e.ctx, jiqiao.IntroductionScope{Organisation: tc.org, Broker: tc.broker}, tc.org, tc.broker, tc.now)
		e.must(err)
		if diff := cmp.Diff(tc.want, got); diff != "" {
			e.t.Errorf("%s%s: %s", tc.org, tc.broker, diff)
		}
	}
	none, err := e.CountIntroductions(e.ctx, jiqiao.IntroductionScope{}, "o_need", "", *i.Need.DueAt)
	e.must(err)
	if none != (jiqiao.IntroductionCounts{}) {
		e.t.Errorf("without a scope: %+v", none)
	}
}

func testThreads(e *env) {
	i := Introduction("n_1", "a_1")
	e.must(e.CreateIntroduction(e.ctx, i, func(i *jiqiao.Introduction) (out jiqiao.IntroductionOutcome) {
		for n := range 5 {
			out.Messages = append(out.Messages, jiqiao.ThreadMessage{Thread: i.Ref(), Author: "u_1", Party: jiqiao.PartyNeed, Text: fmt.Sprint("第", n, "条\x00"), Attachments: []string{"x_1"}})
		}
		return out
	}))
	var texts []string
	for cursor := ""; ; {
		page, err := e.Thread(e.ctx, i.Ref(), "", cursor, 2)
		e.must(err)
		for _, m := range page.Items {
			texts = append(texts, m.Text)
		}
		if page.Total != 5 {
			e.t.Fatalf("total %d", page.Total)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(texts) != 5 || !strings.HasPrefix(texts[0], "第0条") || !strings.HasPrefix(texts[4], "第4条") {
		e.t.Errorf("thread %q", texts)
	}
	last, err := e.Thread(e.ctx, i.Ref(), "newest", "", 2)
	e.must(err)
	before, err := e.Thread(e.ctx, i.Ref(), "newest", last.Next, 3)
	e.must(err)
	if last.Items[0].Text != texts[4] || before.Items[0].Text != texts[2] || before.Next != "" {
		e.t.Errorf("the newest %v, then %v", last.Items, before.Items)
	}
	other, err := e.Thread(e.ctx, jiqiao.Ref{Type: "deal", ID: i.ID}, "", "", 0)
	e.must(err)
	if len(other.Items) != 0 {
		e.t.Error("a thread of another type has the same messages")
	}
	_, err = e.Thread(e.ctx, i.Ref(), "", "w_x", 0)
	e.fails(jiqiao.CodeInvalid, err)
}

func testUndertakings(e *env) {
	_, err := e.Undertaking(e.ctx, 0)
	e.fails(jiqiao.CodeNotFound, err)
	first := &jiqiao.Undertaking{Title: "保密承诺书", Text: "一"}
	second := &jiqiao.Undertaking{Title: "保密承诺书", Text: "二", PublishedBy: "u_1"}
	e.must(e.PublishUndertaking(e.ctx, first))
	e.must(e.PublishUndertaking(e.ctx, second))
	last, err := e.Undertaking(e.ctx, 0)
	e.must(err)
	if diff := cmp.Diff(*second, last); diff != "" || last.Version != 2 || last.Digest == first.Digest {
		e.t.Errorf("the last one: %+v\n%s", last, diff)
	}
	i := Introduction("n_1", "a_1")
	e.must(e.CreateIntroduction(e.ctx, i, Quiet))
	accept := func(version int, user string) error {
		_, err := e.ChangeIntroduction(e.ctx, i.ID, func(i *jiqiao.Introduction) (jiqiao.IntroductionOutcome, error) {
			return jiqiao.IntroductionOutcome{Acceptance: &jiqiao.Acceptance{IntroductionID: i.ID, Party: jiqiao.PartyNeed, Version: version, User: user}}, nil
		})
		return err
	}
	e.fails(jiqiao.CodeNotFound, accept(9, "u_1"))
	e.must(accept(1, "u_1"))
	e.must(accept(2, "u_2")) // the first stands
	got, err := e.Acceptances(e.ctx, i.ID)
	e.must(err)
	if len(got) != 1 || got[0].User != "u_1" || got[0].Digest != first.Digest || got[0].At.IsZero() {
		e.t.Errorf("accepted: %+v", got)
	}
}
