package jiqiao

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func testPolicy(change ...func(*SubsidyPolicy)) SubsidyPolicy {
	p := SubsidyPolicy{
		ID: "lv_1", Name: "2026 年办法", EffectiveFrom: "2026-01-01", Base: SubsidyReceived, Rate: 500, AchievementCap: 20 * Wan,
		Beneficiary: BeneficiarySeller,
	}
	for _, c := range change {
		c(&p)
	}
	return p
}

func payment(day Date, fen int64) Payment { return Payment{Amount: fen, ReceivedOn: day} }

func TestComputeSubsidy(t *testing.T) {
	contract := *testContract() // 100 万元, signed 2026-11-01
	old := testPolicy(func(p *SubsidyPolicy) {
		p.ID, p.EffectiveFrom, p.Rate, p.Name = "lv_0", "2025-01-01", 300, "2025 年办法"
	})
	for name, c := range map[string]struct {
		facts SubsidyFacts
		want  SubsidySums // the steps are looked at apart
		says  string      // in the steps
	}{
		"5 % of what was received": {
			SubsidyFacts{Policies: []SubsidyPolicy{testPolicy()}, Contract: contract, Payments: []Payment{payment("2026-11-10", 30*Wan)}},
			SubsidySums{Entitled: 15 * Wan / 10, Amount: 15 * Wan / 10, AchievementLeft: 20 * Wan, OrganisationLeft: -1}, "2026年11月10日 实际到账额 300000 元 × 5%（2026 年办法）= 15000 元",
		},
		"never above the cap": {
			SubsidyFacts{Policies: []SubsidyPolicy{testPolicy()}, Contract: contract, Payments: []Payment{payment("2026-11-10", 900*Wan)}},
			SubsidySums{Entitled: 20 * Wan, Amount: 20 * Wan, AchievementLeft: 20 * Wan, OrganisationLeft: -1}, "超过该成果的累计上限",
		},
		"what the achievement got elsewhere counts": {
			SubsidyFacts{
				Policies: []SubsidyPolicy{testPolicy()}, Contract: contract, Payments: []Payment{payment("2026-11-10", 900*Wan)},
				Achievement: 18 * Wan,
			},
			SubsidySums{Entitled: 2 * Wan, Amount: 2 * Wan, AchievementLeft: 2 * Wan, OrganisationLeft: -1}, "余 20000 元",
		},
		"what was granted is not granted again": {
			SubsidyFacts{
				Policies: []SubsidyPolicy{testPolicy()}, Contract: contract, Payments: []Payment{payment("2026-11-10", 100*Wan)},
				Granted: 3 * Wan, Achievement: 3 * Wan,
			},
			SubsidySums{Entitled: 5 * Wan, Granted: 3 * Wan, Amount: 2 * Wan, AchievementLeft: 17 * Wan, OrganisationLeft: -1}, "已补助 30000 元",
		},
		"the organisation's year": {
			SubsidyFacts{
				Policies: []SubsidyPolicy{testPolicy(func(p *SubsidyPolicy) { p.OrganisationCap = 50 * Wan })}, Contract: contract,
				Payments: []Payment{payment("2026-11-10", 100*Wan)}, Organisation: 49 * Wan,
			},
			SubsidySums{Entitled: 5 * Wan, Amount: Wan, AchievementLeft: 20 * Wan, OrganisationLeft: Wan}, "该单位年度上限",
		},
		"below the minimum": {
			SubsidyFacts{
				Policies: []SubsidyPolicy{testPolicy(func(p *SubsidyPolicy) { p.Minimum = 2 * Wan })}, Contract: contract,
				Payments: []Payment{payment("2026-11-10", 30*Wan)},
			},
			SubsidySums{AchievementLeft: 20 * Wan, OrganisationLeft: -1}, "未达到起补金额",
		},
		"taken back after it was granted": {
			SubsidyFacts{
				Policies: []SubsidyPolicy{testPolicy()}, Contract: contract, Granted: 5 * Wan, Achievement: 5 * Wan,
				Payments: []Payment{
					{ID: "p1", Amount: 100 * Wan, ReceivedOn: "2026-11-10", Reversed: true},
					{Amount: -100 * Wan, ReceivedOn: "2026-11-12", Reverses: "p1"},
					payment("2026-11-13", 20*Wan),
				},
			},
			SubsidySums{Entitled: Wan, Granted: 5 * Wan, Excess: 4 * Wan, AchievementLeft: 15 * Wan, OrganisationLeft: -1}, "多出 40000 元",
		},
		"the policy of the day of the payment": {
			SubsidyFacts{
				Policies: []SubsidyPolicy{testPolicy(), old}, Contract: contract,
				Payments: []Payment{payment("2026-01-01", 10*Wan), payment("2025-12-31", 10*Wan)},
			},
			SubsidySums{Entitled: 8 * Wan / 10, Amount: 8 * Wan / 10, AchievementLeft: 20 * Wan, OrganisationLeft: -1}, "× 3%（2025 年办法）",
		},
		"before there was a policy": {
			SubsidyFacts{Policies: []SubsidyPolicy{testPolicy()}, Contract: contract, Payments: []Payment{payment("2025-12-31", 10*Wan)}},
			SubsidySums{AchievementLeft: -1, OrganisationLeft: -1}, "没有可以计算补助的金额",
		},
		"the policy of another region": {
			SubsidyFacts{
				Policies: []SubsidyPolicy{testPolicy(func(p *SubsidyPolicy) { p.Region = "140400" })}, Region: "320900", Contract: contract,
				Payments: []Payment{payment("2026-11-10", 10*Wan)},
			},
			SubsidySums{AchievementLeft: -1, OrganisationLeft: -1}, "不计",
		},
		"of the 技术交易额": {
			SubsidyFacts{Policies: []SubsidyPolicy{testPolicy(func(p *SubsidyPolicy) { p.Base = SubsidyTrade })}, Contract: contract},
			SubsidySums{Entitled: 4 * Wan, Amount: 4 * Wan, AchievementLeft: 20 * Wan, OrganisationLeft: -1}, "技术交易额 800000 元",
		},
		"of the 成交额, whatever was paid": {
			SubsidyFacts{
				Policies: []SubsidyPolicy{testPolicy(func(p *SubsidyPolicy) { p.Base = SubsidyTotal })}, Contract: contract,
				Payments: []Payment{payment("2026-11-10", 10*Wan)},
			},
			SubsidySums{Entitled: 5 * Wan, Amount: 5 * Wan, AchievementLeft: 20 * Wan, OrganisationLeft: -1}, "合同成交额 1000000 元",
		},
		"down to whole 分": {
			SubsidyFacts{Policies: []SubsidyPolicy{testPolicy()}, Contract: contract, Payments: []Payment{payment("2026-11-10", 39)}},
			SubsidySums{Entitled: 1, Amount: 1, AchievementLeft: 20 * Wan, OrganisationLeft: -1}, "0.01 元",
		},
		"not in the register yet": {
			SubsidyFacts{
				Policies: []SubsidyPolicy{testPolicy(func(p *SubsidyPolicy) { p.Registered = true })}, Contract: contract,
				Payments: []Payment{payment("2026-11-10", 10*Wan)},
			},
			SubsidySums{AchievementLeft: -1, OrganisationLeft: -1}, "先认定登记",
		},
		"not in the register yet, by the face": {
			SubsidyFacts{Policies: []SubsidyPolicy{testPolicy(func(p *SubsidyPolicy) { p.Registered, p.Base = true, SubsidyTotal })}, Contract: contract},
			SubsidySums{AchievementLeft: -1, OrganisationLeft: -1}, "尚未认定登记",
		},
		"nothing to go by": {
			SubsidyFacts{Granted: 7},
			SubsidySums{Granted: 7, Excess: 7, AchievementLeft: -1, OrganisationLeft: -1}, "本次可补助 0 元",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := ComputeSubsidy(c.facts)
			if !strings.Contains(strings.Join(got.Steps, "\n"), c.says) {
				t.Errorf("the steps do not say %q:\n%s", c.says, strings.Join(got.Steps, "\n"))
			}
			got.Steps, got.PolicyID, got.Policy, got.Beneficiary = nil, "", "", ""
			if diff := gocmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPolicyOn(t *testing.T) {
	all := []SubsidyPolicy{
		{ID: "1", EffectiveFrom: "2020-01-01"},
		{ID: "2", EffectiveFrom: "2026-01-01", EffectiveUntil: "2026-06-30"},
		{ID: "3", EffectiveFrom: "2020-01-01", Region: "320000"},
		{ID: "4", EffectiveFrom: "2020-01-01", Region: "320900"},
		{ID: "5", EffectiveFrom: "2020-01-01", Region: "320900"},
	}
	for _, c := range []struct {
		region string
		day    Date
		want   string
	}{
		{"140400", "2025-12-31", "1"}, {"140400", "2026-01-01", "2"}, {"140400", "2026-06-30", "2"}, {"140400", "2026-07-01", "1"},
		{"320100", "2026-01-01", "3"}, {"320981", "2026-01-01", "5"}, {"", "2026-07-01", "1"}, {"140400", "2019-12-31", ""},
	} {
		if p, ok := PolicyOn(all, c.region, c.day); p.ID != c.want || ok != (c.want != "") {
			t.Errorf("PolicyOn(%s, %s) = %q, %v, want %q", c.region, c.day, p.ID, ok, c.want)
		}
	}
}

func TestSubsidyPolicyValidate(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*SubsidyPolicy)
		field  string
	}{
		"no name":               {func(p *SubsidyPolicy) { p.Name = "" }, "name"},
		"no beginning":          {func(p *SubsidyPolicy) { p.EffectiveFrom = "" }, "effective_from"},
		"an end before it":      {func(p *SubsidyPolicy) { p.EffectiveUntil = "2025-12-31" }, "effective_until"},
		"nothing":               {func(p *SubsidyPolicy) { p.Rate = 0 }, "rate"},
		"more than everything":  {func(p *SubsidyPolicy) { p.Rate = 10_001 }, "rate"},
		"of what":               {func(p *SubsidyPolicy) { p.Base = "hope" }, "base"},
		"to whom":               {func(p *SubsidyPolicy) { p.Beneficiary = "me" }, "beneficiary"},
		"a cap below nothing":   {func(p *SubsidyPolicy) { p.AchievementCap = -1 }, "achievement_cap"},
		"a minimum for nobody":  {func(p *SubsidyPolicy) { p.Minimum = p.AchievementCap + 1 }, "minimum"},
		"a region that is none": {func(p *SubsidyPolicy) { p.Region = "999999" }, "region"},
	} {
		t.Run(name, func(t *testing.T) {
			p := testPolicy(c.change)
			expectField(t, p.Validate(), c.field)
		})
	}
	p := testPolicy()
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
}

func TestSubsidyMove(t *testing.T) {
	for name, c := range map[string]struct {
		from SubsidyState
		move SubsidyMove
		want Code
	}{
		"approved":              {SubsidyApplied, SubsidyMove{To: SubsidyApproved}, ""},
		"rejected":              {SubsidyApplied, SubsidyMove{To: SubsidyRejected, Note: "材料不全"}, ""},
		"rejected for nothing":  {SubsidyApplied, SubsidyMove{To: SubsidyRejected}, CodeInvalid},
		"paid before approval":  {SubsidyApplied, SubsidyMove{To: SubsidyPaid, Voucher: "1", PaidOn: contractDay}, CodeConflict},
		"paid":                  {SubsidyApproved, SubsidyMove{To: SubsidyPaid, Voucher: "1", PaidOn: contractDay}, ""},
		"paid without voucher":  {SubsidyApproved, SubsidyMove{To: SubsidyPaid, PaidOn: contractDay}, CodeInvalid},
		"paid tomorrow":         {SubsidyApproved, SubsidyMove{To: SubsidyPaid, Voucher: "1", PaidOn: "2026-11-23"}, CodeInvalid},
		"approved twice":        {SubsidyApproved, SubsidyMove{To: SubsidyApproved}, CodeConflict},
		"paid twice":            {SubsidyPaid, SubsidyMove{To: SubsidyPaid, Voucher: "1", PaidOn: contractDay}, CodeConflict},
		"rejected after paying": {SubsidyPaid, SubsidyMove{To: SubsidyRejected, Note: "x"}, CodeConflict},
		"approved from the bin": {SubsidyRejected, SubsidyMove{To: SubsidyApproved}, CodeConflict},
	} {
		t.Run(name, func(t *testing.T) {
			s := Subsidy{State: c.from}
			err := s.Move(c.move, contractDay)
			if CodeOf(err) != c.want || err == nil && s.State != c.move.To || err != nil && s.State != c.from {
				t.Errorf("%v, now %s", err, s.State)
			}
		})
	}
}

// anyFacts are facts under policies that change while payments come.
func anyFacts(t *rapid.T) SubsidyFacts {
	day := rapid.SampledFrom([]Date{"2026-01-05", "2026-03-01", "2026-06-15", "2026-07-01", "2026-12-31"})
	f := SubsidyFacts{Contract: *testContract()}
	f.Contract.SignedOn = "2026-01-02"
	sum := rapid.Int64Range(1, 300*Wan)
	for i := range rapid.IntRange(1, 3).Draw(t, "policies") {
		f.Policies = append(f.Policies, SubsidyPolicy{
			ID: string(rune('1' + i)), EffectiveFrom: []Date{"2026-01-01", "2026-03-01", "2026-07-01"}[i], Base: SubsidyReceived,
			Rate:           rapid.Int64Range(1, fullRate).Draw(t, "rate"),
			AchievementCap: 20 * Wan, Minimum: rapid.SampledFrom([]int64{0, 0, Wan}).Draw(t, "minimum"), Beneficiary: BeneficiarySeller,
		})
	}
	for range rapid.IntRange(1, 8).Draw(t, "payments") {
		f.Payments = append(f.Payments, payment(day.Draw(t, "day"), sum.Draw(t, "sum")))
	}
	return f
}

// Granting after every instalment comes to what granting once at the end does; it never exceeds the cap, is never negative,
// and the order in which payments were noted makes no difference.
func TestSubsidyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		limit := f.Policies[0].AchievementCap
		atOnce := ComputeSubsidy(f)
		if atOnce.Amount < 0 || atOnce.Amount > limit || atOnce.Excess != 0 {
			t.Fatalf("granted %d of %d at once", atOnce.Amount, limit)
		}
		shuffled := f
		shuffled.Payments = slices.Clone(f.Payments)
		rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed"))).Shuffle(len(shuffled.Payments), func(i, j int) {
			shuffled.Payments[i], shuffled.Payments[j] = shuffled.Payments[j], shuffled.Payments[i]
		})
		if diff := gocmp.Diff(atOnce, ComputeSubsidy(shuffled)); diff != "" {
			t.Fatalf("another order:\n%s", diff)
		}
		// As they come, by day: what was granted counts.
		slices.SortStableFunc(shuffled.Payments, func(a, b Payment) int { return cmp.Compare(a.ReceivedOn, b.ReceivedOn) })
		steps := f
		for i := range shuffled.Payments {
			steps.Payments = shuffled.Payments[:i+1]
			got := ComputeSubsidy(steps)
			if got.Amount < 0 || got.Excess != 0 {
				t.Fatalf("payment %d: granted %d, excess %d", i, got.Amount, got.Excess)
			}
			steps.Granted, steps.Achievement = steps.Granted+got.Amount, steps.Achievement+got.Amount
		}
		if steps.Granted != atOnce.Amount {
			t.Fatalf("%d by instalments, %d at once", steps.Granted, atOnce.Amount)
		}
	})
}

// Several contracts of one achievement share its cap, and contracts of one organisation its year's.
func TestSubsidyCapsAreShared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var achievement, organisation int64
		yearly := rapid.Int64Range(1, 40*Wan).Draw(t, "year")
		granted := make([]int64, 3)
		for range rapid.IntRange(1, 12).Draw(t, "grants") {
			f := anyFacts(t)
			for i := range f.Policies {
				f.Policies[i].OrganisationCap = yearly
			}
			which := rapid.IntRange(0, 2).Draw(t, "contract")
			f.Granted, f.Achievement, f.Organisation = granted[which], achievement, organisation
			got := ComputeSubsidy(f).Amount
			if got < 0 {
				t.Fatalf("granted %d", got)
			}
			granted[which], achievement, organisation = granted[which]+got, achievement+got, organisation+got
			if achievement > 20*Wan || organisation > yearly {
				t.Fatalf("the achievement got %d, the organisation %d of %d", achievement, organisation, yearly)
			}
		}
	})
}
