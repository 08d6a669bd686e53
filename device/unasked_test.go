package device

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// line reads a line of garbage.
func (c *client) line() []byte {
	c.t.Helper()
	b := make([]byte, 64)
	if _, err := io.ReadFull(c.in, b); err != nil {
		c.t.Fatal(err)
	}
	if text := b[:62]; slices.ContainsFunc(text, func(b byte) bool { return b < 0x80 }) || !bytes.HasSuffix(b, []byte("\r\n")) {
		c.t.Errorf("garbage %q", b)
	}
	return b
}

// unasked reads what s sends beside the answers.
func (c *client) unasked(e faults.Effect) {
	c.t.Helper()
	if e == faults.Garbage {
		c.line()
		return
	}
	if r := c.receive("GET"); r.StatusCode != http.StatusOK || r.Close || r.content != `{"command":"","method":"GET","state":0,"executed":0}` && r.content != `{"command":"","method":"GET","state":1,"executed":0}` {
		c.t.Errorf("answer %+v with %q", r.Response, r.content)
	}
}

// unaskedFor lists the effects that send bytes nobody asked for.
var unaskedFor = []faults.Effect{faults.Garbage, faults.Unsolicited}

// unmultiplexed lists the two protocols in which such bytes have a place.
var unmultiplexed = []results.Protocol{results.HTTP, results.HTTPS}

func TestBytesNobodyAskedFor(t *testing.T) {
	for _, protocol := range unmultiplexed {
		for _, e := range unaskedFor {
			t.Run(string(protocol)+" "+string(e)+" at connect", func(t *testing.T) {
				if protocol.TLS() {
					metInTheHandshake(t, e)
					return
				}
				d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: e, Point: faults.Connect}}})
				c := dial(t, d)
				c.unasked(e)
				for _, id := range []string{"0-1", "0-2"} {
					if r := c.do(get(id)); r.StatusCode != 200 || executions(d, id) != 1 {
						t.Errorf("answer %+v, ledger %+v", r.Response, d.Ledger())
					}
				}
			})
			t.Run(string(protocol)+" "+string(e)+" at after-response", func(t *testing.T) {
				d := switchOnSpeaking(t, protocol, Profile{Faults: []faults.Fault{{Effect: e, Point: faults.AfterResponse}}})
				c := dialOver(t, d)
				for _, id := range []string{"0-1", "0-2"} {
					if r := c.do(get(id)); r.StatusCode != 200 || executions(d, id) != 1 {
						t.Errorf("answer %+v, ledger %+v", r.Response, d.Ledger())
					}
					c.unasked(e)
				}
			})
			t.Run(string(protocol)+" "+string(e)+" at idle", func(t *testing.T) {
				const idle = 10 * time.Millisecond
				d := switchOnSpeaking(t, protocol, Profile{Faults: []faults.Fault{{Effect: e, Point: faults.Idle, Delay: faults.After(idle), Selector: faults.Selector{Methods: []string{"PUT"}}}}})
				c := dialOver(t, d)
				began := time.Now()
				if r := c.do(put("0-1")); r.StatusCode != 200 {
					t.Errorf("answer %+v", r.Response)
				}
				for range 3 {
					c.unasked(e)
				}
				if took := time.Since(began); took < 3*idle {
					t.Errorf("three idle times took %v, want %v each", took, idle)
				}
				c.send(get("0-2"))
				eventually(t, "the execution", func() bool { return executions(d, "0-2") == 1 })
			})
		}
	}
}

// metInTheHandshake demands that what comes in the clear before TLS has begun
// breaks the client's handshake.
func metInTheHandshake(t *testing.T, e faults.Effect) {
	d := switchOnSpeaking(t, results.HTTPS, Profile{Faults: []faults.Fault{{Effect: e, Point: faults.Connect}}})
	c := dial(t, d)
	err := tls.Client(c.TCPConn, &tls.Config{RootCAs: d.Roots(), ServerName: "localhost"}).Handshake()
	if _, ok := errors.AsType[tls.RecordHeaderError](err); !ok {
		t.Errorf("the handshake ended with %v, want a record that is none", err)
	}
	c.Close()
	if got := ended(t, d, 1); got.Exchanges != 0 || len(d.Ledger()) != 0 {
		t.Errorf("connection %+v, ledger %+v", got, d.Ledger())
	}
}

