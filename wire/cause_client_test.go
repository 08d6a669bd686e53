package wire_test

import (
	"rstorm/results"
	"rstorm/wire"
)

var clientActs = []pair{{
	rule: "the client closes or resets before it has the whole answer",
	fits: statement{field: "a client that gives up, and an answer that comes later", cause: "client-abort", also: []string{"connection-limit"}, by: results.ByClient, phase: results.PhaseWait, says: "which had not been answered", play: gaveUp},
	neighbour: statement{field: "a client that closes when it has its answer", cause: "", play: func() *play {
		p := stage()
		p.served()
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
}, {
	rule: "the client closes or resets before it has the whole answer",
	fits: statement{field: "a client that resets within an answer", cause: "client-abort", also: []string{"protocol-error"}, by: results.ByClient, phase: results.PhaseBody, says: "whether it had enough", play: func() *play {
		p := stage()
		p.asked()
		p.Send(wire.Down, data, half)
		p.abort(wire.Up)
		return p
	}},
	neighbour: statement{field: "a client that resets after the answer", cause: "client-abort", by: results.ByClient, phase: results.PhaseDone, says: "no request was hit", play: fastClose},
}, {
	rule: "the client resets, and no request is open",
	fits: statement{field: "a fast close of the client", cause: "client-abort", by: results.ByClient, phase: results.PhaseDone, says: "a fast close, or bytes lay unread", play: fastClose},
	neighbour: statement{field: "a fast close of the server", cause: "abort-after-response", by: results.ByDevice, phase: results.PhaseDone, play: func() *play {
		p := stage()
		p.served()
		p.abort(wire.Down)
		return p
	}},
}}

// gaveUp is a client that closes in order without waiting for its answer.
func gaveUp() *play {
	p := stage()
	p.asked()
	p.pass(60)
	p.Send(wire.Up, wire.FIN|wire.ACK, "")
	p.pass(20)
	p.Send(wire.Down, data, ok)
	p.Reply(wire.Up)
	return p
}

func fastClose() *play {
	p := stage()
	p.served()
	p.abort(wire.Up)
	return p
}
