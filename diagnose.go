package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"rstorm/results"
	"rstorm/wire/diagnosis"
	"rstorm/wire/portrait"
)

// diagnoseOptions are the flags of diagnose.
type diagnoseOptions struct {
	format       string
	all, mermaid bool
	evidence     bool
	ladder       int
	connections  []int
	host, since  string
	port         uint16
	scenario     string
}

func diagnoseFlags(o *diagnoseOptions) *pflag.FlagSet {
	flags := pflag.NewFlagSet("diagnose", pflag.ContinueOnError)
	flags.SortFlags = false
	flags.StringVar(&o.format, "format", diagnosis.Formats[0].Name, "print the diagnosis as `NAME`: "+strings.Join(diagnosisFormats(), ", "))
	flags.BoolVar(&o.all, "all", false, "tell also of connections that ended well")
	flags.IntVar(&o.ladder, "ladder", 3, "draw the packets of the first `N` connections that ended badly, and say what the causes rest on")
	flags.BoolVar(&o.evidence, "evidence", false, "say of all of them what the causes rest on, also where no packets are drawn")
	flags.BoolVar(&o.mermaid, "mermaid", false, "draw Mermaid sequence diagrams")
	flags.IntSliceVar(&o.connections, "conn", nil, "only the connections of these numbers, a `LIST` with commas, and draw them; numbers are Wireshark's tcp.stream")
	flags.StringVar(&o.host, "host", "", "only connections of this `ADDR`, or of a network such as 10.0.0.0/8")
	flags.Uint16Var(&o.port, "port", 0, "only connections of port `N`, at either end")
	flags.StringVar(&o.since, "since", "", "only connections with a packet at `TIME` or later: as in RFC 3339, or since a file's first packet, as in 1.5s")
	flags.StringVar(&o.scenario, "scenario", "", "write to `FILE` a scenario that plays what the captures show")
	return flags
}

func diagnosisFormats() []string {
	var names []string
	for _, f := range diagnosis.Formats {
		names = append(names, f.Name)
	}
	return names
}

func runDiagnose(ctx context.Context, s streams, args []string) error {
	var o diagnoseOptions
	flags := diagnoseFlags(&o)
	if err := parse(s, flags, args, math.MaxInt); err != nil {
		return err
	}
	if flags.Changed("port") && o.port == 0 {
		return usage(errors.New("--port is 0, want 1 to 65535"))
	}
	files := flags.Args()
	d, err := o.check(s.out, files)
	if err != nil {
		return usage(err, "rstorm help diagnose explains the flags")
	}
	p := portrait.New()
	if o.scenario != "" {
		if err := results.Writable(o.scenario); err != nil {
			return &exit{exitBroken, fmt.Errorf("the scenario can't be written: %w", err), []string{"nothing was read"}}
		}
		d.Ended, d.Exchanged = p.Ended, p.Exchanged
	}
	read := readCaptures(ctx, s, d, files)
	report, written := d.Close()
	if o.scenario != "" && ctx.Err() == nil && report.Totals.Connections > 0 {
		written = errors.Join(written, results.WriteFile(o.scenario, func(w io.Writer) error {
			return p.WriteScenario(w, strings.Join(files, ", "))
		}))
	}
	return diagnosed(ctx, report, read, written)
}

// check turns the flags into a diagnosis. It refuses flags that make no sense
// and files that are not there, all at once.
func (o *diagnoseOptions) check(out io.Writer, files []string) (*diagnosis.Diagnosis, error) {
	d := &diagnosis.Diagnosis{All: o.all, Ladders: o.ladder, Spell: o.evidence, Mermaid: o.mermaid}
	d.Scope.Port, d.Scope.Numbers = o.port, o.connections
	var errs []error
	i := slices.Index(diagnosisFormats(), o.format)
	if i < 0 {
		errs = append(errs, fmt.Errorf("unknown format %q, want %s", o.format, strings.Join(diagnosisFormats(), ", ")))
	} else {
		d.Writer = diagnosis.Formats[i].New(out)
	}
	var err error
	if o.host != "" {
		d.Scope.Host, err = diagnosis.ParseHost(o.host)
		errs = append(errs, flawed("--host", err))
	}
	if o.since != "" {
		d.Scope.Since, err = diagnosis.ParseSince(o.since)
		errs = append(errs, flawed("--since", err))
	}
	if o.ladder < 0 || len(o.connections) > 0 && slices.Min(o.connections) < 0 {
		errs = append(errs, errors.New("--ladder and --conn are numbers from 0"))
	}
	if o.mermaid && o.ladder == 0 && len(o.connections) == 0 {
		errs = append(errs, errors.New("--mermaid and --ladder 0 contradict each other"))
	}
	if o.scenario == "-" {
		errs = append(errs, errors.New("--scenario wants a file"))
	}
	if slices.ContainsFunc(files, func(name string) bool { return sameFile(name, o.scenario) }) {
		errs = append(errs, errors.New("--scenario names a capture, which it would write over"))
	}
	if len(files) == 0 {
		errs = append(errs, errors.New("no capture to read: name a file, or - for standard input"))
	}
	for _, name := range files {
		errs = append(errs, present(name))
	}
	return d, errors.Join(errs...)
}

// flawed says which flag an error is about.
func flawed(flag string, err error) error {
	if err != nil {
		err = fmt.Errorf("%s: %w", flag, err)
	}
	return err
}

// diagnosed turns what came out into an exit.
func diagnosed(ctx context.Context, r *diagnosis.Report, read, written error) error {
	err := errors.Join(read, written)
	switch {
	case ctx.Err() != nil:
		return &exit{code: exitInterrupted, err: err}
	case written != nil:
		return &exit{code: exitBroken, err: err}
	case read != nil && r.Totals.Packets.Read == 0:
		return usage(err, "rstorm reads pcap and pcapng, plain or compressed with gzip")
	case read != nil:
		return &exit{code: exitBroken, err: err, hints: []string{"what came before is in the diagnosis"}}
	case r.Totals.Connections == 0 && r.Totals.Elsewhere > 0:
		return usage(fmt.Errorf("none of %d TCP connections is in scope", r.Totals.Elsewhere))
	case r.Totals.Connections == 0:
		return usage(fmt.Errorf("no TCP connection in %d packets", r.Totals.Packets.Read), "no data is no proof that all is well")
	case r.Totals.Bad > 0:
		return &exit{code: exitFailed}
	case r.Totals.Undecided == r.Totals.Connections:
		return &exit{code: exitFailed, err: errors.New("nothing can be said of any connection: the capture ends before one was answered"), hints: []string{"no data is no proof that all is well"}}
	}
	return nil
}
