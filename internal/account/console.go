package account

import (
	"context"

	"jiqiao"
)

// Console is what who sits at the server may do: everything, past the rules of who may change whose account, and not past
// those of accounts themselves. It makes the first accounts and helps where administrators lost their own.
type Console struct{ *Service }

// Console is the service for the command line.
func (s *Service) Console() Console { return Console{s} }

// consoleOrigin names the command line in the audit.
func consoleOrigin(ctx context.Context) context.Context {
	return jiqiao.WithOrigin(ctx, jiqiao.Origin{Viewer: jiqiao.Viewer{Name: "命令行"}})
}

// Create makes an account of any role that is in use at once, with a one-time password, which is returned.
func (c Console) Create(ctx context.Context, u jiqiao.User) (jiqiao.User, string, error) {
	u.Normalise()
	u.State = jiqiao.UserActive
	if err := c.fits(ctx, jiqiao.Viewer{}, &u); err != nil {
		return jiqiao.User{}, "", err
	}
	return c.create(consoleOrigin(ctx), u)
}

// Reset gives the account with the login a one-time password, which is returned, and lets go of a lock. Its sessions end;
// its second factor goes when clearFactor says so.
func (c Console) Reset(ctx context.Context, login string, clearFactor bool) (jiqiao.User, string, error) {
	found, err := c.store.AccountByLogin(ctx, login)
	if err != nil {
		return jiqiao.User{}, "", err
	}
	policy, _, err := c.Policy(ctx)
	if err != nil {
		return jiqiao.User{}, "", err
	}
	password := oneTimePassword()
	fresh, err := c.hasher.hash(ctx, password)
	if err != nil {
		return jiqiao.User{}, "", err
	}
	a, err := c.store.ChangeAccount(consoleOrigin(ctx), found.ID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		c.giveOneTime(a, fresh, policy)
		if clearFactor {
			noSecondFactor(a)
		}
		act := jiqiao.Act{Name: "user.password_reset", Object: userRef(a.ID), After: map[string]bool{"totp_cleared": clearFactor}}
		return jiqiao.AccountChange{Acts: []jiqiao.Act{act}, EndSessions: true, EndLinks: true}, nil
	})
	return a.User, password, err
}

// SetState locks, unlocks, disables or enables the account with the login.
func (c Console) SetState(ctx context.Context, login string, act jiqiao.UserAct) (jiqiao.User, error) {
	found, err := c.store.AccountByLogin(ctx, login)
	if err != nil {
		return jiqiao.User{}, err
	}
	a, err := c.store.ChangeAccount(consoleOrigin(ctx), found.ID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		return move(a, act)
	})
	return a.User, err
}

// Users lists accounts.
func (c Console) Users(ctx context.Context, q jiqiao.UserQuery) (jiqiao.UserPage, error) {
	return c.store.Users(ctx, q)
}
