package clients

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rstorm/results"
)

// oneAnswer answers one request on each connection, and resets it when the
// second has come.
func oneAnswer(p *peer) {
	if p.request() != nil {
		p.say(whole)
	}
	if p.request() != nil {
		p.reset()
	}
}

// The first stale failure is the last: from then on every command has a
// connection of its own, and says that it closes.
func TestAdaptiveStopsReusingAfterOneFailure(t *testing.T) {
	s := serve(t, func(p *peer) {
		if req := p.request(); req != nil {
			if want := p.number > 1; (req.Header.Get("Connection") == "close") != want {
				p.server.t.Errorf("connection %d: announced %q", p.number, req.Header.Get("Connection"))
			}
			p.say(whole)
		}
		if p.request() != nil {
			p.reset()
		}
	})
	n := s.network()
	c := start(t, Adaptive{}, n)
	expect(t, do(t, c, command("PUT", 0)), first)
	expect(t, do(t, c, command("PUT", 1)), "reset 0: wait 1/2 reset")
	for seq := range uint32(20) {
		if r := do(t, c, command("PUT", 2+seq)); r.Outcome != results.OK || r.Attempts[0].Exchange != 1 {
			t.Errorf("after the failure: %s", tell(r))
		}
	}
	if got := s.count("PUT", 1); got != 1 {
		t.Errorf("the command that failed was sent %d times: adaptive sends nothing again", got)
	}
	if got := n.Dialer.Counts().Resets; got != 1 {
		t.Errorf("%d resets, want the first one only", got)
	}
}

// Only the end of a connection that was used before teaches: not a first
// exchange that fails, not an answer that was cut, not a refusal.
func TestAdaptiveLearnsFromStaleConnectionsOnly(t *testing.T) {
	for name, device := range map[string]func(*peer){
		"the first exchange is reset": func(p *peer) { p.request(); p.reset() },
		"the answer is cut": func(p *peer) {
			for req := p.request(); req != nil; req = p.request() {
				if p.seq(req) == 1 {
					p.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
					return
				}
				p.say(whole)
			}
		},
		"the device rejects": answers("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, Adaptive{}, serve(t, device).network())
			for seq := range uint32(3) {
				do(t, c, command("PUT", seq))
			}
			if !c.(*adaptive).keeps() {
				t.Error("stopped keeping connections")
			}
		})
	}
}

// A connection that a look finds dead has failed nobody: the clients that look
// go on keeping.
func TestAdaptiveMayLook(t *testing.T) {
	s := serve(t, func(p *peer) {
		p.request()
		p.say(whole)
		p.Close()
		p.server.event <- struct{}{}
	})
	c := start(t, Adaptive{Raw: Raw{Liveness: Settle, Settle: giveUp}}, s.network())
	for seq, want := range []string{first, anew, "ok 200: done 3/1 ok"} {
		expect(t, do(t, c, command("PUT", uint32(seq))), want)
		s.wait()
	}
	if !c.(*adaptive).keeps() {
		t.Error("stopped keeping connections")
	}
}

// After the time of probe connections are kept again, and given up again if
// that fails.
func TestAdaptiveProbesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mean atomic.Bool // the device answers one command on each connection, and slams at the next
		n := pipes(func(far net.Conn) {
			for i, buf := 0, make([]byte, 1024); ; i++ {
				if _, err := far.Read(buf); err != nil || i > 0 && mean.Load() {
					return
				}
				io.WriteString(far, whole)
			}
		})
		c := start(t, Adaptive{Probe: time.Minute}, n)
		play := func(want string) {
			t.Helper()
			expect(t, c.Do(t.Context(), command("PUT", 0)), want)
		}
		play(first)
		play(second)
		mean.Store(true)
		play("closed 0: wait 1/3 closed")
		play(anew)
		time.Sleep(time.Minute - time.Nanosecond)
		play("ok 200: done 3/1 ok")
		time.Sleep(time.Nanosecond)
		play("ok 200: done 4/1 ok") // kept
		play("closed 0: wait 4/2 closed")
		play("ok 200: done 5/1 ok")
		mean.Store(false)
		time.Sleep(time.Minute)
		play("ok 200: done 6/1 ok")
		play("ok 200: done 6/2 ok")
		play("ok 200: done 6/3 ok")
	})
}

// Commands that are under way when another one fails end as they would; what
// they leave behind is not kept.
func TestAdaptiveKeepsNothingBehindAFailure(t *testing.T) {
	held := make(chan struct{})
	s := serve(t, func(p *peer) {
		for req := p.request(); req != nil; req = p.request() {
			switch p.seq(req) {
			case 1: // on a connection of its own, and slow
				p.server.event <- struct{}{}
				<-held
			case 2:
				p.reset()
				return
			}
			p.say(whole)
		}
		p.server.event <- struct{}{}
	})
	c := start(t, Adaptive{}, s.network())
	slow := make(chan results.Reply, 1)
	go func() { slow <- do(t, c, command("PUT", 1)) }()
	s.wait()
	do(t, c, command("PUT", 0))
	expect(t, do(t, c, command("PUT", 2)), "reset 0: wait 2/2 reset")
	close(held)
	expect(t, <-slow, first)
	s.wait() // it closed its side
	expect(t, do(t, c, command("PUT", 3)), "ok 200: done 3/1 ok")
}

// Resends go on where settings ask for them, and one budget is for both ways.
func TestAdaptiveMayRetry(t *testing.T) {
	s := serve(t, oneAnswer)
	c := start(t, Adaptive{Raw: Raw{Retry: Retry{When: StaleAny}}}, s.network())
	expect(t, do(t, c, command("PUT", 0)), first)
	expect(t, do(t, c, command("PUT", 1)), "ok 200: wait 1/2 reset; done 2/1 ok")
	expect(t, do(t, c, command("PUT", 2)), "ok 200: done 3/1 ok")
	if a := c.(*adaptive); a.keeping.retry != a.single.retry {
		t.Error("each way has a budget of its own")
	}
}

func TestSettingsOfAdaptiveThatCantBeMeant(t *testing.T) {
	for field, use := range map[string]Adaptive{
		"reuse": {Raw: Raw{Reuse: Fresh}}, "renew": {Raw: Raw{Renew: true}}, "settle": {Raw: Raw{Settle: time.Second}},
	} {
		errs := use.Validate()
		if len(errs) != 1 {
			t.Fatalf("%s: %v", field, errs)
		}
		if got, ok := errors.AsType[*SettingError](errs[0]); !ok || got.Field != field {
			t.Errorf("got %v, want an error of %s", errs[0], field)
		}
	}
}

// Whatever meets, every command ends, and none that was answered is lost.
func TestAdaptiveIsSafeForConcurrentUse(t *testing.T) {
	s := serve(t, oneAnswer)
	c := start(t, Adaptive{Probe: time.Millisecond}, s.network())
	replies := make(chan results.Reply)
	for i := range uint32(8) {
		go func() {
			for seq := range uint32(25) {
				ctx, cancel := context.WithTimeout(t.Context(), giveUp)
				replies <- c.Do(ctx, command("PUT", 25*i+seq))
				cancel()
			}
		}()
	}
	for range 200 {
		if r := <-replies; r.Outcome != results.OK && !wentStale(&r.Attempts[0]) {
			t.Errorf("got %s: %v", tell(r), r.Err)
		}
	}
}
