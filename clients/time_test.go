package clients

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"rstorm/results"
)

// pipes is a network of in-memory connections, whose far ends play script.
func pipes(script func(net.Conn)) Network {
	return Network{Host: "device", Dialer: NewDialer(func(context.Context) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			script(far)
		}()
		return near, nil
	})}
}

// silent reads what comes and never answers.
func silent(far net.Conn) {
	for buf := make([]byte, 1024); ; {
		if _, err := far.Read(buf); err != nil {
			return
		}
	}
}

// slam reads a request and closes.
func slam(far net.Conn) { far.Read(make([]byte, 1024)) }

// unreachable is a network where dialling never ends by itself.
var unreachable = func() Network {
	return Network{Host: "device", Dialer: NewDialer(func(ctx context.Context) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})}
}

func gaps(r results.Reply) (waits []time.Duration) {
	for i := 1; i < len(r.Attempts); i++ {
		waits = append(waits, r.Attempts[i].Sent.Sub(r.Attempts[i-1].Done))
	}
	return waits
}

// The wait before a resend doubles up to a second; a start above it stays.
func TestRetryBacksOff(t *testing.T) {
	for _, tt := range []struct {
		start time.Duration
		want  []time.Duration
	}{
		{300 * time.Millisecond, []time.Duration{300 * time.Millisecond, 600 * time.Millisecond, time.Second, time.Second}},
		{2 * time.Second, []time.Duration{2 * time.Second, 2 * time.Second, 2 * time.Second, 2 * time.Second}},
		{0, []time.Duration{0, 0, 0, 0}},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := Raw{Retry: Retry{When: Any, Attempts: 5, Backoff: tt.start, On: []Trigger{"closed"}}}.Client(pipes(slam))
			r := c.Do(t.Context(), command("PUT", 0))
			expect(t, r, "closed 0: wait 1/1 closed; wait 2/1 closed; wait 3/1 closed; wait 4/1 closed; wait 5/1 closed")
			for i, got := range gaps(r) {
				if got != tt.want[i] {
					t.Errorf("backoff %v: wait %d took %v, want %v", tt.start, i+1, got, tt.want[i])
				}
			}
		})
	}
}

// A backoff that the deadline would cut is not begun: the caller learns the
// last outcome at once. One that is cancelled ends at once.
func TestRetryMindsTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Raw{Retry: Retry{When: Any, Attempts: 5, Backoff: time.Second, On: []Trigger{"closed"}}}.Client(pipes(slam))
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		begun := time.Now()
		expect(t, c.Do(ctx, command("PUT", 0)), "closed 0: wait 1/1 closed; wait 2/1 closed")
		if took := time.Since(begun); took != time.Second {
			t.Errorf("took %v, want the one backoff of 1s", took)
		}

		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(300*time.Millisecond, cancel)
		begun = time.Now()
		expect(t, c.Do(ctx, command("PUT", 1)), "closed 0: wait 3/1 closed")
		if took := time.Since(begun); took != 300*time.Millisecond {
			t.Errorf("took %v, want to end with the cancellation after 300ms", took)
		}
	})
}

// A device that stalls costs the deadline, no more, and its connection is not
// used again: what it says late must not answer the next command.
func TestStallEndsWithTheDeadline(t *testing.T) {
	for _, name := range every {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := kind(t, name).Client(pipes(silent))
				defer c.Close()
				for i, want := range []string{"timed-out 0: wait 1/1 timed-out", "timed-out 0: wait 2/1 timed-out"} {
					ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
					r := c.Do(ctx, command("PUT", uint32(i)))
					cancel()
					expect(t, r, want)
					if took := r.Attempts[0].Done.Sub(r.Attempts[0].Sent); took != 3*time.Second {
						t.Errorf("the attempt took %v, want 3s", took)
					}
				}
			})
		})
	}
}

// A device that does not read the request costs the deadline as well.
func TestStallWhileSending(t *testing.T) {
	for _, name := range every {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				over := make(chan struct{})
				defer close(over)
				c := kind(t, name).Client(pipes(func(net.Conn) { <-over }))
				defer c.Close()
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				expect(t, c.Do(ctx, command("PUT", 0)), "timed-out 0: send 1/1 timed-out")
			})
		})
	}
}

