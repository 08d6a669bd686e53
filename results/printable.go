package results

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable writes what a terminal would obey instead of show (control
// characters, overrides of the writing direction, broken UTF-8) as Go escapes.
func printable(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if strconv.IsPrint(r) && (r != utf8.RuneError || size > 1) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.Quote(s[:size]), `"`))
		}
		s = s[size:]
	}
	return b.String()
}

// wide are the ranges of characters that fill two columns (Unicode Standard
// Annex 11, wide and full width), as far as names use them.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x2e80, 0x303e, 1}, {0x3041, 0xa4cf, 1}, {0xa960, 0xa97c, 1}, {0xac00, 0xd7a3, 1},
		{0xf900, 0xfaff, 1}, {0xfe30, 0xfe6f, 1}, {0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{{0x1f300, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f900, 0x1f9ff, 1}, {0x20000, 0x3fffd, 1}},
}

// cellWidth is how many columns a terminal needs for s.
func cellWidth(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me): // sits on the one before
		case unicode.Is(wide, r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// prose writes text broken into lines, the first behind one indent and the
// others behind another; nothing if there is no text.
func (p *page) prose(text, first, rest string) {
	line := first
	empty := true
	for _, word := range strings.Fields(text) {
		word = printable(word)
		if !empty && cellWidth(line)+1+cellWidth(word) > width {
			p.text.WriteString(line + "\n")
			line, empty = rest, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	if !empty {
		p.text.WriteString(line + "\n")
	}
}
