package jiqiao

import "regexp"

var (
	mobileShape = regexp.MustCompile(`^1[3-9]\d{9}$`)
	phoneShape  = regexp.MustCompile(`^(\+?\d{1,3}-)?(0\d{2,3}-?)?\d{7,8}([-转]\d{1,6})?$|^[48]00-?\d{3}-?\d{4}$`)
	emailShape  = regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$`)
)

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
