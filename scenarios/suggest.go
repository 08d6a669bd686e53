package scenarios

import (
	"fmt"
	"strings"
)

// unknown says that name is not among names, and which of them comes closest.
func unknown(what, name string, names []string) string {
	return fmt.Sprintf("unknown %s %q", what, name) + suggestion(name, names)
}

// Suggestions are for people: so many names are listed where none comes close,
// and so many, of so many bytes, are compared.
const (
	listed   = 24
	compared = 1000
	longest  = 64
)

func suggestion(name string, names []string) string {
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	if len(names) == 0 || len(names) > listed {
		return ""
	}
	return "; known: " + strings.Join(names, ", ")
}

// nearest returns the one of names that name is most likely a slip for, or
// nothing: at most a third of its letters may be wrong, and always one.
func nearest(name string, names []string) string {
	best, near := max(1, len(name)/3)+1, ""
	for _, candidate := range names[:min(len(names), compared)] {
		if max(len(name), len(candidate)) > longest {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < best {
			best, near = d, candidate
		}
	}
	return near
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour to turn a into b (optimal string alignment; Damerau 1964).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}
