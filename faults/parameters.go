package faults

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// A Probability is a chance from 0 to 1, written as a percentage: 5%.
type Probability float64

// UnmarshalText reads "5%" or "0.05". Anything outside 0 to 100 % is an error.
func (p *Probability) UnmarshalText(text []byte) error {
	s, scale := string(text), 1.0
	if pct, ok := strings.CutSuffix(s, "%"); ok {
		s, scale = strings.TrimSpace(pct), 100
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return fmt.Errorf("%q is not a probability: write 5%% or 0.05", text)
	}
	if v /= scale; !(v >= 0 && v <= 1) {
		return fmt.Errorf("probability %s is outside 0%% to 100%%", text)
	}
	*p = Probability(v)
	return nil
}

// String writes the percentage.
func (p Probability) String() string {
	return strconv.FormatFloat(100*float64(p), 'f', -1, 64) + "%"
}

// MarshalText writes a plain number, which UnmarshalText reads back to the same
// value; a percentage would be rounded.
func (p Probability) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(p), 'g', -1, 64), nil
}

// A Delay is a duration, or a distribution of durations; its zero value is no
// delay. It is written 2.7ms, uniform(1ms, 3ms) or lognormal(2ms, 0.5): the
// median and the standard deviation of the logarithm.
type Delay struct {
	low, high time.Duration // uniform on [low, high]; constant when equal
	sigma     float64       // lognormal with median low when above 0
}

// After is a constant delay.
func After(d time.Duration) Delay { return Delay{low: d, high: d} }

// IsZero reports whether there is no delay.
func (d Delay) IsZero() bool { return d == Delay{} }

// Draw returns one duration, never negative. It takes from r only what the
// distribution needs: nothing when the delay is constant.
func (d Delay) Draw(r *rand.Rand) time.Duration {
	switch {
	case d.sigma > 0:
		v := float64(d.low) * math.Exp(d.sigma*r.NormFloat64())
		return time.Duration(min(v, float64(maxDelay)))
	case d.high > d.low:
		return d.low + time.Duration(r.Int64N(int64(d.high-d.low)+1))
	}
	return d.low
}

// Median is the middle of the distribution.
func (d Delay) Median() time.Duration {
	if d.sigma > 0 {
		return d.low
	}
	return d.low + (d.high-d.low)/2
}

// String writes the delay as UnmarshalText reads it.
func (d Delay) String() string {
	switch {
	case d.sigma > 0:
		return fmt.Sprintf("lognormal(%v, %v)", d.low, d.sigma)
	case d.high > d.low:
		return fmt.Sprintf("uniform(%v, %v)", d.low, d.high)
	}
	return d.low.String()
}

// MarshalText writes String.
func (d Delay) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// maxDelay bounds every delay: a typing error must not make a run endless.
const maxDelay = 24 * time.Hour

// UnmarshalText reads the three forms.
func (d *Delay) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	name, args, ok := strings.Cut(s, "(")
	if !ok {
		v, err := duration(s)
		*d = After(v)
		return err
	}
	args, ok = strings.CutSuffix(args, ")")
	first, second, two := strings.Cut(args, ",")
	name = strings.TrimSpace(name)
	if !ok { // YAML ends it at the comma
		return fmt.Errorf("%q has no closing bracket: within {...} it stands in quotes, as in \"uniform(1ms, 3ms)\"", text)
	}
	if !two || name != "uniform" && name != "lognormal" {
		return fmt.Errorf("%q is not a delay: write 2.7ms, uniform(1ms, 3ms) or lognormal(2ms, 0.5)", text)
	}
	low, err := duration(first)
	if err != nil {
		return err
	}
	if name == "lognormal" {
		sigma, err := strconv.ParseFloat(strings.TrimSpace(second), 64)
		if err != nil || !(sigma > 0 && sigma <= 5) || low == 0 {
			return fmt.Errorf("%q: lognormal wants a median above 0 and a sigma above 0 and at most 5", text)
		}
		*d = Delay{low: low, high: low, sigma: sigma}
		return nil
	}
	high, err := duration(second)
	if err == nil && high < low {
		err = fmt.Errorf("%q: the second bound is below the first", text)
	}
	*d = Delay{low: low, high: high}
	return err
}

func duration(s string) (time.Duration, error) {
	v, err := time.ParseDuration(strings.TrimSpace(s))
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a duration: write a number with a unit, as in 2.7ms", s)
	case v < 0:
		return 0, errors.New("a delay can't be negative")
	case v > maxDelay:
		return 0, fmt.Errorf("%v is longer than %v", v, maxDelay)
	}
	return v, nil
}
