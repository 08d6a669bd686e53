package runner

import (
	"fmt"
	"slices"
	"time"

	"rstorm/clients/adapter"
	"rstorm/results"
)

// A rush is how many commands clients sent before they were due. The load was
// then not the one that was asked for.
type rush struct {
	early, of int           // of those that could be judged
	by        time.Duration // the most
}

// premature is how much too soon a timer may end: many count milliseconds.
const premature = 1500 * time.Microsecond

// hasty counts what the client told of that was sent too soon. In an open loop a
// command is due by the schedule. In a closed one it is as soon as a lane is free,
// a pause after an answer: as many commands may have been sent as there are lanes,
// and one for each answer whose pause is over, in whatever order.
func (p *player) hasty() rush {
	if p.load.Rate > 0 {
		return p.ahead()
	}
	var sent []time.Duration
	for _, r := range p.records {
		if r.Outcome != results.Unreported {
			sent = append(sent, r.Sent)
		}
	}
	slices.Sort(sent)
	lanes, free := p.lanes(), p.freed()
	var strict, half rush
	for k := lanes; k < len(sent) && k-lanes < len(free); k++ {
		early := free[k-lanes] - sent[k]
		strict.count(early, premature)
		if gap := p.load.Gap.Median(); gap > 0 && steady(p.load) {
			half.count(early, min(premature, gap/2))
		}
	}
	if half.most() { // one short pause tells nothing, many do
		return half
	}
	return strict
}

// ahead counts for an open loop. The client's clock and ours may be apart by the
// error of the comparison, and drift by 1/1000.
func (p *player) ahead() (h rush) {
	unsure := premature + p.client.About().ClockError
	for _, r := range p.records {
		if r.Outcome == results.Unreported {
			continue
		}
		due := p.pace.due(int(r.ID.Seq), unused)
		h.count(due-r.Sent, unsure+due/1000)
	}
	return h
}

// count judges a command that was sent so long before it was due.
func (h *rush) count(early, allowed time.Duration) {
	h.of++
	if early > allowed {
		h.early++
		h.by = max(h.by, early)
	}
}

// most reports whether hardly anything of the schedule is left.
func (h *rush) most() bool { return 2*h.early > h.of }

// String says it for people.
func (h *rush) String() string {
	return fmt.Sprintf("%d of %s sent before they were due, by up to %v", h.early, counted(h.of, "command"), h.by.Round(10*time.Microsecond))
}

// failure is how a client broke that does not keep the schedule at all; nil if it
// does.
func (h *rush) failure() error {
	if !h.most() {
		return nil
	}
	return &adapter.Failure{Kind: adapter.TooEarly, Step: "the schedule", Detail: fmt.Sprintf("%d of %d, by up to %v", h.early, h.of, h.by.Round(10*time.Microsecond))}
}

// hurry takes the clients clients of a trial together.
func hurry(players []*player) (all rush) {
	for _, p := range players {
		all.early, all.of, all.by = all.early+p.rush.early, all.of+p.rush.of, max(all.by, p.rush.by)
	}
	return all
}

// hurried says that clients that send by themselves did not wait as long as they
// were told to, if they did not.
func hurried(players []*player) []string {
	if h := hurry(players); h.early > 0 {
		return []string{h.String() + ": the scenario was not played as it was asked for"}
	}
	return nil
}

// disturb marks a trial as perturbed in which commands were sent too soon.
func disturb(t *results.Trial, players []*player) {
	h := hurry(players)
	if h.early == 0 {
		return
	}
	if t.Perturbed = true; t.Perturbation != "" {
		t.Perturbation += "; "
	}
	t.Perturbation += h.String() + ": the client does not keep its schedule"
}
