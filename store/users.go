package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"jiqiao"
)

const (
	userPrefix = "u_"
	userLabel  = "这个账号"
)

const loginTaken = "这个登录名已被使用，请换一个；如果是您本人，请直接登录或找回密码"

// CreateAccount adds an account and fills ID, Version and times. A login that another account has is CodeConflict.
func (s *Store) CreateAccount(ctx context.Context, a *jiqiao.Account, change jiqiao.AccountChange) error {
	before := a.User
	err := s.tx(ctx, "create an account", func(t *tx) error { return t.createAccount(ctx, a, change) })
	if err != nil {
		a.User = before
	}
	return err
}

func (t *tx) createAccount(ctx context.Context, a *jiqiao.Account, change jiqiao.AccountChange) error {
	a.ID, a.Version, a.CreatedAt, a.UpdatedAt = t.ids.next(userPrefix), 1, t.now, t.now
	if err := t.insertUser(ctx, a.User); err != nil {
		return err
	}
	if err := t.putCredentials(ctx, *a); err != nil {
		return err
	}
	for i := range change.Acts {
		change.Acts[i].Object = userRef(a.ID)
	}
	return t.applyChange(ctx, a, change)
}

func userRef(id string) jiqiao.Ref { return jiqiao.Ref{Type: "user", ID: id} }

const userColumns = `id, version, login, name, email, email_verified, mobile, position, organisation_id, role, lead, region,
	state, must_change, totp, broker, locked_until, last_login_at, password_changed_at, created_at, updated_at`

func (t *tx) insertUser(ctx context.Context, u jiqiao.User) error {
	broker, err := brokerText(u.Broker)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, `
		INSERT INTO users (`+userColumns+`, login_key, name_key, email_key) VALUES (`+marks(24)+`) ON CONFLICT (login_key) DO NOTHING`,
		u.ID, u.Version, clean(u.Login), clean(u.Name), clean(u.Email), bit(u.EmailVerified), clean(u.Mobile), clean(u.Position),
		clean(u.OrganisationID), string(u.Role), bit(u.Lead), clean(u.Region), string(u.State), bit(u.MustChangePassword), bit(u.TOTP),
		broker, microsOrNil(u.LockedUntil), microsOrNil(u.LastLoginAt), microsOrNil(u.PasswordChangedAt), micros(u.CreatedAt),
		micros(u.UpdatedAt), fold(u.Login), fold(u.Name), fold(u.Email))
	if err == nil && n == 0 {
		return jiqiao.Fail(jiqiao.CodeConflict, loginTaken, nil)
	}
	return err
}

func brokerText(b *jiqiao.BrokerProfile) (string, error) {
	if b == nil {
		return "", nil
	}
	return encodeJSON(b)
}

