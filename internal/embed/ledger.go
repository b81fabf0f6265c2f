package embed

import (
	"sync"

	"jiqiao"
)

// key names a record.
type key struct {
	kind jiqiao.Kind
	id   string
}

// entry is what is known of a record.
type entry struct {
	state state
	// stamp grows with every change of the record, so that a vector that was under way meanwhile is known to be late.
	stamp  int64
	queued bool
}

type state uint8

const (
	stateWaiting state = iota
	stateDone
	stateFailed
)

// task is a record to be embedded, as it was when it was taken.
type task struct {
	key
	stamp int64
}

// ledger knows which records have a vector of the configured model, and which wait for one in the order of arrival.
type ledger struct {
	mu      sync.Mutex
	entries map[key]*entry
	waiting []key
	counts  [3]int // by state
	stamps  int64
	arrived chan struct{} // holds one token when something waits
}

func newLedger() *ledger {
	return &ledger{entries: map[key]*entry{}, arrived: make(chan struct{}, 1)}
}

func (l *ledger) move(e *entry, to state) {
	l.counts[e.state]--
	l.counts[to]++
	e.state = to
}

// changed notes that a record is new or was written. apply puts its vector in, if there is one; else it is queued.
func (l *ledger) changed(k key, apply func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.entries[k]
	if !ok {
		e = &entry{}
		l.entries[k] = e
		l.counts[stateWaiting]++
	}
	l.stamps++
	e.stamp = l.stamps
	if apply() {
		l.move(e, stateDone)
		return
	}
	l.queue(k, e)
}

func (l *ledger) queue(k key, e *entry) {
	l.move(e, stateWaiting)
	if !e.queued {
		e.queued = true
		l.waiting = append(l.waiting, k)
	}
	select {
	case l.arrived <- struct{}{}:
	default:
	}
}

// settle runs apply and notes the outcome, unless the record was changed or deleted since the task was taken.
func (l *ledger) settle(t task, to state, apply func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.entries[t.key]
	if !ok || e.stamp != t.stamp {
		return nil
	}
	if err := apply(); err != nil {
		return err
	}
	if to == stateWaiting {
		l.queue(t.key, e)
	} else {
		l.move(e, to)
	}
	return nil
}

// forget drops a record that is gone.
func (l *ledger) forget(k key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.entries[k]; ok {
		l.counts[e.state]--
		delete(l.entries, k)
	}
}

// take is the next records of one side to work on, at most n.
func (l *ledger) take(n int) (taken []task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.waiting) > 0 && len(taken) < n {
		k := l.waiting[0]
		if len(taken) > 0 && k.kind != taken[0].kind {
			break
		}
		l.waiting = l.waiting[1:]
		if e, ok := l.entries[k]; ok && e.queued {
			e.queued = false
			if e.state == stateWaiting {
				taken = append(taken, task{k, e.stamp})
			}
		}
	}
	return taken
}

// again queues what failed, and tells how many those are.
func (l *ledger) again() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.counts[stateFailed]
	for k, e := range l.entries {
		if e.state == stateFailed {
			l.queue(k, e)
		}
	}
	return n
}

// progress counts the records.
func (l *ledger) progress() Progress {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Progress{Records: len(l.entries), Done: l.counts[stateDone], Failed: l.counts[stateFailed]}
}
