package pcap

import "rstorm/wire"

// A Format is the format of a capture file.
type Format string

// The formats that are read.
const (
	Classic  Format = "pcap"          // https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-06.html
	Modified Format = "modified pcap" // with longer packet headers, as patched versions of libpcap wrote it
	NextGen  Format = "pcapng"        // https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-04.html
)

// Facts are what a capture file says of itself, as far as it has been read.
type Facts struct {
	Format      Format
	Compressed  bool        // with gzip
	Sections    int         // 1 but in pcapng, which can be several captures one after the other
	Application string      // that wrote the last section; empty if it does not say
	Comment     string      // on the last section that has one
	Interfaces  []Interface // of all sections, by [wire.Packet.Interface]
}

// An Interface is where packets were captured.
type Interface struct {
	Section  int    // from 1
	Name     string // empty if the file does not say
	Link     wire.LinkType
	Snap     int    // most bytes of a packet that were to be captured; 0 if there was no limit
	Counted  bool   // the file has statistics of it; Received and Dropped mean something
	Received uint64 // packets that came, those dropped included
	Dropped  uint64 // packets that came and are not in the capture for want of room

	clock clock
}

// Dropped is how many packets the interfaces dropped in all, and whether the
// file has statistics of each of them.
func (f *Facts) Dropped() (packets uint64, counted bool) {
	counted = len(f.Interfaces) > 0
	for _, i := range f.Interfaces {
		packets += i.Dropped
		counted = counted && i.Counted
	}
	return packets, counted
}
