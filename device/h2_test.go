package device

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"rstorm/faults"
	"rstorm/results"
)

// untilStalled returns when the device does nothing but wait for the client to
// go.
func untilStalled(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	eventually(t, "a stall", func() bool {
		return bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("device.untilGone("))
	})
}

// stalls lists what a client of HTTP/2 has received when a stall strikes at each
// point, and whether its command was executed.
var stalls = []struct {
	point    faults.Point
	frames   []string
	executed int
}{
	{faults.Request, nil, 0},
	{faults.BeforeForward, nil, 0},
	{faults.AfterForward, nil, 1},
	{faults.Response, []string{"HEADERS 1 200", "DATA 1"}, 1},
	{faults.AfterResponse, []string{"HEADERS 1 200", "DATA 1 END"}, 1},
}

func TestAStallStopsEveryStream(t *testing.T) {
	for _, protocol := range multiplexed {
		for _, s := range stalls {
			t.Run(fmt.Sprint(protocol, " ", s.point), func(t *testing.T) {
				f := shape{effect: faults.Stall, point: s.point}.fault()
				d := switchOnSpeaking(t, protocol, Profile{Faults: []faults.Fault{f}})
				p := call(t, d)
				p.put(1, "0-1")
				p.expect(s.frames...)
				untilStalled(t)
				p.put(3, "0-2")
				p.must(p.WritePing(false, [8]byte{}))
				p.must(p.CloseWrite())
				if frames, _, end := p.rest(); len(frames) > 0 || !errors.Is(end, errReset) { // what was sent lies unread
					t.Errorf("received %q, %v", frames, end)
				}
				got := ended(t, d, 1)
				if got.Ended != ClientClosed || got.Unread == 0 || executions(d, "0-1") != s.executed || executions(d, "0-2") != 0 {
					t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
				}
			})
		}
	}
}

func TestAStallAtConnectOverHTTP2(t *testing.T) {
	for _, protocol := range multiplexed {
		d := switchOnSpeaking(t, protocol, Profile{Faults: []faults.Fault{{Effect: faults.Stall, Point: faults.Connect}}})
		c := dial(t, d)
		c.send(http2.ClientPreface) // or what TLS begins with: nobody reads it
		lying(t, d, 1, len(http2.ClientPreface))
		c.must(c.CloseWrite())
		c.mustEnd(errReset)
		if got := ended(t, d, 1); got.Ended != ClientClosed || got.Unread != len(http2.ClientPreface) {
			t.Errorf("%s: connection %+v", protocol, got)
		}
	}
}

func TestATimedStallGoesOnOverHTTP2(t *testing.T) {
	for _, protocol := range multiplexed {
		for _, point := range []faults.Point{faults.Connect, faults.Request, faults.BeforeForward, faults.AfterForward, faults.Response, faults.AfterResponse} {
			t.Run(fmt.Sprint(protocol, " ", point), func(t *testing.T) {
				d := switchOnSpeaking(t, protocol, Profile{Faults: []faults.Fault{{Effect: faults.Stall, Point: point, Delay: faults.After(time.Millisecond)}}})
				tr := transport(t, d)
				var clients sync.WaitGroup
				for i := range 8 {
					clients.Go(func() {
						answer, _, err := roundTrip(tr, newRequest(t, d, "PUT", fmt.Sprint("0-", i), strings.NewReader("on")))
						if err != nil || answer.StatusCode != 200 || executions(d, fmt.Sprint("0-", i)) != 1 {
							t.Errorf("%d: %v", i, err)
						}
					})
				}
				clients.Wait()
			})
		}
	}
}

func TestAFaultOfTheConnectionStrikesAllItsStreams(t *testing.T) {
	for _, s := range []struct {
		effect faults.Effect
		end    error
	}{
		{faults.Reset, errReset},
		{faults.Close, io.EOF},
		{faults.Drain, io.EOF},
		{faults.HalfClose, io.EOF},
	} {
		t.Run(string(s.effect), func(t *testing.T) {
			g := newGate()
			d := switchOnConfigured(t, Config{Protocol: results.H2C, Profile: Profile{
				ServiceTime: faults.After(time.Hour),
				Faults:      []faults.Fault{{Effect: s.effect, Point: faults.BeforeForward, Selector: faults.Selector{Commands: []string{"0-2"}}}},
			}}, g.clock())
			p := call(t, d)
			p.put(1, "0-1")
			g.arrive(t) // in its service time
			p.put(3, "0-2")
			frames, _, end := p.rest()
			if len(frames) > 0 || !errors.Is(end, s.end) {
				t.Errorf("received %q, %v", frames, end)
			}
			p.TCPConn.Close()
			if got := ended(t, d, 1); got.Ended != Ending(s.effect)+" at before-forward" || got.Exchanges != 0 {
				t.Errorf("connection %+v", got)
			}
			g.open(t) // what the device has begun it executes all the same
			eventually(t, "the execution", func() bool { return executions(d, "0-1") == 1 })
			if executions(d, "0-2") != 0 {
				t.Errorf("ledger %+v", d.Ledger())
			}
		})
	}
}

