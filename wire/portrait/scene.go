package portrait

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A scene is a server as a scenario plays it.
type scene struct {
	*server
	like      string // the strategy that its clients are most like
	roundTrip int64
	seen      string // how the round trip time is known; empty if it is not
	gaps      sample // that the scenario has; see times
	slower    int64  // pauses and the times until the device closes were so many times as long
	serving   law
	pausing   law
	timeout   int64
	clients   int
	each      int // commands of each client

	device, link []string // faults, as mappings of one line
	needs, shows []string
	remarks      []string // what the scenario leaves out, or does otherwise
}

// newScene works out what reproduces one, which it leaves as it is but for the
// order of its visits.
func newScene(one *server) *scene {
	own := *one
	s := &own
	s.commands.all = slices.Clone(s.commands.all)
	s.closing.after[silently].kept = slices.Clone(s.closing.after[silently].kept)
	c := &scene{server: s, slower: 1}
	s.visits.sort()
	s.visits.between(func(a, b *visit) {
		if !(a.failed && a.last == b.first) { // sent again
			s.commands.follow(a.last, b.first)
		}
	})
	aborted := s.closing.settle(c.aborted)
	c.struck[resetBefore] += aborted
	c.unanswered -= min(aborted, c.unanswered) // the device had read them
	c.way()
	c.client()
	c.times()
	c.strike()
	c.load()
	c.refuse()
	slices.Sort(c.needs)
	c.needs = slices.Compact(c.needs)
	return c
}

// aborted reports whether the device resets requests by will, rather than close
// behind answers: it does so to the first request of a connection too, which
// comes behind no answer, or keeps to the request in time.
func (c *scene) aborted(k *closing) bool {
	firsts := c.oneEach + c.several
	_, first := wilson(c.struck[resetBefore], max(1, firsts))
	other := float64(k.met[collides]) / float64(max(1, c.requests-firsts))
	return c.struck[resetBefore] > 0 && first >= other || k.byRequest()
}

// shortestWay is a round trip time that is not worth a delay: that within a
// machine, or nearly so.
const shortestWay = int64(100 * time.Microsecond)

// way works out the round trip time and what reproduces it.
func (c *scene) way() {
	switch {
	case c.front.n > 0:
		c.roundTrip, c.seen = c.front.median()+c.back.median(), "by handshakes"
	case c.echo.n > 0:
		c.roundTrip, c.seen = c.echo.median(), "from a stray request to its RST, for no handshake was captured; service time and gap hold it too"
	}
	if c.roundTrip > longestPause {
		c.remark("The round trip time is cut to %s.", span(longestPause))
		c.roundTrip = longestPause
	}
	if c.roundTrip >= shortestWay {
		c.link = append(c.link, "effect: delay, point: passage, delay: "+span(c.roundTrip/2))
	}
}

// client works out what the clients are most like.
func (c *scene) client() {
	spared, late := c.closing.met[spares], c.closing.met[tooLate]
	switch {
	case c.several == 0:
		c.like = "close"
	case spared > 2+5*late && !c.closing.idles(c.roundTrip):
		c.like = "go-default"
	default:
		c.like = "naive"
	}
}

func (c *scene) remark(format string, args ...any) {
	c.remarks = append(c.remarks, fmt.Sprintf(format, args...))
}

// causesByCount lists the causes found, the most frequent first.
func (s *server) causesByCount() []string {
	var all []string
	for id := range s.causes {
		all = append(all, id)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(s.causes[b], s.causes[a]), cmp.Compare(a, b)) })
	return all
}
