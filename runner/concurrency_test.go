package runner

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"rstorm/clients"
	"rstorm/device"
	"rstorm/faults"
	"rstorm/results"
	"rstorm/scenarios"
)

func TestInAClosedLoopEachLanePausesAfterItsOwnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		records, closed := work(t.Context(), scenarios.Load{Commands: 10, Concurrency: 4, Gap: faults.After(time.Second)}, 2*time.Second)
		if len(records) != 10 || !closed {
			t.Fatalf("%d commands, client closed %v; want 10", len(records), closed)
		}
		for i, r := range records {
			if want := time.Duration(i/4) * 3 * time.Second; int(r.ID.Seq) != i || r.Due != want || r.Sent != want || r.Latency() != 2*time.Second {
				t.Errorf("command %s: due %v, sent %v, latency %v; want due and sent %v", r.ID, r.Due, r.Sent, r.Latency(), want)
			}
		}
	})
}

func TestInAnOpenLoopWhoeverIsFreeTakesTheNextCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// A command every second on a device that takes three: two lanes send
		// the third one late, three keep up.
		for lanes, late := range map[int]time.Duration{2: time.Second, 3: 0} {
			records, _ := work(t.Context(), scenarios.Load{Commands: 6, Concurrency: lanes, Rate: 1}, 3*time.Second)
			if len(records) != 6 {
				t.Fatalf("%d commands, want 6", len(records))
			}
			for i, r := range records {
				if want := time.Duration(i) * time.Second; int(r.ID.Seq) != i || r.Due != want || r.Sent != want+time.Duration(i/2)*late {
					t.Errorf("%d lanes, command %s: due %v, sent %v", lanes, r.ID, r.Due, r.Sent)
				}
			}
		}
	})
}

func TestALoadByTimeEndsAllLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, load := range []scenarios.Load{
			{Duration: 10 * time.Second, Concurrency: 3, Gap: faults.After(time.Second)},
			{Duration: 10 * time.Second, Concurrency: 3, Rate: 1.5},
		} {
			if records, _ := work(t.Context(), load, time.Second); len(records) != 15 {
				t.Errorf("%d commands of 1 s in 10 s, rate %v; want 15", len(records), load.Rate)
			}
		}
	})
}

func TestTheEndOfTheRunEndsAllLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, rate := range []float64{0, 2} {
			ctx, cancel := context.WithTimeout(t.Context(), 2600*time.Millisecond)
			records, closed := work(ctx, scenarios.Load{Commands: 100, Concurrency: 2, Rate: rate}, time.Second)
			cancel()
			if len(records) != 4 || !closed {
				t.Errorf("rate %v: %d records, client closed %v; want 4 and true", rate, len(records), closed)
			}
		}
	})
}

// Of several commands at once, one that is answered must not be charged with the
// reset that another one is about to report.
func TestResetsOfSeveralAtOnceAreChargedToTheirOwnCommand(t *testing.T) {
	resets := 0
	dialer := clients.NewDialer(func(context.Context) (net.Conn, error) { resets++; return nil, syscall.ECONNRESET })
	c := &caller{load: &scenarios.Load{Concurrency: 4}, dialer: dialer}
	lost := results.Attempt{Outcome: results.Reset}
	for range 3 {
		if _, err := dialer.Dial(t.Context()); !errors.Is(err, syscall.ECONNRESET) {
			t.Fatal(err)
		}
	}
	for _, row := range []struct {
		attempts []results.Attempt
		want     results.Count
	}{
		{[]results.Attempt{{Outcome: results.OK}}, 0},
		{[]results.Attempt{lost, {Outcome: results.OK}}, 1},
		{[]results.Attempt{lost}, 1},
	} {
		if got := c.charge(row.attempts); got != row.want {
			t.Errorf("%v is charged with %d resets, want %d", row.attempts, got, row.want)
		}
	}
	e := results.Evidence{}
	if c.leave(&e); e.IdleResets != 1 {
		t.Errorf("%d of %d resets belong to no command, want 1", e.IdleResets, resets)
	}
	c.load = &scenarios.Load{Concurrency: 1}
	if got := c.charge([]results.Attempt{{Outcome: results.OK}}); got != 1 {
		t.Errorf("one at a time: charged with %d resets, want all since the command before", got)
	}
	c.dialer = clients.NewDialer(nil)
	if got := c.charge([]results.Attempt{lost}); got.Known() {
		t.Errorf("a client that dials by itself is charged with %d resets, want unknown", got)
	}
}

func TestCommandsUnderWayAtOnceHaveNoOrder(t *testing.T) {
	const s = time.Second
	records := map[string]*results.Record{}
	for i, at := range [][2]time.Duration{{0, 4 * s}, {1 * s, 2 * s}, {2 * s, 3 * s}, {5 * s, 6 * s}} {
		id := results.CommandID{Seq: uint32(i)}
		records[id.String()] = &results.Record{ID: id, Sent: at[0], Done: at[1]}
	}
	var ledger []device.Execution
	for _, id := range []string{"0-2", "0-0", "0-1", "0-3", "0-2"} {
		ledger = append(ledger, device.Execution{Command: id})
	}
	joinLedger(records, ledger)
	var reordered []int
	for i := range len(records) {
		if records["0-"+strconv.Itoa(i)].Reordered {
			reordered = append(reordered, i)
		}
	}
	if !slices.Equal(reordered, []int{1, 2}) {
		t.Errorf("reordered: %v; want 1, reported before 2 was sent, and 2, executed again after 3", reordered)
	}
}

// counting is a client that knows how many commands it carries at once.
type counting struct {
	mu        sync.Mutex
	now, most int
}

func (c *counting) Do(ctx context.Context, cmd results.Command) results.Reply {
	c.add(1)
	defer c.add(-1)
	return takes{time: time.Second}.Do(ctx, cmd)
}

func (c *counting) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += n
	c.most = max(c.most, c.now)
}

func (*counting) Close() {}

func TestAClientCarriesNoMoreCommandsAtOnceThanItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var client counting
		load := scenarios.Load{Clients: 1, Commands: 50, Concurrency: 7, Timeout: time.Hour, Mix: scenarios.BuiltIn()}
		c := &caller{load: &load, epoch: time.Now(), client: &client, wait: timers, done: new(atomic.Int64),
			dialer: clients.NewDialer(nil), pace: newPace(&load, 0, 1, 0), mix: newMix(&load, 0, 1, "")}
		c.work(t.Context())
		if client.most != 7 || len(c.records) != 50 || c.done.Load() != 50 {
			t.Errorf("%d at once, %d records, %d done; want 7, 50, 50", client.most, len(c.records), c.done.Load())
		}
	})
}
