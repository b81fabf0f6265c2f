package api

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// handler parses a request, makes one call and answers. An error it returns is turned into an answer by handle.
type handler func(c *gin.Context) error

// route is one operation of the interface.
type route struct {
	method, path string
	// permission is what the caller must have; empty is open to the public.
	permission jiqiao.Permission
	handle     handler
	// slow routes move whole files and have the longer time limit.
	slow bool
}

const prefix = "/api/v1"

// Methods and the permission of what is open to the public, for the tables below.
const (
	get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	open                = jiqiao.Permission("")
)

// routes is every operation under /api/v1, part by part below. The description in openapi holds the same list; a test
// compares them.
func (s *Server) routes() []route {
	return slices.Concat(
		s.findRoutes(), s.recordRoutes(), s.lifeRoutes(), s.fileRoutes(),
		s.deskRoutes(), s.talkRoutes(), s.dealRoutes(), s.bureauRoutes(),
		s.accountRoutes(), s.noticeRoutes(), s.serviceRoutes(),
	)
}

// findRoutes are what everybody looks for.
func (s *Server) findRoutes() []route {
	return []route{
		{get, "/search", open, s.search, false},
		{get, "/suggest", open, s.suggest, false},
		{get, "/facets", open, s.facets, false},

		{post, "/match", open, s.matchText, false},
		{get, "/match/pair", open, s.explainPair, false},
		{post, "/clinic", open, s.examineDraft, false},
		{post, "/clinic/read", jiqiao.PermClinicRead, s.readNeed, false},

		{get, "/codes", open, s.listCodes, false},
		{get, "/codes/:name", open, s.getCodes, false},

		{get, "/stats", open, s.stats, false},
	}
}

// recordRoutes are needs and achievements.
func (s *Server) recordRoutes() []route {
	const need, achievement = jiqiao.KindNeed, jiqiao.KindAchievement
	return []route{
		{get, "/needs", open, s.listRecords(need), false},
		{post, "/needs", jiqiao.PermRecordWriteOwn, s.createRecord(need), false},
		{get, "/needs/:id", open, s.getRecord(need), false},
		{put, "/needs/:id", jiqiao.PermRecordWriteOwn, s.updateRecord(need), false},
		{del, "/needs/:id", jiqiao.PermRecordWriteOwn, s.deleteRecord(need), false},
		{get, "/needs/:id/matches", open, s.matches(need), false},
		{get, "/needs/:id/similar", open, s.similar(need), false},
		{get, "/needs/:id/clinic", open, s.examine(need), false},
		{post, "/needs/:id/contact", jiqiao.PermContactReveal, s.revealContact(need), false},
		{get, "/needs/:id/reveals", jiqiao.PermSelf, s.listReveals(need), false},

		{get, "/achievements", open, s.listRecords(achievement), false},
		{post, "/achievements", jiqiao.PermRecordWriteOwn, s.createRecord(achievement), false},
		{get, "/achievements/:id", open, s.getRecord(achievement), false},
		{put, "/achievements/:id", jiqiao.PermRecordWriteOwn, s.updateRecord(achievement), false},
		{del, "/achievements/:id", jiqiao.PermRecordWriteOwn, s.deleteRecord(achievement), false},
		{get, "/achievements/:id/matches", open, s.matches(achievement), false},
		{get, "/achievements/:id/similar", open, s.similar(achievement), false},
		{get, "/achievements/:id/clinic", open, s.examine(achievement), false},
		{post, "/achievements/:id/contact", jiqiao.PermContactReveal, s.revealContact(achievement), false},
		{get, "/achievements/:id/reveals", jiqiao.PermSelf, s.listReveals(achievement), false},
	}
}

