package runner

import (
	"context"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"

	"testing"
	"testing/synctest"
	"time"

	"rstorm/clients"
	"rstorm/faults"
	"rstorm/results"
	"rstorm/scenarios"
)

// takes is a client whose every command takes so long.
type takes struct {
	time   time.Duration
	closed *bool
}

func (c takes) Do(ctx context.Context, cmd results.Command) results.Reply {
	began := time.Now()
	reply := results.Reply{Outcome: results.OK, Status: 200}
	if err := timers(ctx, c.time); err != nil {
		reply = results.Reply{Outcome: results.Classify(err), Err: err}
	}
	reply.Attempts = []results.Attempt{{Sent: began, Done: time.Now(), Outcome: reply.Outcome}}
	return reply
}

func (c takes) Close() { *c.closed = true }

// timers waits on the bubble's clock, as faults.Wait does on the system's.
func timers(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// work plays a load against a client that takes so long for each command, on a
// stage that stood at once.
func work(ctx context.Context, load scenarios.Load, each time.Duration) (records []results.Record, closed bool) {
	return workOn(ctx, load, each, 0)
}

// workOn is work on a stage that takes until ready to stand.
func workOn(ctx context.Context, load scenarios.Load, each, ready time.Duration) (records []results.Record, closed bool) {
	if load.Timeout == 0 {
		load.Timeout = time.Hour
	}
	load.Clients = 1
	load.Mix = scenarios.BuiltIn()
	c := &caller{load: &load, epoch: time.Now(), client: takes{each, &closed}, wait: timers, done: new(atomic.Int64),
		dialer: clients.NewDialer(func(context.Context) (net.Conn, error) { return nil, net.ErrClosed }),
		pace:   newPace(&load, 0, 1, ready), mix: newMix(&load, 0, 1, "")}
	_ = timers(ctx, ready)
	c.work(ctx)
	return c.records, closed
}

func TestWhatRaisingTheStageTakesIsNoCommandsLatency(t *testing.T) {
	loads := map[string]scenarios.Load{
		"closed loop": {Commands: 3, Gap: faults.After(time.Millisecond)},
		"open loop":   {Commands: 3, Rate: 100},
		"for a time":  {Duration: 30 * time.Millisecond, Rate: 100},
	}
	for name, load := range loads {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				records, _ := workOn(t.Context(), load, 2*time.Millisecond, time.Second)
				if len(records) != 3 {
					t.Fatalf("%d commands, want 3", len(records))
				}
				for i, r := range records {
					if r.Due < time.Second || r.Latency() != 2*time.Millisecond {
						t.Errorf("command %d: due %v, latency %v", i, r.Due, r.Latency())
					}
				}
			})
		})
	}
}

func TestAnOpenLoopCountsLatencyFromTheDueTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// A command every second on a device that takes three: the fourth one
		// is due at 3 s, sent at 9 s and answered at 12 s.
		records, closed := work(t.Context(), scenarios.Load{Commands: 4, Rate: 1}, 3*time.Second)
		last := records[3]
		if last.Due != 3*time.Second || last.Sent != 9*time.Second || last.Done != 12*time.Second {
			t.Errorf("due %v, sent %v, done %v", last.Due, last.Sent, last.Done)
		}
		if last.Latency() != 9*time.Second || last.Service() != 3*time.Second || !closed {
			t.Errorf("latency %v, service %v, client closed %v", last.Latency(), last.Service(), closed)
		}
	})
}

func TestAClosedLoopWaitsTheGapAfterEachAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gap := 2200 * time.Microsecond
		records, _ := work(t.Context(), scenarios.Load{Commands: 3, Gap: faults.After(gap)}, 20*time.Millisecond)
		for i, r := range records {
			if want := time.Duration(i) * (20*time.Millisecond + gap); r.Due != want || r.Latency() != 20*time.Millisecond {
				t.Errorf("command %d: due %v, latency %v, want due %v", i, r.Due, r.Latency(), want)
			}
		}
	})
}

func TestALoadByTimeStopsSendingWhenItsTimeIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		records, _ := work(t.Context(), scenarios.Load{Duration: 10 * time.Second, Gap: faults.After(time.Second)}, time.Second)
		if len(records) != 5 {
			t.Errorf("%d commands of 1 s with a gap of 1 s in 10 s, want 5", len(records))
		}
	})
}

func TestTheTimeoutEndsACommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		records, _ := work(t.Context(), scenarios.Load{Commands: 2, Timeout: time.Second}, time.Minute)
		for _, r := range records {
			if r.Outcome != results.TimedOut || r.Latency() != time.Second || r.Err == "" {
				t.Errorf("%v after %v: %s", r.Outcome, r.Latency(), r.Err)
			}
		}
	})
}

func TestACommandCutShortByTheEndOfTheRunIsNotCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		records, closed := work(ctx, scenarios.Load{Commands: 100}, time.Second)
		if len(records) != 2 || !closed {
			t.Errorf("%d records, client closed %v, want 2 and true", len(records), closed)
		}
	})
}

func TestAttemptsThatFailAreKeptWithTheirCommand(t *testing.T) {
	epoch := time.Unix(1000, 0)
	local := netip.MustParseAddrPort("127.0.0.1:40000")
	c := &caller{epoch: epoch}
	failed := c.failures([]results.Attempt{
		{Outcome: results.Reset, Phase: results.PhaseWait, Local: local, Sent: epoch.Add(time.Second), Done: epoch.Add(2 * time.Second), Err: io.EOF},
		{Outcome: results.Rejected, Phase: results.PhaseDone},
		{Outcome: results.TimedOut, Phase: results.PhaseConnect, Sent: epoch.Add(3 * time.Second), Done: epoch.Add(4 * time.Second)},
		{Outcome: results.OK},
	})
	want := []results.Failure{
		{Attempt: 1, Local: local, Sent: time.Second, Done: 2 * time.Second, Outcome: results.Reset, Phase: results.PhaseWait, Errno: "EOF"},
		{Attempt: 3, Sent: 3 * time.Second, Done: 4 * time.Second, Outcome: results.TimedOut, Phase: results.PhaseConnect},
	}
	if !slices.Equal(failed, want) {
		t.Errorf("failed: %+v, want %+v", failed, want)
	}
}
