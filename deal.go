package jiqiao

import (
	"strconv"
	"time"
)

// Deal is a project (对接项目) in which a broker brings a need and an achievement together, from acceptance to conclusion.
type Deal struct {
	ID      string `json:"id"` // "l_" and 20 characters
	Version int64  `json:"version"`
	Title   string `json:"title"`
	// Need and Achievement are the records' titles when the deal was made.
	NeedID        string `json:"need_id"`
	Need          string `json:"need"`
	AchievementID string `json:"achievement_id"`
	Achievement   string `json:"achievement"`
	// IntroductionID is where it came from; empty when made by hand.
	IntroductionID string `json:"introduction_id,omitempty"`
	// Buyer owns the need, Seller the achievement; their regions are the records', else the organisations'.
	Buyer        OrganisationRef `json:"buyer"`
	Seller       OrganisationRef `json:"seller"`
	BuyerRegion  string          `json:"buyer_region,omitempty"`
	SellerRegion string          `json:"seller_region,omitempty"`
	// Broker is the id of an account, empty when the operators look after it; BrokerName is its name then.
	Broker     string `json:"broker,omitempty"`
	BrokerName string `json:"broker_name,omitempty"`
	// Agreed says that both sides have once agreed to talk; before that the deal is the broker's paper, which the parties do
	// not see, because an anonymous owner has not consented to be known.
	Agreed     bool      `json:"agreed"`
	Stage      Stage     `json:"stage"`
	StageSince time.Time `json:"stage_since"`
	State      DealState `json:"state"`
	// ExitReason and ExitNote are why it is not open, of the list "deal_exit"; both empty when it was concluded.
	ExitReason string      `json:"exit_reason,omitempty"`
	ExitNote   string      `json:"exit_note,omitempty"`
	Evaluation *Evaluation `json:"evaluation,omitempty"`
	// Expected, Total and Received are sums in 分: what the broker expects, the contract's 成交额 (0 without one), and what was
	// paid of it.
	Expected int64 `json:"expected"`
	Total    int64 `json:"total"`
	Received int64 `json:"received"`
	// Registration is the contract's number in the register, empty before that.
	Registration string `json:"registration,omitempty"`
	// NextDue is the first day on which an open task is due.
	NextDue   Date       `json:"next_due,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
}

// DealChange is what people write into a deal; Version names the deal that they saw. Broker nil leaves the deal with whom it
// is, so that nobody gives it away by leaving the field out; empty gives it to the operators.
type DealChange struct {
	Version  int64   `json:"version"`
	Title    string  `json:"title"`
	Broker   *string `json:"broker"`
	Expected int64   `json:"expected"`
}

// Validate checks what people write into a deal that is there.
func (c *DealChange) Validate() error {
	var ck checker
	ck.required("title", "项目名称", c.Title)
	ck.line("title", "项目名称", c.Title, MaxShort)
	ck.fen("expected", "预计金额", c.Expected)
	return Invalid(ck.found)
}

// JobDealRecords is the kind of job that lets the records follow a deal; its key is the deal's id.
const JobDealRecords = "deal.records"

// JobDealTasks reminds of tasks that are due.
const JobDealTasks = "deal.tasks"

// Evaluation concludes a deal.
type Evaluation struct {
	Result string `json:"result"` // of the list "deal_result"
	Text   string `json:"text"`
}

// Success reports whether the deal gave the need what it asked for, if only in part.
func (e *Evaluation) Success() bool { return e != nil && e.Result != "unmet" }

// Stage is how far a deal has come, a code of the list "deal_stage".
type Stage string

// The stages, in their order.
const (
	StageIntake      Stage = "intake"      // 已受理
	StageDiagnosis   Stage = "diagnosis"   // 需求诊断
	StageRecommend   Stage = "recommend"   // 推荐
	StageInterest    Stage = "interest"    // 双方意向
	StageTalks       Stage = "talks"       // 洽谈
	StageVisit       Stage = "visit"       // 考察/保密
	StageTrial       Stage = "trial"       // 方案比选/试验
	StageNegotiation Stage = "negotiation" // 合同谈判
	StageSigned      Stage = "signed"      // 已签约
	StageRegistered  Stage = "registered"  // 认定登记
	StagePerforming  Stage = "performing"  // 履约
	StageClosed      Stage = "closed"      // 结题
)

// Stages lists every Stage in order.
var Stages = [...]Stage{
	StageIntake, StageDiagnosis, StageRecommend, StageInterest, StageTalks, StageVisit, StageTrial, StageNegotiation,
	StageSigned, StageRegistered, StagePerforming, StageClosed,
}

// Rank is the stage's place from 1, 0 for none.
func (s Stage) Rank() int {
	for i, known := range Stages {
		if s == known {
			return i + 1
		}
	}
	return 0
}

// Label is the stage's Chinese name.
func (s Stage) Label() string { return CodeLabel("deal_stage", string(s)) }

// DealState is whether a deal goes on, a code of the list "deal_state".
type DealState string

// The states.
const (
	DealOpen     DealState = "open"     // 进行中
	DealPaused   DealState = "paused"   // 暂缓
	DealReturned DealState = "returned" // 退回补充
	DealEnded    DealState = "ended"    // 已结束: terminated, or concluded when the stage is 结题
)

// Label is the state's Chinese name.
func (s DealState) Label() string { return CodeLabel("deal_state", string(s)) }

// DealVerb moves a deal.
type DealVerb string

// The verbs.
const (
	DealAdvance DealVerb = "advance" // to a later stage
	DealBack    DealVerb = "back"    // to an earlier stage, with a note
	DealPause   DealVerb = "pause"   // 暂缓, with a reason
	DealReturn  DealVerb = "return"  // 退回补充, with a reason
	DealEnd     DealVerb = "end"     // 终止, with a reason
	DealResume  DealVerb = "resume"  // goes on, with a note
)

// DealMove asks for a move. Version names the deal that its caller saw.
type DealMove struct {
	Verb    DealVerb `json:"-"`
	Version int64    `json:"version"`
	// To is the stage of advance and back.
	To Stage `json:"to,omitempty"`
	// Reason is a code of the list "deal_exit", for pause, return and end.
	Reason string `json:"reason,omitempty"`
	Note   string `json:"note,omitempty"`
	// Evaluation is for the advance to 结题.
	Evaluation *Evaluation `json:"evaluation,omitempty"`
}

// Move carries out the move on d, whose contract, if any, is given: c is nil without one. It changes d only when the
// answer is nil; a move that the rules forbid is CodeInvalid, one of a deal that has ended CodeConflict.
func (d *Deal) Move(m DealMove, c *Contract, now time.Time) error {
	if err := d.movable(m, c); err != nil {
		return err
	}
	switch m.Verb {
	case DealAdvance, DealBack:
		d.enter(m.To, now)
		if m.To == StageClosed {
			d.State, d.EndedAt, d.Evaluation = DealEnded, &now, m.Evaluation
		}
	case DealPause:
		d.exit(DealPaused, m)
	case DealReturn:
		d.exit(DealReturned, m)
	case DealEnd:
		d.exit(DealEnded, m)
		d.EndedAt = &now
	case DealResume:
		d.State, d.ExitReason, d.ExitNote, d.EndedAt = DealOpen, "", "", nil
	}
	return nil
}

func (d *Deal) enter(to Stage, now time.Time) {
	d.Stage, d.StageSince = to, now
	d.Agreed = d.Agreed || to.Rank() >= StageInterest.Rank()
}

func (d *Deal) exit(state DealState, m DealMove) {
	d.State, d.ExitReason, d.ExitNote = state, m.Reason, m.Note
}

func (d *Deal) movable(m DealMove, c *Contract) error {
	if d.Stage == StageClosed {
		return Fail(CodeConflict, "项目已结题，不能再变动", nil)
	}
	switch m.Verb {
	case DealResume:
		if d.State == DealOpen {
			return Fail(CodeConflict, "项目正在进行中，不需要恢复", nil)
		}
	case DealEnd:
		if d.State == DealEnded {
			return Fail(CodeConflict, "项目已经终止，请刷新", nil)
		}
	default:
		if d.State != DealOpen {
			return Fail(CodeConflict, "项目现为「"+d.State.Label()+"」，请先恢复再操作", nil)
		}
	}
	var ck checker
	ck.text("note", "说明", m.Note, MaxNote)
	switch m.Verb {
	case DealAdvance:
		d.checkAdvance(&ck, m, c)
	case DealBack:
		d.checkBack(&ck, m)
	case DealPause, DealReturn, DealEnd:
		ck.exit(m)
	case DealResume:
		ck.required("note", "说明：为什么恢复", m.Note)
	default:
		ck.add("verb", "没有这种操作")
	}
	return Invalid(ck.found)
}

func (d *Deal) checkAdvance(ck *checker, m DealMove, c *Contract) {
	from, to := d.Stage.Rank(), m.To.Rank()
	switch {
	case to == 0:
		ck.add("to", "没有这个阶段，请重新选择")
		return
	case to <= from:
		ck.add("to", "项目现为「"+d.Stage.Label()+"」，前进只能选它之后的阶段；要退回请用「退回上一阶段」")
		return
	case to > from+1:
		ck.required("note", "说明：跨过 "+strconv.Itoa(to-from-1)+" 个阶段的原因", m.Note)
	}
	if to >= StageSigned.Rank() && c == nil {
		ck.add("to", "进入「"+m.To.Label()+"」前请先填写合同")
		return
	}
	if m.To == StageRegistered && c.Registration.Number == "" {
		ck.add("to", "进入「认定登记」前请先填写技术合同登记编号")
	}
	if m.To == StageClosed {
		d.checkClose(ck, m)
	}
}

// checkClose: a conclusion says how it went, and why money is still open when it is.
func (d *Deal) checkClose(ck *checker, m DealMove) {
	if m.Evaluation == nil {
		ck.add("evaluation", "结题请填写评价")
		return
	}
	ck.required("evaluation.result", "评价结果", m.Evaluation.Result)
	ck.code("evaluation.result", "deal_result", m.Evaluation.Result)
	ck.required("evaluation.text", "评价", m.Evaluation.Text)
	ck.text("evaluation.text", "评价", m.Evaluation.Text, MaxNote)
	if d.Received < d.Total && m.Note == "" {
		ck.add("note", "合同成交额 "+Fen(d.Total).String()+"，实际到账 "+Fen(d.Received).String()+"，请说明差额的原因")
	}
}

func (d *Deal) checkBack(ck *checker, m DealMove) {
	to := m.To.Rank()
	switch {
	case to == 0:
		ck.add("to", "没有这个阶段，请重新选择")
	case to >= d.Stage.Rank():
		ck.add("to", "项目现为「"+d.Stage.Label()+"」，退回只能选它之前的阶段")
	case to < StageSigned.Rank() && d.Received != 0:
		ck.add("to", "已有到账 "+Fen(d.Received).String()+"，不能退回到签约之前；如到账有误，请先冲销")
	case to < StageSigned.Rank() && d.Registration != "":
		ck.add("to", "合同已认定登记，不能退回到签约之前")
	}
	ck.required("note", "退回的原因", m.Note)
}

func (ck *checker) exit(m DealMove) {
	if m.Reason == "" {
		ck.add("reason", "请选择原因")
	}
	ck.code("reason", "deal_exit", m.Reason)
	if m.Reason == "other" {
		ck.required("note", "说明：选择「其他」时请写明原因", m.Note)
	}
}

// Validate checks what people write into a new deal; its title may be left out.
func (d *Deal) Validate() error {
	var ck checker
	ck.required("need_id", "技术需求的编号", d.NeedID)
	ck.required("achievement_id", "科技成果的编号", d.AchievementID)
	ck.line("title", "项目名称", d.Title, MaxShort)
	ck.fen("expected", "预计金额", d.Expected)
	return Invalid(ck.found)
}

// fen checks a sum in 分 that may be 0.
func (ck *checker) fen(field, label string, sum int64) {
	switch {
	case sum < 0:
		ck.add(field, label+"不能为负数")
	case sum > MaxMoney:
		ck.add(field, label+"过大，请核对单位：应以分填写")
	}
}
