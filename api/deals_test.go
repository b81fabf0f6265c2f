package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store/storetest"
)

// dealWorld is a world with a deal between an enterprise and a university, and the people around it.
type dealWorld struct {
	*world
	enterprise, university, stranger, broker, other, operator, far *person
	need                                                           *jiqiao.Need
	achievement                                                    *jiqiao.Achievement
}

func newDealWorld(t *testing.T) *dealWorld {
	w := &dealWorld{world: newWorld(t)}
	w.enterprise, w.university = w.as(jiqiao.RoleEnterprise), w.as(jiqiao.RoleUniversity)
	w.stranger, w.broker, w.other = w.newPerson(jiqiao.RoleEnterprise), w.as(jiqiao.RoleBroker), w.newPerson(jiqiao.RoleBroker)
	w.operator = w.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.Region = "320900" })
	w.far = w.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.Region = "140400" })
	w.need = need("研制碳化硅功率器件", func(n *jiqiao.Need) { n.Owner.ID, n.Region = w.enterprise.OrganisationID, "320981" })
	w.achievement = achievement("碳化硅栅氧工艺", func(a *jiqiao.Achievement) { a.Owner.ID, a.Region = w.university.OrganisationID, "320902" })
	w.put(w.need, w.achievement)
	return w
}

// send posts a body as the person and reads the answer into v, which may be nil.
func (w *world) send(t *testing.T, as *person, method, path string, body, v any, status int) {
	t.Helper()
	w.t = t
	rec := w.do(ask{method: method, path: "/api/v1" + path, user: as, body: body})
	if rec.Code != status {
		t.Fatalf("%s %s: %d, want %d: %s", method, path, rec.Code, status, plain(t, rec))
	}
	if v != nil {
		if err := json.Unmarshal(plain(t, rec), v); err != nil {
			t.Fatal(err)
		}
	}
}

// pair is the body of a new deal.
func (w *dealWorld) pair() dealInput {
	return dealInput{NeedID: w.need.ID, AchievementID: w.achievement.ID, Expected: 123_456_789}
}

// deal makes one as its broker, at the stage.
func (w *dealWorld) deal(t *testing.T, to jiqiao.Stage) jiqiao.Deal {
	t.Helper()
	var d jiqiao.Deal
	w.send(t, w.broker, "POST", "/deals", w.pair(), &d, http.StatusCreated)
	if to != d.Stage {
		w.send(t, w.broker, "POST", "/deals/"+d.ID+"/advance", map[string]any{"version": d.Version, "to": to, "note": "双方已谈过"}, &d, http.StatusOK)
	}
	return d
}

func contractBody(change func(*jiqiao.Contract)) *jiqiao.Contract {
	c := storetest.Contract("")
	if change != nil {
		change(c)
	}
	return c
}

// signed is a deal with a contract of 100 万元 at the stage 已签约.
func (w *dealWorld) signed(t *testing.T) jiqiao.Deal {
	t.Helper()
	d := w.deal(t, jiqiao.StageNegotiation)
	w.send(t, w.broker, "PUT", "/deals/"+d.ID+"/contract", contractBody(nil), nil, http.StatusOK)
	w.send(t, w.broker, "GET", "/deals/"+d.ID, nil, &d, http.StatusOK)
	w.send(t, w.broker, "POST", "/deals/"+d.ID+"/advance", map[string]any{"version": d.Version, "to": "signed"}, &d, http.StatusOK)
	return d
}

