package portrait

import (
	"math"
	"strconv"
)

// chance writes the probability of count in left; always if that is all of it.
func chance(count, left int) string {
	if count >= left {
		return ""
	}
	return ", probability: " + percent(count, left)
}

func percent(count, of int) string {
	return strconv.FormatFloat(100*float64(count)/float64(max(1, of)), 'g', 3, 64) + "%"
}

// wilson is the 95 % score interval of ok in n (see package results).
func wilson(ok, n int) (low, high float64) {
	const z = 1.96
	x, m := float64(ok), float64(n)
	centre := (x + z*z/2) / (m + z*z)
	half := z / (m + z*z) * math.Sqrt(x*(m-x)/m+z*z/4)
	return centre - half, centre + half
}
