package jiqiao

import "slices"

// Role is what a person does here. Every account has exactly one, so that the three administrators stay three people
// (等保 2.0 §8.1.5: 系统管理、安全管理、审计管理).
type Role string

// The roles, codes of the list "role".
const (
	RoleEnterprise    Role = "enterprise"     // 企业用户
	RoleUniversity    Role = "university"     // 高校院所用户
	RoleBroker        Role = "broker"         // 技术经理人
	RoleOperator      Role = "operator"       // 科技主管部门业务员
	RoleSystemAdmin   Role = "system_admin"   // 系统管理员
	RoleSecurityAdmin Role = "security_admin" // 安全管理员
	RoleAuditor       Role = "auditor"        // 审计管理员
)

// Roles lists every Role.
var Roles = [...]Role{
	RoleEnterprise, RoleUniversity, RoleBroker, RoleOperator, RoleSystemAdmin, RoleSecurityAdmin, RoleAuditor,
}

// Permission is one thing that may be done. Routes name the permission they need; what a permission reaches (one's own
// organisation, a region) is decided beside the records, by Viewer.
type Permission string

// The permissions. "Own" reaches the records of one's organisation, "any" those of one's region.
const (
	PermSelf Permission = "self" // one's own account, inbox, subscriptions, files

	PermContactRead   Permission = "contact.read"   // contacts without asking: machines that synchronise
	PermContactReveal Permission = "contact.reveal" // one contact, with a reason, audited

	PermRecordReadBroker Permission = "record.read_broker" // records for brokers, confidential detail
	PermRecordReadAny    Permission = "record.read_any"    // private and unpublished ones, too
	PermRecordWriteOwn   Permission = "record.write_own"
	PermRecordWriteAny   Permission = "record.write_any"
	PermRecordReview     Permission = "record.review"
	PermImport           Permission = "record.import"
	PermClinicRead       Permission = "clinic.read" // drafts read by a language model

	PermOrganisationRead     Permission = "organisation.read"
	PermOrganisationWriteOwn Permission = "organisation.write_own"
	PermOrganisationWriteAny Permission = "organisation.write_any"
	PermOrganisationReview   Permission = "organisation.review"
	PermMemberManage         Permission = "member.manage" // members of one's organisation: for its lead

	PermDecisionRead  Permission = "decision.read"
	PermDecisionWrite Permission = "decision.write"
	// PermDecisionWithdraw reaches one's own decisions, with PermQueueManage those of everybody.
	PermDecisionWithdraw Permission = "decision.withdraw"
	PermRunRead          Permission = "run.read" // match runs
	PermAssignmentRead   Permission = "assignment.read"
	PermRunWrite         Permission = "run.write" // match runs and assignments
	PermModelRead        Permission = "model.read"
	PermModelManage      Permission = "model.manage"

	PermQueueRead   Permission = "queue.read" // the queues within one's reach
	PermQueueWork   Permission = "queue.work"
	PermQueueManage Permission = "queue.manage"

	PermIntroductionRead   Permission = "introduction.read"   // those one takes part in or handles
	PermIntroductionAnswer Permission = "introduction.answer" // for one's organisation
	PermIntroductionManage Permission = "introduction.manage"

	PermDealRead      Permission = "deal.read" // those one takes part in or handles
	PermDealJoin      Permission = "deal.join" // as a party: message, files
	PermDealWork      Permission = "deal.work"
	PermDealRegister  Permission = "deal.register"  // 认定登记
	PermSubsidyManage Permission = "subsidy.manage" // 补助

	PermStatisticsRead Permission = "statistics.read"
	PermPolicyWrite    Permission = "policy.write" // targets, response days, subsidy rates, calendar

	PermAccountRead    Permission = "account.read"    // lists of accounts, of one's region
	PermAccountManage  Permission = "account.manage"  // create accounts, reset passwords, invite anywhere
	PermSecurityManage Permission = "security.manage" // roles, locks, sessions, tokens, password rules
	PermSystemManage   Permission = "system.manage"   // jobs, outbox, channels
	PermOutboxRead     Permission = "outbox.read"
	PermAuditRead      Permission = "audit.read"
)

// everyone may do these, whatever the role.
var everyone = []Permission{PermSelf}