// What nobody but the deal's people may do: every operation, by everybody who may not.
func TestDealMustNot(t *testing.T) {
	w := newDealWorld(t)
	d := w.signed(t)
	at := "/api/v1/deals/" + d.ID
	v := map[string]any{"version": d.Version, "to": "performing", "note": "x", "reason": "other"}
	work := []ask{
		{method: "PUT", path: at, body: map[string]any{"version": d.Version, "title": "我的", "broker": w.other.ID}},
		{method: "POST", path: at + "/advance", body: v},
		{method: "POST", path: at + "/back", body: map[string]any{"version": d.Version, "to": "talks", "note": "x"}},
		{method: "POST", path: at + "/pause", body: map[string]any{"version": d.Version, "reason": "funds"}},
		{method: "POST", path: at + "/return", body: map[string]any{"version": d.Version, "reason": "funds"}},
		{method: "POST", path: at + "/end", body: map[string]any{"version": d.Version, "reason": "funds"}},
		{method: "POST", path: at + "/resume", body: map[string]any{"version": d.Version, "note": "x"}},
		{method: "POST", path: at + "/tasks", body: map[string]any{"title": "x"}},
		{method: "PUT", path: at + "/tasks/lk_00000000000000000000", body: map[string]any{"title": "x"}},
		{method: "DELETE", path: at + "/tasks/lk_00000000000000000000"},
		{method: "PUT", path: at + "/contract", body: contractBody(func(c *jiqiao.Contract) { c.Version = 1 })},
		{method: "POST", path: at + "/contract/registration", body: map[string]any{"version": 1, "number": "2026320900000001", "on": "2026-11-20", "office": "x"}},
		{method: "POST", path: at + "/payments", body: map[string]any{"amount": 1, "received_on": "2026-11-20", "voucher": "1", "kind": "other"}},
		{method: "POST", path: at + "/payments/lp_00000000000000000000/reverse", body: map[string]any{"reason": "x"}},
		{path: at + "/subsidy"},
		{method: "POST", path: at + "/subsidies", body: map[string]any{}},
		{method: "POST", path: at + "/subsidies/ls_00000000000000000000/approve", body: map[string]any{"version": 1}},
		{method: "POST", path: at + "/subsidies/ls_00000000000000000000/pay", body: map[string]any{"version": 1}},
		{method: "POST", path: at + "/subsidies/ls_00000000000000000000/reject", body: map[string]any{"version": 1}},
		{method: "POST", path: at + "/subsidies/ls_00000000000000000000/undo", body: map[string]any{"version": 1}},
	}
	read := []ask{
		{path: at}, {path: at + "/contract"}, {path: at + "/contract.xlsx"}, {method: "POST", path: at + "/notes", body: map[string]any{"text": "x"}},
	}
	for _, who := range []struct {
		name  string
		user  *person
		reads bool
	}{
		{"the buyer", w.enterprise, true}, {"the seller", w.university, true}, {"another enterprise", w.stranger, false}, {"another broker", w.other, false},
		{"an operator elsewhere", w.far, false}, {"the system administrator", w.as(jiqiao.RoleSystemAdmin), false},
		{"the security administrator", w.as(jiqiao.RoleSecurityAdmin), false}, {"the auditor", w.as(jiqiao.RoleAuditor), false},
	} {
		for _, a := range work {
			a.user = who.user
			if rec := w.do(a); rec.Code != http.StatusForbidden && rec.Code != http.StatusNotFound {
				t.Errorf("%s: %s %s → %d %s", who.name, a.method, a.path, rec.Code, rec.Body)
			}
		}
		for _, a := range read {
			a.user = who.user
			rec := w.do(a)
			if refused := rec.Code == http.StatusForbidden || rec.Code == http.StatusNotFound; refused == who.reads || !refused && rec.Code >= 300 {
				t.Errorf("%s: %s %s → %d %s", who.name, a.method, a.path, rec.Code, rec.Body)
			}
		}
	}
	for _, a := range append(work, read...) {
		if rec := w.do(a); rec.Code != http.StatusUnauthorized {
			t.Errorf("the public: %s %s → %d", a.method, a.path, rec.Code)
		}
		a.as = admin
		if rec := w.do(a); rec.Code != http.StatusForbidden {
			t.Errorf("a machine: %s %s → %d", a.method, a.path, rec.Code)
		}
	}
	// The broker registers nothing and grants nothing; the operator does.
	w.play(t, []scenario{
		{name: "a broker registers", ask: ask{method: "POST", path: at + "/contract/registration", user: w.broker, body: work[11].body}, status: 403},
		{name: "a broker grants", ask: ask{method: "POST", path: at + "/subsidies", user: w.broker, body: map[string]any{}}, status: 403},
		{name: "a broker makes policy", ask: ask{method: "POST", path: "/api/v1/policies/subsidy", user: w.broker, body: storetest.SubsidyPolicy()}, status: 403},
		{name: "a party sees the board", ask: ask{path: "/api/v1/deals/board", user: w.enterprise}, status: 403},
		{name: "a party makes a deal", ask: ask{method: "POST", path: "/api/v1/deals", user: w.enterprise, body: w.pair()}, status: 403},
		{name: "a party exports all contracts", ask: ask{path: "/api/v1/exports/contracts.xlsx", user: w.enterprise}, status: 403},
	})
	var after jiqiao.DealDetail
	w.send(t, w.broker, "GET", "/deals/"+d.ID, nil, &after, http.StatusOK)
	if after.Version != d.Version || after.Contract.Version != 1 || len(after.Payments)+len(after.Tasks)+len(after.Subsidies) != 0 {
		t.Errorf("somebody changed the deal: %+v", after)
	}
}

