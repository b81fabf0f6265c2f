package store_test

import (
	"fmt"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/store"
)

// filledAudit is a store with ten acts.
func filledAudit(t *testing.T, url string) *store.Store {
	t.Helper()
	st := open(t, url)
	for i := range 10 {
		if err := st.Audit(t.Context(), jiqiao.Act{Name: "user.login", Object: jiqiao.Ref{Type: "user", ID: fmt.Sprint("u_", i)}}); err != nil {
			t.Fatal(err)
		}
	}
	return st
}

func TestAuditRefusesToBeChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		url := newURL(t)
		st := filledAudit(t, url)
		statements := []string{
			`UPDATE audit SET act = 'user.logout' WHERE seq = 3`, `DELETE FROM audit WHERE seq = 3`, `DELETE FROM audit`, `UPDATE audit SET seq = 20 WHERE seq = 10`,
		}
		if strings.HasPrefix(url, "postgres") {
			statements = append(statements, `TRUNCATE audit`)
		}
		for _, statement := range statements {
			if err := st.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "the audit is never") {
				t.Errorf("%s: %v", statement, err)
			}
		}
		if check, err := st.CheckAudit(t.Context()); err != nil || !check.OK || check.Entries != 10 {
			t.Errorf("%+v, %v", check, err)
		}
	})
}

func TestAuditFindsWhatWasDoneToIt(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		for name, c := range map[string]struct {
			statements string
			seq        int64
			kind       jiqiao.AuditFaultKind
			faults     int
		}{
			"an act":         {`UPDATE audit SET act = 'user.logout' WHERE seq = 3`, 3, jiqiao.FaultChanged, 1},
			"who":            {`UPDATE audit SET user_id = 'u_9' WHERE seq = 10`, 10, jiqiao.FaultChanged, 1},
			"a time":         {`UPDATE audit SET at = at + 1 WHERE seq = 1`, 1, jiqiao.FaultChanged, 1},
			"traded letters": {`UPDATE audit SET object_type = 'use', object_id = 'ru_4' WHERE seq = 5`, 5, jiqiao.FaultChanged, 1},
			"a digest":       {`UPDATE audit SET hash = 'x' WHERE seq = 4`, 4, jiqiao.FaultChanged, 2},
			"a gap":          {`DELETE FROM audit WHERE seq IN (4, 5)`, 4, jiqiao.FaultGap, 1},
			"the first":      {`DELETE FROM audit WHERE seq = 1`, 1, jiqiao.FaultGap, 1},
			"the end":        {`DELETE FROM audit WHERE seq > 8`, 9, jiqiao.FaultCutOff, 1},
			"everything":     {`DELETE FROM audit`, 1, jiqiao.FaultCutOff, 1},
			"two exchanged": {`UPDATE audit SET seq = 99 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = 7; UPDATE audit SET seq = 7 WHERE seq = 99`,
				6, jiqiao.FaultChanged, 3},
			"the note of the end": {`UPDATE audit_head SET hash = 'x'`, 10, jiqiao.FaultHead, 1},
			"the end, and its note": {`DELETE FROM audit WHERE seq > 8; UPDATE audit_head SET seq = 8`,
				8, jiqiao.FaultHead, 1},
		} {
			t.Run(name, func(t *testing.T) {
				url := newURL(t)
				st := filledAudit(t, url)
				guards := `DROP TRIGGER audit_unchanged; DROP TRIGGER audit_kept`
				if strings.HasPrefix(url, "postgres") {
					guards = `DROP TRIGGER audit_unchanged ON audit`
				}
				for statement := range strings.SplitSeq(guards+"; "+c.statements, ";") {
					if err := st.Exec(t.Context(), statement); err != nil {
						t.Fatal(err)
					}
				}
				check, err := st.CheckAudit(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if check.OK || check.FaultCount != c.faults || check.Faults[0].Seq != c.seq || check.Faults[0].Kind != c.kind || check.Faults[0].Message == "" {
					t.Errorf("%+v", check)
				}
			})
		}
	})
}

func TestAuditFindsAChainComputedAnew(t *testing.T) {
	genuine, forged := filledAudit(t, sqliteURL(t)), filledAudit(t, sqliteURL(t))
	kept, err := genuine.CheckAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check, err := forged.VerifyAudit(t.Context(), "", store.AuditMark{Seq: kept.Last, Hash: kept.Hash})
	if err != nil || check.OK || check.Faults[0].Kind != jiqiao.FaultChanged {
		t.Errorf("%+v, %v", check, err)
	}
	if check, err = genuine.VerifyAudit(t.Context(), "", store.AuditMark{Seq: kept.Last, Hash: kept.Hash}); err != nil || !check.OK {
		t.Errorf("%+v, %v", check, err)
	}
}
