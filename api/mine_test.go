package api

import (
	"encoding/json"
	"testing"

	"jiqiao"
	"jiqiao/store/storetest"
)

func TestOwnersLearnWhatCameOfTheirRecords(t *testing.T) {
	w := newQueued(t)
	const path = "/api/v1/mine/shown"
	w.play(t, []scenario{
		{name: "signed out", ask: ask{path: path}, status: 401},
		{name: "not for brokers", ask: ask{path: path, user: w.broker}, status: 403},
		{name: "nor for operators", ask: ask{path: path, user: w.bureau}, status: 403},
		{name: "while a broker weighs it the other side is not named", ask: ask{path: path, user: w.owner}, status: 200, has: []string{w.need.Title, `"outcome":"waiting"`, w.broker.Name, "某某技术转移中心"}, lacks: []string{w.achievement.ID, w.achievement.Title}},
		{name: "rejected", ask: w.post(w.broker, "/queue/"+w.id+"/decision", `{"verb":"reject","reason":"cost","note":"对方态度不好"}`), status: 200},
		{name: "the owner of the need learns why", ask: ask{path: path, user: w.owner}, status: 200, has: []string{`"outcome":"rejected"`, `"reason":"cost"`, `"by":"broker"`, w.achievement.Title}, lacks: []string{"态度不好"}},
		{name: "and of the achievement", ask: ask{path: path + "?outcome=rejected&reason=cost&sort=level", user: w.lab}, status: 200, has: []string{`"total":1`, w.achievement.Title, w.need.Title}, lacks: []string{"态度不好"}},
		{name: "nothing like that", ask: ask{path: path + "?outcome=interested", user: w.lab}, status: 200, has: []string{`"total":0`, `"outcome":"rejected"`}},
		{name: "exported", ask: ask{path: "/api/v1/exports/shown.xlsx", user: w.lab}, status: 200, has: []string{w.need.Title, "成本不合", "技术经理人"}, lacks: []string{"态度不好"}},
		{name: "no such outcome", ask: ask{path: path + "?outcome=x", user: w.lab}, status: 400},
		{name: "no such reason", ask: ask{path: path + "?reason=x", user: w.lab}, status: 400},
		{name: "no such order", ask: ask{path: path + "?sort=x", user: w.lab}, status: 400},
	})
	// What the other side does not show stays hidden, whatever became of the pair.
	hidden := *w.need
	hidden.Disclosure = jiqiao.DisclosurePrivate
	if err := w.store.Put(t.Context(), &hidden); err != nil {
		t.Fatal(err)
	}
	w.play(t, []scenario{
		{name: "a private need is not named", ask: ask{path: path, user: w.lab}, status: 200, has: []string{`"reason":"cost"`}, lacks: []string{w.need.ID, w.need.Title}},
		{name: "nor exported", ask: ask{path: "/api/v1/exports/shown.xlsx", user: w.lab}, status: 200, has: []string{"成本不合"}, lacks: []string{w.need.Title}},
		{name: "its owner still reads it", ask: ask{path: path, user: w.owner}, status: 200, has: []string{w.need.Title}},
	})
}

func TestQuestionsNameWhoAsks(t *testing.T) {
	w := newQueued(t)
	w.do(w.post(w.broker, "/queue/"+w.id+"/questions", `{"kind":"need","text":"预算多少？"}`))
	w.play(t, []scenario{
		{name: "with the broker's name and agency", ask: ask{path: "/api/v1/questions", user: w.owner}, status: 200, has: []string{`"broker_name":"` + w.broker.Name + `"`, "某某技术转移中心"}},
		{name: "exported", ask: ask{path: "/api/v1/exports/questions.xlsx?state=open", user: w.owner}, status: 200, has: []string{"预算多少", w.broker.Name, "待答复"}, lacks: []string{w.achievement.Title}},
		{name: "not of others", ask: ask{path: "/api/v1/exports/questions.xlsx", user: w.lab}, status: 200, lacks: []string{"预算多少"}},
		{name: "no such state", ask: ask{path: "/api/v1/exports/questions.xlsx?state=x", user: w.owner}, status: 400},
	})
}