// Before both sides agreed a deal is its broker's alone; after, the parties see it without what is not for them.
func TestDealIsShownByParts(t *testing.T) {
	w := newDealWorld(t)
	d := w.deal(t, jiqiao.StageRecommend)
	at := "/api/v1/deals/" + d.ID
	w.play(t, []scenario{
		{name: "not to the buyer yet", ask: ask{path: at, user: w.enterprise}, status: 404, lacks: []string{"碳化硅"}},
		{name: "nor in a list", ask: ask{path: "/api/v1/deals", user: w.university}, status: 200, has: []string{`"total":0`}},
		{name: "nor in a file", ask: ask{path: "/api/v1/exports/deals.xlsx", user: w.university}, status: 200, lacks: []string{"碳化硅"}},
	})
	w.send(t, w.broker, "POST", "/deals/"+d.ID+"/tasks", map[string]any{"title": "任务机密", "due": "2026-11-01"}, nil, http.StatusCreated)
	w.send(t, w.broker, "POST", "/deals/"+d.ID+"/notes", map[string]any{"text": "内部机密"}, nil, http.StatusCreated)
	w.send(t, w.broker, "POST", "/deals/"+d.ID+"/notes", map[string]any{"text": "共享的话", "shared": true}, nil, http.StatusCreated)
	w.send(t, w.broker, "POST", "/deals/"+d.ID+"/advance", map[string]any{"version": d.Version, "to": "talks", "note": "进展机密"}, &d, http.StatusOK)
	w.send(t, w.enterprise, "POST", "/deals/"+d.ID+"/notes", map[string]any{"text": "买方留言"}, nil, http.StatusCreated)
	w.send(t, w.broker, "POST", "/deals/"+d.ID+"/pause", map[string]any{"version": d.Version, "reason": "funds", "note": "暂缓机密"}, &d, http.StatusOK)
	secret := []string{"机密", "123456789", "2026-11-01", `"` + w.broker.Name + `机密"`}
	w.play(t, []scenario{
		{name: "to the buyer", ask: ask{path: at, user: w.enterprise}, status: 200, has: []string{"共享的话", "买方留言", `"exit_reason":"funds"`}, lacks: secret},
		{name: "to the seller", ask: ask{path: at, user: w.university}, status: 200, has: []string{"共享的话", "买方留言"}, lacks: append(secret, w.enterprise.ID)},
		{name: "in a list", ask: ask{path: "/api/v1/deals", user: w.enterprise}, status: 200, has: []string{`"total":1`}, lacks: secret},
		{name: "in a file", ask: ask{path: "/api/v1/exports/deals.xlsx", user: w.enterprise}, status: 200, has: []string{"碳化硅"}, lacks: append(secret, "1234.5")},
		{name: "not found by what is hidden", ask: ask{path: "/api/v1/deals?overdue=true&amount_min=999999999999", user: w.enterprise}, status: 200, has: []string{`"total":1`}},
		{name: "to the broker", ask: ask{path: at, user: w.broker}, status: 200, has: []string{"任务机密", "内部机密", "进展机密", "暂缓机密", "123456789"}},
		{name: "to the operator", ask: ask{path: at, user: w.operator}, status: 200, has: []string{"任务机密", "内部机密"}},
		{name: "not to a stranger", ask: ask{path: at, user: w.stranger}, status: 404, lacks: []string{"碳化硅"}},
		{name: "nor in a stranger's list", ask: ask{path: "/api/v1/deals?organisation=" + d.Buyer.ID, user: w.stranger}, status: 200, has: []string{`"total":0`}},
		{name: "nor in another broker's", ask: ask{path: "/api/v1/deals?broker=" + w.broker.ID, user: w.other}, status: 200, has: []string{`"total":0`}},
		{name: "nor another region's", ask: ask{path: "/api/v1/deals?region=320900", user: w.far}, status: 200, has: []string{`"total":0`}},
		{name: "nor on its board", ask: ask{path: "/api/v1/deals/board", user: w.far}, status: 200, has: []string{`"stage":"talks","label":"洽谈","count":0`}},
		{name: "on the operator's board", ask: ask{path: "/api/v1/deals/board?state=paused", user: w.operator}, status: 200, has: []string{`"stage":"talks","label":"洽谈","count":1,"amount":123456789,"overdue":1`}},
	})
}

