package diagnosis

import (
	"cmp"
	"net/netip"
	"slices"

	"rstorm/wire"
)

// How many endpoints are counted at most, how many of them are kept then, and
// how many are told of. A flood from forged addresses has millions.
const (
	mostEndpoints = 8192
	keptEndpoints = 4096
	toldEndpoints = 100
)

// endpoints count connections by endpoint: the first ones exactly, and of more
// than can be kept those with the most bad connections.
type endpoints struct {
	known     map[place]tally
	forgotten int
}

// A place is a server, or a client if the port is 0.
type place = netip.AddrPort

type tally struct{ connections, bad, resets int }

// count counts a connection for both of its ends.
func (e *endpoints) count(c *wire.Conversation, bad bool) {
	e.add(netip.AddrPortFrom(c.Client.Addr(), 0), bad, c.Sides[wire.Up].Resets > 0)
	e.add(c.Server, bad, c.Sides[wire.Down].Resets > 0)
}

func (e *endpoints) add(at place, bad, reset bool) {
	if e.known == nil {
		e.known = map[place]tally{}
	}
	t, ok := e.known[at]
	if !ok && len(e.known) >= mostEndpoints {
		e.forget()
	}
	t.connections++
	if bad {
		t.bad++
	}
	if reset {
		t.resets++
	}
	e.known[at] = t
}

// forget keeps the endpoints with the most bad connections.
func (e *endpoints) forget() {
	for _, c := range e.sorted()[keptEndpoints:] {
		delete(e.known, c.at)
		e.forgotten++
	}
}

type counted struct {
	at place
	tally
}

// sorted are the known endpoints, the worst first.
func (e *endpoints) sorted() []counted {
	all := make([]counted, 0, len(e.known))
	for at, t := range e.known {
		all = append(all, counted{at, t})
	}
	slices.SortFunc(all, func(a, b counted) int {
		return cmp.Or(b.bad-a.bad, b.resets-a.resets, b.connections-a.connections, a.at.Compare(b.at))
	})
	return all
}

// worst are the endpoints to tell of, and how many others there are.
func (e *endpoints) worst() ([]Endpoint, int) {
	all := e.sorted()
	told := []Endpoint{}
	for _, c := range all[:min(len(all), toldEndpoints)] {
		p := Endpoint{Address: c.at.String(), Role: "server", Connections: c.connections, Bad: c.bad, Resets: c.resets}
		if c.at.Port() == 0 {
			p.Address, p.Role = c.at.Addr().String(), "client"
		}
		told = append(told, p)
	}
	return told, e.forgotten + len(all) - len(told)
}
