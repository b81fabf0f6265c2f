package jiqiao

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSummariseShown(t *testing.T) {
	got := SummariseShown([]ShownGroup{
		{"a_1", ShownWaiting, "", "", 2},
		{"a_1", ShownRejected, "metrics", PartyBroker, 3},
		{"a_1", ShownDeclined, "price", PartyNeed, 1},
		{"a_1", ShownDeclined, "metrics", PartyAchievement, 1},
		{"a_2", ShownExpired, "no_answer", "", 1},
		{"a_2", ShownInterested, "", "", 1},
		{"a_2", ShownGone, "", "", 1},
	}, KindAchievement)
	want := ShownSummary{
		Outcomes: []ShownCount{
			{ShownWaiting, "经理人处理中", 2}, {ShownInterested, "双方有意向", 1}, {ShownRejected, "经理人未采纳", 3}, {ShownDeclined, "一方无意向", 2},
			{ShownExpired, "逾期无响应", 1}, {ShownGone, "一方已不再公开", 1},
		},
		Reasons: []ShownReason{
			{"metrics", "指标不达", 4, 3, 0}, {"no_answer", "无响应", 1, 0, 1}, {"price", "价格分歧", 1, 0, 1},
		},
		Records: []ShownRecord{
			{ID: "a_1", Shown: 7, Waiting: 2, Declined: 5, Reason: "metrics"},
			{ID: "a_2", Shown: 3, Going: 1, Declined: 1, Reason: "no_answer"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, o := range ShownOutcomes {
		if o.Label() == "" {
			t.Errorf("%s has no name", o)
		}
	}
}