func TestDealsOverHTTP(t *testing.T) {
	w := newDealWorld(t)
	all := "/api/v1/deals"
	making := func(as *person, change func(*dealInput)) ask {
		in := w.pair()
		change(&in)
		return ask{method: "POST", path: all, user: as, body: in}
	}
	w.play(t, []scenario{
		{name: "of nothing", ask: ask{method: "POST", path: all, user: w.broker, body: `{}`}, status: 400, has: []string{`"need_id"`, `"achievement_id"`}},
		{name: "of a record that is not there", ask: making(w.broker, func(in *dealInput) { in.NeedID = "n_00000000000000000000" }), status: 400, has: []string{"没有这条"}},
		{name: "that begins at its end", ask: making(w.broker, func(in *dealInput) { in.Stage = "closed" }), status: 400, has: []string{`"stage"`}},
		{name: "that begins agreed", ask: making(w.broker, func(in *dealInput) { in.Stage = "interest" }), status: 400, has: []string{`"stage"`}},
		{name: "with a history of its own", ask: ask{method: "POST", path: all, user: w.broker, body: `{"need_id":"x","achievement_id":"y","agreed":true}`}, status: 400, has: []string{`"agreed"`}},
		{name: "by an operator elsewhere", ask: making(w.far, func(*dealInput) {}), status: 403},
		{name: "a stage that is none", ask: ask{path: all + "?stage=moon&state=x&sort=x&region=x&amount_min=-1&from=x", user: w.broker}, status: 400, has: []string{`"amount_min"`, `"from"`}},
		{name: "an order that is none", ask: ask{path: all + "?stage=moon&state=x&sort=x&region=x", user: w.broker}, status: 400, has: []string{`"stage"`, `"state"`, `"sort"`, `"region"`}},
		{name: "a page that is none", ask: ask{path: all + "?cursor=zzz", user: w.broker}, status: 400, has: []string{`"cursor"`}},
	})
	// A broker's deal is his own, whatever he says.
	var d jiqiao.Deal
	in := w.pair()
	in.Broker = w.other.ID
	w.send(t, w.broker, "POST", "/deals", in, &d, http.StatusCreated)
	if d.Broker != w.broker.ID || d.Agreed || d.Stage != jiqiao.StageIntake {
		t.Errorf("made: %+v", d)
	}
	at := all + "/" + d.ID
	w.play(t, []scenario{
		{name: "a second of the pair", ask: making(w.operator, func(*dealInput) {}), status: 409, has: []string{"已有进行中的对接项目"}},
		{name: "skipping without a word", ask: ask{method: "POST", path: at + "/advance", user: w.broker, body: map[string]any{"version": 1, "to": "talks"}}, status: 400, has: []string{`"note"`, "跨过 3 个阶段"}},
		{name: "signing without a contract", ask: ask{method: "POST", path: at + "/advance", user: w.broker, body: map[string]any{"version": 1, "to": "signed", "note": "x"}}, status: 400, has: []string{"请先填写合同"}},
		{name: "without a version", ask: ask{method: "POST", path: at + "/advance", user: w.broker, body: `{"to":"diagnosis","version":0}`}, status: 428},
		{name: "with a verb of one's own", ask: ask{method: "POST", path: at + "/advance", user: w.broker, body: `{"verb":"resume","version":1}`}, status: 400, has: []string{`"verb"`}},
		{name: "handed over", ask: ask{method: "PUT", path: at, user: w.broker, body: map[string]any{"version": 1, "title": "新名称", "broker": w.other.ID, "expected": 5}}, status: 200, has: []string{w.other.ID, "新名称"}},
		{name: "and gone", ask: ask{path: at, user: w.broker}, status: 404},
		{name: "handed over twice", ask: ask{method: "PUT", path: at, user: w.operator, body: map[string]any{"version": 1, "title": "旧的"}}, status: 409},
		{name: "without saying from what", ask: ask{method: "PUT", path: at, user: w.operator, body: map[string]any{"version": 0, "title": "旧的"}}, status: 428},
		{name: "to nobody", ask: ask{method: "PUT", path: at, user: w.operator, body: map[string]any{"version": 2, "title": "x", "broker": w.enterprise.ID}}, status: 400, has: []string{`"broker"`}},
	})
	var task jiqiao.DealTask
	w.send(t, w.other, "POST", "/deals/"+d.ID+"/tasks", map[string]any{"title": "催款", "due": "2026-11-01"}, &task, http.StatusCreated)
	tasks := at + "/tasks/" + task.ID
	w.play(t, []scenario{
		{name: "a task of nothing", ask: ask{method: "POST", path: at + "/tasks", user: w.other, body: `{"title":" "}`}, status: 400, has: []string{`"title"`}},
		{name: "overdue", ask: ask{path: all + "?overdue=true&sort=due", user: w.other}, status: 200, has: []string{`"total":1`, `"next_due":"2026-11-01"`}},
		{name: "done", ask: ask{method: "PUT", path: tasks, user: w.other, body: map[string]any{"title": "催款", "due": "2026-11-01", "done": true}}, status: 200, has: []string{`"done_at"`}},
		{name: "not overdue any more", ask: ask{path: all + "?overdue=true", user: w.other}, status: 200, has: []string{`"total":0`}},
		{name: "deleted", ask: ask{method: "DELETE", path: tasks, user: w.other}, status: 204},
		{name: "deleted twice", ask: ask{method: "DELETE", path: tasks, user: w.other}, status: 404},
		{name: "a note of nothing", ask: ask{method: "POST", path: at + "/notes", user: w.other, body: `{"text":""}`}, status: 400, has: []string{`"text"`}},
		{name: "the file", ask: ask{path: "/api/v1/exports/deals.xlsx", user: w.other}, status: 200, has: []string{`"对接项目"`, "新名称", "测试"}},
	})
}

