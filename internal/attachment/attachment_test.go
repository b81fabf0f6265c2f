package attachment

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/sqlitetest"
)

// desk is a service over a real store, with a need of an enterprise.
type desk struct {
	*Service
	t                       *testing.T
	store                   *store.Store
	need                    *jiqiao.Need
	owner, operator, broker jiqiao.Viewer
	rival                   jiqiao.Viewer
}

// scanner finds what it is told to.
type scanner struct{ err error }

func (s scanner) Scan(_ context.Context, path string, content io.Reader) error {
	if text, err := io.ReadAll(content); err != nil || len(text) == 0 || path == "" {
		return errors.New("nothing to scan")
	}
	return s.err
}

func open(t *testing.T, change ...func(*Options)) *desk {
	t.Helper()
	st, err := store.Open(t.Context(), store.Config{URL: sqlitetest.New(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	o := Options{Store: st, Log: slog.New(slog.DiscardHandler), Reach: map[string]Reach{
		"deal": func(_ context.Context, v jiqiao.Viewer, id string, write bool) error {
			if id != "deal-1" || v.Organisation == "" || write && v.Role != jiqiao.RoleBroker {
				return jiqiao.Fail(jiqiao.CodeNotFound, "没有", nil)
			}
			return nil
		},
	}}
	for _, c := range change {
		c(&o)
	}
	d := &desk{Service: New(o), t: t, store: st}
	d.need = &jiqiao.Need{Header: jiqiao.Header{Title: "一", Status: jiqiao.StatusPublished, Region: "320981", Owner: jiqiao.OrganisationRef{Name: "甲公司"}}}
	d.put(d.need)
	d.owner = jiqiao.Viewer{User: "u_1", Role: jiqiao.RoleEnterprise, Organisation: d.need.Owner.ID}
	d.rival = jiqiao.Viewer{User: "u_2", Role: jiqiao.RoleEnterprise, Organisation: "o_rival"}
	d.operator = jiqiao.Viewer{User: "u_3", Role: jiqiao.RoleOperator, Region: "320900"}
	d.broker = jiqiao.Viewer{User: "u_4", Role: jiqiao.RoleBroker, Organisation: "o_agency"}
	return d
}

func (d *desk) put(rec jiqiao.Record) {
	d.t.Helper()
	if err := d.store.Put(d.t.Context(), rec); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) ref() jiqiao.Ref { return jiqiao.Ref{Type: "need", ID: d.need.ID} }

func (d *desk) add(v jiqiao.Viewer, object jiqiao.Ref, name string, public bool, content []byte) (jiqiao.Attachment, error) {
	d.t.Helper()
	path := filepath.Join(d.t.TempDir(), "upload")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		d.t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	return d.Add(d.t.Context(), v, object, name, public, f)
}

func (d *desk) fails(want jiqiao.Code, err error) {
	d.t.Helper()
	if got := jiqiao.CodeOf(err); got != want {
		d.t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func TestWhoMustNotAttach(t *testing.T) {
	d := open(t)
	for _, v := range []jiqiao.Viewer{{}, d.rival, d.broker, {User: "u", Role: jiqiao.RoleOperator, Region: "110000"}, {User: "u", Role: jiqiao.RoleUniversity, Organisation: d.owner.Organisation}} {
		_, err := d.add(v, d.ref(), "a.pdf", false, pdfOf("x"))
		d.fails(jiqiao.CodeForbidden, err)
	}
	private := &jiqiao.Need{Header: jiqiao.Header{Title: "秘密", Status: jiqiao.StatusDraft, Region: "320981", Owner: jiqiao.OrganisationRef{Name: "甲公司"}}}
	d.put(private)
	for _, object := range []jiqiao.Ref{{Type: "need", ID: private.ID}, {Type: "need", ID: "n_x"}, {Type: "user", ID: "u_1"}, {Type: "", ID: ""}, {Type: "deal", ID: "deal-2"}} {
		_, err := d.add(d.rival, object, "a.pdf", false, pdfOf("x"))
		d.fails(jiqiao.CodeNotFound, err)
		_, err = d.List(t.Context(), d.rival, object)
		d.fails(jiqiao.CodeNotFound, err)
	}
}

func TestWhoReadsWhichFile(t *testing.T) {
	d := open(t)
	own, err := d.add(d.owner, d.ref(), "内部.pdf", false, pdfOf("inside"))
	d.fails("", err)
	waiting, err := d.add(d.owner, d.ref(), "等待.pdf", true, pdfOf("waiting"))
	d.fails("", err)
	shown, err := d.add(d.operator, d.ref(), "公开.pdf", true, pdfOf("public"))
	d.fails("", err)
	if waiting.Approved || !shown.Approved || own.Public {
		t.Errorf("%+v %+v %+v", own, waiting, shown)
	}
	granted := d.rival
	granted.Granted = []string{d.need.ID}
	for name, c := range map[string]struct {
		v    jiqiao.Viewer
		want int
	}{"the public": {jiqiao.Viewer{}, 1}, "a rival": {d.rival, 1}, "the owner": {d.owner, 3}, "an operator": {d.operator, 3}, "a broker": {d.broker, 3}, "the other side": {granted, 3}} {
		found, err := d.List(t.Context(), c.v, d.ref())
		d.fails("", err)
		if len(found) != c.want {
			t.Errorf("%s sees %d files, want %d", name, len(found), c.want)
		}
		for _, a := range []jiqiao.Attachment{own, waiting, shown} {
			_, write, err := d.Open(t.Context(), c.v, a.ID)
			readable := c.want == 3 || a.ID == shown.ID
			if readable != (err == nil) || err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
				t.Errorf("%s opens %s: %v", name, a.Name, err)
			}
			var content bytes.Buffer
			if err == nil && (write(&content) != nil || content.Len() != int(a.Size)) {
				t.Errorf("%s reads %d of %d bytes", name, content.Len(), a.Size)
			}
		}
	}
	if public, err := d.List(t.Context(), jiqiao.Viewer{}, d.ref()); err != nil || public[0].User != "" || public[0].Organisation != "" {
		t.Errorf("the public learns who attached it: %+v %v", public, err)
	}
	// What hides the owner or the detail hides the files.
	for _, disclosure := range []jiqiao.Disclosure{jiqiao.DisclosureAnonymous, jiqiao.DisclosureSummary, jiqiao.DisclosureBroker, jiqiao.DisclosurePrivate} {
		d.need.Disclosure = disclosure
		d.put(d.need)
		if _, _, err := d.Open(t.Context(), d.rival, shown.ID); jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
			t.Errorf("%s: a rival opens a file: %v", disclosure, err)
		}
	}
}

func TestAPublicFileOfWhatIsShownIsReviewed(t *testing.T) {
	d := open(t)
	_, err := d.add(d.owner, d.ref(), "一.pdf", true, pdfOf("one"))
	d.fails("", err)
	r, err := d.store.PendingReview(t.Context(), d.need.ID)
	if err != nil || !r.Revision || len(r.Changes) != 0 {
		t.Fatalf("%+v %v", r, err)
	}
	second, err := d.add(d.owner, d.ref(), "二.pdf", true, pdfOf("two"))
	d.fails("", err)
	again, err := d.store.PendingReview(t.Context(), d.need.ID)
	if err != nil || again.ID != r.ID || again.Edition == r.Edition {
		t.Errorf("%+v %v", again, err)
	}
	_, err = d.store.Move(t.Context(), jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: d.need.ID, Step: jiqiao.StepApprove, Actor: jiqiao.ActorOperator, Edition: again.Edition})
	d.fails("", err)
	if _, _, err := d.Open(t.Context(), jiqiao.Viewer{}, second.ID); err != nil {
		t.Errorf("approved, and not public: %v", err)
	}
}

func TestScannersFailClosed(t *testing.T) {
	for found, want := range map[error]jiqiao.Code{
		nil: "", infected("Eicar"): jiqiao.CodeUnsupported, errors.New("clamd is down"): jiqiao.CodeUnavailable, context.DeadlineExceeded: jiqiao.CodeUnavailable,
	} {
		d := open(t, func(o *Options) { o.Scanner = scanner{found} })
		_, err := d.add(d.owner, d.ref(), "a.pdf", false, pdfOf("x"))
		d.fails(want, err)
		kept, err := d.store.AttachmentsOf(t.Context(), d.ref())
		if err != nil || (len(kept) == 1) != (want == "") {
			t.Errorf("%v: %d files kept, %v", found, len(kept), err)
		}
	}
}

func TestFilesOfDeals(t *testing.T) {
	d := open(t)
	deal := jiqiao.Ref{Type: "deal", ID: "deal-1"}
	_, err := d.add(d.rival, deal, "a.pdf", true, pdfOf("x"))
	d.fails(jiqiao.CodeNotFound, err)
	a, err := d.add(d.broker, deal, "凭证.png", true, pngOf(t, 3, 3))
	d.fails("", err)
	if a.Public || a.Type != jiqiao.AttachmentPNG || a.Width != 3 {
		t.Errorf("%+v", a)
	}
	found, err := d.List(t.Context(), d.rival, deal)
	if err != nil || len(found) != 1 {
		t.Errorf("%+v %v", found, err)
	}
	_, _, err = d.Open(t.Context(), jiqiao.Viewer{}, a.ID)
	d.fails(jiqiao.CodeNotFound, err)
	d.fails("", d.Belong(t.Context(), deal, []string{a.ID}))
	d.fails(jiqiao.CodeInvalid, d.Belong(t.Context(), d.ref(), []string{a.ID}))
	d.fails(jiqiao.CodeInvalid, d.Belong(t.Context(), deal, []string{a.ID, "f_x"}))
	d.fails("", d.Belong(t.Context(), deal, nil))
	other := d.broker
	other.User = "u_9"
	d.fails(jiqiao.CodeForbidden, d.Remove(t.Context(), other, a.ID))
	d.fails("", d.Remove(t.Context(), d.broker, a.ID))
	d.fails(jiqiao.CodeNotFound, d.Remove(t.Context(), d.broker, a.ID))
	d.fails(jiqiao.CodeInvalid, d.Belong(t.Context(), deal, []string{a.ID}))
	_, err = d.Restore(t.Context(), other, a.ID)
	d.fails(jiqiao.CodeForbidden, err)
	_, err = d.Restore(t.Context(), jiqiao.Viewer{}, a.ID)
	d.fails(jiqiao.CodeNotFound, err)
	back, err := d.Restore(t.Context(), d.broker, a.ID)
	if err != nil || back.ID != a.ID {
		t.Errorf("%+v %v", back, err)
	}
	_, err = d.Restore(t.Context(), d.broker, a.ID)
	d.fails(jiqiao.CodeNotFound, err)
}

func TestRemoval(t *testing.T) {
	d := open(t)
	a, err := d.add(d.operator, d.ref(), "a.pdf", true, pdfOf("x"))
	d.fails("", err)
	d.fails(jiqiao.CodeForbidden, d.Remove(t.Context(), d.rival, a.ID))
	d.fails(jiqiao.CodeForbidden, d.Remove(t.Context(), jiqiao.Viewer{}, a.ID))
	d.fails(jiqiao.CodeNotFound, d.Remove(t.Context(), d.owner, "f_x"))
	d.fails("", d.Remove(t.Context(), d.owner, a.ID))
	_, err = d.Restore(t.Context(), d.rival, a.ID)
	d.fails(jiqiao.CodeForbidden, err)
	_, err = d.Restore(t.Context(), d.owner, "f_x")
	d.fails(jiqiao.CodeNotFound, err)
	_, err = d.Restore(t.Context(), d.owner, a.ID)
	d.fails("", err)
}

func TestTextsAreReadByAJob(t *testing.T) {
	d := open(t)
	good, err := d.add(d.operator, d.ref(), "a.docx", true, docx(t, []string{"钙钛矿层 13812345678"}))
	d.fails("", err)
	bad, err := d.add(d.operator, d.ref(), "b.pdf", true, []byte("%PDF-1.4\nnothing"))
	d.fails("", err)
	for _, id := range []string{good.ID, bad.ID, "f_00000000000000000000", good.ID} {
		d.fails("", d.ReadText(t.Context(), jiqiao.Job{Key: id}))
	}
	for id, want := range map[string]jiqiao.TextState{good.ID: jiqiao.TextDone, bad.ID: jiqiao.TextFailed} {
		if a, err := d.store.Attachment(t.Context(), id); err != nil || a.TextState != want {
			t.Errorf("%+v %v", a, err)
		}
	}
	rec, err := d.store.Get(t.Context(), jiqiao.KindNeed, d.need.ID)
	if err != nil || rec.Head().Attached != "钙钛矿层" {
		t.Errorf("%q %v", rec.Head().Attached, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.ReadText(ctx, jiqiao.Job{Key: good.ID}); err == nil {
		t.Error("done after the end")
	}
}

func TestNamesAreMadeSafe(t *testing.T) {
	d := open(t)
	for name, want := range map[string]string{
		"../../etc/passwd": "passwd.pdf", `C:\Users\张三\方案.exe`: "方案.pdf", "方案.pdf.exe": "方案.pdf.pdf", "a\u202Efdp.exe": "afdp.pdf", "\x00\r\nx": "x.pdf",
		"": "附件.pdf", "...": "附件.pdf", "/": "附件.pdf", `a";filename="b.html`: "afilename=b.pdf", "<img>.pdf": "img.pdf", "\xff\xfe": "附件.pdf",
		strings.Repeat("长", 500): strings.Repeat("长", 116) + ".pdf",
	} {
		a, err := d.add(d.operator, d.ref(), name, false, pdfOf("x"))
		if err != nil || a.Name != want {
			t.Errorf("%q is %q, want %q (%v)", name, a.Name, want, err)
		}
	}
}
