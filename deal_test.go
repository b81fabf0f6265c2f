package jiqiao

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func testDeal(stage Stage, change ...func(*Deal)) Deal {
	d := Deal{
		ID: "l_1", NeedID: "n_1", AchievementID: "a_1", Broker: "u_1", Stage: stage, State: DealOpen,
		Buyer: OrganisationRef{ID: "o_buyer"}, Seller: OrganisationRef{ID: "o_seller"}, BuyerRegion: "320981", SellerRegion: "320102",
		Agreed: stage.Rank() >= StageInterest.Rank(),
	}
	for _, c := range change {
		c(&d)
	}
	return d
}

func testContract() *Contract {
	party := func(name string) ContractParty {
		return ContractParty{Name: name, CreditCode: "91350100M000100Y43", Country: "156", Region: "320900", Nature: "150"}
	}
	return &Contract{
		Project: "叶片修复", Type: "development.entrusted", SignedOn: "2026-11-01", ValidFrom: "2026-11-01", ValidUntil: "2027-10-31",
		Seller: party("乙大学"), Buyer: party("甲公司"), Total: 100 * Wan, Trade: 80 * Wan, PaymentMode: "instalments", PlanSource: "none",
		IPs: []string{"secret"}, Field: "05", Objective: "10", Industry: "C37", Secrecy: "none",
	}
}

