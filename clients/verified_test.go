package clients

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rstorm/device"
	"rstorm/faults"
	"rstorm/results"
)

// asking is retry-verified as it comes, without its waits and its limit.
func asking(t testing.TB) RetryVerified {
	s := kind(t, "retry-verified").(RetryVerified)
	s.Backoff, s.AttemptTimeout = 0, 0
	return s
}

// simulated starts the device with faults, and reaches it.
func simulated(t *testing.T, speaks results.Protocol, fs ...faults.Fault) (*device.Device, Network) {
	t.Helper()
	d, err := device.Start(device.Config{Protocol: speaks, Seed: 1, Profile: device.Profile{Faults: fs}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	n := Network{Host: d.Addr(), Dialer: dialTo(d.Addr()), Seed: 7, Protocol: speaks}
	if roots := d.Roots(); roots != nil {
		n.TLS = &tls.Config{RootCAs: roots, ServerName: "localhost"}
	}
	return d, n
}

// strike is a fault that hits every PUT the first time.
func strike(e faults.Effect, p faults.Point) faults.Fault {
	return faults.Fault{Effect: e, Point: p, Selector: faults.Selector{Methods: []string{"PUT"}, Attempts: []int{1}}}
}

// Whatever breaks a command, and whenever: it is executed once, and reported as
// done. Where retry would have executed it twice, no second attempt is made.
func TestRetryVerifiedExecutesOnce(t *testing.T) {
	for _, speaks := range []results.Protocol{results.HTTP, results.HTTPS, results.H2C} {
		for _, tt := range []struct {
			name     string
			fault    faults.Fault
			attempts int
		}{
			{"executed, then reset", strike(faults.Reset, faults.AfterForward), 1},
			{"executed, then closed", strike(faults.Close, faults.AfterForward), 1},
			{"executed, then cut", strike(faults.Close, faults.Response), 1},
			{"executed, then silent", strike(faults.Stall, faults.AfterForward), 1},
			{"reset before it was executed", strike(faults.Reset, faults.BeforeForward), 2},
			{"closed before it was executed", strike(faults.Close, faults.BeforeForward), 2},
		} {
			t.Run(string(speaks)+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				d, n := simulated(t, speaks, tt.fault)
				use := asking(t)
				if tt.fault.Effect == faults.Stall {
					use.AttemptTimeout = 300 * time.Millisecond
				}
				c := start(t, use, n)
				for seq := range uint32(3) {
					r := do(t, c, command("PUT", seq))
					if r.Outcome != results.OK || r.Status != http.StatusOK || r.Err != nil || len(r.Attempts) != tt.attempts {
						t.Errorf("command %d: %s: %v, want ok after %d attempts", seq, tell(r), r.Err, tt.attempts)
					}
					if last := r.Attempts[len(r.Attempts)-1]; r.Done.Before(last.Done) {
						t.Errorf("command %d was reported at %v, before its last attempt ended at %v", seq, r.Done, last.Done)
					}
				}
				executed := map[string]int{}
				for _, e := range d.Ledger() {
					executed[e.Method+" "+e.Command]++
				}
				if len(executed) != 3 || executed["PUT 0-0"] != 1 || executed["PUT 0-1"] != 1 || executed["PUT 0-2"] != 1 {
					t.Errorf("executed %v, want each command once and no question", executed)
				}
			})
		}
	}
}

// An oracle is a device that breaks every command the first time, and answers
// the question for it as the test wants.
type oracle struct {
	*server
	questions atomic.Int64
}

func newOracle(t *testing.T, answer func(p *peer, nth int64)) *oracle {
	o := &oracle{}
	o.server = serve(t, func(p *peer) {
		for req := p.request(); req != nil; req = p.request() {
			if req.Header.Get(results.IDHeader) == "" {
				if want := "/query/state?of=0-1"; req.Method != "GET" || req.RequestURI != want {
					t.Errorf("asked %s %s, want GET %s", req.Method, req.RequestURI, want)
				}
				answer(p, o.questions.Add(1))
				continue
			}
			if !p.again(req) {
				p.reset()
				return
			}
			p.say(whole)
		}
	})
	return o
}

// body is an answer with this content.
func body(text string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(text), text)
}

