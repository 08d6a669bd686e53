package errtext

import (
	"cmp"
	"slices"
	"strings"
)

// Explain lists what the text of an error may mean, the likeliest first: a
// verdict before what the system said and that before a wrapper, then what is
// nearer to the root of a stack trace, then the longer pattern. It is nil if
// nothing matches. The case of letters does not matter. Of a text longer than
// [MaxText] the middle is left out.
func Explain(text string) []Entry {
	hits := newPage(text).search()
	if len(hits) == 0 {
		return nil
	}
	entries := make([]Entry, len(hits))
	for i, h := range hits {
		entries[i] = h.entry.clone()
	}
	return entries
}

// A hit is an entry that a text matches, and how well.
type hit struct {
	entry  *Entry
	depth  int // of the line: higher is nearer to the root
	weight int
}

// A page is a text that is easy to search. A higher index of a line is nearer
// to the root: Java, Node.js and Go print the cause last, a Python traceback
// first.
type page struct {
	text  string // of letters in lower case
	lines []string
}

func newPage(text string) page {
	text = plain(bounded(text))
	p := page{text, strings.Split(text, "\n")}
	if strings.Contains(text, "the above exception was the direct cause") || strings.Contains(text, "during handling of the above exception") {
		slices.Reverse(p.lines)
	}
	return p
}

func (p page) search() []hit {
	var hits []hit
	for _, part := range tables {
		for i := range part {
			if h, ok := p.match(&part[i]); ok {
				hits = append(hits, h)
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.entry.Rank.order(), b.entry.Rank.order()), cmp.Compare(b.depth, a.depth), cmp.Compare(b.weight, a.weight))
	})
	return hits
}

// match is an entry's deepest match, and of that line its longest. What it has
// to stand with makes it the longer.
func (p page) match(e *Entry) (hit, bool) {
	beside := 0
	if len(e.With) > 0 {
		_, weight, ok := p.deepest(e.With)
		if !ok {
			return hit{}, false
		}
		beside = weight
	}
	depth, weight, ok := p.deepest(e.Texts)
	return hit{e, depth, weight + beside}, ok
}

// deepest finds the deepest line that one of the patterns matches, and the
// longest of those that do.
func (p page) deepest(patterns []string) (depth, weight int, ok bool) {
	for _, pattern := range patterns {
		pattern = plain(pattern)
		if !strings.Contains(p.text, opening(pattern)) {
			continue
		}
		for i, line := range slices.Backward(p.lines) {
			w, found := matches(line, pattern)
			if found && (!ok || i > depth || i == depth && w > weight) {
				depth, weight, ok = i, w, true
			}
			if found || ok && i <= depth {
				break
			}
		}
	}
	return depth, weight, ok
}

func (r Rank) order() int { return slices.Index([]Rank{Verdict, System, Wrapper}, r) }
