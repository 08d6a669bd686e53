package faults

import (
	"sync/atomic"
	"time"
)

// A Plan draws the fate of every event on one side of one trial. The draws
// depend on the seed, the side, the fault and the command's id and attempt
// only: neither on order nor, but for a ramp, on time. Every strategy therefore
// meets the same fate, and a second run repeats the first. A Plan is safe for
// concurrent use.
type Plan struct {
	seed   uint64
	faults []armed
	at     map[Point]bool
}

type armed struct {
	Fault
	salt uint64
	left *atomic.Int64 // events the selector's First still allows; nil is no limit
}

// A Strike is a fault that hits an event, with its delay drawn.
type Strike struct {
	*Fault
	Index int           // of the fault in its list
	Wait  time.Duration // the fault's Delay
}

// NewPlan readies fs, which it keeps, for one trial. Toxics are not its
// business: their chance is drawn by [Plan.Toxics].
func NewPlan(seed uint64, side Side, fs []Fault) *Plan {
	p := &Plan{seed: seed, at: map[Point]bool{}}
	for i, f := range fs {
		a := armed{Fault: f, salt: hash(string(side)) + uint64(i)}
		if f.First > 0 {
			a.left = new(atomic.Int64)
			a.left.Store(int64(f.First))
		}
		p.faults = append(p.faults, a)
		p.at[f.Point] = true
	}
	return p
}

// Spend takes n of the First events of the fault at index, as if they had been
// struck already: those that a process has struck that p goes on for.
func (p *Plan) Spend(index, n int) {
	if left := p.faults[index].left; left != nil {
		left.Add(int64(-n))
	}
}

// Has reports whether any fault sits at point.
func (p *Plan) Has(point Point) bool { return p.at[point] }

// At returns the faults that strike e at point, in the order of their list. It
// spends one of a fault's First events for each it returns.
func (p *Plan) At(point Point, e Event) []Strike {
	if !p.at[point] {
		return nil
	}
	var hits []Strike
	for i := range p.faults {
		f := &p.faults[i]
		if f.Toxic != nil || f.Point != point || f.atDoor() || !f.fits(e) || !f.carries(e) {
			continue
		}
		rng, share := p.rng(f.salt, e), f.Intensity(e.At)
		if f.Probability != nil && chance(&rng) >= share*float64(*f.Probability) {
			continue
		}
		if f.left != nil && f.left.Add(-1) < 0 {
			continue
		}
		wait := f.Delay.draw(rng)
		if f.Probability == nil {
			wait = time.Duration(share * float64(wait))
		}
		hits = append(hits, Strike{&f.Fault, i, wait})
	}
	return hits
}

// Idle returns the shortest idle time that can trigger a fault at [Idle] for e;
// ok is false when there is no such fault. Nothing is spent: ask [Plan.At] when
// the time has come.
func (p *Plan) Idle(e Event) (wait time.Duration, ok bool) {
	if !p.at[Idle] {
		return 0, false
	}
	for i := range p.faults {
		f := &p.faults[i]
		if f.Toxic != nil || f.Point != Idle {
			continue
		}
		rng := p.rng(f.salt, e)
		if f.Probability != nil {
			chance(&rng) // as At draws: the delay comes second
		}
		if d := f.Delay.draw(rng); !ok || d < wait {
			wait, ok = d, true
		}
	}
	return wait, ok
}

// Refusals lists the faults that strike before a connection is made: refuse
// and drop-syn.
func (p *Plan) Refusals() []Fault {
	var all []Fault
	for _, f := range p.faults {
		if f.atDoor() {
			all = append(all, f.Fault)
		}
	}
	return all
}
