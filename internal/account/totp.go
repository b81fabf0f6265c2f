package account

import (
	"crypto/subtle"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"jiqiao"
)

func number(n int) string { return strconv.Itoa(n) }

const (
	// totpPeriod is the length of a time step, in seconds, totpSkew how many steps a person's clock may differ.
	totpPeriod = 30
	totpSkew   = 1
)

// factor is a second factor that was checked, and what it uses up.
type factor struct {
	right bool
	// step is the time step of the code; recovery the place of the recovery code, -1 for none.
	step     int64
	recovery int
}

// checkCode checks a one-time code or a recovery code. A code whose step was taken before is not right any more.
func checkCode(a jiqiao.Account, code string, now time.Time) factor {
	code = strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code))
	if step, ok := stepOf(a.Credentials.TOTPSecret, code, now); ok && step > a.Credentials.TOTPStep {
		return factor{right: true, step: step, recovery: -1}
	}
	want := digest(code)
	found := factor{recovery: -1}
	for i, have := range a.Credentials.Recovery {
		if subtle.ConstantTimeCompare([]byte(have), []byte(want)) == 1 {
			found = factor{right: true, recovery: i}
		}
	}
	return found
}

// stepOf is the time step whose code it is, within the skew.
func stepOf(secret, code string, now time.Time) (int64, bool) {
	if secret == "" || len(code) != otp.DigitsSix.Length() {
		return 0, false
	}
	present := now.Unix() / totpPeriod
	for _, step := range []int64{present, present - totpSkew, present + totpSkew} {
		opts := totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*totpPeriod, 0), opts)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}

// spend makes the code worthless.
func (f factor) spend(a *jiqiao.Account) {
	if !f.right {
		return
	}
	a.Credentials.TOTPStep = max(a.Credentials.TOTPStep, f.step)
	if f.recovery >= 0 {
		left := a.Credentials.Recovery
		a.Credentials.Recovery = append(append([]string{}, left[:f.recovery]...), left[f.recovery+1:]...)
	}
}
