package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"jiqiao"
	"jiqiao/internal/account"
	"jiqiao/internal/app"
	"jiqiao/store"
)

// The city that the platform is measured with, and the load on it.
const (
	cityOrganisations = 5_000
	cityBrokers       = 300
	cityCandidates    = 50_000
	cityNeeds         = 1_000
	// loadClients are signed in while the service is measured, one of them an operator.
	loadClients = 60
	loadRate    = 200 // requests a second
	password    = "Bench-2026-city"
)

// platform measures a city at work over HTTP: 200 requests a second of every kind at once.
func platform(ctx context.Context, e *Env) ([]Figure, error) {
	dir := filepath.Join(e.Work, "platform")
	if err := e.settle(ctx, dir); err != nil {
		return nil, err
	}
	s, err := e.serve(ctx, dir, "--user-rate-per-second", "0", "--sign-ins-per-minute", "0")
	if err != nil {
		return nil, err
	}
	defer s.stop()
	l := &loader{lasts: e.LoadFor, base: "http://" + s.address + "/api/v1", took: map[string][]time.Duration{}}
	if err := l.signIn(ctx); err != nil {
		return nil, err
	}
	if err := l.await(ctx); err != nil {
		return nil, err
	}
	if err := l.run(ctx); err != nil {
		return nil, err
	}
	return l.figures(), nil
}

// settle writes organisations, brokers, records and candidates.
func (e *Env) settle(ctx context.Context, dir string) error {
	texts, err := e.texts(cityOrganisations)
	if err != nil {
		return err
	}
	cfg := e.config(dir)
	cfg.DatabaseURL = e.Database
	opts := app.Options{Log: e.Log, Now: time.Now}
	st, err := app.OpenStore(ctx, cfg, opts)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	var needs, achievements []jiqiao.Record
	for i, t := range texts {
		var rec jiqiao.Record = t.achievement(i)
		if i < cityNeeds {
			rec = t.need(i)
		}
		head := rec.Head()
		head.Owner = jiqiao.OrganisationRef{Name: "单位" + strconv.Itoa(i)}
		head.Region = []string{"320900", "320981", "140400"}[i%3]
		if i%5 >= 2 { // three of five stand for years gone by
			head.Status = jiqiao.StatusPaused
		}
		if rec.Kind() == jiqiao.KindNeed {
			needs = append(needs, rec)
		} else {
			achievements = append(achievements, rec)
		}
	}
	for _, recs := range [][]jiqiao.Record{needs, achievements} {
		for chunk := range slices.Chunk(recs, loadBatch) {
			if _, err := st.PutMany(ctx, chunk); err != nil {
				return fmt.Errorf("write records: %w", err)
			}
		}
	}
	brokers, err := makeBrokers(ctx, st, account.Options{Store: st, Now: time.Now, Log: e.Log})
	if err != nil {
		return err
	}
	return fillQueues(ctx, st, needs, achievements, brokers)
}

func makeBrokers(ctx context.Context, st *store.Store, opts account.Options) ([]jiqiao.User, error) {
	digest, err := account.New(opts).Hash(ctx, password)
	if err != nil {
		return nil, err
	}
	var brokers []jiqiao.User
	for i := range cityBrokers + 2 {
		u := jiqiao.User{Login: "broker" + strconv.Itoa(i), Name: "经理人" + strconv.Itoa(i), Role: jiqiao.RoleBroker, State: jiqiao.UserActive, Broker: &jiqiao.BrokerProfile{Capacity: 1000}}
		switch i {
		case cityBrokers:
			u.Login, u.Role, u.Broker = "operator", jiqiao.RoleOperator, nil
		case cityBrokers + 1:
			u.Login, u.Role, u.Broker = "sysadmin", jiqiao.RoleSystemAdmin, nil
		}
		a := jiqiao.Account{User: u, Credentials: jiqiao.Credentials{Password: digest}}
		if err := st.CreateAccount(ctx, &a, jiqiao.AccountChange{}); err != nil {
			return nil, fmt.Errorf("make an account: %w", err)
		}
		brokers = append(brokers, a.User)
	}
	return brokers[:cityBrokers], nil
}

