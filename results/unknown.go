package results

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// A Count is a number of things, or Unknown. Unknown is null in JSON; no
// threshold holds on it.
type Count int

// Unknown says that there was no source to count from.
const Unknown Count = -1

// Known reports whether there was a source to count from.
func (c Count) Known() bool { return c >= 0 }

// Plus is the sum of two counts; Unknown if either is.
func (c Count) Plus(d Count) Count {
	if !c.Known() || !d.Known() {
		return Unknown
	}
	return c + d
}

// MarshalJSON writes an integer, or null if c is Unknown.
func (c Count) MarshalJSON() ([]byte, error) {
	if !c.Known() {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(c), 10), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Count) UnmarshalJSON(text []byte) error {
	var n *int
	if err := json.Unmarshal(text, &n); err != nil {
		return err
	}
	switch {
	case n == nil:
		*c = Unknown
	case *n < 0:
		return fmt.Errorf("count %d is below zero", *n)
	default:
		*c = Count(*n)
	}
	return nil
}

// A Rate is a share from 0 to 1, or NaN where there was nothing to take a share
// of. NaN is null in JSON; no threshold holds on it: ask Known before comparing,
// for NaN != x is true.
type Rate float64

// Known reports whether there was something to take a share of.
func (r Rate) Known() bool { return !math.IsNaN(float64(r)) }

// MarshalJSON writes a number, or null if r is NaN.
func (r Rate) MarshalJSON() ([]byte, error) {
	if !r.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(r))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Rate) UnmarshalJSON(text []byte) error {
	var f *float64
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	*r = Rate(math.NaN())
	if f != nil {
		*r = Rate(*f)
	}
	return nil
}
