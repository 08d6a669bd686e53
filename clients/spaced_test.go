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

// What it is good for: a device that closes a little after each answer, or as
// soon as another command comes, which it does not execute. Who looks at once
// sees a connection that lives; who looks after the pause sees the close.
func TestSpacedLetsACloseComeFirst(t *testing.T) {
	for _, tt := range []struct {
		name   string
		use    Strategy
		closes time.Duration // after each answer
		want   string
	}{
		{"peek looks too early", Raw{Liveness: Peek}, giveUp, "closed 0: wait 1/2 closed"},
		{"spaced", Spaced{Raw{Liveness: Peek}, 300 * time.Millisecond}, 5 * time.Millisecond, anew},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(p *peer) {
				if p.request() != nil {
					p.say(whole)
					p.SetReadDeadline(time.Now().Add(tt.closes))
					p.reader.Peek(1)
				}
			})
			c := start(t, tt.use, s.network())
			expect(t, do(t, c, command("PUT", 0)), first)
			expect(t, do(t, c, command("PUT", 1)), tt.want)
		})
	}
}

// A command waits for what is left of the pause: nothing where commands are
// further apart, and nothing after one that got no answer.
func TestSpacedWaitsForTheRestOfThePause(t *testing.T) {
	const ms = time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		f := newFlaky()
		c := start(t, Spaced{Pause: 10 * ms}, f.Network)
		for _, tt := range []struct {
			name string
			gap  time.Duration
			mood func(net.Conn)
			wait time.Duration
			want string
		}{
			{"the first", 0, healthy, 0, first},
			{"at once", 0, healthy, 10 * ms, second},
			{"within the pause", 4 * ms, rejecting, 6 * ms, "rejected 503: done 1/3 rejected"},
			{"after a rejection", 0, healthy, 10 * ms, "ok 200: done 1/4 ok"},
			{"as the pause ends", 10 * ms, healthy, 0, "ok 200: done 1/5 ok"},
			{"long after", time.Hour, dead, 0, "closed 0: wait 1/6 closed"},
			{"after a failure", 0, healthy, 0, anew},
		} {
			time.Sleep(tt.gap)
			f.is(tt.mood)
			begun := time.Now()
			r := c.Do(t.Context(), command("PUT", 0))
			expect(t, r, tt.want)
			if wait := r.Attempts[0].Sent.Sub(begun); wait != tt.wait {
				t.Errorf("%s: waited %v, want %v", tt.name, wait, tt.wait)
			}
		}
	})
}

// An answer that comes while a command waits makes it wait anew. Commands that
// are under way at once do not wait for each other.
func TestSpacedCountsFromTheLastAnswerOfAll(t *testing.T) {
	const ms = time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		var got atomic.Int64
		takes := []time.Duration{15 * ms, 8 * ms, 0}
		c := start(t, Spaced{Pause: 10 * ms}, pipes(func(far net.Conn) {
			for buf := make([]byte, 1024); ; {
				if _, err := far.Read(buf); err != nil {
					return
				}
				time.Sleep(takes[got.Add(1)-1])
				io.WriteString(far, whole)
			}
		}))
		begun := time.Now()
		replies := make([]results.Reply, 3)
		for i, at := range []time.Duration{0, 0, 9 * ms} {
			time.Sleep(at)
			go func() { replies[i] = c.Do(t.Context(), command("PUT", uint32(i))) }()
			synctest.Wait()
		}
		time.Sleep(time.Second)
		synctest.Wait()
		for i, want := range []time.Duration{0, 0, 25 * ms} { // answers came at 8 and 15 ms
			if sent := replies[i].Attempts[0].Sent.Sub(begun); replies[i].Outcome != results.OK || sent != want {
				t.Errorf("command %d: %s, sent after %v, want %v", i, tell(replies[i]), sent, want)
			}
		}
	})
}

// Of answers that are told of out of their order the last one counts.
func TestSpacedTakesAnswersInAnyOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Spaced{Pause: time.Second}.Client(unreachable()).(*spaced)
		early, _ := c.enter()
		late, _ := c.enter()
		now := time.Now()
		c.leave(late, now)
		c.leave(early, now.Add(-time.Millisecond))
		if lane, left := c.enter(); lane != nil || left != time.Second {
			t.Errorf("%v are left of the pause, want 1s", left)
		}
	})
}

// The same on sockets: no connection carries a command within the pause after
// its answer, whoever else is under way, and closes of the past are found.
func TestSpacedKeepsItsPauseOnEveryConnection(t *testing.T) {
	const pause = 5 * time.Millisecond
	s := serve(t, func(p *peer) {
		for range 2 { // answers on each connection
			if p.request() != nil {
				p.say(whole)
			}
		}
	})
	c := start(t, Spaced{Raw{Liveness: Peek}, pause}, s.network())
	replies := make(chan results.Reply)
	for i := range uint32(4) {
		go func() {
			for seq := range uint32(25) {
				replies <- do(t, c, command("PUT", 25*i+seq))
			}
		}()
	}
	type exchange struct{ connection, number int }
	exchanges := map[exchange]results.Attempt{}
	for range 100 {
		for _, a := range (<-replies).Attempts {
			exchanges[exchange{a.Connection, a.Exchange}] = a
		}
	}
	for at, a := range exchanges {
		before, ok := exchanges[exchange{at.connection, at.number - 1}]
		if after := a.Sent.Sub(before.Done); ok && after < pause {
			t.Errorf("connection %d carries a command %v after an answer", at.connection, after)
		}
	}
}

