package store

import (
	"context"
	"encoding/json"
	"fmt"

	"jiqiao"
)

const (
	signUpPrefix = "y_"
	signUpLabel  = "这项注册申请"
)

// CreateSignUp keeps a sign-up with the account that waits for it, and fills in ids and times. An organisation with the
// credit code that is there already becomes the one to join.
func (s *Store) CreateSignUp(ctx context.Context, up *jiqiao.SignUp, a *jiqiao.Account, change jiqiao.AccountChange) error {
	return s.tx(ctx, "create a sign-up", func(t *tx) error {
		if code := creditKey(up.Organisation.CreditCode); code != "" {
			there, err := t.oneOrganisation(ctx, `credit_code = ? AND deleted_at IS NULL`, code)
			if err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
				return err
			}
			up.OrganisationID, up.Joins = there.ID, there.ID != ""
		}
		if err := t.createAccount(ctx, a, change); err != nil {
			return err
		}
		body, err := encodeOrganisation(up.Organisation)
		if err != nil {
			return err
		}
		up.ID, up.Version, up.State, up.User, up.CreatedAt = t.ids.next(signUpPrefix), 1, jiqiao.SignUpPending, a.User, t.now
		up.Region = up.Organisation.Region
		_, err = t.exec(ctx, `
			INSERT INTO signups (id, version, state, region, user_id, organisation_id, body, reason, decided_by, created_at)
			VALUES (?, 1, ?, ?, ?, ?, ?, '', '', ?)`,
			up.ID, string(up.State), clean(up.Region), a.ID, up.OrganisationID, body, micros(t.now))
		if err != nil {
			return err
		}
		t.audit(jiqiao.Act{Name: "signup.create", Object: signUpRef(up.ID), After: map[string]any{"user": a.ID, "kind": up.Organisation.Kind, "joins": up.OrganisationID}})
		t.tell(jiqiao.Event{Topic: "signup", Object: signUpRef(up.ID), Roles: []jiqiao.Role{jiqiao.RoleOperator}})
		return t.notify(ctx, signUpNotice(up))
	})
}

func signUpRef(id string) jiqiao.Ref { return jiqiao.Ref{Type: "signup", ID: id} }

// signUpNotice tells the operators who may decide: those of the organisation's region.
func signUpNotice(up *jiqiao.SignUp) jiqiao.Notice {
	n := jiqiao.Notice{
		Template: "review.signup", Roles: []jiqiao.Role{jiqiao.RoleOperator}, Regions: []string{up.Region}, Object: signUpRef(up.ID),
		Data: map[string]string{"organisation": up.Organisation.Name}, Key: "review.signup:" + up.ID,
	}
	if up.Joins {
		n.Data["joins"] = "是"
	}
	return n
}

// DecideSignUp approves or refuses a sign-up that is pending and of that version; CodeConflict when somebody else was
// first. Approval makes the organisation unless there is one with the credit code, and lets the person in: change sets up
// the account, whose organisation is already that one. Its first member leads it.
func (s *Store) DecideSignUp(
	ctx context.Context, id string, version int64, approve bool, reason string,
	change func(up jiqiao.SignUp, a *jiqiao.Account) (jiqiao.AccountChange, error),
) (jiqiao.SignUp, error) {
	err := s.logged(ctx, "decide on a sign-up", func(t *logTx) error {
		up, err := t.takeSignUp(ctx, id, version, approve, reason)
		if err != nil {
			return err
		}
		if approve {
			if err := t.admitOrganisation(ctx, &up); err != nil {
				return err
			}
		}
		_, err = t.changeAccount(ctx, up.User.ID, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
			if approve {
				a.OrganisationID, a.Region, a.Lead = up.OrganisationID, up.Region, up.Members == 0
			}
			return change(up, a)
		})
		if err != nil {
			return err
		}
		t.audit(jiqiao.Act{
			Name: "signup." + map[bool]string{true: "approve", false: "refuse"}[approve], Object: signUpRef(id),
			After: map[string]any{"user": up.User.ID, "organisation": up.OrganisationID, "joins": up.Joins},
		})
		t.tell(jiqiao.Event{Topic: "signup", Object: signUpRef(id), Roles: []jiqiao.Role{jiqiao.RoleOperator}})
		return nil
	})
	if err != nil {
		return jiqiao.SignUp{}, err
	}
	return s.SignUp(ctx, id)
}

// takeSignUp marks a pending sign-up as decided and returns it.
func (t *logTx) takeSignUp(ctx context.Context, id string, version int64, approve bool, reason string) (jiqiao.SignUp, error) {
	state := jiqiao.SignUpRefused
	if approve {
		state = jiqiao.SignUpApproved
	}
	n, err := t.exec(ctx, `
		UPDATE signups SET version = version + 1, state = ?, reason = ?, decided_by = ?, decided_at = ? WHERE id = ? AND version = ? AND state = ?`,
		string(state), clean(reason), clean(jiqiao.OriginOf(ctx).User), micros(t.now), clean(id), version, string(jiqiao.SignUpPending))
	if err != nil {
		return jiqiao.SignUp{}, err
	}
	ups, err := t.signUps(ctx, `s.id = ?`, clean(id))
	switch {
	case err != nil:
		return jiqiao.SignUp{}, err
	case len(ups) == 0:
		return jiqiao.SignUp{}, notFound(signUpLabel)
	case n == 0:
		return jiqiao.SignUp{}, jiqiao.Fail(jiqiao.CodeConflict, "这项注册申请已经处理过，请刷新后查看", nil)
	}
	return ups[0], nil
}

