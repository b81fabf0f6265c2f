package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"jiqiao"
)

// factSource states what an object adds to the figures; nothing when it is gone. It reads the object and what it belongs
// to, never figures or facts.
type factSource func(ctx context.Context, t *tx, object jiqiao.Ref) ([]jiqiao.Fact, error)

// factTable is a table of objects of one type.
type factTable struct{ object, name string }

// factTables are the tables, beside the records, whose rows have facts of their own.
var factTables = []factTable{
	{"candidate", "candidates"}, {"introduction", "introductions"}, {"deal", "deals"},
}

// factSourceOf is how the figures are defined: docs/adr/0015, codes/indicator.tsv.
func factSourceOf(object string) (factSource, bool) {
	switch object {
	case string(jiqiao.KindNeed), string(jiqiao.KindAchievement):
		return recordFacts, true
	case "candidate":
		return candidateFacts, true
	case "introduction":
		return introductionFacts, true
	case "deal":
		return dealFacts, true
	}
	return nil, false
}

// dependents are what has facts that read the object, itself included: whether a need was introduced is a fact of the need.
// Contracts, payments and subsidies are changed with their project, which is what is audited.
func (t *tx) dependents(ctx context.Context, object jiqiao.Ref) ([]jiqiao.Ref, error) {
	if object.Type != "introduction" {
		return []jiqiao.Ref{object}, nil
	}
	var need string
	err := t.row(ctx, `SELECT need_id FROM introductions WHERE id = ?`, []any{object.ID}, &need)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	return []jiqiao.Ref{object, {Type: string(jiqiao.KindNeed), ID: need}}, nil
}

// counted are the statuses of records that count: those that are or were offered to the other side.
var counted = []jiqiao.Status{
	jiqiao.StatusPublished, jiqiao.StatusPaused, jiqiao.StatusEngaged, jiqiao.StatusSettled, jiqiao.StatusExpired,
}

func recordFacts(ctx context.Context, t *tx, object jiqiao.Ref) ([]jiqiao.Fact, error) {
	rec, err := t.load(ctx, jiqiao.Kind(object.Type), object.ID)
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
		return nil, nil
	case err != nil:
		return nil, err
	}
	head := rec.Head()
	if !slices.Contains(counted, head.Status) {
		return nil, nil
	}
	fact := jiqiao.Fact{Object: object, Region: head.Region, Industry: division(head.Industries), Day: jiqiao.DayOf(head.CreatedAt), Value: 1}
	fact.Indicator = jiqiao.IndicatorNeeds
	if rec.Kind() == jiqiao.KindAchievement {
		fact.Indicator = jiqiao.IndicatorAchievements
		return []jiqiao.Fact{fact}, nil
	}
	var first *int64
	if err := t.row(ctx, `SELECT min(created_at) FROM introductions WHERE need_id = ?`, []any{object.ID}, &first); err != nil {
		return nil, err
	}
	facts := []jiqiao.Fact{fact}
	if first != nil {
		fact.Indicator, fact.Day = jiqiao.IndicatorNeedsIntroduced, jiqiao.DayOf(fromMicros(*first))
		facts = append(facts, fact)
	}
	return facts, nil
}

// base is a fact about the need, to be filled in: everything that comes after a need counts where the need is.
func (t *tx) base(ctx context.Context, object jiqiao.Ref, needID, broker string) (jiqiao.Fact, error) {
	f := jiqiao.Fact{Object: object, Broker: broker, Value: 1}
	var body string
	err := t.row(ctx, `SELECT body FROM records WHERE id = ?`, []any{needID}, &body) // of a deleted one, too
	if errors.Is(err, sql.ErrNoRows) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	var need struct {
		Region     string   `json:"region"`
		Industries []string `json:"industries"`
	}
	if err := json.Unmarshal([]byte(body), &need); err != nil {
		return f, fmt.Errorf("decode need %s: %w", needID, err)
	}
	f.Region, f.Industry = need.Region, division(need.Industries)
	return f, nil
}

