package runner

import (
	"math/rand/v2"
	"strings"

	"rstorm/results"
	"rstorm/scenarios"
)

// A mix makes one client's commands.
type mix struct {
	templates []scenarios.Template
	order     []int // of the templates, in the block at hand; changed by shuffling
	shuffle   *rand.Rand
	prefix    string
}

func newMix(load *scenarios.Load, id int, seed uint64, prefix string) *mix {
	m := &mix{templates: load.Mix, prefix: prefix, order: make([]int, len(load.Mix))}
	for i := range m.order {
		m.order[i] = i
	}
	if load.Order == scenarios.Shuffle {
		m.shuffle = rand.New(rand.NewPCG(seed^0xa0761d6478bd642f, uint64(id)))
	}
	return m
}

// command makes the command with this id. Ids must come in order. A shuffled
// mix is shuffled block by block, so that each holds every template once.
func (m *mix) command(id results.CommandID) results.Command {
	place := int(id.Seq) % len(m.order)
	if place == 0 && m.shuffle != nil {
		m.shuffle.Shuffle(len(m.order), func(i, j int) { m.order[i], m.order[j] = m.order[j], m.order[i] })
	}
	t := &m.templates[m.order[place]]
	sep := "?"
	if strings.Contains(t.Target, "?") {
		sep = "&"
	}
	return results.Command{ID: id, Method: t.Method, Body: t.Body,
		Target: m.prefix + t.Target + sep + results.IDParameter + "=" + id.String()}
}
