package results

import "math"

// z95 is the standard normal's quantile that leaves 2.5 % on either side.
const z95 = 1.959963984540054

// wilson is the share of ok in n with its 95 % score interval (E. B. Wilson,
// Probable inference, the law of succession, and statistical inference, Journal
// of the American Statistical Association 22, 1927). Unlike the textbook's p
// +- 1.96 s it stays within 0 and 1 and has a width at both ends. All three are
// NaN if n is 0.
func wilson(ok, n int) (share, low, high float64) { return Wilson(ok, n, z95) }

// Wilson is the same for the confidence that the standard normal's quantile z
// stands for: 1.96 for 95 %, 2.576 for 99 %.
func Wilson(ok, n int, z float64) (share, low, high float64) {
	if n == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	z2 := z * z
	x, m := float64(ok), float64(n)
	centre := (x + z2/2) / (m + z2)
	half := z / (m + z2) * math.Sqrt(x*(m-x)/m+z2/4)
	low, high = centre-half, centre+half
	// Exact at the ends, where rounding would leave a trace of the difference.
	if ok == 0 {
		low = 0
	}
	if ok == n {
		high = 1
	}
	return x / m, low, high
}

// PairedDifference is how much more of the same commands a's caller got than
// b's: success of a minus success of b over the commands that both have, joined
// by id, with a 95 % interval for paired shares (R. G. Newcombe, Improved
// confidence intervals for the difference between binomial proportions based on
// paired data, Statistics in Medicine 17, 1998, method 10). Ids must be unique
// within a and within b. All three are NaN if they share no command.
func PairedDifference(a, b []Record) (diff, low, high float64) {
	p := pairsOf(a, b)
	return p.difference()
}

// pairsOf counts the commands that are in both.
func pairsOf(a, b []Record) (p pairs) {
	succeeded := make(map[CommandID]bool, len(b))
	for i := range b {
		succeeded[b[i].ID] = b[i].Outcome == OK
	}
	for i := range a {
		if inB, both := succeeded[a[i].ID]; both {
			p.add(a[i].Outcome == OK, inB)
		}
	}
	return p
}

// pairs counts commands by whether they succeeded in a and in b.
type pairs struct{ both, onlyA, onlyB, neither int }

func (p *pairs) add(a, b bool) {
	switch {
	case a && b:
		p.both++
	case a:
		p.onlyA++
	case b:
		p.onlyB++
	default:
		p.neither++
	}
}

// difference joins the Wilson intervals of the two shares, shortened by as much
// as the shares go together.
func (p *pairs) difference() (diff, low, high float64) {
	n := p.both + p.onlyA + p.onlyB + p.neither
	a, aLow, aHigh := wilson(p.both+p.onlyA, n)
	b, bLow, bHigh := wilson(p.both+p.onlyB, n)
	phi := p.correlation()
	reach := func(x, y float64) float64 { return math.Sqrt(x*x - 2*phi*x*y + y*y) }
	diff = a - b
	return diff, diff - reach(a-aLow, bHigh-b), diff + reach(aHigh-a, b-bLow)
}

// correlation is the phi coefficient, with Newcombe's continuity correction
// where it is positive; 0 where one of the shares is 0 or 1.
func (p *pairs) correlation() float64 {
	both, onlyA, onlyB, neither := float64(p.both), float64(p.onlyA), float64(p.onlyB), float64(p.neither)
	margins := (both + onlyA) * (onlyB + neither) * (both + onlyB) * (onlyA + neither)
	if margins == 0 {
		return 0
	}
	covariance := both*neither - onlyA*onlyB
	if covariance > 0 {
		covariance = max(covariance-(both+onlyA+onlyB+neither)/2, 0)
	}
	return covariance / math.Sqrt(margins)
}
