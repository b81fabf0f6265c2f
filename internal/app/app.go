// Package app wires the service together: New opens the store, the index and the caches, Start serves and follows the
// change log, Stop drains within a bound.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"jiqiao"
	"jiqiao/api"
	"jiqiao/frontend"
	"jiqiao/index"
	"jiqiao/index/zh"
	"jiqiao/internal/account"
	"jiqiao/internal/attachment"
	"jiqiao/internal/cache"
	"jiqiao/internal/catalog"
	"jiqiao/internal/config"
	"jiqiao/internal/endpoint"
	"jiqiao/internal/intake"
	"jiqiao/internal/introduction"
	"jiqiao/internal/learn"
	"jiqiao/internal/lifecycle"
	"jiqiao/internal/live"
	"jiqiao/internal/notify"
	"jiqiao/internal/queue"
	"jiqiao/internal/report"
	"jiqiao/internal/statistics"
	"jiqiao/internal/workday"
	"jiqiao/matcher"
	"jiqiao/store"
)

// Options are what an App needs beside its configuration.
type Options struct {
	Log *slog.Logger
	// Retry is the pause after a model server failed; 0 is the usual one.
	Retry time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Version is the program's, shown by /healthz.
	Version string
}

// clock is Now, or the system's.
func (o Options) clock() func() time.Time {
	if o.Now == nil {
		return time.Now
	}
	return o.Now
}

// App is the service. New opens it, Start serves it, Stop ends it; a half-opened one is closed by New itself.
type App struct {
	Store   *store.Store
	Index   *index.Index
	Catalog *catalog.Catalog
	Matcher *matcher.Matcher
	Intake  *intake.Service

	introductions *introduction.Service
	queue         *queue.Service
	calendar      *workday.Book
	lifecycle     *lifecycle.Service
	attachments   *attachment.Service

	cfg      config.Config
	now      func() time.Time
	log      *slog.Logger
	analyzer *zh.Holder
	follower *index.Follower
	profiles *profiles
	models   *models
	codes    *codeLearner
	shown    *learn.Recorder
	accounts *account.Service
	embedder *embedder        // nil without an embedding model
	language *endpoint.Client // nil without a language model
	redis    *cache.Redis     // nil without
	work     *workMetrics
	lock     *dirLock
	handler  http.Handler
	live     *live.Hub
	teller   *notify.Teller
	outbox   *notify.Outbox
	alerts   *notify.Alerts
	server   *http.Server
	tasks    *tasks
	closers  []namedCloser // in the order of opening
}

type namedCloser struct {
	name string
	io.Closer
}

