package results

import "fmt"

// captures says for how much of the run the packets are all there, and why not
// for all of it; nothing if none were captured.
func (p *page) captures(r *Report) {
	certified, all := 0, map[Certificate]int{}
	for _, t := range r.Trials {
		if t.Certificate != nil {
			all[*t.Certificate]++
			if t.Certificate.Certified {
				certified++
			}
		}
	}
	if len(all) == 0 {
		return
	}
	var sum Certificate
	for c, n := range all {
		shared := max(1, c.Trials)
		times := uint64((n + shared - 1) / shared) // trials that overlap share one
		sum.Packets += c.Packets * times
		sum.Dropped += c.Dropped * times
		sum.Captured += c.Captured * times
		sum.OutResets += c.OutResets * times
	}
	order := "="
	if sum.Captured != sum.OutResets {
		order = "of"
	}
	p.prose(fmt.Sprintf("captures: %d of %s certified: %d RSTs captured %s %d sent, %d of %s dropped",
		certified, several(len(r.Trials), "trial"), sum.Captured, order, sum.OutResets, sum.Dropped, several(int(sum.Packets+sum.Dropped), "packet")), "", "  ")
}
