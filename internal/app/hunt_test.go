package app

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"jiqiao"
)

// variant is a state of disclosure that a record may be in.
type variant struct {
	name       string
	status     jiqiao.Status
	disclosure jiqiao.Disclosure
	granted    bool // opened to the organisation of the viewer "granted"
}

func (v variant) reviewed() bool {
	return v.status == jiqiao.StatusPublished || v.status == jiqiao.StatusEngaged
}
func (v variant) anonymous() bool {
	return v.disclosure == jiqiao.DisclosureAnonymous || v.disclosure == jiqiao.DisclosureSummaryAnonymous
}
func (v variant) outlined() bool {
	return v.disclosure == jiqiao.DisclosureSummary || v.disclosure == jiqiao.DisclosureSummaryAnonymous
}
func (v variant) offered() bool {
	return v.status == jiqiao.StatusPublished && v.disclosure != jiqiao.DisclosurePrivate && v.disclosure != jiqiao.DisclosureBroker
}

// rests says that the record was offered to everybody, and is not for now.
func (v variant) rests() bool {
	return v.status == jiqiao.StatusEngaged && v.disclosure != jiqiao.DisclosurePrivate && v.disclosure != jiqiao.DisclosureBroker
}

var variants = []variant{
	{"public", jiqiao.StatusPublished, jiqiao.DisclosurePublic, false},
	{"anonymous", jiqiao.StatusPublished, jiqiao.DisclosureAnonymous, false},
	{"summary", jiqiao.StatusPublished, jiqiao.DisclosureSummary, false},
	{"anonymous summary", jiqiao.StatusPublished, jiqiao.DisclosureSummaryAnonymous, false},
	{"broker", jiqiao.StatusPublished, jiqiao.DisclosureBroker, false},
	{"private", jiqiao.StatusPublished, jiqiao.DisclosurePrivate, false},
	{"draft", jiqiao.StatusDraft, jiqiao.DisclosurePublic, false},
	{"returned", jiqiao.StatusReturned, jiqiao.DisclosureSummary, true}, // granted before it was taken back
	{"engaged", jiqiao.StatusEngaged, jiqiao.DisclosurePublic, false},
	{"granted summary", jiqiao.StatusPublished, jiqiao.DisclosureSummaryAnonymous, true},
	{"granted private", jiqiao.StatusPublished, jiqiao.DisclosurePrivate, true},
}

// class is what kind of thing a field holds, as far as who may read it goes.
type class string

const (
	classTitle    class = "title"
	classOutline  class = "outline"
	classDetail   class = "detail"
	classSecret   class = "confidential"
	classLead     class = "lead to the owner" // numbers that a register answers, people, the owner's name in a text
	classPeople   class = "people in mind"
	classContact  class = "contact"
	classPosition class = "position"
)

func classOf(path string) class {
	switch {
	case path == "title":
		return classTitle
	case path == "summary" || strings.HasPrefix(path, "keywords"):
		return classOutline
	case path == "confidential":
		return classSecret
	case path == "contact.position":
		return classPosition
	case strings.HasPrefix(path, "contact."):
		return classContact
	case strings.HasPrefix(path, "intended_"):
		return classPeople
	case path == "external_id" || path == "registry_number" || strings.HasPrefix(path, "team") || strings.HasPrefix(path, "ips"):
		return classLead
	default:
		return classDetail
	}
}

// may is the table of who may read what, written down a second time: it knows nothing of jiqiao.Access.
func may(viewer string, v variant, c class) bool {
	machine := slices.Contains([]string{"insider", "writer", "admin"}, viewer)
	own := viewer == "own" && !v.anonymous() || viewer == "own anonymous" && v.anonymous()
	operator := viewer == "operator here" || viewer == "operator everywhere"
	broker := viewer == "broker" && v.reviewed() && v.disclosure != jiqiao.DisclosurePrivate
	granted := viewer == "granted" && v.granted && v.reviewed()
	reader := viewer == "reader"
	inside := machine || own || operator || broker || granted
	member := operator || slices.Contains([]string{"own", "own anonymous", "other", "granted", "broker", "operator away"}, viewer)
	if viewer == "auditor" && c == classTitle && v.rests() {
		return true // what is done in a deal is told by the name of its need, which everybody knew
	}
	if !inside && !v.offered() {
		return false
	}
	switch c {
	case classTitle, classOutline:
		return true
	case classDetail:
		return inside || !v.outlined()
	case classSecret:
		return inside
	case classLead:
		return inside || !v.outlined() && (reader || !v.anonymous())
	case classPeople:
		return inside || reader && !v.outlined()
	case classContact:
		return machine || own || granted || reader
	case classPosition:
		return machine || own || granted || reader || member && (inside || !v.anonymous())
	default:
		return false
	}
}

