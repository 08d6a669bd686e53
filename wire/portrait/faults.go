package portrait

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A stock is how much there is, at each stage, that can be struck: what strikes
// first leaves the rest for others.
type stock [answered + 1]int

// strike turns what was found into faults, in the order in which a conversation
// meets them.
func (c *scene) strike() {
	left := &stock{connecting: c.attempts(), requesting: c.requests - c.unanswered, answered: c.closing.chances}
	for _, r := range recipes {
		if r.stage != answered {
			c.follow(r, left)
		}
	}
	c.replace(left)
	c.announce()
	for _, r := range recipes {
		if r.stage == answered {
			c.follow(r, left)
		}
	}
	c.close(left[answered])
	if n := c.struck[unmade]; n > 0 {
		c.remark("Not reproduced: %d connections that ended in ways which this file has no words for.", n)
	}
	for _, id := range c.causesByCount() {
		if id, _, _ = strings.Cut(id, " or "); shown(id) && !slices.Contains(c.shows, id) {
			c.shows = append(c.shows, id)
		}
	}
}

// follow does what a recipe says, if that was found.
func (c *scene) follow(r recipe, left *stock) {
	n := c.struck[r.strike]
	if n == 0 {
		return
	}
	if r.strike == silence && 2*c.firstStruck > n {
		r.stage, r.fault = connecting, strings.Replace(r.fault, "after-response", "connect", 1)
	}
	if left[r.stage] <= 0 {
		c.remark("Not reproduced: %s (%d), for nothing is left that it could strike.", r.doc, n)
		return
	}
	fault := r.fault
	if strings.Contains(fault, "%") {
		fault = fmt.Sprintf(fault, span(3*c.timeout))
	}
	fault += ", probability: " + percent(min(n, left[r.stage]), left[r.stage])
	if left[r.stage] -= n; r.link {
		c.link = append(c.link, fault)
	} else {
		c.device = append(c.device, fault)
	}
	if r.needs != "" {
		c.needs = append(c.needs, r.needs)
	}
}

// shown reports whether a scenario has words for the cause.
func shown(id string) bool {
	_, ending := endings[id]
	return id != "" && (ending || atConnect[id] != nothing || later[id] != nothing)
}

// replace answers as often with a status of no success as the device did.
func (c *scene) replace(left *stock) {
	codes := slices.SortedFunc(maps.Keys(c.statuses.by), func(a, b int) int {
		return cmp.Or(cmp.Compare(c.statuses.by[b], c.statuses.by[a]), cmp.Compare(a, b))
	})
	for _, code := range codes {
		n := c.statuses.by[code]
		if code > 599 || left[requesting] <= 0 {
			c.remark("Not reproduced: status %d (%d).", code, n)
			continue
		}
		c.device = append(c.device, fmt.Sprintf("effect: status, code: %d%s", code, chance(n, left[requesting])))
		left[requesting] -= n
	}
	if c.statuses.other > 0 {
		c.remark("Not reproduced: %d answers of other statuses.", c.statuses.other)
	}
}

// announce writes how the device closes and says so.
func (c *scene) announce() {
	k := &c.closing
	if n := k.count[announcedly]; n > 0 {
		c.device = append(c.device, "effect: close, point: after-response"+c.after(announcedly)+", announce: true"+chance(k.announced, k.announced+k.chances))
	} else if k.announced > 0 {
		c.remark("%d of %d answers, or their requests, announced a close; the device never closed first.", k.announced, c.answers)
	}
}

// tight is by how much a client can be late on a busy machine.
const tight = int64(time.Millisecond)

// close writes how the device closes behind answers without a word.
func (c *scene) close(left int) {
	k := &c.closing
	for _, kind := range []endingKind{abortively, draining} {
		if n := k.count[kind]; n > 0 && left > 0 {
			effect := map[endingKind]string{abortively: "reset", draining: "drain"}[kind]
			c.device = append(c.device, "effect: "+effect+", point: after-response"+c.after(kind)+chance(n, left))
			left -= n
		}
	}
	n := k.count[silently]
	if margin := k.after[silently].median() - k.hit.median(); k.met[crosses] > 0 && margin > 0 && margin < tight {
		c.remark("The request leaves %s before the FIN comes: on a busy machine some leave after it, and are stale-reuse.", span(margin))
	}
	switch {
	case n == 0 || left <= 0:
	case k.idles(c.roundTrip):
		c.device = append(c.device, "effect: close, point: idle"+c.after(silently))
	case k.counts() > 0:
		c.device = append(c.device, fmt.Sprintf("%s, exchanges: [%d]", c.shut(), k.counts()))
	default:
		c.device = append(c.device, c.shut()+chance(n, left))
	}
}

// shut is the plain close. Where the field saw a FIN before the RST, a
// half-close then a close has that order at any distance.
func (c *scene) shut() string {
	k := &c.closing
	if k.met[crosses] > 0 && k.met[collides] == 0 {
		return "effect: half-close, point: after-response" + c.after(silently) + ", then: close"
	}
	return "effect: close, point: after-response" + c.after(silently)
}

// after is the delay between an answer and its ending.
func (c *scene) after(kind endingKind) string {
	s := c.closing.after[kind].each(func(v int64) int64 { return max(1000, v/c.slower) })
	if s.quantile(0.9) > longestService {
		c.remark("The device closes at most %s after an answer; as captured it took up to %s.", span(longestService), span(c.closing.after[kind].quantile(1)))
		s = s.each(func(v int64) int64 { return min(v, longestService) })
	}
	return ", delay: " + quoted(s.law())
}

// quoted writes a law within a mapping of one line.
func quoted(l law) string {
	if text := l.String(); strings.Contains(text, ",") {
		return `"` + text + `"`
	} else {
		return text
	}
}
