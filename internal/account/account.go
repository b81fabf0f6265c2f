// Package account holds the rules of accounts: signing in and out, sessions, passwords, second factors, invitations,
// sign-up of organisations, and who may change whose account. It works on the store through small interfaces and knows
// nothing of HTTP.
//
// What is secret (cookies, one-time links, recovery codes) is random and kept as a digest; passwords are argon2id. An
// attempt that fails costs and says the same whether the login exists or not.
package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"runtime"
	"time"

	"jiqiao"
)

// Accounts keeps accounts.
type Accounts interface {
	CreateAccount(ctx context.Context, a *jiqiao.Account, change jiqiao.AccountChange) error
	// ChangeAccount lets change work on the account in a transaction that others wait for.
	ChangeAccount(ctx context.Context, id string, change func(*jiqiao.Account) (jiqiao.AccountChange, error)) (jiqiao.Account, error)
	Account(ctx context.Context, id string) (jiqiao.Account, error)
	AccountByLogin(ctx context.Context, login string) (jiqiao.Account, error)
	AccountBySubject(ctx context.Context, subject string) (jiqiao.Account, error)
	AccountByEmail(ctx context.Context, email string) (jiqiao.Account, error)
	Users(ctx context.Context, q jiqiao.UserQuery) (jiqiao.UserPage, error)
}

// Sessions keeps sessions.
type Sessions interface {
	SessionUser(ctx context.Context, digest string) (jiqiao.Session, jiqiao.User, error)
	TouchSession(ctx context.Context, s jiqiao.Session)
	Sessions(ctx context.Context, user string) ([]jiqiao.Session, error)
	EndSession(ctx context.Context, user, id string) error
	TightenSessions(ctx context.Context, idle, absolute time.Duration) error
}

// Settings keeps what administrators set, and the audit.
type Settings interface {
	Setting(ctx context.Context, name string, v any) (version int64, err error)
	PutSetting(ctx context.Context, name string, version int64, v any) (int64, error)
	Audit(ctx context.Context, act jiqiao.Act) error
}

// Links keeps one-time links.
type Links interface {
	LinkUser(ctx context.Context, purpose jiqiao.LinkPurpose, digest string) (jiqiao.User, error)
	UseLink(ctx context.Context, purpose jiqiao.LinkPurpose, digest string,
		change func(a *jiqiao.Account, byMail bool) (jiqiao.AccountChange, error)) (jiqiao.Account, error)
}

// Organisations knows organisations.
type Organisations interface {
	GetOrganisation(ctx context.Context, id string) (jiqiao.Organisation, error)
}

// Store is all that the rules need to keep.
type Store interface {
	Accounts
	Sessions
	Settings
	Links
	Organisations
	SignUps
}

// Options make a Service.
type Options struct {
	Store Store
	// Cost is that of a password's digest; zero is DefaultCost.
	Cost Cost
	// PublicURL is where browsers find the service, without a slash at the end; links in mails begin with it.
	PublicURL string
	// NoMail says that no mail leaves: links are handed over by who invites.
	NoMail bool
	// OIDC is optional.
	OIDC OIDC
	// Policy holds until an administrator sets another; zero is jiqiao.DefaultSecurity.
	Policy jiqiao.SecurityPolicy
	Now    func() time.Time
	Log    *slog.Logger
}

// Service applies the rules; it is safe for concurrent use.
type Service struct {
	store         Store
	organisations Organisations
	signUps       SignUps
	provider      *provider // nil: none
	hasher        *hasher
	url           string
	noMail        bool
	policy        jiqiao.SecurityPolicy
	now           func() time.Time
	log           *slog.Logger
}

// New makes a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Policy == (jiqiao.SecurityPolicy{}) {
		o.Policy = jiqiao.DefaultSecurity()
	}
	return &Service{
		store: o.Store, organisations: o.Store, signUps: o.Store, provider: newProvider(o.OIDC, o.PublicURL), hasher: newHasher(o.Cost, runtime.GOMAXPROCS(0)), url: o.PublicURL, noMail: o.NoMail, policy: o.Policy, now: o.Now, log: o.Log,
	}
}

// Policy is the security policy in force, with its version.
func (s *Service) Policy(ctx context.Context) (jiqiao.SecurityPolicy, int64, error) {
	p := s.policy
	version, err := s.store.Setting(ctx, jiqiao.SecuritySetting, &p)
	return p, version, err
}

// SetPolicy changes the policy when the version is still the present one, and is the new version. Open sessions follow
// where the new limits are tighter.
func (s *Service) SetPolicy(ctx context.Context, p jiqiao.SecurityPolicy, version int64) (int64, error) {
	if err := p.Validate(); err != nil {
		return 0, err
	}
	version, err := s.store.PutSetting(ctx, jiqiao.SecuritySetting, version, p)
	if err != nil {
		return 0, err
	}
	return version, s.store.TightenSessions(ctx, p.Idle(), p.Absolute())
}

// secretBytes of chance make guessing hopeless, so that a plain digest is enough to keep.
const secretBytes = 32

func newSecret() string { return base64.RawURLEncoding.EncodeToString(random(secretBytes)) }

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// as is ctx of what the person does, from where the request comes.
func as(ctx context.Context, u jiqiao.User) context.Context {
	o := jiqiao.OriginOf(ctx)
	o.Viewer = u.Viewer()
	return jiqiao.WithOrigin(ctx, o)
}

func userRef(id string) jiqiao.Ref { return jiqiao.Ref{Type: "user", ID: id} }
