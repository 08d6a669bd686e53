package portrait

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
	"rstorm/scenarios"
	"rstorm/wire"
	"rstorm/wire/wiretest"
)

func TestTheFieldCaseIsWrittenAsItWasMeasured(t *testing.T) {
	text, suite := written(t, wiretest.Golden())
	for _, want := range []string{
		"service time 20.0 ms, gap 2.2 ms, close 2.7 ms after the response",
		"close-race: 1 of 1 connections (100%)",
		"service_time: 20.0ms",
		"gap: 2.2ms",
		"delay: 2.7ms",
		`"trace.pcapng"`,
		"round trip time 2.0 ms (from a stray request to its RST",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	sc := suite.Scenarios[0]
	if fmt.Sprint(sc.Shows) != "[close-race]" || sc.Load.Gap.Median() != 2200*time.Microsecond || sc.Device.ServiceTime.Median() != 20*time.Millisecond {
		t.Errorf("%v, gap %v, service time %v", sc.Shows, sc.Load.Gap, sc.Device.ServiceTime)
	}
	if f := sc.Device.Faults; len(f) != 1 || f[0].Effect != faults.HalfClose || f[0].Point != faults.AfterResponse || f[0].Probability != nil {
		t.Errorf("faults: %v", f)
	}
	if fmt.Sprint(sc.Load.Mix) != "[put ctrl get state]" || sc.Load.Order != scenarios.Alternate {
		t.Errorf("mix: %v, %v", sc.Load.Mix, sc.Load.Order)
	}
	if sc.Strategies[0].Use != "naive" || len(sc.Assert) == 0 {
		t.Errorf("strategies: %v, thresholds: %v", sc.Strategies, sc.Assert)
	}
}

// healthy is a device that nothing goes wrong with.
func healthy(n int) *film {
	f := newFilm()
	c := f.call()
	for i := range n {
		f.ask(c, []string{put, get}[i%2])
		f.answer(c, "")
		f.Wait(5 * time.Millisecond)
	}
	f.part(c)
	return f
}

func TestAHealthyDeviceIsOneInTheScenarioToo(t *testing.T) {
	text, suite := written(t, healthy(20).Tape)
	sc := suite.Scenarios[0]
	if !strings.Contains(text, "Nothing ended badly.") || len(sc.Device.Faults)+len(sc.Link)+len(sc.Shows) != 0 {
		t.Errorf("%s", text)
	}
	if got := fmt.Sprint(sc.Assert); got != "[success >= 99% resets == 0 lost == 0]" {
		t.Errorf("thresholds: %s", got)
	}
}

func TestTheWaysTimeIsTakenOffWhereHandshakesTellIt(t *testing.T) {
	f := newFilm()
	f.way = 4 * time.Millisecond
	c := f.call()
	for range 3 {
		f.ask(c, get)
		f.answer(c, "")
		f.Wait(3 * time.Millisecond)
	}
	f.part(c)
	text, suite := written(t, f.Tape)
	sc := suite.Scenarios[0]
	if got := sc.Device.ServiceTime.Median(); got != 20*time.Millisecond {
		t.Errorf("service time %v\n%s", got, text)
	}
	if len(sc.Link) != 1 || sc.Link[0].Point != faults.Passage || sc.Link[0].Delay.Median() != 2*time.Millisecond {
		t.Errorf("link: %v", sc.Link)
	}
	if !strings.Contains(text, "service time 24.0 ms") {
		t.Errorf("what was measured is not told:\n%s", text)
	}
}

func TestWithoutExchangesThereIsNoScenario(t *testing.T) {
	hello := newFilm()
	c := hello.call()
	c.Send(wire.Up, wire.PSH|wire.ACK, "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00")
	c.Send(wire.Down, wire.PSH|wire.ACK, "\x16\x03\x03\x00\x05\x02\x00\x00\x01\x00")
	hello.part(c)
	quiet := newFilm()
	quiet.part(quiet.call())
	for _, tt := range []struct {
		tape *wiretest.Tape
		want string
	}{
		{wiretest.New(), "it holds no TCP connection"},
		{quiet.Tape, "no HTTP/1 exchange was seen in 1 connections"},
		{hello.Tape, "no HTTP/1 exchange was seen in 1 connections, 1 of which are TLS or HTTP/2 and hide theirs"},
	} {
		var b bytes.Buffer
		err := portraitOf(tt.tape).WriteScenario(&b, "x")
		if !errors.Is(err, ErrNothingSeen) || !strings.HasSuffix(err.Error(), ": "+tt.want) || b.Len() > 0 {
			t.Errorf("%v, want %s; %d bytes written", err, tt.want, b.Len())
		}
	}
}

func TestASecondDeviceHasAScenarioOfItsOwnAndTheWorstComesFirst(t *testing.T) {
	f := healthy(4)
	golden := wiretest.Golden()
	for _, p := range golden.Packets {
		p.Number += len(f.Packets)
		f.Packets = append(f.Packets, p)
	}
	other := f.Call("192.168.0.20:50000", "192.168.0.80:8080")
	other.Handshake()
	f.ask(other, "DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n")
	f.answer(other, "")
	_, suite := written(t, f.Tape)
	if len(suite.Scenarios) != 2 || suite.Scenarios[0].Name != "as captured of 192.168.0.75:80" || suite.Scenarios[1].Name != "as captured of 192.168.0.80:8080" {
		t.Errorf("%d scenarios: %+v", len(suite.Scenarios), suite.Scenarios)
	}
}

func TestMemoryDoesNotGrowWithTheCapture(t *testing.T) {
	p := New()
	x := &wire.Exchange{Method: "GET", Request: wire.Message{Packet: 1, Whole: true}, Response: wire.Message{Packet: 2, Whole: true}, Status: 200}
	for i := range 200_000 {
		c := &wire.Conversation{Number: i, Server: wireAddress(i)}
		x.Target = fmt.Sprintf("/%d?x=%d", i%1000, i)
		p.Exchanged(c, x)
		p.Ended(c, &results.Finding{})
	}
	if len(p.servers) > maxServers || len(p.threads) > 0 {
		t.Errorf("%d servers, %d threads", len(p.servers), len(p.threads))
	}
	for _, s := range p.servers {
		if len(s.commands.all) > maxCommands || len(s.service.kept) > maxSample || len(s.visits.kept) > maxVisits {
			t.Errorf("%d commands, %d times, %d visits", len(s.commands.all), len(s.service.kept), len(s.visits.kept))
		}
	}
}

func TestAnAskedServerTakesTheRoomOfOneThatNobodyAsked(t *testing.T) {
	p := New()
	for i := range 3 * maxServers {
		p.Ended(&wire.Conversation{Number: i, Server: wireAddress(i)}, &results.Finding{Cause: "refused", Phase: results.PhaseConnect})
	}
	c := &wire.Conversation{Number: 1 << 20, Server: wireAddress(1 << 12)}
	p.Exchanged(c, &wire.Exchange{Method: "GET", Target: "/", Request: wire.Message{Packet: 1}})
	p.Ended(c, &results.Finding{})
	if s := p.servers[c.Server]; len(p.servers) != maxServers || s == nil || s.requests != 1 {
		t.Errorf("%d servers, %+v", len(p.servers), s)
	}
}
