package account

import (
	"context"

	"jiqiao"
)

// Who may change which account:
//
//   - The system administrator (account.manage) makes accounts, corrects them and resets passwords, except those of the
//     three administrators and the own one; never roles.
//   - The security administrator (security.manage) gives roles, locks and unlocks, ends sessions, of everybody else.
//   - A lead (member.manage) invites, corrects, locks and disables members of the own organisation, in its role.
//   - Operators and both administrators reach what lies in their region. Whatever one does not reach does not exist.
//   - Nobody changes the own role or state.

var (
	errGone = jiqiao.Fail(jiqiao.CodeNotFound, "这个账号不存在，请刷新后再试", nil)
	errSelf = jiqiao.Fail(jiqiao.CodeForbidden, "不能对自己的账号做这项操作，请由另一位管理员办理", nil)
)

// sees reports whether the viewer may know of the account.
func sees(v jiqiao.Viewer, u jiqiao.User) bool {
	switch {
	case v.User == u.ID:
		return v.User != ""
	case v.May(jiqiao.PermAccountRead):
		return v.Reaches(u.Region)
	default:
		return leads(v, u)
	}
}

func leads(v jiqiao.Viewer, u jiqiao.User) bool {
	return v.May(jiqiao.PermMemberManage) && v.Organisation != "" && v.Organisation == u.OrganisationID
}

// mayManage reports why the viewer may not correct the account, reset its password or end it; nil when that is allowed.
func mayManage(v jiqiao.Viewer, u jiqiao.User) error {
	switch {
	case !sees(v, u):
		return errGone
	case v.User == u.ID:
		return errSelf
	case v.May(jiqiao.PermAccountManage) && !u.Role.Administrator():
		return nil
	case leads(v, u) && !u.Role.Privileged():
		return nil
	}
	return jiqiao.Fail(jiqiao.CodeForbidden, "您不能管理这个账号；三员的账号请在服务器上用 jiqiao user 办理", nil)
}

// maySecure reports why the viewer may not lock or unlock the account; nil when that is allowed.
func maySecure(v jiqiao.Viewer, u jiqiao.User) error {
	if v.May(jiqiao.PermSecurityManage) && sees(v, u) {
		if v.User == u.ID {
			return errSelf
		}
		return nil
	}
	return mayManage(v, u)
}

// manageable is the account, when the viewer may manage it.
func (s *Service) manageable(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.User, error) {
	a, err := s.store.Account(ctx, id)
	if err != nil {
		return jiqiao.User{}, err
	}
	return a.User, mayManage(v, a.User)
}

// Users lists the accounts that the viewer may know of.
func (s *Service) Users(ctx context.Context, v jiqiao.Viewer, q jiqiao.UserQuery) (jiqiao.UserPage, error) {
	switch {
	case v.May(jiqiao.PermAccountRead):
		if q.Region != "" && !v.Reaches(q.Region) {
			return jiqiao.UserPage{Items: []jiqiao.User{}}, nil
		}
		if q.Region == "" {
			q.Region = v.Region
		}
	case v.May(jiqiao.PermMemberManage) && v.Organisation != "":
		if q.Organisation != "" && q.Organisation != v.Organisation {
			return jiqiao.UserPage{Items: []jiqiao.User{}}, nil
		}
		q.Organisation = v.Organisation
	default:
		return jiqiao.UserPage{}, jiqiao.Fail(jiqiao.CodeForbidden, "您的账号不能查看账号列表", nil)
	}
	return s.store.Users(ctx, q)
}

// User is one account that the viewer may know of.
func (s *Service) User(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.User, error) {
	a, err := s.store.Account(ctx, id)
	if err != nil {
		return jiqiao.User{}, err
	}
	if !sees(v, a.User) {
		return jiqiao.User{}, errGone
	}
	return a.User, nil
}

