package jiqiao

import (
	"math"
	"testing"
)

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		money        Money
		bucket, text string
	}{
		{Money{}, "unstated", "未填写"},
		{Negotiable(), "negotiable", "面议"},
		{Amount(1), "lt50", "0.000001 万元"},
		{WanYuan(49), "lt50", "49 万元"},
		{Amount(50*Wan - 1), "lt50", "49.999999 万元"},
		{WanYuan(50), "50to200", "50 万元"},
		{Amount(1_235_000), "lt50", "1.235 万元"},
		{WanYuan(200), "200to500", "200 万元"},
		{WanYuan(500), "200to500", "500 万元"},
		{Amount(500*Wan + 1), "gt500", "500.000001 万元"},
		{Money{MoneyAmount, 50 * Wan, 200 * Wan}, "50to200", "50～200 万元"},
		{Money{MoneyAmount, 200 * Wan, 500 * Wan}, "200to500", "200～500 万元"},
		{Money{MoneyAmount, 0, 50 * Wan}, "lt50", "不超过 50 万元"},
		{Money{MoneyAmount, 500 * Wan, 0}, "gt500", "500 万元以上"},
		{Money{MoneyAmount, 100 * Wan, 0}, "50to200", "100 万元以上"},
		{Money{MoneyAmount, math.MaxInt64 - 1, math.MaxInt64}, "gt500", "9223372036854.775806～9223372036854.775807 万元"},
	} {
		if got := c.money.Bucket(); got != c.bucket {
			t.Errorf("%+v: bucket %s, want %s", c.money, got, c.bucket)
		}
		if got := c.money.String(); got != c.text {
			t.Errorf("%+v: %q, want %q", c.money, got, c.text)
		}
		if CodeLabel("budget", c.bucket) == "" {
			t.Errorf("bucket %s is not in the list", c.bucket)
		}
	}
}

func TestMoneyProblems(t *testing.T) {
	for _, m := range []Money{
		{MoneyAmount, -1, 5}, {MoneyAmount, 5, -1}, {MoneyAmount, 0, 0}, {MoneyAmount, 6, 5}, {MoneyAmount, MaxMoney + 1, 0},
		{MoneyUnstated, 5, 5}, {MoneyNegotiable, 5, 5}, {"free", 0, 0},
	} {
		if m.problem() == "" {
			t.Errorf("%+v: accepted", m)
		}
	}
	for _, m := range []Money{{}, Negotiable(), WanYuan(1), {MoneyAmount, 5, 0}, {MoneyAmount, 0, 5}, {MoneyAmount, 5, 6}} {
		if problem := m.problem(); problem != "" {
			t.Errorf("%+v: %s", m, problem)
		}
	}
}