func fillQueues(ctx context.Context, st *store.Store, needs, achievements []jiqiao.Record, brokers []jiqiao.User) error {
	rnd := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // data for a measurement
	each := cityCandidates / len(needs)
	now := time.Now()
	for i, n := range needs {
		about := jiqiao.Candidate{NeedID: n.Head().ID, Need: n.Head().Title, Region: n.Head().Region, NeedOwner: n.Head().Owner.ID}
		found := make([]jiqiao.Candidate, each)
		for j := range found {
			a := achievements[(i*each+j*7)%len(achievements)].Head()
			c := about
			c.AchievementID, c.Achievement, c.Organisation, c.AchievementOwner = a.ID, a.Title, a.Owner.Name, a.Owner.ID
			c.Score, c.Level, c.Model, c.Source = rnd.Float64(), jiqiao.Level(2+rnd.IntN(3)), "ranker-1", jiqiao.SourceMatch
			found[j] = c
		}
		at := i * each
		_, err := st.FillCandidates(ctx, jiqiao.KindNeed, about, found, now.AddDate(0, 0, -7), func(c *jiqiao.Candidate, _ *jiqiao.Placing) {
			c.Broker, c.DueAt = brokers[at%len(brokers)].ID, now.Add(time.Duration(rnd.IntN(240)-120)*time.Hour)
			at++
		})
		if err != nil {
			return fmt.Errorf("fill the queues: %w", err)
		}
	}
	return nil
}

// loader is who loads the service.
type loader struct {
	base            string
	lasts           time.Duration
	brokers         []*person
	operator, admin *person

	mu     sync.Mutex
	took   map[string][]time.Duration
	failed map[string]int
}

// person is one who is signed in.
type person struct {
	client *http.Client
	csrf   string
	mu     sync.Mutex
	open   []string // candidates to decide on
}

func (l *loader) signIn(ctx context.Context) error {
	l.failed = map[string]int{}
	for i := range loadClients {
		p, err := l.enter(ctx, "broker"+strconv.Itoa(i))
		if err != nil {
			return err
		}
		l.brokers = append(l.brokers, p)
	}
	var err error
	if l.operator, err = l.enter(ctx, "operator"); err != nil {
		return err
	}
	l.admin, err = l.enter(ctx, "sysadmin")
	return err
}

func (l *loader) enter(ctx context.Context, login string) (*person, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	p := &person{client: &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	body, err := p.send(ctx, http.MethodPost, l.base+"/auth/login", map[string]string{"login": login, "password": password})
	if err != nil {
		return nil, err
	}
	var told struct {
		CSRF string `json:"csrf_token"`
	}
	err = json.Unmarshal(body, &told)
	p.csrf = told.CSRF
	return p, err
}

// send asks and returns the answer's body; an answer that is no success is an error.
func (p *person) send(ctx context.Context, method, url string, v any) ([]byte, error) {
	var body io.Reader
	if v != nil {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRF-Token", p.csrf)
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, url, resp.Status, text)
	}
	return text, err
}

// await waits until the jobs that the records left are done, so that they are not measured.
func (l *loader) await(ctx context.Context) error {
	for ctx.Err() == nil {
		body, err := l.admin.send(ctx, http.MethodGet, l.base+"/job-counts", nil)
		if err != nil {
			return err
		}
		var counts struct {
			Items []jiqiao.JobCount `json:"items"`
		}
		if err := json.Unmarshal(body, &counts); err != nil {
			return err
		}
		if !slices.ContainsFunc(counts.Items, func(c jiqiao.JobCount) bool {
			return c.Kind == jiqiao.JobCandidates && (c.State == jiqiao.JobWaiting || c.State == jiqiao.JobRunning)
		}) {
			return nil
		}
		time.Sleep(2 * time.Second)
	}
	return ctx.Err()
}

