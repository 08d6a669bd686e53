// Package results is the vocabulary of what happened: the record of one
// command, the summary of many, the verdicts on them, and the formats a report
// is written in. It imports none of rstorm's other packages, so each of them
// may speak it.
package results

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
)

// An Outcome says how one command, or one attempt at it, ended for its caller.
type Outcome uint8

// The outcomes. The zero value is not a success.
const (
	Failed     Outcome = iota // none of the below
	OK                        // the expected answer, whole and verified
	Rejected                  // a whole answer with another status than 2xx
	Reset                     // the connection was reset: ECONNRESET, ECONNABORTED or EPIPE
	Closed                    // the peer closed in order before the first byte of an answer
	Refused                   // ECONNREFUSED: nothing listens there
	TimedOut                  // the deadline passed first, or the kernel gave up (ETIMEDOUT)
	Truncated                 // the answer began and was cut, or its digest does not match
	Unreported                // the client never said
)

var outcomeNames = [...]string{"failed", "ok", "rejected", "reset", "closed", "refused", "timed-out", "truncated", "unreported"}

// Outcomes lists every outcome.
func Outcomes() []Outcome {
	all := make([]Outcome, len(outcomeNames))
	for i := range all {
		all[i] = Outcome(i)
	}
	return all
}

// String is the outcome's word in reports.
func (o Outcome) String() string { return outcomeNames[o] }

// MarshalText writes the word.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the word.
func (o *Outcome) UnmarshalText(text []byte) error {
	for i, name := range outcomeNames {
		if name == string(text) {
			*o = Outcome(i)
			return nil
		}
	}
	return fmt.Errorf("unknown outcome %q", text)
}

// ErrTruncated is wrapped by errors that report an answer which began and was
// not whole.
var ErrTruncated = errors.New("answer truncated")

// Classify reads an error as an outcome, by type and errno, never by text. A
// nil error is [OK]; what the status says is the caller's to judge.
func Classify(err error) Outcome {
	var timeout net.Error
	switch {
	case err == nil:
		return OK
	case isRefused(err):
		return Refused
	case isReset(err):
		return Reset
	case errors.Is(err, ErrTruncated), errors.Is(err, io.ErrUnexpectedEOF):
		return Truncated
	case errors.Is(err, io.EOF):
		return Closed
	case errors.Is(err, context.DeadlineExceeded), isGivenUp(err),
		errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	}
	return Failed
}

// An errno is a name for an error of the system.
type errno struct {
	name string
	err  error
}

// Errno names what ended an exchange: what the socket said, "ECONNRESET" as
// well as "EOF" for the peer's FIN, or what an error with a method Errno()
// string says for a layer above it, as in "alert" and "GOAWAY", or "renewed"
// for a client that gave up its own connection; empty if err holds nothing of
// the kind.
func Errno(err error) string {
	for _, e := range errnos {
		if errors.Is(err, e.err) {
			return e.name
		}
	}
	if named, ok := errors.AsType[interface {
		error
		Errno() string
	}](err); ok {
		return named.Errno()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "EOF"
	}
	return ""
}
