package portrait

import (
	"math/rand/v2"
	"time"

	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// films are captures of devices and clients of many kinds, the causes that each
// may be told to show, the likeliest first, and the outcomes that a command
// which is struck can have when it is played.
var films = []struct {
	name   string
	causes []string
	film   func(*rand.Rand) *wiretest.Tape
	ends   []results.Outcome
	narrow bool // half a millisecond decides which cause it is, and a busy machine may be later than that
}{
	{"the field case", []string{"close-race"}, func(*rand.Rand) *wiretest.Tape { return wiretest.Golden() }, []results.Outcome{results.Closed, results.Reset}, true},
	{"a close that crosses the next request, now and then", []string{"close-race"}, sometimesCrossed, []results.Outcome{results.Closed, results.Reset}, false},
	{"a reset in place of an answer", []string{"reset-before-response", "close-collision"}, resetBeforeAnswer, []results.Outcome{results.Reset}, false},
	{"a reset within the answer", []string{"reset-mid-response"}, resetWithinAnswer, []results.Outcome{results.Reset, results.Truncated}, false},
	{"an idle timeout", []string{"stale-reuse", "idle-timeout-race"}, timedOutIdle, []results.Outcome{results.Closed, results.Reset}, false},
	{"nobody listens for a while", []string{"refused"}, sometimesRefused, []results.Outcome{results.Refused}, false},
	{"SYNs that vanish", []string{"firewall-drop"}, vanishedSYNs, []results.Outcome{results.TimedOut}, false},
	{"requests that vanish", []string{"unacknowledged"}, vanishedRequests, []results.Outcome{results.TimedOut}, false},
	{"a device in health", nil, func(*rand.Rand) *wiretest.Tape { return healthy(60).Tape }, nil, false},
}

// sometimesCrossed is a device that closes 6 ms after one answer in four, over
// a way of 6 ms.
func sometimesCrossed(rng *rand.Rand) *wiretest.Tape {
	f := newFilm()
	f.way, f.service = 6*time.Millisecond, 5*time.Millisecond
	c, fresh := f.call(), true
	for range 200 {
		if !fresh && rng.IntN(4) == 0 {
			f.cross(c, get, 3*time.Millisecond, 6*time.Millisecond)
			f.Wait(3 * time.Millisecond)
			c, fresh = f.call(), true
			continue
		}
		if !fresh {
			f.Wait(3 * time.Millisecond)
		}
		f.ask(c, get)
		f.answer(c, "")
		fresh = false
	}
	return f.Tape
}

// resetBeforeAnswer is a device that aborts one request in five.
func resetBeforeAnswer(rng *rand.Rand) *wiretest.Tape {
	f := newFilm()
	f.service = 5 * time.Millisecond
	c := f.call()
	for i := range 200 {
		f.ask(c, []string{put, get}[i%2])
		if rng.IntN(5) == 0 {
			f.Wait(f.service)
			f.reset(c)
			c = f.call()
		} else {
			f.answer(c, "")
		}
		f.Wait(2 * time.Millisecond)
	}
	return f.Tape
}

// resetWithinAnswer is a device that aborts within one answer in five.
func resetWithinAnswer(rng *rand.Rand) *wiretest.Tape {
	f := newFilm()
	f.service = 5 * time.Millisecond
	c := f.call()
	for range 200 {
		f.ask(c, get)
		if rng.IntN(5) == 0 {
			f.Wait(f.service)
			c.Send(wire.Down, wire.PSH|wire.ACK, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
			f.reset(c)
			c = f.call()
		} else {
			f.answer(c, "")
		}
		f.Wait(2 * time.Millisecond)
	}
	return f.Tape
}

// timedOutIdle is a device that closes after 20 ms of silence, and a client
// that does not look and pauses for 10 to 50 ms.
func timedOutIdle(rng *rand.Rand) *wiretest.Tape {
	f := newFilm()
	f.service = 5 * time.Millisecond
	const idle = 20 * time.Millisecond
	c := f.call()
	f.ask(c, get)
	f.answer(c, "")
	for range 60 {
		gap := 10*time.Millisecond + time.Duration(rng.IntN(int(40*time.Millisecond)))
		if gap < idle {
			f.Wait(gap)
			f.ask(c, get)
			f.answer(c, "")
			continue
		}
		f.Wait(idle)
		c.Send(wire.Down, wire.FIN|wire.ACK, "")
		c.Send(wire.Up, wire.ACK, "")
		f.Wait(gap - idle)
		f.ask(c, get)
		c.Reply(wire.Down)
		f.Wait(10*time.Millisecond + time.Duration(rng.IntN(int(40*time.Millisecond))))
		c = f.call()
		f.ask(c, get)
		f.answer(c, "")
	}
	return f.Tape
}

// sometimesRefused is a client with a connection for each command, and a device
// that does not listen for a while, three times.
func sometimesRefused(*rand.Rand) *wiretest.Tape {
	f := newFilm()
	f.service = 5 * time.Millisecond
	for i := range 150 {
		if i%50 >= 35 {
			f.calls++
			c := f.Call("192.168.0.20:"+port(f.calls), device)
			c.Send(wire.Up, wire.SYN, "")
			c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST | wire.ACK, Ack: 1})
		} else {
			c := f.call()
			f.ask(c, get)
			f.answer(c, "")
			f.part(c)
		}
		f.Wait(5 * time.Millisecond)
	}
	return f.Tape
}

// vanishedSYNs is a client whose SYNs are swallowed, one in five with all that
// repeat it.
func vanishedSYNs(rng *rand.Rand) *wiretest.Tape {
	f := newFilm()
	f.service = 5 * time.Millisecond
	for range 100 {
		if rng.IntN(5) == 0 {
			f.calls++
			c := f.Call("192.168.0.20:"+port(f.calls), device)
			for range 3 {
				c.Put(wiretest.Segment{Way: wire.Up, Flags: wire.SYN, Window: 502, Options: true})
				f.Wait(time.Second)
			}
		} else {
			c := f.call()
			f.ask(c, get)
			f.answer(c, "")
			f.part(c)
		}
		f.Wait(5 * time.Millisecond)
	}
	return f.Tape
}

// vanishedRequests is a device that nothing reaches any more, on one kept
// connection after ten answers or so.
func vanishedRequests(rng *rand.Rand) *wiretest.Tape {
	f := newFilm()
	f.service = 5 * time.Millisecond
	c, fresh := f.call(), true
	for range 100 {
		if fresh || rng.IntN(10) > 0 {
			f.ask(c, get)
			f.answer(c, "")
			f.Wait(3 * time.Millisecond)
			fresh = false
			continue
		}
		c.Fly(wire.Up, wire.PSH|wire.ACK, get)
		for range 2 {
			f.Wait(200 * time.Millisecond)
			c.Put(wiretest.Segment{Way: wire.Up, Flags: wire.PSH | wire.ACK, Seq: c.Ends[wire.Up].Next - int64(len(get)), Ack: c.Ends[wire.Up].Heard, Payload: get, Window: 502, Options: true})
		}
		c.Fly(wire.Up, wire.FIN|wire.ACK, "")
		f.Wait(3 * time.Millisecond)
		c, fresh = f.call(), true
	}
	return f.Tape
}
