package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
	isolateAuto   = "auto"   // where a scenario needs it and nothing outside is wanted
	isolateAlways = "always" // or not at all
	isolateNever  = "never"
)

var isolateWords = []string{isolateAuto, isolateAlways, isolateNever}

// exitUnraised is what a copy of this program in a private network ends with
// when that network is no use. It never leaves this program.
const exitUnraised = 125

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
	return false, unusable // the scenarios that need it are skipped, and say so
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
	return o.target == "" && o.toxiproxy == "" && slices.ContainsFunc(suite.Scenarios, needs)
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
	copied := exec.CommandContext(ctx, self, append([]string{"run"}, args...)...)
	copied.Cancel = func() error { return copied.Process.Signal(os.Interrupt) }
	copied.Stdin, copied.Stdout, copied.Stderr = s.in, s.out, s.err
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
	case failed.ExitCode() < 0:
		return &exit{code: exitBroken, err: fmt.Errorf("the run in a private network ended by itself: %s", strings.TrimSpace(failed.String()))}
	}
	return &exit{code: failed.ExitCode()}
}