// One budget of resends is for all lanes, and each draws for itself.
func TestSpacedLanesShareTheirBudget(t *testing.T) {
	c := Spaced{Raw: Raw{Retry: Retry{When: Any, Budget: 0.1}}}.Client(unreachable()).(*spaced)
	one, _ := c.enter()
	two, _ := c.enter()
	if one == two || one.retry != two.retry {
		t.Error("each lane has a budget of its own, or there is but one")
	}
	if one.pool.opener.network.Seed == two.pool.opener.network.Seed {
		t.Error("both lanes draw the same")
	}
}

// Whoever waits is let go in the end, and not before the pause is over.
func TestSpacedIsSafeForConcurrentUse(t *testing.T) {
	const pause = 10 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		c := start(t, Spaced{Pause: pause}, newFlaky().Network)
		replies := make(chan results.Reply)
		for i := range uint32(8) {
			go func() {
				for seq := range uint32(25) {
					replies <- c.Do(t.Context(), command("PUT", 25*i+seq))
				}
			}()
		}
		var all []results.Attempt
		for range 200 {
			r := <-replies
			if r.Outcome != results.OK {
				t.Errorf("got %s: %v", tell(r), r.Err)
			}
			all = append(all, r.Attempts...)
		}
		for _, a := range all {
			for _, b := range all {
				if after := a.Sent.Sub(b.Done); 0 < after && after < pause {
					t.Fatalf("a command was sent %v after an answer", after)
				}
			}
		}
	})
}

// A command whose time ends in the pause ends with it, and is not sent.
func TestSpacedEndsItsWaitWithTheCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlaky()
		c := start(t, Spaced{Pause: time.Minute}, f.Network)
		expect(t, c.Do(t.Context(), command("PUT", 0)), first)

		end := func(ctx context.Context, outcome results.Outcome, cause error) {
			t.Helper()
			begun := time.Now()
			r := c.Do(ctx, command("PUT", 1))
			if r.Outcome != outcome || !errors.Is(r.Err, cause) || len(r.Attempts) != 0 {
				t.Errorf("got %s (%v), want %v by %v without an attempt", tell(r), r.Err, outcome, cause)
			}
			if took := time.Since(begun); took != 3*time.Second {
				t.Errorf("took %v, want 3s", took)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		end(ctx, results.Failed, context.Canceled)
		ctx, cancel = context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		end(ctx, results.TimedOut, context.DeadlineExceeded)

		if got := f.reached.Load(); got != 1 {
			t.Errorf("%d commands reached the device, want the first only", got)
		}
		expect(t, c.Do(t.Context(), command("PUT", 2)), second)
	})
}

// A connection that rested for too long behind others is closed, as by the other
// clients, and Close closes those that are left.
func TestSpacedClosesWhatRestsTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open atomic.Int64
		c := Spaced{Raw{Idle: time.Second}, time.Millisecond}.Client(pipes(func(far net.Conn) {
			open.Add(1)
			defer open.Add(-1)
			for buf := make([]byte, 1024); ; {
				if _, err := far.Read(buf); err != nil {
					return
				}
				time.Sleep(time.Millisecond)
				io.WriteString(far, whole)
			}
		}))
		holds := func(want int64) {
			t.Helper()
			synctest.Wait()
			if got := open.Load(); got != want {
				t.Errorf("%d connections are open, want %d", got, want)
			}
		}
		for i := range uint32(2) {
			go c.Do(t.Context(), command("PUT", i))
		}
		time.Sleep(500 * time.Millisecond)
		holds(2)
		c.Do(t.Context(), command("PUT", 2))
		holds(2)
		time.Sleep(700 * time.Millisecond)
		c.Do(t.Context(), command("PUT", 3))
		holds(1)
		c.Close()
		holds(0)
	})
}

// What leaves no connection to use again after the pause is refused.
func TestSettingsOfSpacedThatCantBeMeant(t *testing.T) {
	for field, use := range map[string]Spaced{
		"idle":   {Raw{Idle: time.Second}, time.Second},
		"renew":  {Raw{Renew: true}, time.Second},
		"settle": {Raw{Settle: time.Second}, time.Second},
		"":       {Raw{Idle: time.Second}, time.Second - 1},
	} {
		var got string
		for _, err := range use.Validate() {
			if setting, ok := errors.AsType[*SettingError](err); ok {
				got += setting.Field
			}
		}
		if got != field {
			t.Errorf("%+v: errors of %q, want of %q", use, got, field)
		}
	}
}
