package device

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"rstorm/faults"
)

func TestARequestIsExecutedAlthoughItsClientResetMeanwhile(t *testing.T) {
	g := newGate()
	d := switchOnWith(t, Profile{ServiceTime: faults.After(time.Hour)}, g.clock())
	c := dial(t, d)
	c.send(put("0-1"))
	g.arrive(t)
	if len(d.Ledger()) != 0 {
		t.Errorf("executed before the service time: %+v", d.Ledger())
	}
	c.reset()
	g.hands.Store(int64(time.Hour))
	g.open(t)
	got, ledger := ended(t, d, 1), d.Ledger()
	if got.Ended != ClientReset || got.Exchanges != 0 || len(ledger) != 1 || ledger[0].Command != "0-1" || ledger[0].At != time.Hour {
		t.Errorf("connection %+v, ledger %+v", got, ledger)
	}
}

func TestTheLedgerIsOrderedByTime(t *testing.T) {
	d := switchOn(t, Profile{ServiceTime: mustDelay(t, "uniform(0s, 300us)")})
	var clients sync.WaitGroup
	for k := range 4 {
		c := dial(t, d)
		clients.Go(func() {
			for i := range 25 {
				if _, err := io.WriteString(c, put(fmt.Sprintf("%d-%d", k, i))); err != nil {
					t.Error(err)
				}
				if _, err := c.read("PUT"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	clients.Wait()
	ledger := d.Ledger()
	if len(ledger) != 100 || !slices.IsSortedFunc(ledger, func(a, b Execution) int { return int(a.At - b.At) }) {
		t.Errorf("%d executions, in order of time: %+v", len(ledger), ledger)
	}
}

func TestEveryAttemptIsCountedOverAllConnections(t *testing.T) {
	d := switchOn(t, Profile{Faults: []faults.Fault{{
		Effect: faults.Reset, Point: faults.BeforeForward, Selector: faults.Selector{Attempts: []int{1, 2}},
	}}})
	for range 2 {
		c := dial(t, d)
		c.send(put("0-1"))
		c.mustEnd(errReset)
	}
	dial(t, d).do(put("0-1"))
	if got := d.Ledger(); len(got) != 1 || got[0].Attempt != 3 || got[0].Connection != 3 {
		t.Errorf("ledger %+v, want the third attempt on the third connection", got)
	}
}

func TestARepeatedCommandIsExecutedTwiceUnlessTheDeviceDeduplicates(t *testing.T) {
	for dedupe, want := range map[bool]int{false: 2, true: 1} {
		d := switchOn(t, Profile{Deduplicate: dedupe, Faults: []faults.Fault{{
			Effect: faults.Reset, Point: faults.AfterForward, Selector: faults.Selector{Attempts: []int{1}},
		}}})
		c := dial(t, d)
		c.send(put("0-1"))
		c.mustEnd(errReset)
		if r := dial(t, d).do(put("0-1")); r.StatusCode != 200 || executions(d, "0-1") != want {
			t.Errorf("deduplicate %t: status %d, executed %d times, want %d", dedupe, r.StatusCode, executions(d, "0-1"), want)
		}
	}
}

func TestARepeatWaitsForTheExecutionAndGetsItsAnswer(t *testing.T) {
	g := newGate()
	d := switchOnWith(t, Profile{Deduplicate: true, ServiceTime: faults.After(time.Hour)}, g.clock())
	first := dial(t, d)
	first.send(put("0-1"))
	g.arrive(t)
	repeats := []*client{dial(t, d), dial(t, d)}
	for i, c := range repeats {
		c.send(put("0-1"))
		eventually(t, "the repeat's arrival", func() bool {
			d.ledger.mu.Lock()
			defer d.ledger.mu.Unlock()
			return d.ledger.commands["0-1"].received == i+2
		})
	}
	g.open(t)
	want := first.receive("PUT").content
	for _, c := range append(repeats, dial(t, d)) {
		got := ""
		if c == repeats[0] || c == repeats[1] {
			got = c.receive("PUT").content
		} else {
			got = c.do(put("0-1")).content // long after
		}
		if got != want {
			t.Errorf("repeat is answered %s, want %s", got, want)
		}
	}
	if len(d.Ledger()) != 1 {
		t.Errorf("ledger %+v", d.Ledger())
	}
}

func TestRequestsWithoutAnIDAreNeverRepeats(t *testing.T) {
	d := switchOn(t, Profile{Deduplicate: true})
	c := dial(t, d)
	for range 2 {
		c.do("PUT /put/ctrl HTTP/1.1\r\nHost: device\r\n\r\n")
	}
	if len(d.Ledger()) != 2 {
		t.Errorf("ledger %+v", d.Ledger())
	}
}

func TestASeedRepeatsTheFateOfEveryCommand(t *testing.T) {
	half := faults.Probability(0.5)
	fate := func(seed uint64, perConnection int) (rejected []int) {
		d, err := Start(Config{Seed: seed, Profile: Profile{Faults: []faults.Fault{{
			Effect: faults.Status, Point: faults.BeforeForward, Code: 503, Selector: faults.Selector{Probability: &half},
		}}}})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		var c *client
		for i := range 64 {
			if i%perConnection == 0 {
				c = dial(t, d)
			}
			if r := c.do(put(fmt.Sprintf("0-%d", i))); r.StatusCode == http.StatusServiceUnavailable {
				rejected = append(rejected, i)
			}
		}
		return rejected
	}
	kept, fresh, other := fate(7, 64), fate(7, 1), fate(8, 64)
	if !slices.Equal(kept, fresh) || len(kept) == 0 || len(kept) == 64 {
		t.Errorf("seed 7 rejects %v on one connection, %v on one each", kept, fresh)
	}
	if slices.Equal(kept, other) {
		t.Error("another seed rejects the same commands")
	}
}

func TestServiceTimesAreDrawnByCommandAndAttempt(t *testing.T) {
	drawn := func() []time.Duration {
		y := new(diary)
		d := switchOnWith(t, Profile{ServiceTime: mustDelay(t, "uniform(1ms, 1h)")}, y.clock())
		for _, id := range []string{"0-1", "0-1", "0-2"} {
			dial(t, d).do(put(id))
		}
		return y.noted()
	}
	first, again := drawn(), drawn()
	if !slices.Equal(first, again) || first[0] == first[1] || first[1] == first[2] {
		t.Errorf("service times %v, then %v", first, again)
	}
}

func mustDelay(t *testing.T, s string) (d faults.Delay) {
	t.Helper()
	if err := d.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return d
}
