// Package runner plays suites: it puts up each trial's device and link, drives
// its commands through the strategy, joins by command id what the caller, the
// link's log and the device's ledger say, and has the outcome judged.
package runner

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync/atomic"
	"time"

	"rstorm/clients/adapter"
	"rstorm/results"
	"rstorm/scenarios"
	"rstorm/wire/live"
)

// A Runner plays suites. Its zero value plays them once, one trial at a time,
// against the embedded device behind the embedded link.
type Runner struct {
	Seed       uint64
	Repeat     int      // repetitions of every trial; below 1 is 1
	Parallel   int      // trials that may overlap when they mostly wait; below 1 is 1
	Target     Target   // a real device in place of the embedded one
	Toxiproxy  string   // API of a stock Toxiproxy server in place of the embedded link
	Isolated   bool     // this process is alone in a private network: packets may be bent, sysctls set
	Unisolated error    // why it is not, for skipped scenarios to say; nil if no private network was wanted
	Wanted     []string // labels of strategies that must not all be left out: see [UnableError]
	Device     []string // command that runs a device as a process of its own, see [device.Spawn]; for profiles that crash

	Capture    live.Mode  // which packets are captured; empty is none
	Uncaptured error      // why packets are not captured although that was wanted, for the report to say; nil if it was not
	Findings   int        // findings that a trial keeps; below 1 is 20. All are counted
	Ladders    int        // of these, how many get their packets drawn
	Packets    PacketSink // gets every packet captured; may be nil

	// Observe is told when a trial begins and ends; it may be nil. It is
	// called from several goroutines at once.
	Observe func(Progress)
}

// A Target is a device that was there before. Its zero value is none.
type Target struct {
	Address string // host:port to connect to
	Host    string // for the Host field
	Prefix  string // path before every command's own, without a trailing slash

	// TLS is whom to trust; nil is no TLS. With it scenarios of https and h2
	// are played, without it those of http and h2c.
	TLS *tls.Config
	CA  string // TLS.RootCAs as PEM, for clients of other processes; empty if they are the system's
}

// Progress tells of one trial.
type Progress struct {
	Scenario, Strategy string
	Repetition         int
	Commands           int            // due in all; 0 if the load is bounded by time
	Duration           time.Duration  // of the load, if it is bounded by time
	Done               func() int     // commands done so far; cheap, at any time
	Ended              *results.Trial // nil when the trial begins
}

// Run plays every scenario with each of its strategies and returns the report,
// judged, in the suite's order. When ctx ends it stops at once and returns what
// was measured, marked as partial, with ctx's cause as the error. Any other
// error says that the harness could not do its work; the report then holds
// what was done before. If it is an [*UnableError] nothing was sent.
func (r *Runner) Run(ctx context.Context, suite *scenarios.Suite) (*results.Report, error) {
	report := &results.Report{Schema: results.Schema, Seed: r.Seed, Began: time.Now()}
	before := readKernel()
	report.Environment = r.environment()
	c, uncaptured := r.openCapture()
	report.Fidelity, report.Environment.FidelityNote = c.fidelity(before, uncaptured)
	report.Notes = r.limits()
	able, skipped := r.skip(suite)
	playable, left := r.playable(able)
	report.Notes = append(report.Notes, left...)

	var adapters adapter.Pool
	playable, out, err := r.leaveOut(ctx, playable, &adapters)
	if err == nil && r.Target == (Target{}) && r.Toxiproxy == "" {
		report.Overhead, err = measureOverhead(ctx, r.Seed)
	}
	if err == nil {
		var all []played
		all, err = r.playAll(ctx, common{capture: c, adapters: &adapters, began: report.Began}, playable)
		for _, p := range all {
			p.trial.Certificate = p.group.of()
			report.Trials = append(report.Trials, *p.trial)
		}
		report.Scenarios = r.judgeScenarios(suite, all, skipped, out)
		report.Recommend()
	}
	err = errors.Join(err, adapters.Close())
	report.Environment.FidelityNote = c.shortcomings(report.Environment.FidelityNote, r.Capture, report.Trials)
	said, failed := c.close()
	report.Notes, err = append(report.Notes, said...), errors.Join(err, failed)
	report.Kernel = kernelSince(readKernel(), before)
	report.Elapsed = time.Since(report.Began)
	report.Partial = err != nil
	report.Judge()
	return report, err
}

// common is what the trials of a run share.
type common struct {
	capture  *capture // nil if packets are not captured
	adapters *adapter.Pool
	began    time.Time
}

// A played is a trial that was played, with the commands it is made of.
type played struct {
	trial   *results.Trial // nil if it was not played
	records []results.Record
	group   *group // nil if packets were not captured
}

// playAll plays the trials that mostly wait first, overlapping, and then those
// that compute, each alone: a busy neighbour would be measured with them. The
// first error stops the rest.
func (r *Runner) playAll(ctx context.Context, c common, suite *scenarios.Suite) ([]played, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	jobs := r.jobs(suite)
	all := make([]played, len(jobs))
	play := func(j job) {
		if ctx.Err() != nil {
			return
		}
		var err error
		if all[j.order], err = r.play(ctx, c, j); err != nil {
			stop(fmt.Errorf("%s with %s: %w", j.scenario.Name, j.strategy.Label, err))
		}
	}
	overlap(jobs, max(1, r.Parallel), play)
	all = slices.DeleteFunc(all, func(p played) bool { return p.trial == nil })
	return all, context.Cause(ctx)
}

// play plays one trial and judges what is its own.
func (r *Runner) play(ctx context.Context, c common, j job) (played, error) {
	var done atomic.Int64
	load := &j.scenario.Load
	progress := Progress{Scenario: j.scenario.Name, Strategy: j.strategy.Label, Repetition: j.repetition,
		Commands: load.Clients * load.Commands, Duration: load.Duration, Done: func() int { return int(done.Load()) }}
	r.observe(progress)

	start := time.Now()
	t := trial{runner: r, common: c, job: j, seed: r.trialSeed(j), done: &done}
	evidence, notes, err := t.run(ctx)
	out := &results.Trial{Scenario: j.scenario.Name, Strategy: j.strategy.Label, Uses: j.strategy.Use, Settings: j.strategy.Settings, Repetition: j.repetition,
		Began: start.Sub(c.began), Elapsed: time.Since(start), Partial: err != nil || ctx.Err() != nil, Notes: notes}
	out.Summary, out.ByMethod = results.Summarize(evidence)
	out.Findings, out.FindingsTotal = evidence.Findings, t.findings
	out.Client = about(t.players)
	out.Perturbed, out.Perturbation = perturbed(t.lateness, out.Client != nil)
	disturb(out, t.players)
	out.Verdicts = judgeTrial(j.scenario, out)
	progress.Ended = out
	r.observe(progress)
	return played{out, evidence.Records, t.group}, err
}

func (r *Runner) observe(p Progress) {
	if r.Observe != nil {
		r.Observe(p)
	}
}

// trialSeed depends on the scenario and the repetition but not on the
// strategy: all strategies meet the same fate, a paired comparison.
func (r *Runner) trialSeed(j job) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d %s", r.Seed, j.repetition, j.scenario.Name)
	return h.Sum64()
}