// place decides where a new account belongs and what it may do, by who makes it.
func (s *Service) place(ctx context.Context, v jiqiao.Viewer, u *jiqiao.User) error {
	switch {
	case v.May(jiqiao.PermAccountManage):
	case v.May(jiqiao.PermMemberManage) && v.Organisation != "":
		// Whatever was asked for: a lead brings people into the own organisation only, in its role.
		u.OrganisationID, u.Role = v.Organisation, v.Role
		if u.Role.Privileged() {
			return jiqiao.Fail(jiqiao.CodeForbidden, "主管部门的账号由系统管理员建立", nil)
		}
	default:
		return jiqiao.Fail(jiqiao.CodeForbidden, "您的账号不能邀请成员", nil)
	}
	return s.fits(ctx, v, u)
}

// fits checks that the role suits the organisation, fills in the region, and that the viewer reaches it.
func (s *Service) fits(ctx context.Context, v jiqiao.Viewer, u *jiqiao.User) error {
	var kind jiqiao.OrganisationKind
	if u.OrganisationID != "" {
		o, err := s.organisations.GetOrganisation(ctx, u.OrganisationID)
		if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
			return invalid("organisation_id", "没有这个单位，请刷新后重新选择")
		}
		if err != nil {
			return err
		}
		kind = o.Kind
		if !u.Role.Bounded() || u.Region == "" && o.Region != "" {
			u.Region = o.Region
		}
	}
	switch {
	case (u.Role == jiqiao.RoleEnterprise || u.Role == jiqiao.RoleUniversity) && u.OrganisationID == "":
		return invalid("organisation_id", "请选择所属单位")
	case u.Role.Valid() && !u.Role.Of(kind):
		return invalid("role", "这个角色与单位的类型不符，请核对")
	case u.Lead && u.OrganisationID == "":
		return invalid("lead", "没有所属单位，不能是单位管理员")
	case v.May(jiqiao.PermMemberManage) && !v.May(jiqiao.PermAccountManage) && !v.May(jiqiao.PermSecurityManage):
		return nil // in the own organisation
	case !v.Reaches(u.Region):
		return invalid("region", "不在您管辖的地区内")
	}
	return nil
}

// CreateUser makes an account with a one-time password, which is returned. One with a role that only the security
// administrator gives waits for that administrator.
func (s *Service) CreateUser(ctx context.Context, v jiqiao.Viewer, u jiqiao.User) (jiqiao.User, string, error) {
	u.Normalise()
	u.State, u.TOTP, u.EmailVerified = jiqiao.UserActive, false, false
	if u.Role.Privileged() {
		u.State = jiqiao.UserPending
	}
	if err := s.place(ctx, v, &u); err != nil {
		return jiqiao.User{}, "", err
	}
	return s.create(ctx, u)
}

func (s *Service) create(ctx context.Context, u jiqiao.User) (jiqiao.User, string, error) {
	if err := u.Validate(); err != nil {
		return jiqiao.User{}, "", err
	}
	policy, _, err := s.Policy(ctx)
	if err != nil {
		return jiqiao.User{}, "", err
	}
	password := oneTimePassword()
	fresh, err := s.hasher.hash(ctx, password)
	if err != nil {
		return jiqiao.User{}, "", err
	}
	a := jiqiao.Account{User: u}
	s.giveOneTime(&a, fresh, policy)
	change := jiqiao.AccountChange{Acts: []jiqiao.Act{{Name: "user.create", After: granted(u)}}}
	if err := s.store.CreateAccount(ctx, &a, change); err != nil {
		return jiqiao.User{}, "", loginField(err)
	}
	return a.User, password, nil
}

// EditUser corrects an account, when the version is still the present one.
func (s *Service) EditUser(ctx context.Context, v jiqiao.Viewer, id string, version int64, e jiqiao.UserEdit) (jiqiao.User, error) {
	return s.edit(ctx, id, version, e, func(u jiqiao.User) error { return mayManage(v, u) })
}

// EditSelf corrects the person's own account. A new e-mail address takes the password: links that reset it go there.
func (s *Service) EditSelf(ctx context.Context, session jiqiao.Session, version int64, e jiqiao.UserEdit) (jiqiao.User, error) {
	a, err := s.store.Account(ctx, session.UserID)
	if err != nil {
		return jiqiao.User{}, err
	}
	if e.Email != nil && *e.Email != a.Email {
		if _, _, err := s.proven(ctx, session.UserID, "password", e.Password); err != nil {
			return jiqiao.User{}, err
		}
	}
	return s.edit(ctx, session.UserID, version, e, func(u jiqiao.User) error {
		if e.Broker == nil || u.Broker == nil {
			return nil
		}
		// Level, certificate and capacity are others' to say.
		e.Broker.Level, e.Broker.Certificate, e.Broker.Capacity = u.Broker.Level, u.Broker.Certificate, u.Broker.Capacity
		return nil
	})
}

