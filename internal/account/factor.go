package account

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"jiqiao"
)

// recoveryCodes is how many recovery codes an account is given.
const recoveryCodes = 10

const issuer = "技桥"

// Enrol makes a new secret of one-time codes. It is in force once Confirm has had its first code; until then an older one
// stays in force.
func (s *Service) Enrol(ctx context.Context, session jiqiao.Session, password string) (jiqiao.TOTPKey, error) {
	if _, _, err := s.proven(ctx, session.UserID, "password", password); err != nil {
		return jiqiao.TOTPKey{}, err
	}
	var key *otp.Key
	_, err := s.store.ChangeAccount(ctx, session.UserID, func(a *jiqiao.Account) (change jiqiao.AccountChange, err error) {
		opts := totp.GenerateOpts{Issuer: issuer, AccountName: a.Login, Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
		if key, err = totp.Generate(opts); err != nil {
			return change, err
		}
		a.Credentials.TOTPPending = key.Secret()
		return jiqiao.AccountChange{Acts: []jiqiao.Act{{Name: "user.totp_enrol", Object: userRef(a.ID)}}}, nil
	})
	if err != nil {
		return jiqiao.TOTPKey{}, err
	}
	return jiqiao.TOTPKey{Secret: key.Secret(), URL: key.URL()}, nil
}

// Confirm puts the enrolled secret into force with its first code, and gives out recovery codes, each good once. Sessions
// end but for a new one in place of the one that asks.
func (s *Service) Confirm(ctx context.Context, session jiqiao.Session, code string) ([]string, jiqiao.SignedIn, error) {
	codes := make([]string, recoveryCodes)
	digests := make([]string, recoveryCodes)
	for i := range codes {
		text := strings.ToLower(rand.Text())[:12]
		codes[i], digests[i] = text[:4]+"-"+text[4:8]+"-"+text[8:], digest(text)
	}
	in, err := s.rotate(ctx, session, func(a *jiqiao.Account) (jiqiao.Act, error) {
		c := &a.Credentials
		if c.TOTPPending == "" {
			return jiqiao.Act{}, jiqiao.Fail(jiqiao.CodeConflict, "请先获取两步验证的密钥", nil)
		}
		step, right := stepOf(c.TOTPPending, strings.TrimSpace(code), s.now())
		if !right {
			return jiqiao.Act{}, invalid("code", "验证码不正确，请核对手机时间后输入新的一组")
		}
		c.TOTPSecret, c.TOTPPending, c.TOTPStep, c.Recovery = c.TOTPPending, "", step, digests
		a.TOTP = true
		return jiqiao.Act{Name: "user.totp_on"}, nil
	})
	if err != nil {
		return nil, jiqiao.SignedIn{}, err
	}
	return codes, in, nil
}

// DropSecondFactor switches one-time codes off for who knows the password and a code.
func (s *Service) DropSecondFactor(ctx context.Context, session jiqiao.Session, password, code string) (jiqiao.SignedIn, error) {
	if _, _, err := s.proven(ctx, session.UserID, "password", password); err != nil {
		return jiqiao.SignedIn{}, err
	}
	wrong := false
	in, err := s.rotate(ctx, session, func(a *jiqiao.Account) (jiqiao.Act, error) {
		if a.TOTP && !checkCode(*a, code, s.now()).right {
			wrong = true
			return jiqiao.Act{}, invalid("code", "验证码不正确，请输入新的一组")
		}
		noSecondFactor(a)
		return jiqiao.Act{Name: "user.totp_off"}, nil
	})
	if wrong {
		return jiqiao.SignedIn{}, s.countFailure(ctx, session.UserID, err)
	}
	return in, err
}

// countFailure counts a wrong code like a failed sign-in and gives back the reason.
func (s *Service) countFailure(ctx context.Context, id string, reason error) error {
	policy, _, err := s.Policy(ctx)
	if err != nil {
		return err
	}
	_, err = s.store.ChangeAccount(ctx, id, func(a *jiqiao.Account) (jiqiao.AccountChange, error) {
		change := settle(a, judgement{outcome: refused, counts: true}, policy, s.now())
		change.EndSessions = a.LockedUntil != nil
		return change, nil
	})
	if err != nil {
		return err
	}
	return reason
}

func noSecondFactor(a *jiqiao.Account) {
	a.TOTP = false
	c := &a.Credentials
	c.TOTPSecret, c.TOTPPending, c.Recovery = "", "", nil
}
