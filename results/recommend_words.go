package results

import (
	"fmt"
	"strings"
)

// enough is how many names a sentence bears; the rest are counted.
const enough = 6

// some joins names as and does, as many as a sentence bears.
func some(names []string) string {
	if len(names) <= enough {
		return and(names)
	}
	return strings.Join(names[:enough], ", ") + fmt.Sprintf(" and %d more", len(names)-enough)
}

// and joins words.
func and(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func quoted(name string) string { return "'" + name + "'" }
