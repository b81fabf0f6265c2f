package jiqiao

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// SubsidyPolicy is how a region subsidises technology contracts, from a day on. A policy is never changed: a new one
// takes over from its day.
type SubsidyPolicy struct {
	ID   string `json:"id"` // "lv_" and 20 characters
	Name string `json:"name"`
	// Region is a GB/T 2260 code: whose policy it is; empty is everywhere. Of several that hold a seller the nearest counts.
	Region string `json:"region,omitempty"`
	// EffectiveFrom is the first day; EffectiveUntil the last, empty for no end.
	EffectiveFrom  Date        `json:"effective_from"`
	EffectiveUntil Date        `json:"effective_until,omitempty"`
	Base           SubsidyBase `json:"base"`
	// Rate is in basis points: 500 is 5 %.
	Rate int64 `json:"rate"`
	// AchievementCap is the most, in 分, for one achievement over its life; OrganisationCap for one organisation in a calendar
	// year. 0 is no cap.
	AchievementCap  int64 `json:"achievement_cap"`
	OrganisationCap int64 `json:"organisation_cap"`
	// Minimum is the least, in 分, that a contract must come to before caps; less is not granted (until it comes to that).
	Minimum int64 `json:"minimum"`
	// Registered counts contracts only once they are in the register (认定登记).
	Registered bool `json:"registered"`
	// Beneficiary is who gets it.
	Beneficiary Beneficiary `json:"beneficiary"`
	Note        string      `json:"note,omitempty"`
	By          string      `json:"by,omitempty"`
	CreatedAt   time.Time   `json:"created_at"`
}

// SubsidyBase is what the rate applies to, a code of the list "subsidy_base".
type SubsidyBase string

// The bases.
const (
	SubsidyReceived SubsidyBase = "received" // 实际到账额
	SubsidyTrade    SubsidyBase = "trade"    // 技术交易额
	SubsidyTotal    SubsidyBase = "total"    // 成交额
)

// Beneficiary is a side of the contract.
type Beneficiary string

// The beneficiaries.
const (
	BeneficiarySeller Beneficiary = "seller"
	BeneficiaryBuyer  Beneficiary = "buyer"
)

// Validate reports every field that breaks a rule.
func (p *SubsidyPolicy) Validate() error {
	var ck checker
	ck.required("name", "办法名称", p.Name)
	ck.line("name", "办法名称", p.Name, MaxShort)
	ck.code("region", "region", p.Region)
	ck.required("effective_from", "施行日期", string(p.EffectiveFrom))
	ck.date("effective_from", "施行日期", p.EffectiveFrom)
	ck.date("effective_until", "终止日期", p.EffectiveUntil)
	if p.EffectiveUntil != "" && p.EffectiveUntil < p.EffectiveFrom {
		ck.add("effective_until", "终止日期早于施行日期，请核对")
	}
	ck.required("base", "计算基数", string(p.Base))
	ck.code("base", "subsidy_base", string(p.Base))
	if p.Rate <= 0 || p.Rate > fullRate {
		ck.add("rate", "比例应为 1～10000 个基点（500 即 5%）")
	}
	ck.fen("achievement_cap", "单项成果上限", p.AchievementCap)
	ck.fen("organisation_cap", "单位年度上限", p.OrganisationCap)
	ck.fen("minimum", "起补金额", p.Minimum)
	if p.AchievementCap > 0 && p.Minimum > p.AchievementCap {
		ck.add("minimum", "起补金额大于单项成果上限，谁也得不到补助")
	}
	if p.Beneficiary != BeneficiarySeller && p.Beneficiary != BeneficiaryBuyer {
		ck.add("beneficiary", "补助对象应为 seller（卖方，成果方）或 buyer（买方，需求方）")
	}
	ck.text("note", "说明", p.Note, MaxNote)
	return Invalid(ck.found)
}

