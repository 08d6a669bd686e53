package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"rstorm/results"
	"rstorm/runner"
	"rstorm/scenarios"
)

// runOptions are the flags of run.
type runOptions struct {
	source
	command           string // whose flags they are; empty is run
	target, toxiproxy string
	ca                string
	insecure          bool
	public            bool
	seed              uint64
	repeat, parallel  int
	output, format    string
	isolate, capture  string
	ladders           int
	pcap              string
	limits            bool
	quiet, verbose    bool
}

func runFlags(o *runOptions) *pflag.FlagSet {
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	flags.SortFlags = false
	o.addFile(flags)
	o.addSelection(flags)
	o.clientOptions.add(flags)
	flags.StringVar(&o.target, "target", "", "a real device's `URL`, in place of the embedded one")
	flags.StringVar(&o.ca, "ca", "", "trust the certificates in this PEM `FILE` for a target of https (default: the system's)")
	flags.BoolVar(&o.insecure, "insecure", false, "trust any certificate of a target of https")
	flags.StringVar(&o.toxiproxy, "toxiproxy", "", "API `URL` of a stock Toxiproxy server, in place of the embedded link; device resets are not observable through it")
	flags.BoolVar(&o.public, "allow-public", false, "allow addresses that are neither loopback nor private")
	flags.Uint64Var(&o.seed, "seed", 1, "`N` that every draw depends on")
	flags.IntVar(&o.repeat, "repeat", 1, "play every trial `N` times, each with draws of its own")
	flags.IntVar(&o.parallel, "parallel", 8, "let at most `N` trials overlap while they wait; those that compute run alone")
	flags.StringVar(&o.isolate, "isolate", isolateAuto, "play in a private network: `WORD` is auto (where only loopback is needed, and packets are captured or a scenario needs it), always or never")
	flags.BoolVar(&o.limits, "limits", false, "then look for the rate above which each scenario's recommended strategy breaks, from 10 to 5000 commands/s: a storm, on a --target too")
	o.addCapture(flags)
	flags.StringVarP(&o.output, "output", "o", "", "write the JSON report to `FILE` as well")
	flags.StringVar(&o.format, "format", "table", "print the report as `NAME`: "+strings.Join(formatNames(), ", "))
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "print no progress")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "print a line when a trial begins, and its notes when it ends")
	return flags
}

func runRun(ctx context.Context, s streams, args []string) error {
	var o runOptions
	if err := parse(s, runFlags(&o), args, 0); err != nil {
		return err
	}
	format, err := o.check()
	if err != nil {
		return err
	}
	suite, name, err := o.load(ctx, s.in)
	if err != nil {
		return err
	}
	r, packets, err := o.prepare(ctx, s, args, suite)
	if r == nil {
		return err
	}
	r.Wanted = o.wanted
	report, err := o.play(ctx, s, r, suite)
	if e := unplayable(err, packets); e != nil {
		return e
	}
	if err == nil && o.limits {
		err = o.findLimits(ctx, s, r, suite, report)
	}
	report.Suite = identify(name, suite)
	noted(report, r)
	if o.pcap != "" && report.Fidelity < 2 {
		err = errors.Join(err, fmt.Errorf("%s any more: %s", uncapturable, report.Environment.FidelityNote))
	}
	report.Environment.Version, report.Environment.Build = version, build()
	return o.finish(ctx, s, format, report, packets, err)
}

// most bounds --repeat and --parallel.
const most = 10_000

// check refuses flags that make no sense, all at once.
func (o *runOptions) check() (results.Format, error) {
	var errs []error
	if o.repeat < 1 || o.repeat > most {
		errs = append(errs, fmt.Errorf("--repeat is %d, want 1 to %d", o.repeat, most))
	}
	if o.parallel < 1 || o.parallel > most {
		errs = append(errs, fmt.Errorf("--parallel is %d, want 1 to %d", o.parallel, most))
	}
	if o.output == "-" {
		errs = append(errs, errors.New("--output wants a file: --format json prints the same to standard output"))
	}
	if !slices.Contains(isolateWords, o.isolate) {
		errs = append(errs, fmt.Errorf("--isolate is %q, want %s", o.isolate, strings.Join(isolateWords, ", ")))
	}
	if o.isolate == isolateAlways && (o.target != "" || o.toxiproxy != "") {
		errs = append(errs, errors.New("--isolate always leaves nothing outside to reach: it contradicts --target and --toxiproxy"))
	}
	if o.quiet && o.verbose {
		errs = append(errs, errors.New("--quiet and --verbose contradict each other"))
	}
	errs = append(errs, o.checkCapture()...)
	i := slices.IndexFunc(results.Formats, func(f results.Format) bool { return f.Name == o.format })
	if i < 0 {
		errs = append(errs, fmt.Errorf("unknown format %q, want %s", o.format, strings.Join(formatNames(), ", ")))
	}
	if len(errs) > 0 {
		return results.Format{}, usage(errors.Join(errs...), "rstorm help run explains the flags")
	}
	return results.Formats[i], nil
}

func formatNames() []string {
	var names []string
	for _, f := range results.Formats {
		names = append(names, f.Name)
	}
	return names
}

func (o *runOptions) play(ctx context.Context, s streams, r *runner.Runner, suite *scenarios.Suite) (*results.Report, error) {
	if !o.quiet {
		fmt.Fprintf(s.err, "rstorm: %s, seed %d\n", count(suite, o.repeat), o.seed)
		p := newProgress(s.err, o.verbose)
		defer p.close()
		r.Observe = p.observe
	}
	return r.Run(ctx, suite)
}

func identify(name string, suite *scenarios.Suite) results.SuiteInfo {
	sum := sha256.Sum256(suite.Text)
	return results.SuiteInfo{File: name, SHA256: hex.EncodeToString(sum[:]), Text: string(suite.Text)}
}

// finish writes the report wherever it goes, also a partial one, and the packets,
// if they were kept, and turns the outcome into an exit.
func (o *runOptions) finish(ctx context.Context, s streams, format results.Format, report *results.Report, packets *packetFile, err error) error {
	return o.tell(ctx, s, measurement{
		what:    "the report",
		json:    func(w io.Writer) error { return results.WriteJSON(w, report) },
		print:   func(w io.Writer) error { return format.Write(w, report) },
		partial: fmt.Sprintf("interrupted: the report is partial (trials begun: %d)", len(report.Trials)),
		held:    report.Held,
	}, err, packets.save(fmt.Sprintf("seed %d, %s", o.seed, report.Suite.File)))
}
