package jiqiao

import (
	"strings"
	"testing"
	"time"
)

func TestUserValidate(t *testing.T) {
	good := User{Login: "zhang", Name: "张三", Role: RoleBroker, State: UserActive}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*User){
		"login": func(u *User) { u.Login = "ab" }, "name": func(u *User) { u.Name = " " }, "role": func(u *User) { u.Role = "root" }, "state": func(u *User) { u.State = "" },
		"email": func(u *User) { u.Email = "a@b" }, "mobile": func(u *User) { u.Mobile = "12800000000" }, "region": func(u *User) { u.Region = "999999" },
		"organisation_id": func(u *User) { u.Role = RoleEnterprise }, "lead": func(u *User) { u.Lead = true }, "position": func(u *User) { u.Position = "a\nb" },
		"broker.level": func(u *User) { u.Broker = &BrokerProfile{Level: "chief"} }, "broker.capacity": func(u *User) { u.Broker = &BrokerProfile{Capacity: -1} },
		"broker.fields": func(u *User) { u.Broker = &BrokerProfile{Fields: []string{"x"}} }, "broker.regions": func(u *User) { u.Broker = &BrokerProfile{Regions: []string{"x"}} },
		"broker.certificate": func(u *User) { u.Broker = &BrokerProfile{Certificate: strings.Repeat("x", MaxShort+1)} },
	} {
		u := good
		change(&u)
		if err := u.Validate(); err == nil || !strings.Contains(err.Error(), "; "+field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, state := range []UserState{UserPending, UserDisabled} {
		u := User{Login: "zhang", Name: "张三", Role: RoleEnterprise, State: state}
		if err := u.Validate(); err != nil {
			t.Errorf("%s without organisation: %v", state, err)
		}
	}
}

func TestUserAsViewer(t *testing.T) {
	u := User{ID: "u_1", Name: "张三", Role: RoleEnterprise, OrganisationID: "o_1", Region: "320900", Lead: true}
	if v := u.Viewer(); v.User != "u_1" || v.Region != "" || v.Organisation != "o_1" || !v.Lead || len(v.Scopes) != 0 {
		t.Errorf("%+v", v)
	}
	for role, bounded := range map[Role]bool{RoleOperator: true, RoleSystemAdmin: true, RoleSecurityAdmin: true, RoleAuditor: false, RoleBroker: false} {
		if u.Role = role; (u.Viewer().Region != "") != bounded {
			t.Errorf("%s: region %q", role, u.Viewer().Region)
		}
	}
}

func TestNormaliseUser(t *testing.T) {
	u := User{Login: " zhang ", Name: "张三\u3000", Role: RoleEnterprise, Broker: &BrokerProfile{}}
	if u.Normalise(); u.Login != "zhang" || u.Name != "张三" || u.Broker != nil {
		t.Errorf("%+v", u)
	}
}

func TestMasks(t *testing.T) {
	for in, want := range map[string]string{"zhang@example.cn": "z***@example.cn", "张@x.cn": "张***@x.cn", "@x": "**", "": "", "abc": "***"} {
		if got := MaskEmail(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"13812348000": "138****8000", "": "", "1234567": "*******"} {
		if got := MaskMobile(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestSecurityPolicyBounds(t *testing.T) {
	if err := DefaultSecurity().Validate(); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*SecurityPolicy){
		"min_length": func(p *SecurityPolicy) { p.MinLength = 7 }, "classes": func(p *SecurityPolicy) { p.Classes = 2 },
		"max_age_days": func(p *SecurityPolicy) { p.MaxAgeDays = -1 }, "history": func(p *SecurityPolicy) { p.History = 0 },
		"max_failures": func(p *SecurityPolicy) { p.MaxFailures = 11 }, "lock_minutes": func(p *SecurityPolicy) { p.LockMinutes = 5 },
		"idle_minutes": func(p *SecurityPolicy) { p.IdleMinutes = 121 }, "absolute_hours": func(p *SecurityPolicy) { p.AbsoluteHours = 25 },
		"sessions_per_user": func(p *SecurityPolicy) { p.SessionsPerUser = 0 },
	} {
		p := DefaultSecurity()
		change(&p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), "; "+field+": ") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	u := User{Login: "zhang@example.cn", Name: "张三丰", Mobile: "13812348000", Email: "sanfeng@example.cn"}
	for password, good := range map[string]bool{
		"Kx7-qiao": true, "密码长城Aa12": true, "kx7-qiaoliang": true, "Kx7qiao9": true,
		"": false, "Kx7-qia": false, "kxqiaoliang7": false, "12345678": false, "KXQIAOLIANG": false, "Zhang-1234": false, "Aa1-13812348000": false,
		"Sanfeng#99": false, "张三丰Aa1234": false, "P@ssw0rd": false, "Admin@123": false, "Qwer1234!": false, "Password2026": false,
		strings.Repeat("Aa1-", 60): false, "Aa1-\xff\xfe\xfd\xfc\xfb": false,
	} {
		if found := DefaultSecurity().CheckPassword("password", password, u); (len(found) == 0) != good {
			t.Errorf("%q: %v", password, found)
		}
	}
}

func TestSessionLive(t *testing.T) {
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	ended := at
	s := Session{CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(time.Hour), Idle: 30 * time.Minute}
	for name, c := range map[string]struct {
		after  time.Duration
		change func(*Session)
		want   bool
	}{
		"at once":                         {0, nil, true},
		"just before it rests":            {30*time.Minute - 1, nil, true},
		"rested":                          {30 * time.Minute, nil, false},
		"seen since":                      {50 * time.Minute, func(s *Session) { s.SeenAt = at.Add(40 * time.Minute) }, true},
		"over":                            {time.Hour, func(s *Session) { s.SeenAt = at.Add(50 * time.Minute) }, false},
		"revoked":                         {0, func(s *Session) { s.RevokedAt = &ended }, false},
		"a small step back":               {-2 * time.Minute, nil, true},
		"a step back":                     {-2*time.Minute - 1, nil, false},
		"a step back from its very end":   {59 * time.Minute, func(s *Session) { s.SeenAt = at.Add(time.Hour) }, false},
		"no limits at all are no licence": {0, func(s *Session) { s.Idle, s.ExpiresAt = 0, time.Time{} }, false},
	} {
		s := s
		if c.change != nil {
			c.change(&s)
		}
		if got := s.Live(at.Add(c.after)); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
