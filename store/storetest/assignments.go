package storetest

import "jiqiao"

// assignment is one that is done.
func assignment() *jiqiao.Assignment {
	params := jiqiao.DefaultAssignmentParams()
	params.Brokers = []jiqiao.BrokerQuota{{Name: "王五", Fields: []string{"20"}, Capacity: 5}}
	return &jiqiao.Assignment{
		Params: params, State: jiqiao.RunDone, Week: "2026-11-16", MatchRun: "r_1",
		Summary: &jiqiao.AssignmentSummary{Placed: 1, Benefit: 1.0 / 3, Unplaced: map[string]int{"no_candidate": 1}},
	}
}

func assignmentItems() []jiqiao.AssignmentItem {
	return []jiqiao.AssignmentItem{
		{
			Line: 1, Outcome: jiqiao.OutcomePlaced, NeedID: "n_1", Need: "需求", AchievementID: "a_1", Achievement: "成果",
			Organisation: "某大学", Broker: "王五", Level: jiqiao.LevelFair, Benefit: 1.0 / 3, NeedRank: 1, AchievementRank: 2, Text: "匹配等级为较强",
		},
		{Line: 2, Outcome: jiqiao.OutcomeNeed, NeedID: "n_2", Need: "另一需求", Reason: "no_candidate", Text: "没有找到相关的成果"},
		{Line: 3, Outcome: jiqiao.OutcomeAchievement, AchievementID: "a_2", Achievement: "另一成果", Reason: "need_taken", Text: "名额已满"},
	}
}
