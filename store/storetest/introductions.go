package storetest

import (
	"context"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/store"
)

// Introduction is an open introduction of the pair, as it is before it is stored.
func Introduction(need, achievement string) *jiqiao.Introduction {
	due := time.Date(2026, 11, 27, 16, 0, 0, 0, time.UTC)
	next := time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)
	return &jiqiao.Introduction{
		NeedID: need, AchievementID: achievement, Broker: "u_broker", BrokerName: "张三", Agency: "o_agency", Message: "请看看",
		State: jiqiao.IntroductionInvited, Score: 1.0 / 3, Level: jiqiao.LevelFair, Model: "v1", Undertaking: 1, NextAt: &next,
		Evidence: &jiqiao.Match{NeedID: need, AchievementID: achievement, Score: 1.0 / 3, Level: jiqiao.LevelFair, Model: "v1"},
		Need: jiqiao.IntroductionSide{
			Organisation: "o_need", Title: "需求", Region: "320981", State: jiqiao.AnswerWaiting, DueAt: &due,
		},
		Achievement: jiqiao.IntroductionSide{
			Organisation: "o_achievement", Title: "成果", Region: "140400", State: jiqiao.AnswerWaiting, DueAt: &due,
		},
	}
}

// Quiet is an introduction's creation that nothing comes with.
func Quiet(*jiqiao.Introduction) jiqiao.IntroductionOutcome { return jiqiao.IntroductionOutcome{} }

// fillIntroductions gives the store an introduction with all that belongs to one, and one that was declined.
func fillIntroductions(t testing.TB, st *store.Store) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(st.PublishUndertaking(ctx, &jiqiao.Undertaking{Title: "保密承诺书", Text: "不向他人透露。", PublishedBy: "u_operator"}))
	open := Introduction("n_1", "a_1")
	check(st.CreateIntroduction(ctx, open, func(i *jiqiao.Introduction) jiqiao.IntroductionOutcome {
		return jiqiao.IntroductionOutcome{
			History:  []jiqiao.IntroductionAct{{User: "u_broker", Name: "张三", Party: jiqiao.PartyBroker, Act: "introduction.create", State: i.State}},
			Messages: []jiqiao.ThreadMessage{{Thread: i.Ref(), Author: "u_broker", Name: "张三", Organisation: "o_agency", Party: jiqiao.PartyBroker, Text: "请看看", Question: true, Attachments: []string{"x_1"}}},
			Acceptance: &jiqiao.Acceptance{
				IntroductionID: i.ID, Party: jiqiao.PartyNeed, Version: 1, User: "u_1", Name: "李四", Organisation: "o_need", Address: "10.0.0.1",
			},
		}
	}))
	declined := Introduction("n_1", "a_2")
	check(st.CreateIntroduction(ctx, declined, Quiet))
	_, err := st.ChangeIntroduction(ctx, declined.ID, Decline)
	check(err)
}

// Decline is a change by which the need's side declines.
func Decline(i *jiqiao.Introduction) (jiqiao.IntroductionOutcome, error) {
	now := i.UpdatedAt
	i.State, i.Reason, i.ClosedAt, i.InterestedAt, i.NextAt = jiqiao.IntroductionDeclined, "metrics", &now, &now, nil
	i.Need.State, i.Need.Reason, i.Need.FirstAnsweredAt, i.Need.DueAt = jiqiao.AnswerDeclined, "metrics", &now, nil
	i.Achievement.FirstAnsweredAt, i.Achievement.DueAt = &now, nil
	return jiqiao.IntroductionOutcome{History: []jiqiao.IntroductionAct{{
		User: "u_1", Name: "李四", Party: jiqiao.PartyNeed, Act: "introduction.answer", State: i.State, Answer: jiqiao.AnswerDeclined, Reason: "metrics", Note: "差一些",
	}}}, nil
}

// introductionContents is all of introductions that can be read.
func introductionContents(ctx context.Context, st *store.Store, keep func(string, any, error)) {
	page, err := st.Introductions(ctx, jiqiao.IntroductionQuery{Scope: jiqiao.IntroductionScope{All: true}})
	keep("introductions", page, err)
	for _, listed := range page.Items {
		i, err := st.Introduction(ctx, listed.ID)
		keep("introduction "+i.ID, i, err)
		acts, err := st.IntroductionActs(ctx, i.ID)
		keep("acts of "+i.ID, acts, err)
		thread, err := st.Thread(ctx, i.Ref(), "", "", 0)
		keep("thread of "+i.ID, thread, err)
		seen, err := st.ThreadSeen(ctx, i.ID)
		keep("who has read the thread of "+i.ID, seen, err)
		accepted, err := st.Acceptances(ctx, i.ID)
		keep("acceptances of "+i.ID, accepted, err)
	}
	undertakings, err := st.Undertakings(ctx)
	keep("undertakings", undertakings, err)
}
