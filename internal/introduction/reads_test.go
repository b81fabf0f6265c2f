package introduction_test

import (
	"strings"
	"testing"
	"time"

	"jiqiao"
)

// write has the viewer say something, a minute later.
func (w *world) write(v jiqiao.Viewer, i jiqiao.IntroductionView) {
	w.t.Helper()
	w.move(w.now().Add(time.Minute))
	_, err := w.Say(w.ctx, v, i.ID, jiqiao.ThreadMessage{Text: "请看附件"})
	w.must(err)
}

// readBy are the parties by which the n-th message was read, as the viewer is shown it.
func (w *world) readBy(v jiqiao.Viewer, i jiqiao.IntroductionView, n int) string {
	w.t.Helper()
	page, err := w.Thread(w.ctx, v, i.ID, "", "", 0)
	w.must(err)
	var parties []string
	for _, p := range page.Items[n].ReadBy {
		parties = append(parties, string(p))
	}
	return strings.Join(parties, " ")
}

// unread is how much of the introduction is new to the viewer. Found and counted is what has something new, and nothing else.
func (w *world) unread(v jiqiao.Viewer, i jiqiao.IntroductionView) int {
	w.t.Helper()
	found, err := w.Introductions(w.ctx, v, jiqiao.IntroductionQuery{UnreadBy: v.User})
	w.must(err)
	counts, err := w.Count(w.ctx, v)
	w.must(err)
	page, err := w.Introductions(w.ctx, v, jiqiao.IntroductionQuery{})
	w.must(err)
	one, err := w.Introduction(w.ctx, v, i.ID)
	w.must(err)
	for _, listed := range page.Items {
		if listed.ID == i.ID && listed.Unread == one.Unread && (len(found.Items) == 1) == (one.Unread > 0) && counts.Unread == found.Total {
			return one.Unread
		}
	}
	w.t.Fatalf("listed with %+v, alone with %d; found as new %d, counted %d", page.Items, one.Unread, found.Total, counts.Unread)
	return 0
}

func TestReadingIsSeenByTheOthers(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	w.write(w.enterprise, i)
	if got := w.readBy(w.enterprise, i, 0); got != "" {
		t.Errorf("read by %q before anybody looked", got)
	}
	if a, b, c := w.unread(w.university, i), w.unread(w.broker, i), w.unread(w.enterprise, i); a != 1 || b != 1 || c != 0 {
		t.Errorf("unread: %d, %d, %d", a, b, c)
	}
	// An operator looks in, and reads for nobody.
	w.must(w.Read(w.ctx, w.operator, i.ID, ""))
	if got := w.readBy(w.enterprise, i, 0); got != "" || w.unread(w.broker, i) != 1 || w.unread(w.operator, i) != 0 {
		t.Errorf("an operator reads for %q", got)
	}
	w.must(w.Read(w.ctx, w.university, i.ID, ""))
	for name, v := range map[string]jiqiao.Viewer{"who wrote": w.enterprise, "the broker": w.broker, "who read": w.university} {
		if got := w.readBy(v, i, 0); got != "achievement" {
			t.Errorf("%s learns that %q have read", name, got)
		}
	}
	if w.unread(w.university, i) != 0 || w.unread(w.broker, i) != 1 {
		t.Error("what one has read, the other has not")
	}
	w.write(w.broker, i) // who answers has read
	if first, second := w.readBy(w.enterprise, i, 0), w.readBy(w.enterprise, i, 1); first != "achievement broker" || second != "" {
		t.Errorf("read by %q and %q", first, second)
	}
	if a, b := w.unread(w.enterprise, i), w.unread(w.university, i); a != 1 || b != 1 {
		t.Errorf("unread: %d, %d", a, b)
	}
}

func TestReadingTellsNobodysName(t *testing.T) {
	w := newWorld(t)
	i := w.invite()
	w.write(w.enterprise, i)
	w.events = nil
	w.must(w.Read(w.ctx, w.university, i.ID, ""))
	w.must(w.Read(w.ctx, w.university, i.ID, "")) // no news
	if len(w.events) != 1 {
		t.Fatalf("events %+v", w.events)
	}
	e := w.events[0]
	if e.Topic != "read" || e.Object != i.Ref() || len(e.Data) != 1 || e.Data["party"] != "achievement" || len(e.Organisations) != 2 || len(e.Roles) != 0 {
		t.Errorf("told %+v", e)
	}
	w.fails(jiqiao.CodeNotFound, w.Read(w.ctx, w.stranger, i.ID, ""))
	w.fails(jiqiao.CodeNotFound, w.Read(w.ctx, w.university, i.ID, "w_00000000000000000000"))
}
