package wire

// A Packet is one packet as it was captured.
type Packet struct {
	Number    int      // its place in the capture, from 1, as Wireshark counts
	At        int64    // when, in nanoseconds since 1970 UTC; 0 if the capture does not say
	Link      LinkType // what Data begins with
	Interface int      // number of the interface it was seen on
	Length    int      // bytes it had on the wire, from where Data begins; at least len(Data)
	Data      []byte   // as far as it was captured; valid until the next packet is read
}

// A LinkType says what precedes the IP header of a packet, in the numbers of
// the pcap format (LINKTYPE_ values, www.tcpdump.org/linktypes.html).
type LinkType uint16

// The link types that are understood.
const (
	LinkNull     LinkType = 0 // BSD loopback: a protocol family in the byte order of the capturing machine
	LinkEthernet LinkType = 1
	LinkRawBSD   LinkType = 12  // raw IP, as some systems number it
	LinkRawOpen  LinkType = 14  // raw IP, as OpenBSD numbers it
	LinkRaw      LinkType = 101 // raw IP, version 4 or 6
	LinkLoop     LinkType = 108 // OpenBSD loopback: a protocol family in network byte order
	LinkCooked   LinkType = 113 // Linux cooked, version 1
	LinkIPv4     LinkType = 228
	LinkIPv6     LinkType = 229
	LinkCooked2  LinkType = 276 // Linux cooked, version 2
)
