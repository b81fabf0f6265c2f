package jiqiao

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// permissionMatrix is the permission table once more, as who decides about it reads it: a change of the rules is a change
// of this text. A dot is a "must not". The columns are the roles 企业, 高校院所, 技术经理人, 业务员, 系统, 安全, 审计, what
// leading an organisation adds (单位管理员), the scopes of machines' tokens, and two scopes of tokens bound to an organisation.
const permissionMatrix = `
                         企 高 经 业 系 安 审 单  read private write admin  单位read_private 单位admin
self                     +  +  +  +  +  +  +  +  .    .       .     .      .                .
contact.read             .  .  .  .  .  .  .  .  +    +       +     +      .                .
contact.reveal           .  .  +  +  .  .  .  .  .    .       .     .      .                .
record.read_broker       .  .  +  +  .  .  .  .  .    +       +     +      .                .
record.read_any          .  .  .  +  .  .  .  .  .    +       +     +      .                .
record.write_own         +  +  .  +  .  .  .  .  .    .       +     +      .                +
record.write_any         .  .  .  +  .  .  .  .  .    .       +     +      .                .
record.review            .  .  .  +  .  .  .  .  .    .       .     .      .                .
record.import            +  +  .  +  .  .  .  .  .    .       +     +      .                .
clinic.read              +  +  +  +  .  .  .  .  .    .       +     +      .                .
organisation.read        .  .  +  +  +  .  .  .  +    +       +     +      .                .
organisation.write_own   +  +  .  .  .  .  .  .  .    .       .     .      .                +
organisation.write_any   .  .  .  +  .  .  .  .  .    .       +     +      .                .
organisation.review      .  .  .  +  .  .  .  .  .    .       .     .      .                .
member.manage            .  .  .  .  .  .  .  +  .    .       .     .      .                .
decision.read            .  .  +  +  .  .  .  .  .    +       +     +      .                .
decision.write           .  .  +  .  .  .  .  .  .    .       +     +      .                .
decision.withdraw        .  .  +  +  .  .  .  .  .    .       +     +      .                .
run.read                 .  .  .  +  .  .  .  .  +    +       +     +      .                .
assignment.read          .  .  .  +  .  .  .  .  .    +       +     +      .                .
run.write                .  .  .  +  .  .  .  .  .    .       +     +      .                .
model.read               .  .  +  +  +  .  .  .  .    +       +     +      .                .
model.manage             .  .  .  .  +  .  .  .  .    .       .     +      .                .
queue.read               .  .  +  +  .  .  .  .  .    .       .     .      .                .
queue.work               .  .  +  .  .  .  .  .  .    .       .     .      .                .
queue.manage             .  .  .  +  .  .  .  .  .    .       .     .      .                .
introduction.read        +  +  +  +  .  .  .  .  .    .       .     .      .                .
introduction.answer      +  +  .  .  .  .  .  .  .    .       .     .      .                .
introduction.manage      .  .  +  +  .  .  .  .  .    .       .     .      .                .
deal.read                +  +  +  +  .  .  .  .  .    .       .     .      .                .
deal.join                +  +  .  .  .  .  .  .  .    .       .     .      .                .
deal.work                .  .  +  +  .  .  .  .  .    .       .     .      .                .
deal.register            .  .  .  +  .  .  .  .  .    .       .     .      .                .
subsidy.manage           .  .  .  +  .  .  .  .  .    .       .     .      .                .
statistics.read          .  .  .  +  .  .  .  .  .    +       +     +      .                .
policy.write             .  .  .  +  .  .  .  .  .    .       .     .      .                .
account.read             .  .  .  +  +  +  .  .  .    .       .     .      .                .
account.manage           .  .  .  .  +  .  .  .  .    .       .     .      .                .
security.manage          .  .  .  .  .  +  .  .  .    .       .     .      .                .
system.manage            .  .  .  .  +  .  .  .  .    .       .     +      .                .
outbox.read              .  .  .  +  +  .  .  .  .    .       .     +      .                .
audit.read               .  .  .  .  .  .  +  .  .    .       .     .      .                .
`

// matrixViewers are the matrix's columns.
func matrixViewers() []Viewer {
	var all []Viewer
	for _, role := range Roles {
		all = append(all, Viewer{User: "u_1", Role: role})
	}
	all = append(all, Viewer{User: "u_1", Role: "none", Lead: true})
	for _, scope := range Scopes {
		all = append(all, Viewer{Name: "机器", Scopes: []Scope{scope}})
	}
	all = append(all, Viewer{Name: "机器", Scopes: []Scope{ScopeReadPrivate}, Organisation: "o_1"})
	return append(all, Viewer{Name: "机器", Scopes: []Scope{ScopeAdmin}, Organisation: "o_1"})
}

