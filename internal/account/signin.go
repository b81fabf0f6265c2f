package account

import (
	"context"
	"errors"
	"time"

	"jiqiao"
)

// outcome is how an attempt to sign in ends.
type outcome int

const (
	refused outcome = iota // wrong login, password or code, or locked: one sentence for all
	needsCode
	notLetIn // right, and the account is not in use
	letIn
)

// judgement is an outcome, and what it uses up.
type judgement struct {
	outcome outcome
	// counts says that the attempt counts as a failure.
	counts bool
	factor factor
}

// errChanged: the account changed between looking and writing; the attempt is judged once more.
var errChanged = errors.New("the account changed meanwhile")

func badLogin(p jiqiao.SecurityPolicy) error {
	return jiqiao.Fail(jiqiao.CodeUnauthorized, "登录名、密码或验证码不正确，或账号暂时锁定（连续输错 "+number(p.MaxFailures)+" 次锁定 "+
		number(p.LockMinutes)+" 分钟）；请核对后再试，或找回密码", nil)
}

// SignIn opens a session for who knows the password, and the one-time code where one is asked for. Whatever is wrong is
// CodeUnauthorized with one sentence, which tells nobody whether the login exists; CodeForbidden is for who knows the
// password of an account that is not in use.
func (s *Service) SignIn(ctx context.Context, in jiqiao.SignIn) (jiqiao.SignedIn, error) {
	policy, _, err := s.Policy(ctx)
	if err != nil {
		return jiqiao.SignedIn{}, err
	}
	for range 3 {
		out, err := s.trySignIn(ctx, in, policy)
		if !errors.Is(err, errChanged) {
			return out, err
		}
	}
	return jiqiao.SignedIn{}, jiqiao.Fail(jiqiao.CodeUnavailable, "同时有多人用这个账号登录，请稍后再试", nil)
}

func (s *Service) trySignIn(ctx context.Context, in jiqiao.SignIn, policy jiqiao.SecurityPolicy) (jiqiao.SignedIn, error) {
	a, err := s.store.AccountByLogin(ctx, in.Login)
	unknown := jiqiao.CodeOf(err) == jiqiao.CodeNotFound
	if err != nil && !unknown {
		return jiqiao.SignedIn{}, err
	}
	// Before the transaction: writers must not wait for a digest.
	right, stale, err := s.hasher.verify(ctx, a.Credentials.Password, in.Password)
	if err != nil {
		return jiqiao.SignedIn{}, err
	}
	if unknown {
		// What was typed is not kept: it may be a password in the wrong field.
		failed := jiqiao.Act{Name: "user.login", Object: jiqiao.Ref{Type: "user"}, Result: jiqiao.AuditFailed}
		return jiqiao.SignedIn{}, errors.Join(s.store.Audit(ctx, failed), badLogin(policy))
	}
	judged := judge(a, in, right, s.now())
	fresh := ""
	if judged.outcome == letIn {
		ctx = as(ctx, a.User)
		if stale {
			if fresh, err = s.hasher.hash(ctx, in.Password); err != nil {
				return jiqiao.SignedIn{}, err
			}
		}
	}
	out, secret := &jiqiao.NewSession{}, newSecret()
	was := a.Credentials.Password
	a, err = s.store.ChangeAccount(ctx, a.ID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		if a.Credentials.Password != was || judge(*a, in, right, s.now()).outcome != judged.outcome {
			return jiqiao.AccountChange{}, errChanged
		}
		if fresh != "" {
			a.Credentials.Password = fresh
		}
		change := settle(a, judge(*a, in, right, s.now()), policy, s.now())
		if judged.outcome == letIn {
			out = s.session(*a, policy, secret, in.Agent)
			change.Open, change.Limit, change.Replaces = out, policy.SessionsPerUser, in.Replaces
		}
		return change, nil
	})
	if err != nil {
		return jiqiao.SignedIn{}, err
	}
	switch judged.outcome {
	case letIn:
		return jiqiao.SignedIn{User: a.User, Session: out.Session, Secret: secret}, nil
	case needsCode:
		return jiqiao.SignedIn{SecondFactor: true}, nil
	case notLetIn:
		return jiqiao.SignedIn{}, notInUse(a.State)
	default:
		return jiqiao.SignedIn{}, badLogin(policy)
	}
}

// judge says how the attempt ends on the account as it stands. While it is locked even the right password is refused, in
// the same words: else the lock would tell a guesser that the guess was right.
func judge(a jiqiao.Account, in jiqiao.SignIn, right bool, now time.Time) judgement {
	switch {
	case a.LockedUntil != nil && now.Before(*a.LockedUntil):
		return judgement{outcome: refused}
	case !right:
		return judgement{outcome: refused, counts: true}
	case a.TOTP && in.Code == "":
		return judgement{outcome: needsCode}
	}
	var f factor
	if a.TOTP {
		if f = checkCode(a, in.Code, now); !f.right {
			return judgement{outcome: refused, counts: true}
		}
	}
	if a.State != jiqiao.UserActive {
		return judgement{outcome: notLetIn}
	}
	return judgement{outcome: letIn, factor: f}
}

