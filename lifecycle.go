package jiqiao

import "slices"

// Step is what may be done with a record as a whole; see Transitions.
type Step string

// The steps.
const (
	StepSubmit    Step = "submit"    // 提交审核
	StepApprove   Step = "approve"   // 审核通过
	StepReturn    Step = "return"    // 退回修改
	StepWithdraw  Step = "withdraw"  // 撤回
	StepPause     Step = "pause"     // 暂停
	StepResume    Step = "resume"    // 恢复
	StepRenew     Step = "renew"     // 续期
	StepConfirm   Step = "confirm"   // 确认仍然有效
	StepSettle    Step = "settle"    // 标记为已解决、已转化
	StepReopen    Step = "reopen"    // 重新打开
	StepExpire    Step = "expire"    // 到期
	StepEngage    Step = "engage"    // 开始对接
	StepDisengage Step = "disengage" // 结束对接
)

// Actor is in what part someone takes a step.
type Actor string

// The actors.
const (
	ActorOwner    Actor = "owner"    // a member of the organisation that the record belongs to
	ActorOperator Actor = "operator" // 主管部门业务员 of its region, or a machine that may write
	ActorSystem   Actor = "system"   // the clock
	ActorDeal     Actor = "deal"     // introductions and deals
)

// Transition is one row of the record's state machine (状态机).
type Transition struct {
	From   Status
	Step   Step
	To     Status
	Actors []Actor
	// Reason says that the step needs a sentence why.
	Reason bool
}

// By reports whether the actor may take the step.
func (t Transition) By(a Actor) bool { return slices.Contains(t.Actors, a) }

// Transitions is the whole life of a record: what is not here cannot happen.
func Transitions() []Transition {
	var (
		owner    = []Actor{ActorOwner}
		operator = []Actor{ActorOperator}
		both     = []Actor{ActorOwner, ActorOperator}
		end      = []Actor{ActorOwner, ActorOperator, ActorDeal}
		system   = []Actor{ActorSystem}
		deal     = []Actor{ActorDeal}
	)
	return []Transition{
		{StatusDraft, StepSubmit, StatusPending, both, false},
		{StatusDraft, StepWithdraw, StatusWithdrawn, owner, false},
		{StatusReturned, StepSubmit, StatusPending, both, false},
		{StatusReturned, StepWithdraw, StatusWithdrawn, owner, false},
		{StatusPending, StepApprove, StatusPublished, operator, false},
		{StatusPending, StepReturn, StatusReturned, operator, true},
		{StatusPending, StepWithdraw, StatusWithdrawn, owner, false},
		{StatusPublished, StepPause, StatusPaused, both, false},
		{StatusPublished, StepWithdraw, StatusWithdrawn, both, true},
		{StatusPublished, StepRenew, StatusPublished, both, false},
		{StatusPublished, StepConfirm, StatusPublished, owner, false},
		{StatusPublished, StepSettle, StatusSettled, end, false},
		{StatusPublished, StepExpire, StatusExpired, system, false},
		{StatusPublished, StepEngage, StatusEngaged, deal, false},
		{StatusPaused, StepResume, StatusPublished, both, false},
		{StatusPaused, StepWithdraw, StatusWithdrawn, both, true},
		{StatusPaused, StepRenew, StatusPaused, both, false},
		{StatusPaused, StepSettle, StatusSettled, end, false},
		{StatusPaused, StepExpire, StatusExpired, system, false},
		{StatusPaused, StepEngage, StatusEngaged, deal, false},
		{StatusEngaged, StepDisengage, StatusPublished, []Actor{ActorOperator, ActorDeal}, false},
		{StatusEngaged, StepWithdraw, StatusWithdrawn, both, true},
		{StatusEngaged, StepRenew, StatusEngaged, both, false},
		{StatusEngaged, StepSettle, StatusSettled, end, false},
		{StatusExpired, StepRenew, StatusPublished, both, false},
		{StatusExpired, StepWithdraw, StatusWithdrawn, both, true},
		{StatusExpired, StepSettle, StatusSettled, both, false},
		{StatusSettled, StepReopen, StatusPublished, both, false},
		{StatusWithdrawn, StepReopen, StatusDraft, both, false},
	}
}

// TransitionOf finds what the step does to a record of the status. CodeConflict says in Chinese what the actor can do
// instead, CodeForbidden that the step is for others.
func TransitionOf(kind Kind, from Status, step Step, actor Actor) (Transition, error) {
	var possible []Step
	for _, t := range Transitions() {
		if t.From != from {
			continue
		}
		if t.Step == step && t.By(actor) {
			return t, nil
		}
		if t.Step == step && !t.By(actor) {
			return Transition{}, Fail(CodeForbidden, "「"+step.Label(kind)+"」不由您操作", nil)
		}
		if t.By(actor) {
			possible = append(possible, t.Step)
		}
	}
	message := kind.Label() + "现为「" + from.Label(kind) + "」，不能" + step.Label(kind) + "，"
	if len(possible) == 0 {
		return Transition{}, Fail(CodeConflict, message+"目前没有可做的操作，请刷新后再看", nil)
	}
	labels := make([]string, len(possible))
	for i, s := range possible {
		labels[i] = s.Label(kind)
	}
	return Transition{}, Fail(CodeConflict, message+"现在可以："+joinWords(labels), nil)
}

