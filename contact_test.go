package jiqiao

import "testing"

func TestContactMasked(t *testing.T) {
	for _, c := range []struct{ in, want Contact }{
		{Contact{}, Contact{}},
		{Contact{Name: "陈建国", Position: "技术部长", Mobile: "13812348000", Phone: "0515-88001234", Email: "chen@example.com"},
			Contact{Name: "陈**", Position: "技术部长", Mobile: "138****8000", Phone: "0515*******34", Email: "c***@example.com"}},
		{Contact{Name: "李", Mobile: "12345", Phone: "110", Email: "not-an-address"},
			Contact{Name: "李*", Mobile: "*****", Phone: "***", Email: "***"}},
		{Contact{Email: "@x.cn", Mobile: "138123480001"}, Contact{Email: "***", Mobile: "138*****0001"}},
	} {
		if got := c.in.Masked(); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.in, got, c.want)
		}
	}
	if !(Contact{}).Empty() || (Contact{Name: "x"}).Empty() {
		t.Error("Empty")
	}
}

func TestContactWarnings(t *testing.T) {
	fields := func(c Contact) (got []string) {
		var ck checker
		c.warnings(&ck, "contact")
		for _, f := range ck.found {
			got = append(got, f.Field)
		}
		return got
	}
	for _, c := range []Contact{{Mobile: "1381234800"}, {Mobile: "23812348000"}, {Mobile: "138 1234 8000"}} {
		if got := fields(c); len(got) != 1 || got[0] != "contact.mobile" {
			t.Errorf("%+v: %v", c, got)
		}
	}
	for _, c := range []Contact{{Phone: "8800"}, {Phone: "分机 8"}} {
		if got := fields(c); len(got) != 1 || got[0] != "contact.phone" {
			t.Errorf("%+v: %v", c, got)
		}
	}
	for _, c := range []Contact{{Email: "a@b"}, {Email: "@x.cn"}, {Email: "a b@x.cn"}, {Email: "a@x..cn"}} {
		if got := fields(c); len(got) != 1 || got[0] != "contact.email" {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if got := fields(Contact{Name: "陈"}); len(got) != 1 || got[0] != "contact" {
		t.Errorf("no way to reach: %v", got)
	}
	for _, c := range []Contact{
		{Mobile: "13812348000"}, {Phone: "0515-88001234"}, {Phone: "025-83790000-802"}, {Phone: "400-800-1234"}, {Phone: "88001234"}, {Email: "a.b+c@mail.ycit.edu.cn"},
	} {
		if got := fields(c); len(got) != 0 {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
