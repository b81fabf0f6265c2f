package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"jiqiao"
)

const (
	sessionPrefix = "s_"
	linkPrefix    = "l_"
)

// sessionTouch is how precisely the last request of a session is kept: a write per request would cost more than the
// request.
const sessionTouch = time.Minute

const sessionColumns = `id, user_id, created_at, seen_at, expires_at, idle, must_change, address, agent, revoked_at`

// sessionRow scans sessionColumns.
type sessionRow struct {
	s                            *jiqiao.Session
	created, seen, expires, idle int64
	must                         int
	revoked                      *int64
}

func (r *sessionRow) dest() []any {
	return []any{&r.s.ID, &r.s.UserID, &r.created, &r.seen, &r.expires, &r.idle, &r.must, &r.s.Address, &r.s.Agent, &r.revoked}
}

func (r *sessionRow) done() {
	r.s.CreatedAt, r.s.SeenAt, r.s.ExpiresAt = fromMicros(r.created), fromMicros(r.seen), fromMicros(r.expires)
	r.s.Idle, r.s.MustChange = time.Duration(r.idle)*time.Microsecond, r.must == 1
	r.s.RevokedAt = fromMicrosOrNil(r.revoked)
}

// openSession begins a session; of more than limit the one least recently seen ends.
func (t *tx) openSession(ctx context.Context, user string, n *jiqiao.NewSession, limit int) error {
	n.Session = jiqiao.Session{
		ID: t.ids.next(sessionPrefix), UserID: user, CreatedAt: t.now, SeenAt: t.now, ExpiresAt: n.ExpiresAt, Idle: n.Idle,
		MustChange: n.MustChange, Address: clean(jiqiao.OriginOf(ctx).Address), Agent: clean(n.Agent),
	}
	s := n.Session
	_, err := t.exec(ctx, `
		INSERT INTO sessions (id, user_id, digest, created_at, seen_at, expires_at, idle, must_change, address, agent)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, user, n.Digest, micros(t.now), micros(t.now), micros(s.ExpiresAt), s.Idle.Microseconds(), bit(s.MustChange), s.Address, s.Agent)
	if err != nil || limit <= 0 {
		return err
	}
	_, err = t.exec(ctx, `
		UPDATE sessions SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL AND id NOT IN (
			SELECT id FROM sessions WHERE user_id = ? AND revoked_at IS NULL AND expires_at > ? ORDER BY seen_at DESC, id DESC LIMIT ?)`,
		micros(t.now), user, user, micros(t.now), limit)
	return err
}

// SessionUser finds the session with the secret's digest and whose it is, and notes that it was seen. Whether it is still
// good is for Session.Live and the account's state. An unknown one is CodeUnauthorized.
func (s *Store) SessionUser(ctx context.Context, digest string) (jiqiao.Session, jiqiao.User, error) {
	var (
		found jiqiao.Session
		user  jiqiao.User
	)
	mine, whose := sessionRow{s: &found}, userRow{u: &user}
	query := `SELECT ` + qualified("s", sessionColumns) + `, ` + qualified("u", userColumns) + ` FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.digest = ?`
	err := s.reader().row(ctx, query, []any{clean(digest)}, append(mine.dest(), whose.dest()...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return jiqiao.Session{}, jiqiao.User{}, jiqiao.Fail(jiqiao.CodeUnauthorized, "登录已失效，请重新登录", nil)
	}
	if err != nil {
		return jiqiao.Session{}, jiqiao.User{}, wrap("read a session", err)
	}
	mine.done()
	return found, user, whose.done()
}

// TouchSession notes that the session is in use, to within a minute, and never moves back. Failing to is no reason to
// refuse the request.
func (s *Store) TouchSession(ctx context.Context, session jiqiao.Session) {
	now := s.clock()
	if now.Sub(session.SeenAt) < sessionTouch {
		return
	}
	// One attempt per interval in this process: while the database is held, requests must not all wait in turn.
	if last, ok := s.touched.Load(session.ID); ok && now.Sub(last.(time.Time)) < sessionTouch {
		return
	}
	s.touched.Store(session.ID, now)
	ctx, cancel := context.WithTimeout(ctx, touchTimeout)
	defer cancel()
	err := s.tx(ctx, "note a session's use", func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE sessions SET seen_at = ? WHERE id = ? AND seen_at < ?`, micros(now), session.ID, micros(now))
		return err
	})
	if err != nil {
		s.log.Debug("the use of a session was not noted", "session", session.ID, "error", err)
	}
}

// Sessions lists the sessions of the account that have not ended, the latest first.
func (s *Store) Sessions(ctx context.Context, user string) ([]jiqiao.Session, error) {
	now := s.clock()
	sessions := []jiqiao.Session{}
	query := `SELECT ` + sessionColumns + ` FROM sessions WHERE user_id = ? AND revoked_at IS NULL AND expires_at > ? ORDER BY id DESC`
	err := s.reader().each(ctx, query, []any{clean(user), micros(now)}, func(scan func(...any) error) error {
		var found jiqiao.Session
		row := sessionRow{s: &found}
		if err := scan(row.dest()...); err != nil {
			return err
		}
		if row.done(); found.Live(now) {
			sessions = append(sessions, found)
		}
		return nil
	})
	return sessions, wrap("list sessions", err)
}

