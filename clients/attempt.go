package clients

import (
	"context"
	"errors"
	"fmt"
	"net"

	"rstorm/results"
)

// doing says what a client does in a phase.
func doing(p results.Phase) string {
	switch p {
	case results.PhaseConnect:
		return "connecting"
	case results.PhaseHandshake:
		return "shaking hands for TLS"
	case results.PhaseSend:
		return "sending the request"
	case results.PhaseWait:
		return "waiting for an answer"
	case results.PhaseHead:
		return "reading the answer's head"
	case results.PhaseBody:
		return "reading the answer's body"
	}
	return "carrying the command"
}

// ended is why ctx ended where err is but the way in which a wait was told that
// it had; else err.
func ended(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	cause := context.Cause(ctx)
	switch {
	case results.Classify(err) != results.TimedOut && !errors.Is(err, cause) && !errors.Is(err, ctx.Err()):
		return err
	case cause == errRenewed:
		return cause
	}
	return ctx.Err()
}

// explain says what was being done when err came up; nil stays nil.
func explain(p results.Phase, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing(p), bare(err))
}

// bare leaves out the addresses that package net adds to an error, and all that
// was wrapped around them: equal failures shall read equal, whatever the port.
// What is joined to an error must be joined to its bare one, or it is lost here.
func bare(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}

// judge names how an attempt ended. A whole answer is no error to its caller,
// whatever its status.
func judge(status int, err error) (results.Outcome, error) {
	switch {
	case err != nil:
		return results.Classify(err), err
	case status/100 != 2:
		return results.Rejected, nil
	}
	return results.OK, nil
}