// rolePermissions is the permission table: what is not here may not be done.
var rolePermissions = map[Role][]Permission{
	RoleEnterprise: {
		PermRecordWriteOwn, PermImport, PermClinicRead, PermOrganisationWriteOwn, PermIntroductionRead, PermIntroductionAnswer, PermDealRead,
		PermDealJoin,
	},
	RoleUniversity: {
		PermRecordWriteOwn, PermImport, PermClinicRead, PermOrganisationWriteOwn, PermIntroductionRead, PermIntroductionAnswer, PermDealRead,
		PermDealJoin,
	},
	RoleBroker: {
		PermContactReveal, PermRecordReadBroker, PermClinicRead, PermOrganisationRead, PermDecisionRead, PermDecisionWrite,
		PermModelRead, PermDecisionWithdraw, PermQueueRead, PermQueueWork, PermIntroductionRead, PermIntroductionManage, PermDealRead, PermDealWork,
	},
	RoleOperator: {
		PermContactReveal, PermRecordReadBroker, PermRecordReadAny, PermRecordWriteOwn, PermRecordWriteAny, PermRecordReview,
		PermImport, PermClinicRead, PermOrganisationRead, PermOrganisationWriteAny, PermOrganisationReview, PermDecisionRead,
		PermRunRead, PermAssignmentRead, PermRunWrite, PermModelRead, PermDecisionWithdraw, PermQueueRead, PermQueueManage, PermIntroductionRead, PermIntroductionManage, PermDealRead, PermDealWork,
		PermDealRegister, PermSubsidyManage, PermStatisticsRead, PermPolicyWrite, PermAccountRead, PermOutboxRead,
	},
	RoleSystemAdmin:   {PermOrganisationRead, PermModelRead, PermModelManage, PermAccountRead, PermAccountManage, PermSystemManage, PermOutboxRead},
	RoleSecurityAdmin: {PermAccountRead, PermSecurityManage},
	RoleAuditor:       {PermAuditRead},
}

// scopePermissions is what each scope of a machine's token adds to the one before it.
var scopePermissions = map[Scope][]Permission{
	ScopeRead:        {PermContactRead, PermOrganisationRead, PermRunRead},
	ScopeReadPrivate: {PermRecordReadBroker, PermRecordReadAny, PermDecisionRead, PermAssignmentRead, PermModelRead, PermStatisticsRead},
	ScopeWrite: {
		PermRecordWriteOwn, PermRecordWriteAny, PermImport, PermClinicRead, PermOrganisationWriteAny, PermDecisionWrite,
		PermDecisionWithdraw, PermRunWrite,
	},
	ScopeAdmin: {PermModelManage, PermSystemManage, PermOutboxRead},
}

// boundPermissions is the same for a token that belongs to an organisation: what its members may do by machine.
var boundPermissions = map[Scope][]Permission{
	ScopeWrite: {PermRecordWriteOwn, PermOrganisationWriteOwn},
}

// leadPermissions are added for who leads an organisation (单位管理员).
var leadPermissions = []Permission{PermMemberManage}

// wholePlatform are what reaches beyond every region: not for operators who are bound to one.
var wholePlatform = []Permission{PermRunRead, PermRunWrite, PermAssignmentRead}

// May reports whether the viewer has the permission. It says nothing about which records it reaches.
func (v Viewer) May(p Permission) bool {
	if p == "" {
		return true
	}
	if v.Role == RoleOperator && v.Region != "" && slices.Contains(wholePlatform, p) {
		return false
	}
	if v.User != "" {
		return slices.Contains(everyone, p) || slices.Contains(rolePermissions[v.Role], p) ||
			v.Lead && slices.Contains(leadPermissions, p)
	}
	table := scopePermissions
	if v.Organisation != "" {
		table = boundPermissions
	}
	for _, s := range Scopes {
		if v.Can(s) && slices.Contains(table[s], p) {
			return true
		}
	}
	return false
}

// Reaches reports whether a region lies in the viewer's: everything for whom no region bounds.
func (v Viewer) Reaches(region string) bool {
	return v.Region == "" || RegionMatches(v.Region, region)
}

// Permissions lists what the viewer may do, sorted.
func (v Viewer) Permissions() []Permission {
	var found []Permission
	add := func(list []Permission) {
		for _, p := range list {
			if v.May(p) {
				found = append(found, p)
			}
		}
	}
	add(everyone)
	add(leadPermissions)
	for _, list := range rolePermissions {
		add(list)
	}
	for _, table := range []map[Scope][]Permission{scopePermissions, boundPermissions} {
		for _, list := range table {
			add(list)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