// admitOrganisation finds the organisation of the sign-up, or makes it.
func (t *logTx) admitOrganisation(ctx context.Context, up *jiqiao.SignUp) error {
	there, err := t.oneOrganisation(ctx, `credit_code = ? AND deleted_at IS NULL`, creditKey(up.Organisation.CreditCode))
	switch {
	case err == nil:
		// It may have come since, or been renamed: what is there stands. A role is by kind, so kinds must agree.
		if jiqiao.RoleOf(there.Kind) != up.User.Role {
			return jiqiao.Fail(jiqiao.CodeConflict, "库中这家单位的类型与申请的不同，请先核对单位类型", nil)
		}
		up.OrganisationID, up.Region, up.Joins = there.ID, there.Region, true
		err = t.row(ctx, `SELECT count(*) FROM users WHERE organisation_id = ? AND state = ?`, []any{there.ID, string(jiqiao.UserActive)}, &up.Members)
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
		o := up.Organisation
		if err = t.createOrganisation(ctx, &o); err == nil {
			up.OrganisationID, up.Region = o.ID, o.Region
		}
	}
	if err == nil {
		_, err = t.exec(ctx, `UPDATE signups SET organisation_id = ? WHERE id = ?`, up.OrganisationID, up.ID)
	}
	return err
}

// SignUp returns one sign-up.
func (s *Store) SignUp(ctx context.Context, id string) (jiqiao.SignUp, error) {
	ups, err := s.reader().signUps(ctx, `s.id = ?`, clean(id))
	if err != nil {
		return jiqiao.SignUp{}, wrap("read a sign-up", err)
	}
	if len(ups) == 0 {
		return jiqiao.SignUp{}, notFound(signUpLabel)
	}
	return ups[0], nil
}

// SignUps returns a page of sign-ups, the newest first unless the query says otherwise.
func (s *Store) SignUps(ctx context.Context, q jiqiao.SignUpQuery) (jiqiao.SignUpPage, error) {
	if err := goodCursor(q.Cursor, signUpPrefix); err != nil {
		return jiqiao.SignUpPage{}, err
	}
	q.Limit = pageSize(q.Limit)
	where, args := `1 = 1`, []any(nil)
	if q.State != "" {
		where, args = where+` AND s.state = ?`, append(args, clean(string(q.State)))
	}
	if q.Region != "" {
		where, args = where+` AND s.region LIKE ?`, append(args, escapeLike(jiqiao.RegionPrefix(clean(q.Region)))+"%")
	}
	page := jiqiao.SignUpPage{Items: []jiqiao.SignUp{}}
	if err := s.reader().row(ctx, `SELECT count(*) FROM signups s WHERE `+where, args, &page.Total); err != nil {
		return jiqiao.SignUpPage{}, wrap("count sign-ups", err)
	}
	after, order := ` AND s.id < ?`, ` ORDER BY s.id DESC LIMIT ?`
	if q.Oldest {
		after, order = ` AND s.id > ?`, ` ORDER BY s.id LIMIT ?`
	}
	if q.Cursor != "" {
		where, args = where+after, append(args, q.Cursor)
	}
	found, err := s.reader().signUps(ctx, where+order, append(args, q.Limit+1)...)
	if err != nil {
		return jiqiao.SignUpPage{}, wrap("list sign-ups", err)
	}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		page.Next = found[q.Limit-1].ID
	}
	page.Items = append(page.Items, found...)
	return page, nil
}

func (s session) signUps(ctx context.Context, where string, args ...any) ([]jiqiao.SignUp, error) {
	var found []jiqiao.SignUp
	query := `SELECT s.id, s.version, s.state, s.region, s.organisation_id, s.body, s.reason, s.decided_by, s.decided_at, s.created_at,
		(SELECT count(*) FROM users m WHERE m.organisation_id = s.organisation_id AND m.state = 'active' AND s.organisation_id <> ''), ` +
		qualified("u", userColumns) + ` FROM signups s JOIN users u ON u.id = s.user_id WHERE ` + where
	err := s.each(ctx, query, args, func(scan func(...any) error) error {
		var (
			up      jiqiao.SignUp
			body    []byte
			decided *int64
			created int64
		)
		row := userRow{u: &up.User}
		dest := append([]any{&up.ID, &up.Version, &up.State, &up.Region, &up.OrganisationID, &body, &up.Reason, &up.DecidedBy, &decided, &created, &up.Members}, row.dest()...)
		if err := scan(dest...); err != nil {
			return err
		}
		if err := json.Unmarshal(body, &up.Organisation); err != nil {
			return fmt.Errorf("decode %s: %w", up.ID, err)
		}
		up.DecidedAt, up.CreatedAt, up.Joins = fromMicrosOrNil(decided), fromMicros(created), up.OrganisationID != ""
		err := row.done()
		found = append(found, up)
		return err
	})
	return found, err
}

// MembersOf counts the active members of the organisation with the credit code, and says its name; "" when there is none.
func (s *Store) MembersOf(ctx context.Context, creditCode string) (name string, members int, err error) {
	code := creditKey(creditCode)
	if code == "" {
		return "", 0, nil
	}
	o, err := s.reader().oneOrganisation(ctx, `credit_code = ? AND deleted_at IS NULL`, code)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return "", 0, nil
	}
	if err == nil {
		err = s.reader().row(ctx, `SELECT count(*) FROM users WHERE organisation_id = ? AND state = ?`, []any{o.ID, string(jiqiao.UserActive)}, &members)
	}
	return o.Name, members, wrap("count members", err)
}