func TestADrainedConnectionSwallowsWhatFollows(t *testing.T) {
	for _, protocol := range multiplexed {
		d := switchOnSpeaking(t, protocol, Profile{Faults: []faults.Fault{{Effect: faults.Drain, Point: faults.AfterResponse}}})
		p := call(t, d)
		p.put(1, "0-1")
		p.expect("HEADERS 1 200", "DATA 1 END")
		if _, _, end := p.rest(); end != io.EOF {
			t.Errorf("%s: the connection ended with %v", protocol, end)
		}
		p.put(3, "0-2")
		p.hangUp()
		if got := ended(t, d, 1); got.Discarded == 0 || got.Ended != "drain at after-response" || executions(d, "0-2") != 0 {
			t.Errorf("%s: connection %+v", protocol, got)
		}
	}
}

func TestAGoAwayLetsOpenStreamsFinish(t *testing.T) {
	for _, protocol := range multiplexed {
		for _, s := range []struct {
			last   faults.Last
			frames string
		}{
			{faults.Below, "GOAWAY 1 NO_ERROR"},
			{faults.At, "GOAWAY 3 NO_ERROR"},
		} {
			t.Run(fmt.Sprint(protocol, " ", s.last), func(t *testing.T) {
				g := newGate()
				d := switchOnConfigured(t, Config{Protocol: protocol, Profile: Profile{
					ServiceTime: faults.After(time.Hour),
					Faults: []faults.Fault{{Effect: faults.GoAway, Point: faults.BeforeForward, Last: s.last, Error: faults.NoError,
						Selector: faults.Selector{Commands: []string{"0-2"}}}},
				}}, g.clock())
				p := call(t, d)
				p.put(1, "0-1")
				g.arrive(t)
				p.put(3, "0-2")
				p.expect(s.frames)
				p.put(5, "0-3") // crosses the GOAWAY: nobody looks at it
				p.must(p.WritePing(false, [8]byte{}))
				p.expect("PING ACK")
				g.open(t)
				p.expect("HEADERS 1 200", "DATA 1 END")
				if frames, _, end := p.rest(); len(frames) > 0 || end != io.EOF {
					t.Errorf("received %q, %v", frames, end)
				}
				p.TCPConn.Close()
				got := ended(t, d, 1)
				if got.Ended != "goaway at before-forward" || got.Exchanges != 1 || len(d.Ledger()) != 1 {
					t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
				}
			})
		}
	}
}

// A client that was told to go, and has no answer to wait for, need not wait for
// the device to close.
func TestAClientThatClosesFirstAfterAGoAwayWasSentAway(t *testing.T) {
	for _, s := range []struct {
		last  faults.Last
		ended Ending
	}{
		{faults.Below, "goaway at before-forward"}, // both requests are disowned
		{faults.At, ClientClosed},                  // one is still to be answered
	} {
		g := newGate()
		d := switchOnConfigured(t, Config{Protocol: results.H2C, Profile: Profile{
			ServiceTime: faults.After(time.Hour),
			Faults: []faults.Fault{{Effect: faults.GoAway, Point: faults.BeforeForward, Last: s.last, Error: faults.NoError,
				Selector: faults.Selector{Commands: []string{"0-1"}}}},
		}}, g.clock())
		p := call(t, d)
		p.head(1, false, fields("PUT", "0-1")...)
		p.put(3, "0-2")
		g.arrive(t) // its goroutine is at work until the gate opens
		p.must(p.WriteData(1, true, nil))
		frame, _, err := p.next()
		if err != nil || !strings.HasPrefix(frame, "GOAWAY") {
			t.Fatalf("received %q, %v", frame, err)
		}
		p.TCPConn.Close()
		if got := ended(t, d, 1); got.Ended != s.ended {
			t.Errorf("%s: connection %+v, want %q", s.last, got, s.ended)
		}
		g.open(t)
		eventually(t, "the execution", func() bool { return executions(d, "0-2") == 1 })
	}
}

