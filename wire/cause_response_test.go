package wire_test

import (
	"rstorm/results"
	"rstorm/wire"
)

var responseActs = []pair{{
	rule: "the server closes within an answer",
	fits: statement{field: "an answer that a FIN cuts", cause: "crash-mid-response", also: []string{"process-exit"}, by: results.ByDevice, phase: results.PhaseBody, says: "cut answer", play: func() *play {
		p := stage()
		p.asked()
		p.Send(wire.Down, data, half)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
	neighbour: statement{field: "an answer that a FIN follows", cause: "", play: func() *play {
		p := stage()
		p.served()
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
}, {
	rule: "the server closes and does not answer",
	fits: statement{field: "a FIN in place of an answer", cause: "crash-before-response", also: []string{"process-exit"}, by: results.ByDevice, phase: results.PhaseWait, says: "brings no answer", play: func() *play {
		p := stage()
		p.asked()
		p.pass(20)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
	neighbour: statement{field: "a FIN that crosses the first request", cause: "close-race", also: []string{"connection-limit", "defence-reset"}, by: results.ByDevice, phase: results.PhaseWait, play: func() *play {
		p := stage()
		p.Fly(wire.Up, data, get)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Ends[wire.Up].Heard--
		p.Reply(wire.Down)
		return p
	}},
}, {
	rule: "the server resets within an answer",
	fits: statement{field: "an answer that a RST cuts", cause: "reset-mid-response", by: results.ByDevice, phase: results.PhaseBody, says: "cut answer", play: func() *play {
		p := stage()
		p.asked()
		p.Send(wire.Down, data, half)
		p.abort(wire.Down)
		return p
	}},
	neighbour: statement{field: "an answer that a RST follows", cause: "abort-after-response", by: results.ByDevice, phase: results.PhaseDone, says: "no request was hit", play: func() *play {
		p := stage()
		p.served()
		p.abort(wire.Down)
		return p
	}},
}, {
	rule: "the kernel says that bytes lay unread, on a fresh connection or behind the last answer",
	fits: statement{field: "a fresh connection that is closed with its request unread", cause: "unread-data", by: results.ByDevice, phase: results.PhaseWait, says: "closed while bytes lay unread", play: func() *play {
		p := stage()
		p.asked()
		p.say("TCP_ABORT_ON_CLOSE", false)
		p.abort(wire.Down)
		return p
	}},
	neighbour: statement{field: "a reused connection that is closed with a request unread", cause: "close-collision", by: results.ByDevice, phase: results.PhaseWait, says: "had answered before", play: func() *play {
		p := stage()
		p.served()
		p.asked()
		p.say("TCP_ABORT_ON_CLOSE", false)
		p.abort(wire.Down)
		return p
	}},
}, {
	rule: "the server resets after an answer, and a request crosses that",
	fits: statement{field: "a fast close that the next request crosses", cause: "abort-after-response", by: results.ByDevice, phase: results.PhaseWait, says: "it left before the request had arrived", play: func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, data, get)
		p.abort(wire.Down)
		return p
	}},
	neighbour: statement{field: "the same when the request had arrived", cause: "close-collision", also: []string{"reset-before-response", "crash-before-response"}, by: results.ByDevice, phase: results.PhaseWait, play: collided},
}, {
	rule: "the server resets instead of answering on a reused connection, and the kernel does not say that it did so by will",
	fits: statement{field: "a request and a RST without a FIN on a reused connection", cause: "close-collision", also: []string{"reset-before-response", "crash-before-response"}, by: results.ByDevice, phase: results.PhaseWait, says: "without a FIN", play: collided},
	neighbour: statement{field: "the same, and the kernel says that it was by will", cause: "reset-before-response", by: results.ByDevice, phase: results.PhaseWait, play: func() *play {
		p := stage()
		p.served()
		p.asked()
		p.say("TCP_STATE", false)
		p.abort(wire.Down)
		return p
	}},
}, {
	rule: "the server resets instead of answering",
	fits: statement{field: "a request and a RST on a fresh connection", cause: "reset-before-response", also: []string{"unread-data", "crash-before-response", "defence-reset", "connection-limit"}, by: results.ByDevice, phase: results.PhaseWait, says: "does not tell a reset by will", play: func() *play {
		p := stage()
		p.asked()
		p.pass(20)
		p.abort(wire.Down)
		return p
	}},
	neighbour: statement{field: "a request that is still waited for", cause: "", play: func() *play {
		p := stage()
		p.asked()
		return p
	}},
}, {
	rule: "the server resets, and no request is open",
	fits: statement{field: "a RST in place of a FIN", cause: "abort-after-response", by: results.ByDevice, phase: results.PhaseDone, says: "in place of a FIN", play: func() *play {
		p := stage()
		p.served()
		p.abort(wire.Down)
		return p
	}},
	neighbour: statement{field: "a FIN of each", cause: "", play: func() *play {
		p := stage()
		p.served()
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.ACK, "")
		return p
	}},
}, {
	rule: "the server resets, and no request is open",
	fits: statement{field: "a RST that answers the client's last acknowledgement", cause: "abort-after-response", also: []string{"process-exit"}, by: results.ByDevice, phase: results.PhaseDone, says: "no request was hit", play: func() *play {
		p := stage()
		p.served()
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Reply(wire.Down)
		return p
	}},
	neighbour: statement{field: "the same with a request before it", cause: "stale-reuse", by: results.ByDevice, phase: results.PhaseWait, play: func() *play {
		p := stage()
		p.served()
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.asked()
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Reply(wire.Down)
		return p
	}},
}, {
	rule: "the server resets, no request is open, and the client had sent something behind the last one",
	fits: statement{field: "a server that closes with the client's goodbye unread", cause: "unread-data", also: []string{"abort-after-response", "reset-mid-response"}, by: results.ByDevice, phase: results.PhaseDone, says: "acknowledges 7 bytes", play: func() *play {
		p := secured()
		p.Send(wire.Up, data, alert)
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.abort(wire.Down)
		return p
	}},
	neighbour: statement{field: "a server that resets without a goodbye of the client", cause: "abort-after-response", also: []string{"reset-mid-response"}, by: results.ByDevice, phase: results.PhaseDone, play: func() *play {
		p := secured()
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.abort(wire.Down)
		return p
	}},
}}

// collided is a request that lies in the server's buffer as it closes.
func collided() *play {
	p := stage()
	p.served()
	p.asked()
	p.abort(wire.Down)
	return p
}
