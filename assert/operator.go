package assert

import (
	"fmt"
	"math"
	"slices"
)

type operator string

var operators = []operator{"<", "<=", ">", ">=", "==", "!="}

func (p *parser) operator() operator {
	p.skip()
	start := p.pos
	op := operator(p.take("<>=!"))
	if slices.Contains(operators, op) {
		return op
	}
	problem := "an operator is missing: one of < <= > >= == !="
	if op != "" {
		problem = fmt.Sprintf("%q is not an operator: write one of < <= > >= == !=", op)
	}
	p.fail(&SyntaxError{Offset: start, Problem: problem})
	return op
}

// grain is the difference below which two numbers are equal. Rates are
// quotients of counts; one of n commands differs from a bound with k decimals
// by at least 1/(n*10^k) or not at all, so 199 of 200 is 99.5 %, although
// their binary fractions need not be the same, and 0.8 - 0.5 is not above 0.3.
const grain = 1e-12

func (op operator) holds(v, bound float64) bool {
	if math.Abs(v-bound) < grain {
		v = bound
	}
	switch op {
	case "<":
		return v < bound
	case "<=":
		return v <= bound
	case ">":
		return v > bound
	case ">=":
		return v >= bound
	case "==":
		return v == bound
	}
	return v != bound
}

// miss grows with how badly v misses the bound, to find the worst of several.
func (op operator) miss(v, bound float64) float64 {
	switch op {
	case "<", "<=":
		return v - bound
	case ">", ">=":
		return bound - v
	case "==":
		return math.Abs(v - bound)
	}
	return -math.Abs(v - bound)
}

// settles reports whether the verdict on a sum stands, however much is still
// to be added to it.
func (op operator) settles(sum, bound float64) bool {
	switch op {
	case ">", ">=":
		return op.holds(sum, bound)
	case "<", "<=":
		return !op.holds(sum, bound)
	}
	return sum > bound
}
