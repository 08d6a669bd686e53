package results

import (
	"math"
	"slices"
	"strings"
	"time"
)

// sound is the success below which a strategy counts as broken.
const sound = 0.99

// A contender is a strategy in a scenario, all its repetitions together, or in
// all scenarios.
type contender struct {
	kind
	trials []*Trial

	commands, ok, attempts int
	harm, ghosts, lost     Count // of control commands
	resets, hidden         Count
	connections, timeWait  Count
	successes              int64 // that have a latency
	timed                  bool  // whether any has
	p50, p90, p99          time.Duration
	partial, broke         bool
	perturbed              bool // in any trial
}

// A kind is what makes a strategy the same in two scenarios.
type kind struct{ label, uses, settings string }

func kindOf(t *Trial) kind { return kind{t.Strategy, t.Uses, t.Settings} }

// named is the strategy as one would write it down, without its settings where
// they are the defaults.
func (k kind) named() string {
	var is []string
	if k.uses != "" && k.uses != k.label {
		is = append(is, k.uses)
	}
	if k.settings != "" {
		is = append(is, k.settings)
	}
	if len(is) == 0 {
		return k.label
	}
	return k.label + " (" + strings.Join(is, ", ") + ")"
}

// contenderOf adds up trials of one strategy.
func contenderOf(trials []*Trial) *contender {
	c := &contender{kind: kindOf(trials[0]), trials: trials}
	var p50s, p90s, p99s []time.Duration
	for _, t := range trials {
		s := &t.Summary
		c.commands, c.ok = c.commands+s.Commands, c.ok+s.OK
		c.attempts, c.hidden = c.attempts+s.Attempts, c.hidden.Plus(s.Resets.Hidden)
		c.harm, c.lost = c.harm.Plus(harm(t)), c.lost.Plus(control(t, func(s *Summary) Count { return s.Lost }))
		c.ghosts = c.ghosts.Plus(control(t, func(s *Summary) Count { return s.Ghosts }))
		c.resets, c.connections = c.resets.Plus(s.Resets.Connections), c.connections.Plus(s.Connections)
		c.timeWait = c.timeWait.Plus(s.TimeWait)
		c.partial, c.broke, c.successes = c.partial || t.Partial, c.broke || broke(t), c.successes+s.Latency.N
		c.perturbed = c.perturbed || t.Perturbed
		if s.Latency.N > 0 {
			p50s, p90s, p99s = append(p50s, s.Latency.P50), append(p90s, s.Latency.P90), append(p99s, s.Latency.P99)
		}
	}
	c.timed, c.p50, c.p90, c.p99 = len(p50s) > 0, middle(p50s), middle(p90s), middle(p99s)
	return c
}

// broke reports whether the trial's client broke, or left commands without a
// report. What it would have come to is not known: of a load bounded by time
// the commands it never began are missing even in the denominator.
func broke(t *Trial) bool {
	return t.Client != nil && t.Client.Broke != "" || t.Summary.Outcomes[Unreported] > 0
}

// control adds up a count over the commands that are not safe, as harm does.
func control(t *Trial, count func(*Summary) Count) Count {
	if len(t.ByMethod) == 0 {
		return count(&t.Summary)
	}
	var sum Count
	for method, s := range t.ByMethod {
		if !safe(method) {
			sum = sum.Plus(count(&s))
		}
	}
	return sum
}

// middle is the median; of an even number the mean of the middle two.
func middle(times []time.Duration) time.Duration {
	n := len(times)
	if n == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[(n-1)/2] + (sorted[n/2]-sorted[(n-1)/2])/2
}

func (c *contender) success() Rate {
	share, _, _ := wilson(c.ok, c.commands)
	return Rate(share)
}

// broken reports whether the success is below what is sound, beyond noise.
func (c *contender) broken() bool {
	_, _, high := wilson(c.ok, c.commands)
	return high < sound
}

// breaks reports whether nobody should rely on the strategy here.
func (c *contender) breaks() bool { return c.harm > 0 || c.broken() }

// unpaired is how much greater the share a in m is than b in n, and the lower
// end of its 95 % interval (R. G. Newcombe, Interval estimation for the
// difference between independent proportions, Statistics in Medicine 17, 1998,
// method 10): wider than the interval of pairs that meet the same fate.
func unpaired(a, m, b, n int) (diff, low, high float64) {
	p, pLow, pHigh := wilson(a, m)
	q, qLow, qHigh := wilson(b, n)
	return p - q, p - q - math.Hypot(p-pLow, qHigh-q), p - q + math.Hypot(pHigh-p, q-qLow)
}
