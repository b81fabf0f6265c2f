package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/internal/introduction"
	"jiqiao/internal/workday"
	"jiqiao/store"
)

// introductionsOver is the real service over the store, and the calendar it goes by.
func introductionsOver(t testing.TB, st *store.Store) (*introduction.Service, *workday.Book) {
	t.Helper()
	base, err := workday.Default()
	if err != nil {
		t.Fatal(err)
	}
	calendar := workday.NewBook(base, st)
	return introduction.New(introduction.Options{
		Store: st, Threads: st, Records: st, Settings: st, Calendar: calendar.Calendar, Notify: st.Notify, Log: slog.New(slog.DiscardHandler),
		Operators: func(context.Context) ([]jiqiao.User, error) { return nil, nil },
	}), calendar
}

// pair is a need and an achievement of two organisations with a person each, and a broker and an operator.
type pair struct {
	*world
	need                                     *jiqiao.Need
	achievement                              *jiqiao.Achievement
	enterprise, university, broker, operator *person
}

func newPair(t *testing.T, change ...func(*pair)) *pair {
	t.Helper()
	w := newWorld(t)
	p := &pair{
		world: w, enterprise: w.as(jiqiao.RoleEnterprise), university: w.as(jiqiao.RoleUniversity), broker: w.as(jiqiao.RoleBroker),
		operator: w.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.Region = "320000" }),
	}
	p.need = need("研制碳化硅功率器件", func(n *jiqiao.Need) {
		n.Owner = jiqiao.OrganisationRef{ID: p.enterprise.OrganisationID}
		n.Region, n.Contact = "320981", jiqiao.Contact{Name: "李工", Mobile: "13900001111"}
	})
	p.achievement = achievement("碳化硅栅氧工艺", func(a *jiqiao.Achievement) {
		a.Owner = jiqiao.OrganisationRef{ID: p.university.OrganisationID}
		a.Region, a.Contact = "320900", jiqiao.Contact{Name: "王教授", Mobile: "13700002222"}
	})
	for _, c := range change {
		c(p)
	}
	w.put(p.need, p.achievement)
	return p
}

// introduce makes the introduction, by the broker.
func (p *pair) introduce() jiqiao.IntroductionView {
	p.t.Helper()
	return p.act(p.broker, "", map[string]any{"need_id": p.need.ID, "achievement_id": p.achievement.ID, "message": "请双方看看"}, http.StatusCreated)
}

// act posts to the path below introductions and reads the introduction that is answered.
func (p *pair) act(by *person, path string, body any, status int) jiqiao.IntroductionView {
	p.t.Helper()
	rec := p.do(ask{method: "POST", path: "/api/v1/introductions" + path, user: by, body: body})
	if rec.Code != status {
		p.t.Fatalf("POST %s: %d %s", path, rec.Code, rec.Body)
	}
	var i struct {
		ID      string                   `json:"id"`
		Version int64                    `json:"version"`
		State   jiqiao.IntroductionState `json:"state"`
	}
	if err := json.Unmarshal(plain(p.t, rec), &i); err != nil {
		p.t.Fatal(err)
	}
	view := jiqiao.IntroductionView{}
	view.ID, view.Version, view.State = i.ID, i.Version, i.State
	return view
}

func said(answer string, version int64) map[string]any {
	return map[string]any{"answer": answer, "version": version}
}

