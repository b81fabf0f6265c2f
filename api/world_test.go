package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"jiqiao"
	"jiqiao/internal/account"
	"jiqiao/internal/attachment"
	"jiqiao/internal/lifecycle"
	"jiqiao/internal/live"
	"jiqiao/internal/notify"
	"jiqiao/internal/report"
	"jiqiao/internal/statistics"
	"jiqiao/store"
	"jiqiao/store/sqlitetest"
)

func TestMain(m *testing.M) {
	for _, kind := range []string{fileTypes["xlsx"], "application/jsonl", "text/html", "application/yaml"} {
		openapi3filter.RegisterBodyDecoder(kind, openapi3filter.FileBodyDecoder)
	}
	os.Exit(m.Run())
}

// theRouter finds the description of a request; making it takes a while.
var theRouter = sync.OnceValues(func() (routers.Router, error) {
	spec, err := theSpec()
	if err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(spec.doc)
})

// world is a server over a real store, with an index and a matcher so plain that they cannot be wrong.
type world struct {
	t      testing.TB
	store  *store.Store
	desk   *desk
	intake *intake
	status *status
	log    *bytes.Buffer
	server *Server
	router routers.Router
	// tokens by scope; "" is no token.
	tokens map[jiqiao.Scope]string
	// accounts are the rules over the same store, people who was signed in by as, number that of the last person.
	accounts *account.Service
	people   map[jiqiao.Role]*person
	number   int
	live     *live.Hub
	outbox   *notify.Outbox
	// said are the writes that succeeded: see traced.
	said sync.Map
}

