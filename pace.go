package main

import (
	"rstorm/results"
	"rstorm/scenarios"
)

// keeping is the share of a rate that has to be sent for the rate to count as
// played.
const keeping = 0.8

// z95 is the normal quantile of an interval of 95 %.
const z95 = 1.959963984540054

// A pace is what was sent of the rates that were asked for. Commands that wait
// for those before them come late, however many succeed: what they came to says
// nothing about the rate.
type pace struct {
	bound float64 // on success
	sent  float64 // the highest rate that was indeed sent, in commands a second, where success was not clearly below the bound
}

// unsent reports whether a trial's rate could not be sent. Where success is
// clearly below the bound all the same, the trial tells that the rate is too high.
func (p *pace) unsent(load *scenarios.Load, s *results.Summary) bool {
	if load.Rate <= 0 || s.Commands == 0 {
		return false
	}
	if _, _, high := results.Wilson(s.OK, s.Commands, z95); high < p.bound {
		return false
	}
	sent := sentAt(load, s)
	p.sent = max(p.sent, sent)
	return sent < keeping*load.Rate
}

// sentAt is the rate at which commands were sent that should have come at the
// load's: those that wait for the one before them make the trial longer by their
// wait.
func sentAt(load *scenarios.Load, s *results.Summary) float64 {
	wait := max(0, s.Latency.P99-s.Service.P99).Seconds()
	should := float64(s.Commands) / load.Rate
	return load.Rate * should / (should + wait)
}
