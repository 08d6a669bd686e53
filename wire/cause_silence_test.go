package wire_test

import (
	"rstorm/results"
	"rstorm/wire"
)

var silenceActs = []pair{{
	rule: "what the client sends is repeated and never answered",
	fits: statement{field: "a request that is sent again and again", cause: "unacknowledged", also: []string{"firewall-drop", "network-outage"}, by: results.ByUnknown, phase: results.PhaseWait, says: "3 more times", play: func() *play {
		p := stage()
		p.served()
		p.Fly(wire.Up, data, get)
		p.again(wire.Up, get, 3)
		p.Fly(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
	neighbour: statement{field: "a request that is sent again and then answered", cause: "", play: func() *play {
		p := stage()
		p.served()
		p.Send(wire.Up, data, get)
		p.again(wire.Up, get, 3)
		p.Send(wire.Down, data, ok)
		return p
	}},
}, {
	rule: "what the server sends is repeated and never answered",
	fits: statement{field: "an answer that is sent again and again", cause: "unacknowledged", also: []string{"firewall-drop", "network-outage"}, by: results.ByUnknown, phase: results.PhaseBody, says: "nothing of the client acknowledges it", play: func() *play {
		p := stage()
		p.asked()
		p.Send(wire.Down, data, half)
		p.again(wire.Down, half, 3)
		return p
	}},
	neighbour: statement{field: "an answer that goes on after that", cause: "", play: func() *play {
		p := stage()
		p.asked()
		p.Send(wire.Down, data, half)
		p.again(wire.Down, half, 3)
		p.Send(wire.Up, wire.ACK, "")
		p.Send(wire.Down, data, half[len(half)-10:])
		return p
	}},
}}
