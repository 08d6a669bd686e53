package sweep

import "math"

// replicas is how many trials a value must have before it may enclose a
// crossing, and more once trials seem to differ: from few nobody can tell how
// often their commands share a fate.
func (h *hunt) replicas() int {
	if h.phi < differing {
		return 5
	}
	return 12
}

// differing is a dispersion that chance alone seldom makes.
const differing = 1.5

// A tally is a trial that counts.
type tally struct{ commands, ok int }

// dispersion is how many times as much trials of one value differ as they would
// if their commands were independent draws: Pearson's statistic over its degrees
// of freedom, of all values together, at least 1 (P. McCullagh, J. A. Nelder,
// Generalized Linear Models, 2nd edition 1989, section 4.5). Commands of a trial
// that share a fate, such as a device that is down for a second, make it larger.
// A value of which every command or none succeeded tells nothing of it.
func (h *hunt) dispersion() float64 {
	var chi2, df float64
	for _, p := range h.points {
		share := p.share()
		if p.OK == 0 || p.OK == p.Commands {
			continue
		}
		for _, t := range p.tallies {
			n := float64(t.commands)
			apart := float64(t.ok) - n*share
			chi2 += apart * apart / (n * share * (1 - share))
		}
		df += float64(len(p.tallies) - 1)
	}
	if df == 0 {
		return 1
	}
	return max(1, chi2/df)
}

// wider is z for an interval whose variance the dispersion inflates: a Wilson
// interval is where the difference is z standard deviations.
func (h *hunt) wider(z float64) float64 { return z * math.Sqrt(h.phi) }
