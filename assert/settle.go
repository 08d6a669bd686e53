package assert

import "fmt"

// settle reads the value and checks that the parts of t go together; start is
// the value's offset.
func (t *Threshold) settle(start int) *SyntaxError {
	wrong := func(offset int, format string, args ...any) *SyntaxError {
		return &SyntaxError{Offset: offset, Problem: fmt.Sprintf(format, args...)}
	}
	first, last := t.terms[0], t.terms[len(t.terms)-1]
	unit := first.metric.Unit
	switch {
	case last.metric.Unit != unit:
		return wrong(last.offset, "%s and %s can't be compared: the one is a %s, the other a %s", first.metric.Name, last.metric.Name, unit, last.metric.Unit)
	case (first.strategy == "") != (last.strategy == ""):
		return wrong(last.offset, "name a strategy on both sides of the minus or on neither")
	case len(t.terms) == 2 && first.String() == last.String():
		return wrong(last.offset, "both sides of the minus are the same")
	case t.value == "":
		return wrong(start, "a value is missing: %s is a %s", first.metric.Name, unit)
	}
	bound, ok := unit.parse(t.value)
	if !ok {
		return wrong(start, "%q is not a %s", t.value, unit)
	}
	t.bound = bound
	least, most := unit.least(len(t.terms) == 2), unit.most()
	switch {
	case bound < least || bound > most:
		return wrong(start, "%s can't come to %s", t.subject(), t.value)
	case t.op == ">=" && bound == least, t.op == "<=" && bound == most:
		return wrong(start, "this always holds and so tests nothing")
	case t.op == "<" && bound == least, t.op == ">" && bound == most:
		return wrong(start, "this can never hold")
	}
	return nil
}

func (t *Threshold) subject() string {
	if len(t.terms) == 2 {
		return "the difference"
	}
	return t.terms[0].metric.Name
}
