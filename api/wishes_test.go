package api

import (
	"testing"

	"jiqiao"
)

func TestOwnersAskForIntroductions(t *testing.T) {
	w := newQueued(t)
	other := achievement("碳化硅外延设备", func(a *jiqiao.Achievement) { a.Owner = jiqiao.OrganisationRef{ID: w.lab.OrganisationID} })
	hidden := achievement("内部成果", func(a *jiqiao.Achievement) {
		a.Owner, a.Disclosure = jiqiao.OrganisationRef{ID: w.lab.OrganisationID}, jiqiao.DisclosurePrivate
	})
	paused := achievement("已暂停的成果", func(a *jiqiao.Achievement) {
		a.Owner, a.Status = jiqiao.OrganisationRef{ID: w.lab.OrganisationID}, jiqiao.StatusPaused
	})
	w.put(other, hidden, paused)
	body := func(a *jiqiao.Achievement) string {
		return `{"need_id":"` + w.need.ID + `","achievement_id":"` + a.ID + `","note":"样件已备好"}`
	}
	const wishes, shown = "/mine/wishes", "/api/v1/mine/shown?wished=true"
	one := "/api/v1/mine/wishes/" + w.need.ID + "/"
	w.play(t, []scenario{
		{name: "signed out", ask: ask{method: "POST", path: "/api/v1/mine/wishes", body: body(other)}, status: 401},
		{name: "not by brokers", ask: w.post(w.broker, wishes, body(other)), status: 403},
		{name: "not for what is others'", ask: w.post(w.newPerson(jiqiao.RoleEnterprise), wishes, body(other)), status: 403, has: []string{"本单位"}},
		{name: "of what may not be seen", ask: w.post(w.owner, wishes, body(hidden)), status: 404, lacks: []string{"内部成果"}},
		{name: "of what is not on offer", ask: w.post(w.owner, wishes, body(paused)), status: 404},
		{name: "of nothing", ask: w.post(w.owner, wishes, `{}`), status: 400, has: []string{`"need_id"`, `"achievement_id"`}},
		{name: "asked", ask: w.post(w.owner, wishes, body(other)), status: 201, has: []string{`"due_at"`}},
		{name: "and again", ask: w.post(w.owner, wishes, body(other)), status: 201},
		{name: "who asked knows of what", ask: ask{path: shown, user: w.owner}, status: 200, has: []string{`"total":1`, other.ID, other.Title, `"wished_at"`, `"outcome":"waiting"`}},
		{name: "exported", ask: ask{path: "/api/v1/exports/shown.xlsx?wished=true", user: w.owner}, status: 200, has: []string{other.Title, "本单位申请时间"}},
		{name: "the other side knows nothing of it", ask: ask{path: "/api/v1/mine/shown", user: w.lab}, status: 200, lacks: []string{w.need.Title, `"wished_at"`}},
		{name: "the bureau sees it", ask: ask{path: "/api/v1/queue?wished=true", user: w.bureau}, status: 200, has: []string{`"total":1`, `"need_wish"`, `"source":"wish"`}},
		{name: "and exports it", ask: ask{path: "/api/v1/exports/queue.xlsx?wished=true", user: w.bureau}, status: 200, has: []string{"需求方申请", other.Title}},
		{name: "not taken back by others", ask: ask{method: "DELETE", path: one + other.ID, user: w.lab}, status: 404},
		{name: "taken back", ask: ask{method: "DELETE", path: one + other.ID, user: w.owner}, status: 200, has: []string{`"note":"样件已备好"`}},
		{name: "and gone", ask: ask{path: shown, user: w.owner}, status: 200, has: []string{`"total":0`}},
		{name: "a match is asked for", ask: w.post(w.lab, wishes, body(w.achievement)), status: 201, has: []string{w.broker.Name}},
		{name: "the broker sees who asks, and why", ask: ask{path: "/api/v1/queue/" + w.id, user: w.broker}, status: 200, has: []string{`"achievement_wish"`, `"act":"wished"`, "样件已备好"}},
		{name: "accepted", ask: w.post(w.broker, "/queue/"+w.id+"/decision", acceptBody), status: 200},
		{name: "too late to take back", ask: ask{method: "DELETE", path: one + w.achievement.ID, user: w.lab}, status: 409, has: []string{"不能再撤回"}},
		{name: "or to ask", ask: w.post(w.owner, wishes, body(w.achievement)), status: 409, has: []string{"邀请"}},
	})
}
