package api

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"jiqiao"
)

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 3))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// attach uploads a file as the person and is the answer.
func (w *world) attach(t *testing.T, p *person, path, name string, content io.Reader) (int, jiqiao.Attachment) {
	t.Helper()
	w.t = t
	body, contentType := upload("file", name, content)
	rec := w.do(ask{method: http.MethodPost, path: "/api/v1" + path, user: p, body: body, header: map[string]string{"Content-Type": contentType}})
	var a jiqiao.Attachment
	if rec.Code == http.StatusCreated {
		if err := json.Unmarshal(plain(t, rec), &a); err != nil {
			t.Fatal(err)
		}
	}
	return rec.Code, a
}

func TestAttachmentsOverHTTP(t *testing.T) {
	w := newWorld(t)
	owner, rival, operator := w.as(jiqiao.RoleEnterprise), w.newPerson(jiqiao.RoleEnterprise), w.as(jiqiao.RoleOperator)
	n := need("研制碳化硅器件", func(n *jiqiao.Need) { n.Owner.ID = owner.OrganisationID })
	w.put(n)
	path := "/needs/" + n.ID + "/attachments"
	content := picture(t)
	code, inside := w.attach(t, owner, path, `..\..\结构图.exe`, bytes.NewReader(content))
	if code != 201 || inside.Name != "结构图.png" || inside.Width != 4 || inside.Public {
		t.Fatalf("%d %+v", code, inside)
	}
	code, shown := w.attach(t, operator, path+"?public=true", "外观.png", bytes.NewReader(content))
	if code != 201 || !shown.Approved {
		t.Fatalf("%d %+v", code, shown)
	}
	w.play(t, []scenario{
		{name: "the public's list", ask: ask{path: "/api/v1" + path}, status: 200, has: []string{"外观.png"}, lacks: []string{"结构图", operator.ID}},
		{name: "a rival's list", ask: ask{path: "/api/v1" + path, user: rival}, status: 200, has: []string{"外观.png"}, lacks: []string{"结构图"}},
		{name: "the owner's list", ask: ask{path: "/api/v1" + path, user: owner}, status: 200, has: []string{"外观.png", "结构图.png"}},
		{name: "the public and what is inside", ask: ask{path: "/api/v1/attachments/" + inside.ID}, status: 404},
		{name: "a rival and what is inside", ask: ask{path: "/api/v1/attachments/" + inside.ID, user: rival}, status: 404},
		{name: "no such file", ask: ask{path: "/api/v1/attachments/f_00000000000000000000", user: owner}, status: 404},
		{name: "a rival removes", ask: ask{method: http.MethodDelete, path: "/api/v1/attachments/" + shown.ID, user: rival}, status: 403},
		{name: "the public removes", ask: ask{method: http.MethodDelete, path: "/api/v1/attachments/" + shown.ID}, status: 401},
	})
	w.t = t // not the last scenario's
	rec := w.do(ask{path: "/api/v1/attachments/" + inside.ID, user: owner})
	h := rec.Header()
	if rec.Code != 200 || !bytes.Equal(rec.Body.Bytes(), content) || h.Get("Content-Type") != "image/png" ||
		!strings.HasPrefix(h.Get("Content-Disposition"), "attachment; filename*=UTF-8''%E7%BB%93") || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || !strings.HasPrefix(h.Get("Cache-Control"), "private") {
		t.Errorf("%d %v", rec.Code, h)
	}
	if rec := w.do(ask{path: "/api/v1/attachments/" + inside.ID, user: owner, header: map[string]string{"If-None-Match": h.Get("ETag")}}); rec.Code != 304 {
		t.Errorf("read again: %d", rec.Code)
	}
	if rec := w.do(ask{method: http.MethodDelete, path: "/api/v1/attachments/" + inside.ID, user: owner}); rec.Code != 204 {
		t.Errorf("removed: %d %s", rec.Code, rec.Body)
	}
}

// Files of the other objects come and go the same way.
func TestAttachmentsOfEveryObject(t *testing.T) {
	d := newDealWorld(t)
	deal := d.deal(t, jiqiao.StageIntake)
	for path, p := range map[string]*person{"/achievements/" + d.achievement.ID: d.university, "/deals/" + deal.ID: d.broker} {
		code, a := d.attach(t, p, path+"/attachments", "a.png", bytes.NewReader(picture(t)))
		if code != 201 {
			t.Errorf("%s: %d", path, code)
			continue
		}
		if code, _ := d.attach(t, d.stranger, path+"/attachments", "a.png", bytes.NewReader(picture(t))); code != 403 && code != 404 {
			t.Errorf("%s by a stranger: %d", path, code)
		}
		d.send(t, p, http.MethodDelete, "/attachments/"+a.ID, nil, nil, 204)
		d.send(t, d.stranger, http.MethodPost, "/attachments/"+a.ID+"/restore", nil, nil, 404)
		var back jiqiao.Attachment
		d.send(t, p, http.MethodPost, "/attachments/"+a.ID+"/restore", nil, &back, 200)
		if back.ID != a.ID {
			t.Errorf("%s: %+v came back", path, back)
		}
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	owner, rival := w.as(jiqiao.RoleEnterprise), w.newPerson(jiqiao.RoleEnterprise)
	n := need("研制碳化硅器件", func(n *jiqiao.Need) { n.Owner.ID = owner.OrganisationID })
	w.put(n)
	path := "/needs/" + n.ID + "/attachments"
	for name, c := range map[string]struct {
		p       *person
		path    string
		content io.Reader
		want    int
	}{
		"a page that says PDF": {owner, path, strings.NewReader("<html><script>alert(1)</script>"), 415},
		"nothing":              {owner, path, strings.NewReader(""), 400},
		"too much":             {owner, path, io.LimitReader(endless{}, jiqiao.MaxAttachment+1), 413},
		"a rival":              {rival, path, bytes.NewReader(picture(t)), 403},
		"the public":           {nil, path, bytes.NewReader(picture(t)), 401},
		"a broker":             {w.as(jiqiao.RoleBroker), path, bytes.NewReader(picture(t)), 403},
		"no such record":       {owner, "/needs/n_00000000000000000000/attachments", bytes.NewReader(picture(t)), 404},
		"no such introduction": {owner, "/introductions/x/attachments", bytes.NewReader(picture(t)), 404},
		"no such deal":         {owner, "/deals/x/attachments", bytes.NewReader(picture(t)), 404},
	} {
		if code, _ := w.attach(t, c.p, c.path, "方案.pdf", c.content); code != c.want {
			t.Errorf("%s: %d, want %d", name, code, c.want)
		}
	}
	kept, err := w.store.AttachmentsOf(t.Context(), jiqiao.Ref{Type: "need", ID: n.ID})
	if err != nil || len(kept) != 0 {
		t.Errorf("%+v %v", kept, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte("%PDF-1.4\n"), len(p)/9+1)), nil
}