func TestMoveDeal(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	contract, registered := testContract(), testContract()
	registered.Registration.Number = "2026320900000001"
	done := &Evaluation{Result: "met", Text: "指标全部达到"}
	paid := func(d *Deal) { d.Total, d.Received = 100*Wan, 30*Wan }
	for name, c := range map[string]struct {
		deal     Deal
		move     DealMove
		contract *Contract
		want     string // part of the refusal, empty when it may happen
	}{
		"one step":                        {testDeal(StageIntake), DealMove{Verb: DealAdvance, To: StageDiagnosis}, nil, ""},
		"two steps without a word":        {testDeal(StageIntake), DealMove{Verb: DealAdvance, To: StageRecommend}, nil, "跨过 1 个阶段"},
		"two steps with a word":           {testDeal(StageIntake), DealMove{Verb: DealAdvance, To: StageRecommend, Note: "需求已清楚"}, nil, ""},
		"nowhere":                         {testDeal(StageIntake), DealMove{Verb: DealAdvance}, nil, "没有这个阶段"},
		"an unknown stage":                {testDeal(StageIntake), DealMove{Verb: DealAdvance, To: "moon"}, nil, "没有这个阶段"},
		"on the spot":                     {testDeal(StageTalks), DealMove{Verb: DealAdvance, To: StageTalks}, nil, "之后的阶段"},
		"forward to what is past":         {testDeal(StageTalks), DealMove{Verb: DealAdvance, To: StageIntake}, nil, "之后的阶段"},
		"signed without a contract":       {testDeal(StageNegotiation), DealMove{Verb: DealAdvance, To: StageSigned}, nil, "请先填写合同"},
		"past signing without a contract": {testDeal(StageNegotiation), DealMove{Verb: DealAdvance, To: StagePerforming, Note: "跳过"}, nil, "请先填写合同"},
		"closed without a contract":       {testDeal(StageNegotiation), DealMove{Verb: DealAdvance, To: StageClosed, Note: "跳过", Evaluation: done}, nil, "请先填写合同"},
		"signed":                          {testDeal(StageNegotiation), DealMove{Verb: DealAdvance, To: StageSigned}, contract, ""},
		"registered without a number":     {testDeal(StageSigned), DealMove{Verb: DealAdvance, To: StageRegistered}, contract, "登记编号"},
		"registered":                      {testDeal(StageSigned), DealMove{Verb: DealAdvance, To: StageRegistered}, registered, ""},
		"never registered":                {testDeal(StageSigned), DealMove{Verb: DealAdvance, To: StagePerforming, Note: "不办理登记"}, contract, ""},
		"closed without evaluation":       {testDeal(StagePerforming), DealMove{Verb: DealAdvance, To: StageClosed}, contract, "请填写评价"},
		"closed with half an evaluation":  {testDeal(StagePerforming), DealMove{Verb: DealAdvance, To: StageClosed, Evaluation: &Evaluation{Result: "great"}}, contract, "评价"},
		"closed with money outstanding":   {testDeal(StagePerforming, paid), DealMove{Verb: DealAdvance, To: StageClosed, Evaluation: done}, contract, "差额的原因"},
		"closed, explained":               {testDeal(StagePerforming, paid), DealMove{Verb: DealAdvance, To: StageClosed, Evaluation: done, Note: "尾款转为质保金"}, contract, ""},
		"back":                            {testDeal(StageTrial), DealMove{Verb: DealBack, To: StageTalks, Note: "换方案"}, nil, ""},
		"back without a reason":           {testDeal(StageTrial), DealMove{Verb: DealBack, To: StageTalks}, nil, "退回的原因"},
		"back to what comes":              {testDeal(StageTrial), DealMove{Verb: DealBack, To: StageSigned, Note: "x"}, contract, "之前的阶段"},
		"back nowhere":                    {testDeal(StageTrial), DealMove{Verb: DealBack, Note: "x"}, contract, "没有这个阶段"},
		"back before money":               {testDeal(StagePerforming, paid), DealMove{Verb: DealBack, To: StageTalks, Note: "x"}, contract, "请先冲销"},
		"back before registration": {
			testDeal(StageRegistered, func(d *Deal) { d.Registration = "2026320900000001" }),
			DealMove{Verb: DealBack, To: StageTalks, Note: "x"}, registered, "已认定登记",
		},
		"paused":                      {testDeal(StageTalks), DealMove{Verb: DealPause, Reason: "funds"}, nil, ""},
		"paused for no reason":        {testDeal(StageTalks), DealMove{Verb: DealPause}, nil, "请选择原因"},
		"paused for a strange reason": {testDeal(StageTalks), DealMove{Verb: DealPause, Reason: "weather"}, nil, "退出原因"},
		"returned, other, unsaid":     {testDeal(StageTalks), DealMove{Verb: DealReturn, Reason: "other"}, nil, "写明原因"},
		"returned":                    {testDeal(StageTalks), DealMove{Verb: DealReturn, Reason: "unclear"}, nil, ""},
		"ended":                       {testDeal(StageTalks), DealMove{Verb: DealEnd, Reason: "silent"}, nil, ""},
		"ended while paused":          {testDeal(StageTalks, func(d *Deal) { d.State = DealPaused }), DealMove{Verb: DealEnd, Reason: "silent"}, nil, ""},
		"ended twice":                 {testDeal(StageTalks, func(d *Deal) { d.State = DealEnded }), DealMove{Verb: DealEnd, Reason: "silent"}, nil, "已经终止"},
		"moved while paused":          {testDeal(StageTalks, func(d *Deal) { d.State = DealPaused }), DealMove{Verb: DealAdvance, To: StageVisit}, nil, "请先恢复"},
		"moved after the end":         {testDeal(StageTalks, func(d *Deal) { d.State = DealEnded }), DealMove{Verb: DealAdvance, To: StageVisit}, nil, "请先恢复"},
		"resumed":                     {testDeal(StageTalks, func(d *Deal) { d.State = DealPaused }), DealMove{Verb: DealResume, Note: "资金到位"}, nil, ""},
		"resumed without a word":      {testDeal(StageTalks, func(d *Deal) { d.State = DealPaused }), DealMove{Verb: DealResume}, nil, "为什么恢复"},
		"resumed while open":          {testDeal(StageTalks), DealMove{Verb: DealResume, Note: "x"}, nil, "正在进行中"},
		"anything once closed":        {testDeal(StageClosed, func(d *Deal) { d.State = DealEnded }), DealMove{Verb: DealResume, Note: "x"}, contract, "已结题"},
		"no such verb":                {testDeal(StageTalks), DealMove{Verb: "dance"}, nil, "没有这种操作"},
		"too long a note":             {testDeal(StageTalks), DealMove{Verb: DealPause, Reason: "funds", Note: strings.Repeat("长", MaxNote+1)}, nil, "最多"},
	} {
		t.Run(name, func(t *testing.T) {
			was := c.deal
			err := c.deal.Move(c.move, c.contract, now)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("refused with %v, want %q", err, c.want)
			}
			if diff := cmp.Diff(was, c.deal); diff != "" {
				t.Errorf("a refused move changes the deal:\n%s", diff)
			}
		})
	}
}

func TestMoveDealFills(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	d := testDeal(StageRecommend)
	for _, m := range []DealMove{
		{Verb: DealAdvance, To: StageInterest},
		{Verb: DealBack, To: StageDiagnosis, Note: "重新诊断"},
		{Verb: DealPause, Reason: "funds", Note: "等预算"},
	} {
		if err := d.Move(m, nil, now); err != nil {
			t.Fatal(err)
		}
	}
	if !d.Agreed || d.Stage != StageDiagnosis || d.State != DealPaused || d.ExitReason != "funds" || d.ExitNote != "等预算" || !d.StageSince.Equal(now) {
		t.Errorf("paused: %+v", d)
	}
	if err := d.Move(DealMove{Verb: DealResume, Note: "预算已批"}, nil, now); err != nil || d.State != DealOpen || d.ExitReason+d.ExitNote != "" {
		t.Errorf("resumed: %v %+v", err, d)
	}
	e := &Evaluation{Result: "partly", Text: "三项指标达到两项"}
	if err := d.Move(DealMove{Verb: DealAdvance, To: StageClosed, Note: "一次结清", Evaluation: e}, testContract(), now); err != nil {
		t.Fatal(err)
	}
	if d.State != DealEnded || d.EndedAt == nil || !d.Evaluation.Success() || d.ExitReason != "" {
		t.Errorf("closed: %+v", d)
	}
	if (&Evaluation{Result: "unmet"}).Success() || (*Evaluation)(nil).Success() {
		t.Error("a failure counts as a success")
	}
}

