package faults

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"
)

// A Dose is a toxic that a connection gets while its window is open.
type Dose struct {
	*Toxic
	draw float64
}

// On reports whether the connection has the toxic at t. Its toxicity is the
// chance, which a ramp scales.
func (d Dose) On(t time.Duration) bool {
	return d.Active(t) && d.draw < float64(d.Toxicity)*d.Intensity(t)
}

// Toxics returns the toxics that a connection, by its number, can get at some
// time: each with its toxicity as the chance, drawn from the seed and not, as
// Toxiproxy itself does, from an unseeded global source.
func (p *Plan) Toxics(connection int) []Dose {
	var all []Dose
	for i := range p.faults {
		f := &p.faults[i]
		if f.Toxic == nil {
			continue
		}
		rng := p.rng(f.salt, Event{Connection: connection})
		if draw := chance(&rng); draw < float64(f.Toxic.Toxicity) {
			all = append(all, Dose{f.Toxic, draw})
		}
	}
	return all
}

// A Lag is a fault at [Passage] as one connection meets it. Its Strength may
// be asked by one goroutine at a time, and so may its Draw for each direction.
type Lag struct {
	*Fault
	chance float64 // held against the probability
	left   *atomic.Int64
	judged bool // whether First still allows it has been asked
	spared bool // it did not
	up     *rand.Rand
	down   *rand.Rand
}

// Lags returns the faults at [Passage] that a connection, by its number, can
// meet at some time. The draws depend on the seed, the fault and the number.
func (p *Plan) Lags(connection int) []*Lag {
	if !p.at[Passage] {
		return nil
	}
	var all []*Lag
	for i := range p.faults {
		f := &p.faults[i]
		if f.Toxic != nil || f.Point != Passage || len(f.Connections) > 0 && !slices.Contains(f.Connections, connection) {
			continue
		}
		e := Event{Connection: connection}
		l := &Lag{Fault: &f.Fault, left: f.left, up: source(p.rng(f.salt^hash(string(Upstream)), e)), down: source(p.rng(f.salt^hash(string(Downstream)), e))}
		if f.Probability != nil {
			rng := p.rng(f.salt, e)
			if l.chance = chance(&rng); l.chance >= float64(*f.Probability) {
				continue
			}
		}
		all = append(all, l)
	}
	return all
}

// Strength is the share of its delay that the fault has for the connection at
// t, 0 if none. The first time that it is above 0 spends one of the fault's
// First.
func (l *Lag) Strength(t time.Duration) float64 {
	share := 0.0
	if l.Active(t) {
		share = l.Intensity(t)
	}
	if l.Probability != nil && share > 0 {
		if l.chance >= share*float64(*l.Probability) {
			return 0
		}
		share = 1
	}
	if share > 0 && !l.judged {
		l.judged = true
		l.spared = l.left != nil && l.left.Add(-1) < 0
	}
	if l.spared {
		return 0
	}
	return share
}

// Concerns reports whether the fault holds for direction s.
func (l *Lag) Concerns(s Stream) bool { return l.Stream == "" || l.Stream == s }

// Draw returns how long the next thing that passes in direction s is held at
// full strength.
func (l *Lag) Draw(s Stream) time.Duration {
	if s == Upstream {
		return l.Delay.Draw(l.up)
	}
	return l.Delay.Draw(l.down)
}
