package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"jiqiao"
)

// Options is what the interface is made of. Fields without "optional" are required.
type Options struct {
	Searcher  Searcher
	Records   Records
	Lifecycle Lifecycle
	Reviews   Reviews
	Merges    Merges
	// ReviewPolicies is by when reviews are answered.
	ReviewPolicies ReviewPolicies
	Attachments    Attachments
	Organisations  Organisations
	Matcher        Matcher
	Clinic         Clinic
	Importer       Importer
	Sheets         Sheets
	Status         Status
	Authenticator  Authenticator
	Decisions      Decisions
	Models         Models
	// Builtin describes the models that ship with the program. Optional.
	Builtin       []jiqiao.ModelVersion
	Jobs          Jobs
	Trail         AuditTrail
	Answers       Answers
	Runs          Runs
	Assigner      Assigner
	Queue         Queue
	Views         Views
	Explainer     Explainer
	Statistics    Statistics
	Cockpit       Cockpit
	Reports       Reports
	Accounts      Accounts
	Tokens        Tokens
	Disclosures   Disclosures
	Deals         Deals
	DealWork      DealWork
	Contracts     Contracts
	Subsidies     Subsidies
	DealLists     DealLists
	OwnViews      OwnViews
	Introductions Introductions
	Introduced    IntroductionReader
	// IntroductionDesk is usually what Introductions is.
	IntroductionDesk IntroductionDesk
	Undertakings     Undertakings
	WorkCalendar     WorkCalendar
	Inbox            Inbox
	Subscriptions    Subscriptions
	Channels         Channels
	Outbox           Outbox
	Notifier         Notifier
	Live             Live
	// Audit keeps what was refused. Optional.
	Audit func(context.Context, jiqiao.Act) error
	// ContactsPerDay bounds the contacts that one person may have shown in a day, 30 when 0.
	ContactsPerDay int
	// SecureCookies says that browsers come over TLS though we do not see it: a proxy stands before us.
	SecureCookies bool
	// Language is a language model. Optional.
	Language LanguageModel
	// Embedding tells how far vectors of an embedding model are made. Optional: without it there is no such model.
	Embedding func() jiqiao.EmbeddingProgress
	// Shown hears of every list of matches that was shown to someone who may decide; it must not wait. Optional.
	Shown func(jiqiao.Impression)
	// Pages keeps encoded answers for the public. Optional: without it every answer is computed.
	Pages Pages
	// Web answers every path outside the interface: the web page. Optional: without it they are not found.
	Web http.Handler
	// Collectors join the registry behind /metrics. Optional.
	Collectors []prometheus.Collector
	Log        *slog.Logger
	// Now is the clock of rate limits and latencies. Optional: time.Now.
	Now func() time.Time
	// Timeout bounds one request, 30 s when 0; SlowTimeout an import or export, 10 minutes when 0.
	Timeout, SlowTimeout time.Duration
	// Heartbeat is how often a stream of events shows that it is alive, 15 s when 0.
	Heartbeat time.Duration
	// RatePerSecond and RateBurst limit one client's requests under /api/v1; no limit when RatePerSecond is 0.
	RatePerSecond, RateBurst int
	// UserRatePerSecond and UserRateBurst limit one account's; no limit when UserRatePerSecond is 0.
	UserRatePerSecond, UserRateBurst int
	// SignInsPerMinute limits attempts to sign in, to sign up and to reset a password, of an address and for a name.
	SignInsPerMinute int
	// MaxUpload bounds an import file in bytes, 256 MiB when 0.
	MaxUpload int64
	// TrustedProxies are addresses or CIDR ranges whose X-Forwarded-For is believed. Optional: none.
	TrustedProxies []string
	// TempDir holds uploads and exports while they pass. Optional: the system's.
	TempDir string
	// Version is the program's, shown by /healthz. Optional.
	Version string
}

const (
	defaultTimeout     = 30 * time.Second
	defaultSlowTimeout = 10 * time.Minute
	defaultMaxUpload   = 256 << 20
	maxJSON            = 1 << 20
)

