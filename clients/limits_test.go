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

// silentUntil is a network whose first n connections never answer.
func silentUntil(n int32) Network {
	var made atomic.Int32
	return pipes(func(far net.Conn) {
		if made.Add(1) <= n {
			silent(far)
			return
		}
		for buf := make([]byte, 4096); ; {
			if _, err := far.Read(buf); err != nil {
				return
			}
			io.WriteString(far, whole)
		}
	})
}

// An attempt that its own limit ends has timed out, and leaves time for another;
// the command's time bounds all.
func TestAnAttemptHasItsOwnLimit(t *testing.T) {
	again := Retry{When: Any, Attempts: 4, On: []Trigger{"timed-out"}}
	for _, tt := range []struct {
		name     string
		settings Raw
		silent   int32
		want     string
		took     time.Duration
	}{
		{"no retry", Raw{AttemptTimeout: time.Second}, 9, "timed-out 0: wait 1/1 timed-out", time.Second},
		{"a retry that is answered", Raw{AttemptTimeout: time.Second, Retry: again}, 2,
			"ok 200: wait 1/1 timed-out; wait 2/1 timed-out; done 3/1 ok", 2 * time.Second},
		{"no more attempts", Raw{AttemptTimeout: 500 * time.Millisecond, Retry: again}, 9,
			"timed-out 0: wait 1/1 timed-out; wait 2/1 timed-out; wait 3/1 timed-out; wait 4/1 timed-out", 2 * time.Second},
		{"no more time", Raw{AttemptTimeout: 2 * time.Second, Retry: again}, 9,
			"timed-out 0: wait 1/1 timed-out; wait 2/1 timed-out", 3 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := tt.settings.Client(silentUntil(tt.silent))
				defer c.Close()
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				begun := time.Now()
				expect(t, c.Do(ctx, command("PUT", 0)), tt.want)
				if took := time.Since(begun); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
			})
		})
	}
}

// The same while connecting, where the limit of that is the shorter one.
func TestConnectingHasItsOwnLimit(t *testing.T) {
	again := Retry{When: Any, Attempts: 3, On: []Trigger{"timed-out"}}
	synctest.Test(t, func(t *testing.T) {
		c := Raw{ConnectTimeout: time.Second, AttemptTimeout: time.Minute, Retry: again}.Client(unreachable())
		begun := time.Now()
		expect(t, c.Do(t.Context(), command("PUT", 0)), "timed-out 0: connect 0/0 timed-out; connect 0/0 timed-out; connect 0/0 timed-out")
		if took := time.Since(begun); took != 3*time.Second {
			t.Errorf("took %v, want three limits of 1s", took)
		}
	})
}

// Who waits for a close pays that with every command on a kept connection, the
// wait ends with the command, and the connection is none the worse for it.
func TestSettlingIsPaidFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Raw{Liveness: Settle, Settle: 2 * time.Second}.Client(silentUntil(0))
		defer c.Close()
		for seq, tt := range []struct {
			limit, took time.Duration
			want        string
		}{
			{10 * time.Second, 0, first},
			{10 * time.Second, 2 * time.Second, second},
			{time.Second, time.Second, "timed-out 0: connect 0/0 timed-out"},
			{10 * time.Second, 2 * time.Second, third},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), tt.limit)
			begun := time.Now()
			expect(t, c.Do(ctx, command("PUT", uint32(seq))), tt.want)
			if took := time.Since(begun); took != tt.took {
				t.Errorf("command %d took %v, want %v", seq, took, tt.took)
			}
			cancel()
		}
	})
}

// A command that is cancelled while the client waits for a close, on a socket,
// ends at once.
func TestCancellationEndsTheSettling(t *testing.T) {
	s := serve(t, answers(whole))
	c := start(t, Raw{Liveness: Settle, Settle: time.Minute}, s.network())
	expect(t, do(t, c, command("PUT", 0)), first)
	ctx, cancel := context.WithCancel(t.Context())
	replies := make(chan results.Reply, 1)
	go func() { replies <- c.Do(ctx, command("PUT", 1)) }()
	cancel()
	if r := <-replies; r.Outcome != results.Failed || !errors.Is(r.Err, context.Canceled) {
		t.Errorf("got %s (%v), want failed by context.Canceled", tell(r), r.Err)
	}
	if got := s.count("PUT", 1); got != 0 {
		t.Errorf("the device received the command %d times", got)
	}
}
