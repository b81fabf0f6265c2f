package jiqiao

import "time"

// Account is a user with what proves it is them. It stays between the store and the rules of signing in.
type Account struct {
	User
	Credentials Credentials `json:"-"`
}

// Credentials are what a person proves themselves by. They never leave the service.
type Credentials struct {
	// Password is an argon2id digest with its parameters; empty: no password is right. History are the digests before
	// it, newest first.
	Password string
	History  []string
	// Failures counts wrong passwords and codes since the last right one.
	Failures int
	// TOTPSecret is in force, TOTPPending was shown and waits for its first code; both in base 32. TOTPStep is the last
	// time step whose code was taken: no code is taken twice.
	TOTPSecret, TOTPPending string
	TOTPStep                int64
	// Recovery are digests of the recovery codes that are left.
	Recovery []string
	// Subject is the issuer's name and its name of the person (OpenID Connect), empty for none.
	Subject string
}

// AccountChange is what comes with a change of an account, in the same transaction.
type AccountChange struct {
	Acts    []Act
	Notices []Notice
	// Open is a session that begins. Its ID, UserID and CreatedAt are the store's; Limit is how many the account may
	// have, 0 is any number.
	Open  *NewSession
	Limit int
	// EndSessions ends the account's sessions except Open.
	EndSessions bool
	// Replaces ends the session with the id: a new secret takes its place.
	Replaces string
	// EndLinks makes the account's one-time links worthless, NewLink adds one.
	EndLinks bool
	NewLink  *NewLink
}

// NewSession is a session to begin.
type NewSession struct {
	// Digest is of the cookie's secret.
	Digest     string
	ExpiresAt  time.Time
	Idle       time.Duration
	MustChange bool
	Agent      string
	// Session is filled in.
	Session Session
}

// Session is one device on which a person is signed in.
type Session struct {
	ID        string    `json:"id"` // "s_" and 20 characters
	UserID    string    `json:"-"`
	CreatedAt time.Time `json:"created_at"`
	// SeenAt is the last request, to within a minute.
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	// Idle is how long the session may rest.
	Idle time.Duration `json:"-"`
	// MustChange: nothing may be done before the password is changed.
	MustChange bool       `json:"must_change_password"`
	Address    string     `json:"address,omitempty"`
	Agent      string     `json:"agent,omitempty"` // family of browser and system
	RevokedAt  *time.Time `json:"-"`
	// Current marks the session that asks.
	Current bool `json:"current"`
}

// sessionSkew is by how much clocks of several processes may differ. A clock that stands further back than when a session
// was last seen ends it: an old limit must not come into force anew.
const sessionSkew = 2 * time.Minute

// Live reports whether the session may go on at that moment.
func (s Session) Live(now time.Time) bool {
	switch {
	case s.RevokedAt != nil:
		return false
	case now.Add(sessionSkew).Before(s.SeenAt):
		return false
	}
	// Within the skew the later time counts, so that stepping back gains nothing.
	at := now
	if s.SeenAt.After(at) {
		at = s.SeenAt
	}
	return at.Before(s.ExpiresAt) && at.Sub(s.SeenAt) < s.Idle
}

// LinkPurpose is what a one-time link is for.
type LinkPurpose string

// The purposes.
const (
	LinkInvitation LinkPurpose = "invitation"
	LinkReset      LinkPurpose = "reset"
)

// NewLink is a one-time link to add.
type NewLink struct {
	Purpose   LinkPurpose
	Digest    string // of its secret
	ExpiresAt time.Time
	// ByMail says that the secret goes to the account's e-mail address and nowhere else.
	ByMail bool
}

// SignIn is an attempt to sign in.
type SignIn struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	// Code is the one-time code or a recovery code, of those who have switched it on.
	Code string `json:"code,omitempty"`
	// Agent is the family of browser and system; Replaces the id of the session that this browser had.
	Agent    string `json:"-"`
	Replaces string `json:"-"`
}

// SignedIn is the outcome of signing in.
type SignedIn struct {
	User    User
	Session Session
	// Secret goes into the cookie; it is nowhere else. It is empty when a second factor is still missing.
	Secret string
	// SecondFactor asks for the one-time code: the password was right.
	SecondFactor bool
}

// Invited is an account made for somebody who has yet to choose a password.
type Invited struct {
	User User `json:"user"`
	// Link is set where no mail carries it: the one who invites hands it over. It opens once.
	Link string `json:"link,omitempty"`
}

// TOTPKey is a new secret of one-time codes, to be confirmed with its first code.
type TOTPKey struct {
	Secret string `json:"secret"` // base 32
	URL    string `json:"url"`    // otpauth://, for a QR code
}

// UserEdit is what may be changed of an account without changing what it may do. Nil fields stay.
type UserEdit struct {
	Name, Email, Mobile, Position *string
	Broker                        *BrokerProfile
	// Password proves who changes the own e-mail address: links go there.
	Password string
}

// UserGrant is what an account may do.
type UserGrant struct {
	Role           Role
	OrganisationID string
	Lead           bool
	Region         string
}

// UserAct is what an administrator does to an account's state.
type UserAct string

// The acts.
const (
	UserActLock    UserAct = "lock"
	UserActUnlock  UserAct = "unlock"
	UserActDisable UserAct = "disable"
	UserActEnable  UserAct = "enable"
)

// OIDCAttempt is what a browser keeps while a person signs in at an OpenID provider; each part is random.
type OIDCAttempt struct {
	// State comes back with the browser, Nonce inside the identity, Verifier proves that the code is ours (PKCE).
	State, Nonce, Verifier string
}
