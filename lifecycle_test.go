package jiqiao

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNoStepIsTakenTwiceOrByNobody(t *testing.T) {
	seen := map[string]bool{}
	for _, tr := range Transitions() {
		key := string(tr.From) + " " + string(tr.Step)
		if seen[key] {
			t.Errorf("%s stands twice: what it does depends on the order", key)
		}
		seen[key] = true
		if len(tr.Actors) == 0 {
			t.Errorf("%s is nobody's", key)
		}
		for _, kind := range Kinds {
			if tr.Step.Label(kind) == "" || tr.From.Label(kind) == "" || tr.To.Label(kind) == "" {
				t.Errorf("%s has no Chinese name", key)
			}
		}
	}
}

// Every state can be left, and every state can be reached from a draft.
func TestNoStateIsATrap(t *testing.T) {
	reached := map[Status]bool{StatusDraft: true}
	for range Transitions() {
		for _, tr := range Transitions() {
			if reached[tr.From] {
				reached[tr.To] = true
			}
		}
	}
	list, _ := LookupList("status")
	for _, item := range list.Items {
		s := Status(item.Code)
		if !reached[s] {
			t.Errorf("%s cannot be reached", s)
		}
		if len(StepsOf(s, ActorOwner)) == 0 && len(StepsOf(s, ActorOperator)) == 0 {
			t.Errorf("%s cannot be left by people", s)
		}
	}
}

func TestIllegalSteps(t *testing.T) {
	for _, c := range []struct {
		from  Status
		step  Step
		actor Actor
		code  Code
		says  string
	}{
		{StatusPending, StepApprove, ActorOwner, CodeForbidden, "不由您操作"},
		{StatusPending, StepReturn, ActorOwner, CodeForbidden, "不由您操作"},
		{StatusPending, StepApprove, ActorDeal, CodeForbidden, "不由您操作"},
		{StatusPublished, StepExpire, ActorOperator, CodeForbidden, "不由您操作"},
		{StatusPublished, StepEngage, ActorOwner, CodeForbidden, "不由您操作"},
		{StatusDraft, StepApprove, ActorOperator, CodeConflict, "现在可以：提交审核"},
		{StatusPending, StepSubmit, ActorOwner, CodeConflict, "现在可以：撤回"},
		{StatusPublished, StepSubmit, ActorOwner, CodeConflict, "标记为已解决"},
		{StatusSettled, StepPause, ActorOwner, CodeConflict, "重新打开"},
		{StatusWithdrawn, StepResume, ActorOwner, CodeConflict, "「撤回」"},
		{StatusDraft, StepExpire, ActorSystem, CodeConflict, "目前没有可做的操作"},
		{StatusPublished, "delete", ActorOperator, CodeConflict, ""},
	} {
		_, err := TransitionOf(KindNeed, c.from, c.step, c.actor)
		if CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %s by %s: %v, want %s %q", c.from, c.step, c.actor, err, c.code, c.says)
		}
	}
}

func TestLegalSteps(t *testing.T) {
	for _, tr := range Transitions() {
		for _, a := range tr.Actors {
			got, err := TransitionOf(KindAchievement, tr.From, tr.Step, a)
			if err != nil || got.To != tr.To {
				t.Errorf("%s %s by %s: %v %v", tr.From, tr.Step, a, got.To, err)
			}
		}
	}
}

func TestOutsidersAreToldLess(t *testing.T) {
	for status, want := range map[Status][2]string{
		StatusDraft: {"未发布", "未发布"}, StatusPending: {"未发布", "未发布"}, StatusReturned: {"未发布", "未发布"},
		StatusPublished: {"征集中", "可合作"}, StatusPaused: {"暂停", "暂停"}, StatusEngaged: {"对接中", "对接中"},
		StatusSettled: {"已结束", "已结束"}, StatusExpired: {"已结束", "已结束"}, StatusWithdrawn: {"已结束", "已结束"},
	} {
		if got := [2]string{PublicStatus(KindNeed, status), PublicStatus(KindAchievement, status)}; got != want {
			t.Errorf("%s: %v, want %v", status, got, want)
		}
	}
}

