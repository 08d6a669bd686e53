package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Error is one thing that is wrong in a file, and where it stands.
type Error struct {
	File         string
	Line, Column int    // from 1; columns count characters
	Problem      string // what is wrong, what is wanted, what may have been meant
	Err          error  // what it comes from, if it is more than a matter of the text
}

// Error writes file:line:column and the problem.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Problem)
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Errors is everything that is wrong with a file, by position.
type Errors struct {
	All []*Error
	Cut bool // there were so many that the rest of the file was not looked at
}

// shown is how many errors are written out. Whoever has more has one cause.
const shown = 50

// Error writes an error a line: the first 50 and the number of the others.
func (e *Errors) Error() string {
	var b strings.Builder
	for i, err := range e.All {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == shown {
			fmt.Fprintf(&b, "and %d more", len(e.All)-shown)
			break
		}
		b.WriteString(err.Error())
	}
	if e.Cut {
		b.WriteString("\nthe rest was not looked at")
	}
	return b.String()
}

// Unwrap returns all errors.
func (e *Errors) Unwrap() []error {
	all := make([]error, len(e.All))
	for i, err := range e.All {
		all[i] = err
	}
	return all
}

// join sorts errs and drops repetitions, which aliases bring about. It is nil
// if there are none.
func join(errs []*Error, cut bool) error {
	if len(errs) == 0 {
		return nil
	}
	slices.SortStableFunc(errs, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	same := func(a, b *Error) bool { return a.Line == b.Line && a.Column == b.Column && a.Problem == b.Problem }
	return &Errors{slices.CompactFunc(errs, same), cut}
}
