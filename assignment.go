package jiqiao

import (
	"strconv"
	"time"
)

// Assignment is one choice of what to recommend to whom this week, made from all scored pairs under limits.
type Assignment struct {
	ID     string           `json:"id"` // "s_" and 20 characters
	Params AssignmentParams `json:"params"`
	State  RunState         `json:"state"`
	// Stage is what is being done, in Chinese; Done of Total is how far the stage is, 0 of 0 when that is not known.
	Stage string `json:"stage,omitempty"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
	// MatchRun is the run whose results were used.
	MatchRun string `json:"match_run,omitempty"`
	// Week is the Monday, in Beijing, of the week whose places it takes.
	Week Date `json:"week"`
	// Summary is there once the state is RunDone.
	Summary *AssignmentSummary `json:"summary,omitempty"`
	// Message says in Chinese why it failed.
	Message   string    `json:"message,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// AssignmentParams say how to choose. A limit of 0 is none.
type AssignmentParams struct {
	// How many recommendations a week a need, an achievement and a team may have, those of earlier assignments of the
	// week included. A team is an achievement's first named maker with the owner, or the owner alone.
	PerNeed        int `json:"per_need"`
	PerAchievement int `json:"per_achievement"`
	PerTeam        int `json:"per_team"`
	// PerBroker is the limit of brokers that state none themselves.
	PerBroker int `json:"per_broker"`
	// MinLevel is the lowest level that is recommended.
	MinLevel Level `json:"min_level"`
	// Fairness is the most benefit, as a probability, that one recommendation may give up so that organisations and
	// achievements are recommended more evenly; 0 looks at benefit alone.
	Fairness float64 `json:"fairness"`
	// Brokers handle recommendations; without any they do not limit.
	Brokers []BrokerQuota `json:"brokers,omitempty"`
	// Trial takes no places: it is not counted by later assignments.
	Trial bool `json:"trial,omitempty"`
	// Rematch scores everything anew first. This also happens when there are no results of the last 24 hours.
	Rematch bool `json:"rematch,omitempty"`
}

// BrokerQuota is a broker with what he takes on a week. A need that states no field or region is within any.
type BrokerQuota struct {
	Name string `json:"name"`
	// Fields are codes of the list "field", Regions of "region"; each with everything under it, none is all.
	Fields  []string `json:"fields,omitempty"`
	Regions []string `json:"regions,omitempty"`
	// Capacity is a number of recommendations; 0 takes AssignmentParams.PerBroker.
	Capacity int `json:"capacity,omitempty"`
}

// DefaultAssignmentParams are what is not said otherwise.
func DefaultAssignmentParams() AssignmentParams {
	return AssignmentParams{PerNeed: 3, PerAchievement: 3, PerTeam: 10, PerBroker: 30, MinLevel: LevelFair, Fairness: 0.05}
}

// MaxPerWeek bounds every limit of an assignment, MaxBrokers the number of brokers.
const (
	MaxPerWeek = 10_000
	MaxBrokers = 500
)

// Validate reports every parameter that makes no sense.
func (p *AssignmentParams) Validate() error {
	var ck checker
	for _, limit := range []struct {
		field, label string
		value        int
	}{
		{"per_need", "每条需求的名额", p.PerNeed}, {"per_achievement", "每项成果的名额", p.PerAchievement},
		{"per_team", "每个团队的名额", p.PerTeam}, {"per_broker", "每位技术经理人的名额", p.PerBroker},
	} {
		ck.perWeek(limit.field, limit.label, limit.value)
	}
	if p.MinLevel < LevelWeak || p.MinLevel > LevelStrong {
		ck.add("min_level", "最低等级应为 2（弱）、3（较强）或 4（强）")
	}
	if !(p.Fairness >= 0 && p.Fairness <= 1) { // not NaN either
		ck.add("fairness", "均衡程度应在 0～1 之间，常用 0.05")
	}
	ck.count("brokers", "技术经理人", len(p.Brokers), MaxBrokers)
	names := map[string]bool{}
	for i, b := range p.Brokers {
		at := index("brokers", i)
		ck.required(at+".name", "技术经理人姓名", b.Name)
		ck.line(at+".name", "技术经理人姓名", b.Name, MaxName)
		if names[b.Name] {
			ck.add(at+".name", "技术经理人「"+clip(b.Name)+"」重复，请合并成一项")
		}
		names[b.Name] = true
		ck.codeList(at+".fields", "field", b.Fields)
		ck.codeList(at+".regions", "region", b.Regions)
		ck.perWeek(at+".capacity", "名额", b.Capacity)
	}
	return Invalid(ck.found)
}

func (ck *checker) perWeek(field, label string, n int) {
	if n < 0 || n > MaxPerWeek {
		ck.add(field, label+"应为 0～"+strconv.Itoa(MaxPerWeek)+" 的整数，0 为不限")
	}
}

// Handles reports whether a need is within the broker's fields and regions.
func (b *BrokerQuota) Handles(n *Need) bool {
	covers := func(list string, own, theirs []string) bool {
		if len(own) == 0 || len(theirs) == 0 {
			return true
		}
		for _, filter := range own {
			for _, code := range theirs {
				if CodeMatches(list, filter, code) || CodeMatches(list, code, filter) {
					return true
				}
			}
		}
		return false
	}
	var regions []string
	if n.Region != "" {
		regions = []string{n.Region}
	}
	return covers("field", b.Fields, n.Fields) && covers("region", b.Regions, regions)
}

// AssignmentSummary is an assignment in numbers.
type AssignmentSummary struct {
	Needs        int `json:"needs"`
	Achievements int `json:"achievements"`
	// Pairs were scored; Candidates are those among them that could be recommended.
	Pairs      int `json:"pairs"`
	Candidates int `json:"candidates"`
	// Placed are recommendations, for so many needs and of so many achievements.
	Placed             int `json:"placed"`
	PlacedNeeds        int `json:"placed_needs"`
	PlacedAchievements int `json:"placed_achievements"`
	// Benefit is the expected number of recommendations that reach the lowest level. PlainBenefit is what it would be
	// without fairness, GivenUp the difference.
	Benefit      float64 `json:"benefit"`
	PlainBenefit float64 `json:"plain_benefit"`
	GivenUp      float64 `json:"given_up"`
	// Gap is how far the choice is from the best possible at most, proven by duality; 0 is exact but for rounding.
	Gap float64 `json:"gap"`
	// Before is the spread without fairness, After with it.
	Before Exposure `json:"before"`
	After  Exposure `json:"after"`
	// Unplaced counts needs without a recommendation by reason.
	Unplaced map[string]int `json:"unplaced,omitempty"`
	// Seconds is how long the choice took, without scoring.
	Seconds float64 `json:"seconds"`
}

// Exposure is how recommendations are spread over organisations and achievements.
type Exposure struct {
	// Organisations have something that could be recommended; Unserved are those among them without a recommendation.
	Organisations int `json:"organisations"`
	Unserved      int `json:"unserved"`
	// Gini is the coefficient of the organisations' numbers of recommendations, AchievementGini that of the
	// achievements': 0 when all have the same, towards 1 when one has all.
	Gini            float64 `json:"gini"`
	AchievementGini float64 `json:"achievement_gini"`
}

// AssignmentOutcome tells the rows of an assignment apart.
type AssignmentOutcome string

// The outcomes.
const (
	OutcomePlaced      AssignmentOutcome = "placed"      // 推荐
	OutcomeNeed        AssignmentOutcome = "need"        // 未安排的需求
	OutcomeAchievement AssignmentOutcome = "achievement" // 未安排的成果
)

// Label is the outcome's Chinese name, "" for an unknown one.
func (o AssignmentOutcome) Label() string {
	switch o {
	case OutcomePlaced:
		return "推荐"
	case OutcomeNeed:
		return "需求未安排"
	case OutcomeAchievement:
		return "成果未安排"
	}
	return ""
}

// AssignmentItem is one recommendation, or one need or achievement that has none, with the reason.
type AssignmentItem struct {
	// Line counts the items of an assignment from 1: recommendations by need, then needs, then achievements.
	Line    int               `json:"line"`
	Outcome AssignmentOutcome `json:"outcome"`
	// NeedID and AchievementID with their titles; an item without a recommendation has one of them.
	NeedID        string `json:"need_id,omitempty"`
	Need          string `json:"need,omitempty"`
	AchievementID string `json:"achievement_id,omitempty"`
	Achievement   string `json:"achievement,omitempty"`
	// Enterprise owns the need, Organisation the achievement; Team made it.
	Enterprise   string `json:"enterprise,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	Team         string `json:"team,omitempty"`
	Broker       string `json:"broker,omitempty"`
	// Score, Level and Benefit of the pair. Benefit is the probability that its level is at least the lowest asked for.
	Score      float64 `json:"score,omitempty"`
	Level      Level   `json:"level,omitempty"`
	LevelLabel string  `json:"level_label,omitempty"`
	Benefit    float64 `json:"benefit,omitempty"`
	// NeedRank is the achievement's place among all candidates of the need, AchievementRank the reverse; from 1.
	NeedRank        int `json:"need_rank,omitempty"`
	AchievementRank int `json:"achievement_rank,omitempty"`
	// Reason is a code for why there is no recommendation; Text says in Chinese why there is one or none.
	Reason string `json:"reason,omitempty"`
	Text   string `json:"text"`
}

// AssignmentItemQuery asks for items of an assignment. Empty fields do not restrict.
type AssignmentItemQuery struct {
	Outcome               AssignmentOutcome
	NeedID, AchievementID string
	Broker, Reason        string
	Cursor                string // from AssignmentItemPage.Next; empty for the first page
	Limit                 int    // 0 is DefaultPage, at most MaxPageSize
}

// AssignmentItemPage is a page of items.
type AssignmentItemPage struct {
	// Total counts what the query finds on all pages.
	Total int              `json:"total"`
	Items []AssignmentItem `json:"items"`
	// Next continues after the last item; empty at the end.
	Next string `json:"next,omitempty"`
}
