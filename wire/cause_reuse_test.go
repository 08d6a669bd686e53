package wire_test

import (
	"rstorm/results"
	"rstorm/wire"
)

var reuseActs = []pair{{
	rule:      "a request acknowledges the server's FIN",
	fits:      statement{field: "a request on a connection whose end the client's kernel knows", cause: "stale-reuse", by: results.ByDevice, phase: results.PhaseWait, says: "checking the connection before reuse would have helped", play: stale},
	neighbour: statement{field: "the same with a request that left before the FIN came", cause: "close-race", by: results.ByDevice, phase: results.PhaseWait, says: "checking before reuse could not have helped", play: crossed},
}, {
	rule:      "a request and the server's FIN cross",
	fits:      statement{field: "a request and a FIN that cross", cause: "close-race", by: results.ByDevice, phase: results.PhaseWait, says: "left 0.50 ms before FIN", play: crossed},
	neighbour: statement{field: "a request that acknowledges the FIN", cause: "stale-reuse", by: results.ByDevice, phase: results.PhaseWait, play: stale},
}, {
	rule: "a request and the server's FIN cross",
	fits: statement{field: "a crossing on the device's side, where the FIN is seen first", cause: "close-race", by: results.ByDevice, phase: results.PhaseWait, says: "had left and does not acknowledge it", play: func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Down, wire.FIN|wire.ACK, "")
		p.pass(0.5)
		p.asked()
		p.Reply(wire.Down)
		return p
	}},
	neighbour: statement{field: "a request that acknowledges the FIN", cause: "stale-reuse", by: results.ByDevice, phase: results.PhaseWait, play: stale},
}, {
	rule: "a request and the server's FIN cross",
	fits: statement{field: "a crossing of which the capture has no RST", cause: "close-race", also: []string{"half-close"}, by: results.ByDevice, phase: results.PhaseWait, says: "no RST of the server was captured", play: func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, data, get)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
	neighbour: statement{field: "a server that still takes what comes", cause: "half-close", by: results.ByDevice, phase: results.PhaseWait, says: "checking before reuse could not have helped", play: func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, data, get)
		p.Fly(wire.Down, wire.FIN|wire.ACK, "")
		p.Land(wire.Up)
		p.Send(wire.Down, wire.ACK, "")
		return p
	}},
}, {
	rule: "the server closes its sending side and still acknowledges a request",
	fits: statement{field: "a half-closed connection that a client uses again", cause: "half-close", by: results.ByDevice, phase: results.PhaseWait, says: "checking before reuse would have helped", play: func() *play {
		p := stage()
		p.served()
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.asked()
		p.Send(wire.Down, wire.ACK, "")
		return p
	}},
	neighbour: statement{field: "a half-closed connection on which nothing comes any more", cause: "", play: func() *play {
		p := stage()
		p.served()
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.ACK, "")
		return p
	}},
}, {
	rule: "a request lies unread on a reused connection as the server closes",
	fits: statement{field: "a FIN that acknowledges the request and comes sooner than an answer could", cause: "close-race", also: []string{"crash-before-response", "process-exit", "half-close"}, by: results.ByDevice, phase: results.PhaseWait, says: "sooner than the last answer, which took 20.0 ms", play: func() *play {
		p := stage()
		p.served()
		p.asked()
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
	neighbour: statement{field: "a stale request that the FIN can't acknowledge", cause: "stale-reuse", by: results.ByDevice, phase: results.PhaseWait, play: stale},
}, {
	rule: "a request lies unread on a reused connection as the server closes",
	fits: statement{field: "a FIN that acknowledges the request, and the RST of the same socket", cause: "close-race", by: results.ByDevice, phase: results.PhaseWait, says: "it lay in the server's buffer", play: func() *play {
		p := stage()
		p.served()
		p.asked()
		p.Fly(wire.Down, wire.FIN|wire.ACK, "")
		p.abort(wire.Down)
		return p
	}},
	neighbour: statement{field: "the same without a RST, and later than an answer", cause: "crash-before-response", also: []string{"process-exit", "close-race", "half-close"}, by: results.ByDevice, phase: results.PhaseWait, play: func() *play {
		p := stage()
		p.served()
		p.asked()
		p.pass(40)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
}, {
	rule: "a request acknowledges the server's FIN",
	fits: statement{field: "a stale connection that the server closed after an idle minute", cause: "stale-reuse", also: []string{"idle-timeout-race"}, by: results.ByDevice, phase: results.PhaseWait, says: "its idle timeout may have fired", play: func() *play {
		p := stage()
		p.served()
		p.pass(60_000)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.pass(5)
		p.asked()
		p.Reply(wire.Down)
		return p
	}},
	neighbour: statement{field: "an idle connection that the server closes", cause: "", play: func() *play {
		p := stage()
		p.served()
		p.pass(60_000)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Send(wire.Down, wire.ACK, "")
		return p
	}},
}, {
	rule:      "one of the races below, at the time that the server had announced",
	fits:      statement{field: "a close after the five seconds that were announced", cause: "idle-timeout-race", by: results.ByDevice, phase: results.PhaseWait, says: "had announced that it closes after 5000 ms", play: idled("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok")},
	neighbour: statement{field: "the same without a word", cause: "close-collision", also: []string{"reset-before-response", "crash-before-response", "idle-timeout-race"}, by: results.ByDevice, phase: results.PhaseWait, play: idled(ok)},
}}

// idled is a server that answers and closes after five idle seconds, as the next
// request arrives.
func idled(answer string) func() *play {
	return func() *play {
		p := stage()
		p.Send(wire.Up, data, get)
		p.Send(wire.Down, data, answer)
		p.pass(5000)
		p.asked()
		p.abort(wire.Down)
		return p
	}
}

// crossed is the field case on a connection with a handshake.
func crossed() *play {
	p := stage()
	p.served()
	p.Fly(wire.Up, data, get)
	p.pass(0.5)
	p.Send(wire.Down, wire.FIN|wire.ACK, "")
	p.Ends[wire.Up].Heard--
	p.Reply(wire.Down)
	return p
}

// stale is a request on a connection whose FIN the client's kernel has.
func stale() *play {
	p := stage()
	p.served()
	p.Send(wire.Down, wire.FIN|wire.ACK, "")
	p.Send(wire.Up, wire.ACK, "")
	p.pass(5)
	p.asked()
	p.Reply(wire.Down)
	return p
}