func (t *tx) updateUser(ctx context.Context, u jiqiao.User) error {
	broker, err := brokerText(u.Broker)
	if err != nil {
		return err
	}
	var taken bool
	err = t.row(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE login_key = ? AND id <> ?)`, []any{fold(u.Login), u.ID}, &taken)
	if err != nil {
		return err
	}
	if taken {
		return jiqiao.Fail(jiqiao.CodeConflict, loginTaken, nil)
	}
	_, err = t.exec(ctx, `
		UPDATE users SET login = ?, login_key = ?, name = ?, name_key = ?, email = ?, email_key = ?, email_verified = ?, mobile = ?,
			position = ?, organisation_id = ?, role = ?, lead = ?, region = ?, state = ?, must_change = ?, totp = ?, broker = ?,
			locked_until = ?, last_login_at = ?, password_changed_at = ?, updated_at = ? WHERE id = ?`,
		clean(u.Login), fold(u.Login), clean(u.Name), fold(u.Name), clean(u.Email), fold(u.Email), bit(u.EmailVerified), clean(u.Mobile),
		clean(u.Position), clean(u.OrganisationID), string(u.Role), bit(u.Lead), clean(u.Region), string(u.State), bit(u.MustChangePassword),
		bit(u.TOTP), broker, microsOrNil(u.LockedUntil), microsOrNil(u.LastLoginAt), microsOrNil(u.PasswordChangedAt), micros(u.UpdatedAt), u.ID)
	return err
}

func (t *tx) putCredentials(ctx context.Context, a jiqiao.Account) error {
	c := a.Credentials
	history, err := encodeJSON(c.History)
	if err != nil {
		return err
	}
	recovery, err := encodeJSON(c.Recovery)
	if err != nil {
		return err
	}
	if c.Subject != "" {
		var taken bool
		err := t.row(ctx, `SELECT EXISTS (SELECT 1 FROM credentials WHERE subject = ? AND user_id <> ?)`, []any{clean(c.Subject), a.ID}, &taken)
		if err != nil {
			return err
		}
		if taken {
			return jiqiao.Fail(jiqiao.CodeConflict, "这个统一身份已绑定到另一个账号，请联系管理员", nil)
		}
	}
	_, err = t.exec(ctx, `
		INSERT INTO credentials (user_id, password, history, failures, totp_secret, totp_pending, totp_step, recovery, subject)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET password = excluded.password, history = excluded.history,
			failures = excluded.failures, totp_secret = excluded.totp_secret, totp_pending = excluded.totp_pending,
			totp_step = excluded.totp_step, recovery = excluded.recovery, subject = excluded.subject`,
		a.ID, c.Password, history, c.Failures, c.TOTPSecret, c.TOTPPending, c.TOTPStep, recovery, clean(c.Subject))
	return err
}

// ChangeAccount lets change work on the account as it stands and keeps what it did, together with what it returns. Two who
// change one account wait for each other; an error of change undoes everything. An administrator who is the last active
// one of the role stays: CodeConflict.
func (s *Store) ChangeAccount(
	ctx context.Context, id string, change func(*jiqiao.Account) (jiqiao.AccountChange, error),
) (jiqiao.Account, error) {
	var a jiqiao.Account
	err := s.tx(ctx, "change an account", func(t *tx) (err error) {
		a, err = t.changeAccount(ctx, id, change)
		return err
	})
	if err != nil {
		return jiqiao.Account{}, err
	}
	return a, nil
}

func (t *tx) changeAccount(
	ctx context.Context, id string, change func(*jiqiao.Account) (jiqiao.AccountChange, error),
) (jiqiao.Account, error) {
	if !hasShape(id, userPrefix) {
		return jiqiao.Account{}, notFound(userLabel)
	}
	// The write comes first: it is what two who change the account at once queue for.
	if _, err := t.exec(ctx, `UPDATE users SET version = version + 1 WHERE id = ?`, id); err != nil {
		return jiqiao.Account{}, err
	}
	a, err := t.account(ctx, `u.id = ?`, id)
	if err != nil {
		return jiqiao.Account{}, err
	}
	a.Version-- // change sees the version that was asked for
	before := a.User
	what, err := change(&a)
	if err != nil {
		return jiqiao.Account{}, err
	}
	a.Version, a.UpdatedAt = before.Version+1, t.now
	if err := t.staysAdministered(ctx, before, a.User); err != nil {
		return jiqiao.Account{}, err
	}
	if err := t.updateUser(ctx, a.User); err != nil {
		return jiqiao.Account{}, err
	}
	if err := t.putCredentials(ctx, a); err != nil {
		return jiqiao.Account{}, err
	}
	return a, t.applyChange(ctx, &a, what)
}

// staysAdministered keeps the last active administrator of a kind in place.
func (t *tx) staysAdministered(ctx context.Context, before, after jiqiao.User) error {
	was := before.Role.Administrator() && before.State == jiqiao.UserActive
	if !was || after.Role == before.Role && after.State == jiqiao.UserActive {
		return nil
	}
	// Two administrators who disable each other meet here; whoever comes second counts what the first left.
	if _, _, err := t.lockAudit(ctx); err != nil {
		return err
	}
	var others int
	err := t.row(ctx, `SELECT count(*) FROM users WHERE role = ? AND state = ? AND id <> ?`,
		[]any{string(before.Role), string(jiqiao.UserActive), before.ID}, &others)
	if err != nil {
		return err
	}
	if others == 0 {
		return jiqiao.Fail(jiqiao.CodeConflict, "这是最后一位可用的"+jiqiao.CodeLabel("role", string(before.Role))+"，请先启用另一位", nil)
	}
	return nil
}

// applyChange does what comes with a change of an account.
func (t *tx) applyChange(ctx context.Context, a *jiqiao.Account, c jiqiao.AccountChange) error {
	if c.EndSessions {
		if _, err := t.exec(ctx, `UPDATE sessions SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL`, micros(t.now), a.ID); err != nil {
			return err
		}
	}
	if c.Replaces != "" {
		_, err := t.exec(ctx, `UPDATE sessions SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL`, micros(t.now), clean(c.Replaces))
		if err != nil {
			return err
		}
	}
	if c.Open != nil {
		if err := t.openSession(ctx, a.ID, c.Open, c.Limit); err != nil {
			return err
		}
	}
	if c.EndLinks {
		_, err := t.exec(ctx, `UPDATE links SET revoked_at = ? WHERE user_id = ? AND used_at IS NULL AND revoked_at IS NULL`, micros(t.now), a.ID)
		if err != nil {
			return err
		}
	}
	if c.NewLink != nil {
		if err := t.addLink(ctx, a.ID, *c.NewLink); err != nil {
			return err
		}
	}
	for _, act := range c.Acts {
		t.audit(act)
	}
	for _, n := range c.Notices {
		if len(n.Users) == 0 && len(n.Organisations) == 0 && len(n.Roles) == 0 {
			n.Users = []string{a.ID}
		}
		if err := t.notify(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// Account returns the account with its credentials; CodeNotFound when there is none.
func (s *Store) Account(ctx context.Context, id string) (jiqiao.Account, error) {
	if !hasShape(id, userPrefix) {
		return jiqiao.Account{}, notFound(userLabel)
	}
	return s.oneAccount(ctx, `u.id = ?`, id)
}

// AccountByLogin finds the account that signs in with the login.
func (s *Store) AccountByLogin(ctx context.Context, login string) (jiqiao.Account, error) {
	return s.oneAccount(ctx, `u.login_key = ?`, fold(login))
}

// AccountBySubject finds the account linked to a subject of an OpenID provider.
func (s *Store) AccountBySubject(ctx context.Context, subject string) (jiqiao.Account, error) {
	if subject = clean(subject); subject == "" { // which all who have none share
		return jiqiao.Account{}, notFound(userLabel)
	}
	return s.oneAccount(ctx, `c.subject = ?`, subject)
}

// AccountByEmail finds the one account whose address it is and was verified; CodeNotFound when there is none or more
// than one.
func (s *Store) AccountByEmail(ctx context.Context, email string) (jiqiao.Account, error) {
	key := fold(email)
	if key == "" {
		return jiqiao.Account{}, notFound(userLabel)
	}
	var n int
	if err := s.reader().row(ctx, `SELECT count(*) FROM users WHERE email_key = ? AND email_verified = 1`, []any{key}, &n); err != nil {
		return jiqiao.Account{}, wrap("look for an address", err)
	}
	if n != 1 {
		return jiqiao.Account{}, notFound(userLabel)
	}
	return s.oneAccount(ctx, `u.email_key = ? AND u.email_verified = 1`, key)
}

func (s *Store) oneAccount(ctx context.Context, where string, args ...any) (jiqiao.Account, error) {
	a, err := s.reader().account(ctx, where, args...)
	return a, wrap("read an account", err)
}

// User returns the account without what proves it.
func (s *Store) User(ctx context.Context, id string) (jiqiao.User, error) {
	a, err := s.Account(ctx, id)
	return a.User, err
}

var accountQuery = `SELECT ` + qualified("u", userColumns) + `, c.password, c.history, c.failures, c.totp_secret, c.totp_pending,
	c.totp_step, c.recovery, c.subject FROM users u JOIN credentials c ON c.user_id = u.id WHERE `

// qualified puts the table's name before each column.
func qualified(table, columns string) string {
	parts := strings.Split(columns, ",")
	for i := range parts {
		parts[i] = table + "." + strings.TrimSpace(parts[i])
	}
	return strings.Join(parts, ", ")
}

func (s session) account(ctx context.Context, where string, args ...any) (jiqiao.Account, error) {
	var (
		a                 jiqiao.Account
		history, recovery []byte
		c                 = &a.Credentials
	)
	row := userRow{u: &a.User}
	dest := append(row.dest(), &c.Password, &history, &c.Failures, &c.TOTPSecret, &c.TOTPPending, &c.TOTPStep, &recovery, &c.Subject)
	err := s.row(ctx, accountQuery+where, args, dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return jiqiao.Account{}, notFound(userLabel)
	}
	if err == nil {
		err = row.done()
	}
	if err == nil {
		err = json.Unmarshal(history, &c.History)
	}
	if err == nil {
		err = json.Unmarshal(recovery, &c.Recovery)
	}
	if err != nil {
		return jiqiao.Account{}, err
	}
	return a, nil
}

// userRow scans userColumns.
type userRow struct {
	u                        *jiqiao.User
	broker                   string
	locked, login, password  *int64
	created, updated         int64
	verified, lead, must, on int
}

func (r *userRow) dest() []any {
	u := r.u
	return []any{
		&u.ID, &u.Version, &u.Login, &u.Name, &u.Email, &r.verified, &u.Mobile, &u.Position, &u.OrganisationID, &u.Role, &r.lead, &u.Region,
		&u.State, &r.must, &r.on, &r.broker, &r.locked, &r.login, &r.password, &r.created, &r.updated,
	}
}

func (r *userRow) done() error {
	u := r.u
	u.EmailVerified, u.Lead, u.MustChangePassword, u.TOTP = r.verified == 1, r.lead == 1, r.must == 1, r.on == 1
	u.LockedUntil, u.LastLoginAt, u.PasswordChangedAt = fromMicrosOrNil(r.locked), fromMicrosOrNil(r.login), fromMicrosOrNil(r.password)
	u.CreatedAt, u.UpdatedAt = fromMicros(r.created), fromMicros(r.updated)
	if r.broker == "" {
		return nil
	}
	u.Broker = &jiqiao.BrokerProfile{}
	if err := json.Unmarshal([]byte(r.broker), u.Broker); err != nil {
		return fmt.Errorf("decode the profile of %s: %w", u.ID, err)
	}
	return nil
}

// userSorts are the orders of lists, and what comes after a row, both by the columns (value, id).
var userSorts = map[jiqiao.UserSort]struct{ value, direction, after string }{
	jiqiao.UsersNewest:    {`id`, `DESC`, `<`},
	jiqiao.UsersOldest:    {`id`, ``, `>`},
	jiqiao.UsersByName:    {`name_key`, ``, `>`},
	jiqiao.UsersLastLogin: {`coalesce(last_login_at, 0)`, `DESC`, `<`},
}

// Users returns a page of accounts, with the names of their organisations.
func (s *Store) Users(ctx context.Context, q jiqiao.UserQuery) (jiqiao.UserPage, error) {
	sort, known := userSorts[q.Sort]
	if !known {
		sort = userSorts[jiqiao.UsersNewest]
	}
	if err := goodCursor(q.Cursor, userPrefix); err != nil {
		return jiqiao.UserPage{}, err
	}
	q.Limit = pageSize(q.Limit)
	where, args := userFilter(q)
	page := jiqiao.UserPage{Items: []jiqiao.User{}}
	if err := s.reader().row(ctx, `SELECT count(*) FROM users WHERE `+where, args, &page.Total); err != nil {
		return jiqiao.UserPage{}, wrap("count accounts", err)
	}
	if q.Cursor != "" {
		where += ` AND (` + sort.value + `, id) ` + sort.after + ` (SELECT ` + sort.value + `, id FROM users WHERE id = ?)`
		args = append(args, q.Cursor)
	}
	query := `SELECT ` + userColumns + ` FROM users WHERE ` + where + ` ORDER BY ` + sort.value + ` ` + sort.direction + `, id ` + sort.direction + ` LIMIT ?`
	err := s.reader().each(ctx, query, append(args, q.Limit+1), func(scan func(...any) error) error {
		var u jiqiao.User
		row := userRow{u: &u}
		if err := scan(row.dest()...); err != nil {
			return err
		}
		err := row.done()
		page.Items = append(page.Items, u)
		return err
	})
	if err != nil {
		return jiqiao.UserPage{}, wrap("list accounts", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		page.Next = page.Items[q.Limit-1].ID
	}
	return page, s.nameOrganisations(ctx, page.Items)
}

func userFilter(q jiqiao.UserQuery) (where string, args []any) {
	where = `1 = 1`
	for _, part := range []struct{ column, value string }{
		{"role", string(q.Role)}, {"state", string(q.State)}, {"organisation_id", q.Organisation},
	} {
		if part.value != "" {
			where, args = where+` AND `+part.column+` = ?`, append(args, clean(part.value))
		}
	}
	if q.Region != "" {
		where, args = where+` AND region LIKE ?`, append(args, escapeLike(jiqiao.RegionPrefix(clean(q.Region)))+"%")
	}
	if text := fold(q.Text); text != "" {
		like := "%" + escapeLike(text) + "%"
		where, args = where+` AND (name_key LIKE ? ESCAPE '\' OR login_key LIKE ? ESCAPE '\')`, append(args, like, like)
	}
	return where, args
}

// nameOrganisations fills in the names of the organisations of a page, with one query.
func (s *Store) nameOrganisations(ctx context.Context, users []jiqiao.User) error {
	names := map[string]string{}
	var ids []any
	for _, u := range users {
		if _, known := names[u.OrganisationID]; u.OrganisationID != "" && !known {
			names[u.OrganisationID] = ""
			ids = append(ids, u.OrganisationID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	err := s.reader().organisations(ctx, `id IN (`+marks(len(ids))+`)`, ids, func(o jiqiao.Organisation) { names[o.ID] = o.Name })
	if err != nil {
		return wrap("read the names of organisations", err)
	}
	for i := range users {
		users[i].OrganisationName = names[users[i].OrganisationID]
	}
	return nil
}
