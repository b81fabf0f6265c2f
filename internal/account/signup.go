package account

import (
	"context"
	"strings"

	"jiqiao"
)

// SignUps keeps sign-ups of organisations.
type SignUps interface {
	CreateSignUp(ctx context.Context, up *jiqiao.SignUp, a *jiqiao.Account, change jiqiao.AccountChange) error
	DecideSignUp(ctx context.Context, id string, version int64, approve bool, reason string,
		change func(up jiqiao.SignUp, a *jiqiao.Account) (jiqiao.AccountChange, error)) (jiqiao.SignUp, error)
	SignUp(ctx context.Context, id string) (jiqiao.SignUp, error)
	SignUps(ctx context.Context, q jiqiao.SignUpQuery) (jiqiao.SignUpPage, error)
	// MembersOf says the name of the organisation with the credit code and how many active members it has.
	MembersOf(ctx context.Context, creditCode string) (name string, members int, err error)
}

// SignUp asks for an account and its organisation. Where the organisation has members already, join must say that this is
// meant: else CodeConflict names it. Nobody is let in before an operator of the region approves.
func (s *Service) SignUp(ctx context.Context, up jiqiao.SignUp, password string, join bool) (jiqiao.SignUp, error) {
	up.Organisation.Normalise()
	up.User = jiqiao.User{
		Login: up.User.Login, Name: up.User.Name, Email: up.User.Email, Mobile: up.User.Mobile, Position: up.User.Position,
		Role: jiqiao.RoleOf(up.Organisation.Kind), State: jiqiao.UserPending, Region: up.Organisation.Region,
	}
	up.User.Normalise()
	if up.User.Role == "" {
		up.User.Role = jiqiao.RoleEnterprise // the kind is wrong, which Validate says; the role is not what is missing
	}
	if err := up.Validate(); err != nil {
		return jiqiao.SignUp{}, err
	}
	policy, _, err := s.Policy(ctx)
	if err != nil {
		return jiqiao.SignUp{}, err
	}
	a := jiqiao.Account{User: up.User}
	fresh, err := s.newPassword(ctx, a, policy, "password", password)
	if err != nil {
		return jiqiao.SignUp{}, err
	}
	name, members, err := s.signUps.MembersOf(ctx, up.Organisation.CreditCode)
	if err != nil {
		return jiqiao.SignUp{}, err
	}
	if members > 0 && !join {
		message := "“" + name + "”已在本平台注册。如果您是该单位的人员，请选择加入，或请单位管理员邀请您"
		conflict := jiqiao.Fail(jiqiao.CodeConflict, message, nil)
		conflict.Fields = []jiqiao.FieldError{{Field: "organisation.credit_code", Message: message}}
		return jiqiao.SignUp{}, conflict
	}
	s.setPassword(&a, fresh, policy)
	if err := s.signUps.CreateSignUp(ctx, &up, &a, jiqiao.AccountChange{}); err != nil {
		return jiqiao.SignUp{}, loginField(err)
	}
	return up, nil
}

// SignUps lists the sign-ups of the viewer's region.
func (s *Service) SignUps(ctx context.Context, v jiqiao.Viewer, q jiqiao.SignUpQuery) (jiqiao.SignUpPage, error) {
	switch {
	case v.Region == "" || q.Region != "" && jiqiao.RegionMatches(v.Region, q.Region):
	case q.Region == "" || jiqiao.RegionMatches(q.Region, v.Region):
		q.Region = v.Region
	default:
		return jiqiao.SignUpPage{Items: []jiqiao.SignUp{}}, nil
	}
	return s.signUps.SignUps(ctx, q)
}

// SignUpByID is one sign-up of the viewer's region.
func (s *Service) SignUpByID(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.SignUp, error) {
	up, err := s.signUps.SignUp(ctx, id)
	if err != nil {
		return jiqiao.SignUp{}, err
	}
	if !v.Reaches(up.Region) {
		return jiqiao.SignUp{}, jiqiao.Fail(jiqiao.CodeNotFound, "这项注册申请不存在，请刷新后再试", nil)
	}
	return up, nil
}

// DecideSignUp approves a sign-up of the viewer's region, or refuses it with a reason that the person is told.
func (s *Service) DecideSignUp(
	ctx context.Context, v jiqiao.Viewer, id string, version int64, approve bool, reason string,
) (jiqiao.SignUp, error) {
	if _, err := s.SignUpByID(ctx, v, id); err != nil {
		return jiqiao.SignUp{}, err
	}
	if reason = strings.TrimSpace(reason); !approve && reason == "" {
		return jiqiao.SignUp{}, invalid("reason", "请写明未通过的原因，申请人会看到")
	}
	if len([]rune(reason)) > jiqiao.MaxNote {
		return jiqiao.SignUp{}, invalid("reason", "原因最多 "+number(jiqiao.MaxNote)+" 个字")
	}
	return s.signUps.DecideSignUp(ctx, id, version, approve, reason, func(up jiqiao.SignUp, a *jiqiao.Account) (jiqiao.AccountChange, error) {
		notice := jiqiao.Notice{Template: "account.approved", Object: userRef(a.ID), Urgent: true,
			Data: map[string]string{"name": a.Name, "organisation": up.Organisation.Name, "link": s.url + "/login"}}
		if a.State = jiqiao.UserActive; !approve {
			// The login is free again: who was refused may ask anew.
			a.State = jiqiao.UserDisabled
			freed := []rune(up.ID + "/" + a.Login)
			a.Login = string(freed[:min(len(freed), jiqiao.MaxLogin)])
			notice.Template, notice.Data["reason"] = "account.refused", reason
		}
		return jiqiao.AccountChange{Notices: []jiqiao.Notice{notice}}, a.Validate()
	})
}
