package diagnosis

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"time"

	"rstorm/wire"
)

// A Scope says which connections count. Its zero value is all of them.
type Scope struct {
	Host    netip.Prefix // of either end; not valid is any
	Port    uint16       // of either end; 0 is any
	Since   Since        // connections with a packet then or later
	Numbers []int        // in their file, as Wireshark's tcp.stream; none is any. They are told of and drawn, however they ended.
}

// names reports whether what never changes of a connection is in scope.
func (s *Scope) names(c *wire.Conversation) bool {
	host := !s.Host.IsValid() || s.Host.Contains(c.Client.Addr().WithZone("")) || s.Host.Contains(c.Server.Addr().WithZone(""))
	port := s.Port == 0 || c.Client.Port() == s.Port || c.Server.Port() == s.Port
	return host && port && (len(s.Numbers) == 0 || slices.Contains(s.Numbers, c.Number))
}

// holds reports whether a connection is in scope, in a file whose first packet
// was captured at first.
func (s *Scope) holds(c *wire.Conversation, first int64) bool {
	return s.names(c) && c.Ended >= s.Since.after(first)
}

// ParseHost reads an address, or a prefix as in 10.0.0.0/8.
func ParseHost(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		addr = addr.Unmap().WithZone("")
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is neither an address nor a prefix such as 10.0.0.0/8", text)
	}
	return prefix, nil
}

// Since is a time in a capture. Its zero value is the beginning of time.
type Since struct {
	at     time.Time     // zero if it is an offset
	offset time.Duration // from the capture's first packet
}

// ParseSince reads a time as in RFC 3339, or a duration from the first packet of
// each capture, as in 1.5s.
func ParseSince(text string) (Since, error) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return Since{at: at}, nil
	}
	offset, err := time.ParseDuration(text)
	if err != nil || offset < 0 {
		return Since{}, fmt.Errorf("%q is neither a time such as 2026-01-31T12:00:00Z nor an offset from the first packet such as 1.5s", text)
	}
	return Since{offset: offset}, nil
}

// after is the time in nanoseconds since 1970.
func (s Since) after(first int64) int64 {
	switch {
	case s.at.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	case s.at.After(time.Unix(0, math.MinInt64)):
		return s.at.UnixNano()
	case s.at.IsZero() && s.offset > 0:
		return first + min(int64(s.offset), math.MaxInt64-max(first, 0))
	}
	return math.MinInt64
}
