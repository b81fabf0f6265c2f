package jiqiao

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func incomes() []Income {
	return []Income{
		{DealID: "l_1", Team: "甲", Unit: "化工学院", SignedOn: "2025-11-02", Total: 500, Trade: 400, Received: 500, Paid: map[int]int64{2025: 200, 2026: 300}},
		{DealID: "l_2", Team: "乙", SignedOn: "2026-03-01", Total: 900, Trade: 900, Received: 100, Open: 800, Paid: map[int]int64{2026: 100}},
		{DealID: "l_3", SignedOn: "2026-03-01", Total: 50, Trade: 50, Open: 50, Paid: map[int]int64{}},
	}
}

func TestIncomeOfAYear(t *testing.T) {
	page, err := PageIncome(incomes(), IncomeQuery{Year: 2026})
	if err != nil || page.Total != 3 {
		t.Fatalf("%+v, %v", page, err)
	}
	// The contract of 2025 was paid in part in 2026: its payment counts, its total does not.
	if want := (IncomeSum{Contracts: 2, Total: 950, Trade: 950, Received: 400}); page.Sum != want {
		t.Errorf("sum %+v, want %+v", page.Sum, want)
	}
	want := []IncomeSum{{Key: "2026", Contracts: 2, Total: 950, Trade: 950, Received: 400}, {Key: "2025", Contracts: 1, Total: 500, Trade: 400, Received: 200}}
	if diff := cmp.Diff(want, page.Years); diff != "" {
		t.Errorf("years (-want +got):\n%s", diff)
	}
	teams := []IncomeSum{
		{Key: "甲", Received: 300}, {Key: "乙", Contracts: 1, Total: 900, Trade: 900, Received: 100}, {Key: "未填写团队", Contracts: 1, Total: 50, Trade: 50},
	}
	if diff := cmp.Diff(teams, page.Teams); diff != "" {
		t.Errorf("teams (-want +got):\n%s", diff)
	}
	if units := page.Units; len(units) != 2 || units[1].Key != "未填写学院" || units[1].Received != 100 {
		t.Errorf("units %+v", units)
	}
	for _, i := range page.Items {
		if i.DealID == "l_1" && i.InYear != 300 {
			t.Errorf("in the year %d", i.InYear)
		}
	}
}

func TestIncomeOrderAndPages(t *testing.T) {
	for sort, want := range map[IncomeSort]string{
		"": "l_3 l_2 l_1", IncomeOldest: "l_1 l_3 l_2", IncomeTotal: "l_2 l_1 l_3", IncomeReceived: "l_1 l_2 l_3", IncomeOpen: "l_2 l_3 l_1",
	} {
		got, cursor := "", ""
		for {
			page, err := PageIncome(incomes(), IncomeQuery{Sort: sort, Limit: 1, Cursor: cursor})
			if err != nil || len(page.Items) != 1 || page.Total != 3 {
				t.Fatalf("%s after %q: %+v, %v", sort, cursor, page, err)
			}
			got += " " + page.Items[0].DealID
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if got[1:] != want {
			t.Errorf("%q:%s, want %s", sort, got, want)
		}
	}
	if _, err := PageIncome(incomes(), IncomeQuery{Cursor: "l_x"}); CodeOf(err) != CodeInvalid {
		t.Errorf("an unknown cursor: %v", err)
	}
	if page, _ := PageIncome(incomes(), IncomeQuery{Owing: true, Team: "乙"}); page.Total != 1 || page.Sum.Total != 900 {
		t.Errorf("narrowed: %+v", page)
	}
	if page, err := PageIncome(nil, IncomeQuery{}); err != nil || page.Items == nil || page.Years == nil || page.Teams == nil {
		t.Errorf("of nothing: %+v, %v", page, err)
	}
}