// of is the fact f about another indicator.
func of(f jiqiao.Fact, i jiqiao.Indicator, at time.Time, detail string, value int64) jiqiao.Fact {
	f.Indicator, f.Day, f.Detail, f.Value = i, jiqiao.DayOf(at), detail, value
	return f
}

func candidateFacts(ctx context.Context, t *tx, object jiqiao.Ref) ([]jiqiao.Fact, error) {
	var (
		need, state, by, reason string
		created                 int64
		at                      *int64
	)
	err := t.row(ctx, `SELECT need_id, state, decided_by, reason, created_at, decided_at FROM candidates WHERE id = ?`, []any{object.ID},
		&need, &state, &by, &reason, &created, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f, err := t.base(ctx, object, need, "") // whose queue it is in may change, unnoticed here
	if err != nil {
		return nil, err
	}
	facts := []jiqiao.Fact{of(f, jiqiao.IndicatorCandidates, fromMicros(created), "", 1)}
	if at == nil || !jiqiao.CandidateState(state).Decided() {
		return facts, nil
	}
	f.Broker = by
	detail := string(jiqiao.VerbAccept)
	if jiqiao.CandidateState(state) == jiqiao.CandidateRejected {
		detail = string(jiqiao.VerbReject) + ":" + reason
	}
	return append(facts, of(f, jiqiao.IndicatorDecisions, fromMicros(*at), detail, 1)), nil
}

func introductionFacts(ctx context.Context, t *tx, object jiqiao.Ref) ([]jiqiao.Fact, error) {
	var (
		need, broker string
		states       [2]jiqiao.AnswerState
		reasons      [2]string
		created      int64
		interested   *int64
		body         string
		sides        struct{ Need, Achievement jiqiao.IntroductionSide }
	)
	err := t.row(ctx, `SELECT need_id, broker, need_state, achievement_state, need_reason, achievement_reason, created_at, interested_at, body
		FROM introductions WHERE id = ?`, []any{object.ID}, &need, &broker, &states[0], &states[1], &reasons[0], &reasons[1], &created, &interested, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(body), &sides); err != nil {
		return nil, fmt.Errorf("decode introduction %s: %w", object.ID, err)
	}
	f, err := t.base(ctx, object, need, broker)
	if err != nil {
		return nil, err
	}
	at := fromMicros(created)
	facts := []jiqiao.Fact{of(f, jiqiao.IndicatorIntroductions, at, "", 1), of(f, jiqiao.IndicatorAsked, at, "", 2)}
	if interested != nil {
		facts = append(facts, of(f, jiqiao.IndicatorMutual, at, "", 1))
	}
	for i, side := range []jiqiao.IntroductionSide{sides.Need, sides.Achievement} {
		if states[i] != jiqiao.AnswerInterested && states[i] != jiqiao.AnswerDeclined || side.AnsweredAt == nil {
			continue
		}
		facts = append(facts, of(f, jiqiao.IndicatorAnswers, at, string(states[i]), 1),
			of(f, jiqiao.IndicatorAnswerHours, at, "", int64(side.AnsweredAt.Sub(at).Hours()+0.5)))
		if states[i] == jiqiao.AnswerDeclined {
			facts = append(facts, of(f, jiqiao.IndicatorDeclined, at, reasons[i], 1))
		}
	}
	return facts, nil
}

func dealFacts(ctx context.Context, t *tx, object jiqiao.Ref) ([]jiqiao.Fact, error) {
	var (
		need, broker string
		created      int64
	)
	err := t.row(ctx, `SELECT need_id, broker, created_at FROM deals WHERE id = ?`, []any{object.ID}, &need, &broker, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f, err := t.base(ctx, object, need, broker)
	if err != nil {
		return nil, err
	}
	facts := []jiqiao.Fact{of(f, jiqiao.IndicatorDeals, fromMicros(created), "", 1)}
	for _, more := range []func(context.Context, *tx, jiqiao.Fact) ([]jiqiao.Fact, error){stageFacts, contractFacts, paymentFacts, subsidyFacts} {
		found, err := more(ctx, t, f)
		if err != nil {
			return nil, err
		}
		facts = append(facts, found...)
	}
	return facts, nil
}

// stageFacts count each stage once, when the project first came to it, and each stay when it ended.
func stageFacts(ctx context.Context, t *tx, f jiqiao.Fact) (facts []jiqiao.Fact, err error) {
	entered := map[string]bool{}
	err = t.each(ctx, `SELECT act, from_stage, to_stage, seconds, reason, at FROM deal_events WHERE deal_id = ? ORDER BY id`, []any{f.Object.ID},
		func(scan func(...any) error) error {
			var (
				act, from, to, reason string
				seconds, at           int64
			)
			if err := scan(&act, &from, &to, &seconds, &reason, &at); err != nil {
				return err
			}
			when := fromMicros(at)
			if act == string(jiqiao.DealEnd) {
				facts = append(facts, of(f, jiqiao.IndicatorDealsEnded, when, reason, 1))
			}
			if from == to {
				return nil
			}
			if from != "" {
				facts = append(facts, of(f, jiqiao.IndicatorStageHours, when, from, (seconds+1800)/3600))
			}
			if to != "" && !entered[to] {
				entered[to] = true
				facts = append(facts, of(f, jiqiao.IndicatorStageEntered, when, to, 1))
			}
			return nil
		})
	return facts, err
}

func contractFacts(ctx context.Context, t *tx, f jiqiao.Fact) (facts []jiqiao.Fact, err error) {
	err = t.each(ctx, `SELECT signed_on, total, trade, registration_number, registered_on FROM contracts WHERE deal_id = ?`, []any{f.Object.ID},
		func(scan func(...any) error) error {
			var (
				signed, registered jiqiao.Date
				total, trade       int64
				number             string
			)
			if err := scan(&signed, &total, &trade, &number, &registered); err != nil {
				return err
			}
			if signed != "" {
				facts = append(facts, on(f, jiqiao.IndicatorContracts, signed, 1), on(f, jiqiao.IndicatorContractAmount, signed, total))
			}
			if number != "" && registered != "" {
				facts = append(facts, on(f, jiqiao.IndicatorRegistrations, registered, 1), on(f, jiqiao.IndicatorRegisteredAmount, registered, trade))
			}
			return nil
		})
	return facts, err
}

// on is the fact f about another indicator, of a day.
func on(f jiqiao.Fact, i jiqiao.Indicator, day jiqiao.Date, value int64) jiqiao.Fact {
	f.Indicator, f.Day, f.Value = i, day, value
	return f
}

func paymentFacts(ctx context.Context, t *tx, f jiqiao.Fact) (facts []jiqiao.Fact, err error) {
	err = t.each(ctx, `SELECT received_on, amount FROM payments WHERE deal_id = ? ORDER BY id`, []any{f.Object.ID}, func(scan func(...any) error) error {
		var (
			day    jiqiao.Date
			amount int64
		)
		err := scan(&day, &amount)
		facts = append(facts, on(f, jiqiao.IndicatorPayments, day, amount))
		return err
	})
	return facts, err
}

func subsidyFacts(ctx context.Context, t *tx, f jiqiao.Fact) (facts []jiqiao.Fact, err error) {
	err = t.each(ctx, `SELECT created_at, amount FROM subsidies WHERE deal_id = ? AND state IN ('approved', 'paid') ORDER BY id`, []any{f.Object.ID},
		func(scan func(...any) error) error {
			var at, amount int64
			err := scan(&at, &amount)
			facts = append(facts, of(f, jiqiao.IndicatorSubsidies, fromMicros(at), "", amount))
			return err
		})
	return facts, err
}

// division is the first industry's division of GB/T 4754, "C26", or its section where nothing more is said.
func division(industries []string) string {
	if len(industries) == 0 {
		return ""
	}
	return industries[0][:min(len(industries[0]), len("C26"))]
}
