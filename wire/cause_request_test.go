package wire_test

import (
	"strings"

	"rstorm/results"
	"rstorm/wire"
)

var requestActs = []pair{{
	rule: "the server closes within a request",
	fits: statement{field: "a server that closes while the client sends", cause: "crash-while-receiving", also: []string{"process-exit", "request-too-large"}, by: results.ByDevice, phase: results.PhaseSend, says: "the request is not whole", play: func() *play {
		p := stage()
		p.Send(wire.Up, data, put+strings.Repeat("x", 1000))
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, data, strings.Repeat("x", 1000))
		p.Reply(wire.Down)
		return p
	}},
	neighbour: statement{field: "a server that closes when it has the whole request", cause: "crash-before-response", also: []string{"process-exit"}, by: results.ByDevice, phase: results.PhaseWait, play: func() *play {
		p := stage()
		p.Send(wire.Up, data, put+strings.Repeat("x", 4000))
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
}, {
	rule: "the server resets within a request, or before it has read all of it",
	fits: statement{field: "a server that resets while the client sends", cause: "unread-data", also: []string{"crash-while-receiving", "request-too-large", "reset-before-response"}, by: results.ByDevice, phase: results.PhaseSend, says: "bytes of it had been sent", play: sending},
	neighbour: statement{field: "the same, and the kernel says that it was by will", cause: "reset-before-response", by: results.ByDevice, phase: results.PhaseSend, play: func() *play {
		p := stage()
		p.Send(wire.Up, data, put+strings.Repeat("x", 1000))
		p.say("TCP_STATE", false)
		p.abort(wire.Down)
		return p
	}},
}, {
	rule: "an answer with status 413, and a RST",
	fits: statement{field: "a request that is too large, by the device's own word", cause: "request-too-large", by: results.ByDevice, phase: results.PhaseDone, says: "status 413", play: func() *play {
		p := stage()
		p.Send(wire.Up, data, put+strings.Repeat("x", 1000))
		p.Send(wire.Down, data, tooMuch)
		p.Send(wire.Up, data, strings.Repeat("x", 1000))
		p.abort(wire.Down)
		return p
	}},
	neighbour: statement{field: "the same without an answer", cause: "unread-data", also: []string{"crash-while-receiving", "request-too-large", "reset-before-response"}, by: results.ByDevice, phase: results.PhaseSend, play: sending},
}, {
	rule: "a segment of the client is answered as on a connection that is not known",
	fits: statement{field: "a device that has rebooted, by its kernel's word", cause: "unknown-connection", by: results.ByDevice, phase: results.PhaseWait, says: "the server had sent no FIN", play: func() *play {
		p := stage()
		p.served()
		p.asked()
		p.say("TCP_FLAGS", true)
		p.Reply(wire.Down)
		return p
	}},
	neighbour: statement{field: "a device that has closed in order", cause: "stale-reuse", by: results.ByDevice, phase: results.PhaseWait, play: func() *play {
		p := stage()
		p.served()
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.asked()
		p.say("TCP_FLAGS", true)
		p.Reply(wire.Down)
		return p
	}},
}, {
	rule: "a segment of the client is answered as on a connection that is not known",
	fits: statement{field: "a RST that answers a request after two repeats", cause: "unknown-connection", also: []string{"firewall-reject", "network-outage"}, by: results.ByDevice, phase: results.PhaseWait, says: "had been gone for a while", play: func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, data, get)
		p.again(wire.Up, get, 2)
		p.Reply(wire.Down)
		return p
	}},
	neighbour: statement{field: "the same without a RST", cause: "unacknowledged", also: []string{"firewall-drop", "network-outage"}, by: results.ByUnknown, phase: results.PhaseWait, play: func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, data, get)
		p.again(wire.Up, get, 2)
		return p
	}},
}}

// sending is a server that resets a thousand bytes into a request of four.
func sending() *play {
	p := stage()
	p.Send(wire.Up, data, put+strings.Repeat("x", 1000))
	p.abort(wire.Down)
	return p
}
