package portrait

import (
	"fmt"
	"math"
	"slices"
)

// strategies lists whom the scenario compares: whom the captured clients are
// like first.
func (c *scene) strategies() []string {
	all := []string{c.like}
	for _, other := range []string{"naive", "close", "retry"} {
		if !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	return all
}

// thresholds says what must hold as the scenario is played, as far as that is
// certain.
func (c *scene) thresholds() []string {
	var all []string
	calm := len(c.device) == 0 && len(c.link) <= 1 && c.bad == 0
	if calm {
		return []string{"success >= 99%", "resets == 0", "lost == 0"}
	}
	if c.resetShare()*float64(c.total()) >= 10 {
		all = append(all, "resets > 0")
	}
	if c.like != "go-default" {
		if bounds := c.bounds(); bounds != "" {
			all = append(all, c.like+": ["+bounds+"]")
		}
	}
	if c.closesOnly() {
		if c.like != "close" {
			all = append(all, "close: success >= 99%")
		}
		all = append(all, "retry: success >= 99%")
	}
	return append(all, "lost == 0")
}

// total is how many commands each strategy sends.
func (c *scene) total() int { return c.each * c.clients }

// wants is how many commands the captured clients wanted to send, as far as
// can be seen: requests, and connections that were not made for any.
func (s *server) wants() int {
	return s.requests + s.struck[synDropped] + s.struck[synRejected] + s.struck[refusal] + s.struck[thrownOut]
}

// bounds is the interval that the success of the likest strategy lies in: that
// of the captured share (Wilson), and what chance and a busy machine make of it
// when it is played.
func (c *scene) bounds() string {
	n := c.wants()
	if n == 0 {
		return ""
	}
	low, high := c.reach(n)
	if c.like == "naive" { // what it sends on a connection that was reset never leaves its machine
		low, _ = c.reach(n + c.closing.count[abortively])
	}
	text := ""
	if low > 0.01 {
		text = fmt.Sprintf("success > %.0f%%", math.Floor(100*low))
	}
	if high < 0.99 {
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("success < %.0f%%", math.Ceil(100*high))
	}
	return text
}

// reach is the interval if so many commands were wanted.
func (c *scene) reach(n int) (low, high float64) {
	share := float64(c.succeeded) / float64(n)
	low, high = wilson(c.succeeded, n)
	const slack, sigmas = 0.08, 3.5
	reach := slack + sigmas*math.Sqrt(share*(1-share)/float64(c.total()))
	return min(low, share-reach), max(high, share+reach)
}

// resetShare is the share of requests behind which a connection was reset by
// the device.
func (c *scene) resetShare() float64 {
	n := c.closing.met[crosses] + c.closing.met[collides] + c.closing.met[tooLate] + c.closing.count[abortively] +
		c.struck[resetBefore] + c.struck[resetWithin] + c.struck[leftUnread] + c.struck[forgotten]
	return float64(n) / float64(max(1, c.requests))
}

// closesOnly reports whether all that goes wrong is that the device closes
// behind its answers.
func (c *scene) closesOnly() bool {
	for s, n := range c.struck {
		if strike(s) != nothing && n > 0 {
			return false
		}
	}
	return len(c.statuses.by) == 0 && c.closing.count[abortively] == 0 && c.timeout >= 5*c.serving.median()
}
