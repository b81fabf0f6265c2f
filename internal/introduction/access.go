package introduction

import (
	"jiqiao"
)

// partyOf is in what part the viewer may act: a member of a side's organisation as that side, the broker who looks after
// it and operators of either side's region as the broker. Empty may not act.
func partyOf(v jiqiao.Viewer, i *jiqiao.Introduction) jiqiao.Party {
	if v.User == "" {
		return ""
	}
	if p := i.PartyOf(v.Organisation); p != "" && v.May(jiqiao.PermIntroductionAnswer) {
		return p
	}
	if !v.May(jiqiao.PermIntroductionManage) {
		return ""
	}
	if v.Role == jiqiao.RoleOperator && operates(v, i) || v.User == i.Broker {
		return jiqiao.PartyBroker
	}
	return ""
}

// readerOf is the party for which the viewer reads what is written: that of a side's member, and the broker's of who looks
// after it. Operators look in without reading for the broker, unless there is none.
func readerOf(v jiqiao.Viewer, i *jiqiao.Introduction) jiqiao.Party {
	p := partyOf(v, i)
	if p == jiqiao.PartyBroker && i.Broker != "" && v.User != i.Broker {
		return ""
	}
	return p
}

// operates reports whether an introduction lies in the operator's region: by either side, or by neither.
func operates(v jiqiao.Viewer, i *jiqiao.Introduction) bool {
	return v.Reaches(i.Need.Region) || v.Reaches(i.Achievement.Region) || i.Need.Region == "" && i.Achievement.Region == ""
}

// sees reports whether the viewer may read the introduction: who may act, and the other brokers of the agency.
func sees(v jiqiao.Viewer, i *jiqiao.Introduction) bool {
	colleague := v.User != "" && v.Role == jiqiao.RoleBroker && v.May(jiqiao.PermIntroductionManage) &&
		i.Agency != "" && i.Agency == v.Organisation
	return colleague || partyOf(v, i) != ""
}

// nobody is the error for who may not act: one who may not even read learns nothing.
func nobody(v jiqiao.Viewer, i *jiqiao.Introduction) error {
	if sees(v, i) {
		return jiqiao.Fail(jiqiao.CodeForbidden, "这项对接由"+broker(i)+"负责，您可以查看，不能代为操作", nil)
	}
	return errHidden
}

var errHidden = jiqiao.Fail(jiqiao.CodeNotFound, "这项对接不存在或已删除，请刷新后再试", nil)

func broker(i *jiqiao.Introduction) string {
	if i.BrokerName == "" {
		return "其他技术经理人"
	}
	return i.BrokerName
}

// scopeOf is which introductions the viewer may list.
func scopeOf(v jiqiao.Viewer) jiqiao.IntroductionScope {
	switch {
	case v.User == "":
		return jiqiao.IntroductionScope{}
	case v.Role == jiqiao.RoleOperator && v.May(jiqiao.PermIntroductionManage):
		return jiqiao.IntroductionScope{All: true, Region: v.Region}
	case v.May(jiqiao.PermIntroductionManage):
		return jiqiao.IntroductionScope{Broker: v.User, Agency: v.Organisation}
	case v.May(jiqiao.PermIntroductionAnswer):
		return jiqiao.IntroductionScope{Organisation: v.Organisation}
	default:
		return jiqiao.IntroductionScope{}
	}
}