func TestIncomeIsTheSellers(t *testing.T) {
	w := newQueued(t)
	w.achievement.Team = []jiqiao.TeamMember{{Name: "封毅", Unit: "材料学院"}, {Name: "吉祥"}}
	if err := w.store.Put(t.Context(), w.achievement); err != nil {
		t.Fatal(err)
	}
	d := storetest.Deal(t, w.store, w.broker.ID, w.need, w.achievement)
	if _, err := w.store.AddPayment(t.Context(), storetest.Payment(d.ID, "银收 1", 30*jiqiao.Wan)); err != nil {
		t.Fatal(err)
	}
	const path = "/api/v1/mine/income"
	w.play(t, []scenario{
		{name: "signed out", ask: ask{path: path}, status: 401},
		{name: "not for brokers", ask: ask{path: path, user: w.broker}, status: 403},
		{name: "nor for the buyer", ask: ask{path: path, user: w.owner}, status: 403},
		{name: "the team is the first maker", ask: ask{path: path, user: w.lab}, status: 200, has: []string{`"team":"封毅"`, `"unit":"材料学院"`, `"makers":2`, `"received":30000000`, `"open":70000000`, `"key":"2026"`}},
		{name: "of a year", ask: ask{path: path + "?year=2026&team=%E5%B0%81%E6%AF%85&sort=open&owing=true", user: w.lab}, status: 200, has: []string{`"total":1`}},
		{name: "of another year", ask: ask{path: path + "?year=2020", user: w.lab}, status: 200, has: []string{`"total":0`, `"key":"2026"`}},
		{name: "exported", ask: ask{path: "/api/v1/exports/income.xlsx", user: w.lab}, status: 200, has: []string{"封毅", "材料学院", "委托开发"}},
		{name: "not by the buyer", ask: ask{path: "/api/v1/exports/income.xlsx", user: w.owner}, status: 403},
		{name: "no such order", ask: ask{path: path + "?sort=x", user: w.lab}, status: 400},
		{name: "no such year", ask: ask{path: path + "?year=x", user: w.lab}, status: 400},
		{name: "an old cursor", ask: ask{path: path + "?cursor=l_x", user: w.lab}, status: 400},
	})
}

func TestImportsAreListedAndRead(t *testing.T) {
	w := newQueued(t)
	w.play(t, []scenario{
		{name: "one's own", ask: ask{path: "/api/v1/imports?state=done", user: w.owner}, status: 200, has: []string{`"total":1`}},
		{name: "not for brokers", ask: ask{path: "/api/v1/imports", user: w.broker}, status: 403},
		{name: "no such state", ask: ask{path: "/api/v1/imports?state=x", user: w.owner}, status: 400},
		{name: "rows", ask: ask{path: "/api/v1/imports/i_1/rows?only=error&after=2&limit=5", user: w.owner}, status: 200, has: []string{"请填写需求名称", `"headers"`}},
		{name: "rows of nothing", ask: ask{path: "/api/v1/imports/i_x/rows", user: w.owner}, status: 404},
		{name: "no such rows", ask: ask{path: "/api/v1/imports/i_1/rows?only=x", user: w.owner}, status: 400},
		{name: "committed with choices", ask: w.post(w.owner, "/imports/i_1/commit", `{"choices":[{"row":2,"choice":"skip"}]}`), status: 200},
		{name: "committed without", ask: ask{method: "POST", path: "/api/v1/imports/i_1/commit", user: w.owner}, status: 200},
		{name: "committed with nonsense", ask: w.post(w.owner, "/imports/i_1/commit", `{"rows":1}`), status: 400},
	})
	var page jiqiao.ImportPage
	if err := json.Unmarshal(plain(t, w.do(ask{path: "/api/v1/imports", user: w.owner})), &page); err != nil || len(page.Items) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
}