func TestTheLastStreamOfAGoAwayIsWhatTheFaultSays(t *testing.T) {
	for _, point := range []faults.Point{faults.BeforeForward, faults.AfterForward} {
		for _, last := range []faults.Last{faults.Below, faults.At} {
			for _, code := range faults.NoError.Names() {
				t.Run(fmt.Sprint(point, " ", last, " ", code), func(t *testing.T) {
					d := switchOnSpeaking(t, results.H2C, Profile{Faults: []faults.Fault{{Effect: faults.GoAway, Point: point, Last: last, Error: faults.H2Error(code),
						Selector: faults.Selector{Methods: []string{"PUT"}}}}})
					p := call(t, d)
					p.head(1, true, fields("GET", "0-1")...)
					p.expect("HEADERS 1 200", "DATA 1 END")
					p.put(3, "0-2")
					named := map[faults.Last]int{faults.Below: 1, faults.At: 3}[last]
					p.expect(fmt.Sprint("GOAWAY ", named, " ", code))
					if frames, _, end := p.rest(); len(frames) > 0 || end != io.EOF {
						t.Errorf("received %q, %v", frames, end)
					}
					p.TCPConn.Close()
					executed := map[faults.Point]int{faults.BeforeForward: 0, faults.AfterForward: 1}[point]
					if got := ended(t, d, 1); got.Exchanges != 1 || executions(d, "0-2") != executed {
						t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
					}
				})
			}
		}
	}
}

func TestAResetStreamLeavesTheOthersAlone(t *testing.T) {
	for _, code := range faults.NoError.Names() {
		d := switchOnSpeaking(t, results.H2, Profile{Faults: []faults.Fault{{Effect: faults.RSTStream, Point: faults.AfterForward, Error: faults.H2Error(code),
			Selector: faults.Selector{Commands: []string{"0-1"}}}}})
		p := call(t, d)
		p.put(1, "0-1")
		p.expect("RST_STREAM 1 " + code)
		p.put(3, "0-2")
		p.expect("HEADERS 3 200", "DATA 3 END")
		if executions(d, "0-1") != 1 || executions(d, "0-2") != 1 {
			t.Errorf("ledger %+v", d.Ledger())
		}
	}
}

func TestAClientThatGoesAwayIsServedToTheEnd(t *testing.T) {
	g := newGate()
	d := switchOnConfigured(t, Config{Protocol: results.H2, Profile: Profile{ServiceTime: faults.After(time.Hour)}}, g.clock())
	p := call(t, d)
	p.put(1, "0-1")
	g.arrive(t)
	p.must(p.WriteGoAway(0, http2.ErrCodeNo, nil))
	g.open(t)
	p.expect("HEADERS 1 200", "DATA 1 END")
	if frames, _, end := p.rest(); len(frames) > 0 || end != io.EOF {
		t.Errorf("received %q, %v", frames, end)
	}
	p.TCPConn.Close()
	if got := ended(t, d, 1); got.Ended != CloseHonoured || got.Exchanges != 1 {
		t.Errorf("connection %+v", got)
	}
}

func TestARequestThatIsGivenUpIsExecutedAllTheSame(t *testing.T) {
	g := newGate()
	d := switchOnConfigured(t, Config{Protocol: results.H2C, Profile: Profile{ServiceTime: faults.After(time.Hour)}}, g.clock())
	p := call(t, d)
	p.put(1, "0-1")
	g.arrive(t)
	p.must(p.WriteRSTStream(1, http2.ErrCodeCancel))
	p.must(p.WritePing(false, [8]byte{}))
	p.expect("PING ACK")
	g.open(t)
	eventually(t, "the execution", func() bool { return executions(d, "0-1") == 1 })
	p.must(p.WritePing(false, [8]byte{}))
	p.expect("PING ACK") // and no answer
	p.hangUp()
	if got := ended(t, d, 1); got.Exchanges != 0 {
		t.Errorf("connection %+v", got)
	}
}

func TestARequestThatIsGivenUpBeforeItIsWholeIsNotExecuted(t *testing.T) {
	d := switchOnSpeaking(t, results.H2C, Profile{})
	p := call(t, d)
	p.head(1, false, fields("PUT", "0-1")...)
	p.must(p.WriteRSTStream(1, http2.ErrCodeCancel))
	p.put(3, "0-2")
	p.expect("HEADERS 3 200", "DATA 3 END")
	p.hangUp()
	if ended(t, d, 1); executions(d, "0-1") != 0 {
		t.Errorf("ledger %+v", d.Ledger())
	}
}

