package wire_test

import (
	"slices"
	"testing"
	"time"

	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// explainedAlone is what is found of the only conversation on a tape.
func explainedAlone(t *testing.T, tape *wiretest.Tape) (f results.Finding) {
	t.Helper()
	n := 0
	table := wire.NewTable(wire.Config{Ended: func(c *wire.Conversation) { f, n = wire.Explain(c, wire.Witness{}), n+1 }})
	for i := range tape.Packets {
		table.Add(&tape.Packets[i])
	}
	if table.Flush(); n != 1 {
		t.Fatalf("%d conversations", n)
	}
	return f
}

// abort is a RST by will.
func abort(c *wiretest.Call) {
	server := &c.Ends[wire.Down]
	c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST | wire.ACK, Seq: server.Next, Ack: server.Heard, Window: 502, Options: true})
}

func TestAnInterimAnswerIsNoAnswer(t *testing.T) {
	tape := wiretest.New()
	c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Handshake()
	c.Send(wire.Up, wire.PSH|wire.ACK, "PUT /put/ctrl HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
	c.Send(wire.Down, wire.PSH|wire.ACK, "HTTP/1.1 100 Continue\r\n\r\n")
	c.Send(wire.Up, wire.PSH|wire.ACK, "body")
	abort(c)
	f := explainedAlone(t, tape)
	if f.Cause == "reset-mid-response" || !slices.Contains(append(f.Candidates, f.Cause), "reset-before-response") {
		t.Errorf("a reset behind 100 Continue is %s: %q", f.Name(), f.Evidence)
	}
}

func TestARefusalExplainsNoLaterReset(t *testing.T) {
	tape := wiretest.New()
	c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Handshake()
	c.Send(wire.Up, wire.PSH|wire.ACK, "PUT /put/ctrl HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
	c.Send(wire.Down, wire.PSH|wire.ACK, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
	tape.Wait(30 * time.Second)
	c.Send(wire.Up, wire.PSH|wire.ACK, "GET /state HTTP/1.1\r\nHost: x\r\n\r\n")
	abort(c)
	if f := explainedAlone(t, tape); f.Cause == "request-too-large" || f.Cause == "" {
		t.Errorf("a reset of the request after a refusal is %s: %q", f.Name(), f.Evidence)
	}
}