// EndSession ends one session of the account; CodeNotFound when it has none with the id. Ending it again changes nothing.
func (s *Store) EndSession(ctx context.Context, user, id string) error {
	return s.tx(ctx, "end a session", func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE sessions SET revoked_at = coalesce(revoked_at, ?) WHERE id = ? AND user_id = ?`,
			micros(t.now), clean(id), clean(user))
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound("这次登录")
		}
		t.audit(jiqiao.Act{Name: "user.logout", Object: userRef(user)})
		return nil
	})
}

// TightenSessions brings the sessions that are open below new limits.
func (s *Store) TightenSessions(ctx context.Context, idle, absolute time.Duration) error {
	return s.tx(ctx, "tighten sessions", func(t *tx) error {
		_, err := t.exec(ctx, `
			UPDATE sessions SET idle = CASE WHEN idle > ? THEN ? ELSE idle END,
				expires_at = CASE WHEN expires_at > created_at + ? THEN created_at + ? ELSE expires_at END
			WHERE revoked_at IS NULL AND (idle > ? OR expires_at > created_at + ?)`,
			idle.Microseconds(), idle.Microseconds(), absolute.Microseconds(), absolute.Microseconds(), idle.Microseconds(), absolute.Microseconds())
		return err
	})
}

// PruneSessions forgets sessions and links that ended before the moment, and says how many sessions went.
func (s *Store) PruneSessions(ctx context.Context, before time.Time) (int, error) {
	var gone int64
	err := s.tx(ctx, "prune sessions", func(t *tx) (err error) {
		if gone, err = t.exec(ctx, `DELETE FROM sessions WHERE expires_at < ?`, micros(before)); err != nil {
			return err
		}
		_, err = t.exec(ctx, `DELETE FROM links WHERE expires_at < ?`, micros(before))
		return err
	})
	return int(gone), err
}

// addLink adds a one-time link, which takes the place of those for the same purpose.
func (t *tx) addLink(ctx context.Context, user string, l jiqiao.NewLink) error {
	_, err := t.exec(ctx, `UPDATE links SET revoked_at = ? WHERE user_id = ? AND purpose = ? AND used_at IS NULL AND revoked_at IS NULL`,
		micros(t.now), user, string(l.Purpose))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		INSERT INTO links (id, purpose, digest, user_id, made_by, by_mail, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		t.ids.next(linkPrefix), string(l.Purpose), l.Digest, user, clean(jiqiao.OriginOf(ctx).User), bit(l.ByMail), micros(t.now), micros(l.ExpiresAt))
	return err
}

const linkGone = "链接已失效：可能已经用过、过期或被新的链接取代，请重新申请"

// LinkUser is whose link it is that would open with the digest now; CodeNotFound when none does.
func (s *Store) LinkUser(ctx context.Context, purpose jiqiao.LinkPurpose, digest string) (jiqiao.User, error) {
	var id string
	err := s.reader().row(ctx, `
		SELECT user_id FROM links WHERE digest = ? AND purpose = ? AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?`,
		[]any{clean(digest), string(purpose), micros(s.clock())}, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return jiqiao.User{}, jiqiao.Fail(jiqiao.CodeNotFound, linkGone, nil)
	}
	if err != nil {
		return jiqiao.User{}, wrap("read a link", err)
	}
	return s.User(ctx, id)
}

// UseLink uses a one-time link up and changes its account in the same transaction; byMail tells change whether the link
// was sent to the account's address. Of two who use it at once one gets CodeNotFound. An error of change leaves it usable.
func (s *Store) UseLink(
	ctx context.Context, purpose jiqiao.LinkPurpose, digest string,
	change func(a *jiqiao.Account, byMail bool) (jiqiao.AccountChange, error),
) (jiqiao.Account, error) {
	var a jiqiao.Account
	err := s.tx(ctx, "use a link", func(t *tx) error {
		n, err := t.exec(ctx, `
			UPDATE links SET used_at = ? WHERE digest = ? AND purpose = ? AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?`,
			micros(t.now), clean(digest), string(purpose), micros(t.now))
		if err != nil {
			return err
		}
		if n == 0 {
			return jiqiao.Fail(jiqiao.CodeNotFound, linkGone, nil)
		}
		var user string
		var byMail int
		if err := t.row(ctx, `SELECT user_id, by_mail FROM links WHERE digest = ?`, []any{clean(digest)}, &user, &byMail); err != nil {
			return err
		}
		a, err = t.changeAccount(ctx, user, func(a *jiqiao.Account) (jiqiao.AccountChange, error) { return change(a, byMail == 1) })
		return err
	})
	if err != nil {
		return jiqiao.Account{}, err
	}
	return a, nil
}