func TestIntroductionFromInvitationToContacts(t *testing.T) {
	p := newPair(t)
	i := p.introduce()
	at := "/" + i.ID
	get := "/api/v1/introductions" + at
	secretOfNeed, secretOfAchievement := "13900001111", "13700002222"
	p.play(t, []scenario{
		{name: "the enterprise reads it", ask: ask{path: get, user: p.enterprise}, status: 200, has: []string{`"party":"need"`, `"answer"`, "碳化硅栅氧工艺"}, lacks: []string{secretOfAchievement, `"contacts"`}},
		{name: "the university reads it", ask: ask{path: get, user: p.university}, status: 200, has: []string{`"party":"achievement"`}, lacks: []string{secretOfNeed, `"contacts"`}},
		{name: "the broker reads it", ask: ask{path: get, user: p.broker}, status: 200, has: []string{`"party":"broker"`, `"close"`}, lacks: []string{secretOfNeed, secretOfAchievement, `"contacts"`}},
		{name: "the operator reads it", ask: ask{path: get, user: p.operator}, status: 200, has: []string{`"party":"broker"`}},
		{name: "the public does not", ask: ask{path: get}, status: 401},
		{name: "a second one of the pair", ask: ask{method: "POST", path: "/api/v1/introductions", user: p.broker, body: map[string]any{"need_id": p.need.ID, "achievement_id": p.achievement.ID}}, status: 409, has: []string{i.ID}},
		{name: "waits for both", ask: ask{path: "/api/v1/introductions/counts", user: p.enterprise}, status: 200, has: []string{`"open":1`, `"awaiting":1`}},
		{name: "the broker cannot answer", ask: ask{method: "POST", path: get + "/answer", user: p.broker, body: said("interested", i.Version)}, status: 403},
		{name: "a wrong answer", ask: ask{method: "POST", path: get + "/answer", user: p.enterprise, body: said("maybe", i.Version)}, status: 400, has: []string{`"answer"`}},
		{name: "no reason", ask: ask{method: "POST", path: get + "/answer", user: p.enterprise, body: said("declined", i.Version)}, status: 400, has: []string{`"reason"`}},
		{name: "one field too many", ask: ask{method: "POST", path: get + "/answer", user: p.enterprise, body: map[string]any{"answer": "interested", "version": 1, "party": "achievement"}}, status: 400, has: []string{"party"}},
	})
	p.act(p.enterprise, at+"/answer", said("interested", i.Version), 200)
	p.play(t, []scenario{
		{name: "one side is not enough", ask: ask{path: get, user: p.enterprise}, status: 200, lacks: []string{secretOfAchievement, `"contacts"`}},
		{name: "nor for the other", ask: ask{path: get, user: p.university}, status: 200, lacks: []string{secretOfNeed, `"contacts"`}},
		{name: "nor beside", ask: ask{path: "/api/v1/needs/" + p.need.ID, user: p.university}, status: 200, lacks: []string{secretOfNeed}},
	})
	if both := p.act(p.university, at+"/answer", said("interested", i.Version), 200); both.State != jiqiao.IntroductionInterested {
		t.Fatalf("state %s", both.State)
	}
	p.play(t, []scenario{
		{name: "now the enterprise calls", ask: ask{path: get, user: p.enterprise}, status: 200, has: []string{secretOfAchievement, `"contacts"`, `"details_opened_at"`}},
		{name: "and the university", ask: ask{path: get, user: p.university}, status: 200, has: []string{secretOfNeed}},
		{name: "the broker reveals, and is not given", ask: ask{path: get, user: p.broker}, status: 200, lacks: []string{secretOfNeed, secretOfAchievement}},
		{name: "lists have no contacts of the other side's organisation", ask: ask{path: "/api/v1/introductions?awaiting=true", user: p.university}, status: 200, has: []string{`"total":0`}},
		{name: "its history", ask: ask{path: get + "/history", user: p.enterprise}, status: 200, has: []string{"introduction.invite", "introduction.answer"}},
	})
	granted, err := p.store.Granted(t.Context(), p.university.OrganisationID)
	if err != nil || len(granted) != 1 || granted[0] != p.need.ID {
		t.Errorf("granted %v: %v", granted, err)
	}
}

