package api

import (
	"fmt"
	"strings"
	"testing"

	"jiqiao"
)

// Words planted where only some may look.
const (
	secretContact = "13955551234"
	secretPerson  = "密人甲"
	secretOwner   = "密名精工股份有限公司"
	secretNumber  = "ZL99887766"
	secretPrivate = "密件内容"
	secretDraft   = "密稿内容"
	secretPlace   = "密址路一号"
)

// planted is a world with a secret in every place that hides one.
func planted(t *testing.T, change ...func(*Options)) (*world, []string) {
	w := newWorld(t, change...)
	contact := jiqiao.Contact{Name: secretPerson, Mobile: secretContact, Email: secretContact + "@example.com"}
	hide := func(h *jiqiao.Header, i int) {
		h.Contact = contact
		switch i {
		case 1:
			h.Disclosure, h.Owner, h.ExternalID = jiqiao.DisclosureAnonymous, jiqiao.OrganisationRef{Name: secretOwner, Kind: jiqiao.OrganisationEnterprise}, secretNumber
			h.Title += secretOwner
			h.Keywords = []string{"碳化硅", secretOwner}
		case 2:
			h.Disclosure = jiqiao.DisclosurePrivate
			h.Title, h.Keywords = secretPrivate, []string{secretPrivate}
		case 3:
			h.Status = jiqiao.StatusDraft
			h.Title = secretDraft
		}
	}
	var ids []string
	for i := range 4 {
		n, a := need(fmt.Sprintf("研制碳化硅器件%d", i)), achievement(fmt.Sprintf("碳化硅工艺%d", i))
		hide(&n.Header, i)
		hide(&a.Header, i)
		n.IntendedExperts, n.IntendedPartners = []string{secretPerson}, []string{secretPerson}
		if i == 1 {
			n.Problem, n.Background = secretOwner+"的产线良率低", "背景"+secretOwner
			n.Metrics = []jiqiao.Metric{{Name: "良率", Text: secretOwner + "标准"}}
			a.Abstract, a.Innovations, a.Awards = secretOwner+"研制", "创新"+secretOwner, secretOwner+"奖"
			a.RegistryNumber, a.IPs = secretNumber, []jiqiao.IP{{Kind: "invention", Number: secretNumber, Title: "一种" + secretNumber}}
			a.Team = []jiqiao.TeamMember{{Name: secretPerson, Unit: secretOwner}}
		}
		w.put(n, a)
		ids = append(ids, "needs/"+n.ID, "achievements/"+a.ID)
	}
	org := &jiqiao.Organisation{Kind: jiqiao.OrganisationInstitute, Name: "公开研究所", Contact: contact, LegalPerson: secretPerson, Address: secretPlace}
	if err := w.store.PutOrganisation(t.Context(), org); err != nil {
		t.Fatal(err)
	}
	// The owner that stays anonymous is an organisation like others, and listed; what must not show is that a record is its.
	return w, append(ids, "organisations/"+org.ID)
}

// everywhere is every address that could show a record.
func everywhere(ids []string) []ask {
	var all []ask
	get := func(path string) { all = append(all, ask{path: "/api/v1/" + path}) }
	for _, kind := range []string{"need", "achievement"} {
		for _, q := range []string{"", "&q=碳化硅", "&q=" + secretPrivate, "&q=" + secretDraft, "&q=" + secretOwner, "&statuses=*", "&statuses=draft", "&statuses=*&q=密"} {
			get("search?facets=true&kind=" + kind + q)
			get("facets?kind=" + kind + q)
			for _, format := range []string{"xlsx", "csv", "jsonl"} {
				get("exports/" + kind + "." + format + "?" + strings.TrimPrefix(q, "&"))
			}
		}
		get("exports/" + kind + ".jsonl?trl_min=0&statuses=*")
		get(kind + "s")
		get(kind + "s?statuses=*")
		for _, prefix := range []string{"", "密", "研制", "碳化硅"} {
			get("suggest?limit=20&kind=" + kind + "&q=" + prefix)
		}
		all = append(all, ask{method: "POST", path: "/api/v1/match", body: fmt.Sprintf(`{"kind":%q,"text":"碳化硅","filter":{"statuses":["*"]},"limit":100}`, kind)})
	}
	for _, id := range ids {
		get(id)
		if !strings.HasPrefix(id, "organisations") {
			for _, q := range []string{"", "?brief=true", "?statuses=*"} {
				get(id + "/matches" + q)
			}
			get(id + "/similar")
		}
	}
	get("stats")
	return all
}

// hunt asks everything as the viewer and reports who sees which secret.
func hunt(t *testing.T, w *world, ids []string, as jiqiao.Scope) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, a := range everywhere(ids) {
		a.as = as
		rec := w.do(a)
		if rec.Code >= 500 {
			t.Fatalf("%s: %d %s", a.path, rec.Code, rec.Body)
		}
		text := string(plain(t, rec)) + fmt.Sprint(rec.Header())
		for _, secret := range []string{secretContact, secretPerson, secretOwner, secretNumber, secretPrivate, secretDraft, secretPlace} {
			if strings.Contains(text, secret) {
				found[secret] = a.path
			}
		}
	}
	return found
}