// A double click on a payment is one payment; more than the contract is refused; corrections are entries.
func TestPaymentsOverHTTP(t *testing.T) {
	w := newDealWorld(t)
	d := w.signed(t)
	at := "/api/v1/deals/" + d.ID
	pay := func(voucher string, fen int64) ask {
		return ask{method: "POST", path: at + "/payments", user: w.broker, body: map[string]any{"amount": fen, "received_on": "2026-11-20", "voucher": voucher, "kind": "instalment"}}
	}
	w.play(t, []scenario{
		{name: "more than the contract", ask: pay("1", 100*jiqiao.Wan+1), status: 400, has: []string{`"amount"`, "先变更合同"}},
		{name: "nothing", ask: pay("1", 0), status: 400, has: []string{`"amount"`}},
		{name: "somebody else's", ask: ask{method: "POST", path: at + "/payments", user: w.broker, body: `{"amount":1,"received_on":"2026-11-20","voucher":"1","kind":"other","by":"u_1"}`}, status: 400, has: []string{`"by"`}},
		{name: "a payment", ask: pay("1", 60*jiqiao.Wan), status: 201},
		{name: "the second click", ask: pay("1", 60*jiqiao.Wan), status: 409, has: []string{"已经记过"}},
		{name: "the same voucher for another sum", ask: pay("1", 1), status: 409},
		{name: "beyond the contract together", ask: pay("2", 40*jiqiao.Wan+1), status: 400, has: []string{"40 万元"}},
		{name: "back before signing", ask: ask{method: "POST", path: at + "/back", user: w.broker, body: map[string]any{"version": d.Version + 1, "to": "talks", "note": "x"}}, status: 400, has: []string{"先冲销"}},
		{name: "a smaller contract", ask: ask{method: "PUT", path: at + "/contract", user: w.broker, body: contractBody(func(c *jiqiao.Contract) { c.Version, c.Total, c.Trade = 1, 59*jiqiao.Wan, 1 })}, status: 400, has: []string{`"total"`}},
	})
	var detail jiqiao.DealDetail
	w.send(t, w.broker, "GET", "/deals/"+d.ID, nil, &detail, http.StatusOK)
	if detail.Received != 60*jiqiao.Wan || len(detail.Payments) != 1 {
		t.Fatalf("received %d in %d", detail.Received, len(detail.Payments))
	}
	reverse := at + "/payments/" + detail.Payments[0].ID + "/reverse"
	w.play(t, []scenario{
		{name: "taken back for no reason", ask: ask{method: "POST", path: reverse, user: w.broker, body: `{"reason":""}`}, status: 400, has: []string{`"reason"`}},
		{name: "taken back", ask: ask{method: "POST", path: reverse, user: w.broker, body: `{"reason":"金额登记错误"}`}, status: 201, has: []string{`"amount":-60000000`}},
		{name: "taken back twice", ask: ask{method: "POST", path: reverse, user: w.broker, body: `{"reason":"又一次"}`}, status: 409},
		{name: "never deleted", ask: ask{method: "DELETE", path: at + "/payments/" + detail.Payments[0].ID, user: w.broker}, status: 404},
	})
}