// Cancellation ends a wait at once, and is not a time-out.
func TestCancellationEndsTheWait(t *testing.T) {
	for _, name := range every {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := kind(t, name).Client(pipes(silent))
				defer c.Close()
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				time.AfterFunc(70*time.Millisecond, cancel)
				r := c.Do(ctx, command("PUT", 0))
				expect(t, r, "failed 0: wait 1/1 failed")
				if !errors.Is(r.Err, context.Canceled) {
					t.Errorf("the error is %v, want context.Canceled", r.Err)
				}
				if took := r.Attempts[0].Done.Sub(r.Attempts[0].Sent); took != 70*time.Millisecond {
					t.Errorf("the attempt took %v, want 70ms", took)
				}
			})
		})
	}
}

// The same on a socket: the wait ends, and the device sees the client go.
func TestCancellationClosesTheSocket(t *testing.T) {
	for _, name := range every {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(p *peer) {
				p.request()
				p.server.event <- struct{}{}
				p.reader.ReadByte() // ends with the connection
				p.server.event <- struct{}{}
			})
			c := start(t, kind(t, name), s.network())
			ctx, cancel := context.WithTimeout(t.Context(), giveUp)
			defer cancel()
			replies := make(chan results.Reply, 1)
			go func() { replies <- c.Do(ctx, command("PUT", 0)) }()
			s.wait()
			cancel()
			if r := <-replies; r.Outcome != results.Failed || !errors.Is(r.Err, context.Canceled) {
				t.Errorf("got %s (%v), want failed by context.Canceled", tell(r), r.Err)
			}
			s.wait()
		})
	}
}

// A command that is over before it began is not sent.
func TestNothingIsSentAfterTheEnd(t *testing.T) {
	for _, name := range every {
		t.Run(name, func(t *testing.T) {
			s := serve(t, answers(whole))
			c := start(t, kind(t, name), s.network())
			do(t, c, command("PUT", 0))
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if r := c.Do(ctx, command("PUT", 1)); r.Outcome != results.Failed || !errors.Is(r.Err, context.Canceled) {
				t.Errorf("got %s (%v), want failed by context.Canceled", tell(r), r.Err)
			}
			if got := s.count("PUT", 1); got != 0 {
				t.Errorf("the device received the command %d times", got)
			}
		})
	}
}

// Connecting has no limit but the command's deadline, save for refresh.
func TestConnectTimeout(t *testing.T) {
	for name, want := range map[string]time.Duration{
		"naive": 10 * time.Second, "close": 10 * time.Second, "retry": 10 * time.Second, "go-default": 10 * time.Second,
		"refresh": 3 * time.Second,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := unreachable()
				c := kind(t, name).Client(n)
				defer c.Close()
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				r := c.Do(ctx, command("PUT", 0))
				expect(t, r, "timed-out 0: connect 0/0 timed-out")
				if took := r.Attempts[0].Done.Sub(r.Attempts[0].Sent); took != want {
					t.Errorf("gave up after %v, want %v", took, want)
				}
			})
		})
	}
}

// A client that is closed leaves no dial behind, also where the transport goes
// on dialling after its caller has gone.
func TestCloseEndsDials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := unreachable()
		c := GoDefault{}.Client(n)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		expect(t, c.Do(ctx, command("PUT", 0)), "timed-out 0: connect 0/0 timed-out")
		synctest.Wait()
		if got := n.Dialer.Counts(); got != (Counts{}) {
			t.Errorf("the dialer counted %+v before the client was closed", got)
		}
		c.Close()
		synctest.Wait()
		if got, want := n.Dialer.Counts(), (Counts{Failed: 1}); got != want {
			t.Errorf("the dialer counted %+v, want %+v", got, want)
		}
	})
}

// An answer that is whole counts, even if the command's time ends with its last
// byte. Its connection is not kept: the interrupt may strike it at any moment.
func TestInterruptedConnectionIsNotKept(t *testing.T) {
	n := pipes(func(far net.Conn) {
		for buf := make([]byte, 1024); ; {
			if _, err := far.Read(buf); err != nil {
				return
			}
			io.WriteString(far, whole)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	pipe := n.Dialer.dial
	n.Dialer.dial = func(ctx context.Context) (net.Conn, error) {
		conn, err := pipe(ctx)
		return endsWith{conn, cancel}, err
	}
	c := start(t, Raw{}, n)
	expect(t, c.Do(ctx, command("PUT", 0)), first)
	expect(t, do(t, c, command("PUT", 1)), anew)
}

// endsWith ends a context with the last byte it reads.
type endsWith struct {
	net.Conn
	cancel context.CancelFunc
}

func (e endsWith) Read(p []byte) (int, error) {
	defer e.cancel()
	return e.Conn.Read(p)
}
