package jiqiao

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	mobileShape = regexp.MustCompile(`^1[3-9]\d{9}$`)
	phoneShape  = regexp.MustCompile(`^(\+?\d{1,3}-)?(0\d{2,3}-?)?\d{7,8}([-转]\d{1,6})?$|^[48]00-?\d{3}-?\d{4}$`)
	emailShape  = regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$`)
)

// What a number must look like, for who typed another.
const (
	mobileRule = "手机号应为 1 开头的 11 位数字，请核对"
	phoneRule  = "座机号应写成 区号-号码，如 0515-88001234，请核对"
)

// numbers reports numbers that nobody can call. One that is masked stands for what is stored.
func (c Contact) numbers(ck *checker, path string) {
	wrong := func(number string, shape *regexp.Regexp) bool {
		return number != "" && !shape.MatchString(number) && !strings.Contains(number, maskMark)
	}
	if wrong(c.Mobile, mobileShape) {
		ck.add(path+".mobile", mobileRule+"；座机请填在「座机」")
	}
	if wrong(c.Phone, phoneShape) {
		ck.add(path+".phone", phoneRule+"；手机请填在「手机」")
	}
}

func (c Contact) warnings(ck *checker, path string) {
	c.numbers(ck, path)
	if c.Email != "" && !emailShape.MatchString(c.Email) {
		ck.add(path+".email", "邮箱应写成 name@example.com 的形式，请核对")
	}
	if c.Mobile == "" && c.Phone == "" && c.Email == "" {
		ck.add(path, "没有填写手机、座机或邮箱，对接时无法联系")
	}
}

// maskMark stands for what a masked contact leaves out; at least one stands in every masked part.
const maskMark = "*"

// Masked is the contact as outsiders may know of it: 138****8000, z***@example.com, 张*. Masking again changes nothing.
func (c Contact) Masked() Contact {
	return Contact{Name: maskName(c.Name), Position: c.Position, Mobile: maskNumber(c.Mobile), Phone: maskNumber(c.Phone), Email: maskEmail(c.Email)}
}

// maskName keeps the first character: 张*.
func maskName(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 || strings.Contains(name, maskMark) {
		return name
	}
	return string(first) + maskMark
}

// maskNumber keeps the first three and the last four characters, and of a number shorter than ten a quarter.
func maskNumber(number string) string {
	runes := []rune(number)
	head, tail := 3, 4
	switch {
	case number == "" || strings.Contains(number, maskMark):
		return number
	case len(runes) < 10:
		head, tail = 0, min(2, len(runes)/4)
	}
	return string(runes[:head]) + strings.Repeat(maskMark, 4) + string(runes[len(runes)-tail:])
}

// maskEmail keeps the first character and the domain.
func maskEmail(email string) string {
	if email == "" || strings.Contains(email, maskMark) {
		return email
	}
	at := strings.LastIndexByte(email, '@')
	if at < 1 {
		return strings.Repeat(maskMark, 4)
	}
	_, size := utf8.DecodeRuneInString(email)
	return email[:size] + strings.Repeat(maskMark, 3) + email[at:]
}

// KeepMasked puts back what the sender was only shown masked: a part of c that equals the masked part of was.
func (c *Contact) KeepMasked(was Contact) {
	masked := was.Masked()
	for _, part := range []struct {
		now           *string
		masked, whole string
	}{
		{&c.Name, masked.Name, was.Name}, {&c.Mobile, masked.Mobile, was.Mobile},
		{&c.Phone, masked.Phone, was.Phone}, {&c.Email, masked.Email, was.Email},
	} {
		if *part.now == part.masked {
			*part.now = part.whole
		}
	}
}