func TestWhoMayChangeARecord(t *testing.T) {
	need := &Need{Header: Header{Owner: OrganisationRef{ID: "o_1"}, Region: "320981"}}
	nowhere := &Need{Header: Header{Owner: OrganisationRef{ID: "o_1"}}}
	result := &Achievement{Header: Header{Owner: OrganisationRef{ID: "o_1"}, Region: "320981"}}
	person := func(role Role, organisation, region string) Viewer {
		return Viewer{User: "u_1", Role: role, Organisation: organisation, Region: region}
	}
	for name, c := range map[string]struct {
		v    Viewer
		rec  Record
		want Actor
	}{
		"the public":                           {Viewer{}, need, ""},
		"an enterprise, another's need":        {person(RoleEnterprise, "o_2", ""), need, ""},
		"an enterprise, an achievement":        {person(RoleEnterprise, "o_1", ""), result, ""},
		"a university, a need":                 {person(RoleUniversity, "o_1", ""), need, ""},
		"an enterprise without organisation":   {person(RoleEnterprise, "", ""), &Need{}, ""},
		"a broker of the owner":                {person(RoleBroker, "o_1", ""), need, ""},
		"an auditor":                           {person(RoleAuditor, "", ""), need, ""},
		"an administrator":                     {person(RoleSystemAdmin, "", ""), need, ""},
		"an operator of another city":          {person(RoleOperator, "", "321000"), need, ""},
		"a reading machine":                    {Viewer{Scopes: []Scope{ScopeReadPrivate}}, need, ""},
		"a writing machine of another":         {Viewer{Scopes: []Scope{ScopeWrite}, Organisation: "o_2"}, need, ""},
		"a reading machine of the owner":       {Viewer{Scopes: []Scope{ScopeReadPrivate}, Organisation: "o_1"}, need, ""},
		"a writing machine of the owner":       {Viewer{Scopes: []Scope{ScopeWrite}, Organisation: "o_1"}, need, ActorOwner},
		"an enterprise, its need":              {person(RoleEnterprise, "o_1", ""), need, ActorOwner},
		"a university, its achievement":        {person(RoleUniversity, "o_1", ""), result, ActorOwner},
		"an operator of the city":              {person(RoleOperator, "", "320900"), need, ActorOperator},
		"an operator of everywhere":            {person(RoleOperator, "", ""), need, ActorOperator},
		"an operator, a record from nowhere":   {person(RoleOperator, "", "320900"), nowhere, ActorOperator},
		"a writing machine":                    {Viewer{Scopes: []Scope{ScopeWrite}}, need, ActorOperator},
		"an operator of the owner's elsewhere": {person(RoleOperator, "o_1", "110000"), need, ""},
	} {
		if got, ok := c.v.ActorFor(c.rec); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// assigned are the fields that the server fills in.
var assigned = []string{"id", "version", "created_at", "updated_at", "deleted_at"}

func TestTheFormHasEveryField(t *testing.T) {
	for _, kind := range Kinds {
		var want []string
		var walk func(reflect.Type)
		walk = func(typ reflect.Type) {
			for i := range typ.NumField() {
				f := typ.Field(i)
				if f.Anonymous {
					walk(f.Type)
					continue
				}
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				if name != "-" && !slices.Contains(assigned, name) {
					want = append(want, name)
				}
			}
		}
		walk(reflect.TypeOf(NewRecord(kind)).Elem())
		var got []string
		for _, f := range formFields(kind) {
			got = append(got, f.name)
			if f.label == "" || (f.text == nil) == (f.items == nil) {
				t.Errorf("%s %s has no label, or no value", kind, f.name)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: fields of the type and of the form (-type +form):\n%s", kind, diff)
		}
	}
}

func TestDiffSaysWhatPeopleSee(t *testing.T) {
	before := &Need{Header: Header{Title: "旧", Status: StatusDraft, Keywords: []string{"碳化硅", "栅氧"}, Fields: []string{"202"}}}
	before.Contact = Contact{Name: "张三丰", Mobile: "13812345678"}
	before.Metrics = []Metric{{Name: "耐压", Comparator: ComparatorAtLeast, Value: 1200, Unit: "V"}, {Name: "寿命", Text: "长"}}
	after := &Need{Header: Header{Title: "新", Status: StatusDraft, Keywords: []string{"栅氧", "沟槽"}, Fields: []string{"202"}}}
	after.Contact = Contact{Name: "张三丰", Mobile: "13899995678"}
	after.Price = WanYuan(50)
	after.Metrics = []Metric{{Name: "寿命", Text: "长"}, {Name: "耐压", Comparator: ComparatorAtLeast, Value: 1700, Unit: "V"}}
	want := []FieldChange{
		{Field: "title", Label: "需求名称", Before: "旧", After: "新"},
		{Field: "keywords", Label: "关键词", Removed: []string{"碳化硅"}, Added: []string{"沟槽"}},
		{Field: "price", Label: "拟投入资金", Before: "未填写", After: "50 万元"},
		{Field: "contact", Label: "联系方式", Before: "张** 138****78", After: "张** 138****78"},
		{Field: "metrics", Label: "技术指标", Removed: []string{"耐压≥1200V"}, Added: []string{"耐压≥1700V"}},
	}
	if diff := cmp.Diff(want, Diff(before, after)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if same := Diff(before, before); len(same) != 0 {
		t.Errorf("the same differs: %v", same)
	}
	turned := *before
	turned.Keywords = []string{"栅氧", "碳化硅"}
	if got := Diff(before, &turned); len(got) != 1 || got[0].After != "栅氧；碳化硅" {
		t.Errorf("another order: %+v", got)
	}
	for path, label := range map[string]string{"metrics[2].value": "技术指标", "contact.mobile": "联系方式", "title": "需求名称", "x": ""} {
		if got := FieldLabel(KindNeed, path); got != label {
			t.Errorf("%s is %q, want %q", path, got, label)
		}
	}
}

func TestDiffNeverShowsAContact(t *testing.T) {
	secret := Contact{Name: "欧阳修文", Position: "", Mobile: "13812345678", Phone: "0515-88001234", Email: "secret@example.cn"}
	for _, before := range []Contact{{}, {Name: "甲"}} {
		old := &Achievement{Header: Header{Title: "一", Contact: before}}
		changed := &Achievement{Header: Header{Title: "一", Contact: secret}}
		for _, c := range append(Diff(old, changed), Diff(changed, old)...) {
			for _, text := range []string{c.Before, c.After} {
				for _, word := range []string{secret.Name, secret.Mobile, secret.Phone, secret.Email, "secret@"} {
					if strings.Contains(text, word) {
						t.Errorf("%q shows %q", text, word)
					}
				}
			}
		}
	}
}

func TestRebase(t *testing.T) {
	base := &Need{Header: Header{ID: "n_1", Version: 3, Title: "一", Status: StatusPublished, Region: "320900"}, Problem: "甲", Constraints: "无"}
	present := *base
	present.Version, present.Status, present.Region = 5, StatusPaused, "320981"
	changed := *base
	changed.Title, changed.Constraints = "二", ""
	changed.Metrics = []Metric{{Name: "耐压", Text: "高"}}
	got, err := Rebase(base, &present, &changed)
	if err != nil {
		t.Fatal(err)
	}
	want := present
	want.Title, want.Constraints, want.Metrics = "二", "", changed.Metrics
	if diff := cmp.Diff(Record(&want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	present.Title = "三"
	if _, err := Rebase(base, &present, &changed); CodeOf(err) != CodeConflict || !strings.Contains(err.Error(), "需求名称") {
		t.Errorf("both changed the title: %v", err)
	}
	present.Title = "二"
	if _, err := Rebase(base, &present, &changed); err != nil {
		t.Errorf("both changed it alike: %v", err)
	}
}

func TestTakeFieldsTakesNoMoreThanTheForm(t *testing.T) {
	rec, from := &Need{Header: Header{ID: "n_1", Title: "一", Status: StatusDraft}}, &Need{Header: Header{ID: "n_2", Title: "二", Status: StatusPublished}, Problem: "难"}
	for _, name := range []string{"id", "version", "status", "merged_into", "created_at", "", "constructor"} {
		if _, err := TakeFields(rec, from, []string{name}); CodeOf(err) != CodeInvalid {
			t.Errorf("%q was taken: %v", name, err)
		}
	}
	got, err := TakeFields(rec, from, []string{"problem"})
	if err != nil || got.Head().Title != "一" || got.Head().ID != "n_1" || got.(*Need).Problem != "难" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestCommentsNameFieldsOfTheForm(t *testing.T) {
	for field, want := range map[string]Code{"metrics": "", "metrics[0].value": "", "contact.mobile": "", "": "", "nonsense": CodeInvalid, "innovations": CodeInvalid} {
		m := RecordMove{Kind: KindNeed, Step: StepReturn, Comments: []FieldError{{Field: field, Message: "请补充"}}}
		if err := m.Validate(); CodeOf(err) != want {
			t.Errorf("a comment on %q: %v", field, err)
		}
	}
}
