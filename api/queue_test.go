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
	"jiqiao/internal/queue"
	"jiqiao/internal/workday"
	"jiqiao/store/storetest"
)

// queue are the queues over the world's store and matcher.
func (w *world) queue() *queue.Service {
	return queue.New(queue.Options{
		Store: w.store, Records: w.store, Matcher: w.desk, Log: slog.New(slog.DiscardHandler),
		Calendar: func(context.Context) (queue.Calendar, error) { return &workday.Calendar{}, nil },
	})
}

// Explain is the match that Match lists.
func (d *desk) Explain(ctx context.Context, _ jiqiao.Access, need *jiqiao.Need, achievement *jiqiao.Achievement) (jiqiao.Match, error) {
	list, err := d.Match(ctx, need, jiqiao.MatchQuery{Filter: jiqiao.Filter{Access: jiqiao.Access{Everything: true}, Statuses: []jiqiao.Status{jiqiao.AnyStatus}}, Limit: 1000})
	for _, m := range list.Matches {
		if m.AchievementID == achievement.ID {
			return m, err
		}
	}
	return jiqiao.Match{}, err
}

// Place is the place in what Match lists.
func (d *desk) Place(ctx context.Context, subject jiqiao.Record, id string, f jiqiao.Filter) (jiqiao.MatchPlace, error) {
	list, err := d.Match(ctx, subject, jiqiao.MatchQuery{Filter: f.Normalise(), Limit: 1000, Brief: true})
	place := jiqiao.MatchPlace{Candidates: list.Total, Recalls: []jiqiao.RecallWay{}}
	for i, m := range list.Matches {
		if m.NeedID == id || m.AchievementID == id {
			place.Rank, place.Admitted, place.Recalls = i+1, true, []jiqiao.RecallWay{jiqiao.RecallWords}
		}
	}
	return place, err
}

// queued is a world with a pair in the queue of a broker, and the people around it.
type queued struct {
	*world
	need                                            *jiqiao.Need
	achievement                                     *jiqiao.Achievement
	broker, colleague, stranger, owner, lab, bureau *person
	id                                              string
}

func newQueued(t *testing.T) *queued {
	w := &queued{world: newWorld(t)}
	agency := &jiqiao.Organisation{Name: "某某技术转移中心", Kind: jiqiao.OrganisationAgency}
	if err := w.store.PutOrganisation(t.Context(), agency); err != nil {
		t.Fatal(err)
	}
	within := func(u *jiqiao.User) { u.OrganisationID = agency.ID }
	w.broker, w.colleague, w.stranger = w.newPerson(jiqiao.RoleBroker, within), w.newPerson(jiqiao.RoleBroker, within), w.newPerson(jiqiao.RoleBroker)
	w.owner, w.lab = w.newPerson(jiqiao.RoleEnterprise), w.newPerson(jiqiao.RoleUniversity)
	w.bureau = w.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.Region = "320900" })
	w.need = need("研制碳化硅功率器件", func(n *jiqiao.Need) {
		n.Region = "320981"
		n.Owner = jiqiao.OrganisationRef{ID: w.owner.OrganisationID}
	})
	w.achievement = achievement("碳化硅栅氧工艺", func(a *jiqiao.Achievement) { a.Owner = jiqiao.OrganisationRef{ID: w.lab.OrganisationID} })
	w.put(w.need, w.achievement)
	w.id = w.give(w.broker, agency.ID)
	return w
}

