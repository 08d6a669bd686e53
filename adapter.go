package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"rstorm/clients/adapter"
)

// checkForm is how the command is written.
const checkForm = "rstorm adapter check -- node client.mjs"

// runAdapter checks a user's own client against the rules of its protocol.
func runAdapter(ctx context.Context, s streams, args []string) error {
	flags := pflag.NewFlagSet("adapter", pflag.ContinueOnError)
	profile := flags.String("profile", "", "check most rules with this `PROFILE` of the adapter (default: its first)")
	timeout := flags.Duration("timeout", 2*time.Second, "limit of each request, 500ms to 1m; some rules wait for so long")
	if err := parse(s, flags, args, len(args)); err != nil {
		return err
	}
	command := flags.Args()
	switch dash := flags.ArgsLenAtDash(); {
	case len(command) == 0 || command[0] != "check":
		return usage(errors.New("what to do with the adapter is missing"), "write "+checkForm)
	case dash > 1 || dash < 0 && len(command) > 1:
		return usage(fmt.Errorf("unexpected argument %q", command[1]), "the adapter's command stands after --, as in "+checkForm)
	case len(command) == 1:
		return usage(errors.New("the adapter's command is missing"), "write "+checkForm)
	case *timeout < 500*time.Millisecond || *timeout > time.Minute:
		return usage(fmt.Errorf("--timeout is %v, want 500ms to 1m", *timeout))
	}
	check := adapter.Check{Command: command[1:], Profile: *profile, Timeout: *timeout, Tell: func(f adapter.Finding) { tellFinding(s.out, f) }}
	return conclude(ctx, s.out, check)
}

// conclude plays the check, and makes its end an exit status.
func conclude(ctx context.Context, out io.Writer, check adapter.Check) error {
	wrong, err := check.Run(ctx)
	switch {
	case ctx.Err() != nil:
		return &exit{exitInterrupted, errors.New("interrupted: not every rule was checked"), nil}
	case err != nil:
		return &exit{exitBroken, fmt.Errorf("check the adapter: %w", err), nil}
	case wrong > 0:
		fmt.Fprintf(out, "\nrules broken: %d\n", wrong)
		return &exit{code: exitFailed, hints: []string{"docs/adapters.md explains the rules and has a whole adapter to begin with"}}
	}
	_, err = fmt.Fprintln(out, "\nall rules kept")
	return err
}

// tellFinding writes what became of one rule on one line, however much an
// adapter had to say.
func tellFinding(out io.Writer, f adapter.Finding) {
	line := fmt.Sprintf("%-5s  %s", f.Verdict, f.Rule)
	switch f.Verdict {
	case adapter.Wrong:
		line += ": got " + f.Got
		if f.Want != "" {
			line += "; want " + f.Want
		}
		if f.Mend != "" && f.Mend != f.Want {
			line += "; " + f.Mend
		}
	case adapter.LeftOut, adapter.Told:
		line += ": " + f.Got
	}
	if !utf8.ValidString(line) {
		line = strings.ToValidUTF8(line, "\uFFFD")
	}
	fmt.Fprintln(out, strings.Map(shown, line))
}
