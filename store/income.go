package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"jiqiao"
)

// Income lists the contracts of an organisation's achievements with what was paid, in no order, in two statements. Teams are
// in the achievements.
func (s *Store) Income(ctx context.Context, organisation string) ([]jiqiao.Income, error) {
	if organisation == "" {
		return nil, nil
	}
	q := s.reader()
	all, at := []jiqiao.Income{}, map[string]int{}
	err := q.each(ctx, `SELECT d.id, d.body, c.type, c.signed_on, c.total, c.trade, c.registration_number
		FROM deals d JOIN contracts c ON c.deal_id = d.id WHERE d.seller_id = ? AND d.agreed = 1`, []any{clean(organisation)},
		func(scan func(...any) error) error {
			var (
				i    jiqiao.Income
				body []byte
				d    jiqiao.Deal
			)
			if err := scan(&i.DealID, &body, &i.Type, &i.SignedOn, &i.Total, &i.Trade, &i.Registration); err != nil {
				return err
			}
			if err := json.Unmarshal(body, &d); err != nil {
				return fmt.Errorf("decode deal %s: %w", i.DealID, err)
			}
			i.Title, i.AchievementID, i.Achievement, i.Buyer = d.Title, d.AchievementID, d.Achievement, d.Buyer.Name
			i.TypeLabel, i.Open, i.Paid = jiqiao.CodeLabel("contract_type", i.Type), i.Total, map[int]int64{}
			at[i.DealID] = len(all)
			all = append(all, i)
			return nil
		})
	if err != nil {
		return nil, wrap("list income", err)
	}
	err = q.each(ctx, `SELECT p.deal_id, substr(p.received_on, 1, 4), CAST(sum(p.amount) AS BIGINT), max(p.received_on)
		FROM payments p JOIN deals d ON d.id = p.deal_id WHERE d.seller_id = ? AND d.agreed = 1
		GROUP BY p.deal_id, substr(p.received_on, 1, 4)`, []any{clean(organisation)}, func(scan func(...any) error) error {
		var (
			deal, year string
			sum        int64
			last       jiqiao.Date
		)
		if err := scan(&deal, &year, &sum, &last); err != nil {
			return err
		}
		n, ok := at[deal]
		y, err := strconv.Atoi(year)
		if !ok || err != nil {
			return err
		}
		i := &all[n]
		i.Paid[y] += sum
		i.Received, i.Open, i.LastOn = i.Received+sum, i.Open-sum, max(i.LastOn, last)
		return nil
	})
	return all, wrap("add up payments", err)
}
