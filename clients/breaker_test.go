package clients

import (
	"context"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rstorm/results"
)

// A flaky is a network whose device ends every connection as its mood says,
// and counts the commands that reach it.
type flaky struct {
	Network
	mood    atomic.Pointer[func(net.Conn)]
	reached atomic.Int64
}

func newFlaky() *flaky {
	f := &flaky{}
	f.Network = pipes(func(far net.Conn) {
		for buf := make([]byte, 1024); ; {
			if _, err := far.Read(buf); err != nil {
				return
			}
			f.reached.Add(1)
			(*f.mood.Load())(far)
		}
	})
	f.is(healthy)
	return f
}

func (f *flaky) is(mood func(net.Conn)) { f.mood.Store(&mood) }

func healthy(far net.Conn)   { io.WriteString(far, whole) }
func rejecting(far net.Conn) { io.WriteString(far, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n") }
func dead(far net.Conn)      { far.Close() }
func babbling(far net.Conn)  { io.WriteString(far, "SSH-2.0-x\r\n"); far.Close() }

// played is how a command ends, in a word: unsent if the breaker kept it back.
func played(ctx context.Context, c Client) string {
	r := c.Do(ctx, command("PUT", 0))
	if len(r.Attempts) == 0 && r.Outcome == results.Failed && r.Err == errOpen {
		return "unsent"
	}
	return r.Outcome.String()
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlaky()
		c := start(t, Breaker{Failures: 3, Cooldown: time.Minute}, f.Network)
		play := func(want ...string) {
			t.Helper()
			for i, w := range want {
				if got := played(t.Context(), c); got != w {
					t.Errorf("command %d of %v: %s", i+1, want, got)
				}
			}
		}
		f.is(dead)
		play("closed", "closed")
		f.is(rejecting)
		play("rejected") // it lives: the row is over
		f.is(dead)
		play("closed", "closed")
		f.is(healthy)
		play("ok")
		f.is(dead)
		play("closed", "closed", "closed", "unsent", "unsent")

		before := f.reached.Load()
		time.Sleep(time.Minute - time.Nanosecond)
		play("unsent")
		if f.reached.Load() != before {
			t.Error("the device was reached while the breaker was open")
		}
		time.Sleep(time.Nanosecond)
		play("closed", "unsent") // the probe failed: the cooldown begins again
		time.Sleep(time.Minute)
		f.is(babbling)
		play("failed", "failed") // proves neither: the next one probes
		f.is(rejecting)
		play("rejected")
		f.is(dead)
		play("closed", "closed", "closed", "unsent")
		time.Sleep(time.Minute)
		f.is(healthy)
		play("ok", "ok")
	})
}

// Each outcome by itself: those that a dead or ailing device gives count.
func TestBreakerCountsWhatSaysThatTheDeviceAils(t *testing.T) {
	counts := map[results.Outcome]bool{results.Reset: true, results.Closed: true, results.Refused: true,
		results.TimedOut: true, results.Truncated: true}
	for _, o := range results.Outcomes() {
		b := Breaker{Failures: 1, Cooldown: time.Minute}.Client(unreachable()).(*breaker)
		turn, _ := b.admit()
		b.learn(turn, o)
		if _, admitted := b.admit(); admitted == counts[o] {
			t.Errorf("after %v another command is admitted: %v", o, admitted)
		}
	}
}

// When the cooldown is over exactly one of all callers goes through, and the
// others go on failing until it has its answer.
func TestOneCallerProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlaky()
		c := start(t, Breaker{Failures: 1, Cooldown: time.Minute}, f.Network)
		f.is(dead)
		played(t.Context(), c)
		time.Sleep(time.Minute)

		answer := make(chan struct{})
		f.is(func(far net.Conn) {
			<-answer
			healthy(far)
		})
		before := f.reached.Load()
		outcomes := make(chan string, 100)
		for range 100 {
			go func() { outcomes <- played(t.Context(), c) }()
		}
		synctest.Wait()
		if got := f.reached.Load() - before; got != 1 || len(outcomes) != 99 {
			t.Fatalf("%d commands reached the device and %d ended, want 1 and 99", got, len(outcomes))
		}
		for range 99 {
			if got := <-outcomes; got != "unsent" {
				t.Errorf("beside the probe a command ended %s", got)
			}
		}
		close(answer)
		if got := <-outcomes; got != "ok" {
			t.Errorf("the probe ended %s", got)
		}
		if got := played(t.Context(), c); got != "ok" {
			t.Errorf("after the probe a command ended %s", got)
		}
	})
}

// What was under way when the breaker opened says nothing about now.
func TestLateAnswersDoNotMoveTheBreaker(t *testing.T) {
	b := Breaker{Failures: 1, Cooldown: time.Minute}.Client(unreachable()).(*breaker)
	early, _ := b.admit()
	late, _ := b.admit()
	b.learn(early, results.Reset)
	b.learn(late, results.OK)
	if _, admitted := b.admit(); admitted {
		t.Error("an old answer closed the breaker")
	}
}

// A prober that is cancelled leaves the probe to the next one.
func TestACancelledProbeIsNoProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlaky()
		c := start(t, Breaker{Failures: 1, Cooldown: time.Minute}, f.Network)
		f.is(dead)
		played(t.Context(), c)
		time.Sleep(time.Minute)
		f.is(func(net.Conn) {}) // reads on, and says nothing
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if got := played(ctx, c); got != "failed" {
			t.Errorf("the probe that was cancelled ended %s", got)
		}
		f.is(healthy)
		if got := played(t.Context(), c); got != "ok" {
			t.Errorf("the next one ended %s", got)
		}
	})
}