// give brings the pair into the broker's queue.
func (w *queued) give(broker *person, agency string) string {
	w.t.Helper()
	c := storetest.Candidate(w.need.ID, w.achievement.ID)
	c.Need, c.Achievement, c.NeedOwner, c.AchievementOwner = w.need.Title, w.achievement.Title, w.need.Owner.ID, w.achievement.Owner.ID
	place := func(c *jiqiao.Candidate, _ *jiqiao.Placing) {
		c.Broker, c.Agency, c.DueAt = broker.ID, agency, time.Now().Add(24*time.Hour)
	}
	if _, err := w.store.FillCandidates(w.t.Context(), jiqiao.KindNeed, c, []jiqiao.Candidate{c}, time.Time{}, place); err != nil {
		w.t.Fatal(err)
	}
	c, err := w.store.CandidateOf(w.t.Context(), w.need.ID, w.achievement.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return c.ID
}

func (w *queued) post(by *person, path, body string) ask {
	return ask{method: "POST", path: "/api/v1" + path, user: by, body: body}
}

const acceptBody = `{"verb":"accept"}`

func TestQueueIsForBrokers(t *testing.T) {
	w := newQueued(t)
	one := "/queue/" + w.id
	var scenarios []scenario
	for name, by := range map[string]*person{"an enterprise": w.owner, "a university": w.lab, "an auditor": w.as(jiqiao.RoleAuditor), "a system administrator": w.as(jiqiao.RoleSystemAdmin)} {
		for _, a := range []ask{
			{path: "/api/v1/queue", user: by}, {path: "/api/v1" + one, user: by}, {path: "/api/v1/queue/load", user: by}, {path: "/api/v1/exports/queue.xlsx", user: by},
			{path: "/api/v1/queue/agreement", user: by}, {path: "/api/v1/queue/opinions", user: by}, {path: "/api/v1/queue/brokers", user: by},
			w.post(by, one+"/decision", acceptBody), w.post(by, one+"/lease", ""), w.post(by, one+"/undo", ""), w.post(by, "/queue/next", ""),
			w.post(by, one+"/hand", `{"to":"x"}`), w.post(by, one+"/questions", `{"kind":"need","text":"?"}`), w.post(by, "/queue/decisions", `{"items":[]}`),
			w.post(by, "/queue/handover", `{"ids":["x"],"to":"x"}`),
		} {
			scenarios = append(scenarios, scenario{name: name + " " + a.method + a.path, ask: a, status: 403})
		}
	}
	scenarios = append(scenarios,
		scenario{name: "the public", ask: ask{path: "/api/v1/queue"}, status: 401},
		scenario{name: "a machine", ask: ask{path: "/api/v1/queue", as: writer}, status: 403},
		scenario{name: "an operator does not decide", ask: w.post(w.bureau, one+"/decision", acceptBody), status: 403},
		scenario{name: "a broker does not answer", ask: w.post(w.broker, "/questions/q_1/answer", `{"answer":"x"}`), status: 403},
		scenario{name: "a broker sets no rules", ask: ask{method: "PUT", path: "/api/v1/queue/rules", user: w.broker, body: `{}`}, status: 403},
		// Another broker, of another agency.
		scenario{name: "their list", ask: ask{path: "/api/v1/queue?broker=" + w.broker.ID, user: w.stranger}, status: 200, has: []string{`"total":0`}},
		scenario{name: "their agency", ask: ask{path: "/api/v1/queue?whose=agency", user: w.stranger}, status: 200, has: []string{`"total":0`}},
		scenario{name: "by id", ask: ask{path: "/api/v1" + one, user: w.stranger}, status: 404, lacks: []string{"碳化硅"}},
		scenario{name: "decide", ask: w.post(w.stranger, one+"/decision", acceptBody), status: 404},
		scenario{name: "lease", ask: w.post(w.stranger, one+"/lease", ""), status: 404},
		scenario{name: "hand to oneself", ask: w.post(w.stranger, one+"/hand", `{"to":"`+w.stranger.ID+`"}`), status: 404},
		scenario{name: "hand in bulk", ask: w.post(w.stranger, "/queue/handover", `{"ids":["`+w.id+`"],"to":"`+w.stranger.ID+`"}`), status: 200, has: []string{`"not_found"`}, lacks: []string{"碳化硅", `"candidate"`}},
		scenario{name: "ask", ask: w.post(w.stranger, one+"/questions", `{"kind":"need","text":"?"}`), status: 404},
		scenario{name: "an opinion nobody asked for", ask: w.post(w.stranger, "/queue/opinions/"+w.id, acceptBody), status: 404},
		scenario{name: "an operator of another city", ask: ask{path: "/api/v1" + one, user: w.newPerson(jiqiao.RoleOperator, func(u *jiqiao.User) { u.Region = "140400" })}, status: 404},
	)
	w.play(t, scenarios)
}

func TestQueueIsWorkedThrough(t *testing.T) {
	w := newQueued(t)
	one := "/queue/" + w.id
	w.play(t, []scenario{
		{name: "the list", ask: ask{path: "/api/v1/queue?state=open&level=3&field=201&region=320000&sort=score&need=" + w.need.ID, user: w.broker}, status: 200, has: []string{w.id, `"urgency"`, `"states":{"open":1}`, w.broker.Name}},
		{name: "filters that are wrong", ask: ask{path: "/api/v1/queue?state=x&level=9&field=zz&region=1&sort=y&due=z&whose=all&cursor=!", user: w.broker}, status: 400, has: []string{`"state"`, `"level"`, `"field"`, `"region"`, `"sort"`, `"due"`, `"whose"`}},
		{name: "an operator's", ask: ask{path: "/api/v1/queue", user: w.bureau}, status: 200, has: []string{w.id}},
		{name: "the evidence", ask: ask{path: "/api/v1" + one, user: w.broker}, status: 200, has: []string{`"match"`, `"evidence"`, w.need.Title, w.achievement.Title, `"act":"placed"`}},
		{name: "the next", ask: w.post(w.broker, "/queue/next", ""), status: 200, has: []string{w.id, `"lease"`, w.broker.Name}},
		{name: "a colleague waits", ask: w.post(w.colleague, one+"/lease", ""), status: 409, has: []string{w.broker.Name, "正在处理"}},
		{name: "and does not decide", ask: w.post(w.colleague, one+"/decision", acceptBody), status: 409, has: []string{w.broker.Name}},
		{name: "given back", ask: ask{method: "DELETE", path: "/api/v1" + one + "/lease", user: w.broker}, status: 204},
		{name: "a rejection needs a reason", ask: w.post(w.broker, one+"/decision", `{"verb":"reject"}`), status: 400, has: []string{`"reason"`}},
		{name: "other needs a note", ask: w.post(w.broker, one+"/decision", `{"verb":"reject","reason":"other"}`), status: 400, has: []string{`"note"`}},
		{name: "no score from outside", ask: w.post(w.broker, one+"/decision", `{"verb":"accept","score":1}`), status: 400, has: []string{`"score"`}},
		{name: "a deferral needs a day", ask: w.post(w.broker, one+"/decision", `{"verb":"defer"}`), status: 400, has: []string{`"until"`}},
		{name: "a day that is past", ask: w.post(w.broker, one+"/decision", `{"verb":"defer","until":"2020-01-01"}`), status: 400, has: []string{`"until"`}},
		{name: "accepted", ask: w.post(w.broker, one+"/decision", acceptBody), status: 200, has: []string{`"state":"accepted"`, `"undo_until"`}},
		{name: "a double click", ask: w.post(w.broker, one+"/decision", acceptBody), status: 200, has: []string{`"state":"accepted"`}},
		{name: "somebody else after that", ask: w.post(w.colleague, one+"/decision", `{"verb":"reject","reason":"cost"}`), status: 409, has: []string{w.broker.Name}},
		{name: "nothing is next", ask: w.post(w.broker, "/queue/next", ""), status: 404},
		{name: "a colleague does not undo", ask: w.post(w.colleague, one+"/undo", ""), status: 409},
		{name: "undone", ask: w.post(w.broker, one+"/undo", ""), status: 200, has: []string{`"state":"open"`}, lacks: []string{`"decision_id"`}},
		{name: "nothing to undo", ask: w.post(w.broker, one+"/undo", ""), status: 409},
		{name: "in bulk", ask: w.post(w.broker, "/queue/decisions", `{"items":[{"id":"`+w.id+`","verb":"reject","reason":"cost"},{"id":"`+w.id+`","verb":"reject"},{"id":"x","verb":"accept"}]}`), status: 200, has: []string{`"state":"rejected"`, `"invalid"`, `"not_found"`}},
		{name: "nothing in bulk", ask: w.post(w.broker, "/queue/decisions", `{"items":[]}`), status: 400},
		{name: "what the ranker learns", ask: ask{path: "/api/v1/decisions?by=" + w.broker.ID, user: w.broker}, status: 200, has: []string{`"total":1`, `"reason":"cost"`, `"model":"v1"`}},
		{name: "my load", ask: ask{path: "/api/v1/queue/load", user: w.broker}, status: 200, has: []string{`"rejected":1`, `"capacity":50`}, lacks: []string{w.stranger.ID}},
		{name: "my pace", ask: ask{path: "/api/v1/queue/pace", user: w.broker}, status: 200, has: []string{`"rejected":1`, `"in_time":1`}},
		{name: "a stranger's pace", ask: ask{path: "/api/v1/queue/pace?broker=" + w.broker.ID, user: w.stranger}, status: 200, has: []string{`"in_time":0`}},
		{name: "a broker's pace to the bureau", ask: ask{path: "/api/v1/queue/pace?broker=" + w.broker.ID, user: w.bureau}, status: 200, has: []string{`"in_time":1`}},
		{name: "found by words", ask: ask{path: "/api/v1/queue?q=" + url.QueryEscape(w.need.Title[:6]), user: w.broker}, status: 200, has: []string{`"total":1`}},
		{name: "not found by words", ask: ask{path: "/api/v1/queue?q=%25zz", user: w.broker}, status: 200, has: []string{`"total":0`}},
		{name: "everybody's load", ask: ask{path: "/api/v1/queue/load", user: w.bureau}, status: 200, has: []string{w.broker.ID, w.stranger.ID}},
		{name: "an operator undoes", ask: w.post(w.bureau, one+"/undo", ""), status: 200},
		{name: "an operator hands over", ask: w.post(w.bureau, one+"/hand", `{"to":"`+w.stranger.ID+`","note":"更熟悉"}`), status: 200, has: []string{w.stranger.Name}},
		{name: "and back in bulk", ask: w.post(w.bureau, "/queue/handover", `{"ids":["`+w.id+`","k_x"],"to":"`+w.broker.ID+`"}`), status: 200, has: []string{`"broker_name":"` + w.broker.Name, `"not_found"`}},
		{name: "and again", ask: w.post(w.bureau, "/queue/handover", `{"ids":["`+w.id+`"],"to":"`+w.stranger.ID+`","note":"更熟悉"}`), status: 200, has: []string{w.stranger.Name}},
		{name: "nothing in bulk", ask: w.post(w.bureau, "/queue/handover", `{"ids":[],"to":"`+w.stranger.ID+`"}`), status: 400, has: []string{`"ids"`}},
		{name: "to nobody", ask: w.post(w.bureau, one+"/hand", `{"to":"u_x"}`), status: 400, has: []string{`"to"`}},
		{name: "the former broker", ask: ask{path: "/api/v1" + one, user: w.broker}, status: 404},
		{name: "the new one", ask: ask{path: "/api/v1" + one, user: w.stranger}, status: 200, has: []string{"更熟悉", `"act":"handed"`}},
		{name: "exported", ask: ask{path: "/api/v1/exports/queue.xlsx", user: w.stranger}, status: 200, has: []string{w.need.Title}},
		{name: "the rules", ask: ask{path: "/api/v1/queue/rules", user: w.broker}, status: 200, has: []string{`"second_share":0.05`, `"version":0`}},
		{name: "rules out of bounds", ask: ask{method: "PUT", path: "/api/v1/queue/rules", user: w.bureau, body: `{"version":0,"rules":{"min_level":9,"second_share":2}}`}, status: 400, has: []string{`"min_level"`, `"second_share"`, `"capacity"`}},
		{name: "new rules", ask: ask{method: "PUT", path: "/api/v1/queue/rules", user: w.bureau, body: queueRules{0, jiqiao.DefaultQueueRules()}}, status: 200, has: []string{`"version":1`}},
		{name: "rules of an old version", ask: ask{method: "PUT", path: "/api/v1/queue/rules", user: w.bureau, body: queueRules{0, jiqiao.DefaultQueueRules()}}, status: 409},
		{name: "agreement", ask: ask{path: "/api/v1/queue/agreement?from=2026-01-01", user: w.bureau}, status: 200, has: []string{`"pairs":0`, "全部"}},
		{name: "a view", ask: w.post(w.broker, "/views", `{"list":"queue","name":"强匹配","query":"level=4"}`), status: 201, has: []string{"强匹配"}},
		{name: "a view without a name", ask: w.post(w.broker, "/views", `{"list":"queue","name":" ","query":""}`), status: 400},
		{name: "views", ask: ask{path: "/api/v1/views?list=queue", user: w.broker}, status: 200, has: []string{"强匹配"}},
		{name: "nobody else's", ask: ask{path: "/api/v1/views?list=queue", user: w.colleague}, status: 200, lacks: []string{"强匹配"}},
	})
}

func TestQuestionsPassBetweenBrokersAndOwners(t *testing.T) {
	w := newQueued(t)
	asked := w.do(w.post(w.broker, "/queue/"+w.id+"/questions", `{"kind":"need","text":"预算多少？"}`))
	if asked.Code != http.StatusCreated || !strings.Contains(asked.Body.String(), `"state":"asked"`) {
		t.Fatalf("%d %s", asked.Code, asked.Body)
	}
	var page jiqiao.QuestionPage
	if err := json.Unmarshal(plain(t, w.do(ask{path: "/api/v1/questions", user: w.owner})), &page); err != nil || page.Total != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	answer := "/questions/" + page.Items[0].ID + "/answer"
	w.play(t, []scenario{
		{name: "the owner learns nothing of the other side", ask: ask{path: "/api/v1/questions?state=open", user: w.owner}, status: 200, has: []string{"预算多少", w.need.Title}, lacks: []string{w.achievement.ID, w.achievement.Title, w.id}},
		{name: "the other side sees nothing", ask: ask{path: "/api/v1/questions", user: w.lab}, status: 200, has: []string{`"total":0`}},
		{name: "nor answers", ask: w.post(w.lab, answer, `{"answer":"x"}`), status: 404},
		{name: "an empty answer", ask: w.post(w.owner, answer, `{"answer":" "}`), status: 400, has: []string{`"answer"`}},
		{name: "answered", ask: w.post(w.owner, answer, `{"answer":"五十万元"}`), status: 200, has: []string{`"state":"answered"`}, lacks: []string{w.id}},
		{name: "no such state", ask: ask{path: "/api/v1/questions?state=x", user: w.owner}, status: 400},
		{name: "the broker reads it", ask: ask{path: "/api/v1/queue/" + w.id, user: w.broker}, status: 200, has: []string{"五十万元", `"state":"open"`}},
		{name: "among his questions", ask: ask{path: "/api/v1/queue/questions", user: w.broker}, status: 200, has: []string{"五十万元"}},
		{name: "an empty question", ask: w.post(w.broker, "/queue/"+w.id+"/questions", `{"kind":"x","text":""}`), status: 400},
	})
}

func TestSecondOpinionsAreBlind(t *testing.T) {
	w := newQueued(t)
	rules := jiqiao.DefaultQueueRules()
	rules.SecondShare = 1
	if _, err := w.store.PutSetting(t.Context(), jiqiao.QueueSetting, 0, rules); err != nil {
		t.Fatal(err)
	}
	w.do(w.post(w.broker, "/queue/"+w.id+"/decision", `{"verb":"reject","reason":"cost","note":"秘密理由"}`))
	blind := []string{"秘密理由", `"cost"`, "rejected", w.broker.ID, `"history":[{`}
	w.play(t, []scenario{
		{name: "listed", ask: ask{path: "/api/v1/queue/opinions", user: w.stranger}, status: 200, has: []string{w.id}, lacks: blind},
		{name: "with its evidence", ask: ask{path: "/api/v1/queue/opinions/" + w.id, user: w.stranger}, status: 200, has: []string{`"evidence"`, w.need.Title}, lacks: blind},
		{name: "not to a colleague", ask: ask{path: "/api/v1/queue/opinions", user: w.colleague}, status: 200, lacks: []string{w.id}},
		{name: "no deferral", ask: w.post(w.stranger, "/queue/opinions/"+w.id, `{"verb":"defer","until":"2099-01-01"}`), status: 400},
		{name: "given", ask: w.post(w.stranger, "/queue/opinions/"+w.id, acceptBody), status: 204},
		{name: "not again", ask: w.post(w.stranger, "/queue/opinions/"+w.id, `{"verb":"reject","reason":"field"}`), status: 409},
		{name: "it decides nothing", ask: ask{path: "/api/v1/queue/" + w.id, user: w.broker}, status: 200, has: []string{`"state":"rejected"`}},
		{name: "it counts", ask: ask{path: "/api/v1/queue/agreement", user: w.bureau}, status: 200, has: []string{`"pairs":1`, `"second_only":1`}},
	})
}

func TestDecisionsOutsideTheQueueAreDecidedInIt(t *testing.T) {
	w := newQueued(t)
	post := func(by *person, more string) ask {
		return ask{method: "POST", path: "/api/v1/decisions", user: by, body: pairJSON(w.need, w.achievement, more)}
	}
	w.play(t, []scenario{
		{name: "what is in another's queue", ask: post(w.stranger, `"verb":"accept"`), status: 409, has: []string{w.broker.Name}},
		{name: "the service knows the score", ask: post(w.broker, `"verb":"reject","reason":"cost","score":0.99,"level":4,"model":"made up"`), status: 201, has: []string{`"level":3`, `"model":"v1"`, w.broker.ID}, lacks: []string{"0.99", "made up"}},
		{name: "the queue knows of it", ask: ask{path: "/api/v1/queue/" + w.id, user: w.broker}, status: 200, has: []string{`"state":"rejected"`}},
	})
	c, err := w.store.Candidate(t.Context(), w.id)
	if err != nil {
		t.Fatal(err)
	}
	undo := func(by *person) ask {
		return ask{method: "DELETE", path: "/api/v1/decisions/" + c.DecisionID, user: by}
	}
	w.play(t, []scenario{
		{name: "a colleague does not withdraw", ask: undo(w.colleague), status: 403},
		{name: "an enterprise does not", ask: undo(w.owner), status: 403},
		{name: "a machine does not", ask: ask{method: "DELETE", path: "/api/v1/decisions/" + c.DecisionID, as: writer}, status: 403},
		{name: "its author does", ask: undo(w.broker), status: 204},
		{name: "and it is open again", ask: ask{path: "/api/v1/queue/" + w.id, user: w.broker}, status: 200, has: []string{`"state":"open"`}},
	})
}
