package storetest

import (
	"fmt"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func organisationTests() map[string]func(*env) {
	return map[string]func(*env){
		"OrganisationRoundTrip":     organisationRoundTrip,
		"OwnerByID":                 ownerByID,
		"OwnerIsFoundNotDoubled":    ownerIsFoundNotDoubled,
		"OwnerLearnsItsCode":        ownerLearnsItsCode,
		"RenamingReachesTheRecords": renamingReachesTheRecords,
		"CreditCodeIsUnique":        creditCodeIsUnique,
		"OrganisationDeletion":      organisationDeletion,
		"OrganisationPages":         organisationPages,
	}
}

func organisationRoundTrip(e *env) {
	org := &jiqiao.Organisation{
		Kind: jiqiao.OrganisationInstitute, Name: "江苏 <研究院> & 'x'", Region: "320100", Qualifications: []string{"high_tech"},
		Contact: jiqiao.Contact{Name: "王五", Phone: "025-83790000"}, Profile: "简介\n第二行",
	}
	e.must(e.PutOrganisation(e.ctx, org))
	got, err := e.GetOrganisation(e.ctx, org.ID)
	e.must(err)
	if diff := cmp.Diff(*org, got); diff != "" {
		e.t.Errorf("read differs:\n%s", diff)
	}
	stale := *org
	org.Profile = "改过的简介"
	e.must(e.PutOrganisation(e.ctx, org))
	e.fails(jiqiao.CodeConflict, e.PutOrganisation(e.ctx, &stale))
	if org.Version != 2 || stale.Version != 1 || e.lastSeq() != 0 {
		e.t.Errorf("versions %d and %d, seq %d", org.Version, stale.Version, e.lastSeq())
	}
}

func ownerByID(e *env) {
	org := &jiqiao.Organisation{Kind: jiqiao.OrganisationAgency, Name: "技术转移中心", CreditCode: "12320000466007034H"}
	e.must(e.PutOrganisation(e.ctx, org))
	n := Need("会被忽略的名字", "按编号归属")
	n.Owner.ID = org.ID
	e.put(n)
	want := jiqiao.OrganisationRef{ID: org.ID, Name: org.Name, CreditCode: org.CreditCode, Kind: org.Kind}
	if diff := cmp.Diff(want, n.Owner); diff != "" {
		e.t.Errorf("owner (-want +got):\n%s", diff)
	}
}

func ownerIsFoundNotDoubled(e *env) {
	a, b, c := Need("某某（南京）公司", "一"), Need("某某(南京)公司 ", "二"), Achievement("某某(南京)公司", "三")
	e.put(a, b)
	e.putMany(c)
	if a.Owner != b.Owner || a.Owner != c.Owner || a.Owner.Name != "某某（南京）公司" {
		e.t.Errorf("owners %+v, %+v, %+v", a.Owner, b.Owner, c.Owner)
	}
	none := Need(" ", "无主")
	none.Owner.CreditCode = "/"
	e.put(none)
	if none.Owner != (jiqiao.OrganisationRef{}) {
		e.t.Errorf("an owner from nothing: %+v", none.Owner)
	}
	if n, err := e.CountOrganisations(e.ctx); n != 1 || err != nil {
		e.t.Errorf("%d organisations, %v", n, err)
	}
}

func ownerLearnsItsCode(e *env) {
	first := Need("某公司", "没有写代码")
	e.put(first)
	second := Need("某公司", "写了代码")
	second.Owner.CreditCode = "91320000466007034h"
	e.put(second)
	if second.Owner.ID != first.Owner.ID || second.Owner.CreditCode != "91320000466007034H" {
		e.t.Errorf("the second owner is %+v, the first %+v", second.Owner, first.Owner)
	}
	got, err := e.Get(e.ctx, jiqiao.KindNeed, first.ID)
	e.must(err)
	if got.Head().Owner != second.Owner || got.Head().Version != 2 {
		e.t.Errorf("the first record did not learn: %+v", got.Head())
	}
	namesake := Need("某公司", "同名不同户")
	namesake.Owner.CreditCode = "91110000466007034X"
	e.put(namesake)
	if namesake.Owner.ID == first.Owner.ID {
		e.t.Error("two organisations of one name and different codes became one")
	}
	plain := Need("某公司", "又没有写代码")
	e.put(plain)
	if plain.Owner.ID != first.Owner.ID {
		e.t.Error("a name alone should mean the oldest organisation")
	}
}

func renamingReachesTheRecords(e *env) {
	n, a, other := Need("老名字公司", "一"), Achievement("老名字公司", "二"), Need("别的公司", "三")
	e.put(n, a, other)
	gone := Need("老名字公司", "删掉的")
	e.put(gone)
	e.must(e.Delete(e.ctx, jiqiao.KindNeed, gone.ID, 1))
	seq := e.lastSeq()
	org, err := e.GetOrganisation(e.ctx, n.Owner.ID)
	e.must(err)
	org.Name = "新名字公司"
	e.must(e.PutOrganisation(e.ctx, &org))
	for _, rec := range []jiqiao.Record{n, a} {
		got, err := e.Get(e.ctx, rec.Kind(), rec.Head().ID)
		e.must(err)
		if got.Head().Owner.Name != "新名字公司" || got.Head().Version != 2 || got.Head().Title != rec.Head().Title {
			e.t.Errorf("after the renaming: %+v", got.Head())
		}
	}
	changed := map[string]int64{}
	for _, c := range e.changes(seq) {
		changed[c.ID] = c.Version
	}
	if diff := cmp.Diff(map[string]int64{n.ID: 2, a.ID: 2}, changed); diff != "" {
		e.t.Errorf("changes (-want +got):\n%s", diff)
	}
	e.fails(jiqiao.CodeConflict, e.Put(e.ctx, n)) // its editor must see the new name first
	found, err := e.FindByKey(e.ctx, jiqiao.KindNeed, "", "新名字公司", "一")
	e.must(err)
	if found.Head().ID != n.ID {
		e.t.Error("not found under the new name")
	}
	seq = e.lastSeq()
	org.Profile = "只改简介"
	e.must(e.PutOrganisation(e.ctx, &org))
	if e.lastSeq() != seq {
		e.t.Error("a change that records do not carry was logged for them")
	}
}

func creditCodeIsUnique(e *env) {
	org := &jiqiao.Organisation{Name: "甲", CreditCode: "12320000466007034H"}
	e.must(e.PutOrganisation(e.ctx, org))
	e.must(e.PutOrganisation(e.ctx, org)) // its own code is no conflict
	e.fails(jiqiao.CodeConflict, e.PutOrganisation(e.ctx, &jiqiao.Organisation{Name: "乙", CreditCode: "12320000466007034h"}))
	e.must(e.PutOrganisation(e.ctx, &jiqiao.Organisation{Name: "丙", CreditCode: "无"}))
	e.must(e.PutOrganisation(e.ctx, &jiqiao.Organisation{Name: "丁", CreditCode: "无"}))
	e.must(e.DeleteOrganisation(e.ctx, org.ID, 2))
	e.must(e.PutOrganisation(e.ctx, &jiqiao.Organisation{Name: "戊", CreditCode: "12320000466007034H"}))
}

func organisationDeletion(e *env) {
	n := Need("要注销的公司", "最后一条")
	e.put(n)
	e.fails(jiqiao.CodeConflict, e.DeleteOrganisation(e.ctx, n.Owner.ID, 1))
	e.must(e.Delete(e.ctx, jiqiao.KindNeed, n.ID, 1))
	e.fails(jiqiao.CodeConflict, e.DeleteOrganisation(e.ctx, n.Owner.ID, 3))
	e.must(e.DeleteOrganisation(e.ctx, n.Owner.ID, 1))
	e.fails(jiqiao.CodeNotFound, e.DeleteOrganisation(e.ctx, n.Owner.ID, 2))
	_, err := e.GetOrganisation(e.ctx, n.Owner.ID)
	e.fails(jiqiao.CodeNotFound, err)
	again := Need("要注销的公司", "重新来过")
	e.put(again)
	if again.Owner.ID == n.Owner.ID {
		e.t.Error("a deleted organisation owns a new record")
	}
}

func organisationPages(e *env) {
	for i := range 25 {
		kind := jiqiao.OrganisationEnterprise
		if i%5 == 0 {
			kind = jiqiao.OrganisationUniversity
		}
		region := "320981"
		if i%2 == 0 {
			region = "310115"
		}
		// Only where it stands does a region count.
		e.must(e.PutOrganisation(e.ctx, &jiqiao.Organisation{
			Kind: kind, Name: fmt.Sprintf("单位 %02d 100%%_X", i), Region: region, Profile: `"region":"320900"`,
		}))
	}
	cases := []struct {
		kind   jiqiao.OrganisationKind
		text   string
		region string
		newest bool
		limit  int
		pages  []int
	}{
		{pages: []int{20, 5}},
		{limit: 10, pages: []int{10, 10, 5}},
		{newest: true, limit: 10, pages: []int{10, 10, 5}},
		{limit: 25, pages: []int{25}},
		{kind: jiqiao.OrganisationUniversity, limit: 3, pages: []int{3, 2}},
		{text: "单位0", pages: []int{10}},
		{text: "００％＿ｘ", pages: []int{20, 5}},
		{text: "1_0", pages: []int{0}},
		{text: "%", limit: 1000, pages: []int{25}},
		{kind: jiqiao.OrganisationBureau, pages: []int{0}},
		{region: "320900", pages: []int{12}},
		{region: "310000", text: "单位0", pages: []int{5}},
		{region: "320300", pages: []int{0}},
	}
	for _, c := range cases {
		var got []int
		cursor, seen := "", map[string]bool{}
		for {
			page, err := e.ListOrganisations(e.ctx, jiqiao.OrganisationQuery{Kind: c.kind, Text: c.text, Region: c.region, Newest: c.newest, Cursor: cursor, Limit: c.limit})
			e.must(err)
			got = append(got, len(page.Items))
			for _, org := range page.Items {
				if seen[org.ID] {
					e.t.Errorf("%+v: %s is listed twice", c, org.Name)
				}
				seen[org.ID] = true
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if diff := cmp.Diff(c.pages, got); diff != "" {
			e.t.Errorf("%+v (-want +got):\n%s", c, diff)
		}
	}
	newest, err := e.ListOrganisations(e.ctx, jiqiao.OrganisationQuery{Newest: true, Limit: 1})
	e.must(err)
	if newest.Total != 25 || newest.Items[0].Name != "单位 24 100%_X" {
		e.t.Errorf("the newest of %d is %s", newest.Total, newest.Items[0].Name)
	}
	_, err = e.ListOrganisations(e.ctx, jiqiao.OrganisationQuery{Cursor: "不是编号", Limit: 5})
	e.fails(jiqiao.CodeInvalid, err)
}
