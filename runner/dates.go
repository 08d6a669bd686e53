package runner

import (
	"fmt"
	"slices"
	"time"

	"rstorm/results"
)

// date says how late each command was sent that the client told of, and in an
// open loop when each was due: at the latest when it was sent, for the latency of
// one that was sent too soon counts from there. In a closed loop the client's lanes become free in
// the order of the answers, a pause after each. How exactly it pauses is no
// command's latency: there a command is due when it is sent.
func (p *player) date() {
	lanes := p.lanes()
	free := p.freed()
	for i := range p.records {
		r := &p.records[i]
		wanted := r.Sent
		if i >= lanes && i-lanes < len(free) {
			wanted = free[i-lanes]
		}
		if p.load.Rate > 0 {
			due := p.pace.due(int(r.ID.Seq), unused)
			r.Due = min(due, r.Sent)
			if i < lanes {
				wanted = due
			}
			wanted = max(wanted, due)
		}
		if r.Outcome != results.Unreported {
			p.lateness = append(p.lateness, max(0, r.Sent-wanted)) // its clock and ours differ by a little
		}
	}
}

// freed lists, in order, when the client was free to send again: a pause after
// each answer that it told of. It is empty if the pauses are not known.
func (p *player) freed() []time.Duration {
	var free []time.Duration
	for i, r := range p.records {
		if r.Outcome == results.Unreported {
			continue
		}
		gap := time.Duration(0)
		switch {
		case p.load.Rate > 0:
		case steady(p.load):
			gap = p.load.Gap.Median()
		case i < len(p.gaps):
			gap = p.gaps[i]
		default:
			return nil
		}
		free = append(free, r.Done+gap)
	}
	slices.Sort(free)
	return free
}

// coarse is the lateness in the median from which a client's timers change what
// gaps and races it meets.
const coarse = 100 * time.Microsecond

// unpunctual says that clients that send by themselves did not keep the pauses
// that were asked for, if they did not.
func unpunctual(players []*player, lateness []time.Duration) []string {
	if len(players) == 0 || len(lateness) == 0 {
		return nil
	}
	notes := hurried(players)
	sorted := slices.Sorted(slices.Values(lateness))
	median := sorted[len(sorted)/2]
	if median < coarse {
		return notes
	}
	return append(notes, fmt.Sprintf("the client sent %v later than it was told to, in the median: the gaps and races that it met were not quite those asked for",
		median.Round(10*time.Microsecond)))
}
