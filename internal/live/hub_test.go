package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"testing"

	"jiqiao"
)

func hub() *Hub { return New("boot", slog.New(slog.DiscardHandler)) }

var broker = jiqiao.Viewer{User: "u_1", Role: jiqiao.RoleBroker, Organisation: "o_1"}

func inboxOf(user string) jiqiao.Event {
	return jiqiao.Event{Topic: "inbox", Users: []string{user}, Object: jiqiao.Ref{Type: "notice", ID: "x"}}
}

func listen(t *testing.T, h *Hub, v jiqiao.Viewer, last string, topics ...string) jiqiao.EventStream {
	t.Helper()
	s, leave, err := h.Listen(v, topics, last)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(leave)
	return s
}

// waitingIn takes what is there without waiting.
func waitingIn(s jiqiao.EventStream) (got []jiqiao.LiveEvent, open bool) {
	for {
		select {
		case e, ok := <-s.Events:
			if !ok {
				return got, false
			}
			got = append(got, e)
		default:
			return got, true
		}
	}
}

func TestEventsReachThoseConcernedAlone(t *testing.T) {
	for name, c := range map[string]struct {
		event  jiqiao.Event
		viewer jiqiao.Viewer
		want   bool
	}{
		"nobody":                 {jiqiao.Event{Topic: "deal"}, broker, false},
		"the user":               {jiqiao.Event{Users: []string{"u_2", "u_1"}}, broker, true},
		"another user":           {jiqiao.Event{Users: []string{"u_2"}}, broker, false},
		"the organisation":       {jiqiao.Event{Organisations: []string{"o_1"}}, broker, true},
		"another organisation":   {jiqiao.Event{Organisations: []string{"o_2"}}, broker, false},
		"the role":               {jiqiao.Event{Roles: []jiqiao.Role{jiqiao.RoleBroker}}, broker, true},
		"another role":           {jiqiao.Event{Roles: []jiqiao.Role{jiqiao.RoleOperator}}, broker, false},
		"no user, an empty name": {jiqiao.Event{Users: []string{""}}, jiqiao.Viewer{}, false},
		"no organisation":        {jiqiao.Event{Organisations: []string{""}}, jiqiao.Viewer{User: "u_1"}, false},
		"no role":                {jiqiao.Event{Roles: []jiqiao.Role{""}}, jiqiao.Viewer{User: "u_1"}, false},
		"the public":             {inboxOf("u_1"), jiqiao.Viewer{}, false},
	} {
		h := hub()
		s := listen(t, h, c.viewer, "")
		h.Tell([]jiqiao.Event{c.event})
		if got, _ := waitingIn(s); (len(got) == 1) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTopicsAreFiltered(t *testing.T) {
	h := hub()
	s := listen(t, h, broker, "", "deal", "inbox")
	h.Tell([]jiqiao.Event{inboxOf("u_1"), {Topic: "queue", Users: []string{"u_1"}}, {Topic: "deal", Users: []string{"u_1"}}})
	if got, _ := waitingIn(s); len(got) != 2 || got[0].Topic != "inbox" || got[1].Topic != "deal" || got[0].ID == got[1].ID {
		t.Errorf("%+v", got)
	}
}

func TestPageComesBack(t *testing.T) {
	h := hub()
	first := listen(t, h, broker, "")
	h.Tell([]jiqiao.Event{inboxOf("u_1"), inboxOf("u_2"), inboxOf("u_1")})
	got, _ := waitingIn(first)
	if again := listen(t, h, broker, got[0].ID); again.Resync || len(again.Missed) != 1 || again.Missed[0].ID != got[1].ID {
		t.Errorf("missed %+v", again)
	}
	if again := listen(t, h, broker, got[1].ID); again.Resync || len(again.Missed) != 0 {
		t.Errorf("nothing was missed: %+v", again)
	}
	for _, id := range []string{"other-1", "boot-99", "boot-", "boot-x", "boot", "-", "boot--1", "boot-18446744073709551615"} {
		if again := listen(t, h, broker, id); !again.Resync || len(again.Missed) != 0 {
			t.Errorf("%q: %+v", id, again)
		}
	}
	var many []jiqiao.Event
	for range kept {
		many = append(many, inboxOf("u_2"))
	}
	h.Tell(many)
	if again := listen(t, h, broker, got[1].ID); again.Resync {
		t.Error("the buffer reaches back that far")
	}
	h.Tell([]jiqiao.Event{inboxOf("u_1")})
	if again := listen(t, h, broker, got[1].ID); !again.Resync {
		t.Error("what is lost is not told")
	}
	if again := listen(t, h, broker, fmt.Sprintf("boot-%d", 3+kept)); again.Resync || len(again.Missed) != 1 {
		t.Errorf("after the buffer went round: %+v", again)
	}
}

func TestSlowReaderIsCutOff(t *testing.T) {
	h := hub()
	slow, quick := listen(t, h, broker, ""), listen(t, h, broker, "")
	for range waiting + 1 {
		h.Tell([]jiqiao.Event{inboxOf("u_1")})
		if got, open := waitingIn(quick); len(got) != 1 || !open {
			t.Fatal("the quick one is held up")
		}
	}
	if got, open := waitingIn(slow); len(got) != waiting || open {
		t.Errorf("the slow one has %d, open %v", len(got), open)
	}
	if h.Listeners() != 1 {
		t.Errorf("%d listeners", h.Listeners())
	}
}

func TestTooManyPages(t *testing.T) {
	h := hub()
	var leave func()
	for range MaxPerUser {
		var err error
		if _, leave, err = h.Listen(broker, nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := h.Listen(broker, nil, ""); jiqiao.CodeOf(err) != jiqiao.CodeTooManyRequests {
		t.Errorf("one more: %v", err)
	}
	listen(t, h, jiqiao.Viewer{User: "u_2"}, "")
	leave()
	leave() // a second time changes nothing
	listen(t, h, broker, "")
}

func TestClosedHubEndsEverything(t *testing.T) {
	h := hub()
	s := listen(t, h, broker, "")
	h.Close()
	h.Close()
	if _, open := waitingIn(s); open {
		t.Error("still open")
	}
	if _, _, err := h.Listen(broker, nil, ""); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
		t.Errorf("after the end: %v", err)
	}
	h.Tell([]jiqiao.Event{inboxOf("u_1")})
}

// wire joins hubs in one process, and can be cut.
type wire struct {
	mu   sync.Mutex
	subs map[int]func([]byte)
	cut  map[int]chan struct{}
	down bool
	n    int
}

func newWire() *wire { return &wire{subs: map[int]func([]byte){}, cut: map[int]chan struct{}{}} }

var errDown = errors.New("down")

func (w *wire) Publish(_ context.Context, message []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down {
		return errDown
	}
	for _, fn := range w.subs {
		fn(message)
	}
	return nil
}

func (w *wire) Subscribe(ctx context.Context, ready func(), fn func([]byte)) error {
	w.mu.Lock()
	if w.down {
		w.mu.Unlock()
		return errDown
	}
	w.n++
	id, cut := w.n, make(chan struct{})
	w.subs[id], w.cut[id] = fn, cut
	w.mu.Unlock()
	ready()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-cut:
		return errDown
	}
}

func (w *wire) set(down bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = down
	if down {
		for id, cut := range w.cut {
			close(cut)
			delete(w.cut, id)
			delete(w.subs, id)
		}
	}
}

func (w *wire) listeners() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.subs)
}