// Server answers HTTP requests; it is safe for concurrent use. It starts nothing and needs no closing.
type Server struct {
	opts    Options
	log     *slog.Logger
	engine  *gin.Engine
	metrics *metrics
	// limits is by address, users by account, signIns by address and by name; nil is no limit.
	limits, users, signIns *limiter
	origins                *http.CrossOriginProtection
	spec                   *spec
	// caughtUp is set once the index has reached the store's last change: before that the service is not ready.
	caughtUp atomic.Bool
}

// New checks the options and lays the routes.
func New(opts Options) (*Server, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	spec, err := theSpec()
	if err != nil {
		return nil, err
	}
	s := &Server{opts: opts, log: opts.Log, spec: spec, origins: http.NewCrossOriginProtection()}
	if s.metrics, err = newMetrics(opts); err != nil {
		return nil, err
	}
	s.limits = newLimiter(opts.RatePerSecond, time.Second, opts.RateBurst, opts.Now)
	s.users = newLimiter(opts.UserRatePerSecond, time.Second, opts.UserRateBurst, opts.Now)
	s.signIns = newLimiter(opts.SignInsPerMinute, time.Minute, opts.SignInsPerMinute, opts.Now)
	return s, s.lay()
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.engine.ServeHTTP(w, r) }

// complete fills defaults in and names every required field that is missing.
func (o *Options) complete() error {
	var missing []error
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"Searcher", o.Searcher != nil},
		{"Records", o.Records != nil},
		{"Lifecycle", o.Lifecycle != nil},
		{"Reviews", o.Reviews != nil},
		{"Merges", o.Merges != nil},
		{"Attachments", o.Attachments != nil},
		{"Organisations", o.Organisations != nil},
		{"Matcher", o.Matcher != nil},
		{"Clinic", o.Clinic != nil},
		{"Importer", o.Importer != nil},
		{"Sheets", o.Sheets != nil},
		{"Status", o.Status != nil},
		{"Authenticator", o.Authenticator != nil},
		{"Decisions", o.Decisions != nil},
		{"Models", o.Models != nil},
		{"Disclosures", o.Disclosures != nil},
		{"Jobs", o.Jobs != nil},
		{"Trail", o.Trail != nil},
		{"Answers", o.Answers != nil},
		{"Runs", o.Runs != nil},
		{"Assigner", o.Assigner != nil},
		{"Queue", o.Queue != nil}, {"Views", o.Views != nil},
		{"Explainer", o.Explainer != nil},
		{"Statistics", o.Statistics != nil},
		{"Cockpit", o.Cockpit != nil},
		{"Reports", o.Reports != nil},
		{"Accounts", o.Accounts != nil},
		{"Tokens", o.Tokens != nil},
		{"Deals", o.Deals != nil},
		{"DealWork", o.DealWork != nil},
		{"Contracts", o.Contracts != nil},
		{"Subsidies", o.Subsidies != nil},
		{"DealLists", o.DealLists != nil},
		{"Introductions", o.Introductions != nil},
		{"OwnViews", o.OwnViews != nil},
		{"Introduced", o.Introduced != nil},
		{"IntroductionDesk", o.IntroductionDesk != nil},
		{"Undertakings", o.Undertakings != nil},
		{"WorkCalendar", o.WorkCalendar != nil},
		{"Inbox", o.Inbox != nil},
		{"Subscriptions", o.Subscriptions != nil},
		{"Channels", o.Channels != nil},
		{"Outbox", o.Outbox != nil},
		{"Notifier", o.Notifier != nil},
		{"Live", o.Live != nil},
		{"Log", o.Log != nil},
	} {
		if !f.set {
			missing = append(missing, fmt.Errorf("api.Options.%s is required", f.name))
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Audit == nil {
		o.Audit = func(context.Context, jiqiao.Act) error { return nil }
	}
	if o.ContactsPerDay == 0 {
		o.ContactsPerDay = defaultContactsPerDay
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = defaultHeartbeat
	}
	if o.SlowTimeout == 0 {
		o.SlowTimeout = defaultSlowTimeout
	}
	if o.MaxUpload == 0 {
		o.MaxUpload = defaultMaxUpload
	}
	return errors.Join(missing...)
}