const (
	saysYes = `{"command":"0-1","method":"PUT","state":12,"executed":1}`
	saysNo  = `{"command":"0-1","method":"","state":12,"executed":0}`
)

// What can't be learnt is not sent again: the caller gets the failure that it
// was. A question is asked again, as often as there are attempts.
func TestRetryVerifiedDoesNotGuess(t *testing.T) {
	const asReset = "reset 0: wait 1/1 reset"
	for _, tt := range []struct {
		name      string
		answer    func(p *peer, nth int64)
		want      string
		questions int64
	}{
		{"executed", func(p *peer, _ int64) { p.say(body(saysYes)) }, "ok 200: wait 1/1 reset", 1},
		{"not executed", func(p *peer, _ int64) { p.say(body(saysNo)) }, "ok 200: wait 1/1 reset; done 3/1 ok", 1},
		{"no such question", func(p *peer, _ int64) { p.say("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") }, asReset, 4},
		{"no content", func(p *peer, _ int64) { p.say("HTTP/1.1 204 No Content\r\n\r\n") }, asReset, 4},
		{"questions are reset", func(p *peer, _ int64) { p.reset() }, asReset, 4},
		{"the answer is cut", func(p *peer, _ int64) { p.say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + saysYes); p.Close() }, asReset, 4},
		{"the answer is endless", func(p *peer, _ int64) { p.say(body(saysYes + strings.Repeat(" ", maxAsked))) }, asReset, 4},
		{"the second question is answered", func(p *peer, nth int64) {
			if nth == 1 {
				p.reset()
			}
			p.say(body(saysYes))
		}, "ok 200: wait 1/1 reset", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOracle(t, tt.answer)
			c := start(t, asking(t), o.network())
			r := do(t, c, command("PUT", 1))
			if got := tell(r); got != tt.want {
				t.Errorf("got %s (%v), want %s", got, r.Err, tt.want)
			}
			if (r.Outcome == results.OK) != (r.Err == nil) {
				t.Errorf("ended %v with the error %v", r.Outcome, r.Err)
			}
			if got := o.questions.Load(); got != tt.questions {
				t.Errorf("%d questions, want %d", got, tt.questions)
			}
			if got := o.count("PUT", 1); got != len(r.Attempts) {
				t.Errorf("the device received the command %d times, on record are %d", got, len(r.Attempts))
			}
		})
	}
}

// What can't have been executed, and what may be executed twice, is not asked
// for.
func TestRetryVerifiedAsksOnlyWhenInDoubt(t *testing.T) {
	t.Run("safe methods", func(t *testing.T) {
		o := newOracle(t, func(*peer, int64) { t.Error("asked for a safe method") })
		expect(t, do(t, start(t, asking(t), o.network()), command("GET", 1)), "ok 200: wait 1/1 reset; done 2/1 ok")
	})
	t.Run("refused", func(t *testing.T) {
		n := Network{Host: "device", Dialer: dialTo("127.0.0.1:1")}
		expect(t, do(t, start(t, asking(t), n), command("PUT", 1)),
			"refused 0: connect 0/0 refused; connect 0/0 refused; connect 0/0 refused; connect 0/0 refused")
	})
	t.Run("lost in the handshake", func(t *testing.T) {
		s := serve(t, func(p *peer) { p.hello(); p.reset() })
		n := s.network()
		n.Protocol = results.HTTPS
		use := asking(t)
		use.Attempts = 2
		expect(t, do(t, start(t, use, n), command("PUT", 1)), "reset 0: handshake 1/0 reset; handshake 2/0 reset")
		if got := n.Dialer.Counts().Dials; got != 2 {
			t.Errorf("%d connections, want one for each attempt and none to ask on", got)
		}
	})
}

