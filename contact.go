package jiqiao

import (
	"regexp"
	"strings"
)

var (
	mobileShape = regexp.MustCompile(`^1[3-9]\d{9}$`)
	phoneShape  = regexp.MustCompile(`^(\+?\d{1,3}-)?(0\d{2,3}-?)?\d{7,8}([-转]\d{1,6})?$|^[48]00-?\d{3}-?\d{4}$`)
	emailShape  = regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$`)
)

// Masked is the contact as it is shown to someone without a right to it: the family name, the position, the ends of the
// numbers, the first character of the mail address and its domain (个人信息保护法; 138****8000).
func (c Contact) Masked() Contact {
	return Contact{
		Name:     maskName(c.Name),
		Position: c.Position,
		Mobile:   maskMiddle(c.Mobile, 3, 4),
		Phone:    maskMiddle(c.Phone, 4, 2),
		Email:    maskEmail(c.Email),
	}
}

// Empty reports whether nothing is filled in.
func (c Contact) Empty() bool { return c == Contact{} }

func maskName(name string) string {
	runes := []rune(name)
	if len(runes) == 0 {
		return ""
	}
	return string(runes[:1]) + strings.Repeat("*", max(1, len(runes)-1))
}

// maskMiddle keeps the ends of a number; one too short to keep both is masked whole.
func maskMiddle(s string, head, tail int) string {
	runes := []rune(s)
	if len(runes) == 0 {
		return ""
	}
	if len(runes) < head+tail+3 {
		return strings.Repeat("*", len(runes))
	}
	return string(runes[:head]) + strings.Repeat("*", len(runes)-head-tail) + string(runes[len(runes)-tail:])
}

func maskEmail(s string) string {
	if s == "" {
		return ""
	}
	name, domain, found := strings.Cut(s, "@")
	if !found || name == "" {
		return "***"
	}
	return string([]rune(name)[:1]) + "***@" + domain
}

func (c Contact) warnings(ck *checker, path string) {
	if c.Mobile != "" && !mobileShape.MatchString(c.Mobile) {
		ck.add(path+".mobile", "手机号应为 1 开头的 11 位数字，请核对")
	}
	if c.Phone != "" && !phoneShape.MatchString(c.Phone) {
		ck.add(path+".phone", "座机号应写成 区号-号码，如 0515-88001234，请核对")
	}
	if c.Email != "" && !emailShape.MatchString(c.Email) {
		ck.add(path+".email", "邮箱应写成 name@example.com 的形式，请核对")
	}
	if c.Mobile == "" && c.Phone == "" && c.Email == "" {
		ck.add(path, "没有填写手机、座机或邮箱，对接时无法联系")
	}
}