// acts are what people ask, with how often of a hundred times.
var acts = []struct {
	name  string
	share int
	do    func(*loader, context.Context, *person) error
}{
	{"队列一页", 40, (*loader).page},
	{"决定", 15, (*loader).decide},
	{"统计总览", 5, func(l *loader, ctx context.Context, _ *person) error {
		_, err := l.operator.send(ctx, http.MethodGet, l.base+"/statistics/overview", nil)
		return err
	}},
	{"检索", 15, func(l *loader, ctx context.Context, p *person) error {
		_, err := p.send(ctx, http.MethodGet, l.base+"/search?kind=achievement&q=%E6%9D%90%E6%96%99%E5%88%B6%E5%A4%87&limit=20", nil)
		return err
	}},
	{"候选详情（含匹配依据）", 5, (*loader).item},
	{"消息", 10, func(l *loader, ctx context.Context, p *person) error {
		_, err := p.send(ctx, http.MethodGet, l.base+"/inbox?limit=20", nil)
		return err
	}},
	{"对接与项目", 10, func(l *loader, ctx context.Context, p *person) error {
		if _, err := p.send(ctx, http.MethodGet, l.base+"/introductions?limit=20", nil); err != nil {
			return err
		}
		_, err := p.send(ctx, http.MethodGet, l.base+"/deals?limit=20", nil)
		return err
	}},
}

func (l *loader) page(ctx context.Context, p *person) error {
	body, err := p.send(ctx, http.MethodGet, l.base+"/queue?states=open&limit=50", nil)
	if err != nil {
		return err
	}
	var page struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = p.open[:0]
	for _, item := range page.Items {
		p.open = append(p.open, item.ID)
	}
	return nil
}

// take is a candidate that nobody else of the load takes; "" when none is known.
func (p *person) take() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.open) == 0 {
		return ""
	}
	id := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	return id
}

func (l *loader) decide(ctx context.Context, p *person) error {
	id := p.take()
	if id == "" {
		return l.page(ctx, p)
	}
	_, err := p.send(ctx, http.MethodPost, l.base+"/queue/"+id+"/decision", map[string]string{"verb": "reject", "reason": "metrics"})
	return err
}

func (l *loader) item(ctx context.Context, p *person) error {
	id := p.take()
	if id == "" {
		return l.page(ctx, p)
	}
	_, err := p.send(ctx, http.MethodGet, l.base+"/queue/"+id, nil)
	return err
}

// run sends requests at the rate, whether or not earlier ones were answered; a request's time counts from when it was due.
func (l *loader) run(ctx context.Context) error {
	for _, p := range l.brokers { // everyone has opened his queue once
		if err := l.page(ctx, p); err != nil {
			return err
		}
	}
	var under sync.WaitGroup
	rnd := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // a measurement
	start := time.Now()
	for i := range int(l.lasts.Seconds() * loadRate) {
		due := start.Add(time.Duration(i) * time.Second / loadRate)
		time.Sleep(time.Until(due))
		act := pick(rnd.IntN(100))
		p := l.brokers[rnd.IntN(len(l.brokers))]
		under.Go(func() { l.note(acts[act].name, due, acts[act].do(l, ctx, p)) })
		if ctx.Err() != nil {
			break
		}
	}
	under.Wait()
	return ctx.Err()
}

func pick(n int) int {
	for i, a := range acts {
		if n -= a.share; n < 0 {
			return i
		}
	}
	return 0
}

func (l *loader) note(name string, due time.Time, err error) {
	took := time.Since(due)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took[name] = append(l.took[name], took)
	if err != nil {
		l.failed[err.Error()]++
	}
}

func (l *loader) figures() []Figure {
	bounds := map[string]float64{"队列一页": 50, "决定": 30, "统计总览": 200}
	var all []time.Duration
	var figures []Figure
	for _, name := range slices.Sorted(maps.Keys(l.took)) {
		all = append(all, l.took[name]...)
		figures = append(figures, observed("混合负载下"+name+" p50", quantile(l.took[name], .5), "ms"),
			atMost("混合负载下"+name+" p99", quantile(l.took[name], .99), "ms", bounds[name]))
	}
	errors := 0
	for message, n := range l.failed {
		errors += n
		if len(figures) < 40 {
			figures = append(figures, observed("错误："+message[:min(len(message), 160)], float64(n), "次"))
		}
	}
	return append(figures,
		observed("请求数", float64(len(all)), "次"),
		atMost("每秒 200 次请求的 p99", quantile(all, .99), "ms", 150),
		Figure{"出错的请求", float64(errors), "次", 0.5, true},
	)
}
