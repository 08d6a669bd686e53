package runner

import (
	"math/rand/v2"
	"time"

	"rstorm/faults"
	"rstorm/scenarios"
)

// A pace says when a client's commands are due, since the trial's start.
type pace struct {
	ready time.Duration // when the stage stood: what raising it took is no command's latency
	gap   faults.Delay
	rng   *rand.Rand
	rate  float64 // commands per second over all clients; 0 is a closed loop
	id, n int     // this client among n
}

func newPace(load *scenarios.Load, id int, seed uint64, ready time.Duration) *pace {
	rng := rand.New(rand.NewPCG(seed, uint64(id)))
	return &pace{ready: ready, gap: load.Gap, rng: rng, rate: load.Rate, id: id, n: load.Clients}
}

// unused is the time since which one is free that has sent nothing yet.
const unused time.Duration = -1

// due is when the client's command number seq is due, given when the one that is
// to carry it became free. In a closed loop that is a gap later, and at once for
// its first. In an open loop the schedule is fixed beforehand and does not wait
// for answers: the clients take turns at the rate.
func (p *pace) due(seq int, free time.Duration) time.Duration {
	if p.rate > 0 {
		turn := float64(seq)*float64(p.n) + float64(p.id)
		return p.ready + time.Duration(turn/p.rate*float64(time.Second))
	}
	if free == unused {
		return p.ready
	}
	return free + p.gap.Draw(p.rng)
}
