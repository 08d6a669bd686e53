package faults

import (
	"math/rand/v2"
	"time"
)

// rng is keyed by what it decides. Where a command is known its connection
// does not count: strategies differ in how they use connections. It is a value
// and costs no allocation: each packet has one for each fault.
func (p *Plan) rng(salt uint64, e Event) (g rand.PCG) {
	key := uint64(e.Connection)
	if e.Command != "" {
		key = hash(e.Command) + uint64(e.Attempt)
	} else if e.Packet > 0 {
		key ^= e.packet() * 0xd1342543de82ef95
	}
	g.Seed(p.seed^salt*0x9e3779b97f4a7c15, key)
	return g
}

// chance draws from [0, 1), as [rand.Rand.Float64] does.
func chance(g *rand.PCG) float64 { return float64(g.Uint64()<<11>>11) / (1 << 53) }

// draw is [Delay.Draw] from g, which a constant does not need.
func (d Delay) draw(g rand.PCG) time.Duration {
	if d.sigma == 0 && d.high == d.low {
		return d.low
	}
	return d.Draw(source(g))
}

// source returns g as what distributions draw from.
func source(g rand.PCG) *rand.Rand { return rand.New(&g) }

// hash is 64-bit FNV-1a.
func hash(s string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return h
}