func TestContractOverHTTP(t *testing.T) {
	w := newDealWorld(t)
	d := w.deal(t, jiqiao.StageNegotiation)
	at := "/api/v1/deals/" + d.ID + "/contract"
	put := func(as *person, change func(*jiqiao.Contract)) ask {
		return ask{method: "PUT", path: at, user: as, body: contractBody(change)}
	}
	register := func(version int, number string) ask {
		return ask{method: "POST", path: at + "/registration", user: w.operator, body: map[string]any{"version": version, "number": number, "on": "2026-11-20", "office": "盐城市登记站"}}
	}
	w.play(t, []scenario{
		{name: "none yet", ask: ask{path: at, user: w.broker}, status: 404},
		{name: "nor a form", ask: ask{path: at + ".xlsx", user: w.broker}, status: 404},
		{name: "registered before it was written", ask: register(1, "2026320900000001"), status: 409},
		{name: "with faults", ask: put(w.broker, func(c *jiqiao.Contract) { c.Trade, c.Type, c.Buyer.Name = c.Total+1, "transfer", "" }), status: 400, has: []string{`"trade"`, `"type"`, `"buyer.name"`}},
		{name: "incomplete", ask: put(w.broker, func(c *jiqiao.Contract) { c.Field = "" }), status: 200, has: []string{`"missing":[{"field":"field"`}},
		{name: "written anew", ask: put(w.broker, nil), status: 409},
		{name: "registered while incomplete", ask: register(1, "2026320900000001"), status: 400, has: []string{`"contract.field"`}},
		{name: "completed", ask: put(w.broker, func(c *jiqiao.Contract) {
			c.Version, c.Project, c.Registration.Number = 1, "=cmd|x", "6666666666666666"
		}), status: 200, has: []string{`"registration":{}`}, lacks: []string{`"missing"`, "6666666666666666"}},
		{name: "a number of 15 digits", ask: register(2, "202632090000001"), status: 400, has: []string{`"number"`, "16 位"}},
		{name: "registered", ask: register(2, "2026320900000001"), status: 200, has: []string{"2026320900000001"}},
		{name: "changed by the broker after", ask: put(w.broker, func(c *jiqiao.Contract) { c.Version = 3 }), status: 403, has: []string{"已认定登记"}},
		{name: "changed by the operator", ask: put(w.operator, func(c *jiqiao.Contract) { c.Version = 3 }), status: 200, has: []string{"2026320900000001"}},
		{name: "shown to a party", ask: ask{path: at, user: w.university}, status: 200, has: []string{"2026320900000001"}},
		{name: "the form", ask: ask{path: at + ".xlsx", user: w.university}, status: 200, has: []string{"技术合同登记表", "2026320900000001", "技术开发—委托开发"}},
		{name: "the list", ask: ask{path: "/api/v1/exports/contracts.xlsx", user: w.operator}, status: 200, has: []string{"技术合同登记清单", "登记·合同登记编号", "2026320900000001"}},
		{name: "the list elsewhere", ask: ask{path: "/api/v1/exports/contracts.xlsx", user: w.far}, status: 200, lacks: []string{"2026320900000001"}},
	})
}

