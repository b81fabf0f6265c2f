package account

import (
	"context"
	"errors"
	"time"

	"jiqiao"
)

// How long a one-time link is good for.
const (
	resetLasts      = time.Hour
	invitationLasts = 7 * 24 * time.Hour
)

// link is a new one-time link: what is kept, and where it leads.
func (s *Service) link(purpose jiqiao.LinkPurpose, byMail bool) (*jiqiao.NewLink, string) {
	secret := newSecret()
	lasts, page := invitationLasts, "/invitation/"
	if purpose == jiqiao.LinkReset {
		lasts, page = resetLasts, "/reset/"
	}
	return &jiqiao.NewLink{Purpose: purpose, Digest: digest(secret), ExpiresAt: s.now().Add(lasts), ByMail: byMail}, s.url + page + secret
}

// mail is the notice that carries a link to the account's own address, at once.
func mail(template string, u jiqiao.User, url string) jiqiao.Notice {
	return jiqiao.Notice{Template: template, Object: userRef(u.ID), Data: map[string]string{"name": u.Name, "login": u.Login, "link": url}, Urgent: true}
}

// RequestReset sends a link to the address of the account, if there is one that may sign in. It says the same in any case:
// nobody learns which logins exist.
func (s *Service) RequestReset(ctx context.Context, login string) error {
	a, err := s.store.AccountByLogin(ctx, login)
	usable := err == nil && a.State == jiqiao.UserActive && a.Email != ""
	if err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		return err
	}
	if !usable {
		return s.store.Audit(ctx, jiqiao.Act{Name: "user.reset_request", Object: userRef(a.ID), Result: jiqiao.AuditFailed})
	}
	link, url := s.link(jiqiao.LinkReset, true)
	_, err = s.store.ChangeAccount(ctx, a.ID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		return jiqiao.AccountChange{
			NewLink: link, Notices: []jiqiao.Notice{mail("account.reset", a.User, url)},
			Acts: []jiqiao.Act{{Name: "user.reset_request", Object: userRef(a.ID)}},
		}, nil
	})
	return err
}

// LinkUser is for whom a link is that still opens, for the page to greet: login and name. CodeNotFound else.
func (s *Service) LinkUser(ctx context.Context, purpose jiqiao.LinkPurpose, secret string) (jiqiao.User, error) {
	if len(secret) > maxSecret {
		secret = ""
	}
	return s.store.LinkUser(ctx, purpose, digest(secret))
}

// UseLink sets the password by a one-time link. An invitation lets the person in; a reset ends every session. Signing in
// comes after, with the second factor where there is one.
func (s *Service) UseLink(ctx context.Context, purpose jiqiao.LinkPurpose, secret, password string) error {
	user, err := s.LinkUser(ctx, purpose, secret)
	if err != nil {
		return err
	}
	policy, _, err := s.Policy(ctx)
	if err != nil {
		return err
	}
	a, err := s.store.Account(ctx, user.ID)
	if err != nil {
		return err
	}
	fresh, err := s.newPassword(ctx, a, policy, "password", password)
	if err != nil {
		return err
	}
	ctx = as(ctx, user)
	_, err = s.store.UseLink(ctx, purpose, digest(secret), func(a *jiqiao.Account, byMail bool) (jiqiao.AccountChange, error) {
		act := jiqiao.Act{Name: "user.reset", Object: userRef(a.ID)}
		if purpose == jiqiao.LinkInvitation {
			if a.State != jiqiao.UserPending {
				return jiqiao.AccountChange{}, notInUse(a.State)
			}
			act.Name = "user.join"
			// A role that only the security administrator gives waits for that administrator.
			if !a.Role.Privileged() {
				a.State = jiqiao.UserActive
			}
		} else if a.State != jiqiao.UserActive {
			return jiqiao.AccountChange{}, notInUse(a.State)
		}
		s.setPassword(a, fresh, policy)
		a.EmailVerified = a.EmailVerified || byMail && a.Email != ""
		return jiqiao.AccountChange{Acts: []jiqiao.Act{act}, EndSessions: true, EndLinks: true}, a.Validate()
	})
	return err
}

