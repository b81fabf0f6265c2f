package jiqiao

import "strings"

// GB 32100-2015: 31 characters, without I, O, S, V, Z; the last of 18 makes the weighted sum a multiple of 31.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var (
	creditWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	// organisationWeights are those of GB 11714, whose nine characters stand at positions 9 to 17.
	organisationWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}
)

// FoldCreditCode brings a 统一社会信用代码 to half width and upper case, without spaces and hyphens.
func FoldCreditCode(s string) string {
	return strings.Map(func(r rune) rune {
		switch r = halfWidth(r); {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r == ' ', r == '-', r == '\t', r == '\u00a0':
			return -1
		}
		return r
	}, s)
}

// CheckCreditCode checks a 统一社会信用代码 after folding it, and says in Chinese what is wrong. Codes of the early
// pilot exist that fail the check digit, so a failure is a warning, never a reason to refuse a record.
func CheckCreditCode(s string) (ok bool, reason string) {
	code := FoldCreditCode(s)
	switch n := len([]rune(code)); {
	case n == 0:
		return false, "请填写统一社会信用代码"
	case n == 15:
		return false, "15 位是旧的营业执照注册号，请填写 18 位统一社会信用代码"
	case n != 18:
		return false, "统一社会信用代码应为 18 位，请核对是否漏填或多填"
	}
	sum := 0
	for i, r := range []rune(code) {
		value := strings.IndexRune(creditAlphabet, r)
		if value < 0 {
			return false, "统一社会信用代码只含数字和大写字母，且不用 I、O、S、V、Z，请核对「" + string(r) + "」"
		}
		if i < 17 {
			sum += value * creditWeights[i]
		}
	}
	switch inner := organisationCodeValid(code[8:17]); {
	case code[17] == creditAlphabet[(31-sum%31)%31] && inner:
		return true, ""
	case inner:
		return false, "统一社会信用代码的校验位不符；早期试点发放的代码可能如此，请与证照核对"
	default:
		return false, "统一社会信用代码校验不通过，请与证照逐位核对"
	}
}

// organisationCodeValid checks the nine characters of an 组织机构代码, modulo 11, X standing for 10.
func organisationCodeValid(code string) bool {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	sum := 0
	for i, weight := range organisationWeights {
		sum += strings.IndexByte(digits, code[i]) * weight
	}
	return code[8] == "0123456789X0"[11-sum%11]
}
