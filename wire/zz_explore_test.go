package wire_test

import (
	"fmt"
	"slices"
	"testing"

	"rstorm/wire"
)

func TestZZExplore(t *testing.T) {
	conf := map[string]int{}
	ex := map[string]string{}
	for _, p := range pairs {
		for _, a := range []statement{p.fits, p.neighbour} {
			n := len(a.play().Tape.Packets)
			for i := 1; i < n; i++ {
				for _, stamps := range []bool{false, true} {
					play := a.play()
					ps := play.Tape.Packets
					var s1, s2 wire.Segment
					wire.Decode(&ps[i-1], &s1)
					wire.Decode(&ps[i], &s2)
					if s1.Source == s2.Source {
						continue
					}
					swapped(play.Tape, i)
					if stamps {
						ps[i-1].At, ps[i].At = ps[i].At, ps[i-1].At
					}
					c := conversationsOf(ps)[0]
					f := wire.Explain(c, play.w)
					if f.Cause == a.cause || slices.Contains(f.Candidates, a.cause) {
						continue
					}
					if f.Cause == "" && wire.Undecided(c, play.w) {
						continue
					}
					k := fmt.Sprintf("%-22s -> %-40s certain=%v shuffled=%v", a.cause, f.Name(), f.Certain(), c.Shuffled)
					conf[k]++
					ex[k] = a.field + fmt.Sprint(" swap ", i, " ") + wire.Ladder(c, &f)
				}
			}
		}
	}
	var ks []string
	for k := range conf {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	for _, k := range ks {
		fmt.Println(conf[k], k)
		fmt.Println(ex[k])
	}
}