// lifeRoutes are the life of records: steps, reviews, merging.
func (s *Server) lifeRoutes() []route {
	const need, achievement = jiqiao.KindNeed, jiqiao.KindAchievement
	return []route{
		{post, "/needs/:id/submit", jiqiao.PermRecordWriteOwn, s.step(need, jiqiao.StepSubmit), false},
		{post, "/needs/:id/approve", jiqiao.PermRecordReview, s.step(need, jiqiao.StepApprove), false},
		{post, "/needs/:id/return", jiqiao.PermRecordReview, s.step(need, jiqiao.StepReturn), false},
		{post, "/needs/:id/withdraw", jiqiao.PermRecordWriteOwn, s.step(need, jiqiao.StepWithdraw), false},
		{post, "/needs/:id/pause", jiqiao.PermRecordWriteOwn, s.step(need, jiqiao.StepPause), false},
		{post, "/needs/:id/resume", jiqiao.PermRecordWriteOwn, s.step(need, jiqiao.StepResume), false},
		{post, "/needs/:id/renew", jiqiao.PermRecordWriteOwn, s.step(need, jiqiao.StepRenew), false},
		{post, "/needs/:id/confirm", jiqiao.PermRecordWriteOwn, s.step(need, jiqiao.StepConfirm), false},
		{post, "/needs/:id/settle", jiqiao.PermRecordWriteOwn, s.step(need, jiqiao.StepSettle), false},
		{post, "/needs/:id/reopen", jiqiao.PermRecordWriteOwn, s.step(need, jiqiao.StepReopen), false},
		{post, "/needs/:id/disengage", jiqiao.PermRecordWriteAny, s.step(need, jiqiao.StepDisengage), false},
		{get, "/needs/:id/steps", open, s.possibleSteps(need), false},
		{get, "/needs/:id/history", jiqiao.PermRecordWriteOwn, s.history(need), false},
		{get, "/needs/:id/history/:version", jiqiao.PermRecordWriteOwn, s.versionOf(need), false},
		{get, "/needs/:id/reviews", jiqiao.PermRecordWriteOwn, s.reviewsOf(need), false},
		{get, "/needs/:id/revision", jiqiao.PermRecordWriteOwn, s.getRevision(need), false},
		{del, "/needs/:id/revision", jiqiao.PermRecordWriteOwn, s.dropRevision(need), false},
		{get, "/needs/:id/merges", jiqiao.PermRecordWriteOwn, s.mergesOf(need), false},
		{post, "/needs/:id/merge", jiqiao.PermRecordWriteAny, s.mergeRecord(need), false},
		{post, "/needs/:id/unmerge", jiqiao.PermRecordWriteAny, s.unmergeRecord(need), false},
		{put, "/needs/:id/distinct/:other", jiqiao.PermRecordWriteAny, s.distinguish(need, true), false},
		{del, "/needs/:id/distinct/:other", jiqiao.PermRecordWriteAny, s.distinguish(need, false), false},

		{post, "/achievements/:id/submit", jiqiao.PermRecordWriteOwn, s.step(achievement, jiqiao.StepSubmit), false},
		{post, "/achievements/:id/approve", jiqiao.PermRecordReview, s.step(achievement, jiqiao.StepApprove), false},
		{post, "/achievements/:id/return", jiqiao.PermRecordReview, s.step(achievement, jiqiao.StepReturn), false},
		{post, "/achievements/:id/withdraw", jiqiao.PermRecordWriteOwn, s.step(achievement, jiqiao.StepWithdraw), false},
		{post, "/achievements/:id/pause", jiqiao.PermRecordWriteOwn, s.step(achievement, jiqiao.StepPause), false},
		{post, "/achievements/:id/resume", jiqiao.PermRecordWriteOwn, s.step(achievement, jiqiao.StepResume), false},
		{post, "/achievements/:id/renew", jiqiao.PermRecordWriteOwn, s.step(achievement, jiqiao.StepRenew), false},
		{post, "/achievements/:id/confirm", jiqiao.PermRecordWriteOwn, s.step(achievement, jiqiao.StepConfirm), false},
		{post, "/achievements/:id/settle", jiqiao.PermRecordWriteOwn, s.step(achievement, jiqiao.StepSettle), false},
		{post, "/achievements/:id/reopen", jiqiao.PermRecordWriteOwn, s.step(achievement, jiqiao.StepReopen), false},
		{post, "/achievements/:id/disengage", jiqiao.PermRecordWriteAny, s.step(achievement, jiqiao.StepDisengage), false},
		{get, "/achievements/:id/steps", open, s.possibleSteps(achievement), false},
		{get, "/achievements/:id/history", jiqiao.PermRecordWriteOwn, s.history(achievement), false},
		{get, "/achievements/:id/history/:version", jiqiao.PermRecordWriteOwn, s.versionOf(achievement), false},
		{get, "/achievements/:id/reviews", jiqiao.PermRecordWriteOwn, s.reviewsOf(achievement), false},
		{get, "/achievements/:id/revision", jiqiao.PermRecordWriteOwn, s.getRevision(achievement), false},
		{del, "/achievements/:id/revision", jiqiao.PermRecordWriteOwn, s.dropRevision(achievement), false},
		{get, "/achievements/:id/merges", jiqiao.PermRecordWriteOwn, s.mergesOf(achievement), false},
		{post, "/achievements/:id/merge", jiqiao.PermRecordWriteAny, s.mergeRecord(achievement), false},
		{post, "/achievements/:id/unmerge", jiqiao.PermRecordWriteAny, s.unmergeRecord(achievement), false},
		{put, "/achievements/:id/distinct/:other", jiqiao.PermRecordWriteAny, s.distinguish(achievement, true), false},
		{del, "/achievements/:id/distinct/:other", jiqiao.PermRecordWriteAny, s.distinguish(achievement, false), false},

		{get, "/mine/records", jiqiao.PermRecordWriteOwn, s.ownRecords, false},
		{get, "/mine/entered", jiqiao.PermRecordWriteAny, s.enteredRecords, false},
		{post, "/mine/records/submit", jiqiao.PermRecordWriteOwn, s.stepMany(jiqiao.StepSubmit), false},
		{post, "/mine/records/withdraw", jiqiao.PermRecordWriteOwn, s.stepMany(jiqiao.StepWithdraw), false},
		{post, "/mine/records/reopen", jiqiao.PermRecordWriteOwn, s.stepMany(jiqiao.StepReopen), false},
		{get, "/exports/mine.xlsx", jiqiao.PermRecordWriteOwn, s.exportOwn, true},
		{get, "/reviews", jiqiao.PermRecordReview, s.listReviews, false},
		{post, "/reviews/approve", jiqiao.PermRecordReview, s.stepMany(jiqiao.StepApprove), false},
		{get, "/exports/reviews.xlsx", jiqiao.PermRecordReview, s.exportReviews, true},
	}
}

