package sheet

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"jiqiao"
)

const moneyHelp = "应为数字(万元)或「面议」"

// yuan gives each unit in 元. A number without a unit is in 万元, as the column says.
var yuan = map[string]int64{
	"": 10_000, "元": 1, "千": 1_000, "千元": 1_000, "万": 10_000, "万元": 10_000, "w": 10_000, "百万": 1_000_000,
	"百万元": 1_000_000, "千万": 10_000_000, "千万元": 10_000_000, "亿": 100_000_000, "亿元": 100_000_000,
}

const (
	moneyNumber = `(\d+(?:\.\d+)?)`
	moneyUnit   = `(元|千元?|万元?|w|百万元?|千万元?|亿元?)?`
)

var (
	moneyPattern   = regexp.MustCompile(`^` + moneyNumber + moneyUnit + `(?:(?:-|~|—|–|至|到)+` + moneyNumber + moneyUnit + `)?$`)
	thousands      = regexp.MustCompile(`(\d),(\d{3})`)
	moneyLower     = regexp.MustCompile(`^(?:不低于|不少于|不小于|大于等于|至少|大于|超过|高于|>=|≥|>)|(?:及以上|以上|\+|起)$`)
	moneyUpper     = regexp.MustCompile(`^(?:不超过|不高于|不多于|不大于|小于等于|最多|小于|低于|<=|≤|<)|(?:及以下|以下|以内|之内)$`)
	moneyOrnaments = strings.NewReplacer("人民币", "", "¥", "", "￥", "", "rmb", "", "cny", "", "约", "", "左右", "", "大概", "", "整", "")
)

// parseMoney reads an amount as people type it: 50, 50万, 1.2亿, 500000元, 50-100万, 不超过30万, 面议. 不限 and 待定
// mean that the parties will agree, so they read as 面议.
func parseMoney(cell string) (jiqiao.Money, error) {
	s := moneyOrnaments.Replace(strings.ToLower(squeeze(cell)))
	if blank(s) {
		return jiqiao.Money{}, nil
	}
	for _, word := range []string{"面议", "协商", "商议", "议价", "另议", "待定", "不限"} {
		if strings.Contains(s, word) {
			return jiqiao.Money{Kind: jiqiao.MoneyNegotiable}, nil
		}
	}
	for thousands.MatchString(s) {
		s = thousands.ReplaceAllString(s, "$1$2")
	}
	lower, upper := moneyLower.MatchString(s), moneyUpper.MatchString(s)
	s = moneyUpper.ReplaceAllString(moneyLower.ReplaceAllString(s, ""), "")
	parts := moneyPattern.FindStringSubmatch(s)
	if parts == nil {
		return jiqiao.Money{}, problem(moneyHelp)
	}
	money := jiqiao.Money{Kind: jiqiao.MoneyAmount}
	firstUnit, secondUnit := parts[2], parts[4]
	if firstUnit == "" {
		firstUnit = secondUnit // 50-100万: the unit stands at the end for both
	}
	if secondUnit == "" {
		secondUnit = firstUnit
	}
	var err error
	if money.Min, err = fen(parts[1], firstUnit); err != nil {
		return jiqiao.Money{}, err
	}
	money.Max = money.Min
	if parts[3] != "" {
		if money.Max, err = fen(parts[3], secondUnit); err != nil {
			return jiqiao.Money{}, err
		}
		if money.Max < money.Min {
			return jiqiao.Money{}, problem("金额的下限大于上限，应写成「50-100」的样子")
		}
		return money, nil
	}
	switch {
	case lower && money.Min > 0:
		money.Max = 0
	case upper:
		money.Min = 0
	}
	return money, nil
}

// fen is the amount in 分, rounded to the nearest.
func fen(digits, unit string) (int64, error) {
	amount, ok := new(big.Rat).SetString(digits)
	if !ok || len(digits) > 30 {
		return 0, problem(moneyHelp)
	}
	amount.Mul(amount, new(big.Rat).SetInt64(yuan[unit]*100))
	if amount.Cmp(new(big.Rat).SetInt64(jiqiao.MaxMoney)) > 0 {
		return 0, problem("金额过大，请检查单位：不写单位时按万元计算")
	}
	amount.Add(amount, big.NewRat(1, 2))
	return new(big.Int).Quo(amount.Num(), amount.Denom()).Int64(), nil
}

// formatMoney writes an amount in 万元 with every 分 kept, so that parseMoney reads it back exactly.
func formatMoney(m jiqiao.Money) string {
	switch {
	case m.Kind == jiqiao.MoneyNegotiable:
		return "面议"
	case m.Kind != jiqiao.MoneyAmount:
		return ""
	case m.Min == m.Max:
		return wan(m.Min)
	case m.Max == 0:
		return wan(m.Min) + "以上"
	default:
		return wan(m.Min) + "-" + wan(m.Max)
	}
}

func wan(fen int64) string {
	whole, rest := fen/jiqiao.Wan, fen%jiqiao.Wan
	if rest == 0 {
		return strconv.FormatInt(whole, 10)
	}
	decimals := strconv.FormatInt(jiqiao.Wan+rest, 10)[1:]
	return strconv.FormatInt(whole, 10) + "." + strings.TrimRight(decimals, "0")
}
