package portrait

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// measures tells, as comments, what was measured of a server, and what could
// not be.
func (w *writer) measures(c *scene) {
	k := &c.closing
	w.line("  # %s: %d connections from %d addresses, %d requests, %d answers, %d of them with success.",
		c.address, c.conversations, c.visits.clients(), c.requests, c.answers, c.succeeded)
	if c.bad == 0 {
		w.line("  # Nothing ended badly.")
	}
	for _, id := range c.causesByCount() {
		w.line("  #   %s: %d of %d connections (%s)", id, c.causes[id], c.conversations, percent(c.causes[id], c.conversations))
	}
	w.line("  # In short: service time %s, gap %s, close %s after the response.", brief(&c.service), brief(&c.gap), brief(&k.after[silently]))
	w.times("service time", "a request's last byte to its answer's first", &c.service)
	w.times("gap", "an answer to the next request of its connection", &c.gap)
	between := c.visits.gaps()
	w.times("gap between connections", "an answer to its client's next connection", &between)
	w.times("close after the response", "unannounced, to the first FIN or RST", &k.after[silently])
	w.optional("announced close", "the same, announced", &k.after[announcedly])
	w.optional("reset after the response", "by a RST without FIN", &k.after[abortively])
	w.optional("half-close after the response", "reads on behind its FIN", &k.after[draining])
	w.optional("patience", "a request to its client's giving up", &c.patience)
	w.way(c)
	w.habits(c)
}

// times writes a measure of times.
func (w *writer) times(name, what string, s *sample) {
	if s.n == 0 {
		w.line("  # %s: unknown (%s)", name, what)
		return
	}
	if s.n == 1 {
		w.line("  # %s %s (%s; n 1)", name, apart(span(s.median())), what)
		return
	}
	w.line("  # %s %s (%s; n %d, %s to %s in four of five)", name, apart(span(s.median())), what, s.n,
		apart(span(s.quantile(0.1))), apart(span(s.quantile(0.9))))
}

// brief is the median, for people.
func brief(s *sample) string {
	if s.n == 0 {
		return "unknown"
	}
	return apart(span(s.median()))
}

// optional writes one that need not be there.
func (w *writer) optional(name, what string, s *sample) {
	if s.n > 0 {
		w.times(name, what, s)
	}
}

// apart puts a blank between number and unit, for people.
func apart(span string) string { return strings.Replace(span, "ms", " ms", 1) }

func (w *writer) way(c *scene) {
	switch {
	case c.seen == "" && c.crossing > 0:
		w.line("  # round trip time: unknown (no handshake, and no stray request's RST), but more than %s: a request crossed a FIN", apart(span(c.crossing)))
	case c.seen == "":
		w.line("  # round trip time: unknown (no handshake was captured)")
	case c.front.n > 0:
		w.line("  # round trip time %s (%s, n %d: %s before the capture's place, %s behind it)", apart(span(c.roundTrip)), c.seen, c.front.n,
			apart(span(c.front.median())), apart(span(c.back.median())))
	default:
		w.line("  # round trip time %s (%s; n %d)", apart(span(c.roundTrip)), c.seen, c.echo.n)
	}
}

// habits tells of connections and sizes.
func (w *writer) habits(c *scene) {
	var ends []string
	for how, n := range c.closed {
		if n > 0 {
			ends = append(ends, fmt.Sprintf("%s %d", closeWords[how], n))
		}
	}
	w.line("  # The device's side ended: %s; %d were still open as the capture ended.", strings.Join(ends, ", "), c.cut)
	most, often := c.visits.atOnce()
	w.line("  # Connections with one request: %d, with more: %d; in use at once: %d, at most %d.", c.oneEach, c.several, often, most)
	if c.requests > 0 {
		w.line("  # Bytes, heads included: requests %s, answers %s; the embedded device's answers are its own.", sizes(&c.requestSize), sizes(&c.answerSize))
	}
	for _, i := range c.commands.often() {
		w.line("  #   %s", c.commands.all[i].describe())
	}
	if n := c.visits.n - len(c.visits.kept); n > 0 {
		w.line("  # Order and concurrency are those of the first %d connections.", maxVisits)
	}
	if c.commands.others > 0 {
		w.line("  # %d requests were for more targets than are told apart.", c.commands.others)
	}
	for _, protocol := range slices.Sorted(maps.Keys(c.hidden)) {
		w.line("  # %d connections speak %s, which hides their exchanges: unknown.", c.hidden[protocol], protocol)
	}
}

func sizes(s *sample) string {
	if s.n == 0 {
		return "unknown"
	}
	low, high := s.quantile(0.1), s.quantile(0.9)
	if low == high {
		return fmt.Sprint(low)
	}
	return fmt.Sprintf("%d to %d (median %d)", low, high, s.median())
}
