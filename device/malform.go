package device

import (
	"bytes"
	"strconv"

	"rstorm/faults"
)

// A breach is how an answer of one form breaks HTTP's rules.
type breach struct {
	version string // in place of HTTP/1.1
	status  string // in place of code and reason
	field   string // an additional one
	filler  int    // bytes of x that it goes on with
	unsized bool   // there is no Content-Length
	chunked bool   // the content comes in chunks, which are what is wrong
	ends    bool   // the connection ends in order behind the answer
}

// breaches holds all forms.
var breaches = map[faults.Form]breach{
	faults.BadChunk:    {unsized: true, chunked: true, field: "Transfer-Encoding: chunked"},
	faults.NoLastChunk: {unsized: true, chunked: true, field: "Transfer-Encoding: chunked", ends: true},
	faults.TwoLengths:  {field: "Content-Length: 1"}, // less than any content of ours
	faults.HugeHead:    {field: "X-Padding: ", filler: 1 << 20},
	faults.BadStatus:   {status: "OK"},
	faults.HTTP10:      {version: "HTTP/1.0", unsized: true, ends: true},
}

// malform has been carried out by the answer, which was written knowing it;
// what is left is the end.
func malform(c *connection, s faults.Strike) (over bool) {
	if !breaches[s.Form].ends {
		return false
	}
	if s.Form == faults.HTTP10 {
		c.answered.Add(1) // it was whole
	}
	c.end(inOrder, byFault(s.Fault))
	return true
}

func malforms(s faults.Strike) bool { return s.Effect == faults.Malform }

// breach is the one of the answer; nothing is wrong with the zero value.
func (a *answer) breach() breach {
	if a.malformed == nil {
		return breach{}
	}
	return breaches[a.malformed.Form]
}

// append adds the additional field to a head.
func (r breach) append(b []byte) []byte {
	if r.field == "" {
		return b
	}
	b = append(append(b, r.field...), bytes.Repeat([]byte("x"), r.filler)...)
	return append(b, "\r\n"...)
}

// breaks is how far the text goes when f strikes: an ending one behind it, one
// within the content there, and others before anything.
func (w *wire) breaks(f *faults.Fault) int {
	switch rule := breaches[f.Form]; {
	case rule.ends:
		return len(w.text)
	case rule.chunked:
		return w.upTo(f.Bytes)
	}
	return 0
}

// chunk writes content as chunks that end badly: as many bytes as f lets pass
// make a good chunk; the others follow under a size that is no number, or not
// at all. An answer without content has no chunks.
func (w *wire) chunk(content []byte, f *faults.Fault) {
	const badSize = "xyz\r\n"
	if len(content) == 0 {
		return
	}
	w.cut = int(min(f.Bytes, int64(len(content))))
	if w.cut > 0 {
		w.text = append(strconv.AppendInt(w.text, int64(w.cut), 16), "\r\n"...)
		w.lead = len(w.text) - w.head
		w.text = append(append(w.text, content[:w.cut]...), "\r\n"...)
		w.gap = len("\r\n")
	}
	if breaches[f.Form].ends {
		w.content = w.cut
		return
	}
	w.gap += len(badSize)
	w.text = append(append(append(w.text, badSize...), content[w.cut:]...), "\r\n"...)
}
