package wire

import (
	"fmt"
	"slices"
	"strings"

	"rstorm/results"
)

// A report is what a rule tells of its case.
type report struct {
	*scene
	origin   results.Origin // who began the end, unless the rule knows better
	goOn     bool           // the next rule that fits names what else it may have been
	also     []string       // what else it may have been, the likeliest first
	packets  []int
	evidence []string
}

// sayf adds a sentence to the evidence.
func (r *report) sayf(format string, args ...any) {
	r.evidence = append(r.evidence, fmt.Sprintf(format, args...))
}

// leave adds causes that the evidence does not rule out.
func (r *report) leave(causes ...string) { r.also = append(r.also, causes...) }

// show names packets that the finding rests on; 0 is none.
func (r *report) show(packets ...int) { r.packets = append(r.packets, packets...) }

// shown are the resets of one side that a finding names, at most.
const shown = 4

// close adds what every finding says: the messages and the ends it is about,
// the kernel's own words, and whether a request was hit.
func (r *report) close() {
	if r.before != nil {
		r.show(r.before.Response.Packet)
	}
	if r.hit != nil {
		r.show(r.hit.Request.Packet, r.hit.Response.Packet, r.hit.Response.Last)
	}
	for way := range r.c.Sides {
		side := &r.c.Sides[way]
		r.show(side.FIN.Packet, side.Reset.Packet)
		if word := r.word(Way(way)); word != "" {
			r.sayf("the kernel says why it sent RST #%d: %s%s", side.Reset.Packet, word, meaning(word))
		}
	}
	for i, n := 0, 0; i < len(r.c.Events) && n < shown; i++ {
		if e := &r.c.Events[i]; e.Flags.Has(RST) && e.Repeat != SeenAgain {
			r.show(e.Packet)
			n++
		}
	}
	if n := r.behind(); n > 0 {
		r.sayf("%d more requests on the connection were open", n)
	}
	if x := r.hit; x != nil && x.Number > 1 && r.before == nil && !r.opaque {
		r.sayf("of its %d requests only the last ones are kept: some before them may have been open, too", r.c.Exchanged)
	}
	if r.hit == nil && r.connected() && !r.inHandshake() && r.c.Goodbye == "" {
		r.sayf("%s", r.unhurt())
	}
}

// behind is how many requests were open behind the one that the end has hit.
func (s *scene) behind() (n int) {
	for i := range s.c.Exchanges {
		if x := &s.c.Exchanges[i]; s.hit != nil && x.Number > s.hit.Number && x.Request.Packet != 0 && x.Response.Packet == 0 {
			n++
		}
	}
	return n
}

// unhurt says that no request was hit, as far as that can be said.
func (s *scene) unhurt() string {
	switch {
	case s.opaque && s.up.Bytes+s.down.Bytes > 0:
		return "no request is known to have been hit: the payload can't be read, and the last of it was the server's"
	case s.before == nil:
		return "no request was hit: the capture holds none"
	}
	return "no request was hit: all that the capture holds had been answered"
}

// order is the packets that were shown, each once, in the order of the capture.
func (r *report) order() []int {
	slices.Sort(r.packets)
	r.packets = slices.Compact(r.packets)
	return slices.DeleteFunc(r.packets, func(n int) bool { return n == 0 })
}

// request names an exchange's request: "request #3 (GET /query/state)".
func (r *report) request(x *Exchange) string {
	switch {
	case x.Request.Packet == 0:
		return "a request that the capture does not hold"
	case x.Method == "":
		return fmt.Sprintf("request #%d", x.Request.Packet)
	}
	return fmt.Sprintf("request #%d (%s %s)", x.Request.Packet, visible(x.Method, 20), visible(x.Target, 80))
}

// answer names an exchange's answer: "answer #2 (200)".
func (r *report) answer(x *Exchange) string {
	if x.Status == 0 {
		return fmt.Sprintf("answer #%d", x.Response.Packet)
	}
	return fmt.Sprintf("answer #%d (%d)", x.Response.Packet, x.Status)
}

// millis writes a length of time, given in nanoseconds, with the figures that
// matter: "0.48 ms", "2.2 ms", "120 ms".
func millis(ns int64) string {
	ms := float64(ns) / 1e6
	switch size := max(ms, -ms); {
	case size < 0.1:
		return fmt.Sprintf("%.3f ms", ms)
	case size < 1:
		return fmt.Sprintf("%.2f ms", ms)
	case size < 100:
		return fmt.Sprintf("%.1f ms", ms)
	case size < 10_000:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1e3)
}

// visible is text from the wire, without what a terminal would obey, and at most
// so many characters long.
func visible(text string, most int) string {
	if len(text) <= most && !strings.ContainsFunc(text, func(c rune) bool { return !shows(c) }) {
		return text
	}
	var b strings.Builder
	n := 0
	for _, c := range text {
		if n++; n > most {
			b.WriteString("...")
			break
		}
		if !shows(c) {
			c = '?'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// shows reports whether every terminal shows a character, one column wide.
func shows(c rune) bool { return c >= ' ' && c <= '~' }
