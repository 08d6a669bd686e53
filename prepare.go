package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"rstorm/kernel"
	"rstorm/results"
	"rstorm/runner"
	"rstorm/scenarios"
)

// prepare readies all that is needed to play the suite, and refuses what can't be
// had before anything is sent. The runner is nil if there is nothing left to do
// here: a copy of this program in a private network has played the suite, or err
// says why nobody can.
func (o *runOptions) prepare(ctx context.Context, s streams, args []string, suite *scenarios.Suite) (r *runner.Runner, packets *packetFile, err error) {
	if r, err = o.runner(ctx); err != nil {
		return nil, nil, err
	}
	if err = suits(suite, r.Target); err != nil {
		return nil, nil, err
	}
	if err = o.probeOutput(); err != nil {
		return nil, nil, err
	}
	done, err := o.isolation(ctx, s, args, suite)
	if done {
		return nil, nil, err
	}
	r.Isolated, r.Unisolated = kernel.Isolated(), err
	if packets, err = o.capturing(r); err != nil {
		return nil, nil, err
	}
	return r, packets, nil
}

// unplayable is the usage error for a client that can't be played; nil if err is
// something else.
func unplayable(err error, packets *packetFile) error {
	unable, ok := errors.AsType[*runner.UnableError](err)
	if !ok {
		return nil
	}
	return usage(errors.Join(unable, packets.drop()), "rstorm adapter check -- CMD tells what is wrong with a client", "nothing was sent")
}

// A measurement is what a command has to tell in the end, whole or a part of it.
type measurement struct {
	what        string // as in "the report"
	json, print func(io.Writer) error
	partial     string // says that it was interrupted
	held        bool
}

// tell writes what was measured wherever it goes, and turns the outcome into an
// exit. errs were met before.
func (o *runOptions) tell(ctx context.Context, s streams, m measurement, err error, errs ...error) error {
	if o.output != "" { // first: a closed pipe at the standard output ends the program
		errs = append(errs, results.WriteFile(o.output, m.json))
	}
	if e := m.print(s.out); e != nil {
		errs = append(errs, fmt.Errorf("print %s: %w", m.what, e))
	}
	interrupted := err != nil && ctx.Err() != nil
	if interrupted && errors.Is(err, context.Cause(ctx)) {
		err = errors.New(m.partial)
	}
	switch err = errors.Join(append(errs, err)...); {
	case interrupted:
		return &exit{code: exitInterrupted, err: err}
	case err != nil:
		return &exit{code: exitBroken, err: err}
	case !m.held:
		return &exit{code: exitFailed}
	}
	return nil
}