// fullRate is 100 % in basis points.
const fullRate = 10_000

// PolicyOn is the policy for a region on a day: of those in force there, the one of the nearest region, then the one that
// took effect last, then the one that was made last. It reports false when there is none.
func PolicyOn(policies []SubsidyPolicy, region string, day Date) (SubsidyPolicy, bool) {
	var found []SubsidyPolicy
	for _, p := range policies {
		if p.EffectiveFrom <= day && (p.EffectiveUntil == "" || day <= p.EffectiveUntil) &&
			(p.Region == "" || RegionMatches(p.Region, region)) {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		return SubsidyPolicy{}, false
	}
	return slices.MaxFunc(found, func(a, b SubsidyPolicy) int {
		return cmp.Or(
			cmp.Compare(len(RegionPrefix(a.Region)), len(RegionPrefix(b.Region))),
			cmp.Compare(a.EffectiveFrom, b.EffectiveFrom), cmp.Compare(a.ID, b.ID),
		)
	}), true
}

// Subsidy is what one application for one contract grants.
type Subsidy struct {
	ID            string `json:"id"` // "ls_" and 20 characters
	Version       int64  `json:"version"`
	DealID        string `json:"deal_id"`
	AchievementID string `json:"achievement_id"`
	// Organisation gets it.
	Organisation OrganisationRef `json:"organisation"`
	// Year is the calendar year, in Beijing, whose cap it uses.
	Year        int          `json:"year"`
	Amount      int64        `json:"amount"` // 分
	State       SubsidyState `json:"state"`
	Computation SubsidySums  `json:"computation"`
	// Voucher and PaidOn are of the payment to the organisation.
	Voucher   string    `json:"voucher,omitempty"`
	PaidOn    Date      `json:"paid_on,omitempty"`
	Note      string    `json:"note,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// SubsidyState is a code of the list "subsidy_state".
type SubsidyState string

// The states. All but rejected use up the caps.
const (
	SubsidyApplied  SubsidyState = "applied"
	SubsidyApproved SubsidyState = "approved"
	SubsidyPaid     SubsidyState = "paid"
	SubsidyRejected SubsidyState = "rejected"
)

// SubsidyUndo is how long who approved or refused a subsidy can take it back. People are told of it only then; what was paid
// is not taken back.
const SubsidyUndo = 5 * time.Minute

// Label is the state's Chinese name.
func (s SubsidyState) Label() string { return CodeLabel("subsidy_state", string(s)) }

// SubsidyMove asks for the next state of a subsidy.
type SubsidyMove struct {
	Version int64        `json:"version"`
	To      SubsidyState `json:"-"`
	Voucher string       `json:"voucher,omitempty"` // when paid
	PaidOn  Date         `json:"paid_on,omitempty"` // when paid
	Note    string       `json:"note,omitempty"`    // when rejected
}

// Move carries out the move: applied to approved or rejected, approved to paid or rejected.
func (s *Subsidy) Move(m SubsidyMove, today Date) error {
	allowed := s.State == SubsidyApplied && (m.To == SubsidyApproved || m.To == SubsidyRejected) ||
		s.State == SubsidyApproved && (m.To == SubsidyPaid || m.To == SubsidyRejected)
	if !allowed {
		return Fail(CodeConflict, "补助现为「"+s.State.Label()+"」，不能改为「"+m.To.Label()+"」，请刷新", nil)
	}
	var ck checker
	switch m.To {
	case SubsidyPaid:
		ck.required("voucher", "拨款凭证号", m.Voucher)
		ck.line("voucher", "拨款凭证号", m.Voucher, MaxName)
		ck.required("paid_on", "拨款日期", string(m.PaidOn))
		ck.past("paid_on", "拨款日期", m.PaidOn, today)
	case SubsidyRejected:
		ck.required("note", "不予批准的原因", m.Note)
	}
	ck.text("note", "说明", m.Note, MaxNote)
	if len(ck.found) > 0 {
		return Invalid(ck.found)
	}
	s.State, s.Voucher, s.PaidOn = m.To, m.Voucher, m.PaidOn
	if m.Note != "" {
		s.Note = m.Note
	}
	return nil
}

// SubsidyFacts is what a computation rests on.
type SubsidyFacts struct {
	Policies []SubsidyPolicy
	// Region is the beneficiary's side that policies look at: the seller's, where contracts are registered.
	Region   string
	Contract Contract
	// Payments are those of the contract, taken back ones and those that take back included, in any order.
	Payments []Payment
	// Granted is what this contract was granted, Achievement what the achievement was granted through all contracts (this
	// one included), Organisation what the beneficiary was granted this year (this contract included); in 分.
	Granted, Achievement, Organisation int64
}

// SubsidySums is a computation with every step. Sums are in 分.
type SubsidySums struct {
	// Entitled is what the contract comes to in all, Granted what it has got; Amount what can be granted now.
	Entitled int64 `json:"entitled"`
	Granted  int64 `json:"granted"`
	Amount   int64 `json:"amount"`
	// Excess is what was granted beyond Entitled, because payments were taken back.
	Excess int64 `json:"excess"`
	// AchievementLeft and OrganisationLeft are what remains under the caps before this; -1 is without a cap.
	AchievementLeft  int64       `json:"achievement_left"`
	OrganisationLeft int64       `json:"organisation_left"`
	Beneficiary      Beneficiary `json:"beneficiary,omitempty"`
	PolicyID         string      `json:"policy_id,omitempty"`
	Policy           string      `json:"policy,omitempty"`
	// Steps say in Chinese how it was computed, in order.
	Steps []string `json:"steps"`
}

// subsidyItem is a sum to which one policy applies, from a day.
type subsidyItem struct {
	day    Date
	sum    int64
	policy SubsidyPolicy
}

// ComputeSubsidy computes what can be granted now. Sums are kept in ten-thousandths of a 分 until the end and then rounded
// down to whole 分, so that instalments come to the same as one payment. The order of payments makes no difference, and a
// contract is granted only what its entitlement exceeds what it has got.
func ComputeSubsidy(f SubsidyFacts) SubsidySums {
	s := SubsidySums{Granted: f.Granted, AchievementLeft: -1, OrganisationLeft: -1, Steps: []string{}}
	items := f.items(&s)
	if len(items) == 0 {
		s.Excess = max(0, f.Granted)
		s.step("没有可以计算补助的金额，本次可补助 0 元")
		return s
	}
	last := items[len(items)-1].policy
	s.PolicyID, s.Policy, s.Beneficiary = last.ID, last.Name, last.Beneficiary
	elsewhere := max(0, f.Achievement-f.Granted)
	raw, capped := s.entitle(items, elsewhere)
	s.Entitled = capped / fullRate
	if least := minimum(items); raw < least*fullRate {
		s.step("应补助 " + yuan(raw/fullRate) + "，未达到起补金额 " + yuan(least) + "，暂不补助")
		s.Entitled = 0
	}
	s.step("按分向下取整，本合同累计应补助 " + yuan(s.Entitled) + "，已补助 " + yuan(s.Granted))
	s.Amount, s.Excess = max(0, s.Entitled-s.Granted), max(0, s.Granted-s.Entitled)
	if s.Excess > 0 {
		s.step("已补助的多于应补助的（到账被冲销或办法变更），多出 " + yuan(s.Excess))
	}
	if last.AchievementCap > 0 {
		s.AchievementLeft = max(0, last.AchievementCap-f.Achievement)
		s.step("该成果累计上限 " + yuan(last.AchievementCap) + "，已用 " + yuan(f.Achievement) + "，余 " + yuan(s.AchievementLeft))
		s.Amount = min(s.Amount, s.AchievementLeft)
	}
	if last.OrganisationCap > 0 {
		s.OrganisationLeft = max(0, last.OrganisationCap-f.Organisation)
		s.step("该单位年度上限 " + yuan(last.OrganisationCap) + "，今年已用 " + yuan(f.Organisation) + "，余 " + yuan(s.OrganisationLeft))
		s.Amount = min(s.Amount, s.OrganisationLeft)
	}
	s.step("本次可补助 " + yuan(s.Amount))
	return s
}

func (s *SubsidySums) step(text string) { s.Steps = append(s.Steps, text) }

// entitle runs through the items by day: each adds its share, up to what its policy's cap leaves beside what was granted
// elsewhere. raw is the sum without caps; both are in ten-thousandths of a 分.
func (s *SubsidySums) entitle(items []subsidyItem, elsewhere int64) (raw, capped int64) {
	for _, item := range items {
		share := item.sum * item.policy.Rate
		raw, capped = raw+share, capped+share
		s.step(item.day.Chinese() + " " + CodeLabel("subsidy_base", string(item.policy.Base)) + " " + yuan(item.sum) + " × " +
			percent(item.policy.Rate) + "（" + item.policy.Name + "）= " + yuan(share/fullRate))
		if limit := max(0, item.policy.AchievementCap-elsewhere) * fullRate; item.policy.AchievementCap > 0 && capped > limit {
			capped = max(limit, capped-share)
			s.step("超过该成果的累计上限 " + yuan(item.policy.AchievementCap) + "，本合同累计计到 " + yuan(capped/fullRate))
		}
	}
	return raw, capped
}

// minimum is the least of the policies', so that it never rises as payments come.
func minimum(items []subsidyItem) int64 {
	least := items[0].policy.Minimum
	for _, item := range items[1:] {
		least = min(least, item.policy.Minimum)
	}
	return least
}

// items are the sums that count, by day. A contract signed under a policy by its face (技术交易额, 成交额) is one sum; else each
// payment counts by the policy of its day.
func (f SubsidyFacts) items(s *SubsidySums) []subsidyItem {
	unregistered := f.Contract.Registration.Number == ""
	signed, ok := PolicyOn(f.Policies, f.Region, f.Contract.SignedOn)
	if ok && signed.Base != SubsidyReceived {
		if signed.Registered && unregistered {
			s.step("合同尚未认定登记，" + signed.Name + "只补助已登记的合同")
			return nil
		}
		sum := f.Contract.Total
		if signed.Base == SubsidyTrade {
			sum = f.Contract.Trade
		}
		return []subsidyItem{{f.Contract.SignedOn, sum, signed}}
	}
	days := map[Date]int64{}
	for _, p := range f.Payments {
		if !p.Reversed && p.Reverses == "" {
			days[p.ReceivedOn] += p.Amount
		}
	}
	var items []subsidyItem
	for day, sum := range days {
		p, ok := PolicyOn(f.Policies, f.Region, day)
		if ok && p.Base == SubsidyReceived && (!p.Registered || !unregistered) {
			items = append(items, subsidyItem{day, sum, p})
		}
	}
	slices.SortFunc(items, func(a, b subsidyItem) int { return cmp.Compare(a.day, b.day) })
	if len(items) < len(days) {
		s.step(strconv.Itoa(len(days)-len(items)) + " 天的到账不计：当日没有按实际到账额计算的补助办法，或办法要求合同先认定登记")
	}
	return items
}

// yuan writes a sum in 分 as 元.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	text := sign + strconv.FormatInt(fen/100, 10)
	if rest := fen % 100; rest != 0 {
		text += "." + strconv.Itoa(int(rest/10)) + strconv.Itoa(int(rest%10))
	}
	return text + " 元"
}

// percent writes basis points as 5% or 2.5%.
func percent(rate int64) string { return strconv.FormatFloat(float64(rate)/100, 'f', -1, 64) + "%" }