func (s *Service) edit(
	ctx context.Context, id string, version int64, e jiqiao.UserEdit, may func(jiqiao.User) error,
) (jiqiao.User, error) {
	a, err := s.store.ChangeAccount(ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		if err := may(a.User); err != nil {
			return jiqiao.AccountChange{}, err
		}
		if version != a.Version {
			return jiqiao.AccountChange{}, jiqiao.Fail(jiqiao.CodeConflict, "这个账号刚被别人修改，请刷新后再改", nil)
		}
		changed := apply(e, &a.User)
		a.Normalise()
		act := jiqiao.Act{Name: "user.edit", Object: userRef(a.ID), After: map[string]any{"fields": changed}}
		return jiqiao.AccountChange{Acts: []jiqiao.Act{act}}, a.Validate()
	})
	return a.User, err
}

// apply writes the edit into the account and names the fields that changed.
func apply(e jiqiao.UserEdit, u *jiqiao.User) []string {
	changed := []string{}
	for _, f := range []struct {
		name string
		from *string
		to   *string
	}{{"name", e.Name, &u.Name}, {"email", e.Email, &u.Email}, {"mobile", e.Mobile, &u.Mobile}, {"position", e.Position, &u.Position}} {
		if f.from == nil || *f.from == *f.to {
			continue
		}
		if *f.to = *f.from; f.name == "email" {
			u.EmailVerified = false
		}
		changed = append(changed, f.name)
	}
	if e.Broker != nil && u.Role == jiqiao.RoleBroker {
		u.Broker, changed = e.Broker, append(changed, "broker")
	}
	return changed
}

// SetState locks, unlocks, disables or enables an account.
func (s *Service) SetState(ctx context.Context, v jiqiao.Viewer, id string, act jiqiao.UserAct) (jiqiao.User, error) {
	a, err := s.store.ChangeAccount(ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		if err := maySecure(v, a.User); err != nil {
			return jiqiao.AccountChange{}, err
		}
		if a.Role.Privileged() && !v.May(jiqiao.PermSecurityManage) && (act == jiqiao.UserActEnable || act == jiqiao.UserActUnlock) {
			return jiqiao.AccountChange{}, jiqiao.Fail(jiqiao.CodeForbidden, "这个角色的账号由安全管理员启用", nil)
		}
		return move(a, act)
	})
	return a.User, err
}

// move takes the account from one state to another.
func move(a *jiqiao.Account, act jiqiao.UserAct) (jiqiao.AccountChange, error) {
	was := a.State
	to := map[jiqiao.UserAct]jiqiao.UserState{
		jiqiao.UserActLock: jiqiao.UserLocked, jiqiao.UserActUnlock: jiqiao.UserActive,
		jiqiao.UserActDisable: jiqiao.UserDisabled, jiqiao.UserActEnable: jiqiao.UserActive,
	}[act]
	waits := was == jiqiao.UserPending && (a.OrganisationID == "" && !a.Role.Privileged() && a.Role != jiqiao.RoleBroker || a.Credentials.Password == "")
	switch {
	case to == "":
		return jiqiao.AccountChange{}, invalid("action", "应为 lock（锁定）、unlock（解锁）、disable（停用）或 enable（启用）")
	case act == jiqiao.UserActLock && was != jiqiao.UserActive, act == jiqiao.UserActUnlock && was != jiqiao.UserLocked && was != jiqiao.UserActive:
		return jiqiao.AccountChange{}, jiqiao.Fail(jiqiao.CodeConflict, "账号现在的状态是「"+was.Label()+"」，不能这样操作", nil)
	case act == jiqiao.UserActEnable && waits:
		return jiqiao.AccountChange{}, jiqiao.Fail(jiqiao.CodeConflict, "这个账号还没有设置密码或单位尚未审核，不能启用", nil)
	}
	a.State = to
	if to == jiqiao.UserActive {
		a.LockedUntil, a.Credentials.Failures = nil, 0
	}
	change := jiqiao.AccountChange{
		Acts:        []jiqiao.Act{{Name: "user." + string(act), Object: userRef(a.ID), Before: map[string]any{"state": was}, After: map[string]any{"state": to}}},
		EndSessions: to != jiqiao.UserActive, EndLinks: to != jiqiao.UserActive,
	}
	return change, a.Validate()
}

