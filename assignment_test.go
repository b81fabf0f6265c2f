package jiqiao

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAssignmentParamsAreChecked(t *testing.T) {
	fine := DefaultAssignmentParams()
	fine.Brokers = []BrokerQuota{{Name: "王五", Fields: []string{"20", "40101"}, Regions: []string{"320000"}, Capacity: 5}, {Name: "李四"}}
	if err := fine.Validate(); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*AssignmentParams){
		"per_need":             func(p *AssignmentParams) { p.PerNeed = -1 },
		"per_achievement":      func(p *AssignmentParams) { p.PerAchievement = MaxPerWeek + 1 },
		"per_team":             func(p *AssignmentParams) { p.PerTeam = -1 },
		"per_broker":           func(p *AssignmentParams) { p.PerBroker = -1 },
		"min_level":            func(p *AssignmentParams) { p.MinLevel = LevelNone },
		"fairness":             func(p *AssignmentParams) { p.Fairness = math.NaN() },
		"brokers":              func(p *AssignmentParams) { p.Brokers = manyBrokers(MaxBrokers + 1) },
		"brokers[0].name":      func(p *AssignmentParams) { p.Brokers = []BrokerQuota{{Name: " "}} },
		"brokers[1].name":      func(p *AssignmentParams) { p.Brokers = []BrokerQuota{{Name: "王"}, {Name: "王"}} },
		"brokers[0].fields[0]": func(p *AssignmentParams) { p.Brokers = []BrokerQuota{{Name: "王", Fields: []string{"x"}}} },
		"brokers[0].regions[1]": func(p *AssignmentParams) {
			p.Brokers = []BrokerQuota{{Name: "王", Regions: []string{"320900", "1"}}}
		},
		"brokers[0].capacity": func(p *AssignmentParams) { p.Brokers = []BrokerQuota{{Name: "王", Capacity: -1}} },
	} {
		p := DefaultAssignmentParams()
		spoil(&p)
		var found *Error
		if err := p.Validate(); !errors.As(err, &found) || len(found.Fields) != 1 || found.Fields[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func manyBrokers(n int) (all []BrokerQuota) {
	for i := range n {
		all = append(all, BrokerQuota{Name: strings.Repeat("一", i/50+1) + strings.Repeat("二", i%50+1)})
	}
	return all
}

func TestBrokersHandleTheirFieldsAndRegions(t *testing.T) {
	need := func(region string, fields ...string) *Need {
		return &Need{Header: Header{Region: region, Fields: fields}}
	}
	for name, c := range map[string]struct {
		broker BrokerQuota
		need   *Need
		want   bool
	}{
		"anything":             {BrokerQuota{}, need("320900", "20101"), true},
		"the field":            {BrokerQuota{Fields: []string{"201"}}, need("320900", "20101"), true},
		"one field of two":     {BrokerQuota{Fields: []string{"10", "201"}}, need("", "401", "20101"), true},
		"a wider need":         {BrokerQuota{Fields: []string{"20101"}}, need("", "20"), true},
		"another field":        {BrokerQuota{Fields: []string{"10"}}, need("320900", "20101"), false},
		"a need without field": {BrokerQuota{Fields: []string{"10"}}, need("320900"), true},
		"the region":           {BrokerQuota{Regions: []string{"320000"}}, need("320981"), true},
		"another region":       {BrokerQuota{Regions: []string{"330000"}}, need("320981", "10"), false},
		"no region":            {BrokerQuota{Regions: []string{"330000"}}, need(""), true},
		"field but not region": {BrokerQuota{Fields: []string{"20"}, Regions: []string{"330000"}}, need("320981", "20"), false},
	} {
		if got := c.broker.Handles(c.need); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestRunParamsAndLabels(t *testing.T) {
	for limit, ok := range map[int]bool{0: false, 1: true, DefaultRunLimit: true, MaxPageSize: true, MaxPageSize + 1: false} {
		if err := (MatchRunParams{limit}).Validate(); (err == nil) != ok {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
	got := []string{
		RunRunning.Label(), RunDone.Label(), RunFailed.Label(), RunCancelled.Label(), RunState("x").Label(),
		OutcomePlaced.Label(), OutcomeNeed.Label(), OutcomeAchievement.Label(), AssignmentOutcome("x").Label(),
	}
	want := []string{"进行中", "已完成", "已失败", "已取消", "", "推荐", "需求未安排", "成果未安排", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("labels:\n%s", diff)
	}
}