func joinWords(words []string) string {
	text := ""
	for i, w := range words {
		if i > 0 {
			text += "、"
		}
		text += w
	}
	return text
}

// StepsOf lists what the actor may do with a record of the status.
func StepsOf(from Status, actor Actor) []Step {
	var steps []Step
	for _, t := range Transitions() {
		if t.From == from && t.By(actor) {
			steps = append(steps, t.Step)
		}
	}
	return steps
}

// Label is the step's Chinese name, "" for none.
func (s Step) Label(kind Kind) string {
	switch s {
	case StepSubmit:
		return "提交审核"
	case StepApprove:
		return "审核通过"
	case StepReturn:
		return "退回修改"
	case StepWithdraw:
		return "撤回"
	case StepPause:
		return "暂停"
	case StepResume:
		return "恢复发布"
	case StepRenew:
		return "续期"
	case StepConfirm:
		return "确认仍然有效"
	case StepSettle:
		return "标记为" + StatusSettled.Label(kind)
	case StepReopen:
		return "重新打开"
	case StepExpire:
		return "到期"
	case StepEngage:
		return "开始对接"
	case StepDisengage:
		return "结束对接"
	default:
		return ""
	}
}

// Act is the step's name in the audit and the history: record.submit.
func (s Step) Act() string { return "record." + string(s) }

// Label is the status in Chinese; what ended well is 已解决 for a need and 已转化 for an achievement.
func (s Status) Label(kind Kind) string {
	if s == StatusSettled && kind == KindAchievement {
		return "已转化"
	}
	return CodeLabel("status", string(s))
}

// PublicStatus is the status as outsiders are told it: they need not know why a record rests.
func PublicStatus(kind Kind, s Status) string {
	switch s {
	case StatusPublished:
		if kind == KindAchievement {
			return "可合作"
		}
		return "征集中"
	case StatusEngaged:
		return "对接中"
	case StatusPaused:
		return "暂停"
	case StatusSettled, StatusExpired, StatusWithdrawn:
		return "已结束"
	default:
		return "未发布"
	}
}

// Editable reports whether the owner may change the record in place: it was never shown, or was taken back.
func (s Status) Editable() bool {
	switch s {
	case StatusDraft, StatusPending, StatusReturned:
		return true
	default:
		return false
	}
}

// KindOf is the side that an account of the role enters for its organisation; false for roles that enter for none.
func (r Role) KindOf() (Kind, bool) {
	switch r {
	case RoleEnterprise:
		return KindNeed, true
	case RoleUniversity:
		return KindAchievement, true
	default:
		return "", false
	}
}

// ActorFor is in what part the viewer may change the record; false when in none. Operators reach the records of their
// region, and those without a region that their bureau serves no matter where.
func (v Viewer) ActorFor(r Record) (Actor, bool) {
	h := r.Head()
	own := v.Organisation != "" && h.Owner.ID == v.Organisation
	switch {
	case v.User == "" && v.Organisation != "": // a machine of an organisation
		if own && v.May(PermRecordWriteOwn) {
			return ActorOwner, true
		}
	case v.May(PermRecordWriteAny):
		if v.Region == "" || h.Region == "" || RegionMatches(v.Region, h.Region) {
			return ActorOperator, true
		}
	case v.May(PermRecordWriteOwn):
		if side, ok := v.Role.KindOf(); ok && side == r.Kind() && own {
			return ActorOwner, true
		}
	}
	return "", false
}

// OwnStatus is the status of a record that an organisation sends in for itself with a file: given is what the file says,
// present that of the record it is about, "" for a new one. Nothing is published that way.
func OwnStatus(given, present Status) Status {
	switch {
	case present == StatusPending, present != "" && !present.Editable():
		return present
	case given == StatusDraft:
		return StatusDraft
	default:
		return StatusPending
	}
}

// EntersFor is the organisation that the viewer enters records for; restricted is false for who may enter any, and for
// the service itself.
func (v Viewer) EntersFor() (organisation string, restricted bool) {
	switch {
	case v.User == "" && v.Organisation == "": // the command line, jobs, machines of the platform
		return "", false
	case v.User != "" && v.May(PermRecordWriteAny):
		return "", false
	default:
		return v.Organisation, true
	}
}