func TestSecretsAreHiddenEverywhere(t *testing.T) {
	none := []string{}
	ofReader := []string{secretContact, secretPerson, secretOwner, secretNumber, secretPlace}
	ofInsider := append([]string{secretPrivate, secretDraft}, ofReader...)
	for _, c := range []struct {
		as   jiqiao.Scope
		sees []string
	}{{"", none}, {reader, ofReader}, {insider, ofInsider}, {writer, ofInsider}} {
		for _, leaky := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s leaky=%t", c.as, leaky), func(t *testing.T) {
				w, ids := planted(t)
				w.desk.leaky = leaky
				found := hunt(t, w, ids, c.as)
				for _, secret := range c.sees {
					if found[secret] == "" {
						t.Errorf("%q is hidden from those who may see it", secret)
					}
					delete(found, secret)
				}
				for secret, where := range found {
					t.Errorf("%q shows at %s", secret, where)
				}
				if secrets := []string{secretContact, secretPerson, secretOwner, secretPrivate}; strings.Contains(w.log.String(), secrets[0]) ||
					strings.Contains(w.log.String(), secrets[1]) || strings.Contains(w.log.String(), secrets[2]) || strings.Contains(w.log.String(), secrets[3]) {
					t.Error("a secret is in the log")
				}
			})
		}
	}
}

// What the public may not see is not found, word for word as if it did not exist.
func TestHiddenRecordsAreNotFound(t *testing.T) {
	w, ids := planted(t)
	missing := w.do(ask{path: "/api/v1/needs/n_00000000000000000000"}).Body.String()
	for _, id := range ids[4:8] { // private and draft
		for _, sub := range []string{"", "/matches", "/similar"} {
			for _, as := range []jiqiao.Scope{"", reader} {
				rec := w.do(ask{path: "/api/v1/" + id + sub, as: as})
				if rec.Code != 404 {
					t.Errorf("%s%s as %q: %d", id, sub, as, rec.Code)
				}
				if sub == "" && strings.HasPrefix(id, "needs") && rec.Body.String() != missing {
					t.Errorf("hidden: %s\nmissing: %s", rec.Body, missing)
				}
			}
			if rec := w.do(ask{path: "/api/v1/" + id + sub, as: insider}); rec.Code != 200 {
				t.Errorf("%s%s for an insider: %d", id, sub, rec.Code)
			}
		}
	}
}

// The public's filter is narrowed, whatever it asks for, and nobody sets rights by a parameter.
func TestFilterIsForced(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		as              jiqiao.Scope
		statuses        string
		private, owners bool
	}{{"", "[published]", false, false}, {reader, "[published]", false, true}, {insider, "[*]", true, true}, {writer, "[*]", true, true}} {
		w.do(ask{path: "/api/v1/search?kind=need&statuses=*&private=true&Private=true&Owners=true", as: c.as})
		f := w.desk.asked.Filter
		if fmt.Sprint(f.Statuses) != c.statuses || f.Access.Everything != c.private || f.Access.Owners != c.owners {
			t.Errorf("%q asks with %+v", c.as, f)
		}
		w.do(ask{method: "POST", path: "/api/v1/match", as: c.as, body: `{"kind":"need","text":"x","filter":{"statuses":["*"]}}`})
		f = w.desk.matching.Filter
		if fmt.Sprint(f.Statuses) != c.statuses || f.Access.Everything != c.private || f.Access.Owners != c.owners {
			t.Errorf("%q matches with %+v", c.as, f)
		}
	}
}

// Counting drafts tells of drafts.
func TestFacetOfStatusesIsForInsiders(t *testing.T) {
	w := newWorld(t)
	for as, shown := range map[jiqiao.Scope]bool{"": false, reader: false, insider: true} {
		for _, path := range []string{"/api/v1/facets?kind=need", "/api/v1/search?kind=need&facets=true"} {
			if got := strings.Contains(w.do(ask{path: path, as: as}).Body.String(), "草稿"); got != shown {
				t.Errorf("%s as %q shows the counts: %t", path, as, got)
			}
		}
	}
}

// Showing hides in a copy: the record at hand, perhaps shared, stays whole.
func TestShowLeavesTheRecordAlone(t *testing.T) {
	w, ids := planted(t)
	for range 2 {
		w.do(ask{path: "/api/v1/" + ids[2]})
	}
	rec := w.do(ask{path: "/api/v1/" + ids[2], as: reader})
	for _, secret := range []string{secretContact, secretOwner} {
		if !strings.Contains(rec.Body.String(), secret) {
			t.Errorf("lacks %q", secret)
		}
	}
}

// An anonymous record cannot be found by its owner.
func TestAnonymousRecordIsNotFoundByItsOwner(t *testing.T) {
	w, ids := planted(t)
	rec, err := w.store.Get(t.Context(), jiqiao.KindNeed, strings.TrimPrefix(ids[2], "needs/"))
	if err != nil {
		t.Fatal(err)
	}
	path := "/api/v1/search?kind=need&organisations=" + rec.Head().Owner.ID
	if body := w.do(ask{path: path}).Body.String(); !strings.Contains(body, `"total":0`) {
		t.Errorf("the public finds it: %s", body)
	}
	if body := w.do(ask{path: path, as: reader}).Body.String(); !strings.Contains(body, `"total":1`) {
		t.Errorf("a reader does not: %s", body)
	}
}
