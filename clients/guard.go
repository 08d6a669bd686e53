package clients

import "context"

// A guard looks after one kept connection between its exchanges, as the
// client's [Liveness] wants it. Its methods are called from one goroutine at a
// time.
type guard interface {
	// rest begins a pause: the connection is idle from now on. When a guard
	// of events finds it dead it calls dead, once, on a goroutine of its own.
	// dead must not call the guard, nor wait for who does: they wait for it.
	rest(dead func())
	// wake ends the pause and reports whether the connection may carry another
	// exchange, by all that this liveness can tell. It may wait, until ctx
	// ends. Once it returned dead has returned too and is not called any more,
	// and neither once end returned.
	wake(ctx context.Context) bool
	// end leaves the connection to its owner, who closes it.
	end()
}