// fileRoutes are files of records, imports.
func (s *Server) fileRoutes() []route {
	const need, achievement = jiqiao.KindNeed, jiqiao.KindAchievement
	return []route{
		{get, "/needs/:id/attachments", open, s.listAttachments(string(need)), false},
		{post, "/needs/:id/attachments", jiqiao.PermRecordWriteOwn, s.addAttachment(string(need)), true},
		{get, "/achievements/:id/attachments", open, s.listAttachments(string(achievement)), false},
		{post, "/achievements/:id/attachments", jiqiao.PermRecordWriteOwn, s.addAttachment(string(achievement)), true},
		{get, "/introductions/:id/attachments", jiqiao.PermIntroductionRead, s.listAttachments("introduction"), false},
		{post, "/introductions/:id/attachments", jiqiao.PermIntroductionRead, s.addAttachment("introduction"), true},
		{get, "/deals/:id/attachments", jiqiao.PermDealRead, s.listAttachments("deal"), false},
		{post, "/deals/:id/attachments", jiqiao.PermDealRead, s.addAttachment("deal"), true},
		{get, "/attachments/:id", open, s.getAttachment, true},
		{del, "/attachments/:id", jiqiao.PermSelf, s.removeAttachment, false},
		{post, "/attachments/:id/restore", jiqiao.PermSelf, s.restoreAttachment, false},

		{post, "/imports", jiqiao.PermImport, s.createImport, true},
		{get, "/imports", jiqiao.PermImport, s.listImports, false},
		{get, "/imports/:id", jiqiao.PermImport, s.getImport, false},
		{get, "/imports/:id/rows", jiqiao.PermImport, s.importRows, true},
		{post, "/imports/:id/commit", jiqiao.PermImport, s.commitImport, true},
		{post, "/imports/:id/stop", jiqiao.PermImport, s.stopImport, false},
		{post, "/imports/:id/drop", jiqiao.PermImport, s.dropRest, true},
		{get, "/imports/:id/errors.xlsx", jiqiao.PermImport, s.importErrors, true},
		{get, "/templates/:file", open, s.template, false},
		{get, "/exports/:file", open, s.export, true},
	}
}

