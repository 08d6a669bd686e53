package pcap

import (
	"fmt"

	"rstorm/wire"
)

// links names the link types that captures come with, those that [wire.Decode]
// does not understand included (www.tcpdump.org/linktypes.html).
var links = map[wire.LinkType]string{
	wire.LinkNull:     "BSD loopback",
	wire.LinkEthernet: "Ethernet",
	6:                 "token ring",
	8:                 "SLIP",
	9:                 "PPP",
	10:                "FDDI",
	wire.LinkRawBSD:   "raw IP",
	wire.LinkRawOpen:  "raw IP",
	50:                "PPP over serial",
	51:                "PPP over Ethernet",
	wire.LinkRaw:      "raw IP",
	104:               "Cisco HDLC",
	105:               "Wi-Fi",
	107:               "frame relay",
	wire.LinkLoop:     "OpenBSD loopback",
	wire.LinkCooked:   "Linux cooked",
	117:               "OpenBSD packet filter log",
	119:               "Wi-Fi with a Prism header",
	122:               "IP over Fibre Channel",
	127:               "Wi-Fi with a radiotap header",
	138:               "IP over FireWire",
	163:               "Wi-Fi with an AVS header",
	187:               "Bluetooth HCI",
	189:               "Linux USB, short header",
	192:               "per-packet information",
	195:               "IEEE 802.15.4",
	197:               "ERF",
	201:               "Bluetooth HCI with direction",
	220:               "Linux USB",
	227:               "SocketCAN",
	wire.LinkIPv4:     "raw IPv4",
	wire.LinkIPv6:     "raw IPv6",
	239:               "netfilter log",
	249:               "USBPcap",
	251:               "Bluetooth low energy",
	253:               "netlink",
	wire.LinkCooked2:  "Linux cooked 2",
}

// LinkName names a link type, as in "link type 105 (Wi-Fi)".
func LinkName(t wire.LinkType) string {
	if name, known := links[t]; known {
		return fmt.Sprintf("link type %d (%s)", t, name)
	}
	return fmt.Sprintf("link type %d", t)
}