// SetGrant gives an account another role, organisation, lead or region. It is the security administrator's; the account's
// sessions end, so that nothing goes on with the old rights.
func (s *Service) SetGrant(ctx context.Context, v jiqiao.Viewer, id string, g jiqiao.UserGrant) (jiqiao.User, error) {
	if !v.May(jiqiao.PermSecurityManage) {
		return jiqiao.User{}, jiqiao.Fail(jiqiao.CodeForbidden, "角色由安全管理员授予", nil)
	}
	now, err := s.User(ctx, v, id)
	if err != nil {
		return jiqiao.User{}, err
	}
	wanted := now
	wanted.Role, wanted.OrganisationID, wanted.Lead, wanted.Region = g.Role, g.OrganisationID, g.Lead, g.Region
	if err := s.fits(ctx, v, &wanted); err != nil {
		return jiqiao.User{}, err
	}
	a, err := s.store.ChangeAccount(ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		if err := maySecure(v, a.User); err != nil {
			return jiqiao.AccountChange{}, err
		}
		before := granted(a.User)
		a.Role, a.OrganisationID, a.Lead, a.Region = wanted.Role, wanted.OrganisationID, wanted.Lead, wanted.Region
		a.Normalise()
		return jiqiao.AccountChange{
			EndSessions: true,
			Acts:        []jiqiao.Act{{Name: "user.grant", Object: userRef(a.ID), Before: before, After: granted(a.User)}},
		}, a.Validate()
	})
	return a.User, err
}

// SetLead makes a member of the lead's own organisation lead it, too, or no longer.
func (s *Service) SetLead(ctx context.Context, v jiqiao.Viewer, id string, lead bool) (jiqiao.User, error) {
	a, err := s.store.ChangeAccount(ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		if !leads(v, a.User) {
			return jiqiao.AccountChange{}, errGone
		}
		if err := mayManage(v, a.User); err != nil {
			return jiqiao.AccountChange{}, err
		}
		before := granted(a.User)
		a.Lead = lead
		return jiqiao.AccountChange{
			EndSessions: true,
			Acts:        []jiqiao.Act{{Name: "user.grant", Object: userRef(a.ID), Before: before, After: granted(a.User)}},
		}, a.Validate()
	})
	return a.User, err
}

// EndUserSessions signs somebody else out everywhere.
func (s *Service) EndUserSessions(ctx context.Context, v jiqiao.Viewer, id string) error {
	_, err := s.store.ChangeAccount(ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		if err := maySecure(v, a.User); err != nil {
			return jiqiao.AccountChange{}, err
		}
		return jiqiao.AccountChange{EndSessions: true, Acts: []jiqiao.Act{{Name: "user.logout_all", Object: userRef(a.ID)}}}, nil
	})
	return err
}

// ClearSecondFactor takes a lost second factor from an account. It is the security administrator's.
func (s *Service) ClearSecondFactor(ctx context.Context, v jiqiao.Viewer, id string) error {
	_, err := s.store.ChangeAccount(ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		if !v.May(jiqiao.PermSecurityManage) {
			return jiqiao.AccountChange{}, jiqiao.Fail(jiqiao.CodeForbidden, "两步验证由安全管理员清除", nil)
		}
		if err := maySecure(v, a.User); err != nil {
			return jiqiao.AccountChange{}, err
		}
		noSecondFactor(a)
		return jiqiao.AccountChange{EndSessions: true, Acts: []jiqiao.Act{{Name: "user.totp_clear", Object: userRef(a.ID)}}}, nil
	})
	return err
}
