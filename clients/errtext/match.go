package errtext

import (
	"strings"
	"unicode/utf8"
)

// MaxText is how many bytes of a text are read: a stack trace's first and last
// halves.
const MaxText = 64 << 10

// bounded cuts what lies in the middle of a long text.
func bounded(text string) string {
	if len(text) <= MaxText {
		return text
	}
	return text[:MaxText/2] + "\n" + text[len(text)-MaxText/2:]
}

// plain folds the case of ASCII letters, and takes the ends of lines that
// Windows writes for those of others.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == '\r':
			return ' '
		}
		return r
	}, text)
}

// opening is a pattern's first literal part: where it is not, the pattern does
// not match.
func opening(pattern string) string {
	part, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$"), "*")
	return strings.TrimSpace(part)
}

// matches reports whether a plain line holds a plain pattern, at word
// boundaries, and how many of its bytes are meant literally.
func matches(line, pattern string) (weight int, ok bool) {
	pattern, first := strings.CutPrefix(pattern, "^")
	pattern, last := strings.CutSuffix(pattern, "$")
	for opens, more := true, true; more; opens = false {
		var part string
		part, pattern, more = strings.Cut(pattern, "*")
		at := find(line, part, opens, !more, first && opens, last && !more)
		if at < 0 {
			return 0, false
		}
		weight += len(part)
		line = line[at+len(part):]
	}
	return weight, true
}

// find returns where part stands in line, or -1. Opening and closing parts
// stand at the boundaries of words; pinned ones at the line's ends.
func find(line, part string, opens, closes, pinnedStart, pinnedEnd bool) int {
	for from := 0; ; {
		i := strings.Index(line[from:], part)
		if i < 0 {
			return -1
		}
		at, end := from+i, from+i+len(part)
		switch {
		case pinnedStart && strings.TrimSpace(line[:at]) != "",
			pinnedEnd && strings.TrimSpace(line[end:]) != "",
			opens && within(line, at), closes && within(line, end):
			if from = at + 1; from > len(line) {
				return -1
			}
		default:
			return at
		}
	}
}

// within reports whether a word goes on across position i.
func within(line string, i int) bool {
	return i > 0 && i < len(line) && isWord(line[i-1]) && isWord(line[i])
}

func isWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b >= utf8.RuneSelf
}
