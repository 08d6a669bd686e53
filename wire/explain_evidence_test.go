package wire_test

import (
	"slices"
	"strings"
	"testing"

	"rstorm/results"
	"rstorm/wire"
)

func TestTheEvidenceSaysThatTheCloseHadBeenAnnounced(t *testing.T) {
	play := stage()
	play.Send(wire.Up, data, get)
	play.Send(wire.Down, data, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
	play.Send(wire.Down, wire.FIN|wire.ACK, "")
	play.asked()
	play.Reply(wire.Down)
	f := wire.Explain(play.seen(t), play.w)
	if f.Cause != "stale-reuse" || !says(f.Evidence, "Connection: close") {
		t.Errorf("%s: %q", f.Name(), f.Evidence)
	}
}

func TestTheCommandOfTheFirstOpenRequestIsTheOneHit(t *testing.T) {
	play := stage()
	play.Send(wire.Up, data, get)
	play.Send(wire.Up, data, strings.Replace(get, "0-7", "0-8", 1))
	play.Send(wire.Up, data, strings.Replace(get, "0-7", "0-9", 1))
	play.Send(wire.Down, data, ok)
	play.abort(wire.Down)
	f := wire.Explain(play.seen(t), play.w)
	if f.Command != "0-8" || !says(f.Evidence, "1 more requests") {
		t.Errorf("the command is %q: %q", f.Command, f.Evidence)
	}
}

func TestAConversationThatEndedWellHasNoFinding(t *testing.T) {
	play := stage()
	play.served()
	play.Send(wire.Up, wire.FIN|wire.ACK, "")
	play.Send(wire.Down, wire.FIN|wire.ACK, "")
	c := play.seen(t)
	c.Number = 7
	f := wire.Explain(c, play.w)
	if f.Cause != "" || f.Connection != 7 || f.Executed != results.Unknown || len(f.Evidence)+len(f.Packets) > 0 || f.Reset {
		t.Errorf("%+v", f)
	}
}

func TestAnOpenRequestIsLostOnceTheClientHasGivenUp(t *testing.T) {
	play := stage()
	play.asked()
	c := play.seen(t)
	if f := wire.Explain(c, wire.Witness{}); f.Cause != "" {
		t.Errorf("a request that is still waited for died of %s", f.Name())
	}
	if f := wire.Explain(c, wire.Witness{Over: true}); f.Cause != results.CauseUnknown || f.Phase != results.PhaseWait || f.Command != "0-7" {
		t.Errorf("a request that is not waited for any more: %+v", f)
	}
}

func TestTheTicketsOfTLSMakeNoReusedConnection(t *testing.T) {
	play := stage()
	play.Send(wire.Up, data, clientHello)
	play.Send(wire.Down, data, serverHello)
	play.Send(wire.Up, data, application)
	play.Send(wire.Down, data, application)
	play.Send(wire.Up, data, application)
	play.abort(wire.Down)
	if f := wire.Explain(play.seen(t), play.w); f.Cause != "reset-before-response" {
		t.Errorf("the first request over TLS died of %s", f.Name())
	}
}

func TestAnAnswerNobodyAskedForIsNotTheClientsDoing(t *testing.T) {
	play := stage()
	play.served()
	play.Send(wire.Up, wire.FIN|wire.ACK, "")
	play.Send(wire.Down, data, ok)
	play.Reply(wire.Up)
	if f := wire.Explain(play.seen(t), play.w); f.Cause != "protocol-error" || f.Command != "" {
		t.Errorf("%s hit %q: %q", f.Name(), f.Command, f.Evidence)
	}
}

func TestARequestOfSeveralSegmentsMayNotHaveBeenReadToItsEnd(t *testing.T) {
	play := stage()
	play.served()
	play.Send(wire.Up, data, put)
	play.Send(wire.Up, data, strings.Repeat("x", 4000))
	play.abort(wire.Down)
	if f := wire.Explain(play.seen(t), play.w); f.Cause != "close-collision" || !slices.Contains(f.Candidates, "crash-while-receiving") {
		t.Errorf("the cause is %s", f.Name())
	}
}
