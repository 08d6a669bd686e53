package runner

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
)

// A leg is a part of the way between a client and the device, as one end sees
// it.
type leg int

// The legs, in the order in which they are called.
const (
	nearLeg   leg = iota // from the client to the link, as the client sees it
	middleLeg            // the same as the link sees it, behind a middlebox of packets
	farLeg               // from the link to the device
	legs
)

// String says which, in evidence.
func (l leg) String() string {
	return [...]string{"between client and link", "before the link", "between link and device"}[l]
}

// A view is an address as it is dialled on a leg.
type view struct {
	leg  leg
	addr string
}

// A server is an address that is called on one leg.
type server struct {
	leg  leg
	addr netip.Addr // not valid if only the port is known
	port uint16
}

// at reads a server's address as it is dialled. A name, or an address that
// stands for all, leaves the port.
func at(l leg, address string) (server, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return server{}, err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return server{}, err
	}
	s := server{leg: l, port: uint16(port)}
	if addr, err := netip.ParseAddr(host); err == nil && !addr.IsUnspecified() {
		s.addr = addr.Unmap().WithZone("")
	}
	return s, nil
}

// is reports whether a packet's address is this server's.
func (s *server) is(a netip.AddrPort) bool {
	return a.Port() == s.port && (!s.addr.IsValid() || s.addr == a.Addr())
}

// doors tells to whom a server's packets go, by its port. It is replaced, not
// changed, as trials come and go.
type doors map[uint16][]door

// A door is a server that a trial listens at. Trials may share one.
type door struct {
	server
	taps []*tap
}

// find returns the trials that listen at an address; nil if none does.
func (d doors) find(a netip.AddrPort) []*tap {
	for i := range d[a.Port()] {
		if door := &d[a.Port()][i]; door.is(a) {
			return door.taps
		}
	}
	return nil
}

// with is d with those of t too.
func (d doors) with(t *tap) *doors {
	all := maps.Clone(d)
	for _, s := range t.servers {
		there := slices.Clone(all[s.port])
		if i := slices.IndexFunc(there, func(o door) bool { return o.addr == s.addr }); i >= 0 {
			there[i].taps = append(slices.Clone(there[i].taps), t)
		} else {
			there = append(there, door{s, []*tap{t}})
		}
		all[s.port] = there
	}
	return &all
}

// without is d without those of t.
func (d doors) without(t *tap) *doors {
	all := doors{}
	for port, there := range d {
		for _, o := range there {
			o.taps = slices.DeleteFunc(slices.Clone(o.taps), func(other *tap) bool { return other == t })
			if len(o.taps) > 0 {
				all[port] = append(all[port], o)
			}
		}
	}
	return &all
}