// Who takes no part in an introduction does not learn that it is there; who looks on may not act.
func TestIntroductionsOfOthers(t *testing.T) {
	p := newPair(t)
	i := p.introduce()
	one := "/api/v1/introductions/" + i.ID
	agency := &jiqiao.Organisation{Name: "某某技术转移中心", Kind: jiqiao.OrganisationAgency}
	if err := p.store.PutOrganisation(t.Context(), agency); err != nil {
		t.Fatal(err)
	}
	strangers := map[string]*person{
		"another enterprise": p.newPerson(jiqiao.RoleEnterprise),
		"another university": p.newPerson(jiqiao.RoleUniversity),
		"another broker":     p.newPerson(jiqiao.RoleBroker),
		"a broker elsewhere": p.newPerson(jiqiao.RoleBroker, func(u *jiqiao.User) { u.OrganisationID = agency.ID }),
		"another region":     p.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.Region = "140000" }),
	}
	for name, who := range strangers {
		for _, a := range []ask{
			{path: one}, {path: one + "/messages"}, {path: one + "/history"}, {path: one + "/acceptances"}, {path: one + "/meeting.ics"},
			{method: "POST", path: one + "/answer", body: said("interested", 1)},
			{method: "POST", path: one + "/messages", body: map[string]any{"text": "您好"}},
			{method: "POST", path: one + "/messages", body: map[string]any{"text": "", "attachments": []string{"x_1"}}},
			{method: "POST", path: one + "/meeting", body: map[string]any{"at": "2099-01-01T00:00:00Z", "minutes": 30, "place": "会议室"}},
			{method: "POST", path: one + "/meeting/answer", body: map[string]any{"sequence": 0, "agree": true}},
			{method: "POST", path: one + "/undertaking", body: map[string]any{"version": 1}},
			{method: "POST", path: one + "/remind", body: map[string]any{"side": "need"}},
			{method: "POST", path: one + "/hand", body: map[string]any{"broker": p.broker.ID}},
			{method: "POST", path: one + "/close", body: map[string]any{"version": 1, "reason": "changed"}},
		} {
			a.user = who
			rec := p.do(a)
			want := http.StatusNotFound
			if rec.Code == http.StatusForbidden && !who.mayDo(a) {
				want = http.StatusForbidden // the role never may
			}
			if rec.Code == http.StatusBadRequest && strings.Contains(rec.Body.String(), "attachments") {
				want = http.StatusBadRequest // files are not taken here at all
			}
			if rec.Code != want || strings.Contains(rec.Body.String(), p.need.Title) {
				t.Errorf("%s: %s %s → %d %s", name, a.method, a.path, rec.Code, rec.Body)
			}
		}
		list := p.do(ask{path: "/api/v1/introductions", user: who})
		if !strings.Contains(list.Body.String(), `"total":0`) {
			t.Errorf("%s lists %s", name, list.Body)
		}
		filtered := p.do(ask{path: "/api/v1/introductions?need=" + p.need.ID + "&broker=" + p.broker.ID, user: who})
		if !strings.Contains(filtered.Body.String(), `"total":0`) {
			t.Errorf("%s finds %s", name, filtered.Body)
		}
	}
	if kept, err := p.store.Introduction(t.Context(), i.ID); err != nil || kept.Version != 1 {
		t.Errorf("a stranger changed it: version %d, %v", kept.Version, err)
	}
}

// mayDo reports whether the route of the ask is open to the person's role at all.
func (p *person) mayDo(a ask) bool {
	v := jiqiao.Viewer{User: p.ID, Role: p.Role}
	switch {
	case strings.HasSuffix(a.path, "/answer"), strings.HasSuffix(a.path, "/undertaking"):
		return v.May(jiqiao.PermIntroductionAnswer)
	case strings.HasSuffix(a.path, "/remind"), strings.HasSuffix(a.path, "/hand"), strings.HasSuffix(a.path, "/close"):
		return v.May(jiqiao.PermIntroductionManage)
	}
	return true
}

