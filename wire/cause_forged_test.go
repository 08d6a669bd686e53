package wire_test

import (
	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

var forgedActs = []pair{{
	rule: "a RST has ended nothing",
	fits: statement{field: "a RST after which its side goes on and is heard", cause: "firewall-reject", also: []string{"port-reuse"}, by: results.ByUnknown, phase: results.PhaseDone, says: "ended nothing", play: func() *play {
		p := stage()
		p.served()
		p.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST, Seq: 900_000})
		p.served()
		p.served()
		return p
	}},
	neighbour: statement{field: "a RST after which the server is silent", cause: "abort-after-response", by: results.ByDevice, phase: results.PhaseDone, says: "in place of a FIN", play: func() *play {
		p := stage()
		p.served()
		p.abort(wire.Down)
		return p
	}},
}, {
	rule: "no kernel of the two has sent the RST",
	fits: statement{field: "a RST that neither of two watched kernels has sent", cause: "firewall-reject", by: results.ByLink, phase: results.PhaseWait, says: "neither sent RST", play: func() *play {
		p := stage()
		p.asked()
		p.abort(wire.Down)
		p.w.Watched = true
		return p
	}},
	neighbour: statement{field: "the same, and the server's kernel says that it did", cause: "reset-before-response", by: results.ByDevice, phase: results.PhaseWait, says: "TCP_STATE", play: func() *play {
		p := stage()
		p.asked()
		p.say("TCP_STATE", false)
		p.abort(wire.Down)
		p.w.Watched = true
		return p
	}},
}, {
	rule: "the RST has another TTL than its host's other segments",
	fits: statement{field: "a RST with a foreign TTL", cause: "firewall-reject", by: results.ByLink, phase: results.PhaseWait, says: "TTL 128", play: func() *play {
		p := stage()
		p.asked()
		p.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST, Seq: p.Ends[wire.Up].Heard, TTL: 128})
		return p
	}},
	neighbour: statement{field: "the same with the server's own TTL", cause: "unknown-connection", also: []string{"firewall-reject"}, by: results.ByDevice, phase: results.PhaseWait, play: func() *play {
		p := stage()
		p.served()
		p.asked()
		p.Reply(wire.Down)
		return p
	}},
}, {
	rule: "the RST does not fit into its host's row of IP identifications",
	fits: statement{field: "a RST whose IP identification is out of the server's row", cause: "firewall-reject", also: []string{"abort-after-response"}, by: results.ByUnknown, phase: results.PhaseDone, says: "IP identification 9000", play: func() *play {
		p := stage()
		for range 5 {
			p.served()
		}
		p.Ends[wire.Down].ID = 9000
		p.abort(wire.Down)
		return p
	}},
	neighbour: statement{field: "the same within the row", cause: "abort-after-response", by: results.ByDevice, phase: results.PhaseDone, play: func() *play {
		p := stage()
		for range 5 {
			p.served()
		}
		p.abort(wire.Down)
		return p
	}},
}}
