package store

import (
	"context"
	"strings"

	"jiqiao"
)

// Recipients returns, in the order of their ids and after the one given, up to limit of the accounts that a notice to
// users, organisations and roles reaches: those that can sign in. With anyState those that cannot yet, too. The
// administrators of the platform belong to an organisation but not to its business: a notice to it is not for them.
func (s *Store) Recipients(ctx context.Context, n jiqiao.Notice, anyState bool, after string, limit int) ([]jiqiao.Recipient, error) {
	var (
		alternatives []string
		args         []any
		found        []jiqiao.Recipient
	)
	add := func(column string, values []any) {
		if len(values) > 0 {
			values = padded(values)
			alternatives, args = append(alternatives, column+` IN (`+marks(len(values))+`)`), append(args, values...)
		}
	}
	add("id", texts(n.Users))
	if members := texts(n.Organisations); len(members) > 0 {
		add("organisation_id", members)
		alternatives[len(alternatives)-1] += ` AND role NOT IN (` + marks(len(administrators)) + `)`
		args = append(args, administrators...)
	}
	if roles := texts(n.Roles); len(roles) > 0 {
		add("role", roles)
		if within := regionsOf(n); within != nil {
			within = padded(within)
			alternatives[len(alternatives)-1] += ` AND region IN (` + marks(len(within)) + `)`
			args = append(args, within...)
		}
	}
	if len(alternatives) == 0 {
		return nil, nil
	}
	where := `(` + strings.Join(alternatives, " OR ") + `) AND id > ?`
	if !anyState {
		where += ` AND state = 'active'`
	}
	err := s.reader().recipients(ctx, where+` ORDER BY id LIMIT ?`, append(args, clean(after), limit), func(r jiqiao.Recipient) {
		found = append(found, r)
	})
	return found, wrap("find the recipients of a notice", err)
}

// regionsOf are the regions of the accounts that a notice to a role is for, "" of those that none binds; nil for all.
func regionsOf(n jiqiao.Notice) []any {
	if len(n.Regions) == 0 {
		return nil
	}
	within := []any{""}
	for _, r := range n.Regions {
		for _, around := range jiqiao.RegionsAround(clean(r)) {
			within = append(within, around)
		}
	}
	return within
}

var administrators = []any{string(jiqiao.RoleSystemAdmin), string(jiqiao.RoleSecurityAdmin), string(jiqiao.RoleAuditor)}

// Recipient is one account as somebody to tell, whatever its state; CodeNotFound when there is none.
func (s *Store) Recipient(ctx context.Context, user string) (jiqiao.Recipient, error) {
	found, err := s.Recipients(ctx, jiqiao.Notice{Users: []string{user}}, true, "", 1)
	if err != nil {
		return jiqiao.Recipient{}, err
	}
	if len(found) == 0 {
		return jiqiao.Recipient{}, notFound("这个账号")
	}
	return found[0], nil
}

// texts are the distinct non-empty strings of a list as arguments.
func texts[T ~string](list []T) []any {
	var args []any
	seen := map[string]bool{}
	for _, v := range list {
		if c := clean(string(v)); c != "" && !seen[c] {
			seen[c] = true
			args = append(args, c)
		}
	}
	return args
}

func (s session) recipients(ctx context.Context, where string, args []any, fn func(jiqiao.Recipient)) error {
	query := `SELECT id, role, organisation_id, lead, region, state, email, email_verified FROM users WHERE ` + where
	return s.each(ctx, query, args, func(scan func(...any) error) error {
		var (
			r              jiqiao.Recipient
			lead, verified int64
			state          jiqiao.UserState
		)
		if err := scan(&r.User, &r.Role, &r.Organisation, &lead, &r.Region, &state, &r.Email, &verified); err != nil {
			return err
		}
		r.Name, r.Lead, r.Active, r.Verified = r.User, lead != 0, state == jiqiao.UserActive, verified != 0
		fn(r)
		return nil
	})
}