func TestIntroductionThreadMeetingAndClose(t *testing.T) {
	p := newPair(t)
	i := p.introduce()
	one := "/api/v1/introductions/" + i.ID
	soon := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Minute)
	p.play(t, []scenario{
		{name: "no meeting yet", ask: ask{path: one + "/meeting.ics", user: p.enterprise}, status: 404},
		{name: "the university asks", ask: ask{method: "POST", path: one + "/answer", user: p.university, body: map[string]any{"answer": "more_info", "version": 1, "note": "年用量多少？", "to": "need"}}, status: 200, has: []string{`"asked":"need"`}},
		{name: "the enterprise writes back", ask: ask{method: "POST", path: one + "/messages", user: p.enterprise, body: map[string]any{"text": "约两万片"}}, status: 200},
		{name: "the thread", ask: ask{path: one + "/messages?limit=2", user: p.university}, status: 200, has: []string{`"total":3`, "请双方看看", "年用量多少？", `"question":true`, `"next"`}, lacks: []string{"约两万片"}},
		{name: "an empty message", ask: ask{method: "POST", path: one + "/messages", user: p.enterprise, body: map[string]any{"text": "  "}}, status: 400},
		{name: "a meeting", ask: ask{method: "POST", path: one + "/meeting", user: p.enterprise, body: map[string]any{"at": soon, "minutes": 60, "place": "二楼,会议室", "link": "https://meet.example.cn/1"}}, status: 200, has: []string{`"sequence":0`, `"need":true`}},
		{name: "a meeting by script", ask: ask{method: "POST", path: one + "/meeting", user: p.enterprise, body: map[string]any{"at": soon, "minutes": 60, "link": "javascript:alert(1)"}}, status: 400, has: []string{`"link"`}},
		{name: "the university agrees", ask: ask{method: "POST", path: one + "/meeting/answer", user: p.university, body: map[string]any{"sequence": 0, "agree": true}}, status: 200, has: []string{`"agreed_at"`}},
		{name: "its file", ask: ask{path: one + "/meeting.ics", user: p.university}, status: 200, has: []string{"BEGIN:VCALENDAR\r\n", "STATUS:CONFIRMED", `LOCATION:二楼\,会议室`, "DTSTART:" + soon.Format("20060102T150405Z")}},
		{name: "a reminder", ask: ask{method: "POST", path: one + "/remind", user: p.broker, body: map[string]any{"side": "need"}}, status: 200, has: []string{`"nudges":1`}},
		{name: "reminders", ask: ask{method: "POST", path: "/api/v1/introductions/remind", user: p.operator, body: map[string]any{"ids": []string{i.ID, "e_x"}}}, status: 200, has: []string{`"sides":["need"`, `"not_found"`}},
		{name: "a reminder of no side", ask: ask{method: "POST", path: "/api/v1/introductions/remind", user: p.enterprise, body: map[string]any{"ids": []string{i.ID}}}, status: 403},
		{name: "of none", ask: ask{method: "POST", path: "/api/v1/introductions/remind", user: p.broker, body: map[string]any{"ids": []string{}}}, status: 400, has: []string{`"ids"`}},
		{name: "found by title", ask: ask{path: "/api/v1/introductions?q=" + url.QueryEscape(p.need.Title[:6]), user: p.enterprise}, status: 200, has: []string{`"total":1`}},
		{name: "not by the other's name", ask: ask{path: "/api/v1/introductions?q=" + url.QueryEscape(p.achievement.Owner.Name), user: p.enterprise}, status: 200, has: []string{`"total":0`}},
		{name: "by any name for the broker", ask: ask{path: "/api/v1/introductions?q=" + url.QueryEscape(p.achievement.Owner.Name), user: p.broker}, status: 200, has: []string{`"total":1`}},
		{name: "of no side", ask: ask{method: "POST", path: one + "/remind", user: p.broker, body: map[string]any{"side": "broker"}}, status: 400},
		{name: "closing on what changed", ask: ask{method: "POST", path: one + "/close", user: p.broker, body: map[string]any{"version": 1, "reason": "changed"}}, status: 409},
		{name: "exported", ask: ask{path: "/api/v1/exports/introductions.xlsx", user: p.broker}, status: 200},
		{name: "listed", ask: ask{path: "/api/v1/introductions?states=invited&side=achievement&answer=waiting&sort=due&awaiting=false&due_before=2099-01-01", user: p.operator}, status: 200, has: []string{`"total":1`}},
		{name: "filters that are wrong", ask: ask{path: "/api/v1/introductions?states=x&side=broker&answer=x&sort=x&from=x", user: p.broker}, status: 400, has: []string{`"states"`, `"side"`, `"answer"`, `"sort"`, `"from"`}},
	})
	kept, err := p.store.Introduction(t.Context(), i.ID)
	if err != nil {
		t.Fatal(err)
	}
	p.play(t, []scenario{
		{name: "no reason", ask: ask{method: "POST", path: one + "/close", user: p.broker, body: map[string]any{"version": kept.Version, "reason": ""}}, status: 400},
		{name: "handed to nobody", ask: ask{method: "POST", path: one + "/hand", user: p.broker, body: map[string]any{"broker": "u_x"}}, status: 400, has: []string{`"broker"`}},
		{name: "handed to oneself", ask: ask{method: "POST", path: one + "/hand", user: p.operator, body: map[string]any{"broker": p.broker.ID}}, status: 200},
		{name: "closed", ask: ask{method: "POST", path: one + "/close", user: p.broker, body: map[string]any{"version": kept.Version, "reason": "changed"}}, status: 200, has: []string{`"state":"closed"`, `"may":[]`}},
		{name: "no word after the end", ask: ask{method: "POST", path: one + "/messages", user: p.enterprise, body: map[string]any{"text": "还在吗"}}, status: 409},
	})
}

