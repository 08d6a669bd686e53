package main

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"rstorm/device"
	"rstorm/faults"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
)

// swept runs a sweep of load.gap in this process and reads its curves.
func swept(t *testing.T, suite string, flags ...string) results.Sweep {
	t.Helper()
	args := []string{"sweep", "-q", "-f", "-", "--param", "load.gap", "--bound", "75%", "--commands", "20", "--time", "10m", "--format", "json"}
	code, stdout, stderr := do(t, t.Context(), suite, append(args, flags...)...)
	var s results.Sweep
	if err := json.Unmarshal([]byte(stdout), &s); err != nil || code != exitHeld {
		t.Fatalf("exit %d, %v\n%s%s", code, err, stdout, stderr)
	}
	return s
}

const lateClose = `version: 1
scenarios:
  - name: late close
    device: {service_time: 2ms, faults: [{effect: close, point: after-response, delay: 5ms}]}
`

func TestASweepFindsTheCloseDelayAndWhetherALookWouldHaveHelped(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	s := swept(t, lateClose, "--from", "0ms", "--to", "20ms", "--trials", "150", "--strategy", "naive,peek,close")
	naive, peek, closes := s.Curves[0], s.Curves[1], s.Curves[2]
	if len(naive.Crossings) > 0 || naive.Points[0].Side != results.Below || len(closes.Crossings) > 0 || closes.Points[0].Side != results.Above {
		t.Errorf("naive %+v, close %+v", naive, closes)
	}
	if first, last := peek.Points[0], peek.Points[len(peek.Points)-1]; first.Side != results.Below || last.Side != results.Above {
		t.Errorf("peek begins with %+v and ends with %+v", first, last)
	}
	// A machine that is busy sends late, which lets a close arrive: it may move the
	// rise towards shorter gaps, and can't undo it.
	if len(peek.Crossings) == 0 || peek.Crossings[0].Falls || peek.Crossings[0].Value < 1e6 || peek.Crossings[0].Value > 16e6 {
		t.Errorf("peek crosses at %+v, want a rise at about 5ms", peek.Crossings)
	}
	if s.Fidelity < 2 {
		t.Skip("packets can't be captured here: " + s.Environment.FidelityNote)
	}
	for _, c := range s.Curves {
		for _, p := range c.Points {
			l := p.Losses
			if p.Value < 1e6 && 2*l.Crossed < l.Sum() || p.Value >= 14e6 && 2*l.Late < l.Sum() && l.Sum() > p.Commands/5 {
				t.Errorf("%s at %s: %+v", c.Strategy, p.Text, l)
			}
		}
	}
	t.Logf("peek crosses at %+v, %d trials in %v", peek.Crossings, naive.Trials+peek.Trials+closes.Trials, s.Elapsed)
}

// The device stands outside of the sweep, as a real one does: what lay unread as
// it closed is in a record that the sweep never sees.
func TestTheLossesOfASweepAgreeWithTheDevicesOwnRecord(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	for _, c := range []struct {
		name, from, to string
		late           bool
	}{{"before the close", "0ms", "2ms", false}, {"after the close", "20ms", "25ms", true}} {
		t.Run(c.name, func(t *testing.T) {
			var mu sync.Mutex
			unread := 0
			d, err := device.Start(device.Config{
				Profile: device.Profile{ServiceTime: faults.After(2 * time.Millisecond),
					Faults: []faults.Fault{{Effect: faults.Close, Point: faults.AfterResponse, Delay: faults.After(5 * time.Millisecond)}}},
				Ended: func(c device.Connection) {
					mu.Lock()
					defer mu.Unlock()
					if c.Unread > 0 {
						unread++
					}
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			s := swept(t, "version: 1\nscenarios: [{name: a device}]\n", "--target", "http://"+d.Addr(), "--from", c.from, "--to", c.to, "--trials", "6", "--strategy", "naive")
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			if s.Fidelity < 2 {
				t.Skip("packets can't be captured here: " + s.Environment.FidelityNote)
			}
			var all results.Losses
			for _, p := range s.Curves[0].Points {
				all = all.Plus(p.Losses)
			}
			mu.Lock()
			defer mu.Unlock()
			t.Logf("%+v; by the device's record a request lay unread in %d closes", all, unread)
			few := all.Sum() / 5
			if c.late && (unread > few || all.Late < all.Sum()-few) || !c.late && (unread < all.Sum()-few || all.Late > few) || all.Sum() < 50 {
				t.Errorf("%+v, and by the device's own record a request lay unread in %d closes", all, unread)
			}
		})
	}
}
