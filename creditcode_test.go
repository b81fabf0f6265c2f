package jiqiao

import (
	"strings"
	"testing"
)

func TestCheckCreditCodeRefuses(t *testing.T) {
	for _, c := range []struct{ code, reason string }{
		{"", "请填写"},
		{"91350100M0001TGQXM", "早期试点"}, // real codes of the pilot: the inner code is right, the check digit is not
		{"91350211M0000XUF46", "早期试点"},
		{"91350100M000100Y44", "早期试点"},
		{"91440300708461137T", "逐位核对"},
		{"91440300708461136", "18 位"},
		{"91440300708461136TT", "18 位"},
		{"440301103097413", "15 位"},
		{"9144030070846113O6", "「O」"},
		{"91440300７0846113I6", "「I」"},
		{"盐城市亭湖区某某科技有限公司啊啊啊啊", "「盐」"},
		{"\xff1440300708461136T", "用 I、O、S、V、Z"},
	} {
		ok, reason := CheckCreditCode(c.code)
		if ok || !strings.Contains(reason, c.reason) {
			t.Errorf("%q: %v %q, want a reason with %q", c.code, ok, reason, c.reason)
		}
	}
}

func TestCheckCreditCodeAccepts(t *testing.T) {
	for _, code := range []string{
		"91350100M000100Y43", "91440300708461136T", "12100000400000624D", "91110108551385082Q", "91330106673959654P",
		"91440300708461136t", " 91440300708461136T ", "９１４４０３００７０８４６１１３６Ｔ", "91440300 7084 6113 6T", "914403007084611-36T",
	} {
		if ok, reason := CheckCreditCode(code); !ok {
			t.Errorf("%q: %s", code, reason)
		}
	}
}

// Any single wrong character must be noticed: the weights are prime to 31.
func TestCheckCreditCodeNoticesSlips(t *testing.T) {
	const code = "91440300708461136T"
	for i := range code {
		for _, r := range creditAlphabet {
			slip := code[:i] + string(r) + code[i+1:]
			if ok, _ := CheckCreditCode(slip); ok != (slip == code) {
				t.Errorf("%s: %v", slip, ok)
			}
		}
	}
}

func FuzzCheckCreditCode(f *testing.F) {
	for _, s := range []string{"", "91350100M000100Y43", "91350100M0001TGQXM", "\xff\xfe", "９１", strings.Repeat("9", 18)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ok, reason := CheckCreditCode(s)
		if ok == (reason != "") {
			t.Fatalf("%q: %v with reason %q", s, ok, reason)
		}
		if again, _ := CheckCreditCode(FoldCreditCode(s)); again != ok {
			t.Fatalf("%q: folded %v, as typed %v", s, again, ok)
		}
	})
}