// ResetPassword is an administrator's: a link to the account's address, or, without by mail, a one-time password, which is
// returned. Sessions end; a second factor stays.
func (s *Service) ResetPassword(ctx context.Context, v jiqiao.Viewer, id string, byMail bool) (password string, err error) {
	u, err := s.manageable(ctx, v, id)
	if err != nil {
		return "", err
	}
	if byMail && u.Email == "" {
		return "", invalid("by_mail", "这个账号没有填写邮箱，请改用一次性密码")
	}
	policy, _, err := s.Policy(ctx)
	if err != nil {
		return "", err
	}
	password = oneTimePassword()
	fresh, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	link, url := s.link(jiqiao.LinkReset, true)
	_, err = s.store.ChangeAccount(ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		if err := mayManage(v, a.User); err != nil {
			return jiqiao.AccountChange{}, err
		}
		change := jiqiao.AccountChange{
			EndSessions: true, EndLinks: true,
			Acts: []jiqiao.Act{{Name: "user.password_reset", Object: userRef(a.ID), After: map[string]bool{"by_mail": byMail}}},
		}
		if byMail {
			change.NewLink, change.Notices = link, []jiqiao.Notice{mail("account.reset", a.User, url)}
		} else {
			s.giveOneTime(a, fresh, policy)
		}
		return change, nil
	})
	if err != nil || byMail {
		return "", err
	}
	return password, nil
}

// Invite makes an account that waits for its person. A lead invites into the own organisation, in its role; who manages
// accounts invites anywhere.
func (s *Service) Invite(ctx context.Context, v jiqiao.Viewer, u jiqiao.User) (jiqiao.Invited, error) {
	u.Normalise()
	u.State, u.TOTP, u.EmailVerified, u.MustChangePassword = jiqiao.UserPending, false, false, false
	if err := s.place(ctx, v, &u); err != nil {
		return jiqiao.Invited{}, err
	}
	if err := u.Validate(); err != nil {
		return jiqiao.Invited{}, err
	}
	byMail := u.Email != "" && !s.noMail
	link, url := s.link(jiqiao.LinkInvitation, byMail)
	change := jiqiao.AccountChange{NewLink: link, Acts: []jiqiao.Act{{Name: "user.invite", After: granted(u)}}}
	if byMail {
		change.Notices = []jiqiao.Notice{mail("account.invited", u, url)}
	}
	a := jiqiao.Account{User: u}
	if err := s.store.CreateAccount(ctx, &a, change); err != nil {
		return jiqiao.Invited{}, loginField(err)
	}
	return jiqiao.Invited{User: a.User, Link: handed(byMail, url)}, nil
}

// InviteAgain sends a new link to somebody who has not come yet; the one before is worthless.
func (s *Service) InviteAgain(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Invited, error) {
	if _, err := s.manageable(ctx, v, id); err != nil {
		return jiqiao.Invited{}, err
	}
	var out jiqiao.Invited
	_, err := s.store.ChangeAccount(ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		if err := mayManage(v, a.User); err != nil {
			return jiqiao.AccountChange{}, err
		}
		if a.State != jiqiao.UserPending || a.Credentials.Password != "" {
			return jiqiao.AccountChange{}, jiqiao.Fail(jiqiao.CodeConflict, "这个账号已经启用或在审核，不需要再邀请", nil)
		}
		byMail := a.Email != "" && !s.noMail
		link, url := s.link(jiqiao.LinkInvitation, byMail)
		change := jiqiao.AccountChange{NewLink: link, Acts: []jiqiao.Act{{Name: "user.invite", Object: userRef(a.ID)}}}
		if byMail {
			change.Notices = []jiqiao.Notice{mail("account.invited", a.User, url)}
		}
		out = jiqiao.Invited{User: a.User, Link: handed(byMail, url)}
		return change, nil
	})
	return out, err
}

func handed(byMail bool, url string) string {
	if byMail {
		return ""
	}
	return url
}

// loginField says at which field a login is taken.
func loginField(err error) error {
	var told *jiqiao.Error
	if errors.As(err, &told) && told.Code == jiqiao.CodeConflict && len(told.Fields) == 0 {
		told.Fields = []jiqiao.FieldError{{Field: "login", Message: told.Message}}
	}
	return err
}

// granted is what an account may do, for the audit.
func granted(u jiqiao.User) map[string]any {
	return map[string]any{"role": u.Role, "organisation": u.OrganisationID, "lead": u.Lead, "region": u.Region, "state": u.State}
}