func TestAnAnswerKeepsToTheClientsWindows(t *testing.T) {
	d := switchOnSpeaking(t, results.H2, Profile{})
	p := call(t, d, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 7})
	p.put(1, "0-1")
	content := p.expect("HEADERS 1 200", "DATA 1")
	p.put(3, "0-2") // one that waits does not hold up another
	if piece := p.expect("HEADERS 3 200", "DATA 3"); len(content) != 7 || len(piece) != 7 {
		t.Errorf("%q and %q, want 7 bytes each", content, piece)
	}
	p.must(p.WriteWindowUpdate(1, 5))
	content = append(content, p.expect("DATA 1")...)
	p.must(p.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 10}))
	var ends []string
	for len(ends) < 3 {
		frame, piece, err := p.next()
		if err != nil {
			t.Fatal(err)
		}
		if ends = append(ends, frame); frame == "DATA 1 END" {
			content = append(content, piece...)
		}
	}
	slices.Sort(ends)
	if !slices.Equal(ends, []string{"DATA 1 END", "DATA 3 END", "SETTINGS ACK"}) || !strings.HasSuffix(string(content), "}") {
		t.Errorf("received %q, content %q", ends, content)
	}
}

func TestABodyIsTakenAsFastAsItIsRead(t *testing.T) {
	g := newGate()
	d := switchOnConfigured(t, Config{Protocol: results.H2C, Profile: Profile{
		Faults: []faults.Fault{{Effect: faults.Hold, Point: faults.Request, Delay: faults.After(time.Hour)}},
	}}, g.clock())
	p := call(t, d)
	p.head(1, false, fields("PUT", "0-1")...)
	g.arrive(t)
	for range 4 {
		p.must(p.WriteData(1, false, make([]byte, 16000)))
	}
	p.must(p.WritePing(false, [8]byte{}))
	p.expect("WINDOW_UPDATE", "PING ACK") // the connection's, and not the stream's
	g.open(t)
	p.expect("WINDOW_UPDATE 1")
	p.must(p.WriteData(1, true, nil))
	p.expect("HEADERS 1 200", "DATA 1 END")
}

func TestMoreThanTheStreamsWindowIsNotTaken(t *testing.T) {
	g := newGate()
	d := switchOnConfigured(t, Config{Protocol: results.H2C, Profile: Profile{
		Faults: []faults.Fault{{Effect: faults.Hold, Point: faults.Request, Delay: faults.After(time.Hour)}},
	}}, g.clock())
	p := call(t, d)
	p.head(1, false, fields("PUT", "0-1")...)
	g.arrive(t)
	for range h2Window/16000 + 1 {
		p.must(p.WriteData(1, false, make([]byte, 16000)))
	}
	p.expect("WINDOW_UPDATE", "RST_STREAM 1 FLOW_CONTROL_ERROR")
	g.open(t)
	p.hangUp()
	if got := ended(t, d, 1); got.Ended != ClientClosed || len(d.Ledger()) != 0 {
		t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
	}
}

func TestTooLargeARequestOverHTTP2(t *testing.T) {
	for _, s := range []struct {
		name   string
		how    TooLarge
		body   int
		frames string
	}{
		{"the body", "", 101, "HEADERS 1 413, DATA 1 END, RST_STREAM 1 NO_ERROR, PING ACK"},
		{"the body, drained", LargeDrain, 101, "HEADERS 1 413, DATA 1 END, RST_STREAM 1 NO_ERROR, PING ACK"},
		{"the body, abruptly", LargeAbrupt, 101, "HEADERS 1 413, DATA 1 END"},
		{"the body, silently", LargeSilent, 101, ""},
		{"nothing", LargeSilent, 100, "HEADERS 1 200, DATA 1 END, PING ACK"},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := switchOnSpeaking(t, results.H2C, Profile{MaxBody: 100, TooLarge: s.how})
			p := call(t, d)
			p.head(1, false, fields("PUT", "0-1")...)
			p.must(p.WriteData(1, s.body <= 100, make([]byte, s.body)))
			var frames []string
			for len(frames) < strings.Count(s.frames, ",")+1 {
				frame, _, err := p.next()
				if err != nil {
					break
				}
				if frames = append(frames, frame); !strings.HasPrefix(s.frames[len(strings.Join(frames, ", ")):], ", PING") {
					continue
				}
				p.must(p.WritePing(false, [8]byte{}))
			}
			if strings.Join(frames, ", ") != s.frames {
				t.Errorf("received %q, want %q", frames, s.frames)
			}
			if n := executions(d, "0-1"); (n == 1) != (s.body <= 100) {
				t.Errorf("executed %d times", n)
			}
		})
	}
}

