package wire_test

import (
	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

var handshakeActs = []pair{{
	rule: "a SYN is answered by the acknowledgement of an older connection",
	fits: statement{field: "a SYN that meets an older connection of the same ports", cause: "port-reuse", by: results.ByClient, phase: results.PhaseConnect, says: "RFC 5961", play: func() *play {
		p := raise()
		p.Send(wire.Up, wire.SYN, "")
		p.Put(wiretest.Segment{Way: wire.Down, Flags: wire.ACK, Seq: 70_000, Ack: 90_000, Window: 502})
		p.Put(wiretest.Segment{Way: wire.Up, Flags: wire.RST, Seq: 90_000})
		return p
	}},
	neighbour: statement{field: "a client that resets when its SYN has been answered", cause: "client-abort", by: results.ByClient, phase: results.PhaseConnect, play: func() *play {
		p := raise()
		p.Send(wire.Up, wire.SYN, "")
		p.Send(wire.Down, wire.SYN|wire.ACK, "")
		p.Reply(wire.Up)
		return p
	}},
}, {
	rule: "the kernel says that no more connections fit into the accept queue",
	fits: statement{field: "a RST of a listening socket with a full accept queue", cause: "connection-limit", by: results.ByDevice, phase: results.PhaseDone, says: "accept queue was full", play: func() *play {
		p := stage()
		p.say("INVALID_SYN", true)
		p.Reply(wire.Down)
		return p
	}},
	neighbour: statement{field: "the same without the kernel's word", cause: "connection-limit", also: []string{"firewall-reject", "unknown-connection"}, by: results.ByDevice, phase: results.PhaseDone, play: func() *play {
		p := stage()
		p.Reply(wire.Down)
		return p
	}},
}, {
	rule: "a SYN is answered by a RST",
	fits: statement{field: "a port on which nothing listens, by the kernel's word", cause: "refused", by: results.ByDevice, phase: results.PhaseConnect, says: "NO_SOCKET", play: func() *play {
		p := raise()
		p.Send(wire.Up, wire.SYN, "")
		p.say("NO_SOCKET", false)
		p.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST | wire.ACK, Seq: -500_000, Ack: 1})
		return p
	}},
	neighbour: statement{field: "a SYN on which the capture ends", cause: "", play: func() *play {
		p := raise()
		p.Send(wire.Up, wire.SYN, "")
		return p
	}},
}, {
	rule: "a SYN is answered by a RST",
	fits: statement{field: "a SYN that is refused, as far as the wire tells", cause: "refused", also: []string{"firewall-reject", "connection-limit", "network-outage"}, by: results.ByDevice, phase: results.PhaseConnect, says: "the wire does not tell", play: func() *play {
		p := raise()
		p.Send(wire.Up, wire.SYN, "")
		p.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST | wire.ACK, Seq: -500_000, Ack: 1})
		return p
	}},
	neighbour: statement{field: "a SYN that nobody answers, and the client says that it gave up", cause: "firewall-drop", also: []string{"connection-limit", "network-outage"}, by: results.ByUnknown, phase: results.PhaseConnect, play: func() *play {
		p := raise()
		p.Send(wire.Up, wire.SYN, "")
		p.w.Over = true
		return p
	}},
}, {
	rule: "the client resets before it is connected",
	fits: statement{field: "a client that has given up when the server answers its SYN", cause: "client-abort", by: results.ByClient, phase: results.PhaseConnect, says: "it had given up", play: func() *play {
		p := raise()
		p.Send(wire.Up, wire.SYN, "")
		p.pass(3000)
		p.Send(wire.Down, wire.SYN|wire.ACK, "")
		p.Reply(wire.Up)
		return p
	}},
	neighbour: statement{field: "a client that connects and closes", cause: "", play: func() *play {
		p := stage()
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.ACK, "")
		return p
	}},
}, {
	rule: "nothing answers a SYN",
	fits: statement{field: "a SYN that is sent again and again", cause: "firewall-drop", also: []string{"connection-limit", "network-outage"}, by: results.ByUnknown, phase: results.PhaseConnect, says: "sent 4 times", play: func() *play {
		p := raise()
		for range 4 {
			p.Put(wiretest.Segment{Way: wire.Up, Flags: wire.SYN, Window: 64240, Options: true})
			p.pass(1000)
		}
		return p
	}},
	neighbour: statement{field: "one that is answered at last", cause: "", play: func() *play {
		p := raise()
		for range 3 {
			p.Put(wiretest.Segment{Way: wire.Up, Flags: wire.SYN, Window: 64240, Options: true})
			p.pass(1000)
		}
		p.Handshake()
		p.served()
		return p
	}},
}, {
	rule: "the server's SYN,ACK is repeated, and the client is not heard of again",
	fits: statement{field: "a client that is gone as soon as it has called", cause: "network-outage", also: []string{"firewall-drop", "connection-limit"}, by: results.ByUnknown, phase: results.PhaseConnect, says: "repeated its SYN,ACK 3 times", play: func() *play {
		p := raise()
		p.Send(wire.Up, wire.SYN, "")
		for range 4 {
			p.Put(wiretest.Segment{Way: wire.Down, Flags: wire.SYN | wire.ACK, Ack: 1, Window: 502, Options: true})
			p.pass(1000)
		}
		return p
	}},
	neighbour: statement{field: "a capture without bare acknowledgements", cause: "", play: func() *play {
		p := raise()
		p.Send(wire.Up, wire.SYN, "")
		p.Send(wire.Down, wire.SYN|wire.ACK, "")
		return p
	}},
}, {
	rule: "nothing is acknowledged, and the server still waits for the handshake's end",
	fits: statement{field: "a full accept queue, in silence", cause: "connection-limit", also: []string{"unacknowledged", "firewall-drop"}, by: results.ByUnknown, phase: results.PhaseWait, says: "as with a full accept queue", play: func() *play {
		p := stage()
		p.Fly(wire.Up, data, get)
		p.again(wire.Up, get, 2)
		p.Put(wiretest.Segment{Way: wire.Down, Flags: wire.SYN | wire.ACK, Ack: 1, Window: 502, Options: true})
		p.again(wire.Up, get, 2)
		return p
	}},
	neighbour: statement{field: "a black hole behind the handshake", cause: "unacknowledged", also: []string{"firewall-drop", "network-outage"}, by: results.ByUnknown, phase: results.PhaseWait, play: func() *play {
		p := stage()
		p.Fly(wire.Up, data, get)
		p.again(wire.Up, get, 4)
		return p
	}},
}, {
	rule: "the server resets a connection on which it has never acknowledged anything",
	fits: statement{field: "a full accept queue, with abort", cause: "connection-limit", also: []string{"firewall-reject", "unknown-connection"}, by: results.ByDevice, phase: results.PhaseWait, says: "never acknowledged anything", play: func() *play {
		p := stage()
		p.Fly(wire.Up, data, get)
		p.Reply(wire.Down)
		return p
	}},
	neighbour: statement{field: "a server that had acknowledged the request and then forgets the connection", cause: "unknown-connection", also: []string{"firewall-reject"}, by: results.ByDevice, phase: results.PhaseWait, play: func() *play {
		p := stage()
		p.asked()
		p.Send(wire.Down, wire.ACK, "")
		p.Reply(wire.Down)
		return p
	}},
}, {
	rule: "the server resets a connection on which it has read nothing",
	fits: statement{field: "a connection that is reset as soon as it is made", cause: "defence-reset", also: []string{"connection-limit", "process-exit"}, by: results.ByDevice, phase: results.PhaseDone, says: "acknowledges no byte", play: func() *play {
		p := stage()
		p.abort(wire.Down)
		return p
	}},
	neighbour: statement{field: "one that is reset when its first request has arrived", cause: "reset-before-response", also: []string{"unread-data", "crash-before-response", "defence-reset", "connection-limit"}, by: results.ByDevice, phase: results.PhaseWait, play: func() *play {
		p := stage()
		p.asked()
		p.abort(wire.Down)
		return p
	}},
}}