// deskRoutes are the desk of brokers.
func (s *Server) deskRoutes() []route {
	return []route{
		{get, "/decisions", jiqiao.PermDecisionRead, s.listDecisions, false},
		{post, "/decisions", jiqiao.PermDecisionWrite, s.createDecision, false},
		{del, "/decisions/:id", jiqiao.PermDecisionWithdraw, s.withdrawDecision, false},
		{get, "/exports/decisions.xlsx", jiqiao.PermDecisionRead, s.exportDecisions, true},

		{get, "/queue", jiqiao.PermQueueRead, s.listQueue, false},
		{post, "/queue/next", jiqiao.PermQueueWork, s.nextCandidate, false},
		{post, "/queue/decisions", jiqiao.PermQueueWork, s.decideCandidates, false},
		{post, "/queue/handover", jiqiao.PermQueueRead, s.handCandidates, false},
		{get, "/queue/load", jiqiao.PermQueueRead, s.queueLoads, false},
		{get, "/queue/pace", jiqiao.PermQueueRead, s.queuePace, false},
		{get, "/queue/brokers", jiqiao.PermQueueRead, s.queueBrokers, false},
		{get, "/queue/agreement", jiqiao.PermQueueRead, s.queueAgreement, false},
		{get, "/queue/opinions", jiqiao.PermQueueWork, s.listOpinions, false},
		{get, "/queue/opinions/:id", jiqiao.PermQueueWork, s.getOpinion, false},
		{post, "/queue/opinions/:id", jiqiao.PermQueueWork, s.giveOpinion, false},
		{get, "/queue/questions", jiqiao.PermQueueWork, s.listQuestions, false},
		{get, "/queue/rules", jiqiao.PermQueueRead, s.getQueueRules, false},
		{put, "/queue/rules", jiqiao.PermPolicyWrite, s.setQueueRules, false},
		{get, "/queue/:id", jiqiao.PermQueueRead, s.getCandidate, false},
		{post, "/queue/:id/lease", jiqiao.PermQueueWork, s.leaseCandidate, false},
		{del, "/queue/:id/lease", jiqiao.PermQueueWork, s.releaseCandidate, false},
		{post, "/queue/:id/decision", jiqiao.PermQueueWork, s.decideCandidate, false},
		{post, "/queue/:id/undo", jiqiao.PermQueueRead, s.undoCandidate, false},
		{post, "/queue/:id/hand", jiqiao.PermQueueRead, s.handCandidate, false},
		{post, "/queue/:id/questions", jiqiao.PermQueueWork, s.askQuestion, false},
		{get, "/questions", jiqiao.PermIntroductionAnswer, s.listQuestions, false},
		{post, "/questions/:id/answer", jiqiao.PermIntroductionAnswer, s.answerQuestion, false},
		{get, "/exports/questions.xlsx", jiqiao.PermIntroductionAnswer, s.exportQuestions, true},
		{post, "/mine/wishes", jiqiao.PermIntroductionAnswer, s.makeWish, false},
		{del, "/mine/wishes/:need/:achievement", jiqiao.PermIntroductionAnswer, s.dropWish, false},
		{get, "/mine/shown", jiqiao.PermIntroductionAnswer, s.listShown, false},
		{get, "/exports/shown.xlsx", jiqiao.PermIntroductionAnswer, s.exportShown, true},
		{get, "/mine/income", jiqiao.PermDealJoin, s.listIncome, false},
		{get, "/exports/income.xlsx", jiqiao.PermDealJoin, s.exportIncome, true},
		{get, "/exports/queue.xlsx", jiqiao.PermQueueRead, s.exportQueue, true},
	}
}

// talkRoutes are introductions.
func (s *Server) talkRoutes() []route {
	return []route{
		{get, "/introductions", jiqiao.PermIntroductionRead, s.listIntroductions, false},
		{post, "/introductions", jiqiao.PermIntroductionManage, s.createIntroduction, false},
		{get, "/introductions/counts", jiqiao.PermIntroductionRead, s.countIntroductions, false},
		{post, "/introductions/remind", jiqiao.PermIntroductionManage, s.remindIntroductions, false},
		{get, "/introductions/:id", jiqiao.PermIntroductionRead, s.getIntroduction, false},
		{post, "/introductions/:id/answer", jiqiao.PermIntroductionAnswer, s.answerIntroduction(), false},
		{get, "/introductions/:id/messages", jiqiao.PermIntroductionRead, s.introductionThread, false},
		{post, "/introductions/:id/messages", jiqiao.PermIntroductionRead, s.sayIntroduction(), false},
		{post, "/introductions/:id/read", jiqiao.PermIntroductionRead, s.readIntroduction, false},
		{post, "/introductions/:id/meeting", jiqiao.PermIntroductionRead, s.proposeMeeting(), false},
		{post, "/introductions/:id/meeting/answer", jiqiao.PermIntroductionAnswer, s.agreeMeeting(), false},
		{get, "/introductions/:id/meeting.ics", jiqiao.PermIntroductionRead, s.meetingFile, false},
		{post, "/introductions/:id/undertaking", jiqiao.PermIntroductionAnswer, s.acceptUndertaking(), false},
		{get, "/introductions/:id/acceptances", jiqiao.PermIntroductionRead, s.introductionAcceptances, false},
		{get, "/introductions/:id/history", jiqiao.PermIntroductionRead, s.introductionHistory, false},
		{post, "/introductions/:id/remind", jiqiao.PermIntroductionManage, s.remindIntroduction(), false},
		{post, "/introductions/:id/hand", jiqiao.PermIntroductionManage, s.handIntroduction(), false},
		{post, "/introductions/:id/close", jiqiao.PermIntroductionManage, s.closeIntroduction(), false},
		{get, "/exports/introductions.xlsx", jiqiao.PermIntroductionRead, s.exportIntroductions, true},
		{get, "/undertakings", jiqiao.PermIntroductionRead, s.listUndertakings, false},
		{post, "/undertakings", jiqiao.PermPolicyWrite, s.publishUndertaking, false},
		{get, "/undertakings/:version", jiqiao.PermIntroductionRead, s.getUndertaking, false},
		{get, "/settings/introductions", jiqiao.PermIntroductionRead, s.getIntroductionPolicy, false},
		{put, "/settings/introductions", jiqiao.PermPolicyWrite, s.setIntroductionPolicy, false},
		{get, "/settings/reviews", jiqiao.PermRecordReview, s.getReviewPolicy, false},
		{put, "/settings/reviews", jiqiao.PermPolicyWrite, s.setReviewPolicy, false},
		{get, "/settings/:name/history", jiqiao.PermPolicyWrite, s.settingHistory, false},
		{get, "/settings/calendar", jiqiao.PermSelf, s.getCalendar, false},
		{put, "/settings/calendar", jiqiao.PermPolicyWrite, s.setCalendar, false},
	}
}