func TestTooLargeAHead(t *testing.T) {
	d := switchOnSpeaking(t, results.H2, Profile{})
	p := call(t, d)
	p.head(1, true, append(fields("GET", "0-1"), "x-padding", strings.Repeat("x", 9<<10), "y-padding", strings.Repeat("y", 9<<10))...)
	p.expect("HEADERS 1 431", "DATA 1 END", "RST_STREAM 1 NO_ERROR")
	p.put(3, "0-2")
	p.expect("HEADERS 3 200", "DATA 3 END")
}

func TestAClientThatWaitsIsAskedForTheBody(t *testing.T) {
	d := switchOnSpeaking(t, results.H2, Profile{})
	tr := transport(t, d)
	tr.ExpectContinueTimeout = patience
	r := newRequest(t, d, "PUT", "0-1", strings.NewReader("on"))
	r.Header.Set("Expect", "100-continue")
	if answer, _, err := roundTrip(tr, r); err != nil || answer.StatusCode != 200 {
		t.Errorf("%v", err)
	}
}

func TestManyRequestsAtOnceShareAConnection(t *testing.T) {
	for _, protocol := range multiplexed {
		d := switchOnSpeaking(t, protocol, Profile{ServiceTime: faults.After(time.Millisecond)})
		tr := transport(t, d)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		warm := newRequest(t, d, "GET", "0-w", nil)
		if _, _, err := roundTrip(tr, warm); err != nil {
			t.Fatal(err)
		}
		var clients sync.WaitGroup
		for i := range maxStreams - 10 {
			clients.Go(func() {
				r := newRequest(t, d, http.MethodPut, fmt.Sprint("0-", i), strings.NewReader("on")).WithContext(ctx)
				answer, content, err := roundTrip(tr, r)
				if err != nil || answer.Header.Get(results.IDHeader) != fmt.Sprint("0-", i) || !strings.Contains(content, fmt.Sprintf(`"0-%d"`, i)) {
					t.Errorf("%d: %v %q", i, err, content)
				}
			})
		}
		clients.Wait()
		if n := len(used(d)); n != 1 || len(d.Ledger()) != maxStreams-9 {
			t.Errorf("%s: %d connections, %d executions", protocol, n, len(d.Ledger()))
		}
	}
}

func TestIdleBeginsWhenNoStreamIsOpen(t *testing.T) {
	g := newGate()
	d := switchOnConfigured(t, Config{Protocol: results.H2, Profile: Profile{
		ServiceTime: faults.After(time.Hour),
		Faults:      []faults.Fault{{Effect: faults.GoAway, Point: faults.Idle, Delay: faults.After(time.Millisecond), Error: faults.NoError, Selector: faults.Selector{Methods: []string{"PUT"}}}},
	}}, g.clock())
	p := call(t, d)
	p.put(1, "0-1")
	g.arrive(t)
	began := time.Now()
	eventually(t, "more than the idle time", func() bool { return time.Since(began) > 5*time.Millisecond })
	p.must(p.WritePing(false, [8]byte{}))
	p.expect("PING ACK")
	g.open(t)
	p.expect("HEADERS 1 200", "DATA 1 END", "GOAWAY 1 NO_ERROR")
	if _, _, end := p.rest(); end != io.EOF {
		t.Error(end)
	}
}

func TestADeviceSwitchedOffEndsItsStreams(t *testing.T) {
	d := switchOnSpeaking(t, results.H2, Profile{ServiceTime: faults.After(time.Hour)})
	p := call(t, d)
	p.put(1, "0-1")
	p.head(3, false, fields("PUT", "0-2")...) // never whole
	p.must(p.WritePing(false, [8]byte{}))
	p.expect("PING ACK")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if got := ended(t, d, 1); got.Ended != Shutdown || executions(d, "0-1") != 1 || executions(d, "0-2") != 0 {
		t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
	}
}

func TestHEADOverHTTP2HasNoContent(t *testing.T) {
	d := switchOnSpeaking(t, results.H2, Profile{})
	p := call(t, d)
	p.head(1, true, fields("HEAD", "0-1")...)
	p.expect("HEADERS 1 200 END")
	p.head(3, true, ":method", "GET", ":scheme", "https", ":path", "/elsewhere")
	p.expect("HEADERS 3 404", "DATA 3 END")
	p.hangUp()
	if got := ended(t, d, 1); got.Exchanges != 2 || len(d.Ledger()) != 1 {
		t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
	}
}