// secret is one word planted in one field of one record.
type secret struct {
	variant variant
	kind    jiqiao.Kind
	path    string
	class   class
	word    string
}

func (s secret) String() string {
	return fmt.Sprintf("%s of the %s %s", s.path, s.variant.name, s.kind)
}

// audience are those who look, the most entitled first: what they leave in a cache is there for the others.
var audience = []string{
	"admin", "writer", "insider", "operator everywhere", "operator here", "broker", "own", "own anonymous", "granted", "reader",
	"operator away", "other", "system admin", "security admin", "auditor", "public",
}

// plot is the service with a secret in every field of every variant, and the people who look for them.
type plot struct {
	t       *testing.T
	app     *App
	secrets map[string]secret
	viewers map[string]func(*http.Request)
	ids     map[jiqiao.Kind][]string
	brand   string // the brand of the owner of the anonymous records
	number  int
}

// words are a Chinese and a Latin one. Each has characters that stand nowhere else: half a match would tell as much.
func (p *plot) words() (han, latin string) {
	p.number++
	n := p.number
	return string([]rune{firstRare + rune(2*n), firstRare + rune(2*n+1)}), "zq" + string([]byte{'a' + byte(n%26), 'b' + byte(n/26%24), 'c' + byte(n/624%23)}) + "x"
}

// firstRare to lastRare are Chinese characters that nobody uses (CJK Extension A).
const firstRare, lastRare = '\u3400', '\u4db4'

// marks begin the words that are not Chinese, with how many bytes they have in all.
var marks = map[string]int{"zq": 6, "139": 11, "0515-": 13}

// wordsIn lists what may be a planted word. It is no regular expression: some hundred megabytes pass through it.
func wordsIn(text string) []string {
	var found []string
	for mark, size := range marks {
		for at := 0; ; {
			i := strings.Index(text[at:], mark)
			if i < 0 || at+i+size > len(text) {
				break
			}
			found = append(found, text[at+i:at+i+size])
			at += i + len(mark)
		}
	}
	for i, c := range text {
		if c >= firstRare && c <= lastRare && c%2 == 0 {
			found = append(found, text[i:min(i+6, len(text))])
		}
	}
	return found
}

// fill writes a secret into every free text of v, however deep. A field that takes no free text loses it again.
func (p *plot) fill(rec jiqiao.Record, v variant) {
	p.walk(rec, reflect.ValueOf(rec).Elem(), "", v)
}

// given are set by the test or by the store.
var given = []string{"id", "status", "disclosure", "owner", "price", "bounty", "merged_into", "-"}

func (p *plot) walk(rec jiqiao.Record, at reflect.Value, path string, v variant) {
	switch at.Kind() {
	case reflect.Struct:
		for i := range at.NumField() {
			f := at.Type().Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous:
				p.walk(rec, at.Field(i), path, v)
			case path == "" && slices.Contains(given, name) || f.Type == reflect.TypeFor[time.Time]():
			default:
				p.walk(rec, at.Field(i), strings.TrimPrefix(path+"."+name, "."), v)
			}
		}
	case reflect.Slice:
		at.Set(reflect.MakeSlice(at.Type(), 1, 1))
		at.Index(0).Set(starter(at.Type().Elem()))
		p.walk(rec, at.Index(0), path+"[0]", v)
		if at.Index(0).IsZero() {
			at.SetZero()
		}
	case reflect.String:
		if at.String() == "" {
			p.text(rec, at, path, v)
		}
	}
}

// starter is what an element of a list needs to be valid.
func starter(t reflect.Type) reflect.Value {
	e := reflect.New(t).Elem()
	switch e.Interface().(type) {
	case jiqiao.Metric:
		e.Set(reflect.ValueOf(jiqiao.Metric{Name: "良率", Text: "很高"}))
		e.FieldByName("Name").SetString("")
		e.FieldByName("Text").SetString("")
	case jiqiao.IP:
		e.Set(reflect.ValueOf(jiqiao.IP{Kind: "invention"}))
	}
	return e
}

