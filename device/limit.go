package device

import "time"

// limits are the two ways in which a device turns new connections away.
type limits struct {
	most     int           // open at once; 0 is no limit
	interval time.Duration // one new connection in each; 0 is no limit
	slack    time.Duration // how far ahead of its time a connection may come
	due      time.Duration // when the next one would come at an even pace
}

func newLimits(p *Profile) limits {
	l := limits{most: p.MaxConnections}
	if rate := p.ConnectionsPerSecond; rate > 0 {
		burst := p.Burst
		if burst == 0 {
			burst = max(1, rate/10)
		}
		l.interval = time.Second / time.Duration(rate)
		l.slack = time.Duration(burst-1) * l.interval
	}
	return l
}

// turn says why a connection that comes at now, with open others there, is
// turned away; empty lets it in. The rate is judged first: it stands for what
// sits before the device's own slots.
func (l *limits) turn(now time.Duration, open int) Ending {
	if l.interval > 0 {
		due, ok := conform(l.due, now, l.interval, l.slack)
		if !ok {
			return RateLimit
		}
		l.due = due
	}
	if l.most > 0 && open >= l.most {
		return ConnectionLimit
	}
	return ""
}

// conform is a token bucket written as its equal, the virtual scheduling
// algorithm (ITU-T I.371, GCRA), which needs no fractions: an arrival at now
// conforms if it is at most slack ahead of due; then the next one is due an
// interval later.
func conform(due, now, interval, slack time.Duration) (next time.Duration, ok bool) {
	if now < due-slack {
		return due, false
	}
	return max(due, now) + interval, true
}
