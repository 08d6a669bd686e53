package wire_test

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// one is the packet of a segment with payload, of IPv4 or IPv6.
func one(v6 bool, payload string) []byte {
	t := wiretest.New()
	c := t.Call("10.0.0.1:40000", "10.0.0.2:80")
	if v6 {
		c = t.Call("[fd00::1]:40000", "[fd00::2]:80")
	}
	c.Send(wire.Up, wire.PSH|wire.ACK, payload)
	return t.Packets[0].Data
}

func packetOf(link wire.LinkType, parts ...[]byte) *wire.Packet {
	data := bytes.Join(parts, nil)
	return &wire.Packet{Number: 1, Link: link, Length: len(data), Data: data}
}

func mac(tail ...byte) []byte { return append(make([]byte, 12), tail...) }

func sll(kind, protocol uint16) []byte {
	b := make([]byte, 16)
	binary.BigEndian.PutUint16(b, kind)
	binary.BigEndian.PutUint16(b[14:], protocol)
	return b
}

func sll2(kind byte, protocol uint16) []byte {
	b := make([]byte, 20)
	binary.BigEndian.PutUint16(b, protocol)
	b[10] = kind
	return b
}

func TestEveryLinkLayerIsTakenOff(t *testing.T) {
	v4, v6 := one(false, "hello"), one(true, "hello")
	tag, outer := []byte{0x81, 0, 0, 7}, []byte{0x88, 0xa8, 0, 9}
	for name, p := range map[string]*wire.Packet{
		"Ethernet":                       packetOf(wire.LinkEthernet, mac(8, 0), v4),
		"Ethernet, IPv6":                 packetOf(wire.LinkEthernet, mac(0x86, 0xdd), v6),
		"Ethernet, 802.1Q":               packetOf(wire.LinkEthernet, mac(), tag, []byte{8, 0}, v4),
		"Ethernet, 802.1ad":              packetOf(wire.LinkEthernet, mac(), outer, tag, []byte{0x86, 0xdd}, v6),
		"Ethernet, four tags":            packetOf(wire.LinkEthernet, mac(), outer, tag, tag, tag, []byte{8, 0}, v4),
		"Ethernet, padded":               packetOf(wire.LinkEthernet, mac(8, 0), v4, make([]byte, 9)),
		"Linux cooked":                   packetOf(wire.LinkCooked, sll(0, 0x0800), v4),
		"Linux cooked, tagged":           packetOf(wire.LinkCooked, sll(0, 0x8100), []byte{0, 7, 8, 0}, v4),
		"Linux cooked, version 2":        packetOf(wire.LinkCooked2, sll2(0, 0x86dd), v6),
		"Linux cooked version 2, tagged": packetOf(wire.LinkCooked2, sll2(0, 0x8100), []byte{0, 7, 8, 0}, v4),
		"raw":                            packetOf(wire.LinkRaw, v4),
		"raw, IPv6":                      packetOf(wire.LinkRaw, v6),
		"raw by BSD":                     packetOf(wire.LinkRawBSD, v4),
		"raw by OpenBSD":                 packetOf(wire.LinkRawOpen, v6),
		"raw IPv4":                       packetOf(wire.LinkIPv4, v4),
		"raw IPv6":                       packetOf(wire.LinkIPv6, v6),
		"BSD loopback, little endian":    packetOf(wire.LinkNull, []byte{2, 0, 0, 0}, v4),
		"BSD loopback, big endian":       packetOf(wire.LinkNull, []byte{0, 0, 0, 2}, v4),
		"BSD loopback, Linux":            packetOf(wire.LinkNull, []byte{10, 0, 0, 0}, v6),
		"BSD loopback, NetBSD":           packetOf(wire.LinkNull, []byte{24, 0, 0, 0}, v6),
		"BSD loopback, FreeBSD":          packetOf(wire.LinkNull, []byte{0, 0, 0, 28}, v6),
		"BSD loopback, macOS":            packetOf(wire.LinkNull, []byte{30, 0, 0, 0}, v6),
		"OpenBSD loopback":               packetOf(wire.LinkLoop, []byte{0, 0, 0, 24}, v6),
	} {
		var s wire.Segment
		if kind := wire.Decode(p, &s); kind != wire.IsTCP {
			t.Errorf("%s: kind %d", name, kind)
			continue
		}
		if string(s.Payload) != "hello" || s.Length != 5 || s.Target.Port() != 80 || s.Seq != 1000 || s.TTL != 64 || !s.Options || s.Outgoing {
			t.Errorf("%s: %+v", name, s)
		}
		if s.Source.Addr().Is4In6() {
			t.Errorf("%s: %v is mapped", name, s.Source)
		}
	}
}