// Only what is sent again is asked for: the settings decide first.
func TestRetryVerifiedObeysItsSettings(t *testing.T) {
	o := newOracle(t, func(*peer, int64) { t.Error("asked for a command that is not sent again anyway") })
	use := asking(t)
	use.On = []Trigger{"closed"}
	expect(t, do(t, start(t, use, o.network()), command("PUT", 1)), "reset 0: wait 1/1 reset")
}

// A device behind a prefix is asked behind it.
func TestTheQuestionHasTheTargetsPrefix(t *testing.T) {
	asked := make(chan string, 1)
	s := serve(t, func(p *peer) {
		for req := p.request(); req != nil; req = p.request() {
			if req.Header.Get(results.IDHeader) != "" {
				p.reset()
				return
			}
			asked <- req.RequestURI
			p.say(body(saysYes))
		}
	})
	n := s.network()
	n.Prefix = "/api/v1"
	if r := do(t, start(t, asking(t), n), command("PUT", 1)); r.Outcome != results.OK {
		t.Errorf("got %s: %v", tell(r), r.Err)
	}
	if got, want := <-asked, "/api/v1/query/state?of=0-1"; got != want {
		t.Errorf("asked for %s, want %s", got, want)
	}
}

// The wait before a resend comes before the question: it gives a busy device
// time. The command's own time bounds both.
func TestTheQuestionComesAfterTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		n := pipes(func(far net.Conn) {
			req, err := http.ReadRequest(bufio.NewReader(far))
			if err == nil && req.Header.Get(results.IDHeader) == "" {
				asked.Add(1)
			}
		})
		use := asking(t)
		use.Backoff = 100 * time.Millisecond
		c := start(t, use, n)
		for limit, want := range map[time.Duration]int64{
			50 * time.Millisecond:  0, // nothing is asked that could not be acted on
			150 * time.Millisecond: 1, // after 100ms; the next would be due at 200ms
			250 * time.Millisecond: 2, // and at 200ms; then at 400ms
		} {
			asked.Store(0)
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			r := c.Do(ctx, command("PUT", 1))
			cancel()
			if r.Outcome != results.Closed || len(r.Attempts) != 1 || asked.Load() != want {
				t.Errorf("within %v: %s after %d questions, want %d", limit, tell(r), asked.Load(), want)
			}
		}
	})
}

func TestSettingsOfRetryVerifiedThatCantBeMeant(t *testing.T) {
	for _, tt := range []struct {
		field string
		spoil func(*RetryVerified)
	}{
		{"", func(*RetryVerified) {}},
		{"retry", func(s *RetryVerified) { s.When = Never }},
		{"verify", func(s *RetryVerified) { s.Verify = "/query/state" }},
		{"verify", func(s *RetryVerified) { s.Verify = "query/state?of={id}" }},
		{"verify", func(s *RetryVerified) { s.Verify = "/query state?of={id}" }},
		{"executed", func(s *RetryVerified) { s.Executed = "" }},
		{"executed", func(s *RetryVerified) { s.Executed = "[" }},
		{"on", func(s *RetryVerified) { s.On = []Trigger{"rejected"} }},
	} {
		s := asking(t)
		tt.spoil(&s)
		var got []string
		for _, err := range s.Validate() {
			if setting, ok := errors.AsType[*SettingError](err); ok {
				got = append(got, setting.Field)
			}
		}
		if strings.Join(got, " ") != tt.field {
			t.Errorf("%+v: errors of %q, want %q", s, got, tt.field)
		}
	}
}

// Without a readable expression no answer tells anything, and nothing that may
// have been executed is sent again.
func TestRetryVerifiedWithoutAnExpressionLearnsNothing(t *testing.T) {
	o := newOracle(t, func(*peer, int64) { t.Error("asked what it can't understand") })
	use := asking(t)
	use.Executed = "["
	expect(t, do(t, start(t, use, o.network()), command("PUT", 1)), "reset 0: wait 1/1 reset")
}