// dealRoutes are projects, contracts, subsidies.
func (s *Server) dealRoutes() []route {
	return []route{
		{get, "/deals", jiqiao.PermDealRead, s.listDeals, false},
		{post, "/deals", jiqiao.PermDealWork, s.createDeal, false},
		{get, "/deals/board", jiqiao.PermDealWork, s.dealBoard, false},
		{get, "/deals/:id", jiqiao.PermDealRead, s.getDeal, false},
		{put, "/deals/:id", jiqiao.PermDealWork, s.updateDeal, false},
		{post, "/deals/:id/advance", jiqiao.PermDealWork, s.moveDeal(jiqiao.DealAdvance), false},
		{post, "/deals/:id/back", jiqiao.PermDealWork, s.moveDeal(jiqiao.DealBack), false},
		{post, "/deals/:id/pause", jiqiao.PermDealWork, s.moveDeal(jiqiao.DealPause), false},
		{post, "/deals/:id/return", jiqiao.PermDealWork, s.moveDeal(jiqiao.DealReturn), false},
		{post, "/deals/:id/end", jiqiao.PermDealWork, s.moveDeal(jiqiao.DealEnd), false},
		{post, "/deals/:id/resume", jiqiao.PermDealWork, s.moveDeal(jiqiao.DealResume), false},
		{post, "/deals/:id/tasks", jiqiao.PermDealWork, s.addDealTask, false},
		{put, "/deals/:id/tasks/:task", jiqiao.PermDealWork, s.updateDealTask, false},
		{del, "/deals/:id/tasks/:task", jiqiao.PermDealWork, s.deleteDealTask, false},
		{post, "/deals/:id/notes", jiqiao.PermDealRead, s.addDealNote, false},
		{get, "/deals/:id/contract", jiqiao.PermDealRead, s.getContract, false},
		{put, "/deals/:id/contract", jiqiao.PermDealWork, s.putContract, false},
		{post, "/deals/:id/contract/registration", jiqiao.PermDealRegister, s.registerContract, false},
		{get, "/deals/:id/contract.xlsx", jiqiao.PermDealRead, s.contractForm, true},
		{post, "/deals/:id/payments", jiqiao.PermDealWork, s.addPayment, false},
		{post, "/deals/:id/payments/:payment/reverse", jiqiao.PermDealWork, s.reversePayment, false},
		{get, "/deals/:id/subsidy", jiqiao.PermDealWork, s.computeSubsidy, false},
		{post, "/deals/:id/subsidies", jiqiao.PermSubsidyManage, s.applySubsidy, false},
		{post, "/deals/:id/subsidies/:subsidy/approve", jiqiao.PermSubsidyManage, s.moveSubsidy(jiqiao.SubsidyApproved), false},
		{post, "/deals/:id/subsidies/:subsidy/pay", jiqiao.PermSubsidyManage, s.moveSubsidy(jiqiao.SubsidyPaid), false},
		{post, "/deals/:id/subsidies/:subsidy/reject", jiqiao.PermSubsidyManage, s.moveSubsidy(jiqiao.SubsidyRejected), false},
		{post, "/deals/:id/subsidies/:subsidy/undo", jiqiao.PermSubsidyManage, s.undoSubsidy, false},
		{get, "/exports/deals.xlsx", jiqiao.PermDealRead, s.exportDeals, true},
		{get, "/exports/contracts.xlsx", jiqiao.PermDealWork, s.exportContracts, true},
		{get, "/tasks", jiqiao.PermDealWork, s.listTasks, false},
		{get, "/exports/tasks.xlsx", jiqiao.PermDealWork, s.exportTasks, true},
		{get, "/payments", jiqiao.PermDealRead, s.listPayments, false},
		{get, "/exports/payments.xlsx", jiqiao.PermDealRead, s.exportPayments, true},
		{get, "/subsidies", jiqiao.PermSubsidyManage, s.listSubsidies, false},
		{get, "/subsidies/years", jiqiao.PermSubsidyManage, s.subsidyYears, false},
		{get, "/exports/subsidies.xlsx", jiqiao.PermSubsidyManage, s.exportSubsidies, true},
		{get, "/policies/subsidy", jiqiao.PermDealWork, s.listSubsidyPolicies, false},
		{post, "/policies/subsidy", jiqiao.PermPolicyWrite, s.addSubsidyPolicy, false},
	}
}

