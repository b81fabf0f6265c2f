package queue

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiqiao"
)

// TestPlacing gives any candidates to any brokers: within their limits, fields and regions, to the one that has the need
// already where he can, and the same way each time. Who waits, waits for a reason that holds.
func TestPlacing(t *testing.T) {
	fields, regions := []string{"20", "20101", "40", "402"}, []string{"320000", "320981", "140400"}
	rapid.Check(t, func(rt *rapid.T) {
		rules := jiqiao.DefaultQueueRules()
		rules.Capacity, rules.PerWeek = rapid.IntRange(1, 6).Draw(rt, "capacity"), rapid.IntRange(1, 6).Draw(rt, "per week")
		st := staff{byID: map[string]*jiqiao.Broker{}}
		for i := range rapid.IntRange(0, 5).Draw(rt, "brokers") {
			st.all = append(st.all, jiqiao.Broker{
				ID: fmt.Sprint("u_", i), Fields: rapid.SliceOfN(rapid.SampledFrom(fields), 0, 2).Draw(rt, "fields"),
				Regions: rapid.SliceOfN(rapid.SampledFrom(regions), 0, 1).Draw(rt, "regions"), Capacity: rapid.IntRange(0, 4).Draw(rt, "own capacity"),
			})
		}
		for i := range st.all {
			st.byID[st.all[i].ID] = &st.all[i]
		}
		p := &jiqiao.Placing{Placed: map[string]int{}, Open: map[string]int{}}
		place, due := placer(st, rules, time.Unix(1, 0)), time.Unix(1, 0)
		for i := range rapid.IntRange(1, 30).Draw(rt, "candidates") {
			c := jiqiao.Candidate{ID: fmt.Sprint("k_", i), Fields: rapid.SliceOfN(rapid.SampledFrom(fields), 0, 2).Draw(rt, "of fields"), Region: rapid.SampledFrom(regions).Draw(rt, "of region")}
			p.Keeper = rapid.SampledFrom([]string{"", "u_0", "u_1", "u_9"}).Draw(rt, "keeper")
			named := rapid.SampledFrom([]string{"", "", "", "u_0", "u_9"}).Draw(rt, "named")
			c.Broker = named
			again := c
			place(&c, p)
			place(&again, p)
			if again.Broker != c.Broker || c.DueAt != due || (c.Broker == "") != (c.Waiting != "") {
				rt.Fatalf("%+v, then %+v", c, again)
			}
			room := func(b *jiqiao.Broker) bool { return p.Left(b.ID, rules.Limits(b)) > 0 }
			if c.Broker == "" {
				for i := range st.all {
					if b := &st.all[i]; named == "" && b.Handles(c.Fields, c.Region) && room(b) {
						rt.Fatalf("%s could have %+v", b.ID, c)
					}
				}
				continue
			}
			b := st.byID[c.Broker]
			if !room(b) || named != "" && named != b.ID || named == "" && !b.Handles(c.Fields, c.Region) {
				rt.Fatalf("%+v is not for %+v", c, b)
			}
			if k := st.byID[p.Keeper]; named == "" && k != nil && k.Handles(c.Fields, c.Region) && room(k) && b != k {
				rt.Fatalf("%s has the need", k.ID)
			}
			p.Placed[b.ID]++
			p.Open[b.ID]++
		}
	})
}