func TestCookedCapturesSayWhatLeft(t *testing.T) {
	v4 := one(false, "")
	for name, p := range map[string]*wire.Packet{
		"version 1": packetOf(wire.LinkCooked, sll(4, 0x0800), v4),
		"version 2": packetOf(wire.LinkCooked2, sll2(4, 0x0800), v4),
	} {
		s := wire.Segment{}
		if wire.Decode(p, &s); !s.Outgoing {
			t.Errorf("%s: %+v", name, s)
		}
	}
	s := wire.Segment{Outgoing: true}
	if wire.Decode(packetOf(wire.LinkRaw, v4), &s); s.Outgoing {
		t.Error("a raw packet claims to be outgoing")
	}
}

// edit is a copy of b that f has changed.
func edit(b []byte, f func(b []byte)) []byte {
	b = bytes.Clone(b)
	f(b)
	return b
}

func TestHeadersDecideTheLength(t *testing.T) {
	v4, v6 := one(false, "hello, world"), one(true, "hello, world")
	options := bytes.Join([][]byte{edit(v4[:20], func(b []byte) { b[0] = 0x46; b[3] += 4 }), {1, 1, 1, 0}, v4[20:]}, nil)
	for name, c := range map[string]struct {
		packet         *wire.Packet
		length, caught int
	}{
		"IPv4 with options":         {packetOf(wire.LinkRaw, options), 12, 12},
		"cut up by the card, IPv4":  {packetOf(wire.LinkRaw, edit(v4, func(b []byte) { b[2], b[3] = 0, 0 })), 12, 12},
		"cut up by the card, IPv6":  {packetOf(wire.LinkRaw, edit(v6, func(b []byte) { b[4], b[5] = 0, 0 })), 12, 12},
		"cut off within payload":    {&wire.Packet{Link: wire.LinkRaw, Length: len(v4), Data: v4[:len(v4)-4]}, 12, 8},
		"cut off before payload":    {&wire.Packet{Link: wire.LinkRaw, Length: len(v4), Data: v4[:20+32]}, 12, 0},
		"cut off within options":    {&wire.Packet{Link: wire.LinkRaw, Length: len(v4), Data: v4[:20+20]}, 12, 0},
		"the wire's length is lost": {&wire.Packet{Link: wire.LinkRaw, Data: v4[:60]}, 12, 8},
		"first fragment":            {packetOf(wire.LinkRaw, edit(v4, func(b []byte) { b[6] = 0x20 })), 12, 12},
	} {
		var s wire.Segment
		if kind := wire.Decode(c.packet, &s); kind != wire.IsTCP || s.Length != c.length || len(s.Payload) != c.caught {
			t.Errorf("%s: kind %d, length %d, payload %q", name, kind, s.Length, s.Payload)
		}
	}
}

// extended is v6 with extension headers before TCP: each as its number and its
// bytes behind the first two.
func extended(v6 []byte, headers ...[]byte) []byte {
	var chain []byte
	next := func(i int) byte {
		if i < len(headers) {
			return headers[i][0]
		}
		return 6
	}
	for i, h := range headers {
		chain = append(append(chain, next(i+1)), h[1:]...)
	}
	head := edit(v6[:40], func(b []byte) {
		b[6] = next(0)
		binary.BigEndian.PutUint16(b[4:], uint16(len(v6)-40+len(chain)))
	})
	return bytes.Join([][]byte{head, chain, v6[40:]}, nil)
}

func TestIPv6ExtensionsAreLookedThrough(t *testing.T) {
	v6 := one(true, "hello")
	short := func(kind byte) []byte { return []byte{kind, 0, 0, 0, 0, 0, 0, 0} }
	long := append([]byte{60, 1}, make([]byte, 14)...)
	auth := append([]byte{51, 4}, make([]byte, 22)...)
	many := make([][]byte, 200)
	for i := range many {
		many[i] = short(60)
	}
	for name, c := range map[string]struct {
		headers [][]byte
		want    wire.Kind
	}{
		"hop by hop":               {[][]byte{short(0)}, wire.IsTCP},
		"all of them":              {[][]byte{short(0), long, short(43), short(44), auth, short(60), short(135)}, wire.IsTCP},
		"fragment, the first":      {[][]byte{{44, 0, 0, 1, 0, 0, 0, 7}}, wire.IsTCP},
		"fragment, a later one":    {[][]byte{{44, 0, 0, 8, 0, 0, 0, 7}}, wire.IsFragment},
		"encrypted":                {[][]byte{short(50)}, wire.IsOther},
		"nothing follows":          {[][]byte{short(59)}, wire.IsOther},
		"UDP":                      {[][]byte{short(0), short(17)}, wire.IsOther},
		"more than there can be":   {many, wire.IsOther},
		"one longer than all else": {[][]byte{{60, 255, 0, 0, 0, 0, 0, 0}}, wire.IsMalformed},
	} {
		var s wire.Segment
		kind := wire.Decode(packetOf(wire.LinkRaw, extended(v6, c.headers...)), &s)
		if kind != c.want || kind == wire.IsTCP && (string(s.Payload) != "hello" || s.Length != 5) {
			t.Errorf("%s: kind %d, length %d, payload %q", name, kind, s.Length, s.Payload)
		}
	}
}