// bureauRoutes are runs, models and statistics, for the bureau.
func (s *Server) bureauRoutes() []route {
	return []route{
		{get, "/match-runs", jiqiao.PermRunRead, s.listMatchRuns, false},
		{post, "/match-runs", jiqiao.PermRunWrite, s.startMatchRun, false},
		{get, "/match-runs/:id", jiqiao.PermRunRead, s.getMatchRun, false},
		{post, "/match-runs/:id/cancel", jiqiao.PermRunWrite, s.cancelMatchRun, false},

		{get, "/assignments", jiqiao.PermAssignmentRead, s.listAssignments, false},
		{post, "/assignments", jiqiao.PermRunWrite, s.startAssignment, false},
		{get, "/assignments/:id", jiqiao.PermAssignmentRead, s.getAssignment, false},
		{post, "/assignments/:id/cancel", jiqiao.PermRunWrite, s.cancelAssignment, false},
		{get, "/assignments/:id/items", jiqiao.PermAssignmentRead, s.listAssignmentItems, false},
		{get, "/assignments/:id/items.xlsx", jiqiao.PermAssignmentRead, s.exportAssignment, true},

		{get, "/models", jiqiao.PermModelRead, s.listModels, false},
		{post, "/models/:kind/:version/activate", jiqiao.PermModelManage, s.activateModel, false},

		{get, "/statistics/overview", jiqiao.PermStatisticsRead, s.overview, false},
		{get, "/statistics/figures", jiqiao.PermStatisticsRead, s.listFigures, false},
		{get, "/statistics/facts", jiqiao.PermStatisticsRead, s.listFacts, false},
		{get, "/statistics/ageing", jiqiao.PermStatisticsRead, s.ageing, false},
		{get, "/statistics/brokers", jiqiao.PermStatisticsRead, s.brokerFigures, false},
		{get, "/statistics/exposure", jiqiao.PermStatisticsRead, s.exposure, false},
		{get, "/statistics/cockpit", jiqiao.PermStatisticsRead, s.cockpit, false},
		{get, "/statistics/waiting", jiqiao.PermStatisticsRead, s.listWaiting, false},
		{get, "/statistics/exposed", jiqiao.PermStatisticsRead, s.listExposed, false},
		{get, "/reports/monthly.docx", jiqiao.PermStatisticsRead, s.monthlyReport, true},
		{get, "/exports/waiting.xlsx", jiqiao.PermStatisticsRead, s.exportWaiting, true},
		{get, "/exports/facts.xlsx", jiqiao.PermStatisticsRead, s.exportFacts, true},
		{get, "/exports/brokers.xlsx", jiqiao.PermStatisticsRead, s.exportBrokers, true},
		{get, "/settings/targets", jiqiao.PermStatisticsRead, s.getTargets, false},
		{put, "/settings/targets", jiqiao.PermPolicyWrite, s.setTargets, false},
	}
}

