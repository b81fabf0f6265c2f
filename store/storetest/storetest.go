// Package storetest holds builders, a clock and comparisons for tests that need a store. Its own tests are the contract
// of package store: one suite, run on every database that the store supports.
package storetest

import (
	"strings"
	"sync"
	"time"

	"jiqiao"
)

// Clock is a clock that stands still until it is moved.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock starts at a fixed moment.
func NewClock() *Clock { return &Clock{at: time.Date(2026, 11, 22, 2, 30, 0, 123456789, time.UTC)} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Need is a small published need of the organisation; an empty owner makes one without.
func Need(owner, title string) *jiqiao.Need {
	n := &jiqiao.Need{Problem: "寻求" + title + "的解决办法"}
	n.Title, n.Status, n.Owner.Name = title, jiqiao.StatusPublished, owner
	return n
}

// Achievement is a small published achievement of the organisation.
func Achievement(owner, title string) *jiqiao.Achievement {
	a := &jiqiao.Achievement{Abstract: title + "已完成中试"}
	a.Title, a.Status, a.Owner.Name = title, jiqiao.StatusPublished, owner
	return a
}

// fullNeed has text that trips storage: quotes, marks of arguments, zero bytes, what HTML and LIKE treat specially.
func fullNeed() *jiqiao.Need {
	n := Need("江苏 'Robert'); DROP TABLE records;-- 有限公司", "提高\"击穿电压\"至 ≥1200V & <5%? $1 \\ %_")
	n.Keywords = []string{"碳化硅", "𠮷野家", "Al₂O₃", "a\x00b"}
	n.Price = jiqiao.Money{Kind: jiqiao.MoneyAmount, Min: 50 * jiqiao.Wan, Max: jiqiao.MaxMoney}
	n.Bounty = jiqiao.Money{Kind: jiqiao.MoneyNegotiable}
	n.Metrics = []jiqiao.Metric{{Name: "孔径", Comparator: jiqiao.ComparatorTolerance, Value: 0.1, Upper: 1e-9, Unit: "μm"}}
	n.Region, n.Industries, n.MinTRL, n.Challenge = "320900", []string{"C39"}, 6, true
	n.ValidUntil, n.Disclosure = "2027-12-31", jiqiao.DisclosureAnonymous
	n.Contact = jiqiao.Contact{Name: "张三", Mobile: "13800000000", Email: "z@example.cn"}
	n.Constraints = strings.Repeat("约束条件。", 2000)
	return n
}

func fullAchievement() *jiqiao.Achievement {
	a := Achievement("清华大学", "钙钛矿电池")
	a.IPs = []jiqiao.IP{{Kind: "invention", Number: "ZL202610000001.1", Title: "一种电池"}}
	a.Team = []jiqiao.TeamMember{{Name: "李四", Title: "教授", Role: "负责人", Unit: "材料学院"}}
	a.TRL, a.Maturity, a.CompletedOn = 7, "pilot", "2025-06-30"
	return a
}