func TestAnIdleTimeOfNothingComesOnce(t *testing.T) {
	p := Profile{Faults: []faults.Fault{{Effect: faults.Garbage, Point: faults.Idle, Delay: mustDelay(t, "uniform(0s, 1ns)"), Selector: faults.Selector{Methods: []string{"PUT"}}}}}
	d := switchOn(t, p)
	// Of a few commands some draw nothing.
	for _, id := range []string{"0-1", "0-2", "0-3", "0-4", "0-5", "0-6", "0-7", "0-8"} {
		wait, armed := d.plan.Idle(faults.Event{Command: id, Attempt: 1})
		if !armed || wait != 0 {
			continue
		}
		c := dial(t, d)
		c.do(put(id))
		c.line()
		if r := c.do(get("1-" + id[2:])); r.StatusCode != 200 {
			t.Errorf("answer %+v", r.Response)
		}
		return
	}
	t.Fatal("no command draws nothing")
}

// garbled lists where garbage takes the place of an answer, and whether the
// command was executed by then.
var garbled = []struct {
	point    faults.Point
	executed int
}{{faults.BeforeForward, 0}, {faults.AfterForward, 1}}

func TestGarbageInPlaceOfTheAnswer(t *testing.T) {
	for _, protocol := range unmultiplexed {
		for _, s := range garbled {
			t.Run(string(protocol)+" "+string(s.point), func(t *testing.T) {
				d := switchOnSpeaking(t, protocol, Profile{Faults: []faults.Fault{{Effect: faults.Garbage, Point: s.point, Selector: faults.Selector{Commands: []string{"0-1", "0-2"}}}}})
				c := dialOver(t, d)
				var lines [][]byte
				for _, id := range []string{"0-1", "0-2"} {
					c.send(put(id, "Connection: close"))
					lines = append(lines, c.line())
					if n := executions(d, id); n != s.executed {
						t.Errorf("%s executed %d times, want %d", id, n, s.executed)
					}
				}
				if bytes.Equal(lines[0], lines[1]) {
					t.Error("the same bytes for two commands")
				}
				if r := c.do(put("0-3")); r.StatusCode != 200 || executions(d, "0-3") != 1 {
					t.Errorf("the connection did not go on: %+v", r.Response)
				}
				c.Close()
				if got := ended(t, d, 1); got.Exchanges != 1 {
					t.Errorf("connection %+v, want one answer", got)
				}
			})
		}
	}
}

func TestTheSeedDrawsTheGarbage(t *testing.T) {
	line := func(seed uint64) []byte {
		d, err := Start(Config{Seed: seed, Profile: Profile{Faults: []faults.Fault{{Effect: faults.Garbage, Point: faults.AfterForward}}}})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		c := dial(t, d)
		c.send(put("0-1"))
		return c.line()
	}
	if one := line(1); !bytes.Equal(one, line(1)) || bytes.Equal(one, line(2)) {
		t.Errorf("seed 1 drew %q, then %q; seed 2 %q", one, line(1), line(2))
	}
}

func TestARequestTimeoutIsSaidUnasked(t *testing.T) {
	d := switchOn(t, Profile{KeepAliveMax: 9, Faults: []faults.Fault{{
		Effect: faults.Status, Point: faults.Idle, Code: 408, RetryAfter: 3, Delay: faults.After(time.Millisecond), Selector: faults.Selector{Exchanges: []int{1}},
	}}})
	c := dial(t, d)
	c.do(put("0-1"))
	if r := c.receive("GET"); r.StatusCode != 408 || !r.Close || r.Header.Get("Retry-After") != "3" || r.Header.Get("Keep-Alive") != "" {
		t.Errorf("answer %+v", r.Response)
	}
	c.mustEnd(io.EOF)
	if got := ended(t, d, 1); got.Ended != "status at idle" || got.Exchanges != 1 {
		t.Errorf("connection %+v", got)
	}
}

func TestAStatusSaysWhenToComeAgain(t *testing.T) {
	for _, s := range []struct {
		seconds int
		field   string
	}{{0, ""}, {86400, "86400"}} {
		d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Status, Point: faults.BeforeForward, Code: 503, RetryAfter: s.seconds}}})
		if r := dial(t, d).do(put("0-1")); r.StatusCode != 503 || r.Header.Get("Retry-After") != s.field || len(d.Ledger()) != 0 {
			t.Errorf("answer %+v, ledger %+v", r.Response, d.Ledger())
		}
	}
}