func TestUndertakingsPolicyAndCalendar(t *testing.T) {
	p := newPair(t)
	calendar := "/api/v1/settings/calendar"
	added := map[string]any{"version": 0, "years": map[string]string{"2027": "市里补充"}, "days": []map[string]string{{"day": "2027-01-01", "kind": "off", "name": "元旦"}}}
	p.play(t, []scenario{
		{name: "the text in force", ask: ask{path: "/api/v1/undertakings/current", user: p.enterprise}, status: 200, has: []string{`"version":1`, "保密"}},
		{name: "no such text", ask: ask{path: "/api/v1/undertakings/7", user: p.enterprise}, status: 404},
		{name: "no number", ask: ask{path: "/api/v1/undertakings/x", user: p.enterprise}, status: 404},
		{name: "brokers publish none", ask: ask{method: "POST", path: "/api/v1/undertakings", user: p.broker, body: map[string]any{"title": "a", "text": "b"}}, status: 403},
		{name: "operators do", ask: ask{method: "POST", path: "/api/v1/undertakings", user: p.operator, body: map[string]any{"title": "保密承诺书（2026 版）", "text": "第二版"}}, status: 201, has: []string{`"version":2`, `"digest"`}},
		{name: "all of them", ask: ask{path: "/api/v1/undertakings", user: p.university}, status: 200, has: []string{"第二版", "商业秘密"}},
		{name: "the clock", ask: ask{path: "/api/v1/settings/introductions", user: p.enterprise}, status: 200, has: []string{`"answer_days":5`, `"version":0`}},
		{name: "set by operators", ask: ask{method: "PUT", path: "/api/v1/settings/introductions", user: p.operator, body: map[string]any{"answer_days": 3, "escalate_days": 1, "close_days": 4, "nudges": 2, "version": 0}}, status: 200, has: []string{`"version":1`}},
		{name: "not twice on the same", ask: ask{method: "PUT", path: "/api/v1/settings/introductions", user: p.operator, body: map[string]any{"answer_days": 3, "escalate_days": 1, "close_days": 4, "nudges": 2, "version": 0}}, status: 409},
		{name: "not by brokers", ask: ask{method: "PUT", path: "/api/v1/settings/introductions", user: p.broker, body: map[string]any{"answer_days": 3, "escalate_days": 1, "close_days": 4, "nudges": 2, "version": 1}}, status: 403},
		{name: "a year that is known", ask: ask{path: calendar + "?year=2026", user: p.enterprise}, status: 200, has: []string{"国庆节", "国务院办公厅", `"version":0`}, lacks: []string{`"warning"`}},
		{name: "the table ends", ask: ask{path: calendar + "?year=2027", user: p.enterprise}, status: 200, has: []string{`"warning":"2027 年`, `"days":[]`}},
		{name: "not for the public", ask: ask{path: calendar}, status: 401},
		{name: "brokers add nothing", ask: ask{method: "PUT", path: calendar, user: p.broker, body: added}, status: 403},
		{name: "operators add", ask: ask{method: "PUT", path: calendar, user: p.operator, body: added}, status: 200, has: []string{`"version":1`}},
		{name: "the year is known now", ask: ask{path: calendar + "?year=2027", user: p.enterprise}, status: 200, has: []string{"市里补充", "元旦"}, lacks: []string{`"warning"`}},
		{name: "not over another's", ask: ask{method: "PUT", path: calendar, user: p.operator, body: added}, status: 409},
		{name: "days that are none", ask: ask{method: "PUT", path: calendar, user: p.operator, body: map[string]any{"version": 1, "years": map[string]string{"1": ""}, "days": []map[string]string{{"day": "2027-02-30", "kind": "x"}, {"day": "2027-02-30", "kind": "off"}}}}, status: 400, has: []string{"days[0].day", "days[0].kind", "days[1].day", `"years"`}},
	})
}
