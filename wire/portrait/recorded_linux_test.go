package portrait

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"rstorm/kernel/kerneltest"
	"rstorm/scenarios"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// A reel keeps the packets of a run.
type reel struct{ tape wiretest.Tape }

// Write keeps a packet.
func (r *reel) Write(p *wire.Packet) error {
	own := *p
	own.Data = slices.Clone(p.Data)
	r.tape.Packets = append(r.tape.Packets, own)
	return nil
}

// Comment keeps nothing.
func (*reel) Comment(int, string) {}

// Dropped keeps nothing.
func (*reel) Dropped(uint64) {}

// device is the portrait of the device itself: of the connections behind the
// link, which the clients call first.
func (r *reel) device() *Portrait {
	p, link := New(), netip.AddrPort{}
	table := wire.NewTable(wire.Config{
		Exchanged: func(c *wire.Conversation, x *wire.Exchange) {
			if c.Server != link {
				p.Exchanged(c, x)
			}
		},
		Ended: func(c *wire.Conversation) {
			if f := wire.Explain(c, wire.Witness{}); c.Server != link {
				p.Ended(c, &f)
			}
		}})
	for i := range r.tape.Packets {
		var s wire.Segment
		if wire.Decode(&r.tape.Packets[i], &s) == wire.IsTCP && !link.IsValid() {
			link = s.Target
		}
		table.Add(&r.tape.Packets[i])
	}
	table.Flush()
	return p
}

// recorded are scenarios of our own that are played, captured, written and
// played again.
var recorded = []struct{ name, cause, text string }{
	{"aborts", "reset-before-response", `
version: 1
scenarios:
  - name: aborts
    device: {service_time: 4ms, faults: [{effect: reset, point: before-forward, probability: 20%}]}
    load: {commands: 120, gap: 2ms}
    strategies: [naive]`},
	{"closes on what comes", "close-collision", `
version: 1
scenarios:
  - name: closes on what comes
    device: {service_time: 2ms, faults: [{effect: close, point: after-response, delay: 40ms, probability: 30%}]}
    load: {commands: 120, gap: "uniform(1ms, 5ms)"}
    strategies: [naive]`},
}

func TestWhatWePlayedWeCanCaptureWriteAndPlayAgain(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, tt := range recorded {
		t.Run(tt.name, func(t *testing.T) {
			own, err := scenarios.Parse("own.yaml", strings.NewReader(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			packets := new(reel)
			first := play(t, own, tt.text, packets)
			p := packets.device()
			var b bytes.Buffer
			if err := p.WriteScenario(&b, "our own"); err != nil {
				t.Fatal(err)
			}
			suite, err := scenarios.Parse("out.yaml", bytes.NewReader(b.Bytes()))
			if err != nil {
				t.Fatalf("%v\n%s", err, b.String())
			}
			second := play(t, suite, b.String(), nil)
			compare(t, p, &first.Summary)
			compare(t, p, &second.Summary)
			named(t, &first, []string{tt.cause}, false)
			named(t, &second, []string{tt.cause}, false)
			if t.Failed() {
				t.Logf("first %v, then %v\n%s", first.Summary.Failures, second.Summary.Failures, b.String())
			}
		})
	}
}
