package wire

import (
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// words keeps strings that come again and again, each in a place that its bytes
// choose, so that they need not be made again.
type words [256]string

// of is b as a string.
func (w *words) of(b []byte) string {
	slot := &w[place(b)%uint64(len(w))]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}

// place chooses by length, beginning and end: where they are alike, words that
// differ in between take turns.
func place(b []byte) uint64 {
	n := len(b)
	if n < 8 {
		h := uint64(n)
		for _, c := range b {
			h = h<<8 | uint64(c)
		}
		return mix(0, h) >> 32
	}
	return mix(mix(uint64(n), binary.LittleEndian.Uint64(b)), binary.LittleEndian.Uint64(b[n-8:])) >> 32
}

// printable is b as a string of at most limit bytes that a terminal shows and
// does not obey. What can't be shown is written as Go escapes.
func (w *words) printable(b []byte, limit int) string {
	if len(b) <= limit && plain(b) {
		return w.of(b)
	}
	var out []byte
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		before := len(out)
		if strconv.IsPrint(r) && (r != utf8.RuneError || size > 1) {
			out = append(out, b[:size]...)
		} else {
			quoted := strconv.AppendQuote(nil, string(b[:size]))
			out = append(out, quoted[1:len(quoted)-1]...)
		}
		if len(out) > limit {
			return string(out[:before])
		}
		b = b[size:]
	}
	return string(out)
}

// plain reports whether b is of printable ASCII alone.
func plain(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// says notes what begins in a packet, unless something that weighs more does.
func (t *Table) says(f *flow, packet int, text string, weighty bool) {
	e := f.tape.find(packet)
	if e == nil || e.Says != "" && !weighty {
		return
	}
	t.charge(f, len(text)-len(e.Says))
	e.Says = text
}
