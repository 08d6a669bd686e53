package errtext

import (
	"slices"
	"strings"

	"rstorm/results"
)

// An Error is an error as an external client's library tells it.
type Error struct {
	Name  string   // its class
	Code  string   // such as ECONNRESET
	Msg   string   // its message
	Chain []string // what caused it, outermost first
}

// A Reading is what an error means. Its zero value is what an error means that
// nobody knows.
type Reading struct {
	Outcome results.Outcome
	Errno   string   // what the socket said: an errno or EOF; empty if the text leaves it open
	Means   string   // in one sentence; empty if it is not known
	Causes  []string // candidates, as ids of results.Causes; the caller's own copy
}

// Read returns the likeliest meaning of e, by the rules of [Explain]: what
// stands deeper in the chain is nearer to the root, and a code is nearest to
// the surface. The class, the code and the message count together: Node.js
// gives the code ECONNRESET to a connection that was closed in order.
func Read(e Error) Reading {
	hits := newPage(e.text()).search()
	if len(hits) == 0 {
		return Reading{}
	}
	found := hits[0].entry
	return Reading{found.Outcome, found.Errno, found.Means, slices.Clone(found.Causes)}
}

// text writes the error from the surface to the root, as a stack trace would,
// of each part no more than can be read.
func (e Error) text() string {
	head := short(e.Msg)
	if e.Name != "" {
		head = short(e.Name) + ": " + head
	}
	all := []string{short(e.Code), head}
	for _, c := range e.Chain[:min(len(e.Chain), 16)] {
		all = append(all, short(c))
	}
	return strings.Join(all, "\n")
}

// short is the beginning of a part; one of sixteen or more may not push the
// others out.
func short(s string) string { return s[:min(len(s), MaxText/32)] }