// newOutbox sends over the store, and reaches this machine.
func newOutbox(t testing.TB, st *store.Store) *notify.Outbox {
	t.Helper()
	templates, err := notify.LoadTemplates()
	if err != nil {
		t.Fatal(err)
	}
	return notify.NewOutbox(notify.Options{
		Deliveries: st, Preferences: st, Templates: templates, Secret: "test", PublicURL: "https://jiqiao.test", AllowPrivate: true,
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
}

func newWorld(t testing.TB, change ...func(*Options)) *world {
	t.Helper()
	log := &bytes.Buffer{}
	hub := live.New(rand.Text(), slog.New(slog.DiscardHandler))
	st, err := store.Open(t.Context(), store.Config{
		URL: sqlitetest.New(t), Log: slog.New(slog.DiscardHandler), Events: hub.Tell,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	w := &world{t: t, store: st, desk: &desk{store: st}, intake: &intake{}, status: &status{Store: st}, log: log, tokens: map[jiqiao.Scope]string{}}
	for _, scope := range jiqiao.Scopes {
		secret, _, err := st.CreateToken(t.Context(), "test "+string(scope), []jiqiao.Scope{scope}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		w.tokens[scope] = secret
	}
	w.people = map[jiqiao.Role]*person{}
	w.accounts = account.New(account.Options{Store: st, Cost: account.Cost{Memory: 8, Time: 1, Threads: 1}, PublicURL: "https://jiqiao.test", Log: slog.New(slog.DiscardHandler)})
	introductions, calendar := introductionsOver(t, st)
	w.live, w.outbox = hub, newOutbox(t, st)
	records := lifecycle.New(lifecycle.Options{Store: st, Clinic: w.desk, Log: slog.New(slog.DiscardHandler)})
	opts := Options{
		Lifecycle: records, Reviews: records, Merges: records, ReviewPolicies: records,
		Attachments: attachment.New(attachment.Options{Store: st, Log: slog.New(slog.DiscardHandler), Reach: map[string]attachment.Reach{
			"introduction": func(ctx context.Context, v jiqiao.Viewer, id string, _ bool) error {
				_, err := introductions.Introduction(ctx, v, id)
				return err
			},
			"deal": func(ctx context.Context, v jiqiao.Viewer, id string, _ bool) error {
				d, err := st.Deal(ctx, id)
				if err == nil && !v.SeesDeal(d) {
					err = noDeal()
				}
				return err
			},
		}}),
		Inbox: st, Subscriptions: st, Channels: st, Outbox: st, Notifier: w.outbox, Live: w.live,
		Accounts: w.accounts, Tokens: st, Audit: st.Audit, Disclosures: st,
		Introductions: introductions, IntroductionDesk: introductions, Introduced: introductions, Undertakings: introductions, WorkCalendar: calendar,
		Queue: w.queue(), Views: w.store, Explainer: w.desk,
		Deals: st, DealWork: st, Contracts: st, Subsidies: st, DealLists: st, OwnViews: st,
		Searcher: w.desk, Records: st, Organisations: st, Matcher: w.desk, Clinic: w.desk, Importer: w.intake, Sheets: plainSheets{},
		Status: w.status, Authenticator: st, Decisions: st, Models: st, Jobs: st, Trail: st, Answers: st, Runs: planner{st}, Statistics: statistics.New(st, records.Clock, time.Now), Cockpit: statistics.New(st, records.Clock, time.Now), Reports: report.Writer{}, Assigner: planner{st}, TempDir: t.TempDir(), Version: "test",
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Web: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "<!doctype html>页面"+strings.Repeat(" ", 2000))
		}),
	}
	for _, c := range change {
		c(&opts)
	}
	if w.server, err = New(opts); err != nil {
		t.Fatal(err)
	}
	if w.router, err = theRouter(); err != nil {
		t.Fatal(err)
	}
	return w
}

// ask is one request; a body that is not a string or bytes goes as JSON.
type ask struct {
	method, path string
	as           jiqiao.Scope
	user         *person // signed in: w.as(role)
	header       map[string]string
	body         any
}

// do sends the request and holds the answer against openapi.yaml.
func (w *world) do(a ask) *httptest.ResponseRecorder {
	w.t.Helper()
	r := w.request(a)
	sent := r.Clone(context.Background())
	if r.GetBody != nil {
		sent.Body, _ = r.GetBody()
	}
	rec := httptest.NewRecorder()
	var before int64
	if leavesTrace(r) {
		before = w.lastAct()
	}
	w.server.ServeHTTP(rec, r)
	w.check(sent, rec)
	if leavesTrace(r) {
		w.traced(r, rec, before)
	}
	return rec
}

func (w *world) request(a ask) *http.Request {
	w.t.Helper()
	var body io.Reader
	var content []byte
	switch b := a.body.(type) {
	case nil:
	case string:
		content = []byte(b)
	case []byte:
		content = b
	case io.Reader:
		body = b
	default:
		var err error
		if content, err = json.Marshal(b); err != nil {
			w.t.Fatal(err)
		}
	}
	if content != nil {
		body = bytes.NewReader(content)
	}
	method := a.method
	if method == "" {
		method = http.MethodGet
	}
	r := httptest.NewRequest(method, a.path, body)
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	}
	if secret := w.tokens[a.as]; secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	if a.user != nil {
		r.AddCookie(&http.Cookie{Name: plainCookie, Value: a.user.secret})
		r.Header.Set(csrfHeader, csrfToken(a.user.secret))
	}
	for name, value := range a.header {
		r.Header.Set(name, value)
	}
	return r
}

// check holds the answer against the description, and, when it was a good one, also what was asked: whoever follows the
// description must be able to send it. Uploads pass unseen; their form is described in words.
func (w *world) check(r *http.Request, rec *httptest.ResponseRecorder) {
	w.t.Helper()
	route, params, err := w.router.FindRoute(r)
	if err != nil {
		return // pages, unknown paths and methods have no description
	}
	opts := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	asked := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: opts}
	if described := r.GetBody != nil || r.Body == nil || r.Body == http.NoBody; rec.Code < 300 && described {
		if err := openapi3filter.ValidateRequest(context.Background(), asked); err != nil {
			w.t.Errorf("%s %s is answered, and not what openapi.yaml says to send: %v", r.Method, r.URL, err)
		}
	}
	in := &openapi3filter.ResponseValidationInput{RequestValidationInput: asked, Status: rec.Code, Header: rec.Header(), Options: opts}
	in.SetBodyBytes(plain(w.t, rec))
	if err := openapi3filter.ValidateResponse(context.Background(), in); err != nil {
		w.t.Errorf("%s %s → %d is not what openapi.yaml says: %v", r.Method, r.URL, rec.Code, err)
	}
}

