package storetest

import (
	"testing"
	"time"

	"jiqiao"
	"jiqiao/store"
)

// Person is an active account with a verified address, and its id.
func Person(t testing.TB, st *store.Store, login string, change func(*jiqiao.User)) string {
	t.Helper()
	a := &jiqiao.Account{User: jiqiao.User{
		Login: login, Name: "账号" + login, Role: jiqiao.RoleBroker, State: jiqiao.UserActive, Email: login + "@example.cn", EmailVerified: true,
	}}
	if change != nil {
		change(&a.User)
	}
	if err := st.CreateAccount(t.Context(), a, jiqiao.AccountChange{}); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// Told is a notice of the topic with its text, of an id.
func Told(id string, topic jiqiao.NoticeTopic) jiqiao.ToldNotice {
	return jiqiao.ToldNotice{
		ID: id, Template: string(topic) + ".test", Topic: topic, Title: "标题" + id, Body: "正文\n第二行", Object: jiqiao.Ref{Type: "need", ID: "n_1"}, Urgent: true,
	}
}

// fillNotices gives the store notices, deliveries, channels, preferences, subscriptions and alerts.
func fillNotices(t testing.TB, st *store.Store) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	channel := &jiqiao.Channel{
		Kind: jiqiao.ChannelWeCom, Name: "工作群", Address: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", Secret: "s", Role: jiqiao.RoleBroker,
		Topics: []jiqiao.NoticeTopic{jiqiao.TopicQueue}, Active: true,
	}
	check(st.PutChannel(ctx, channel))
	n, err := st.BeginNotice(ctx, Told("k_fill", jiqiao.TopicRecord))
	check(err)
	to := []jiqiao.Recipient{{Viewer: jiqiao.Viewer{User: "u_1", Organisation: "o_1"}}, {Viewer: jiqiao.Viewer{User: "u_2"}}}
	check(st.TellNotice(ctx, n, to, []jiqiao.NewDelivery{
		{Target: jiqiao.MailTarget("u_1"), Kind: jiqiao.ChannelMail, User: "u_1", NextAt: time.UnixMicro(1)},
		{Target: channel.ID, Kind: jiqiao.ChannelWeCom, NextAt: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)},
	}, "u_2", true))
	page, err := st.Inbox(ctx, jiqiao.MessageQuery{User: "u_1"})
	check(err)
	check(st.MessageFeedback(ctx, "u_1", page.Items[0].ID, jiqiao.FeedbackIrrelevant))
	_, err = st.MarkInbox(ctx, "u_1", "", jiqiao.MarkArchived)
	check(err)
	_, err = st.ReserveSend(ctx, channel.ID, time.Minute, 0)
	check(err)
	_, err = st.ClaimSends(ctx, jiqiao.MailTarget("u_1"), 1, time.Minute)
	check(err)
	p := jiqiao.DefaultPreferences()
	check(st.PutPreferences(ctx, "u_1", &p))
	sub := &jiqiao.Subscription{User: "u_1", Kind: jiqiao.SubscribeSearch, Name: "激光", Side: jiqiao.KindNeed, Text: "激光", Active: true}
	check(st.PutSubscription(ctx, sub))
	_, err = st.AddAlert(ctx, &jiqiao.Alert{User: "u_1", Subscription: sub.ID, Kind: jiqiao.KindNeed, RecordID: "n_1", Title: "标题", Subject: "激光", Why: "因为"})
	check(err)
	check(st.Follow(ctx, "alerts", 3))
}
