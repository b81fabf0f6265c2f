package account

import (
	"context"
	"crypto/rand"
	"math/big"
	"time"

	"jiqiao"
)

// ChangePassword sets a new password of the person who is signed in and knows the old one. All sessions end, and a new one
// takes the place of the one that asks. A wrong old password counts as a failed sign-in.
func (s *Service) ChangePassword(ctx context.Context, session jiqiao.Session, old, password string) (jiqiao.SignedIn, error) {
	a, policy, err := s.proven(ctx, session.UserID, "old_password", old)
	if err != nil {
		return jiqiao.SignedIn{}, err
	}
	fresh, err := s.newPassword(ctx, a, policy, "password", password)
	if err != nil {
		return jiqiao.SignedIn{}, err
	}
	return s.rotate(ctx, session, func(now *jiqiao.Account) (jiqiao.Act, error) {
		if now.Credentials.Password != a.Credentials.Password {
			return jiqiao.Act{}, jiqiao.Fail(jiqiao.CodeConflict, "密码刚刚在别处改过，请用新密码重新登录", nil)
		}
		s.setPassword(now, fresh, policy)
		return jiqiao.Act{Name: "user.password"}, nil
	})
}

// rotate changes the person's own account, ends all its sessions and opens a new one: whatever was stolen before is
// worthless now.
func (s *Service) rotate(
	ctx context.Context, session jiqiao.Session, change func(*jiqiao.Account) (jiqiao.Act, error),
) (jiqiao.SignedIn, error) {
	policy, _, err := s.Policy(ctx)
	if err != nil {
		return jiqiao.SignedIn{}, err
	}
	secret := newSecret()
	var open *jiqiao.NewSession
	a, err := s.store.ChangeAccount(ctx, session.UserID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		act, err := change(a)
		if err != nil {
			return jiqiao.AccountChange{}, err
		}
		act.Object = userRef(a.ID)
		open = s.session(*a, policy, secret, session.Agent)
		// A session may be renewed, never prolonged: the end stays what it was when the person signed in.
		if session.ExpiresAt.Before(open.ExpiresAt) {
			open.ExpiresAt = session.ExpiresAt
		}
		return jiqiao.AccountChange{Acts: []jiqiao.Act{act}, EndSessions: true, EndLinks: true, Open: open}, nil
	})
	if err != nil {
		return jiqiao.SignedIn{}, err
	}
	return jiqiao.SignedIn{User: a.User, Session: open.Session, Secret: secret}, nil
}

// proven is the account of who knows its password. A wrong one is Invalid at the field and counts as a failed sign-in.
func (s *Service) proven(ctx context.Context, id, field, password string) (jiqiao.Account, jiqiao.SecurityPolicy, error) {
	policy, _, err := s.Policy(ctx)
	if err != nil {
		return jiqiao.Account{}, policy, err
	}
	a, err := s.store.Account(ctx, id)
	if err != nil {
		return jiqiao.Account{}, policy, err
	}
	right, _, err := s.hasher.verify(ctx, a.Credentials.Password, password)
	if err != nil {
		return jiqiao.Account{}, policy, err
	}
	locked := a.LockedUntil != nil && s.now().Before(*a.LockedUntil)
	if right && !locked {
		return a, policy, nil
	}
	_, err = s.store.ChangeAccount(ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		// Who guesses here sits at an open session: the lock ends it, too.
		change := settle(a, judgement{outcome: refused, counts: !locked}, policy, s.now())
		change.EndSessions = a.LockedUntil != nil
		return change, nil
	})
	if err != nil {
		return jiqiao.Account{}, policy, err
	}
	return jiqiao.Account{}, policy, invalid(field, "密码不正确，或账号暂时锁定，请核对后再试")
}

func invalid(field, message string) error {
	return jiqiao.Invalid([]jiqiao.FieldError{{Field: field, Message: message}})
}

// newPassword checks a new password of the account and is its digest.
func (s *Service) newPassword(
	ctx context.Context, a jiqiao.Account, policy jiqiao.SecurityPolicy, field, password string,
) (string, error) {
	if err := jiqiao.Invalid(policy.CheckPassword(field, password, a.User)); err != nil {
		return "", err
	}
	earlier := append([]string{a.Credentials.Password}, a.Credentials.History...)
	for _, had := range earlier[:min(len(earlier), policy.History)] {
		if had == "" {
			continue
		}
		same, _, err := s.hasher.verify(ctx, had, password)
		if err != nil {
			return "", err
		}
		if same {
			return "", invalid(field, "新密码不能与最近用过的 "+number(policy.History)+" 个密码相同")
		}
	}
	return s.hasher.hash(ctx, password)
}

// setPassword puts a digest into the account; the one before joins the history.
func (s *Service) setPassword(a *jiqiao.Account, fresh string, policy jiqiao.SecurityPolicy) {
	c, now := &a.Credentials, s.now().UTC().Truncate(time.Microsecond)
	if c.Password != "" {
		c.History = append([]string{c.Password}, c.History...)
	}
	c.History = c.History[:min(len(c.History), max(policy.History-1, 0))]
	c.Password, c.Failures = fresh, 0
	a.PasswordChangedAt, a.LockedUntil, a.MustChangePassword = &now, nil, false
}

// oneTimeLetters are letters and digits that are not mistaken for others.
const oneTimeLetters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// oneTimePassword is a password to be changed at the first sign-in; it keeps every policy's classes.
func oneTimePassword() string {
	b := make([]byte, 16)
	for i := range b {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(oneTimeLetters))))
		if err != nil {
			panic("account: no randomness: " + err.Error()) // crypto/rand does not fail
		}
		b[i] = oneTimeLetters[n.Int64()]
	}
	return "Aa2-" + string(b)
}

// giveOneTime gives the account a password that only opens the way to a new one, and returns it.
func (s *Service) giveOneTime(a *jiqiao.Account, fresh string, policy jiqiao.SecurityPolicy) {
	s.setPassword(a, fresh, policy)
	a.MustChangePassword = true
}