// declaredPermissions are the constants of permission.go.
func declaredPermissions(t *testing.T) []Permission {
	t.Helper()
	text, err := os.ReadFile("permission.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []Permission
	for _, m := range regexp.MustCompile(`Permission = "([a-z_.]+)"`).FindAllStringSubmatch(string(text), -1) {
		found = append(found, Permission(m[1]))
	}
	return found
}

func TestPermissionsRowByRow(t *testing.T) {
	rows := map[Permission][]string{}
	for line := range strings.Lines(permissionMatrix) {
		if cells := strings.Fields(line); len(cells) > 0 && cells[0] != "企" {
			rows[Permission(cells[0])] = cells[1:]
		}
	}
	viewers := matrixViewers()
	for _, p := range declaredPermissions(t) {
		want, described := rows[p]
		delete(rows, p)
		var have []string
		for _, v := range viewers {
			have = append(have, map[bool]string{true: "+", false: "."}[v.May(p)])
		}
		if !described || !slices.Equal(have, want) {
			t.Errorf("the table says\n%s\nwant\n%s", matrixRow(p, have), matrixRow(p, want))
		}
	}
	for p := range rows {
		t.Errorf("%s is in the matrix and nowhere else", p)
	}
}

func matrixRow(p Permission, cells []string) string {
	return fmt.Sprintf("%-24s %s", p, strings.Join(cells, "  "))
}

func TestThePublicMayNothing(t *testing.T) {
	for _, v := range []Viewer{
		{},
		{Name: "机器"},
		{Scopes: []Scope{"root"}},
		{Role: RoleOperator}, // a role without an account
		{Lead: true},         // leads nothing
		{Role: RoleSecurityAdmin, Organisation: "o_1"},          // no account either
		{User: "", Role: RoleAuditor, Scopes: []Scope{"audit"}}, // neither
	} {
		for _, p := range declaredPermissions(t) {
			if v.May(p) {
				t.Errorf("%+v may %s", v, p)
			}
		}
		if got := v.Permissions(); len(got) != 0 {
			t.Errorf("%+v: %v", v, got)
		}
		if !v.May("") {
			t.Errorf("%+v may not do what is open to all", v)
		}
	}
}

// A person's rights come from the role alone: scopes that slip in give nothing.
func TestAPersonHasNoScopes(t *testing.T) {
	v := Viewer{User: "u_1", Role: RoleEnterprise, Scopes: []Scope{ScopeAdmin}}
	for _, p := range []Permission{PermModelManage, PermRecordWriteAny, PermContactRead, PermOutboxRead} {
		if v.May(p) {
			t.Errorf("an enterprise with a scope may %s", p)
		}
	}
}

// The three administrators hold nothing in common that changes anything (等保: separation of duties).
func TestTheThreeAdministratorsStayApart(t *testing.T) {
	business := []Permission{PermRecordWriteOwn, PermRecordWriteAny, PermRecordReview, PermDecisionWrite, PermQueueWork, PermDealWork, PermContactRead, PermContactReveal}
	own := map[Role]Permission{RoleSystemAdmin: PermAccountManage, RoleSecurityAdmin: PermSecurityManage, RoleAuditor: PermAuditRead}
	for role := range own {
		v := Viewer{User: "u_1", Role: role}
		for other, p := range own {
			if v.May(p) != (other == role) {
				t.Errorf("%s may %s: %t", role, p, v.May(p))
			}
		}
		for _, p := range business {
			if v.May(p) {
				t.Errorf("%s may %s", role, p)
			}
		}
	}
}

func TestEveryRoleHasALabelAndATable(t *testing.T) {
	for _, role := range Roles {
		if CodeLabel("role", string(role)) == "" {
			t.Errorf("%s has no label", role)
		}
		if len(rolePermissions[role]) == 0 {
			t.Errorf("%s may nothing", role)
		}
	}
	if len(rolePermissions) != len(Roles) {
		t.Error("the table has a role that is none")
	}
}

func TestReaches(t *testing.T) {
	for _, c := range []struct {
		mine, theirs string
		want         bool
	}{
		{"", "320981", true},
		{"", "", true},
		{"320000", "320981", true},
		{"320900", "320981", true},
		{"320981", "320981", true},
		{"320900", "320100", false},
		{"320981", "320900", false},
		{"320900", "330900", false},
		{"320900", "", false},
		{"3209", "320981", false},
	} {
		if got := (Viewer{Region: c.mine}).Reaches(c.theirs); got != c.want {
			t.Errorf("%q reaches %q: %t", c.mine, c.theirs, got)
		}
	}
}

// An operator of a region has no part in what reaches beyond every region.
func TestOperatorsOfARegionStayInIt(t *testing.T) {
	whole := Viewer{User: "u_1", Role: RoleOperator}
	bound := whole
	bound.Region = "320900"
	for _, p := range wholePlatform {
		if !whole.May(p) || bound.May(p) {
			t.Errorf("%s: %t without a region, %t with one", p, whole.May(p), bound.May(p))
		}
	}
	if !bound.May(PermRecordReview) {
		t.Error("may not review")
	}
}
