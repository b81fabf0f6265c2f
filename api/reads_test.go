package api

import (
	"net/http"
	"testing"

	"jiqiao"
)

func TestReadingAThreadIsSeen(t *testing.T) {
	p := newPair(t)
	at := "/api/v1/introductions/" + p.introduce().ID
	stranger := p.newPerson(jiqiao.RoleEnterprise)
	p.answers(http.StatusOK, nil, ask{method: "POST", path: at + "/messages", user: p.enterprise, body: map[string]any{"text": "样品已备好"}})
	var page jiqiao.ThreadPage
	p.answers(http.StatusOK, &page, ask{path: at + "/messages", user: p.university})
	read := func(by *person, message string) ask {
		return ask{method: "POST", path: at + "/read", user: by, body: map[string]any{"message": message}}
	}
	last := page.Items[1].ID // after what the broker wrote with the invitation
	p.play(t, []scenario{
		{name: "both are new", ask: ask{path: "/api/v1/introductions", user: p.university}, status: 200, has: []string{`"unread":2`}},
		{name: "not to who wrote", ask: ask{path: "/api/v1/introductions", user: p.enterprise}, status: 200, lacks: []string{`"unread"`}},
		{name: "found by it", ask: ask{path: "/api/v1/introductions?unread=true", user: p.university}, status: 200, has: []string{`"total":1`}},
		{name: "not by who wrote", ask: ask{path: "/api/v1/introductions?unread=true", user: p.enterprise}, status: 200, has: []string{`"total":0`}},
		{name: "counted", ask: ask{path: "/api/v1/introductions/counts", user: p.university}, status: 200, has: []string{`"unread":1`}},
		{name: "perhaps", ask: ask{path: "/api/v1/introductions?unread=perhaps", user: p.university}, status: 400, has: []string{`"unread"`}},
		{name: "no message", ask: read(p.university, ""), status: 400, has: []string{`"message"`}},
		{name: "another thread's", ask: read(p.university, "w_00000000000000000000"), status: 404},
		{name: "a stranger", ask: read(stranger, last), status: 404},
		{name: "the public", ask: read(nil, last), status: 401},
		{name: "an operator looks in", ask: read(p.operator, last), status: 204},
		{name: "and reads for nobody", ask: ask{path: at + "/messages", user: p.enterprise}, status: 200, lacks: []string{`"achievement"`}},
		{name: "the other side reads", ask: read(p.university, last), status: 204},
		{name: "and again", ask: read(p.university, last), status: 204},
		{name: "nothing is new any more", ask: ask{path: at, user: p.university}, status: 200, lacks: []string{`"unread"`}},
		{name: "nor found", ask: ask{path: "/api/v1/introductions?unread=true", user: p.university}, status: 200, has: []string{`"total":0`}},
		{name: "who wrote sees which side, not who", ask: ask{path: at + "/messages", user: p.enterprise}, status: 200, has: []string{`"read_by":["achievement"]`}, lacks: []string{p.university.ID, p.university.Name}},
		{name: "the broker has not read", ask: ask{path: at, user: p.broker}, status: 200, has: []string{`"unread":1`}},
	})
}
