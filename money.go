package jiqiao

import (
	"fmt"
	"strconv"
	"strings"
)

// Fen is a sum in 分 that tables and texts write in 万元.
type Fen int64

// String writes the sum exactly, as 12.5 万元.
func (f Fen) String() string { return wanText(int64(f)) + " 万元" }

// Amount is a single sum in 分.
func Amount(fen int64) Money { return Money{Kind: MoneyAmount, Min: fen, Max: fen} }

// WanYuan is a single sum in 万元.
func WanYuan(wan int64) Money { return Amount(wan * Wan) }

// Negotiable is 面议.
func Negotiable() Money { return Money{Kind: MoneyNegotiable} }

// Bucket is the sum's code in the list "budget". A range counts by its middle, so 50～200 万元 is 50to200; an open
// range by its lower end, and 500 万元以上 is gt500.
func (m Money) Bucket() string {
	switch m.Kind {
	case MoneyNegotiable:
		return "negotiable"
	case MoneyAmount:
	default:
		return "unstated"
	}
	sum, open := m.Min+(m.Max-m.Min)/2, m.Max == 0
	if open {
		sum = m.Min
	}
	switch {
	case sum < 50*Wan:
		return "lt50"
	case sum < 200*Wan:
		return "50to200"
	case sum < 500*Wan, sum == 500*Wan && !open:
		return "200to500"
	default:
		return "gt500"
	}
}

// Band is the sum as roughly as its Bucket says it: 不超过 50 万元 for 37 万元. A band has the same Bucket.
func (m Money) Band() Money {
	switch m.Bucket() {
	case "negotiable":
		return Negotiable()
	case "lt50":
		return Money{Kind: MoneyAmount, Max: 50 * Wan}
	case "50to200":
		return Money{Kind: MoneyAmount, Min: 50 * Wan, Max: 200 * Wan}
	case "200to500":
		return Money{Kind: MoneyAmount, Min: 200 * Wan, Max: 500 * Wan}
	case "gt500":
		return Money{Kind: MoneyAmount, Min: 500 * Wan}
	default:
		return Money{}
	}
}

// String writes the sum as forms do: 50 万元, 50～200 万元, 不超过 50 万元, 500 万元以上, 面议, 未填写.
func (m Money) String() string {
	switch {
	case m.Kind == MoneyNegotiable:
		return "面议"
	case m.Kind != MoneyAmount:
		return "未填写"
	case m.Min == m.Max:
		return wanText(m.Min) + " 万元"
	case m.Max == 0:
		return wanText(m.Min) + " 万元以上"
	case m.Min == 0:
		return "不超过 " + wanText(m.Max) + " 万元"
	default:
		return wanText(m.Min) + "～" + wanText(m.Max) + " 万元"
	}
}

// wanText is exact: a 分 is the sixth decimal of 万元.
func wanText(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	text := strconv.FormatInt(fen/Wan, 10)
	if rest := fen % Wan; rest != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%06d", rest), "0")
	}
	return sign + text
}

// problem says in Chinese what is wrong with the sum, or "".
func (m Money) problem() string {
	switch m.Kind {
	case MoneyUnstated, MoneyNegotiable:
		if m.Min != 0 || m.Max != 0 {
			return "填写了金额，请同时选择「金额」；要面议请清空金额"
		}
		return ""
	case MoneyAmount:
	default:
		return "金额类型应为「金额」「面议」或不填"
	}
	switch {
	case m.Min < 0 || m.Max < 0:
		return "金额不能为负数，请填写万元数"
	case m.Min == 0 && m.Max == 0:
		return "金额应大于 0；不便填写请选「面议」"
	case m.Max != 0 && m.Min > m.Max:
		return "金额下限大于上限，请对调或改正"
	case m.Min > MaxMoney || m.Max > MaxMoney:
		return "金额过大，请核对单位是否为万元"
	}
	return ""
}