// Whatever is asked, a deal past signing has a contract, and what has ended stays ended unless it is resumed.
func TestDealInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := testDeal(StageIntake)
		var c *Contract
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for range rapid.IntRange(1, 30).Draw(t, "moves") {
			if rapid.Bool().Draw(t, "sign") {
				c = testContract()
			}
			m := DealMove{
				Verb:   rapid.SampledFrom([]DealVerb{DealAdvance, DealBack, DealPause, DealReturn, DealEnd, DealResume}).Draw(t, "verb"),
				To:     rapid.SampledFrom(Stages[:]).Draw(t, "to"),
				Reason: rapid.SampledFrom([]string{"", "funds", "other", "x"}).Draw(t, "reason"),
				Note:   rapid.SampledFrom([]string{"", "说明"}).Draw(t, "note"),
			}
			if rapid.Bool().Draw(t, "evaluated") {
				m.Evaluation = &Evaluation{Result: "met", Text: "好"}
			}
			was := d
			now = now.Add(time.Hour)
			err := d.Move(m, c, now)
			switch {
			case err != nil && !cmp.Equal(was, d):
				t.Fatalf("%+v was refused and changed the deal", m)
			case d.Stage.Rank() >= StageSigned.Rank() && c == nil:
				t.Fatalf("%s without a contract", d.Stage)
			case was.Stage == StageClosed && err == nil:
				t.Fatalf("%s moved a closed deal", m.Verb)
			case was.State == DealEnded && d.State != DealEnded && m.Verb != DealResume:
				t.Fatalf("%s brought an ended deal back", m.Verb)
			case was.Agreed && !d.Agreed:
				t.Fatal("an agreement was forgotten")
			case (d.State == DealOpen) != (d.ExitReason == "" && d.Evaluation == nil):
				t.Fatalf("state %s with reason %q", d.State, d.ExitReason)
			}
		}
	})
}

func TestWhoSeesDeal(t *testing.T) {
	early, agreed := testDeal(StageRecommend), testDeal(StageTalks)
	for name, c := range map[string]struct {
		viewer                 Viewer
		early, agreed, handles bool
	}{
		"the public":                        {Viewer{}, false, false, false},
		"its broker":                        {Viewer{User: "u_1", Role: RoleBroker}, true, true, true},
		"another broker":                    {Viewer{User: "u_2", Role: RoleBroker}, false, false, false},
		"a broker of a party":               {Viewer{User: "u_2", Role: RoleBroker, Organisation: "o_buyer"}, false, false, false},
		"an operator of everything":         {Viewer{User: "u_3", Role: RoleOperator}, true, true, true},
		"an operator of the buyer's city":   {Viewer{User: "u_3", Role: RoleOperator, Region: "320900"}, true, true, true},
		"an operator of the seller's":       {Viewer{User: "u_3", Role: RoleOperator, Region: "320100"}, true, true, true},
		"an operator of the next county":    {Viewer{User: "u_3", Role: RoleOperator, Region: "320982"}, false, false, false},
		"a member of the buyer":             {Viewer{User: "u_4", Role: RoleEnterprise, Organisation: "o_buyer"}, false, true, false},
		"a member of the seller":            {Viewer{User: "u_5", Role: RoleUniversity, Organisation: "o_seller"}, false, true, false},
		"a member of neither":               {Viewer{User: "u_6", Role: RoleEnterprise, Organisation: "o_third"}, false, false, false},
		"somebody without an organisation":  {Viewer{User: "u_7", Role: RoleEnterprise}, false, false, false},
		"the auditor":                       {Viewer{User: "u_8", Role: RoleAuditor}, false, false, false},
		"the system administrator":          {Viewer{User: "u_9", Role: RoleSystemAdmin}, false, false, false},
		"a machine that may do everything":  {Viewer{Name: "m", Scopes: []Scope{ScopeAdmin}}, false, false, false},
		"a machine of the buyer":            {Viewer{Name: "m", Scopes: []Scope{ScopeWrite}, Organisation: "o_buyer"}, false, false, false},
		"a party called like an empty deal": {Viewer{User: "u_1x", Role: RoleEnterprise, Organisation: ""}, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.viewer.SeesDeal(early); got != c.early {
				t.Errorf("sees the deal before both agreed: %v", got)
			}
			if got := c.viewer.SeesDeal(agreed); got != c.agreed {
				t.Errorf("sees the deal: %v", got)
			}
			if got := c.viewer.WorksDeal(agreed); got != c.handles {
				t.Errorf("handles the deal: %v", got)
			}
			scope := c.viewer.DealScope()
			if empty := scope == (DealScope{}); empty && (c.early || c.agreed) {
				t.Errorf("scope %+v finds nothing", scope)
			}
		})
	}
}