// plain is the body, decompressed.
func plain(t testing.TB, rec *httptest.ResponseRecorder) []byte {
	t.Helper()
	if rec.Header().Get("Content-Encoding") != "gzip" {
		return rec.Body.Bytes()
	}
	zr, err := gzip.NewReader(bytes.NewReader(rec.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func (w *world) put(recs ...jiqiao.Record) {
	w.t.Helper()
	for _, r := range recs {
		jiqiao.Normalise(r)
		if err := r.Validate(); err != nil {
			w.t.Fatal(err)
		}
		if err := w.store.Put(context.Background(), r); err != nil {
			w.t.Fatal(err)
		}
	}
}

func need(title string, change ...func(*jiqiao.Need)) *jiqiao.Need {
	n := &jiqiao.Need{Header: jiqiao.Header{Title: title, Status: jiqiao.StatusPublished, Owner: jiqiao.OrganisationRef{Name: "某某机械有限公司", Kind: jiqiao.OrganisationEnterprise}}}
	for _, c := range change {
		c(n)
	}
	return n
}

func achievement(title string, change ...func(*jiqiao.Achievement)) *jiqiao.Achievement {
	a := &jiqiao.Achievement{Header: jiqiao.Header{Title: title, Status: jiqiao.StatusPublished, Owner: jiqiao.OrganisationRef{Name: "某某大学", Kind: jiqiao.OrganisationUniversity}}}
	for _, c := range change {
		c(a)
	}
	return a
}

// desk searches and matches by looking at every record.
type desk struct {
	store *store.Store
	// leaky ignores the filter, as an index does that has not seen the last change yet.
	leaky bool
	// fail, when set, is every answer; wait, when set, runs before.
	fail error
	wait func(context.Context)
	// asked is the last query.
	asked    jiqiao.SearchQuery
	matching jiqiao.MatchQuery
	calls    atomic.Int64
}

func (d *desk) each(ctx context.Context, kind jiqiao.Kind, f jiqiao.Filter, fn func(jiqiao.Record)) error {
	d.calls.Add(1)
	if d.wait != nil {
		d.wait(ctx)
	}
	if d.fail != nil {
		return d.fail
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return d.store.Each(ctx, kind, "", func(r jiqiao.Record) error {
		if d.leaky || d.admits(f, r) {
			fn(r)
		}
		return nil
	})
}

func (d *desk) admits(f jiqiao.Filter, r jiqiao.Record) bool {
	h := r.Head()
	status := len(f.Statuses) == 0 && h.Status == jiqiao.StatusPublished
	for _, s := range f.Statuses {
		status = status || s == jiqiao.AnyStatus || s == h.Status
	}
	owner := len(f.Organisations) == 0
	for _, id := range f.Organisations {
		owner = owner || id == h.Owner.ID && f.Access.SeesOwner(r)
	}
	return status && owner && f.Access.Sees(r)
}

func (d *desk) Search(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error) {
	d.asked = q
	var all []jiqiao.Hit
	err := d.each(ctx, q.Kind, q.Filter, func(r jiqiao.Record) {
		for _, s := range jiqiao.Face(r).Sections() {
			if strings.Contains(s.Text, q.Text) {
				shown := q.Filter.Access.Show(r)
				all = append(all, jiqiao.Hit{ID: r.Head().ID, Score: 1, Record: r, Title: marked(shown.Head().Title, q.Text), Snippets: snippets(shown, q.Text)})
				return
			}
		}
	})
	if err != nil {
		return jiqiao.SearchResult{}, err
	}
	start := 0
	if q.Cursor != "" {
		if _, err := fmt.Sscanf(q.Cursor, "%d", &start); err != nil || start > len(all) {
			return jiqiao.SearchResult{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "cursor", Message: "翻页位置无效"}})
		}
	}
	found := jiqiao.SearchResult{Total: len(all), Hits: all[start:min(start+q.Limit, len(all))]}
	if end := start + q.Limit; end < len(all) {
		found.Next = fmt.Sprint(end)
	}
	if q.Facets {
		found.Facets = []jiqiao.Facet{{Name: "statuses", Label: "状态", Values: []jiqiao.FacetValue{{Code: "draft", Label: "草稿", Count: 3}}}, {Name: "regions", Label: "地区"}}
	}
	return found, err
}

func (d *desk) Facets(ctx context.Context, q jiqiao.SearchQuery) (jiqiao.SearchResult, error) {
	found, err := d.Search(ctx, q)
	found.Hits = nil
	return found, err
}

func marked(text, hit string) []jiqiao.Span {
	before, after, found := strings.Cut(text, hit)
	if hit == "" || !found {
		return []jiqiao.Span{{Text: text}}
	}
	return []jiqiao.Span{{Text: before}, {Text: hit, Hit: true}, {Text: after}}
}

// snippets cut every section into single characters: names lie across spans.
func snippets(r jiqiao.Record, hit string) []jiqiao.Snippet {
	var all []jiqiao.Snippet
	for _, s := range r.Sections() {
		snippet := jiqiao.Snippet{Field: s.Field, Label: s.Label}
		for _, c := range s.Text {
			snippet.Spans = append(snippet.Spans, jiqiao.Span{Text: string(c), Hit: strings.ContainsRune(hit, c)})
		}
		all = append(all, snippet)
	}
	return all
}

func (d *desk) Suggest(ctx context.Context, kind jiqiao.Kind, prefix string, n int) ([]jiqiao.Suggestion, error) {
	found := []jiqiao.Suggestion{{Text: "碳化硅器件"}}
	err := d.each(ctx, kind, jiqiao.Filter{}, func(r jiqiao.Record) {
		if strings.HasPrefix(r.Head().Title, prefix) {
			found = append(found, jiqiao.Suggestion{Text: r.Head().Title, Kind: kind, ID: r.Head().ID})
		}
	})
	return found[:min(n, len(found))], err
}

func (d *desk) Similar(ctx context.Context, rec jiqiao.Record, n int) ([]jiqiao.Duplicate, error) {
	var found []jiqiao.Duplicate
	err := d.each(ctx, rec.Kind(), jiqiao.Filter{}, func(r jiqiao.Record) {
		if r.Head().ID != rec.Head().ID {
			found = append(found, jiqiao.Duplicate{ID: r.Head().ID, Similarity: .9, Record: r})
		}
	})
	return found, err
}

func (d *desk) Match(ctx context.Context, subject jiqiao.Record, q jiqiao.MatchQuery) (jiqiao.MatchList, error) {
	d.matching = q
	list := jiqiao.MatchList{Kind: subject.Kind().Other(), Generation: "g1"}
	subject = q.Filter.Access.Show(subject)
	err := d.each(ctx, list.Kind, q.Filter, func(whole jiqiao.Record) {
		r := q.Filter.Access.Show(whole)
		m := jiqiao.Match{NeedID: subject.Head().ID, AchievementID: r.Head().ID, Score: .5, Level: jiqiao.LevelFair, LevelLabel: jiqiao.LevelFair.Label(), Model: "test", Record: whole}
		if !q.Brief {
			mine, other := snippets(subject, ""), snippets(r, "")
			for i := range min(len(mine), len(other)) {
				m.Evidence = append(m.Evidence, jiqiao.Evidence{Need: mine[i], Achievement: other[i], Score: .1})
			}
			m.Parts = []jiqiao.ScorePart{{Name: "lexical", Label: "用词"}}
			said := subject.Head().Title + "与" + r.Head().Title
			m.Terms = []jiqiao.TermMatch{{Term: "碳化硅", Weight: 1}, {Term: said, Weight: .5}}
			m.Close = []jiqiao.ClosePair{{Need: said, Achievement: said, Similarity: .8}}
			m.Against, m.Lift, m.Rationale = []string{said + "不合"}, []string{said + "可改"}, said
			m.Metrics = []jiqiao.MetricCheck{{
				Target: said, Verdict: jiqiao.VerdictMet, VerdictLabel: "满足", Figure: said, Reason: said,
				Need: &snippets(subject, "")[0], Achievement: &snippets(r, "")[0],
			}}
		}
		if subject.Kind() == jiqiao.KindAchievement {
			m.NeedID, m.AchievementID = m.AchievementID, m.NeedID
			for i := range m.Evidence {
				m.Evidence[i].Need, m.Evidence[i].Achievement = m.Evidence[i].Achievement, m.Evidence[i].Need
			}
		}
		if q.Filter.Access.Sees(whole) {
			list.Abstained, list.Message = true, list.Message+"“"+r.Head().Title+"”"
		}
		list.Matches = append(list.Matches, m)
	})
	list.Total = len(list.Matches)
	list.Matches = list.Matches[min(q.Offset, list.Total):min(q.Offset+q.Limit, list.Total)]
	return list, err
}

func (d *desk) MatchText(ctx context.Context, kind jiqiao.Kind, text string, q jiqiao.MatchQuery) (jiqiao.MatchList, error) {
	subject := jiqiao.NewRecord(kind)
	subject.Head().Title = text
	return d.Match(ctx, subject, q)
}

// intake keeps what it was given.
type intake struct {
	name    string
	content []byte
	commit  bool
	path    string
	fail    error
}

var reported = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func (i *intake) Import(_ context.Context, sent jiqiao.ImportFile, file *os.File) (jiqiao.Import, error) {
	i.name, i.commit, i.path = sent.Name, sent.Commit, file.Name()
	var err error
	if i.content, err = io.ReadAll(file); err != nil || i.fail != nil {
		return jiqiao.Import{}, errors.Join(err, i.fail)
	}
	return jiqiao.Import{ID: "i_1", Kind: sent.Kind, FileName: sent.Name, Key: sent.Key, State: jiqiao.ImportPreviewed, Total: 2, Created: 1, Failed: 1, CreatedAt: reported,
		Errors:   []jiqiao.CellError{{Row: 3, Column: "需求名称", Message: "请填写需求名称"}},
		Warnings: []jiqiao.CellError{{Row: 2, Column: "手机", Message: "请核对手机号", Value: "12345"}}, MoreWarnings: 1}, nil
}

func (i *intake) GetImport(_ context.Context, id string) (jiqiao.Import, error) {
	if id != "i_1" {
		return jiqiao.Import{}, jiqiao.Fail(jiqiao.CodeNotFound, "没有这次导入", nil)
	}
	return jiqiao.Import{ID: id, Kind: jiqiao.KindNeed, State: jiqiao.ImportDone, CreatedAt: reported, FinishedAt: &reported}, nil
}

func (i *intake) CommitChosen(ctx context.Context, id string, _ []jiqiao.ImportChoice) (jiqiao.Import, error) {
	return i.GetImport(ctx, id)
}

func (i *intake) StopImport(ctx context.Context, id string) (jiqiao.Import, error) {
	return i.GetImport(ctx, id)
}

func (i *intake) DropRest(ctx context.Context, id string) (jiqiao.Import, error) {
	return i.GetImport(ctx, id)
}

func (i *intake) Imports(ctx context.Context, _ jiqiao.ImportQuery) (jiqiao.ImportPage, error) {
	one, err := i.GetImport(ctx, "i_1")
	one.Errors, one.Warnings = []jiqiao.CellError{}, []jiqiao.CellError{}
	return jiqiao.ImportPage{Total: 1, Items: []jiqiao.Import{one}}, err
}

func (i *intake) Rows(ctx context.Context, id string, _ jiqiao.ImportRowsQuery) (jiqiao.ImportRows, error) {
	_, err := i.GetImport(ctx, id)
	return jiqiao.ImportRows{Headers: []string{"需求名称"}, Fields: []string{"需求名称"}, Items: []jiqiao.ImportRow{
		{Row: 3, Cells: []string{""}, Errors: []jiqiao.CellError{{Row: 3, Column: "需求名称", Message: "请填写需求名称"}}, Warnings: []jiqiao.CellError{}},
	}}, err
}

func (i *intake) ErrorBook(ctx context.Context, id string, w io.Writer) error {
	if _, err := i.GetImport(ctx, id); err != nil {
		return err
	}
	_, err := io.WriteString(w, "PK workbook")
	return err
}

// plainSheets writes every format as JSON lines.
type plainSheets struct{}

func (plainSheets) Template(w io.Writer, kind jiqiao.Kind, format string) error {
	_, err := io.WriteString(w, "template "+string(kind)+" "+format)
	return err
}

func (plainSheets) Export(_ context.Context, w io.Writer, _ jiqiao.Kind, _ string, records iter.Seq2[jiqiao.Record, error],
	_ func(context.Context, string) (jiqiao.Organisation, error),
) error {
	for r, err := range records {
		if err != nil {
			return err
		}
		if err := json.NewEncoder(w).Encode(r); err != nil {
			return err
		}
	}
	return nil
}

func (plainSheets) ExportAssignment(_ context.Context, w io.Writer, a jiqiao.Assignment, items iter.Seq2[jiqiao.AssignmentItem, error]) error {
	for item, err := range items {
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w, a.ID, item.Line, item.Need, item.Achievement, item.Text); err != nil {
			return err
		}
	}
	return nil
}

func (plainSheets) ExportDecisions(_ context.Context, w io.Writer, decisions iter.Seq2[jiqiao.Decision, error],
	title func(context.Context, jiqiao.Kind, string) (string, error),
) error {
	for d, err := range decisions {
		if err != nil {
			return err
		}
		name, err := title(context.Background(), jiqiao.KindNeed, d.NeedID)
		if err != nil {
			return err
		}
		fmt.Fprintln(w, d.ID, d.Verb.Label(), name)
	}
	return nil
}

// Table writes the title, the columns and the rows as a JSON line each.
func (plainSheets) Table(_ context.Context, w io.Writer, title string, columns []string, rows iter.Seq2[[]any, error]) error {
	out := json.NewEncoder(w)
	if err := errors.Join(out.Encode(title), out.Encode(columns)); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if len(row) != len(columns) {
			return fmt.Errorf("%d cells for %d columns", len(row), len(columns))
		}
		if err := out.Encode(row); err != nil {
			return err
		}
	}
	return nil
}

func (plainSheets) Form(w io.Writer, title string, fields []jiqiao.FormField) error {
	return json.NewEncoder(w).Encode(map[string]any{"title": title, "fields": fields})
}

// status is the store's, with an index of one's choice.
type status struct {
	*store.Store
	lag     int64
	lagFail error
	down    error
}

func (s *status) Ping(ctx context.Context) error {
	if s.down != nil {
		return s.down
	}
	return s.Store.Ping(ctx)
}

func (s *status) CaughtUp(context.Context) (int64, error) { return s.lag, s.lagFail }
func (s *status) Generation() string                      { return "g1" }

// upload is a form with one file.
func upload(field, name string, content io.Reader) (body io.Reader, contentType string) {
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, field, name))
		part, err := form.CreatePart(h)
		if err == nil {
			_, err = io.Copy(part, content)
		}
		if err == nil {
			err = form.Close()
		}
		w.CloseWithError(err)
	}()
	return r, form.FormDataContentType()
}