func (p *plot) text(rec jiqiao.Record, at reflect.Value, path string, v variant) {
	s := secret{variant: v, kind: rec.Kind(), path: path, class: classOf(path)}
	han, latin := p.words()
	text := han + " " + latin
	switch path {
	case "contact.mobile":
		text = fmt.Sprintf("139%08d", 11_000_000+p.number)
	case "contact.phone":
		text = fmt.Sprintf("0515-%08d", 88_000_000+p.number)
	case "contact.email":
		text = latin + "@example.com"
	case "contact.name":
		text = latin[:1] + text
	}
	if v.anonymous() && s.class != classContact && s.class != classPosition {
		text = "江苏" + p.brand + "特钢的" + text + "，" + p.brand + "牌"
	}
	if s.class == classTitle {
		text = "碳化硅" + text
	}
	at.SetString(text)
	if !free(rec, path) {
		at.SetString("")
		return
	}
	for _, word := range wordsIn(text) {
		s.word = word
		p.secrets[word] = s
	}
}

// free reports whether the record's rules allow what was written there.
func free(rec jiqiao.Record, path string) bool {
	var wrong *jiqiao.Error
	if !errors.As(rec.Validate(), &wrong) {
		return true
	}
	return !slices.ContainsFunc(wrong.Fields, func(f jiqiao.FieldError) bool { return strings.HasPrefix(f.Field, path) })
}

func newPlot(t *testing.T) *plot {
	p := &plot{t: t, app: following(t, settings(t.TempDir())), secrets: map[string]secret{}, viewers: map[string]func(*http.Request){}, ids: map[jiqiao.Kind][]string{}, brand: "騳麢鱻"}
	ctx, st := t.Context(), p.app.Store
	known := &jiqiao.Organisation{Name: "江苏晨曦特钢有限公司", Kind: jiqiao.OrganisationEnterprise}
	hidden := &jiqiao.Organisation{Name: "江苏" + p.brand + "特钢有限公司", Kind: jiqiao.OrganisationEnterprise}
	other := &jiqiao.Organisation{Name: "旁观有限公司", Kind: jiqiao.OrganisationEnterprise}
	partner := &jiqiao.Organisation{Name: "伙伴大学", Kind: jiqiao.OrganisationUniversity}
	for _, o := range []*jiqiao.Organisation{known, hidden, other, partner} {
		p.must(st.PutOrganisation(ctx, o))
	}
	for _, v := range variants {
		for _, kind := range jiqiao.Kinds {
			rec := jiqiao.NewRecord(kind)
			h := rec.Head()
			h.Status, h.Disclosure, h.Region, h.Price = v.status, v.disclosure, "320904", jiqiao.Amount(77_777_700)
			h.Owner = jiqiao.OrganisationRef{ID: known.ID}
			if v.anonymous() {
				h.Owner.ID = hidden.ID
			}
			p.fill(rec, v)
			if err := rec.Validate(); err != nil {
				t.Fatalf("%s %s: %v", v.name, kind, err)
			}
			p.must(st.Put(ctx, rec))
			p.ids[kind] = append(p.ids[kind], h.ID)
			if v.granted {
				p.must(st.Grant(ctx, jiqiao.Grant{Record: jiqiao.Ref{Type: string(kind), ID: h.ID}, Organisation: partner.ID}))
			}
		}
	}
	for range 12 { // something in common, so that matching has something to say
		put(t, st, need("碳化硅外延片厚度均匀性"))
	}
	p.people(known.ID, hidden.ID, other.ID, partner.ID)
	caughtUp(t, p.app)
	return p
}

