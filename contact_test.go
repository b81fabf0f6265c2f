package jiqiao

import (
	"errors"
	"strings"
	"testing"
)

func TestContactWarnings(t *testing.T) {
	fields := func(c Contact) (got []string) {
		var ck checker
		c.warnings(&ck, "contact")
		for _, f := range ck.found {
			got = append(got, f.Field)
		}
		return got
	}
	for _, c := range []Contact{{Mobile: "1381234800"}, {Mobile: "23812348000"}, {Mobile: "138 1234 8000"}, {Mobile: "8800123"}, {Mobile: "0515-88001234"}} {
		if got := fields(c); len(got) != 1 || got[0] != "contact.mobile" {
			t.Errorf("%+v: %v", c, got)
		}
	}
	for _, c := range []Contact{{Phone: "8800"}, {Phone: "分机 8"}, {Phone: "13812348000"}} {
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

// What is typed as an organisation's mobile must be one; a masked number is what is stored.
func TestOrganisationNumbers(t *testing.T) {
	for field, c := range map[string]Contact{
		"":               {Mobile: "+86 138-1234-8000", Phone: "0515-88001234"},
		"masked":         {Mobile: "138****8000", Phone: "0515****1234"},
		"contact.mobile": {Mobile: "8800123", Phone: "8800123"},
		"contact.phone":  {Mobile: "13812348000", Phone: "13812348000"},
	} {
		o := Organisation{Name: "甲公司", Kind: OrganisationEnterprise, Contact: c}
		o.Normalise()
		var told *Error
		switch errors.As(o.Validate(), &told); {
		case told == nil && strings.HasPrefix(field, "contact."):
			t.Errorf("%+v passes", c)
		case told != nil && (len(told.Fields) != 1 || told.Fields[0].Field != field):
			t.Errorf("%+v: %v", c, told)
		}
	}
	u := User{Mobile: "+86 138-1234-8000"}
	if u.Normalise(); u.Mobile != "13812348000" {
		t.Errorf("an account's mobile becomes %q", u.Mobile)
	}
}
