// Package live brings events to open pages: a hub in each process, joined by a relay where there are several. Events are
// hints and may be lost: a page that missed some is told to read anew.
package live

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"jiqiao"
)

const (
	// kept is how many events a hub remembers, for those whose connection broke.
	kept = 1024
	// waiting is how many events a reader may be behind before it is cut off. It comes back and reads anew.
	waiting = 64
	// MaxPerUser bounds the open pages of one account.
	MaxPerUser = 20
	// MaxListeners bounds those of the process.
	MaxListeners = 10_000
	// outbound bounds what waits for the relay.
	outbound = 1024
)

// Relay carries messages between processes.
type Relay interface {
	Publish(ctx context.Context, message []byte) error
	// Subscribe calls ready once it hears, and fn for every message, until ctx ends or the connection breaks.
	Subscribe(ctx context.Context, ready func(), fn func(message []byte)) error
}

// Hub hands events to listeners. It is safe for concurrent use.
type Hub struct {
	name   string // of this run of the process
	relay  Relay
	log    *slog.Logger
	out    chan []byte
	mu     sync.Mutex
	boot   string // prefix of ids: name, and what changes when events were lost
	seq    uint64
	recent []jiqiao.LiveEvent // a ring once it is full; recent[seq%kept] is the oldest
	ears   map[*listener]struct{}
	users  map[string]int
	closed bool
	// resyncs counts how often events may have been lost.
	resyncs int
}

// New makes a hub for a process alone. boot names this run of the process and no other.
func New(boot string, log *slog.Logger) *Hub {
	return &Hub{name: boot, boot: boot, log: log, out: make(chan []byte, outbound), ears: map[*listener]struct{}{}, users: map[string]int{}}
}

// Join has the relay bring events to and from other processes. Call it before Tell and Run.
func (h *Hub) Join(relay Relay) { h.relay = relay }

// listener hears the events of one viewer.
type listener struct {
	events chan jiqiao.LiveEvent
	viewer jiqiao.Viewer
	topics []string
}

// Concerns reports whether the viewer may hear of the event.
func Concerns(v jiqiao.Viewer, e jiqiao.Event) bool {
	return v.User != "" && slices.Contains(e.Users, v.User) ||
		v.Organisation != "" && slices.Contains(e.Organisations, v.Organisation) ||
		v.Role != "" && slices.Contains(e.Roles, v.Role)
}

func (l *listener) wants(e jiqiao.Event) bool {
	return (len(l.topics) == 0 || slices.Contains(l.topics, e.Topic)) && Concerns(l.viewer, e)
}

// Listen begins to hear what concerns the viewer, of some topics or of all, after the event whose id is lastID; "" is from
// now on. leave ends it. CodeTooManyRequests with too many open already, CodeUnavailable when the hub has ended.
func (h *Hub) Listen(v jiqiao.Viewer, topics []string, lastID string) (stream jiqiao.EventStream, leave func(), err error) {
	l := &listener{events: make(chan jiqiao.LiveEvent, waiting), viewer: v, topics: topics}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return stream, nil, jiqiao.Fail(jiqiao.CodeUnavailable, "服务正在停止，请稍后再试", nil)
	case h.users[v.User] >= MaxPerUser || len(h.ears) >= MaxListeners:
		return stream, nil, jiqiao.Fail(jiqiao.CodeTooManyRequests, "打开的页面过多，请关闭一些后再试", nil)
	}
	stream.Events = l.events
	if lastID != "" {
		stream.Missed, stream.Resync = h.since(l, lastID)
	}
	h.ears[l] = struct{}{}
	h.users[v.User]++
	return stream, func() { h.leave(l) }, nil
}

// since are the events after lastID that the listener wants, and whether some may be lost: those of another process, or
// of another run, or too long ago.
func (h *Hub) since(l *listener, lastID string) (missed []jiqiao.LiveEvent, lost bool) {
	boot, text, _ := strings.Cut(lastID, "-")
	last, err := strconv.ParseUint(text, 10, 64)
	if boot != h.boot || err != nil || last > h.seq || h.seq-last > uint64(len(h.recent)) {
		return nil, true
	}
	for n := last; n < h.seq; n++ {
		if e := h.recent[n%kept]; l.wants(e.Event) {
			missed = append(missed, e)
		}
	}
	return missed, false
}