// settle writes the judgement into the account.
func settle(a *jiqiao.Account, j judgement, policy jiqiao.SecurityPolicy, now time.Time) jiqiao.AccountChange {
	act := jiqiao.Act{Name: "user.login", Object: userRef(a.ID), Result: jiqiao.AuditFailed}
	if a.LockedUntil != nil && !now.Before(*a.LockedUntil) {
		a.LockedUntil, a.Credentials.Failures = nil, 0
	}
	switch {
	case j.outcome == letIn:
		a.LockedUntil, a.Credentials.Failures, a.LastLoginAt = nil, 0, &now
		j.factor.spend(a)
		act.Result = jiqiao.AuditDone
	case j.outcome == needsCode:
		return jiqiao.AccountChange{}
	case j.outcome == notLetIn || !j.counts:
		act.Result = jiqiao.AuditDenied
	case j.counts:
		a.Credentials.Failures++
	}
	change := jiqiao.AccountChange{Acts: []jiqiao.Act{act}}
	if a.Credentials.Failures >= policy.MaxFailures {
		until := now.Add(policy.Lock())
		a.LockedUntil, a.Credentials.Failures = &until, 0
		change.Acts = append(change.Acts, jiqiao.Act{
			Name: "user.lock", Object: userRef(a.ID), After: map[string]any{"minutes": policy.LockMinutes, "failures": policy.MaxFailures},
		})
	}
	return change
}

func notInUse(state jiqiao.UserState) error {
	message := map[jiqiao.UserState]string{
		jiqiao.UserPending:  "账号还在审核或尚未启用，通过后即可登录",
		jiqiao.UserLocked:   "账号已被管理员锁定，请联系管理员",
		jiqiao.UserDisabled: "账号已停用，请联系管理员",
	}[state]
	return jiqiao.Fail(jiqiao.CodeForbidden, message, nil)
}

// session is a new session of the account.
func (s *Service) session(a jiqiao.Account, policy jiqiao.SecurityPolicy, secret, agent string) *jiqiao.NewSession {
	now := s.now()
	return &jiqiao.NewSession{
		Digest: digest(secret), ExpiresAt: now.Add(policy.Absolute()), Idle: policy.Idle(), Agent: agent,
		MustChange: a.MustChangePassword || policy.Outdated(a.PasswordChangedAt, now),
	}
}

// maxSecret bounds what is looked up; our secrets are shorter.
const maxSecret = 128

// Resume finds who holds a cookie's secret. A session that is unknown, ended, or whose account is not in use is
// CodeUnauthorized.
func (s *Service) Resume(ctx context.Context, secret string) (jiqiao.Session, jiqiao.User, error) {
	ended := jiqiao.Fail(jiqiao.CodeUnauthorized, "登录已失效，请重新登录", nil)
	if secret == "" || len(secret) > maxSecret {
		return jiqiao.Session{}, jiqiao.User{}, ended
	}
	found, user, err := s.store.SessionUser(ctx, digest(secret))
	if err != nil {
		return jiqiao.Session{}, jiqiao.User{}, err
	}
	if !found.Live(s.now()) || user.State != jiqiao.UserActive {
		return jiqiao.Session{}, jiqiao.User{}, ended
	}
	s.store.TouchSession(ctx, found)
	found.Current = true
	return found, user, nil
}

// SignOut ends the session.
func (s *Service) SignOut(ctx context.Context, session jiqiao.Session) error {
	return s.store.EndSession(ctx, session.UserID, session.ID)
}

// SignOutEverywhere ends all sessions of the account.
func (s *Service) SignOutEverywhere(ctx context.Context, session jiqiao.Session) error {
	_, err := s.store.ChangeAccount(ctx, session.UserID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		return jiqiao.AccountChange{EndSessions: true, Acts: []jiqiao.Act{{Name: "user.logout_all", Object: userRef(a.ID)}}}, nil
	})
	return err
}

// Sessions lists the devices on which the person is signed in, and marks the one that asks.
func (s *Service) Sessions(ctx context.Context, session jiqiao.Session) ([]jiqiao.Session, error) {
	sessions, err := s.store.Sessions(ctx, session.UserID)
	for i := range sessions {
		sessions[i].Current = sessions[i].ID == session.ID
	}
	return sessions, err
}

// EndSession ends one of the person's own sessions.
func (s *Service) EndSession(ctx context.Context, session jiqiao.Session, id string) error {
	return s.store.EndSession(ctx, session.UserID, id)
}
