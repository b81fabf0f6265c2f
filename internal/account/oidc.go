package account

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"jiqiao"
)

// OIDC is an OpenID provider at which people may sign in (authorization code with PKCE, state and nonce).
type OIDC struct {
	Issuer, ClientID, ClientSecret string
}

// CallbackPath is where the provider sends browsers back to, below the public address.
const CallbackPath = "/api/v1/auth/oidc/callback"

// providerTimeout bounds one request to the provider: people wait for it.
const providerTimeout = 10 * time.Second

// provider is the OpenID provider once it was found; it is looked for when first needed, so that the service starts
// without it.
type provider struct {
	OIDC
	redirect string
	client   *http.Client

	mu    sync.Mutex
	found *oidc.Provider
}

func newProvider(o OIDC, publicURL string) *provider {
	if o.Issuer == "" {
		return nil
	}
	return &provider{OIDC: o, redirect: publicURL + CallbackPath, client: &http.Client{Timeout: providerTimeout}}
}

// discover finds the provider's addresses and keys.
func (p *provider) discover(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.Issuer)
		if err != nil {
			return nil, nil, jiqiao.Fail(jiqiao.CodeUnavailable, "统一身份认证暂时无法连接，请稍后再试，或用密码登录", fmt.Errorf("discover the OpenID provider: %w", err))
		}
		p.found = found
	}
	return p.found, &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: p.found.Endpoint(), RedirectURL: p.redirect,
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}, nil
}

// OffersOIDC reports whether people may sign in at an OpenID provider.
func (s *Service) OffersOIDC() bool { return s.provider != nil }

// StartOIDC is where to send the browser, which keeps the attempt until it comes back.
func (s *Service) StartOIDC(ctx context.Context, attempt jiqiao.OIDCAttempt) (string, error) {
	if s.provider == nil {
		return "", jiqiao.Fail(jiqiao.CodeUnavailable, "本系统没有启用统一身份认证，请用密码登录", nil)
	}
	_, config, err := s.provider.discover(ctx)
	if err != nil {
		return "", err
	}
	return config.AuthCodeURL(attempt.State, oidc.Nonce(attempt.Nonce), oauth2.S256ChallengeOption(attempt.Verifier)), nil
}

// identity is who the provider says it is.
type identity struct {
	subject  string // issuer and name
	email    string
	verified bool
}

// identify exchanges the code for who it is. Whatever is wrong with it is CodeUnauthorized.
func (s *Service) identify(ctx context.Context, attempt jiqiao.OIDCAttempt, code string) (identity, error) {
	wrong := func(doing string, err error) (identity, error) {
		return identity{}, jiqiao.Fail(jiqiao.CodeUnauthorized, "统一身份认证没有成功，请重新登录", fmt.Errorf("%s: %w", doing, err))
	}
	found, config, err := s.provider.discover(ctx)
	if err != nil {
		return identity{}, err
	}
	ctx = oidc.ClientContext(ctx, s.provider.client)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(attempt.Verifier))
	if err != nil {
		return wrong("exchange the code", err)
	}
	raw, _ := token.Extra("id_token").(string)
	verifier := found.VerifierContext(ctx, &oidc.Config{ClientID: s.provider.ClientID, Now: s.now})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return wrong("verify the identity", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(attempt.Nonce)) != 1 || attempt.Nonce == "" {
		return wrong("compare the nonce", fmt.Errorf("it is another's"))
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := id.Claims(&claims); err != nil {
		return wrong("read the claims", err)
	}
	return identity{subject: id.Issuer + " " + id.Subject, email: claims.Email, verified: claims.Verified}, nil
}

// FinishOIDC signs in who comes back from the provider with a code. The person is known by the provider's name for them,
// or, the first time, by an address that both the provider and a link of ours have verified; administrators link
// themselves. With a session it links the account of that session instead, and opens a new one. An account with a second
// factor keeps to its password: the provider does not ask for ours.
func (s *Service) FinishOIDC(
	ctx context.Context, attempt jiqiao.OIDCAttempt, code, agent string, session *jiqiao.Session,
) (jiqiao.SignedIn, error) {
	if s.provider == nil {
		return jiqiao.SignedIn{}, jiqiao.Fail(jiqiao.CodeUnavailable, "本系统没有启用统一身份认证，请用密码登录", nil)
	}
	who, err := s.identify(ctx, attempt, code)
	if err != nil {
		return jiqiao.SignedIn{}, err
	}
	if session != nil {
		return s.rotate(ctx, *session, func(a *jiqiao.Account) (jiqiao.Act, error) {
			a.Credentials.Subject = who.subject
			return jiqiao.Act{Name: "user.link"}, nil
		})
	}
	a, err := s.known(ctx, who)
	if err != nil {
		return jiqiao.SignedIn{}, err
	}
	policy, _, err := s.Policy(ctx)
	if err != nil {
		return jiqiao.SignedIn{}, err
	}
	secret := newSecret()
	var open *jiqiao.NewSession
	a, err = s.store.ChangeAccount(as(ctx, a.User), a.ID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		now := s.now()
		switch {
		case a.State != jiqiao.UserActive:
			return jiqiao.AccountChange{}, notInUse(a.State)
		case a.LockedUntil != nil && now.Before(*a.LockedUntil):
			return jiqiao.AccountChange{}, jiqiao.Fail(jiqiao.CodeForbidden, "账号暂时锁定，请稍后再试", nil)
		case a.TOTP:
			return jiqiao.AccountChange{}, jiqiao.Fail(jiqiao.CodeForbidden, "账号开启了两步验证，请用密码和验证码登录", nil)
		case a.Credentials.Subject != "" && a.Credentials.Subject != who.subject:
			return jiqiao.AccountChange{}, errNobody
		}
		change := jiqiao.AccountChange{Acts: []jiqiao.Act{{Name: "user.login", Object: userRef(a.ID), After: map[string]string{"by": "oidc"}}}, Limit: policy.SessionsPerUser}
		if a.Credentials.Subject == "" {
			a.Credentials.Subject = who.subject
			change.Acts = append(change.Acts, jiqiao.Act{Name: "user.link", Object: userRef(a.ID)})
		}
		a.LastLoginAt = &now
		open = s.session(*a, policy, secret, agent)
		open.MustChange = false // it is not by the password that they come in
		change.Open = open
		return change, nil
	})
	if err != nil {
		return jiqiao.SignedIn{}, err
	}
	return jiqiao.SignedIn{User: a.User, Session: open.Session, Secret: secret}, nil
}

var errNobody = jiqiao.Fail(jiqiao.CodeForbidden, "这个统一身份没有对应的账号，请先用密码登录并绑定，或联系管理员", nil)

// known is the account of an identity.
func (s *Service) known(ctx context.Context, who identity) (jiqiao.Account, error) {
	a, err := s.store.AccountBySubject(ctx, who.subject)
	if jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		return a, err
	}
	if !who.verified || who.email == "" {
		return jiqiao.Account{}, errNobody
	}
	a, err = s.store.AccountByEmail(ctx, who.email)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound || err == nil && a.Role.Administrator() {
		return jiqiao.Account{}, errNobody
	}
	return a, err
}
