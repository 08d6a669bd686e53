package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"

	"rstorm/faults"
	"rstorm/kernel"
	"rstorm/scenarios"
)

// The words of --isolate.
const (
	isolateAuto   = "auto"   // where nothing outside is wanted, and packets are or a scenario needs it
	isolateAlways = "always" // or not at all
	isolateNever  = "never"
)

var isolateWords = []string{isolateAuto, isolateAlways, isolateNever}

// exitUnraised is what a copy of this program in a private network ends with
// when that network is no use. It never leaves this program.
const exitUnraised = 125

// exitSignalled and a signal's number are what shells call the end by a signal.
const exitSignalled = 128

// isolation runs this program once more, with the same arguments, in a private
// network, if the flags want it; done is false if this process is to play the
// suite itself. The error is then why no private network can be had, if one
// was wanted.
func (o *runOptions) isolation(ctx context.Context, s streams, args []string, suite *scenarios.Suite) (done bool, err error) {
	switch {
	case kernel.Isolated():
		if err := kernel.Raise(); err != nil {
			return true, &exit{code: exitUnraised, err: err}
		}
		return false, nil
	case !o.wantsIsolation(suite):
		return false, nil
	}
	err = o.again(ctx, s, args, suite)
	unusable, ok := errors.AsType[*unraisedError](err)
	switch {
	case !ok:
		return true, err // also if it is nil
	case o.isolate == isolateAlways:
		return true, &exit{exitBroken, unusable, []string{"--isolate auto plays here what it can"}}
	}
	return false, unusable // captured here if that may be; scenarios that need it are skipped, and say so
}

// wantsIsolation reports whether the suite is to be played in a private network.
func (o *runOptions) wantsIsolation(suite *scenarios.Suite) bool {
	switch o.isolate {
	case isolateAlways:
		return true
	case isolateNever:
		return false
	}
	needs := func(sc scenarios.Scenario) bool {
		return slices.ContainsFunc(sc.Needs, func(n faults.Need) bool { return n != faults.Linux })
	}
	return o.target == "" && o.toxiproxy == "" && (o.capture != captureOff || slices.ContainsFunc(suite.Scenarios, needs))
}

// unraisedError says that no private network can be had.
type unraisedError struct{ why error }

// Error says why.
func (e *unraisedError) Error() string { return "no private network can be had here: " + e.why.Error() }

// Unwrap returns the reason.
func (e *unraisedError) Unwrap() error { return e.why }

// again is the copy of this program. It gets this one's streams, and its
// interrupt once: it stands in a process group of its own, which the terminal
// does not interrupt too.
func (o *runOptions) again(ctx context.Context, s streams, args []string, suite *scenarios.Suite) error {
	self, err := os.Executable()
	if err != nil {
		return &unraisedError{err}
	}
	copied := exec.CommandContext(ctx, self, append([]string{cmp.Or(o.command, "run")}, args...)...)
	copied.Cancel = func() error { return copied.Process.Signal(os.Interrupt) }
	out := &remembered{to: s.out}
	copied.Stdin, copied.Stdout, copied.Stderr = s.in, out.direct(), s.err
	if o.file == "-" {
		copied.Stdin = bytes.NewReader(suite.Text) // this process has read it
	} else if _, file := s.in.(*os.File); !file {
		copied.Stdin = nil
	}
	if err := kernel.Isolate(copied); err != nil {
		return &unraisedError{err}
	}
	apart(copied)
	err = copied.Run()
	if out.err != nil {
		return fmt.Errorf("print the report: %w", out.err)
	}
	return copiedEnd(err)
}

// copiedEnd is what became of the copy, by what running it came to.
func copiedEnd(err error) error {
	failed, ran := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC): // clone(2); no disk has to do with it
		return &unraisedError{fmt.Errorf("%w: the limit user.max_user_namespaces or user.max_net_namespaces is reached", err)}
	case !ran:
		return &unraisedError{err}
	case failed.ExitCode() == exitUnraised:
		return &unraisedError{errors.New("it was granted without rights")}
	case killedBy(failed) == syscall.SIGPIPE: // by the end of who read, as this process would have been
		return &exit{code: exitSignalled + int(syscall.SIGPIPE)}
	case failed.ExitCode() < 0:
		return &exit{code: exitBroken, err: fmt.Errorf("the run in a private network ended by itself: %s", strings.TrimSpace(failed.String()))}
	}
	return &exit{code: failed.ExitCode()}
}

// killedBy is the signal that ended a process; negative if none did.
func killedBy(e *exec.ExitError) syscall.Signal {
	if status, ok := e.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal()
	}
	return -1
}

// A remembered writer keeps the first error of what it writes to: the copy
// learns only that its pipe was closed.
type remembered struct {
	to  io.Writer
	err error
}

// Write writes through.
func (r *remembered) Write(p []byte) (int, error) {
	n, err := r.to.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

// direct is a file itself, which the copy can write to, and see fail, by itself.
func (r *remembered) direct() io.Writer {
	if f, ok := r.to.(*os.File); ok {
		return f
	}
	return r
}
