package api

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Live has what open pages hear of.
type Live interface {
	// Listen hears what concerns the viewer, of some topics or of all, after the event that lastID names; leave ends it.
	Listen(v jiqiao.Viewer, topics []string, lastID string) (stream jiqiao.EventStream, leave func(), err error)
}

const (
	// defaultHeartbeat keeps proxies from closing a silent connection, and finds readers who are gone.
	defaultHeartbeat = 15 * time.Second
	// eventWrite is how long one write may take before the reader is cut off.
	eventWrite = 10 * time.Second
	// reconnect is when a page comes back after its stream ended, in milliseconds.
	reconnect = 3000
	// maxEventTopics bounds the topics that one page names.
	maxEventTopics = 20
)

// events streams what concerns the viewer as server-sent events. The stream ends with the time limit of slow routes, with
// the session, and when the service stops; the page comes back by itself.
func (s *Server) events(c *gin.Context) error {
	q := query{c: c}
	topics := q.list("topics")
	if len(topics) > maxEventTopics {
		q.wrong("topics", fmt.Sprintf("最多 %d 类", maxEventTopics))
	}
	if err := q.err(); err != nil {
		return err
	}
	lastID := c.GetHeader("Last-Event-ID")
	if lastID == "" {
		lastID = q.text("last_event_id")
	}
	stream, leave, err := s.opts.Live.Listen(viewer(c), topics, lastID)
	if err != nil {
		return err
	}
	defer leave()
	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx passes it on at once
	c.Writer.WriteHeader(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		return nil
	}
	w := &eventWriter{c: c, control: http.NewResponseController(c.Writer)}
	w.write(fmt.Sprintf("retry: %d\n\n", reconnect))
	if stream.Resync {
		w.event(jiqiao.LiveEvent{Event: jiqiao.Event{Topic: jiqiao.TopicResync}})
	}
	for _, e := range stream.Missed {
		w.event(e)
	}
	s.follow(c, w, stream.Events)
	return nil
}

// follow writes events until the stream, the reader or the session ends.
func (s *Server) follow(c *gin.Context, w *eventWriter, events <-chan jiqiao.LiveEvent) {
	beat := time.NewTicker(s.opts.Heartbeat)
	defer beat.Stop()
	for w.err == nil {
		select {
		case <-c.Request.Context().Done():
			return
		case e, open := <-events:
			if !open {
				return
			}
			w.event(e)
		case <-beat.C:
			if !s.still(c) {
				return
			}
			w.write(": \n\n")
		}
	}
}

// still reports whether the session that began the request goes on. Looking does not keep it alive: a page that is open
// and not used ends with the session's idle limit.
func (s *Server) still(c *gin.Context) bool {
	in, err := whose(c)
	if err != nil {
		return false
	}
	live, err := s.opts.Accounts.Sessions(c.Request.Context(), in.session)
	return err == nil && slices.ContainsFunc(live, func(l jiqiao.Session) bool { return l.ID == in.session.ID && l.Live(s.opts.Now()) })
}

// eventWriter writes events; the first error sticks.
type eventWriter struct {
	c       *gin.Context
	control *http.ResponseController
	err     error
}

// eventBody is what a page gets of an event: not whom else it is for.
type eventBody struct {
	Topic  string            `json:"topic"`
	Object jiqiao.Ref        `json:"object"`
	Data   map[string]string `json:"data,omitempty"`
}

func (w *eventWriter) event(e jiqiao.LiveEvent) {
	body, err := encode(eventBody{e.Topic, e.Object, e.Data})
	if err != nil {
		w.err = err
		return
	}
	text := "event: " + e.Topic + "\ndata: " + string(body) + "\n\n" // JSON has no line breaks
	if e.ID != "" {
		text = "id: " + e.ID + "\n" + text
	}
	w.write(text)
}

func (w *eventWriter) write(text string) {
	if w.err != nil {
		return
	}
	_ = w.control.SetWriteDeadline(time.Now().Add(eventWrite)) // recorders in tests cannot
	if _, w.err = w.c.Writer.WriteString(text); w.err == nil {
		w.c.Writer.Flush()
	}
}