func (p *plot) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *plot) people(known, hidden, other, partner string) {
	p.viewers["public"] = func(*http.Request) {}
	for name, scope := range map[string]jiqiao.Scope{"reader": jiqiao.ScopeRead, "insider": jiqiao.ScopeReadPrivate, "writer": jiqiao.ScopeWrite, "admin": jiqiao.ScopeAdmin} {
		token, _, err := p.app.Store.CreateToken(p.t.Context(), name, []jiqiao.Scope{scope}, time.Time{})
		p.must(err)
		p.viewers[name] = func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	for name, u := range map[string]jiqiao.User{
		"own":                 {Role: jiqiao.RoleEnterprise, OrganisationID: known},
		"own anonymous":       {Role: jiqiao.RoleEnterprise, OrganisationID: hidden},
		"other":               {Role: jiqiao.RoleEnterprise, OrganisationID: other},
		"granted":             {Role: jiqiao.RoleUniversity, OrganisationID: partner},
		"broker":              {Role: jiqiao.RoleBroker},
		"operator here":       {Role: jiqiao.RoleOperator, Region: "320900"},
		"operator away":       {Role: jiqiao.RoleOperator, Region: "140400"},
		"operator everywhere": {Role: jiqiao.RoleOperator},
		"system admin":        {Role: jiqiao.RoleSystemAdmin},
		"security admin":      {Role: jiqiao.RoleSecurityAdmin},
		"auditor":             {Role: jiqiao.RoleAuditor},
	} {
		p.viewers[name] = p.signIn(name, u)
	}
}

func (p *plot) signIn(name string, u jiqiao.User) func(*http.Request) {
	const password = "Kx7-qiaoliang"
	u.Login, u.Name, u.State = strings.ReplaceAll(name, " ", "-"), name, jiqiao.UserActive
	digest, err := p.app.accounts.Hash(p.t.Context(), password)
	p.must(err)
	p.must(p.app.Store.CreateAccount(p.t.Context(), &jiqiao.Account{User: u, Credentials: jiqiao.Credentials{Password: digest}}, jiqiao.AccountChange{}))
	in, err := p.app.accounts.SignIn(p.t.Context(), jiqiao.SignIn{Login: u.Login, Password: password})
	p.must(err)
	mac := hmac.New(sha256.New, []byte(in.Secret))
	mac.Write([]byte("csrf"))
	token := hex.EncodeToString(mac.Sum(nil))
	return func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "jiqiao_session", Value: in.Secret})
		r.Header.Set("X-CSRF-Token", token)
	}
}

// answered is what came back, as text: workbooks unpacked, headers included.
type answered struct {
	status int
	text   string
}