// New opens everything below the data directory and wires it. Nothing runs yet. An error names what could not be opened.
func New(ctx context.Context, cfg config.Config, opts Options) (_ *App, err error) {
	opts.Now = opts.clock()
	a := &App{cfg: cfg, log: opts.Log, now: opts.Now, tasks: newTasks(opts.Log)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if err := a.openData(ctx, opts); err != nil {
		return nil, err
	}
	if err := a.openAPI(opts); err != nil { //nolint:contextcheck // metrics are read when a scraper asks
		return nil, err
	}
	if err := a.joinEvents(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

// openData opens what holds records: directory, analysis, store, index, matcher.
func (a *App) openData(ctx context.Context, opts Options) error {
	lock, err := lockDir(a.cfg.DataDir)
	if err != nil {
		return err
	}
	a.closing("data directory", lock)
	a.lock = lock
	if a.analyzer, err = OpenAnalyzer(a.cfg); err != nil {
		return err
	}
	a.live = live.New(rand.Text(), a.log)
	if a.Store, err = openStore(ctx, a.cfg, opts, a.live.Tell); err != nil {
		return err
	}
	a.closing("store", a.Store)
	a.work = newWorkMetrics(a.Store, opts.Now)
	if err := a.dropForeignIndex(ctx); err != nil {
		return err
	}
	collection := a.openCollection(ctx)
	a.profiles = &profiles{source: a.Store, collection: collection, log: a.log}
	if err := a.fillMemory(ctx); err != nil {
		return err
	}
	a.follower = &index.Follower{Store: a.Store, Index: a.Index, Log: a.log}
	a.Matcher = matcher.New(matcher.Options{
		Collection: collection, Recaller: recaller{a.Index}, Records: a.Store, Analyzer: a.analyzer.Get,
		Generation: a.Index.Generation, Now: opts.Now, Semantics: a.openEmbedder(opts.Retry),
	})
	a.shown = learn.NewRecorder(a.Store, opts.Now, a.log)
	a.accounts = NewAccounts(a.cfg, a.Store, opts)
	a.Catalog = catalog.New(a.Index, a.Store, a.analyzer)
	if a.Intake, err = newIntake(a.cfg, a.Store, opts, intakeHooks{a.tellImport, a.Catalog.Similar, a.WaitCaughtUp}); err != nil {
		return err
	}
	return a.openNotices(ctx)
}

func (a *App) indexDir() string { return filepath.Join(a.cfg.DataDir, "index") }

// dropForeignIndex removes an index that was made from another database: database_url has changed, or a backup was
// restored while nothing followed. Its change number then says nothing about this one.
func (a *App) dropForeignIndex(ctx context.Context) error {
	epoch, err := a.Store.Epoch(ctx)
	if err != nil {
		return err
	}
	path := filepath.Join(a.cfg.DataDir, "index.epoch")
	if was, err := os.ReadFile(path); err == nil && string(was) == epoch {
		return nil
	}
	// The note comes last: after a crash in between there is no index, and nothing wrong is kept.
	if err := errors.Join(os.RemoveAll(a.indexDir()), os.WriteFile(path, []byte(epoch), 0o640)); err != nil {
		return jiqiao.Fail(jiqiao.CodeUnavailable, "无法更换索引，请检查数据目录 "+a.cfg.DataDir+" 的权限与磁盘空间", err)
	}
	return nil
}

// fillMemory opens the index and reads the profiles, side by side: with 100,000 records each takes some seconds. Profiles
// that cannot be read now are read by Follow, which tries again.
func (a *App) fillMemory(ctx context.Context) error {
	var side sync.WaitGroup
	side.Go(func() {
		if err := a.profiles.load(ctx); err != nil {
			a.log.Warn("records could not be read yet", "err", err)
		}
	})
	var err error
	a.Index, err = index.Open(ctx, index.Options{Dir: a.indexDir(), Analyzer: a.analyzer, Log: a.log})
	side.Wait()
	if err != nil {
		return fmt.Errorf("open the index: %w", err)
	}
	a.closing("index", a.Index)
	debug.FreeOSMemory() // reading everything leaves as much garbage as what is kept
	return nil
}

// OpenAnalyzer reads the dictionaries that cfg names.
func OpenAnalyzer(cfg config.Config) (*zh.Holder, error) {
	var o zh.Options
	for _, f := range []struct {
		path string
		set  *io.Reader
	}{{cfg.UserDict, &o.UserDict}, {cfg.Synonyms, &o.Synonyms}, {cfg.StopWords, &o.StopWords}} {
		if f.path == "" {
			continue
		}
		file, err := os.Open(f.path)
		if err != nil {
			return nil, jiqiao.Fail(jiqiao.CodeInvalid, "词典文件 "+f.path+" 无法读取，请检查路径与权限", err)
		}
		defer func() { _ = file.Close() }()
		*f.set = file
	}
	analyzer, err := zh.New(o)
	if err != nil {
		return nil, err
	}
	return zh.NewHolder(analyzer), nil
}

// OpenStore opens the database alone, for commands that need nothing else and may run beside a serving process.
func OpenStore(ctx context.Context, cfg config.Config, opts Options) (*store.Store, error) {
	return openStore(ctx, cfg, opts, nil)
}

func openStore(ctx context.Context, cfg config.Config, opts Options, events func([]jiqiao.Event)) (*store.Store, error) {
	st, err := store.Open(ctx, store.Config{URL: cfg.StoreURL(), Now: opts.Now, Log: opts.Log, Events: events})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return st, nil
}

// NewAccounts makes the rules of accounts over an open database.
func NewAccounts(cfg config.Config, st *store.Store, opts Options) *account.Service {
	return account.New(account.Options{
		OIDC:  account.OIDC{Issuer: cfg.OIDCIssuer, ClientID: cfg.OIDCClientID, ClientSecret: cfg.OIDCClientSecret},
		Store: st, PublicURL: cfg.PublicURL, NoMail: cfg.SMTPHost == "", Now: opts.Now, Log: opts.Log,
	})
}

// NewIntake makes the import service over an open database. progress hears of rows done and in all; nil is nobody.
func NewIntake(cfg config.Config, st *store.Store, opts Options, progress func(done, total int)) (*intake.Service, error) {
	if progress == nil {
		return newIntake(cfg, st, opts, intakeHooks{})
	}
	return newIntake(cfg, st, opts, intakeHooks{progress: func(_ string, done, total int) { progress(done, total) }})
}

// intakeHooks are what imports have of the rest of a serving process.
type intakeHooks struct {
	progress func(id string, done, total int)
	similar  func(context.Context, jiqiao.Record, int) ([]jiqiao.Duplicate, error)
	ready    func(context.Context) error
}

func newIntake(cfg config.Config, st *store.Store, opts Options, hooks intakeHooks) (*intake.Service, error) {
	return intake.New(intake.Options{
		Store: st, Dir: filepath.Join(cfg.DataDir, "imports"), MaxFile: int64(cfg.MaxUploadMiB) << 20, Log: opts.Log, Now: opts.Now, Progress: hooks.progress,
		Similar: hooks.similar, Ready: hooks.ready,
	})
}

// openAPI puts caches and HTTP on top.
func (a *App) openAPI(opts Options) error {
	kept, err := a.openCache(opts)
	if err != nil {
		return err
	}
	if err := a.openIntroductions(); err != nil {
		return err
	}
	a.openQueue()
	examiner := a.openClinic()
	records := a.openLifecycle(examiner)
	answers := cache.New(cache.Options{Cache: kept, Source: a, Log: a.log, Namespace: opts.Version, Now: opts.Now})
	figures := statistics.New(a.Store, records.Clock, opts.Now)
	a.handler, err = api.New(api.Options{
		Searcher:       cache.NewSearcher(a.Catalog, answers),
		Records:        a.Store,
		Lifecycle:      records,
		Reviews:        records,
		Merges:         records,
		ReviewPolicies: records,
		Attachments:    a.openAttachments(),
		Organisations:  a.Store,
		Matcher:        cache.NewMatcher(a.Matcher, a.Store, answers),
		Clinic:         examiner,
		Importer:       a.Intake,
		OwnViews:       a.Store,
		Sheets:         sheets{},
		Introductions:  a.introductions,
		Introduced:     a.introductions, IntroductionDesk: a.introductions,
		Undertakings:  a.introductions,
		WorkCalendar:  a.calendar,
		Deals:         a.Store,
		DealWork:      a.Store,
		DealLists:     a.Store,
		Contracts:     a.Store,
		Subsidies:     a.Store,
		Status:        a,
		Authenticator: a.Store,
		Accounts:      a.accounts,
		Tokens:        a.Store,
		Inbox:         a.Store,
		Subscriptions: a.Store,
		Channels:      a.Store,
		Outbox:        a.Store,
		Notifier:      a.outbox,
		Live:          a.live,
		Disclosures:   a.Store, ContactsPerDay: a.cfg.ContactsPerDay,
		Audit:         a.Store.Audit,
		SecureCookies: a.cfg.SecureCookies,
		Decisions:     a.Store,
		Models:        a.Store, Builtin: builtinModels(),
		Jobs:       a.Store,
		Trail:      a.Store,
		Answers:    a.Store,
		Shown:      a.shown.Shown,
		Runs:       a,
		Statistics: figures,
		Cockpit:    figures,
		Reports:    report.Writer{},
		Assigner:   a,
		Queue:      a.queue,
		Views:      a.Store,
		Explainer:  a.Matcher,
		Pages:      answers,
		Web:        frontend.Handler(),
		Language:   a.openLanguage(opts.Retry),
		Collectors: a.collectors(answers),
		Embedding:  a.embedder.progress(),
		Log:        a.log, Now: opts.Now, Version: opts.Version,
		Timeout: a.cfg.RequestTimeout, RatePerSecond: a.cfg.RatePerSecond, RateBurst: a.cfg.RateBurst,
		UserRatePerSecond: a.cfg.UserRatePerSecond, UserRateBurst: a.cfg.UserRateBurst, SignInsPerMinute: a.cfg.SignInsPerMinute,
		MaxUpload: int64(a.cfg.MaxUploadMiB) << 20, TrustedProxies: a.cfg.Proxies(), TempDir: a.Intake.TempDir(),
	})
	return err
}

func (a *App) openCache(opts Options) (cache.Cache, error) {
	memory := cache.NewMemory(int64(a.cfg.CacheMiB) << 20)
	if a.cfg.RedisURL == "" {
		return memory, nil
	}
	redis, err := cache.OpenRedis(a.cfg.RedisURL, opts.Now)
	if err != nil {
		return nil, err
	}
	a.redis = redis
	a.closing("redis", redis)
	return cache.Tiered{Near: memory, Far: redis}, nil
}

func (a *App) closing(name string, c io.Closer) { a.closers = append(a.closers, namedCloser{name, c}) }

// Handler answers HTTP requests without a port, for tests and for the command line.
func (a *App) Handler() http.Handler { return a.handler }

// Client asks the service without a port.
func (a *App) Client() *http.Client { return &http.Client{Transport: local{a.handler}} }

// Start listens and begins to follow the change log. It returns the address, whose port is the one that was free when
// the configuration says 0. Call it once.
func (a *App) Start(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", a.cfg.Listen)
	if err != nil {
		return "", jiqiao.Fail(jiqiao.CodeUnavailable, "无法监听 "+a.cfg.Listen+"，端口可能已被占用；请用 --listen 换一个", err)
	}
	address := listener.Addr().String()
	if err := a.lock.note(address); err != nil {
		a.log.Warn("commands cannot learn this address", "err", err)
	}
	a.Follow()
	a.tasks.keep("impressions", a.shown.Run)
	a.keepPlatform()
	a.tasks.keep("events", a.live.Run)
	a.tasks.keep("outbox", a.outbox.Run)
	a.server = &http.Server{
		Handler: a.handler, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	a.server.RegisterOnShutdown(a.live.Close) // open streams would hold the server up
	a.tasks.keep("http", func(context.Context) error {
		if err := a.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	return address, nil
}

const (
	// headerTimeout keeps a client that sends its headers slowly from holding a connection.
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
)

// Follow begins to bring the store's changes into index and matcher, without serving.
func (a *App) Follow() {
	a.tasks.keep("index", a.follower.Run)
	a.tasks.keep("profiles", a.profiles.run)
	a.tasks.keep("models", a.models.run)
	a.tasks.keep("codes", a.codes.run)
	a.tasks.keep("figures", a.keepFigures)
	a.tasks.keep("imports", a.Intake.Run)
	if a.embedder != nil {
		a.tasks.keep("embeddings", a.embedder.follower.Run)
	}
}

// Stop refuses new requests, waits for those under way and for the background, and closes everything. It takes no longer
// than cfg.DrainTimeout, after which what is still running is cut off.
//
//nolint:contextcheck // it comes after the end of the callers' contexts and has a bound of its own
func (a *App) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), a.cfg.DrainTimeout)
	defer cancel()
	var errs []error
	if a.server != nil {
		errs = append(errs, a.drain(ctx))
	}
	errs = append(errs, a.tasks.stop(ctx), a.close())
	return errors.Join(errs...)
}

// drain waits for the requests under way. A client that never finishes leaves a quarter of the time to the background,
// which else would find the index closed below it.
func (a *App) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, a.cfg.DrainTimeout*3/4)
	defer cancel()
	if err := a.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("drain requests: %w", err), a.server.Close())
	}
	return nil
}

// close closes what was opened, last first.
func (a *App) close() error {
	a.tasks.cancel()
	var errs []error
	for len(a.closers) > 0 {
		last := a.closers[len(a.closers)-1]
		a.closers = a.closers[:len(a.closers)-1]
		if err := last.Close(); err != nil {
			errs = append(errs, fmt.Errorf("close %s: %w", last.name, err))
		}
	}
	return errors.Join(errs...)
}
