package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"rstorm/faults"
	"rstorm/results"
	"rstorm/runner"
)

// sweepOptions are the flags of sweep: some of run's, and its own.
type sweepOptions struct {
	runOptions
	param, from, to  string
	bound            string
	atMost           time.Duration
	trials, commands int
	as               string
}

// shared are the flags that sweep has in common with run.
var shared = []string{"file", "suite", "scenario", "strategy", "client", "client-profile", "target", "ca", "insecure", "toxiproxy", "allow-public",
	"seed", "parallel", "isolate", "capture", "output", "quiet", "verbose"}

func sweepFlags(o *sweepOptions) *pflag.FlagSet {
	run := runFlags(&o.runOptions)
	o.command = "sweep"
	flags := pflag.NewFlagSet(o.command, pflag.ContinueOnError)
	flags.SortFlags = false
	flags.StringVar(&o.param, "param", "", "the setting to change, by the `PATH` of its keys: load.gap, load.rate, load.clients, device.service_time, device.faults.0.delay or device.faults.half-close.delay, link.latency.latency, strategy.attempts")
	flags.StringVar(&o.from, "from", "", "least `VALUE` of the setting, written as in a scenarios file")
	flags.StringVar(&o.to, "to", "", "greatest `VALUE` of the setting")
	flags.StringVar(&o.bound, "bound", "99%", "the `SHARE` of successes to look for, as in 99% or 'success 99%'")
	flags.DurationVar(&o.atMost, "time", time.Minute, "begin no more trials of a strategy once it has taken about `TIME`, but for the first three; those under way are played to their end, and what is known then is printed")
	flags.IntVar(&o.trials, "trials", 500, "play at most `N` trials per strategy: several for each value, as many as it takes to tell")
	flags.IntVar(&o.commands, "commands", 0, "`N` commands of each client in each trial (default the scenario's, at most 100 and about 3s; a load bounded by time stays so)")
	for _, name := range shared {
		flags.AddFlag(run.Lookup(name))
	}
	flags.StringVar(&o.as, "format", results.CurveFormats[0].Name, "print the curves as `NAME`: "+strings.Join(curveFormatNames(), ", "))
	return flags
}

func curveFormatNames() []string {
	var names []string
	for _, f := range results.CurveFormats {
		names = append(names, f.Name)
	}
	return names
}

func runSweep(ctx context.Context, s streams, args []string) error {
	var o sweepOptions
	if err := parse(s, sweepFlags(&o), args, 0); err != nil {
		return err
	}
	format, bound, err := o.check()
	if err != nil {
		return err
	}
	labels := o.strategies
	o.strategies = nil // a strategy need not be the scenario's
	suite, name, err := o.load(ctx, s.in)
	if err != nil {
		return err
	}
	curves, err := o.plan(suite, labels)
	if err != nil {
		return err
	}
	r, packets, err := o.prepare(ctx, s, args, suite)
	if r == nil {
		return err
	}
	if r.Target != (runner.Target{}) {
		r.Parallel = 1 // it is one device, which trials side by side would share
	}
	p := &practice{options: &o, runner: r, suite: suite, bound: bound}
	out, err := p.all(ctx, s, curves)
	if e := unplayable(err, packets); e != nil {
		return e
	}
	out.Suite = identify(name, suite)
	return o.finish(ctx, s, format, out, err)
}

// check refuses flags that make no sense, all at once, and reads the bound.
func (o *sweepOptions) check() (format results.CurveFormat, bound float64, err error) {
	_, err = o.runOptions.check()
	var errs []error
	if e, ok := errors.AsType[*exit](err); ok {
		errs = append(errs, e.err)
	}
	for _, f := range []struct{ name, value string }{{"param", o.param}, {"from", o.from}, {"to", o.to}} {
		if f.value == "" {
			errs = append(errs, fmt.Errorf("--%s is missing", f.name))
		}
	}
	if o.atMost <= 0 {
		errs = append(errs, fmt.Errorf("--time is %v, want more than 0", o.atMost))
	}
	if o.trials < 2 || o.trials > most {
		errs = append(errs, fmt.Errorf("--trials is %d, want 2 to %d", o.trials, most))
	}
	if o.commands < 0 || o.commands > most {
		errs = append(errs, fmt.Errorf("--commands is %d, want 1 to %d, or 0 for the default", o.commands, most))
	}
	bound, err = parseBound(o.bound)
	errs = append(errs, err)
	i := slices.IndexFunc(results.CurveFormats, func(f results.CurveFormat) bool { return f.Name == o.as })
	if i < 0 {
		errs = append(errs, fmt.Errorf("unknown format %q, want %s", o.as, strings.Join(curveFormatNames(), ", ")))
	}
	if err := errors.Join(errs...); err != nil {
		return format, 0, usage(err, "rstorm help sweep explains the flags")
	}
	return results.CurveFormats[i], bound, nil
}

// parseBound reads "99%", "0.99" or either behind the word success.
func parseBound(text string) (float64, error) {
	var p faults.Probability
	share := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "success"))
	if err := p.UnmarshalText([]byte(share)); err != nil {
		return 0, fmt.Errorf("--bound %q: want a share of successes, as in 99%% or 'success 99%%'", text)
	}
	if p <= 0 || p >= 1 {
		return 0, fmt.Errorf("--bound is %v, want more than 0%% and less than 100%%: no number of trials could show that", p)
	}
	return float64(p), nil
}

// finish writes the curves wherever they go, also a part of them, and turns the
// outcome into an exit.
func (o *sweepOptions) finish(ctx context.Context, s streams, format results.CurveFormat, out *results.Sweep, err error) error {
	return o.tell(ctx, s, measurement{
		what:    "the curves",
		json:    func(w io.Writer) error { return results.WriteCurvesJSON(w, out) },
		print:   func(w io.Writer) error { return format.Write(w, out) },
		partial: "interrupted: the curves are partial",
		held:    !slices.ContainsFunc(out.Curves, func(c results.Curve) bool { return !c.Decided() }),
	}, err)
}
