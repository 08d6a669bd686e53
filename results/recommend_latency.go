package results

import (
	"cmp"
	"time"
)

// tailed is the number of successes below which nothing is said of the slow
// ones: the p90 of fewer is the slowest but one, or that itself.
const tailed = 20

// tailRule puts out who is slower beyond noise. It is about the p99, but does
// not go by it alone: of 200 commands it is the slowest but one, and even the
// slowest is no upper limit of it at 95 % (0.99^200 = 13 %; H. A. David and H. N.
// Nagaraja, Order Statistics, 3rd edition, 2003, section 7.1). The p90, which
// 20 commands exceed, must be twice as long and by 2 ms: repeated trials on a
// busy machine differ by less. So must a neighbour of it, the p99, or where that
// may be a hiccup of the machine, the p50.
var tailRule = rule{slower,
	func(_ *match, a, b *contender) int {
		return cmp.Or(cmp.Compare(truth(a.successes < tailed), truth(b.successes < tailed)), cmp.Compare(a.p90, b.p90))
	},
	func(_ *match, c, best *contender) bool {
		return min(c.successes, best.successes) >= tailed && farLonger(c.p90, best.p90) &&
			(!c.perturbed && farLonger(c.p99, best.p99) || farLonger(c.p50, best.p50))
	}}

// medianRule decides last. The median of some hundred commands is firm: a tenth
// and 0.1 ms suffice.
var medianRule = rule{higherMedian,
	func(_ *match, a, b *contender) int {
		return cmp.Or(cmp.Compare(truth(!a.timed), truth(!b.timed)), cmp.Compare(a.p50, b.p50))
	},
	func(_ *match, c, best *contender) bool {
		return best.timed && (!c.timed || longer(c.p50, best.p50))
	}}

// farLonger reports whether a is more than twice b, and by more than 2 ms.
func farLonger(a, b time.Duration) bool { return a-b > max(b, 2*time.Millisecond) }

// longer reports whether a is more than b by more than a tenth and 0.1 ms.
func longer(a, b time.Duration) bool { return 10*(a-100*time.Microsecond) > 11*b }

// measurable reports whether a difference is more than the clock and the
// histogram make: 0.05 ms or 1 % of what it is to.
func measurable(d, than time.Duration) bool {
	return d != 0 && (d.Abs() >= 50*time.Microsecond || 100*d.Abs() >= than)
}
