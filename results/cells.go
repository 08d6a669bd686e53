package results

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// success is a share and its interval, rounded outwards.
func (p *page) success(s *Summary) string {
	if !s.Success.Known() {
		p.none = true
		return "    -"
	}
	low, high := math.Floor(100*float64(s.SuccessLow)), math.Ceil(100*float64(s.SuccessHigh))
	return fmt.Sprintf("%5.1f %% [%.0f..%.0f]", percentOf(s.OK, s.Commands), low, high)
}

// percentOf is a share that never reads as all where it is short of all, nor as
// nothing where it is above nothing.
func percentOf(ok, n int) float64 {
	percent := math.Round(1000*float64(ok)/float64(n)) / 10
	if ok < n {
		percent = min(percent, 99.9)
	}
	if ok > 0 {
		percent = max(percent, 0.1)
	}
	return percent
}

func (p *page) count(c Count) string {
	if !c.Known() {
		p.unknown = true
		return "?"
	}
	return itoa(int(c))
}

func (p *page) resets(r *Resets) string { return itoa(r.Seen) + "/" + p.count(r.Connections) }

// time is one of q's quantiles.
func (p *page) time(q *Quantiles, d time.Duration) string {
	if q.N == 0 {
		p.none = true
		return "-"
	}
	return shortTime(d)
}

func (p *page) verdict(verdicts []Verdict) string {
	switch j := worst(verdicts); j {
	case Missed:
		return "FAILED"
	case Skipped:
		p.none = true
		return "-"
	default:
		return string(j)
	}
}

// shortTime writes three digits and a unit of ASCII letters.
func shortTime(d time.Duration) string {
	unit, name := time.Microsecond, "us"
	switch {
	case d >= time.Second:
		unit, name = time.Second, "s"
	case d >= time.Millisecond:
		unit, name = time.Millisecond, "ms"
	}
	v := float64(d) / float64(unit)
	decimals := 2
	switch {
	case v >= 99.95 || v == 0:
		decimals = 0
	case v >= 9.995:
		decimals = 1
	}
	return strconv.FormatFloat(v, 'f', decimals, 64) + name
}
