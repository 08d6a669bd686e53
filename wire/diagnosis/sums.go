package diagnosis

import (
	"maps"

	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/pcap"
)

// sums are totals under way. The zero value works.
type sums struct {
	Totals
	endpoints endpoints
	links     map[wire.LinkType]int // packets of those that are not understood
	cuts      []string              // why captures were not read to their end
}

// packet counts a packet before it is looked into.
func (s *sums) packet(p *wire.Packet) {
	s.Packets.Bytes += int64(p.Length)
	if len(p.Data) < p.Length {
		s.Packets.Truncated++
	}
	if p.At == 0 {
		s.Packets.Timeless++
	}
	if !understood(p.Link) {
		s.Packets.UnknownLink++
		s.links = added(s.links, p.Link)
	}
}

func understood(l wire.LinkType) bool {
	switch l {
	case wire.LinkNull, wire.LinkEthernet, wire.LinkRawBSD, wire.LinkRawOpen, wire.LinkRaw, wire.LinkLoop,
		wire.LinkCooked, wire.LinkIPv4, wire.LinkIPv6, wire.LinkCooked2:
		return true
	}
	return false
}

// capture adds what is known of a capture that was read.
func (s *sums) capture(c wire.Counts, facts *pcap.Facts) {
	dropped, _ := facts.Dropped()
	s.Packets.Dropped += dropped
	s.Packets.Read += c.Packets
	s.Packets.TCP += c.TCP
	s.Packets.Other += c.Other
	s.Packets.Fragments += c.Fragments
	s.Packets.Short += c.Short
	s.Packets.Malformed += c.Malformed
	s.Packets.GivenUp += c.GivenUp
}

// connection counts a connection in scope.
func (s *sums) connection(c *wire.Conversation, f *results.Finding, undecided bool) {
	up, down := &c.Sides[wire.Up], &c.Sides[wire.Down]
	s.Connections++
	s.RSTPackets += up.Resets + down.Resets
	s.FINs += up.FINs + down.FINs
	s.Packets.Missing += up.Missing + down.Missing
	if up.Resets+down.Resets > 0 {
		s.Resets++
	}
	if c.Cut {
		s.Cut++
	}
	if wire.Curt(c) {
		s.Curt++
	}
	if undecided {
		s.Undecided++
	}
	s.ByState = added(s.ByState, c.State)
	s.ByProtocol = added(s.ByProtocol, c.Protocol)
	s.endpoints.count(c, f.Cause != "")
	if f.Cause != "" {
		s.finding(f)
	}
}

func (s *sums) finding(f *results.Finding) {
	s.Bad++
	s.ByCause = added(s.ByCause, f.Cause)
	s.ByOrigin = added(s.ByOrigin, f.Origin)
	if !f.Certain() {
		s.Uncertain++
	}
	for _, id := range f.Candidates {
		if id != f.Cause {
			s.Possible = added(s.Possible, id)
		}
	}
}

// added adds one to a map's entry; it makes the map if there is none.
func added[K comparable](m map[K]int, key K) map[K]int {
	if m == nil {
		m = map[K]int{}
	}
	m[key]++
	return m
}

// cut notes why a capture was not read to its end.
func (s *sums) cut(why error) { s.cuts = append(s.cuts, why.Error()) }

func (s *sums) report() *Report {
	t := s.Totals
	t.ByCause, t.Possible, t.ByOrigin = filled(t.ByCause), filled(t.Possible), filled(t.ByOrigin)
	t.ByState, t.ByProtocol = filled(t.ByState), filled(t.ByProtocol)
	t.Endpoints, t.Others = s.endpoints.worst()
	return &Report{Totals: t, Partial: len(s.cuts) > 0, Notes: append(append([]string{}, s.cuts...), s.limits()...)}
}

// filled copies a map; the copy is never nil.
func filled[K comparable](m map[K]int) map[K]int {
	all := map[K]int{}
	maps.Copy(all, m)
	return all
}