func (h *Hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(l)
}

func (h *Hub) drop(l *listener) {
	if _, ok := h.ears[l]; !ok {
		return
	}
	delete(h.ears, l)
	if h.users[l.viewer.User]--; h.users[l.viewer.User] <= 0 {
		delete(h.users, l.viewer.User)
	}
	close(l.events)
}

// Listeners is how many pages are open.
func (h *Hub) Listeners() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.ears)
}

// Close ends all listeners; a server that stops need not wait for them.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for l := range h.ears {
		h.drop(l)
	}
}

// envelope is what travels between processes.
type envelope struct {
	From   string         `json:"from"`
	Events []jiqiao.Event `json:"events"`
}

// Tell hands events to this process's listeners and, through the relay, to the others'. It never waits: what the relay
// cannot take is lost for the others.
func (h *Hub) Tell(events []jiqiao.Event) {
	h.deliver(events)
	if h.relay == nil {
		return
	}
	message, err := json.Marshal(envelope{h.name, events})
	if err != nil {
		h.log.Error("events cannot be relayed", "err", err)
		return
	}
	select {
	case h.out <- message:
	default:
		h.log.Warn("events are lost for other processes: the relay is too slow")
	}
}

func (h *Hub) deliver(events []jiqiao.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range events {
		n := jiqiao.LiveEvent{ID: h.boot + "-" + strconv.FormatUint(h.seq+1, 10), Event: e}
		if len(h.recent) < kept {
			h.recent = append(h.recent, n)
		} else {
			h.recent[h.seq%kept] = n
		}
		h.seq++
		for l := range h.ears {
			if !l.wants(e) {
				continue
			}
			select {
			case l.events <- n:
			default:
				h.drop(l)
			}
		}
	}
}

const (
	// relayBudget is what handing one message to the relay may take.
	relayBudget = time.Second
	// firstPause and lastPause are between tries to reach the relay.
	firstPause = 200 * time.Millisecond
	lastPause  = 10 * time.Second
)

// Run joins the hub with those of other processes until ctx ends. While the relay is away each process has its own
// events; when it is back, all pages are told to read anew, for what they missed.
func (h *Hub) Run(ctx context.Context) error {
	if h.relay == nil {
		<-ctx.Done()
		return nil
	}
	var side sync.WaitGroup
	side.Go(func() { h.send(ctx) })
	defer side.Wait()
	pause, again := firstPause, false
	ready := func() {
		if again {
			h.resync()
			h.log.Info("the relay of events is back")
		}
		pause, again = firstPause, true
	}
	for ctx.Err() == nil {
		err := h.relay.Subscribe(ctx, ready, h.receive)
		if ctx.Err() != nil {
			break
		}
		h.log.Warn("the relay of events is away", "err", err)
		again = true
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
	return nil
}

// resync tells everybody to read anew.
func (h *Hub) resync() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.resyncs++
	h.boot = h.name + "." + strconv.Itoa(h.resyncs) // ids from before are of no use any more
	h.recent, h.seq = nil, 0
	for l := range h.ears {
		select {
		case l.events <- jiqiao.LiveEvent{Event: jiqiao.Event{Topic: jiqiao.TopicResync}}:
		default:
			h.drop(l)
		}
	}
}

func (h *Hub) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case message := <-h.out:
			limited, cancel := context.WithTimeout(ctx, relayBudget)
			err := h.relay.Publish(limited, message)
			cancel()
			if err != nil && ctx.Err() == nil {
				h.log.Debug("events are lost for other processes", "err", err)
			}
		}
	}
}

func (h *Hub) receive(message []byte) {
	var in envelope
	if err := json.Unmarshal(message, &in); err != nil {
		h.log.Warn("the relay brought what is no event", "err", err)
		return
	}
	if in.From != h.name {
		h.deliver(in.Events)
	}
}
