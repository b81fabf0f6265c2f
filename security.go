package jiqiao

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SecurityPolicy is what the security administrator may change about signing in. The defaults are those of 等保二级
// (GB/T 22239-2019 §7.1.4.1); the bounds of Validate keep anyone from going below them.
type SecurityPolicy struct {
	// MinLength counts characters; Classes of the four (大写、小写、数字、其他) must occur.
	MinLength int `json:"min_length"`
	Classes   int `json:"classes"`
	// MaxAgeDays is when a password must be changed; 0 is never. History counts the earlier passwords that may not
	// come again, the present one included.
	MaxAgeDays int `json:"max_age_days"`
	History    int `json:"history"`
	// MaxFailures wrong passwords in a row lock an account for LockMinutes.
	MaxFailures int `json:"max_failures"`
	LockMinutes int `json:"lock_minutes"`
	// IdleMinutes without a request, and AbsoluteHours in any case, end a session.
	IdleMinutes   int `json:"idle_minutes"`
	AbsoluteHours int `json:"absolute_hours"`
	// SessionsPerUser is how many devices may be signed in at once; the one least recently seen gives way.
	SessionsPerUser int `json:"sessions_per_user"`
}

// SecuritySetting is the name under which the policy is kept.
const SecuritySetting = "security"

// DefaultSecurity is the policy before anyone changed it.
func DefaultSecurity() SecurityPolicy {
	return SecurityPolicy{
		MinLength: 8, Classes: 3, MaxAgeDays: 90, History: 3, MaxFailures: 5, LockMinutes: 15, IdleMinutes: 30,
		AbsoluteHours: 12, SessionsPerUser: 5,
	}
}

// Validate reports every figure that is out of bounds as an Invalid error, or nil.
func (p SecurityPolicy) Validate() error {
	var ck checker
	for _, f := range []struct {
		field, label    string
		have, low, high int
	}{
		{"min_length", "密码最短长度", p.MinLength, 8, 64},
		{"classes", "密码字符种类", p.Classes, 3, 4},
		{"max_age_days", "密码有效天数（0 为不限）", p.MaxAgeDays, 0, 365},
		{"history", "不得重复的历史密码个数", p.History, 1, 10},
		{"max_failures", "连续失败次数", p.MaxFailures, 3, 10},
		{"lock_minutes", "锁定分钟数", p.LockMinutes, 10, 24 * 60},
		{"idle_minutes", "空闲退出分钟数", p.IdleMinutes, 5, 120},
		{"absolute_hours", "登录最长小时数", p.AbsoluteHours, 1, 24},
		{"sessions_per_user", "同时登录的设备数", p.SessionsPerUser, 1, 20},
	} {
		if f.have < f.low || f.have > f.high {
			ck.add(f.field, f.label+"应为 "+strconv.Itoa(f.low)+"～"+strconv.Itoa(f.high)+" 的整数")
		}
	}
	return Invalid(ck.found)
}

// Idle is how long a session may rest.
func (p SecurityPolicy) Idle() time.Duration { return time.Duration(p.IdleMinutes) * time.Minute }

// Absolute is how long a session lasts however busy it is.
func (p SecurityPolicy) Absolute() time.Duration { return time.Duration(p.AbsoluteHours) * time.Hour }

// Lock is how long too many failures lock an account.
func (p SecurityPolicy) Lock() time.Duration { return time.Duration(p.LockMinutes) * time.Minute }

// Outdated reports whether a password set at that moment must be changed; nil is a password never set.
func (p SecurityPolicy) Outdated(changed *time.Time, now time.Time) bool {
	return p.MaxAgeDays > 0 && changed != nil && now.Sub(*changed) >= time.Duration(p.MaxAgeDays)*24*time.Hour
}

// MaxPassword bounds a password, in bytes: longer ones only cost time.
const MaxPassword = 200

// CheckPassword reports, under the field, why the password of the account is not good enough; nil when it is.
func (p SecurityPolicy) CheckPassword(field, password string, u User) []FieldError {
	var ck checker
	switch {
	case password == "":
		ck.add(field, "请填写密码")
		return ck.found
	case len(password) > MaxPassword || !utf8.ValidString(password):
		ck.add(field, "密码过长或含有乱码，请换一个")
		return ck.found
	}
	if utf8.RuneCountInString(password) < p.MinLength {
		ck.add(field, "密码至少 "+strconv.Itoa(p.MinLength)+" 个字符")
	}
	if classesOf(password) < p.Classes {
		ck.add(field, "密码应包含大写字母、小写字母、数字、符号中的至少 "+strconv.Itoa(p.Classes)+" 种")
	}
	folded := strings.ToLower(password)
	for _, own := range []string{u.Login, u.Name, u.Mobile, localPart(u.Email), localPart(u.Login)} {
		if own = strings.ToLower(own); utf8.RuneCountInString(own) >= MinLogin && strings.Contains(folded, own) {
			ck.add(field, "密码不能包含登录名、姓名、手机号或邮箱")
			break
		}
	}
	if guessed(folded) {
		ck.add(field, "这个密码太常见，很容易被猜到，请换一个")
	}
	return ck.found
}

func localPart(email string) string {
	local, _, found := strings.Cut(email, "@")
	if !found {
		return ""
	}
	return local
}

func classesOf(password string) int {
	var upper, lower, digit, other int
	for _, r := range password {
		switch {
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return upper + lower + digit + other
}

// guessed reports whether the folded password is a common word with decoration: what everybody who must mix classes
// writes first.
func guessed(folded string) bool {
	plain := strings.NewReplacer("@", "a", "0", "o", "$", "s", "!", "i").Replace(folded)
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return r
			}
			return -1
		}, s)
	}
	for _, word := range []string{
		"password", "passwd", "passwor", "admin", "administrator", "root", "qwer", "qwert", "qwerty", "qwertyuiop", "abc", "abcd", "asdf", "asdfgh",
		"zxcv", "zxcvbn", "qaz", "qazwsx", "welcome", "letmein", "iloveyou", "jiqiao", "test", "user", "woaini",
	} {
		if letters(folded) == word || letters(plain) == word {
			return true
		}
	}
	return letters(folded) == "" && classesOf(folded) < 2
}