func TestShowDeal(t *testing.T) {
	whole := DealDetail{
		Deal:   testDeal(StageTalks, func(d *Deal) { d.Expected, d.NextDue, d.ExitNote = 5*Wan, "2026-11-30", "买方资金紧张" }),
		Tasks:  []DealTask{{Title: "催买方"}},
		Events: []DealEvent{{To: StageRecommend, Note: "内部", User: "u_1"}, {To: StageTalks, Note: "内部", User: "u_1"}},
		Notes: []DealNote{
			{Text: "内部", Author: "u_1"}, {Text: "共享", Author: "u_1", Shared: true}, {Text: "我方", Author: "u_4", Organisation: "o_buyer", Shared: true},
		},
		Payments:  []Payment{{Amount: 1, By: "u_1"}},
		Subsidies: []Subsidy{{Organisation: OrganisationRef{ID: "o_seller"}}, {Organisation: OrganisationRef{ID: "o_buyer"}, Amount: 7}},
	}
	broker := Viewer{User: "u_1", Role: RoleBroker}
	if diff := cmp.Diff(whole, broker.ShowDeal(whole)); diff != "" {
		t.Errorf("the broker is shown less:\n%s", diff)
	}
	got := Viewer{User: "u_4", Role: RoleEnterprise, Organisation: "o_buyer"}.ShowDeal(whole)
	want := DealDetail{
		Deal: testDeal(StageTalks), Tasks: []DealTask{}, Events: []DealEvent{{To: StageTalks}},
		Notes:     []DealNote{{Text: "共享", Shared: true}, {Text: "我方", Author: "u_4", Organisation: "o_buyer", Shared: true}},
		Payments:  []Payment{{Amount: 1}},
		Subsidies: []Subsidy{{Organisation: OrganisationRef{ID: "o_buyer"}, Amount: 7}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a party is shown (-want +got):\n%s", diff)
	}
	if whole.Payments[0].By != "u_1" {
		t.Error("showing a deal changed it")
	}
}

func TestDealInputs(t *testing.T) {
	for name, err := range map[string]error{
		"a deal of nothing":         (&Deal{}).Validate(),
		"a deal without a name":     (&DealChange{Expected: 1}).Validate(),
		"a deal below nothing":      (&Deal{NeedID: "n", AchievementID: "a", Expected: -1}).Validate(),
		"a deal beyond everything":  (&Deal{NeedID: "n", AchievementID: "a", Expected: MaxMoney + 1}).Validate(),
		"a task of nothing":         (&DealTask{}).Validate(),
		"a task of no day":          (&DealTask{Title: "x", Due: "soon"}).Validate(),
		"a note of nothing":         (&DealNote{Text: " "}).Validate(),
		"a query of no stage":       DealQuery{Stage: "x"}.Validate(),
		"a query in no order":       DealQuery{Sort: "x"}.Validate(),
		"a reversal for no reason":  CheckReason(""),
		"a remark of a whole novel": CheckNote(strings.Repeat("长", MaxNote+1)),
	} {
		if CodeOf(err) != CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"a deal": (&Deal{NeedID: "n", AchievementID: "a"}).Validate(), "a task": (&DealTask{Title: "x", Due: "2026-11-30"}).Validate(),
		"a note": (&DealNote{Text: "好"}).Validate(), "a query": DealQuery{Stage: StageTalks, State: DealOpen, Region: "320900", Sort: DealSortDue}.Validate(),
		"a reason": CheckReason("重复登记"),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The lists and the constants are one.
func TestDealLists(t *testing.T) {
	list, _ := LookupList("deal_stage")
	if len(list.Items) != len(Stages) {
		t.Fatalf("%d stages in the list, %d constants", len(list.Items), len(Stages))
	}
	for i, item := range list.Items {
		if Stages[i] != Stage(item.Code) || Stages[i].Rank() != i+1 {
			t.Errorf("stage %d is %s in the list, %s as a constant", i+1, item.Code, Stages[i])
		}
	}
	for _, s := range []DealState{DealOpen, DealPaused, DealReturned, DealEnded} {
		if s.Label() == "" {
			t.Errorf("%s has no name", s)
		}
	}
	for _, s := range []SubsidyState{SubsidyApplied, SubsidyApproved, SubsidyPaid, SubsidyRejected} {
		if s.Label() == "" {
			t.Errorf("%s has no name", s)
		}
	}
}
