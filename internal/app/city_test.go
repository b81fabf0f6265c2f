package app

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"jiqiao/internal/config"
)

// inCity is the service over the sample city, with clients that are signed in. Nothing runs in the background.
type inCity struct {
	t *testing.T
	*App
	password string
	clients  map[string]*http.Client
}

func openCity(t *testing.T) *inCity {
	t.Helper()
	cfg := config.Defaults()
	cfg.DataDir, cfg.Listen, cfg.RatePerSecond = t.TempDir(), "127.0.0.1:0", 0
	c := &inCity{t: t, password: "Jq-demo-2026", clients: map[string]*http.Client{}}
	quiet := slog.New(slog.DiscardHandler)
	if err := Populate(t.Context(), cfg, quiet, c.password); err != nil {
		t.Fatal(err)
	}
	var err error
	if c.App, err = New(t.Context(), cfg, Options{Log: quiet}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop() })
	return c
}

// as is a client of the account.
func (c *inCity) as(login string) *http.Client {
	c.t.Helper()
	if login == "" {
		return c.Client()
	}
	if client := c.clients[login]; client != nil {
		return client
	}
	client := c.Client()
	client.Jar, _ = cookiejar.New(nil)
	answer, err := client.Post("http://jiqiao/api/v1/auth/login", "application/json", strings.NewReader(`{"login":"`+login+`","password":"`+c.password+`"}`))
	if err != nil {
		c.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		c.t.Fatalf("%s cannot sign in: %s", login, answer.Status)
	}
	c.clients[login] = client
	return client
}

// get reads a list and says how many items came and how many statements it took.
func (c *inCity) get(login, path string) (items int, statements int64) {
	c.t.Helper()
	client := c.as(login)
	for range 2 { // the first time, caches fill
		before := c.Store.Statements()
		answer, err := client.Get("http://jiqiao/api/v1" + path)
		if err != nil {
			c.t.Fatal(err)
		}
		var page struct {
			Items, Records, Hits, Decisions, Runs, Assignments, Models, Organisations []json.RawMessage
		}
		err = json.NewDecoder(answer.Body).Decode(&page)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			c.t.Errorf("%s as %q: %s, %v", path, login, answer.Status, err)
			return 0, 0
		}
		statements = c.Store.Statements() - before
		items = len(page.Items) + len(page.Records) + len(page.Hits) + len(page.Decisions) + len(page.Runs) + len(page.Assignments) + len(page.Models) + len(page.Organisations)
	}
	return items, statements
}

// A list takes as many statements for many rows as for few.
func TestListsAskNothingPerRow(t *testing.T) {
	if testing.Short() || raceDetector {
		t.Skip("plays a city first; make check-go runs it without the race detector")
	}
	c := openCity(t)
	for _, left := range []struct { // the city is left with work to do, whatever chance made of it
		login, path string
		least       int
	}{
		{"operator", "/reviews", 6}, {"broker1", "/queue?state=open", 4}, {"broker2", "/queue?state=open", 4},
		{"broker3", "/queue?state=open", 4}, {"broker4", "/queue?state=open", 4}, {"operator", "/deals?state=open", 4}, {"operator", "/deals?state=open&stage=signed", 1},
		{"enterprise1", "/introductions?awaiting=true", 1}, {"university1", "/introductions?awaiting=true", 1},
	} {
		if items, _ := c.get(left.login, left.path); items < left.least {
			t.Errorf("%s finds %d in %s, at least %d were to be left", left.login, items, left.path, left.least)
		}
	}
	for _, list := range []struct{ login, path string }{
		{"", "/search?kind=need&q=%E6%8A%80%E6%9C%AF"}, {"", "/needs"}, {"broker1", "/achievements"}, {"operator", "/achievements"},
		{"enterprise1", "/needs"}, {"university1", "/mine/records?kind=achievement"}, {"operator", "/reviews"}, {"operator", "/organisations"},
		{"broker1", "/decisions"}, {"broker1", "/queue"}, {"operator", "/queue"}, {"broker1", "/queue/questions"}, {"enterprise1", "/questions"},
		{"broker1", "/deals"}, {"operator", "/deals"}, {"enterprise1", "/deals"}, {"broker1", "/introductions"}, {"operator", "/introductions"},
		{"university2", "/introductions"}, {"operator", "/statistics/facts"}, {"operator", "/users"}, {"secadmin", "/users"}, {"sysadmin", "/users"},
		{"operator", "/signups"}, {"broker1", "/sessions"}, {"secadmin", "/tokens"}, {"sysadmin", "/jobs"}, {"broker1", "/me/jobs"}, {"auditor", "/audit"},
		{"broker1", "/inbox"}, {"university2", "/inbox"}, {"enterprise1", "/subscriptions"}, {"sysadmin", "/channels"}, {"sysadmin", "/outbox"},
		{"operator", "/notices/receipts?template=introduction.invited"}, {"enterprise1", "/mine/shown?kind=need"},
		{"university1", "/mine/shown?kind=achievement"}, {"university1", "/mine/income"}, {"operator", "/imports"}, {"broker1", "/tasks"},
		{"operator", "/tasks"}, {"broker1", "/payments"}, {"enterprise1", "/payments"}, {"operator", "/subsidies"},
		{"operator", "/statistics/waiting?what=candidates"}, {"operator", "/statistics/waiting?what=load"},
		{"operator", "/statistics/waiting?what=answers"}, {"operator", "/statistics/waiting?what=reviews"},
		{"operator", "/statistics/exposed?kind=need"}, {"operator", "/statistics/exposed?kind=achievement"}, {"sysadmin", "/organisations"},
	} {
		t.Run(strings.ReplaceAll(list.login+list.path, "/", "_"), func(t *testing.T) {
			c.t = t
			u, err := url.Parse(list.path)
			if err != nil {
				t.Fatal(err)
			}
			with := func(limit string) string {
				q := u.Query()
				q.Set("limit", limit)
				return u.Path + "?" + q.Encode()
			}
			few, one := c.get(list.login, with("1"))
			many, all := c.get(list.login, with("50"))
			t.Logf("%d rows %d statements, %d rows %d", few, one, many, all)
			if all > one+10 { // names are asked for once for each kind of thing: facts are of five, the audit of ten
				t.Errorf("%d statements for %d rows, %d for %d", one, few, all, many)
			}
		})
	}
}