func TestSubsidiesOverHTTP(t *testing.T) {
	w := newDealWorld(t)
	policy := func(as *person, change func(*jiqiao.SubsidyPolicy)) ask {
		p := storetest.SubsidyPolicy()
		p.Region = "320900"
		change(p)
		return ask{method: "POST", path: "/api/v1/policies/subsidy", user: as, body: p}
	}
	w.play(t, []scenario{
		{name: "a policy for everybody by a city", ask: policy(w.operator, func(p *jiqiao.SubsidyPolicy) { p.Region = "" }), status: 400, has: []string{`"region"`}},
		{name: "a policy for another city", ask: policy(w.far, func(*jiqiao.SubsidyPolicy) {}), status: 400, has: []string{`"region"`}},
		{name: "a policy that gives everything twice", ask: policy(w.operator, func(p *jiqiao.SubsidyPolicy) { p.Rate = 20_000 }), status: 400, has: []string{`"rate"`}},
		{name: "a policy", ask: policy(w.operator, func(*jiqiao.SubsidyPolicy) {}), status: 201, has: []string{`"rate":500`}},
		{name: "policies", ask: ask{path: "/api/v1/policies/subsidy", user: w.broker}, status: 200, has: []string{"2026 年办法"}},
		{name: "policies are not for parties", ask: ask{path: "/api/v1/policies/subsidy", user: w.enterprise}, status: 403},
	})
	d := w.signed(t)
	at := "/api/v1/deals/" + d.ID
	w.send(t, w.broker, "POST", "/deals/"+d.ID+"/payments", map[string]any{"amount": 60 * jiqiao.Wan, "received_on": "2026-11-20", "voucher": "1", "kind": "deposit"}, nil, http.StatusCreated)
	apply := ask{method: "POST", path: at + "/subsidies", user: w.operator, body: map[string]any{"note": "首批"}}
	w.play(t, []scenario{
		{name: "computed", ask: ask{path: at + "/subsidy", user: w.broker}, status: 200, has: []string{`"amount":3000000`, "600000 元 × 5%", `"achievement_left":20000000`}},
		{name: "applied with a novel", ask: ask{method: "POST", path: at + "/subsidies", user: w.operator, body: map[string]any{"note": strings.Repeat("长", 2000)}}, status: 400},
		{name: "applied", ask: apply, status: 201, has: []string{`"state":"applied"`, `"amount":3000000`}},
		{name: "the second click", ask: apply, status: 409},
	})
	var detail jiqiao.DealDetail
	w.send(t, w.operator, "GET", "/deals/"+d.ID, nil, &detail, http.StatusOK)
	sub := at + "/subsidies/" + detail.Subsidies[0].ID
	w.play(t, []scenario{
		{name: "paid before it is approved", ask: ask{method: "POST", path: sub + "/pay", user: w.operator, body: `{"version":1,"voucher":"1","paid_on":"2026-11-20"}`}, status: 409},
		{name: "approved by somebody elsewhere", ask: ask{method: "POST", path: sub + "/approve", user: w.far, body: `{"version":1}`}, status: 404},
		{name: "approved", ask: ask{method: "POST", path: sub + "/approve", user: w.operator, body: `{"version":1}`}, status: 200, has: []string{`"approved"`}},
		{name: "approved from an old page", ask: ask{method: "POST", path: sub + "/approve", user: w.operator, body: `{"version":1}`}, status: 409},
		{name: "undone by somebody elsewhere", ask: ask{method: "POST", path: sub + "/undo", user: w.far, body: `{"version":2}`}, status: 404},
		{name: "undone by a broker", ask: ask{method: "POST", path: sub + "/undo", user: w.broker, body: `{"version":2}`}, status: 403},
		{name: "undone", ask: ask{method: "POST", path: sub + "/undo", user: w.operator, body: `{"version":2}`}, status: 200, has: []string{`"applied"`, `"version":3`}, lacks: []string{`"was"`}},
		{name: "undone twice", ask: ask{method: "POST", path: sub + "/undo", user: w.operator, body: `{"version":3}`}, status: 409},
		{name: "approved again", ask: ask{method: "POST", path: sub + "/approve", user: w.operator, body: `{"version":3}`}, status: 200, has: []string{`"approved"`}},
		{name: "paid without a voucher", ask: ask{method: "POST", path: sub + "/pay", user: w.operator, body: `{"version":4}`}, status: 400, has: []string{`"voucher"`, `"paid_on"`}},
		{name: "paid", ask: ask{method: "POST", path: sub + "/pay", user: w.operator, body: `{"version":4,"voucher":"拨 1","paid_on":"2026-11-20"}`}, status: 200, has: []string{`"paid"`}},
		{name: "paid twice", ask: ask{method: "POST", path: sub + "/pay", user: w.operator, body: `{"version":5,"voucher":"拨 2","paid_on":"2026-11-20"}`}, status: 409},
		{name: "what is paid is paid", ask: ask{method: "POST", path: sub + "/undo", user: w.operator, body: `{"version":5}`}, status: 409, has: []string{"已经登记拨付"}},
		{name: "shown to who gets it", ask: ask{path: at, user: w.university}, status: 200, has: []string{`"state":"paid"`}},
		{name: "not to the other side", ask: ask{path: at, user: w.enterprise}, status: 200, has: []string{`"subsidies":[]`}},
	})
}

// A list goes on from page to page without losing or repeating a deal.
func TestDealListsPage(t *testing.T) {
	w := newDealWorld(t)
	for i := range 12 {
		n, a := need(fmt.Sprint("需求", i)), achievement(fmt.Sprint("成果", i))
		w.put(n, a)
		w.send(t, w.broker, "POST", "/deals", dealInput{NeedID: n.ID, AchievementID: a.ID}, nil, http.StatusCreated)
	}
	var got []string
	path := "/deals?limit=5&sort=oldest"
	for cursor := ""; ; {
		var page jiqiao.DealPage
		w.send(t, w.broker, "GET", path+cursor, nil, &page, http.StatusOK)
		for _, d := range page.Items {
			got = append(got, d.Title)
		}
		if page.Next == "" {
			break
		}
		cursor = "&cursor=" + page.Next
	}
	var want []string
	for i := range 12 {
		want = append(want, fmt.Sprint("需求", i))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
