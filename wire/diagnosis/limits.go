package diagnosis

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rstorm/wire"
	"rstorm/wire/pcap"
)

// limits says what limits the answer, a sentence each.
func (s *sums) limits() []string {
	var notes []string
	note := func(n int, format string, args ...any) {
		if n > 0 {
			notes = append(notes, fmt.Sprintf(format, args...))
		}
	}
	p := &s.Packets
	note(p.UnknownLink, "%s not understood: %s", are(p.UnknownLink, "packet"), s.strange())
	note(p.Other-p.UnknownLink, "%s not TCP over IP: not looked into", are(p.Other-p.UnknownLink, "packet"))
	note(p.Fragments, "%s of fragmented IP packets: only first fragments can be read", plural(p.Fragments, "piece"))
	note(p.Short, "%s captured too short for a TCP header (snap length)", are(p.Short, "packet"))
	note(p.Malformed, "%s headers that contradict themselves", have(p.Malformed, "packet"))
	note(p.Truncated, "%s captured without the end (snap length): messages in it may not be recognised", are(p.Truncated, "packet"))
	note(p.Timeless, "%s no time: pauses can't be told", have(p.Timeless, "packet"))
	if p.Dropped > 0 {
		notes = append(notes, fmt.Sprintf("the capturing machine dropped %s for want of room", plural(p.Dropped, "packet")))
	}
	if p.Missing > 0 {
		notes = append(notes, fmt.Sprintf("the capture lacks %s of payload that must have been sent: causes may be hidden in what is missing", plural(p.Missing, "byte")))
	}
	note(p.GivenUp, "%s told of before the end, for want of memory: a later packet of one counts as another connection", plural(p.GivenUp, "connection"))
	open := s.Cut - p.GivenUp
	note(open, "%s still open, or had ended in silence, when the capture ended", plural(open, "connection"))
	note(s.Undecided, "%s undecided: the capture ends, or they were given up, before an answer was due, or it lacks what became of a request", are(s.Undecided, "connection"))
	note(s.Curt, "of %s over TLS the server closed first, and no goodbye (close_notify) is to be seen: the last answer may have been cut", plural(s.Curt, "connection"))
	note(s.Elsewhere, "%s out of scope", are(s.Elsewhere, "connection"))
	note(s.endpoints.forgotten, "there are too many endpoints to count each: their counts are at least what is said")
	return notes
}

// strange names the link types that are not understood, the most frequent
// first.
func (s *sums) strange() string {
	const most = 5
	var all []string
	for _, l := range slices.SortedFunc(maps.Keys(s.links), func(a, b wire.LinkType) int {
		return cmp.Or(-cmp.Compare(s.links[a], s.links[b]), cmp.Compare(a, b))
	}) {
		all = append(all, pcap.LinkName(l))
	}
	if more := len(all) - most; more > 0 {
		all = append(all[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(all, ", ")
}

// plural is a number and what it counts.
func plural[N int | int64 | uint64](n N, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

func are(n int, what string) string {
	if n == 1 {
		return plural(n, what) + " is"
	}
	return plural(n, what) + " are"
}

func have(n int, what string) string {
	if n == 1 {
		return plural(n, what) + " has"
	}
	return plural(n, what) + " have"
}
