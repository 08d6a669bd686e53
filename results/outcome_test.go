package results_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"rstorm/results"
)

func TestErrorsAreClassifiedByTypeAndErrno(t *testing.T) {
	within := func(errno syscall.Errno) error {
		return &net.OpError{Op: "read", Err: os.NewSyscallError("read", errno)}
	}
	for _, c := range []struct {
		err  error
		want results.Outcome
	}{
		{nil, results.OK},
		{within(syscall.ECONNRESET), results.Reset},
		{within(syscall.ECONNABORTED), results.Reset},
		{within(syscall.EPIPE), results.Reset},
		{within(syscall.ECONNREFUSED), results.Refused},
		{within(syscall.ETIMEDOUT), results.TimedOut},
		{os.ErrDeadlineExceeded, results.TimedOut},
		{context.DeadlineExceeded, results.TimedOut},
		{io.EOF, results.Closed},
		{io.ErrUnexpectedEOF, results.Truncated},
		{results.ErrTruncated, results.Truncated},
		{context.Canceled, results.Failed},
		{errors.New("read: connection reset by peer"), results.Failed},
	} {
		if got := results.Classify(c.err); got != c.want {
			t.Errorf("%v is %v, want %v", c.err, got, c.want)
		}
		if c.err == nil {
			continue
		}
		if got := results.Classify(fmt.Errorf("get state: %w", c.err)); got != c.want {
			t.Errorf("%v is %v once it is wrapped, want %v", c.err, got, c.want)
		}
	}
}

func TestOutcomesAreWordsBothWays(t *testing.T) {
	for _, o := range results.Outcomes() {
		text, err := o.MarshalText()
		var back results.Outcome
		if err := errors.Join(err, back.UnmarshalText(text)); err != nil || back != o || string(text) != o.String() {
			t.Errorf("%v was written as %q and read as %v (%v)", o, text, back, err)
		}
	}
	if results.OK.String() != "ok" || results.TimedOut.String() != "timed-out" {
		t.Errorf("words %v and %v, want ok and timed-out", results.OK, results.TimedOut)
	}
}
