package storetest

import (
	"errors"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func recordTests() map[string]func(*env) {
	return map[string]func(*env){
		"CountsWhatIsPublished":    countsWhatIsPublished,
		"PutFillsTheHeader":        putFillsTheHeader,
		"PutKeepsEveryField":       putKeepsEveryField,
		"PutRefusesOtherVersions":  putRefusesOtherVersions,
		"FailedPutLeavesTheRecord": failedPutLeavesTheRecord,
		"MissingIsNotFound":        missingIsNotFound,
		"DeleteIsFinal":            deleteIsFinal,
		"GetManyKeepsTheOrder":     getManyKeepsTheOrder,
		"EachStreamsInOrder":       eachStreamsInOrder,
		"WritesAreLogged":          writesAreLogged,
	}
}

func putFillsTheHeader(e *env) {
	n, a := Need("盐城石墨烯有限公司", "石墨烯导热膜"), Achievement("东南大学", "石墨烯制备")
	e.put(n, a)
	if !strings.HasPrefix(n.ID, "n_") || len(n.ID) != 22 || !strings.HasPrefix(a.ID, "a_") || len(a.ID) != 22 {
		e.t.Errorf("ids %q and %q", n.ID, a.ID)
	}
	now := e.clock.Now().Truncate(time.Microsecond)
	if n.Version != 1 || !n.CreatedAt.Equal(now) || !n.UpdatedAt.Equal(now) {
		e.t.Errorf("header of a new record: %+v", n.Header)
	}
	if !strings.HasPrefix(n.Owner.ID, "o_") || n.Owner.Kind != jiqiao.OrganisationEnterprise || a.Owner.Kind != jiqiao.OrganisationUniversity {
		e.t.Errorf("owners: %+v, %+v", n.Owner, a.Owner)
	}
	e.clock.Advance(time.Hour)
	n.Title = "石墨烯散热膜"
	e.put(n)
	if n.Version != 2 || !n.CreatedAt.Equal(now) || !n.UpdatedAt.Equal(now.Add(time.Hour)) {
		e.t.Errorf("header after an update: %+v", n.Header)
	}
}

func putKeepsEveryField(e *env) {
	n := fullNeed()
	e.put(n)
	got, err := e.Get(e.ctx, jiqiao.KindNeed, n.ID)
	e.must(err)
	if diff := cmp.Diff(jiqiao.Record(n), got); diff != "" {
		e.t.Errorf("need read differs (-put +got):\n%s", diff)
	}
	a := fullAchievement()
	e.put(a)
	got, err = e.Get(e.ctx, jiqiao.KindAchievement, a.ID)
	e.must(err)
	if diff := cmp.Diff(jiqiao.Record(a), got); diff != "" {
		e.t.Errorf("achievement read differs (-put +got):\n%s", diff)
	}
}

func putRefusesOtherVersions(e *env) {
	n := Need("甲公司", "降低能耗")
	e.put(n)
	stale := *n
	n.Title = "降低能耗 30%"
	e.put(n)
	stale.Title = "另一个标题"
	e.fails(jiqiao.CodeConflict, e.Put(e.ctx, &stale))
	stale.Version = 0
	e.fails(jiqiao.CodePrecondition, e.Put(e.ctx, &stale))
	stale.Version = 7
	e.fails(jiqiao.CodeConflict, e.Put(e.ctx, &stale))
	got, err := e.Get(e.ctx, jiqiao.KindNeed, n.ID)
	e.must(err)
	if got.Head().Title != n.Title || got.Head().Version != 2 || e.lastSeq() != 2 {
		e.t.Errorf("a refused write left %q version %d, seq %d", got.Head().Title, got.Head().Version, e.lastSeq())
	}
}

func failedPutLeavesTheRecord(e *env) {
	n := Need("", "无主需求")
	n.Owner.ID = "o_00000000000000000000"
	before := *n
	e.fails(jiqiao.CodeInvalid, e.Put(e.ctx, n))
	if diff := cmp.Diff(&before, n); diff != "" {
		e.t.Errorf("a failed put changed the record:\n%s", diff)
	}
	if count, err := e.Count(e.ctx, jiqiao.KindNeed); err != nil || count != 0 || e.lastSeq() != 0 {
		e.t.Errorf("a failed put left %d records (%v) and seq %d", count, err, e.lastSeq())
	}
}

func missingIsNotFound(e *env) {
	a := Achievement("东南大学", "存在的成果")
	e.put(a)
	for _, id := range []string{"", "n_00000000000000000000", a.ID, "n_" + a.ID[2:], "\x00", "n_\xff0000000000000000000", strings.Repeat("n", 9000)} {
		_, err := e.Get(e.ctx, jiqiao.KindNeed, id)
		e.fails(jiqiao.CodeNotFound, err)
		_, err = e.Version(e.ctx, jiqiao.KindNeed, id)
		e.fails(jiqiao.CodeNotFound, err)
		e.fails(jiqiao.CodeNotFound, e.Delete(e.ctx, jiqiao.KindNeed, id, 1))
		_, err = e.GetOrganisation(e.ctx, id)
		e.fails(jiqiao.CodeNotFound, err)
	}
}

func deleteIsFinal(e *env) {
	n := Need("甲公司", "将被删除")
	e.put(n)
	e.fails(jiqiao.CodeConflict, e.Delete(e.ctx, jiqiao.KindNeed, n.ID, 9))
	e.must(e.Delete(e.ctx, jiqiao.KindNeed, n.ID, 1))
	_, err := e.Get(e.ctx, jiqiao.KindNeed, n.ID)
	e.fails(jiqiao.CodeNotFound, err)
	e.fails(jiqiao.CodeNotFound, e.Put(e.ctx, n))
	e.fails(jiqiao.CodeNotFound, e.Delete(e.ctx, jiqiao.KindNeed, n.ID, 2))
	e.must(e.Each(e.ctx, jiqiao.KindNeed, "", func(jiqiao.Record) error { return errors.New("a deleted record is listed") }))
	if got, err := e.GetMany(e.ctx, jiqiao.KindNeed, []string{n.ID}); err != nil || len(got) != 0 {
		e.t.Errorf("GetMany found a deleted record: %v, %v", got, err)
	}
	last := e.changes(1)
	if len(last) != 1 || last[0].Op != jiqiao.ChangeDelete || last[0].ID != n.ID || last[0].Version != 2 {
		e.t.Errorf("changes after the deletion: %+v", last)
	}
}

func getManyKeepsTheOrder(e *env) {
	var ids []string
	for _, title := range []string{"一", "二", "三"} {
		a := Achievement("某大学", title)
		e.put(a)
		ids = append(ids, a.ID)
	}
	// More ids than one statement takes, most of them unknown, some malformed.
	ask := []string{ids[2], "a_zzzzzzzzzzzzzzzzzzzz", "", "\x00"}
	for range 1200 {
		ask = append(ask, "a_00000000000000000000")
	}
	ask = append(ask, ids[0], ids[1])
	got, err := e.GetMany(e.ctx, jiqiao.KindAchievement, ask)
	e.must(err)
	var titles []string
	for _, rec := range got {
		titles = append(titles, rec.Head().Title)
	}
	if diff := cmp.Diff([]string{"三", "一", "二"}, titles); diff != "" {
		e.t.Errorf("order (-want +got):\n%s", diff)
	}
}

func eachStreamsInOrder(e *env) {
	var batch []jiqiao.Record
	for i := range 450 { // more than two pages
		batch = append(batch, Need("甲公司", "需求"+strings.Repeat("一", i%30)+time.Duration(i).String()))
	}
	_, err := e.PutMany(e.ctx, batch)
	e.must(err)
	e.put(Achievement("某大学", "不应列出"))
	var seen []string
	e.must(e.Each(e.ctx, jiqiao.KindNeed, "", func(rec jiqiao.Record) error {
		seen = append(seen, rec.Head().ID)
		return nil
	}))
	for i, rec := range batch {
		if i >= len(seen) || seen[i] != rec.Head().ID {
			e.t.Fatalf("record %d of %d is not in its place", i, len(seen))
		}
	}
	rest := 0
	stop := errors.New("enough")
	err = e.Each(e.ctx, jiqiao.KindNeed, seen[400], func(jiqiao.Record) error {
		if rest++; rest == 20 {
			return stop
		}
		return nil
	})
	if rest != 20 || err != stop {
		e.t.Errorf("resumed and stopped: %d records, %v", rest, err)
	}
	if n, err := e.Count(e.ctx, jiqiao.KindNeed); n != 450 || err != nil {
		e.t.Errorf("count %d, %v", n, err)
	}
}

func writesAreLogged(e *env) {
	n, a := Need("甲公司", "一"), Achievement("某大学", "二")
	e.put(n, a)
	e.clock.Advance(time.Minute)
	e.put(n)
	e.must(e.Delete(e.ctx, jiqiao.KindAchievement, a.ID, 1))
	first := e.clock.Now().Add(-time.Minute).Truncate(time.Microsecond)
	want := []jiqiao.Change{
		{Seq: 1, Kind: jiqiao.KindNeed, ID: n.ID, Version: 1, Op: jiqiao.ChangePut, At: first},
		{Seq: 2, Kind: jiqiao.KindAchievement, ID: a.ID, Version: 1, Op: jiqiao.ChangePut, At: first},
		{Seq: 3, Kind: jiqiao.KindNeed, ID: n.ID, Version: 2, Op: jiqiao.ChangePut, At: first.Add(time.Minute)},
		{Seq: 4, Kind: jiqiao.KindAchievement, ID: a.ID, Version: 2, Op: jiqiao.ChangeDelete, At: first.Add(time.Minute)},
	}
	if diff := cmp.Diff(want, e.changes(0)); diff != "" {
		e.t.Errorf("change log (-want +got):\n%s", diff)
	}
	limited, err := e.Changes(e.ctx, 1, 2)
	e.must(err)
	if diff := cmp.Diff(want[1:3], limited); diff != "" {
		e.t.Errorf("limited (-want +got):\n%s", diff)
	}
}

func countsWhatIsPublished(e *env) {
	for _, status := range []jiqiao.Status{
		jiqiao.StatusDraft, jiqiao.StatusPending, jiqiao.StatusReturned, jiqiao.StatusPublished, jiqiao.StatusPaused, jiqiao.StatusEngaged,
		jiqiao.StatusSettled, jiqiao.StatusExpired, jiqiao.StatusWithdrawn,
	} {
		n := Need("甲公司", string(status))
		n.Status = status
		e.put(n)
	}
	gone := Need("甲公司", "删掉的")
	e.put(gone, Achievement("乙大学", "膜"))
	e.must(e.Delete(e.ctx, jiqiao.KindNeed, gone.ID, gone.Version))
	got, err := e.CountPublished(e.ctx)
	e.must(err)
	if diff := cmp.Diff(map[jiqiao.Kind]int{jiqiao.KindNeed: 5, jiqiao.KindAchievement: 1}, got); diff != "" {
		e.t.Errorf("published (-want +got):\n%s", diff)
	}
}
