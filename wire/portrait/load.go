package portrait

import (
	"fmt"
	"time"
)

// Bounds of what a scenario takes.
const (
	longestPause   = int64(time.Second)
	longestService = int64(2 * time.Second)
	shortPause     = int64(250 * time.Millisecond) // what longer ones become where it counts how they compare with others
	longestWait    = int64(5 * time.Second)        // of a caller for its answer, if it gave up at all
	longestTrial   = int64(30 * time.Second)       // of one strategy, about
	maxClients     = 32
	fewest         = 100 // commands in all, where time allows
	most           = 1000
	fewestEach     = 10
)

// times works out service time and gap at the two ends of the way: where
// handshakes tell how far off they are, the way's share is taken off.
func (c *scene) times() {
	service := c.service.less(c.front.median())
	if service.quantile(0.99) > longestService {
		c.remark("Service times of more than %s are cut to that; the longest captured took %s.", span(longestService), span(service.quantile(1)))
		service = service.each(func(v int64) int64 { return min(v, longestService) })
	}
	if service.n > 0 {
		c.serving = service.law()
	}
	c.pauses()
	if c.gaps.n > 0 {
		c.pausing = c.gaps.law()
	}
	c.limit(5 * service.quantile(0.99))
}

// pauses works out the gap: that of connections that are kept, or that between
// connections where each has one command. Where most pauses are long, all times
// of silence are shortened alike if it counts how they compare; what is still
// too long is cut.
func (c *scene) pauses() {
	c.gaps = c.gap
	if c.like == "close" {
		c.gaps = c.visits.gaps()
	}
	c.gaps = c.gaps.less(c.back.median())
	if long := c.gaps.quantile(0.9); long > longestPause && c.closing.count[unclosed] < c.conversations {
		c.slower = (long + shortPause - 1) / shortPause
		c.remark("Pauses, and the times after which the device closes, are %d times as short as captured.", c.slower)
		c.gaps = c.gaps.each(func(v int64) int64 { return v / c.slower })
	}
	if c.gaps.quantile(0.99) > longestPause {
		c.remark("Pauses of more than %s are cut to that; the longest captured took %s.", span(longestPause), span(c.gaps.quantile(1)*c.slower))
		c.gaps = c.gaps.each(func(v int64) int64 { return min(v, longestPause) })
	}
}

// limit works out how long a command may take: as long as the clients waited,
// or well longer than a service time.
func (c *scene) limit(enough int64) {
	const again = int64(900 * time.Millisecond) // a SYN is sent again after 1 s
	switch {
	case c.patience.n > 0:
		c.timeout = min(max(c.patience.median(), 2*c.serving.median(), int64(50*time.Millisecond)), longestWait)
	case c.struck[synDropped]+c.struck[silence] > 0:
		c.timeout = max(enough, int64(400*time.Millisecond))
	default:
		c.timeout = max(enough, longestPause)
	}
	if c.struck[synDropped] > 0 && c.timeout > again {
		c.remark("Commands have %s instead of %s: a SYN would be sent again, and come through by chance.", span(again), span(c.timeout))
		c.timeout = again
	}
}

// load works out how many clients send how much.
func (c *scene) load() {
	_, often := c.visits.atOnce()
	c.clients = min(max(1, often), maxClients)
	if often > maxClients {
		c.remark("%d clients at once are played by %d.", often, maxClients)
	}
	wanted := min(max(c.requests, fewest), most)
	c.each = max(wanted/c.clients, fewestEach)
	silent := float64(c.struck[synDropped]+c.struck[silence]+c.struck[gaveUp]) / float64(max(1, c.requests+c.conversations))
	one := c.serving.median() + c.pausing.median() + c.roundTrip + int64(silent*float64(c.timeout))
	c.each = max(fewestEach, min(c.each, int(longestTrial/max(1, one))))
}

// refuse plays refusals by the clock: nothing listens for a share of the time,
// in as many windows as there were rows of refusals.
func (c *scene) refuse() {
	n, rows := c.visits.refusals()
	switch {
	case n == 0:
		return
	case n == len(c.visits.kept):
		c.link = append(c.link, "effect: refuse")
		return
	}
	c.pausing.low, c.pausing.high = max(c.pausing.low, int64(time.Millisecond)), max(c.pausing.high, int64(time.Millisecond))
	pause := float64(c.pausing.median())
	whole := pause + float64(c.serving.median()+c.roundTrip)
	share := float64(n) / float64(len(c.visits.kept))
	share = share * pause / (share*pause + (1-share)*whole) // a refusal takes less time than a command
	period := max(100*time.Millisecond, time.Duration(whole*float64(c.each))/time.Duration(rows))
	shut := min(max(time.Millisecond, time.Duration(share*float64(period))), period-time.Millisecond)
	then := ""
	if c.like != "close" && c.closing.count[silently] == 0 {
		then = ", then: reset"
		c.remark("Connections that are open when the device stops to listen are reset, so that their clients meet it.")
	}
	c.link = append(c.link, fmt.Sprintf("effect: refuse, from: %s, for: %s, every: %s%s", span(int64(period-shut)/2), span(int64(shut)), span(int64(period)), then))
}
