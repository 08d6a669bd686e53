package device

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"rstorm/faults"
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

func TestBytesNobodyAskedFor(t *testing.T) {
	for _, e := range []faults.Effect{faults.Garbage, faults.Unsolicited} {
		t.Run(string(e)+" at connect", func(t *testing.T) {
			d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: e, Point: faults.Connect}}})
			c := dial(t, d)
			c.unasked(e)
			for _, id := range []string{"0-1", "0-2"} {
				if r := c.do(get(id)); r.StatusCode != 200 || executions(d, id) != 1 {
					t.Errorf("answer %+v, ledger %+v", r.Response, d.Ledger())
				}
			}
		})
		t.Run(string(e)+" at after-response", func(t *testing.T) {
			d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: e, Point: faults.AfterResponse}}})
			c := dial(t, d)
			for _, id := range []string{"0-1", "0-2"} {
				if r := c.do(get(id)); r.StatusCode != 200 || executions(d, id) != 1 {
					t.Errorf("answer %+v, ledger %+v", r.Response, d.Ledger())
				}
				c.unasked(e)
			}
		})
		t.Run(string(e)+" at idle", func(t *testing.T) {
			const idle = 10 * time.Millisecond
			d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: e, Point: faults.Idle, Delay: faults.After(idle), Selector: faults.Selector{Methods: []string{"PUT"}}}}})
			c := dial(t, d)
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

func TestGarbageInPlaceOfTheAnswer(t *testing.T) {
	for _, s := range []struct {
		point    faults.Point
		executed int
	}{{faults.BeforeForward, 0}, {faults.AfterForward, 1}} {
		d := switchOn(t, Profile{Faults: []faults.Fault{{Effect: faults.Garbage, Point: s.point, Selector: faults.Selector{Commands: []string{"0-1", "0-2"}}}}})
		c := dial(t, d)
		var lines [][]byte
		for _, id := range []string{"0-1", "0-2"} {
			c.send(put(id, "Connection: close"))
			lines = append(lines, c.line())
			if n := executions(d, id); n != s.executed {
				t.Errorf("%s: %s executed %d times, want %d", s.point, id, n, s.executed)
			}
		}
		if bytes.Equal(lines[0], lines[1]) {
			t.Errorf("%s: the same bytes for two commands", s.point)
		}
		if r := c.do(put("0-3")); r.StatusCode != 200 || executions(d, "0-3") != 1 {
			t.Errorf("%s: the connection did not go on: %+v", s.point, r.Response)
		}
		c.Close()
		if got := ended(t, d, 1); got.Exchanges != 1 {
			t.Errorf("%s: connection %+v, want one answer", s.point, got)
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
