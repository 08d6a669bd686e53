// Package sweep finds where something turns: the value of a setting at which
// the share of successes crosses a bound, by trials whose outcomes are chance.
package sweep
