package assert

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A Unit is what a metric's numbers measure.
type Unit uint8

// The units. Counts are summed over the strategies of a scenario where a
// threshold names none; the others must hold for each strategy.
const (
	Count Unit = iota // 3
	Rate              // 99.5% or 0.995
	Time              // 250ms
	Ratio             // 1.5
)

// String names the unit and shows how it is written.
func (u Unit) String() string {
	return [...]string{"count, as in 3", "rate, as in 99.5%", "time, as in 250ms", "ratio, as in 1.5"}[u]
}

// parse reads a value that is written in u.
func (u Unit) parse(s string) (v float64, ok bool) {
	switch u {
	case Count:
		v, ok = decimal(s)
		ok = ok && v == math.Trunc(v)
	case Rate:
		percent, scaled := strings.CutSuffix(s, "%")
		if v, ok = decimal(strings.TrimSpace(percent)); scaled {
			v /= 100
		}
	case Time:
		d, err := time.ParseDuration(s)
		v, ok = float64(d), err == nil
	case Ratio:
		v, ok = decimal(s)
	}
	return v, ok
}

// decimal reads digits with an optional sign and fraction. [strconv.ParseFloat]
// alone would also read nan, 0x1p-2 and 1e300.
func decimal(s string) (float64, bool) {
	if len(s) > 15 || strings.Trim(s, "+-.0123456789") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// format writes v for a person.
func (u Unit) format(v float64) string {
	switch u {
	case Rate:
		return trim(100*v, 3) + "%"
	case Time:
		return significant(time.Duration(v)).String()
	}
	return trim(v, 2)
}

func trim(v float64, decimals int) string {
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// significant rounds to four digits.
func significant(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d.Abs()/unit >= 10_000 {
		unit *= 10
	}
	return d.Round(unit)
}

// least and most bound what a term, or the difference of two, can come to.
func (u Unit) least(difference bool) float64 {
	if difference {
		return -u.most()
	}
	return 0
}

func (u Unit) most() float64 {
	if u == Rate {
		return 1
	}
	return math.Inf(1)
}
