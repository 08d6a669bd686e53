package clients

import (
	"context"
	"sync"
	"time"
)

// An events is the reader that an event loop has on every idle connection: it
// waits for the device to close, or to say something, and does not look again
// when the connection is used. What is seen in time is a question of
// scheduling, as it is in an event loop.
type events struct {
	*watch

	mu     sync.Mutex
	waited chan struct{} // closed once the pause's wait is over; nil outside of a pause
	gone   bool          // found dead
}

// rest starts the wait. The socket's read deadline is the guard's until wake or
// end.
func (e *events) rest(dead func()) {
	if e.raw == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	waited := make(chan struct{})
	e.waited = waited
	go e.wait(waited, dead)
}

// wait calls dead before it is over, and so before the end that waits for it.
func (e *events) wait(waited chan struct{}, dead func()) {
	defer close(waited)
	usable, over := e.await(look{})
	e.mu.Lock()
	e.gone = !usable
	tell := e.gone && !over && e.waited == waited
	e.mu.Unlock()
	if tell {
		dead()
	}
}

// wake leaves the connection without a read deadline.
func (e *events) wake(context.Context) bool {
	e.end()
	return !e.gone
}

func (e *events) end() {
	e.mu.Lock()
	waited := e.waited
	e.waited = nil
	e.mu.Unlock()
	if waited == nil {
		return
	}
	e.conn.SetReadDeadline(past)
	<-waited
	e.conn.SetReadDeadline(time.Time{})
}
