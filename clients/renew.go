package clients

import "context"

// errRenewed is the end of an attempt whose client was renewed for another
// command, as if it had been closed by force.
var errRenewed error = renewedError{}

type renewedError struct{}

// Error says what became of the client.
func (renewedError) Error() string {
	return "the client was renewed for another command, and its connections closed"
}

// Errno is the word for it in reports, see [results.Errno].
func (renewedError) Errno() string { return "renewed" }

// A term is the time from one renewal of a client to the next.
type term struct {
	over context.Context // ends with it
	end  context.CancelCauseFunc
}

func newTerm() *term {
	over, end := context.WithCancelCause(context.Background())
	return &term{over, end}
}

// join returns a context that ends with ctx and, by errRenewed, with the term.
// leave gives up what that takes.
func (t *term) join(ctx context.Context) (joined context.Context, leave func()) {
	joined, end := context.WithCancelCause(ctx)
	part := context.AfterFunc(t.over, func() { end(errRenewed) })
	return joined, func() {
		part()
		end(nil)
	}
}