// accountRoutes are signing in, organisations and accounts.
func (s *Server) accountRoutes() []route {
	return []route{
		{post, "/auth/login", open, s.login, false},
		{post, "/auth/logout", open, s.logout, false},
		{post, "/auth/logout-everywhere", jiqiao.PermSelf, s.logoutEverywhere, false},
		{get, "/auth/session", open, s.getSession, false},
		{get, "/sessions", jiqiao.PermSelf, s.listSessions, false},
		{del, "/sessions/:id", jiqiao.PermSelf, s.endSession, false},
		{post, "/auth/password", jiqiao.PermSelf, s.changePassword, false},
		{put, "/auth/profile", jiqiao.PermSelf, s.updateProfile, false},
		{post, "/auth/totp", jiqiao.PermSelf, s.enrolSecondFactor, false},
		{post, "/auth/totp/confirm", jiqiao.PermSelf, s.confirmSecondFactor, false},
		{post, "/auth/totp/drop", jiqiao.PermSelf, s.dropSecondFactor, false},
		{get, "/auth/oidc/start", open, s.startOIDC, false},
		{get, "/auth/oidc/callback", open, s.finishOIDC, false},
		{post, "/auth/reset", open, s.requestReset, false},
		{post, "/auth/link", open, s.openLink, false},
		{post, "/auth/link/use", open, s.useLink, false},

		{post, "/signups", open, s.signUp, false},
		{get, "/signups", jiqiao.PermOrganisationReview, s.listSignUps, false},
		{get, "/exports/signups.xlsx", jiqiao.PermOrganisationReview, s.exportSignUps, true},
		{get, "/signups/:id", jiqiao.PermOrganisationReview, s.getSignUp, false},
		{post, "/signups/:id/approve", jiqiao.PermOrganisationReview, s.decideSignUp(true), false},
		{post, "/signups/:id/refuse", jiqiao.PermOrganisationReview, s.decideSignUp(false), false},
		{get, "/organisation", jiqiao.PermSelf, s.getOwnOrganisation, false},
		{put, "/organisation", jiqiao.PermOrganisationWriteOwn, s.updateOwnOrganisation, false},

		// Not for the public: the list would name the owners of anonymous records.
		{get, "/organisations", jiqiao.PermOrganisationRead, s.listOrganisations, false},
		{post, "/organisations", jiqiao.PermOrganisationWriteAny, s.createOrganisation, false},
		{get, "/exports/organisations.xlsx", jiqiao.PermOrganisationRead, s.exportOrganisations, true},
		{get, "/organisations/:id", jiqiao.PermOrganisationRead, s.getOrganisation, false},
		{put, "/organisations/:id", jiqiao.PermOrganisationWriteAny, s.updateOrganisation, false},
		{del, "/organisations/:id", jiqiao.PermOrganisationWriteAny, s.deleteOrganisation, false},

		// Administrators and leads; which accounts each reaches and what each may do to them is in internal/account.
		{get, "/users", jiqiao.PermSelf, s.listUsers, false},
		{get, "/exports/users.xlsx", jiqiao.PermSelf, s.exportUsers, true},
		{post, "/users", jiqiao.PermAccountManage, s.createUser, false},
		{get, "/users/:id", jiqiao.PermSelf, s.getUser, false},
		{put, "/users/:id", jiqiao.PermSelf, s.updateUser, false},
		{post, "/users/:id/state", jiqiao.PermSelf, s.setUserState, false},
		{post, "/users/:id/password", jiqiao.PermSelf, s.resetUserPassword, false},
		{post, "/users/:id/logout", jiqiao.PermSelf, s.endUserSessions, false},
		{post, "/users/:id/lead", jiqiao.PermMemberManage, s.setUserLead, false},
		{post, "/users/:id/grant", jiqiao.PermSecurityManage, s.setUserGrant, false},
		{post, "/users/:id/totp/clear", jiqiao.PermSecurityManage, s.clearSecondFactor, false},
		{post, "/invitations", jiqiao.PermSelf, s.invite, false},
		{post, "/invitations/:id/again", jiqiao.PermSelf, s.inviteAgain, false},

		{get, "/tokens", jiqiao.PermSecurityManage, s.listTokens, false},
		{post, "/tokens", jiqiao.PermSecurityManage, s.createToken, false},
		{del, "/tokens/:id", jiqiao.PermSecurityManage, s.revokeToken, false},
		{get, "/settings/security", open, s.getSecurity, false},
		{put, "/settings/security", jiqiao.PermSecurityManage, s.setSecurity, false},
	}
}

// noticeRoutes are inbox, subscriptions, channels, what was sent.
func (s *Server) noticeRoutes() []route {
	return []route{
		{get, "/inbox", jiqiao.PermSelf, s.listInbox, false},
		{get, "/inbox/count", jiqiao.PermSelf, s.countInbox, false},
		{post, "/inbox/mark", jiqiao.PermSelf, s.markInbox, false},
		{post, "/inbox/:id/feedback", jiqiao.PermSelf, s.messageFeedback, false},
		{get, "/exports/inbox.xlsx", jiqiao.PermSelf, s.exportInbox, true},
		{get, "/notice-preferences", jiqiao.PermSelf, s.getPreferences, false},
		{put, "/notice-preferences", jiqiao.PermSelf, s.putPreferences, false},
		{get, "/unsubscribe", open, s.showUnsubscribe, false},
		{post, "/unsubscribe", open, s.doUnsubscribe, false},
		{get, "/subscriptions", jiqiao.PermSelf, s.listSubscriptions, false},
		{post, "/subscriptions", jiqiao.PermSelf, s.putSubscription, false},
		{get, "/subscriptions/:id", jiqiao.PermSelf, s.getSubscription, false},
		{put, "/subscriptions/:id", jiqiao.PermSelf, s.putSubscription, false},
		{del, "/subscriptions/:id", jiqiao.PermSelf, s.deleteSubscription, false},
		{get, "/events", jiqiao.PermSelf, s.events, true},
		{get, "/views", jiqiao.PermSelf, s.listViews, false},
		{post, "/views", jiqiao.PermSelf, s.saveView, false},
		{del, "/views/:id", jiqiao.PermSelf, s.deleteView, false},

		{get, "/channels", jiqiao.PermSystemManage, s.listChannels, false},
		{post, "/channels", jiqiao.PermSystemManage, s.putChannel, false},
		{get, "/channels/:id", jiqiao.PermSystemManage, s.getChannel, false},
		{put, "/channels/:id", jiqiao.PermSystemManage, s.putChannel, false},
		{del, "/channels/:id", jiqiao.PermSystemManage, s.deleteChannel, false},
		{post, "/channels/:id/test", jiqiao.PermSystemManage, s.testChannel, false},
		{get, "/outbox", jiqiao.PermOutboxRead, s.listOutbox, false},
		{post, "/outbox/:id/resend", jiqiao.PermOutboxRead, s.resendDelivery, false},
		{post, "/outbox/:id/cancel", jiqiao.PermOutboxRead, s.cancelDelivery, false},
		{get, "/exports/outbox.xlsx", jiqiao.PermOutboxRead, s.exportOutbox, true},
		{get, "/notices/report", jiqiao.PermOutboxRead, s.noticeReport, false},
		{get, "/notices/receipts", jiqiao.PermOutboxRead, s.listReceipts, false},
		{get, "/exports/notices.xlsx", jiqiao.PermOutboxRead, s.exportNoticeReport, true},
	}
}

