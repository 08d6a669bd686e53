// Command rstorm fires rapid consecutive HTTP commands at a device through
// faults, with several client strategies, and scores each strategy by what
// its caller was told, what the device executed and what the link saw.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode"

	"github.com/spf13/pflag"
)

// Exit codes. A failed threshold is a finding, not an error.
const (
	exitHeld        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitBroken      = 3
	exitInterrupted = 130
)

// exitCodes explains them, those of diagnose, sweep, explain and adapter apart; help and README are held to
// it.
var exitCodes = []struct {
	code                                                int
	meaning, diagnosing, sweeping, explaining, checking string
}{
	{exitHeld, "every threshold held", "no connection ended badly", "every curve crosses the bound, or clearly lies on one side of it", "the text is known", "every rule was kept"},
	{exitFailed, "a threshold failed or had no data, or none was judged; the report is whole", "a connection ended badly, or nothing can be said of any", "a curve is undecided, or there is no data", "nobody here knows the text", "a rule was broken"},
	{exitUsage, "usage or file error; nothing was sent", "usage error, not a capture, or no TCP connection in it", "usage or file error; nothing was sent", "usage error", "usage error"},
	{exitBroken, "the harness could not finish", "a capture could not be read to its end; what came before is told", "the harness could not finish", "standard input could not be read, or the explanation not be printed", "the harness could not check"},
	{exitInterrupted, "interrupted; the report is partial and marked so", "interrupted; what came before is told", "interrupted; what was measured is told", "interrupted", "interrupted; not every rule was checked"},
}

// A command is a subcommand. It returns nil, or an error that may be an
// *exit; any other error is the harness's own failure.
type command struct {
	name, args, doc string
	run             func(ctx context.Context, s streams, args []string) error
}

// commands lists every subcommand. A new one is a file and a line here.
func commands() []command {
	return []command{
		{"run", "[flags]", "play scenarios, score every strategy, judge the thresholds", runRun},
		{"sweep", "[flags]", "find the value of a setting at which success crosses a bound", runSweep},
		{"list", "[flags] [" + strings.Join(topics(), " | ") + "]", "print what scenarios can name", runList},
		{"diagnose", "[flags] FILE...", "explain captures: which connections ended badly, why, and what to do", runDiagnose},
		{"adapter", "check [flags] -- COMMAND...", "tell what is wrong with a client of one's own, in any language", runAdapter},
		{"explain", "[flags] TEXT... | -", "say what an error text of a common HTTP client means; - reads standard input", runExplain},
		{"device", "[flags]", "run a device alone, for a phone or another tool to talk to", runDevice},
		{"validate", "[flags]", "check a scenarios file; send nothing", runValidate},
		{"version", "", "print version, Go and system", runVersion},
		{"help", "[command]", "explain a command", runHelp},
	}
}

// streams are the program's standard streams: results go to out, all else to
// err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	log.SetOutput(io.Discard) // net/http remarks on idle connections there; they are what we test
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program, without the process around it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	s := streams{stdin, stdout, stderr}
	err := dispatch(ctx, s, args)
	switch e, ok := errors.AsType[*exit](err); {
	case err == nil || errors.Is(err, pflag.ErrHelp):
		return exitHeld
	case ok:
		e.print(stderr)
		return e.code
	default:
		(&exit{code: exitBroken, err: err}).print(stderr)
		return exitBroken
	}
}

func dispatch(ctx context.Context, s streams, args []string) error {
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" {
		return runHelp(ctx, s, nil)
	}
	if c := find(args[0]); c != nil {
		return c.run(ctx, s, args[1:])
	}
	return usage(fmt.Errorf("unknown command %q", args[0]), "rstorm help lists the commands")
}

func find(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return &c
		}
	}
	return nil
}

// An exit is an error that knows its exit code and how to mend it.
type exit struct {
	code  int
	err   error // nil if all has been said already
	hints []string
}

// Error is the text of what went wrong.
func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

// Unwrap returns the cause.
func (e *exit) Unwrap() error { return e.err }

// print writes each line of the error, and each hint, in the form that every
// complaint of rstorm has.
func (e *exit) print(w io.Writer) {
	if e.err != nil {
		for line := range strings.Lines(e.err.Error()) {
			fmt.Fprintf(w, "rstorm: error: %s\n", strings.Map(shown, strings.TrimRight(line, "\r\n")))
		}
	}
	for _, h := range e.hints {
		fmt.Fprintf(w, "rstorm: hint: %s\n", h)
	}
}

// empty names a flag that was given without a value, as by an unset variable: it
// does not mean what leaving it out means. The result is empty if there is none.
func empty(flags *pflag.FlagSet) (name string) {
	flags.Visit(func(f *pflag.Flag) {
		if v := f.Value.String(); v == "" || v == "[]" {
			name = f.Name
		}
	})
	return name
}

// shown replaces what would act on a terminal instead of being shown there.
func shown(r rune) rune {
	if unicode.IsControl(r) {
		return unicode.ReplacementChar
	}
	return r
}

func usage(err error, hints ...string) error { return &exit{exitUsage, err, hints} }

// parse reads a subcommand's flags and refuses arguments beyond most. Asked
// for help it prints it and returns pflag.ErrHelp.
func parse(s streams, flags *pflag.FlagSet, args []string, most int) error {
	flags.SetOutput(s.err)
	flags.Usage = func() {}
	switch err := flags.Parse(args); {
	case errors.Is(err, pflag.ErrHelp):
		explain(s.out, *find(flags.Name()), flags)
		return err
	case err != nil:
		return usage(err, "rstorm help "+flags.Name()+" explains the flags")
	case empty(flags) != "":
		return usage(fmt.Errorf("--%s is empty", empty(flags)), "leave the flag out, or give it a value")
	case flags.NArg() > most:
		return usage(fmt.Errorf("unexpected argument %q", flags.Arg(most)), "rstorm help "+flags.Name()+" shows the form")
	}
	return nil
}
