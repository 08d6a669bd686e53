package clients

import (
	"context"
	"time"
)

// A settler waits some time before every use for a close that may be on its
// way. A healthy connection costs that time whole; one that ends within it is
// found dead as soon as that shows.
type settler struct {
	*watch
	time time.Duration
}

func (settler) rest(func()) {}
func (settler) end()        {}

// wake leaves the connection without a read deadline. It has seen nothing
// wrong if ctx ends first.
func (s settler) wake(ctx context.Context) bool {
	switch {
	case s.time <= 0:
		return s.glance()
	case s.raw == nil:
		sleep(ctx, s.time)
		return true
	}
	s.conn.SetReadDeadline(time.Now().Add(s.time))
	struck := make(chan struct{})
	disarm := context.AfterFunc(ctx, func() {
		s.conn.SetReadDeadline(past)
		close(struck)
	})
	usable, _ := s.await(look{})
	if !disarm() {
		<-struck
	}
	s.conn.SetReadDeadline(time.Time{})
	return usable
}

// sleep waits for d and reports whether ctx let it.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
