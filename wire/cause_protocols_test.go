package wire_test

import (
	"strings"

	"rstorm/results"
	"rstorm/wire"
)

// Records of TLS, and frames of HTTP/2, as they begin.
var (
	clientHello = "\x16\x03\x01\x00\x50\x01\x00\x00\x4c\x03\x03" + strings.Repeat("r", 0x50-6)
	serverHello = "\x16\x03\x03\x00\x32\x02\x00\x00\x2e\x03\x03" + strings.Repeat("r", 32) + "\x00\x13\x01\x00\x00\x06\x00\x2b\x00\x02\x03\x04" // of TLS 1.3
	alert       = "\x15\x03\x03\x00\x02\x02\x28"
	application = "\x17\x03\x03\x00\x40" + strings.Repeat("x", 0x40)

	preface   = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	settings  = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	headers   = "\x00\x00\x04\x01\x05\x00\x00\x00\x01abcd"
	rstStream = "\x00\x00\x04\x03\x00\x00\x00\x00\x01\x00\x00\x00\x07"
	goaway    = "\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
)

var protocolActs = []pair{{
	rule: "the connection ends within the TLS handshake",
	fits: statement{field: "a reset after the ClientHello", cause: "tls-abort", by: results.ByDevice, phase: results.PhaseHandshake, says: "within the TLS handshake", play: func() *play {
		p := stage()
		p.Send(wire.Up, data, clientHello)
		p.abort(wire.Down)
		return p
	}},
	neighbour: statement{field: "a reset after application data", cause: "close-collision", also: []string{"reset-before-response", "crash-before-response"}, by: results.ByDevice, phase: results.PhaseWait, play: func() *play {
		p := secured()
		p.Send(wire.Up, data, application)
		p.abort(wire.Down)
		return p
	}},
}, {
	rule: "the connection ends within the TLS handshake",
	fits: statement{field: "an alert of the server within the handshake", cause: "tls-abort", by: results.ByDevice, phase: results.PhaseHandshake, says: "alert", play: func() *play {
		p := stage()
		p.Send(wire.Up, data, clientHello)
		p.Send(wire.Down, data, alert)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
	neighbour: statement{field: "an alert at the end of all", cause: "", play: func() *play {
		p := secured()
		p.Send(wire.Up, data, alert)
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
}, {
	rule: "the server's last word is a GOAWAY",
	fits: statement{field: "a GOAWAY in place of an answer", cause: "h2-goaway", by: results.ByDevice, phase: results.PhaseWait, says: "GOAWAY", play: func() *play {
		p := streaming()
		p.Send(wire.Up, data, headers)
		p.Send(wire.Down, data, goaway)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
	neighbour: statement{field: "a GOAWAY after the answer", cause: "", play: func() *play {
		p := streaming()
		p.Send(wire.Up, data, headers)
		p.Send(wire.Down, data, headers)
		p.Send(wire.Down, data, goaway)
		p.Send(wire.Down, wire.FIN|wire.ACK, "")
		return p
	}},
}, {
	rule: "the server ends a stream of HTTP/2",
	fits: statement{field: "a stream that the server resets", cause: "h2-rst-stream", by: results.ByDevice, phase: results.PhaseWait, says: "RST_STREAM", play: func() *play {
		p := streaming()
		p.Send(wire.Up, data, headers)
		p.Send(wire.Down, data, rstStream)
		return p
	}},
	neighbour: statement{field: "a stream that the server answers", cause: "", play: func() *play {
		p := streaming()
		p.Send(wire.Up, data, headers)
		p.Send(wire.Down, data, headers)
		return p
	}},
}, {
	rule: "the server answers a request with something else than HTTP",
	fits: statement{field: "garbage in place of an answer", cause: "protocol-error", by: results.ByDevice, phase: results.PhaseHead, says: "does not begin as an answer of HTTP does", play: func() *play {
		p := stage()
		p.asked()
		p.Send(wire.Down, data, "\x00\x01garbage that is no answer\r\n\r\n")
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
	neighbour: statement{field: "an answer of HTTP", cause: "", play: func() *play {
		p := stage()
		p.served()
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
}, {
	rule: "the server answers what nobody asked",
	fits: statement{field: "a second answer to one request", cause: "protocol-error", by: results.ByDevice, phase: results.PhaseDone, says: "without a request", play: func() *play {
		p := stage()
		p.served()
		p.Send(wire.Down, data, ok)
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
	neighbour: statement{field: "two answers to two requests", cause: "", play: func() *play {
		p := stage()
		p.served()
		p.served()
		p.Send(wire.Up, wire.FIN|wire.ACK, "")
		return p
	}},
}}

// secured is a TLS connection that has carried one exchange.
func secured() *play {
	p := stage()
	p.Send(wire.Up, data, clientHello)
	p.Send(wire.Down, data, serverHello)
	p.Send(wire.Down, data, application)
	p.Send(wire.Up, data, application)
	p.Send(wire.Up, data, application)
	p.Send(wire.Down, data, application)
	return p
}

// streaming is a connection of HTTP/2 that has been opened.
func streaming() *play {
	p := stage()
	p.Send(wire.Up, data, preface+settings)
	p.Send(wire.Down, data, settings)
	return p
}
