package packet

import (
	"net"
	"slices"
	"testing"
	"time"

	"rstorm/faults"
)

// What the table promises is done: each effect of packets strikes.
func TestEveryEffectOfTheTableStrikes(t *testing.T) {
	for _, kind := range faults.Effects {
		if !slices.Contains(kind.Link, faults.Packet) {
			continue
		}
		t.Run(string(kind.Effect), func(t *testing.T) {
			f := faults.Fault{Effect: kind.Effect, Selector: faults.Selector{First: 1}}
			if kind.Effect == faults.Hold {
				f.Delay = faults.After(time.Millisecond)
			}
			m := open(t, f)
			c, err := net.DialTCP("tcp4", nil, far(m, listen(t, m))) // the SYN is struck
			if err == nil {
				c.Close()
			}
			if n := m.Counts().Struck[kind.Effect]; n != 1 {
				t.Errorf("it struck %d packets, want 1", n)
			}
		})
	}
}