func TestProcessesShareEvents(t *testing.T) {
	w := newWire()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var side sync.WaitGroup
	hubs := []*Hub{New("one", slog.New(slog.DiscardHandler)), New("two", slog.New(slog.DiscardHandler))}
	for _, h := range hubs {
		h.Join(w)
		side.Go(func() { _ = h.Run(ctx) })
	}
	for w.listeners() < 2 {
		runtime.Gosched()
	}
	here, there := listen(t, hubs[0], broker, ""), listen(t, hubs[1], broker, "")
	hubs[0].Tell([]jiqiao.Event{inboxOf("u_1")})
	for _, s := range []jiqiao.EventStream{here, there} {
		if e := <-s.Events; e.Topic != "inbox" || e.Object.ID != "x" {
			t.Errorf("%+v", e)
		}
		if more, _ := waitingIn(s); len(more) != 0 {
			t.Errorf("heard twice: %+v", more)
		}
	}
	w.set(true)
	hubs[0].Tell([]jiqiao.Event{inboxOf("u_1")})
	own := <-here.Events
	if own.Topic != "inbox" {
		t.Errorf("alone: %+v", own)
	}
	w.set(false)
	for _, s := range []jiqiao.EventStream{here, there} {
		if e := <-s.Events; e.Topic != jiqiao.TopicResync {
			t.Errorf("when the relay is back: %+v", e)
		}
	}
	if again := listen(t, hubs[0], broker, own.ID); !again.Resync {
		t.Error("an id from before the gap is believed")
	}
	hubs[0].receive([]byte("{")) // what is no event is passed over
	stop()
	side.Wait()
}

func TestAloneItRunsUntilTheEnd(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := hub().Run(ctx); err != nil {
		t.Error(err)
	}
}

func TestManyAtOnce(t *testing.T) {
	h := hub()
	var side sync.WaitGroup
	for i := range 8 {
		side.Go(func() {
			for range 50 {
				v := jiqiao.Viewer{User: fmt.Sprintf("u_%d", i)}
				s, leave, err := h.Listen(v, nil, "")
				if err != nil {
					t.Error(err)
					return
				}
				h.Tell([]jiqiao.Event{inboxOf(v.User)})
				if e := <-s.Events; e.Topic != "inbox" {
					t.Errorf("%+v", e)
				}
				leave()
			}
		})
	}
	side.Wait()
	if h.Listeners() != 0 {
		t.Errorf("%d left", h.Listeners())
	}
}
