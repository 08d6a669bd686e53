package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"rstorm/results"
	"rstorm/runner"
	"rstorm/wire/live"
)

// The words of --capture, beside the modes of a capture.
const (
	captureAuto = "auto" // full, where it can be had
	captureOff  = "off"
)

var captureWords = []string{captureAuto, captureOff, string(live.Control), string(live.Full)}

// mostLadders bounds --ladder: whoever wants more wants --pcap.
const mostLadders = 1000

func (o *runOptions) addCapture(flags *pflag.FlagSet) {
	flags.StringVar(&o.capture, "capture", captureAuto, "capture packets: `WORD` is auto (full, where it can be had), off, control (SYN, FIN and RST only, which tells fewer causes apart) or full")
	flags.IntVar(&o.ladders, "ladder", 0, "draw the packets of each trial's first `N` findings, as in --ladder=3")
	flags.Lookup("ladder").NoOptDefVal = "1"
	flags.StringVar(&o.pcap, "pcap", "", "write what was captured to a pcapng `FILE`, with comments that name commands and causes")
}

// checkCapture refuses flags of the capture that make no sense.
func (o *runOptions) checkCapture() (errs []error) {
	if !slices.Contains(captureWords, o.capture) {
		errs = append(errs, fmt.Errorf("--capture is %q, want %s", o.capture, strings.Join(captureWords, ", ")))
	}
	if o.ladders < 0 || o.ladders > mostLadders {
		errs = append(errs, fmt.Errorf("--ladder is %d, want 0 to %d", o.ladders, mostLadders))
	}
	if o.pcap == "-" {
		errs = append(errs, errors.New("--pcap wants a file: standard output is the report's"))
	}
	if o.pcap != "" && o.output != "" && (filepath.Clean(o.pcap) == filepath.Clean(o.output) || sameFile(o.pcap, o.output)) {
		errs = append(errs, errors.New("--pcap and --output name the same file"))
	}
	for _, out := range []struct{ flag, name string }{{"--pcap", o.pcap}, {"--output", o.output}} {
		if out.name != "" && sameFile(out.name, o.file) {
			errs = append(errs, fmt.Errorf("%s names the scenarios file %s, which it would write over", out.flag, o.file))
		}
	}
	if o.capture == captureOff && (o.pcap != "" || o.ladders > 0) {
		errs = append(errs, errors.New("--capture off leaves no packets: it contradicts --pcap and --ladder"))
	}
	return errs
}

// keptFindings is how many findings of a trial a report holds, if not more are drawn.
const keptFindings = 20

// uncapturable begins the complaint about packets that were asked for.
const uncapturable = "packets can't be captured here"

// capturing sets what r is to capture, and opens a spool if the packets are to be
// kept. It is an error if they were asked for in so many words and can't be had.
func (o *runOptions) capturing(r *runner.Runner) (*packetFile, error) {
	r.Ladders, r.Findings = o.ladders, max(keptFindings, o.ladders)
	switch o.capture {
	case captureOff:
		r.Uncaptured = errors.New("--capture off")
		return nil, nil
	case captureAuto:
		r.Capture = live.Full
	default:
		r.Capture = live.Mode(o.capture)
	}
	if o.capture == captureAuto && o.pcap == "" {
		return nil, nil // where it can't be had the report says so
	}
	if err := tryCapture(r.Capture); err != nil {
		return nil, &exit{exitBroken, fmt.Errorf("%s: %w", uncapturable, errors.Join(err, r.Unisolated)), []string{"nothing was sent"}}
	}
	if o.pcap == "" {
		return nil, nil
	}
	packets, err := openPackets(o.pcap)
	r.Packets = packets
	return packets, err
}

// noted adds to a report on less than packets why there is no private network to
// capture them in, if one was wanted.
func noted(report *results.Report, r *runner.Runner) {
	if r.Capture != "" && report.Fidelity < 2 && r.Unisolated != nil {
		report.Environment.FidelityNote += fmt.Sprintf(" And %v.", r.Unisolated)
	}
}

// tryCapture reports why packets can't be captured here.
func tryCapture(mode live.Mode) error {
	c, err := live.Open(live.Config{Mode: mode})
	if err != nil {
		return err
	}
	return c.Close()
}