// serviceRoutes are jobs and the audit.
func (s *Server) serviceRoutes() []route {
	return []route{
		{get, "/jobs", jiqiao.PermSystemManage, s.listJobs, false},
		{get, "/jobs/:id", jiqiao.PermSystemManage, s.getJob, false},
		{post, "/jobs/:id/retry", jiqiao.PermSystemManage, s.retryJob, false},
		{post, "/jobs/:id/cancel", jiqiao.PermSystemManage, s.cancelJob, false},
		{get, "/job-counts", jiqiao.PermSystemManage, s.countJobs, false},
		{get, "/exports/jobs.xlsx", jiqiao.PermSystemManage, s.exportJobs, true},
		{get, "/me/jobs", jiqiao.PermSelf, s.listMyJobs, false},
		{get, "/me/jobs/:id", jiqiao.PermSelf, s.getMyJob, false},

		{get, "/audit", jiqiao.PermAuditRead, s.listAudit, false},
		{get, "/audit/verify", jiqiao.PermAuditRead, s.verifyAudit, true},
		{get, "/exports/audit.xlsx", jiqiao.PermAuditRead, s.exportAudit, true},
	}
}

// service is what stands outside /api/v1: for machines that watch the service, and its description.
func (s *Server) service() []route {
	return []route{
		{http.MethodGet, "/healthz", "", s.healthz, false},
		{http.MethodGet, "/readyz", "", s.readyz, false},
		{http.MethodGet, "/metrics", "", s.serveMetrics, false},
		{http.MethodGet, "/api/openapi.yaml", "", s.specYAML, false},
		{http.MethodGet, "/api/openapi.json", "", s.specJSON, false},
		{http.MethodGet, "/api/docs", "", s.docs, false},
	}
}

// lay builds the engine. The order of middleware is the order a request meets it.
func (s *Server) lay() error {
	gin.SetMode(gin.ReleaseMode) // gin's only switch for not printing every route; it is the process's
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	if err := e.SetTrustedProxies(s.opts.TrustedProxies); err != nil {
		return fmt.Errorf("trusted proxies: %w", err)
	}
	e.Use(s.identify, s.observe, s.protect, s.recoverPanic, compress)
	for _, r := range s.service() {
		s.register(e, r)
	}
	v1 := e.Group(prefix, s.limit, s.authenticate, s.limitUser, s.addGrants)
	for _, r := range s.routes() {
		s.register(v1, r)
	}
	e.NoRoute(s.noRoute)
	e.NoMethod(s.noMethod)
	s.engine = e
	return nil
}

// register adds the route, and HEAD beside GET: net/http drops the body itself.
func (s *Server) register(to gin.IRoutes, r route) {
	limit := s.opts.Timeout
	if r.slow {
		limit = s.opts.SlowTimeout
	}
	chain := []gin.HandlerFunc{deadline(limit), s.require(r.permission)}
	if guessed(r) {
		chain = append(chain, s.limitSignIn)
	}
	if r.method != http.MethodGet {
		chain = append(chain, s.idempotent(limit))
	}
	chain = append(chain, s.handle(r.handle))
	to.Handle(r.method, r.path, chain...)
	if r.method == http.MethodGet {
		to.Handle(http.MethodHead, r.path, chain...)
	}
}
