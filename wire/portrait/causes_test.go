package portrait

import (
	"bytes"
	"strings"
	"testing"

	"rstorm/results"
	"rstorm/scenarios"
	"rstorm/wire"
)

// ended is a portrait of a device of which some connections ended so.
func ended(id string, phase results.Phase, requested, answered bool) *Portrait {
	p := New()
	at := int64(1e9)
	for i := range 60 {
		c := &wire.Conversation{Number: i, Server: wireAddress(1), Client: wireAddress(2), Began: at}
		f := &results.Finding{}
		whole := wire.Exchange{Method: "PUT", Target: "/put/ctrl", Status: 200, Request: wire.Message{Packet: 1, At: at, Done: at, End: 9000, Whole: true},
			Response: wire.Message{Packet: 2, At: at + 5e6, Done: at + 5e6, End: 40, Whole: true}}
		if i%4 == 0 {
			f.Cause, f.Phase = id, phase
			c.Sides[wire.Down].Reset = wire.Mark{Packet: 9, At: at + 9e6}
		}
		if i%4 > 0 || answered {
			p.Exchanged(c, &whole)
		}
		if i%4 == 0 && requested {
			cut := whole
			cut.Response, cut.Status = wire.Message{}, 0
			cut.Request.At, cut.Request.Done = at+7e6, at+7e6
			p.Exchanged(c, &cut)
		}
		at += 20e6
		c.Ended = at - 10e6
		p.Ended(c, f)
	}
	return p
}

func TestEveryCauseIsWrittenOrSaidToBeLeftOut(t *testing.T) {
	for _, id := range append(results.CauseIDs(), results.CauseUnknown) {
		for _, tt := range []struct {
			phase               results.Phase
			requested, answered bool
		}{{results.PhaseConnect, false, false}, {results.PhaseWait, true, false}, {results.PhaseWait, true, true}, {results.PhaseDone, false, true}, {results.PhaseBody, true, true}} {
			var b bytes.Buffer
			if err := ended(id, tt.phase, tt.requested, tt.answered).WriteScenario(&b, "x"); err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			suite, err := scenarios.Parse("f", bytes.NewReader(b.Bytes()))
			if err != nil {
				t.Fatalf("%s: %v\n%s", id, err, b.String())
			}
			sc := suite.Scenarios[0]
			if len(sc.Device.Faults)+len(sc.Link) == 0 && !strings.Contains(b.String(), "Not reproduced") {
				t.Errorf("%s, %+v: nothing goes wrong in the scenario, and it does not say why\n%s", id, tt, b.String())
			}
			if want := shown(id); want != (len(sc.Shows) == 1) {
				t.Errorf("%s: shows %v", id, sc.Shows)
			}
		}
	}
}