func (p *plot) ask(viewer, method, path, body string) answered {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	if strings.HasPrefix(path, "/api/v1/events") { // goes on for ever
		ctx, cancel = context.WithTimeout(p.t.Context(), 50*time.Millisecond)
	}
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://jiqiao"+path, strings.NewReader(body))
	p.must(err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	p.viewers[viewer](r)
	resp, err := p.app.Client().Do(r)
	if err != nil {
		if ctx.Err() != nil && strings.HasPrefix(path, "/api/v1/events") {
			return answered{}
		}
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	p.must(err)
	if bytes.HasPrefix(content, []byte("PK")) {
		content = unpacked(p.t, content)
	}
	return answered{resp.StatusCode, string(content) + "\n" + fmt.Sprint(resp.Header)}
}

func unpacked(t *testing.T, content []byte) []byte {
	t.Helper()
	book, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range book.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
	}
	return all.Bytes()
}

// request is one thing to ask.
type request struct{ method, path, body string }

// readings are the routes that read with a body. Every other route with a body must be among changes: a new one fails the
// test until somebody has thought about what it answers.
var readings = map[string][]string{
	"/api/v1/match":       {`{"kind":"need","text":"碳化硅外延片","limit":100,"filter":{"statuses":["*"]}}`, `{"kind":"achievement","text":"碳化硅外延片","limit":100}`},
	"/api/v1/clinic":      {`{"kind":"need","text":"碳化硅外延片厚度不均匀"}`, `{"kind":"achievement","record":{"title":"碳化硅"}}`},
	"/api/v1/clinic/read": {`{"text":"碳化硅"}`},
}

// queries are added to lists.
var queries = map[string][]string{
	"/api/v1/search":         {"?kind=need&facets=true&statuses=*&limit=100", "?kind=achievement&facets=true&statuses=*&limit=100", "?kind=need&q=碳化硅&limit=100", "?kind=achievement&q=碳化硅"},
	"/api/v1/facets":         {"?kind=need&statuses=*", "?kind=achievement&q=碳化硅"},
	"/api/v1/suggest":        {"?kind=need&q=碳化硅&limit=20", "?kind=achievement&q=碳&limit=20", "?kind=need&q=㐂&limit=20", "?kind=achievement&q=zq"},
	"/api/v1/needs":          {"?statuses=*&limit=100", ""},
	"/api/v1/achievements":   {"?statuses=*&limit=100", ""},
	"/api/v1/exports/{file}": {"?statuses=*", "?q=碳化硅"},

	"/api/v1/statistics/waiting":   {"?what=reviews&limit=100", "?what=answers&limit=100", "?what=candidates&limit=100", "?what=load&limit=100"},
	"/api/v1/statistics/exposed":   {"?kind=need&limit=100", "?kind=achievement&limit=100"},
	"/api/v1/exports/waiting.xlsx": {"?what=reviews", "?what=answers", "?what=load"},
	"/api/v1/reports/monthly.docx": {"?month=2026-01"},
	"/api/v1/mine/entered":         {"?kind=need&limit=100", "?kind=achievement&limit=100"},
	"/api/v1/statistics/exposure":  {"?kind=need", "?kind=achievement"},
}

func lists(path string) []string {
	if q, ok := queries[path]; ok {
		return q
	}
	return []string{""}
}

// asks are all requests that read, made from the description of the interface: a route is there or the service does not
// start, and one that is there is asked.
func (p *plot) asks() []request {
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	p.must(json.Unmarshal([]byte(strings.SplitN(p.ask("public", http.MethodGet, "/api/openapi.json", "").text, "\nmap[", 2)[0]), &doc))
	var all []request
	for path, methods := range doc.Paths {
		if _, reads := methods["get"]; reads {
			for _, concrete := range p.concrete(path) {
				for _, q := range lists(path) {
					all = append(all, request{http.MethodGet, concrete + q, ""})
				}
			}
		}
		for _, body := range readings[path] {
			all = append(all, request{http.MethodPost, path, body})
		}
		for method := range methods {
			name := strings.ToUpper(method) + " " + path
			if _, known := readings[path]; !known && slices.Contains([]string{"post", "put", "delete", "patch"}, method) && !slices.ContainsFunc(changes, func(c string) bool { return c == name }) {
				p.t.Errorf("%s: does it answer with what its caller may not see? Add it to readings, or to changes with a reason", name)
			}
		}
	}
	slices.SortFunc(all, func(a, b request) int { return strings.Compare(a.path+a.body, b.path+b.body) })
	return all
}

var parameter = regexp.MustCompile(`\{[^}]+\}`)

// concrete are the paths with every id that could be meant.
func (p *plot) concrete(path string) []string {
	switch {
	case path == "/api/v1/match/pair":
		return p.pairs(path)
	case strings.HasPrefix(path, "/api/v1/needs/{id}"):
		return p.with(path, p.ids[jiqiao.KindNeed])
	case strings.HasPrefix(path, "/api/v1/achievements/{id}"):
		return p.with(path, p.ids[jiqiao.KindAchievement])
	case strings.HasPrefix(path, "/api/v1/settings/{name}"):
		return p.with(path, []string{"targets", "reviews", "subsidy", "undertaking", "security"})
	case strings.Contains(path, "{file}"):
		return p.with(path, []string{"need.xlsx", "need.csv", "need.jsonl", "achievement.xlsx", "achievement.csv", "achievement.jsonl"})
	case strings.Contains(path, "{"):
		return p.with(path, []string{p.ids[jiqiao.KindNeed][3], p.ids[jiqiao.KindAchievement][5]})
	default:
		return []string{path}
	}
}

// pairs asks about every record beside the public one of the other side.
func (p *plot) pairs(path string) []string {
	needs, achievements := p.ids[jiqiao.KindNeed], p.ids[jiqiao.KindAchievement]
	var all []string
	for _, need := range needs {
		all = append(all, path+"?need="+need+"&achievement="+achievements[0])
	}
	for _, achievement := range achievements {
		all = append(all, path+"?need="+needs[0]+"&achievement="+achievement)
	}
	return all
}

func (p *plot) with(path string, values []string) []string {
	var all []string
	for _, v := range values {
		all = append(all, parameter.ReplaceAllString(path, v))
	}
	return all
}

// Nobody finds a word that is not for them, wherever they look; and everybody finds those that are.
func TestSecretsAreWhereTheyBelong(t *testing.T) {
	if raceDetector {
		t.Skip("asks every route as everybody; make check-go runs it without the race detector")
	}
	p := newPlot(t)
	asks := p.asks()
	for _, viewer := range audience {
		found := map[string]bool{}
		for _, a := range asks {
			got := p.ask(viewer, a.method, a.path, a.body)
			if got.status >= 500 && got.status != http.StatusServiceUnavailable {
				t.Fatalf("%s %s as %s: %d %s", a.method, a.path, viewer, got.status, got.text)
			}
			for _, word := range wordsIn(got.text) {
				if found[word] {
					continue
				}
				found[word] = true
				if s, planted := p.secrets[word]; planted && !may(viewer, s.variant, s.class) {
					t.Errorf("%s reads %s (%s, %s) in %s %s", viewer, s, s.class, word, a.method, a.path)
				}
			}
			if strings.Contains(got.text, p.brand) && p.brandIsSecret(viewer, a.path) {
				t.Errorf("%s reads the anonymous owner's brand in %s %s", viewer, a.method, a.path)
			}
		}
		for word, s := range p.secrets {
			if may(viewer, s.variant, s.class) && !found[word] {
				t.Errorf("%s nowhere reads %s (%s, %s)", viewer, s, s.class, word)
			}
		}
	}
}

// brandIsSecret: that the organisation exists is no secret, that a record is its is one.
func (p *plot) brandIsSecret(viewer, path string) bool {
	if slices.Contains([]string{"own anonymous", "granted", "broker", "operator here", "operator everywhere", "reader", "insider", "writer", "admin"}, viewer) {
		return false
	}
	for _, list := range []string{"/api/v1/organisations", "/api/v1/users", "/api/v1/sign-ups", "/api/v1/audit", "/api/v1/exports/users", "/api/v1/exports/organisations", "/api/v1/exports/audit"} {
		if strings.HasPrefix(path, list) {
			return false
		}
	}
	return true
}

// The control words stand nowhere.
const controlHan, controlLatin = "\u4db2\u4db3", "zqwvux"

// A word that the asker may not see is, as a question, no different from one that stands nowhere: the same hits, counts,
// suggestions, scores and evidence. What is confidential is nobody's to search.
func TestSecretsAreNoDifferentFromNonsense(t *testing.T) {
	if raceDetector {
		t.Skip("asks every route as everybody; make check-go runs it without the race detector")
	}
	p := newPlot(t)
	known := map[[2]any]answered{} // answers to nonsense
	for word, s := range p.secrets {
		control := controlHan
		if word[0] < utf8.RuneSelf {
			// Latin words go the same way; those of one field will do.
			if control = controlLatin; s.class != classSecret {
				continue
			}
		}
		for _, viewer := range []string{"public", "other", "reader", "broker", "own"} {
			if may(viewer, s.variant, s.class) {
				continue
			}
			for _, a := range p.questions(word, s) {
				nonsense := request{a.method, strings.ReplaceAll(a.path, url.QueryEscape(word), url.QueryEscape(control)), strings.ReplaceAll(a.body, word, control)}
				was, asked := known[[2]any{viewer, nonsense}]
				if !asked {
					was = p.ask(viewer, nonsense.method, nonsense.path, nonsense.body)
					known[[2]any{viewer, nonsense}] = was
				}
				got := p.ask(viewer, a.method, a.path, a.body)
				if same(got.text, word, control) != same(was.text, word, control) {
					t.Errorf("%s tells %s (%s) from nonsense: %s %s %s\n%s", viewer, s, word, a.method, a.path, a.body, firstDifference(same(got.text, word, control), same(was.text, word, control)))
				}
			}
		}
	}
}

var changing = regexp.MustCompile(`X-Request-Id:\[[^]]*\]|Etag:\[[^]]*\]|Content-Length:\[[^]]*\]`)

// same is the text without what differs between any two answers, and between the two questions.
func same(text, word, control string) string {
	body, headers, _ := strings.Cut(strings.NewReplacer(word, "WORD", control, "WORD").Replace(text), "\nmap[")
	return body + changing.ReplaceAllString(headers, "")
}

func (p *plot) questions(word string, s secret) []request {
	q := url.QueryEscape(word)
	other := s.kind.Other()
	all := []request{
		{"GET", "/api/v1/search?facets=true&kind=" + string(s.kind) + "&q=" + q, ""},
		{"GET", "/api/v1/search?facets=true&kind=" + string(s.kind) + "&q=" + url.QueryEscape("碳化硅 ") + q, ""},
		{"GET", "/api/v1/suggest?kind=" + string(s.kind) + "&q=" + q, ""},
	}
	// Latin words share pairs of letters with others, by which the matcher finds words that are written alike.
	if word[0] >= utf8.RuneSelf && (s.class == classSecret || s.path == "problem" || s.path == "abstract") {
		text := `{"kind":"` + string(other) + `","text":"` + "碳化硅外延片，" + word + `","limit":100}`
		all = append(all, request{"POST", "/api/v1/match", text},
			request{"POST", "/api/v1/clinic", strings.Replace(strings.Replace(text, `,"limit":100`, "", 1), string(other), string(s.kind), 1)},
			request{"GET", "/api/v1/facets?kind=" + string(s.kind) + "&q=" + q, ""},
			request{"GET", "/api/v1/exports/" + string(s.kind) + ".jsonl?q=" + q, ""})
	}
	return all
}

// firstDifference is where two texts part.
func firstDifference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-200)
	return a[from:min(len(a), i+200)] + "\n" + b[from:min(len(b), i+200)]
}
