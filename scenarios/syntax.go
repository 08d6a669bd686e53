package scenarios

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The YAML parser tells the place of a mistake in its message only, and of some
// it counts the lines from 0: this is the one place where rstorm reads the text
// of an error.
var (
	placed  = regexp.MustCompile(`^line (\d+): `)
	anchor  = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
	fromNil = []string{"did not find expected key", "did not find expected '-' indicator", "did not find expected node content",
		"did not find expected ',' or ']'", "did not find expected ',' or '}'", "did not find expected <document start>"}
)

// syntax places an error of the YAML parser as well as can be.
func (s *source) syntax(err error) *Error {
	message, line := strings.TrimPrefix(err.Error(), "yaml: "), 1
	if m := placed.FindStringSubmatch(message); m != nil {
		message = message[len(m[0]):]
		if line, err = strconv.Atoi(m[1]); err == nil && slices.Contains(fromNil, message) {
			line++
		}
	}
	if m := anchor.FindStringSubmatch(message); m != nil {
		line, column := s.find("*" + m[1])
		return s.fail(line, column, "unknown anchor %q: no &%s stands before it", m[1], m[1])
	}
	line = min(max(line, 1), len(s.lines))
	indent := s.lines[line-1][:len(s.lines[line-1])-len(strings.TrimLeft(s.lines[line-1], " \t"))]
	switch tab := strings.Index(indent, "\t"); {
	case tab >= 0:
		return s.fail(line, tab+1, "not YAML: a tab in the indentation: use spaces")
	case message == "found character that cannot start any token", message == "did not find expected comment or line break":
		message += `: quote text that begins with a sign, as in ">= 99%"`
	}
	return s.fail(line, 1, "not YAML: %s", message)
}

// find returns the first place of text.
func (s *source) find(text string) (line, column int) {
	for i, l := range s.lines {
		if at := strings.Index(l, text); at >= 0 {
			return i + 1, utf8.RuneCountInString(l[:at]) + 1
		}
	}
	return 1, 1
}
