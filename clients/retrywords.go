package clients

import "rstorm/results"

// When is what may be sent again.
type When string

// The words for it. The zero value means [Never]. A failure is stale if it came
// before the first byte of an answer, on a connection that had carried an
// exchange before: it may have been dead already.
const (
	Never           When = "never"
	StaleSafe       When = "stale-safe"       // after a stale failure, if the socket had taken no byte of the request, or HTTP/2 says that it was not processed
	StaleIdempotent When = "stale-idempotent" // after a stale failure, if the method is idempotent (RFC 9110 section 9.2.2)
	StaleAny        When = "stale-any"        // after a stale failure
	Idempotent      When = "idempotent"       // if the method is idempotent
	Any             When = "any"              // always
)

// Names lists them.
func (When) Names() []string {
	return []string{string(Never), string(StaleSafe), string(StaleIdempotent), string(StaleAny), string(Idempotent), string(Any)}
}

// stale reports whether the word asks for a stale failure.
func (w When) stale() bool { return w == StaleSafe || w == StaleIdempotent || w == StaleAny }

// A Trigger is what a command may be sent again after: the word of a
// [results.Outcome], or [Unprocessed].
type Trigger string

// Unprocessed is the end of an HTTP/2 stream by RST_STREAM with REFUSED_STREAM,
// or by a GOAWAY whose last stream is below it: the peer has not processed the
// request (RFC 9113 section 8.7). Another code than REFUSED_STREAM is failed,
// and nothing is sent again for that.
const Unprocessed Trigger = "unprocessed"

// Names lists the triggers. Timed-out is the end by attempt_timeout or
// connect_timeout, which leave time for another attempt; the command's own
// deadline leaves none. Without those limits it is the kernel that gives up
// (ETIMEDOUT), after minutes, which is in time for patient commands only.
func (Trigger) Names() []string {
	var names []string
	for _, o := range []results.Outcome{results.Reset, results.Closed, results.Refused, results.TimedOut, results.Truncated} {
		names = append(names, o.String())
	}
	return append(names, string(Unprocessed))
}
