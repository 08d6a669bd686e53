// Package errtext reads the error texts of common HTTP clients, in several
// languages, as outcomes and causes. It is for people with a log, and for
// clients that run as processes of their own; our own errors are matched by
// type and errno.
package errtext

import (
	"slices"

	"rstorm/results"
)

// An Entry is an error text and what it says of a command and its connection.
type Entry struct {
	Client   string            `json:"client"`         // language and library
	Texts    []string          `json:"texts"`          // patterns: * is anything within a line; a ^ at the start and a $ at the end are a line's
	With     []string          `json:"with,omitempty"` // counts only where one of these patterns stands in the same text, on any line
	Means    string            `json:"means"`          // in one sentence
	Outcome  results.Outcome   `json:"outcome"`
	Also     []results.Outcome `json:"also,omitempty"`   // what else the same text is used for, the likeliest first
	Errno    string            `json:"errno,omitempty"`  // what the socket said: an errno or EOF; empty if the text leaves it open
	Causes   []string          `json:"causes,omitempty"` // candidates, as ids of results.Causes, the likeliest first
	Executed Executed          `json:"executed"`
	Retried  string            `json:"retried"` // what the library had resent by then
	Source   string            `json:"source"`  // where the library says it: file and function, and the version read or measured
	Rank     Rank              `json:"rank"`
}

// Executed says whether the device may have carried out a command.
type Executed string

// The words for it.
const (
	No    Executed = "no"    // no byte of a request was sent
	Maybe Executed = "maybe" // it was sent, or part of it, and nothing says what became of it
	Yes   Executed = "yes"   // an answer had begun
)

// Rank is how much a text weighs where several match one error.
type Rank string

// The words for it, the weightiest first.
const (
	Verdict Rank = "verdict" // the library's own finding; it stands against the code beside it
	System  Rank = "system"  // what the operating system said, in the words of the runtime
	Wrapper Rank = "wrapper" // put around many errors: counts only where nothing within is known
)

// Table returns every entry. The copy is the caller's.
func Table() []Entry {
	var all []Entry
	for _, part := range tables {
		for _, e := range part {
			all = append(all, e.clone())
		}
	}
	return all
}

// tables holds the entries of every client. A new client is a file and a line
// here.
var tables = [...][]Entry{golang, node, undici, nodeLibraries, python, pythonLibraries, java, javaLibraries, curl, dart, browsers, appleEntries, proxies, others, system}

func (e Entry) clone() Entry {
	e.Texts, e.With = slices.Clone(e.Texts), slices.Clone(e.With)
	e.Also, e.Causes = slices.Clone(e.Also), slices.Clone(e.Causes)
	return e
}