func TestWhatIsNoSegmentIsNamed(t *testing.T) {
	v4, v6 := one(false, "hello"), one(true, "hello")
	set := func(at int, to ...byte) []byte { return edit(v4, func(b []byte) { copy(b[at:], to) }) }
	for name, c := range map[string]struct {
		packet *wire.Packet
		want   wire.Kind
	}{
		"UDP":                        {packetOf(wire.LinkRaw, set(9, 17)), wire.IsOther},
		"ARP":                        {packetOf(wire.LinkEthernet, mac(8, 6), v4), wire.IsOther},
		"five tags":                  {packetOf(wire.LinkEthernet, mac(), bytes.Repeat([]byte{0x81, 0, 0, 7}, 5), []byte{8, 0}, v4), wire.IsOther},
		"unknown link":               {packetOf(wire.LinkType(147), v4), wire.IsOther},
		"unknown family":             {packetOf(wire.LinkNull, []byte{99, 0, 0, 0}, v4), wire.IsOther},
		"fragment":                   {packetOf(wire.LinkRaw, set(6, 0, 9)), wire.IsFragment},
		"nothing":                    {packetOf(wire.LinkRaw), wire.IsMalformed},
		"nothing captured":           {&wire.Packet{Link: wire.LinkRaw, Length: 60}, wire.IsShort},
		"half an Ethernet header":    {&wire.Packet{Link: wire.LinkEthernet, Length: 90, Data: mac()}, wire.IsShort},
		"half an IP header":          {&wire.Packet{Link: wire.LinkRaw, Length: len(v4), Data: v4[:19]}, wire.IsShort},
		"half an IPv6 header":        {&wire.Packet{Link: wire.LinkRaw, Length: len(v6), Data: v6[:39]}, wire.IsShort},
		"half a TCP header":          {&wire.Packet{Link: wire.LinkRaw, Length: len(v4), Data: v4[:20+19]}, wire.IsShort},
		"no room for TCP":            {packetOf(wire.LinkRaw, set(2, 0, 39)), wire.IsMalformed},
		"IP header of 16 bytes":      {packetOf(wire.LinkRaw, set(0, 0x44)), wire.IsMalformed},
		"IP version 5":               {packetOf(wire.LinkIPv4, set(0, 0x55)), wire.IsMalformed},
		"IPv6 that says 4":           {packetOf(wire.LinkEthernet, mac(0x86, 0xdd), v4), wire.IsMalformed},
		"total length below header":  {packetOf(wire.LinkRaw, set(2, 0, 10)), wire.IsMalformed},
		"TCP header of 16 bytes":     {packetOf(wire.LinkRaw, set(32, 0x40)), wire.IsMalformed},
		"TCP header beyond the end":  {packetOf(wire.LinkRaw, set(32, 0xf0)), wire.IsMalformed},
		"options beyond the capture": {&wire.Packet{Link: wire.LinkRaw, Length: 90, Data: edit(v4, func(b []byte) { b[0], b[3] = 0x4f, 97 })[:40]}, wire.IsShort},
	} {
		var s wire.Segment
		if kind := wire.Decode(c.packet, &s); kind != c.want {
			t.Errorf("%s: kind %d, want %d", name, kind, c.want)
		}
	}
}

func TestAddressesAndFieldsAreRead(t *testing.T) {
	tape := wiretest.New()
	c := tape.Call("[2001:db8::1]:40000", "[2001:db8::2]:80")
	c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST | wire.ACK, Seq: 7, Ack: 9, Window: 1234, TTL: 61})
	var s wire.Segment
	if wire.Decode(&tape.Packets[0], &s) != wire.IsTCP {
		t.Fatal("not a segment")
	}
	want := wire.Segment{Source: netip.MustParseAddrPort("[2001:db8::2]:80"), Target: netip.MustParseAddrPort("[2001:db8::1]:40000"),
		Seq: 500_007, Ack: 1009, Flags: wire.RST | wire.ACK, Window: 1234, TTL: 61}
	if s.Payload != nil || s.Source != want.Source || s.Target != want.Target || s.Seq != want.Seq || s.Ack != want.Ack || s.Flags != want.Flags ||
		s.Window != want.Window || s.TTL != want.TTL || s.Options || s.ID != 0 || s.Length != 0 {
		t.Errorf("%+v, want %+v", s, want)
	}
}

func TestDecodingAllocatesNothing(t *testing.T) {
	p := packetOf(wire.LinkEthernet, mac(8, 0), one(false, "hello"))
	var s wire.Segment
	if n := testing.AllocsPerRun(100, func() { wire.Decode(p, &s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, p := range map[string]*wire.Packet{
		"Ethernet": packetOf(wire.LinkEthernet, mac(8, 0), one(false, "hello")),
		"VLAN":     packetOf(wire.LinkEthernet, mac(0x81, 0, 0, 7, 8, 0), one(false, "hello")),
		"IPv6":     packetOf(wire.LinkRaw, one(true, "hello")),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var s wire.Segment
			for b.Loop() {
				wire.Decode(p, &s)
			}
		})
	}
}
