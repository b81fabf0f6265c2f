package storetest

import (
	"context"

	"jiqiao"
)

func distinctionTests() map[string]func(*env) {
	return map[string]func(*env){"DistinctionsAreOfBoth": distinctionsAreOfBoth, "EnteredIsFoundAgain": enteredIsFoundAgain}
}

// distinctionsAreOfBoth: a judgement is found from either record, kept once, audited, and taken back from either.
func distinctionsAreOfBoth(e *env) {
	a, b, c := Need("甲公司", "一"), Need("甲公司", "二"), Need("甲公司", "三")
	e.put(a, b, c)
	ctx := e.by("u_1")
	e.must(e.Distinguish(ctx, jiqiao.KindNeed, b.ID, a.ID))
	e.clock.Advance(1000)
	e.must(e.Distinguish(e.by("u_2"), jiqiao.KindNeed, a.ID, b.ID))
	for _, id := range []string{a.ID, b.ID} {
		found, err := e.Distinctions(e.ctx, []string{id, c.ID})
		e.must(err)
		if len(found) != 1 || found[0].User != "u_1" || found[0].First >= found[0].Second {
			e.t.Errorf("of %s: %+v", id, found)
		}
	}
	e.must(e.Undistinguish(ctx, jiqiao.KindNeed, a.ID, b.ID))
	e.must(e.Undistinguish(ctx, jiqiao.KindNeed, a.ID, b.ID))
	found, err := e.Distinctions(e.ctx, []string{a.ID, b.ID})
	e.must(err)
	page, err := e.AuditEntries(e.ctx, jiqiao.AuditQuery{Object: jiqiao.Ref{Type: "need"}, User: "u_1"})
	e.must(err)
	if len(found) != 0 || page.Total != 2 || page.Entries[1].Act != "record.distinguish" || page.Entries[0].Act != "record.undistinguish" {
		e.t.Errorf("left %+v, audited %+v", found, page.Entries)
	}
}

// enteredIsFoundAgain: what a person enters for another's organisation is listed for that person alone.
func enteredIsFoundAgain(e *env) {
	own := Need("甲公司", "自己填的")
	e.put(own)
	behalf := Need("甲公司", "代填的")
	e.must(e.Put(e.by("u_1"), behalf))
	for user, want := range map[string]int{"u_1": 1, "u_2": 0} {
		page, err := e.OwnRecords(e.ctx, jiqiao.OwnQuery{EnteredBy: user, Kind: jiqiao.KindNeed, Sort: jiqiao.OwnUpdated})
		e.must(err)
		if page.Total != want || len(page.Items) != want {
			e.t.Errorf("%s entered %+v", user, page)
		}
	}
}

// by is the context of a person at work.
func (e *env) by(user string) context.Context {
	return jiqiao.WithOrigin(e.ctx, jiqiao.Origin{Viewer: jiqiao.Viewer{User: user, Name: "业务员" + user}})
}
