package storetest

import (
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func ownTests() map[string]func(*env) {
	return map[string]func(*env){
		"what was shown, and what came of it": testShown,
		"what was shown, in pages and orders": testShownPages,
		"income of a seller":                  testIncome,
		"imports of an organisation":          testImportPages,
	}
}

func testShown(e *env) {
	all := e.queue("u_1", "n_1", "a_1", "a_2", "a_3", "a_4", "a_5")
	waiting, rejected, introduced, declined := all[0], all[1], all[2], all[3]
	e.queue("", "n_1", "a_6") // waits for a broker: nobody was shown it
	e.decides(As("u_1"), reject(rejected.ID, "metrics"))
	for _, c := range []jiqiao.Candidate{introduced, declined} {
		e.decides(As("u_1"), accept(c.ID))
		i := Introduction("n_1", c.AchievementID)
		i.CandidateID = c.ID
		e.must(e.CreateIntroduction(e.ctx, i, Quiet))
		if c.ID == declined.ID {
			_, err := e.ChangeIntroduction(e.ctx, i.ID, Decline)
			e.must(err)
		}
	}
	byHand := Introduction("n_1", "a_9")
	e.must(e.CreateIntroduction(e.ctx, byHand, Quiet))

	page, err := e.Shown(e.ctx, jiqiao.ShownQuery{Organisation: "o_need", Kind: jiqiao.KindNeed, Limit: 100})
	e.must(err)
	got := map[string]string{}
	for _, s := range page.Items {
		if s.Kind != jiqiao.KindNeed || s.RecordID != "n_1" || s.ShownAt.IsZero() {
			e.t.Errorf("%+v", s)
		}
		got[s.OtherID] = strings.Join([]string{string(s.Outcome), s.Reason, string(s.By)}, " ")
	}
	want := map[string]string{
		waiting.AchievementID: "waiting  ", rejected.AchievementID: "rejected metrics broker", introduced.AchievementID: "invited  ",
		"a_4": got["a_4"], "a_5": "waiting  ", "a_9": "invited  ",
	}
	if diff := cmp.Diff(want, got); diff != "" || page.Total != 6 {
		e.t.Errorf("%d of the need (-want +got):\n%s", page.Total, diff)
	}
	if !strings.HasPrefix(got["a_4"], "declined ") || !strings.HasSuffix(got["a_4"], " need") {
		e.t.Errorf("declined by the need's side: %q", got["a_4"])
	}
	if r := page.Summary.Records; len(r) != 1 || r[0].Shown != 6 || r[0].Waiting != 2 || r[0].Going != 2 || r[0].Declined != 2 {
		e.t.Errorf("records %+v", r)
	}
	// The other side sees its own records with the same outcomes.
	other, err := e.Shown(e.ctx, jiqiao.ShownQuery{Organisation: "o_achievement", Kind: jiqiao.KindAchievement, RecordID: "a_2"})
	e.must(err)
	if other.Total != 1 || other.Items[0].OtherID != "n_1" || other.Items[0].Outcome != jiqiao.ShownRejected || len(other.Summary.Records) != 6 {
		e.t.Errorf("of the achievement: %+v", other)
	}
	for _, q := range []jiqiao.ShownQuery{{Kind: jiqiao.KindNeed}, {Organisation: "o_achievement", Kind: jiqiao.KindNeed}, {Organisation: "o_x", Kind: jiqiao.KindAchievement}} {
		if none, err := e.Shown(e.ctx, q); err != nil || none.Total != 0 || len(none.Items) != 0 || len(none.Summary.Records) != 0 {
			e.t.Errorf("%+v: %+v, %v", q, none, err)
		}
	}
}

func testShownPages(e *env) {
	for n, a := range []string{"a_1", "a_2", "a_3"} {
		e.clock.Advance(time.Hour)
		c := e.queue("u_1", "n_1", a)[0]
		if n == 1 {
			e.decides(As("u_1"), reject(c.ID, "price"))
		}
	}
	read := func(q jiqiao.ShownQuery) (ids []string) {
		e.t.Helper()
		q.Organisation, q.Kind, q.Limit = "o_need", jiqiao.KindNeed, 1
		for {
			page, err := e.Shown(e.ctx, q)
			e.must(err)
			for _, s := range page.Items {
				ids = append(ids, s.OtherID)
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return ids
			}
			if len(ids) > 3 {
				e.t.Fatal("no end")
			}
		}
	}
	for _, c := range []struct {
		q    jiqiao.ShownQuery
		want string
	}{
		{jiqiao.ShownQuery{}, "a_3 a_2 a_1"},
		{jiqiao.ShownQuery{Sort: jiqiao.ShownOldest}, "a_1 a_2 a_3"},
		{jiqiao.ShownQuery{Sort: jiqiao.ShownByLevel}, "a_3 a_2 a_1"},
		{jiqiao.ShownQuery{Outcome: jiqiao.ShownWaiting}, "a_3 a_1"},
		{jiqiao.ShownQuery{Reason: "price"}, "a_2"},
		{jiqiao.ShownQuery{RecordID: "n_2"}, ""},
		{jiqiao.ShownQuery{MinLevel: jiqiao.LevelStrong}, ""},
		{jiqiao.ShownQuery{From: e.clock.Now().Add(-30 * time.Minute)}, "a_3"},
		{jiqiao.ShownQuery{Until: e.clock.Now().Add(-30 * time.Minute)}, "a_2 a_1"},
	} {
		if got := strings.Join(read(c.q), " "); got != c.want {
			e.t.Errorf("%+v: %q, want %q", c.q, got, c.want)
		}
	}
	_, err := e.Shown(e.ctx, jiqiao.ShownQuery{Organisation: "o_need", Kind: jiqiao.KindNeed, Cursor: "x"})
	e.fails(jiqiao.CodeInvalid, err)
}

func testIncome(e *env) {
	broker := Account(e.t, e.Store, jiqiao.RoleBroker, "income")
	d := Deal(e.t, e.Store, broker, Need("丙公司", "成交的"), Achievement("丁大学", "成交的成果"))
	_, err := e.AddPayment(e.ctx, Payment(d.ID, "1", 30*jiqiao.Wan))
	e.must(err)
	last := Payment(d.ID, "2", 20*jiqiao.Wan)
	last.ReceivedOn = "2026-11-21"
	_, err = e.AddPayment(e.ctx, last)
	e.must(err)
	all, err := e.Income(e.ctx, d.Seller.ID)
	e.must(err)
	if len(all) != 1 {
		e.t.Fatalf("%+v", all)
	}
	i := all[0]
	if i.DealID != d.ID || i.Achievement != "成交的成果" || i.Buyer != "丙公司" || i.TypeLabel != "委托开发" || i.SignedOn != "2026-11-01" ||
		i.Total != 100*jiqiao.Wan || i.Trade != 80*jiqiao.Wan || i.Received != 50*jiqiao.Wan || i.Open != 50*jiqiao.Wan ||
		i.LastOn != "2026-11-21" || i.Paid[2026] != 50*jiqiao.Wan {
		e.t.Errorf("%+v", i)
	}
	for _, organisation := range []string{"", d.Buyer.ID, "o_x"} {
		if none, err := e.Income(e.ctx, organisation); err != nil || len(none) != 0 {
			e.t.Errorf("%q: %+v, %v", organisation, none, err)
		}
	}
}

func testImportPages(e *env) {
	var ids []string
	for _, imp := range []*jiqiao.Import{
		{Kind: jiqiao.KindNeed, Organisation: "o_1", User: "u_1", FileName: "一.csv", Errors: []jiqiao.CellError{{Row: 1, Message: "错"}}},
		{Kind: jiqiao.KindNeed, Organisation: "o_1", User: "u_2", FileName: "二.csv"},
		{Kind: jiqiao.KindNeed, User: "u_1", FileName: "三.csv"},
	} {
		e.must(e.CreateImport(e.ctx, imp))
		ids = append(ids, imp.ID)
	}
	for _, c := range []struct {
		q    jiqiao.ImportQuery
		want []string
	}{
		{jiqiao.ImportQuery{Organisation: "o_1"}, []string{ids[1], ids[0]}},
		{jiqiao.ImportQuery{User: "u_1"}, []string{ids[2], ids[0]}},
		{jiqiao.ImportQuery{Organisation: "o_1", Cursor: ids[1]}, []string{ids[0]}},
		{jiqiao.ImportQuery{State: jiqiao.ImportDone}, nil},
	} {
		page, err := e.ImportPage(e.ctx, c.q)
		e.must(err)
		var got []string
		for _, imp := range page.Items {
			got = append(got, imp.ID)
			if len(imp.Errors) != 0 {
				e.t.Errorf("cells in a list: %+v", imp)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			e.t.Errorf("%+v (-want +got):\n%s", c.q, diff)
		}
	}
	kept, err := e.GetImport(e.ctx, ids[0])
	e.must(err)
	if kept.User != "u_1" || len(kept.Errors) != 1 {
		e.t.Errorf("%+v", kept)
	}
	e.must(e.StageRows(e.ctx, ids[2], []jiqiao.StagedRow{{Row: 2, Record: Need("甲", "一")}, {Row: 3, Record: Need("甲", "二")}}))
	e.must(e.DropStagedRows(e.ctx, ids[2], []int{2, 9}))
	done, err := e.CommitStaged(e.ctx, ids[2], 10)
	e.must(err)
	if done.Created != 1 || len(done.Written) != 1 || done.Written[0].Row != 3 || done.Written[0].Title != "二" || done.Written[0].ID == "" {
		e.t.Errorf("%+v", done)
	}
}
