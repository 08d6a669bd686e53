package wire

// pause is the shortest time without traffic, in nanoseconds, that is taken for
// a server's idle timeout where it has announced none: they are set in seconds.
const pause = int64(1e9)

// shortestIdle is the least that is ever set as one.
const shortestIdle = int64(10e6)

// waited is how long the server had waited since its last answer when it closed,
// and whether the open request came at that time, give or take a tenth of it.
func (s *scene) waited() (ns int64, meets bool) {
	if s.hit == nil || s.before == nil || s.before.Response.Packet == 0 {
		return 0, false
	}
	end := s.down.FIN.At
	if s.down.FIN.Packet == 0 {
		end = s.down.Reset.At
	}
	ns = end - s.before.Response.Done
	apart := s.hit.Request.At - end
	return ns, max(apart, -apart) <= ns/10
}

// idle leaves the idle timeout as a cause if the server closed after a pause.
func (s *scene) idle(r *report) {
	if ns, meets := s.waited(); meets && ns >= pause {
		r.sayf("the server closed after a pause of %s: its idle timeout may have fired", millis(ns))
		r.leave("idle-timeout-race")
	} else if s.w.Foreign && ns >= shortestIdle && s.longest(ns) {
		r.sayf("the server closed %s after its last answer, longer than any pause before on this connection: its idle timeout may have fired", millis(ns))
		r.leave("idle-timeout-race")
	}
}

// longest reports whether the server has kept the connection open through a
// pause before, and through none that was as long as this one.
func (s *scene) longest(ns int64) bool {
	before := false
	for i := 1; i < len(s.c.Exchanges); i++ {
		last, next := &s.c.Exchanges[i-1], &s.c.Exchanges[i]
		if next.Response.Packet == 0 || last.Response.Packet == 0 || next.Request.Packet == 0 {
			continue
		}
		before = true
		if next.Request.At-last.Response.Done >= ns {
			return false
		}
	}
	return before
}

// announcedIdle is one of the three races on a reused connection at the time
// that the server had announced (Keep-Alive: timeout).
func announcedIdle(s *scene, r *report) bool {
	ns, meets := s.waited()
	if !meets || s.before.Idle <= 0 || !s.byServer() {
		return false
	}
	idle := int64(s.before.Idle)
	if late := ns - idle; max(late, -late) > max(idle/10, pause) {
		return false
	}
	for _, race := range []func(*scene, *report) bool{staleReuse, closeRace, closedUnread, closeCollision} {
		told := report{scene: s, origin: r.origin}
		if race(s, &told) {
			told.also = nil
			*r = told
			r.sayf("the server had announced that it closes after %s without a request, and closed after %s", millis(idle), millis(ns))
			return true
		}
	}
	return false
}
