// Package pcap reads and writes files of captured packets: pcap in both byte
// orders and resolutions, and pcapng, plain or compressed with gzip.
//
// The reader is our own, and not that of gopacket: it says at which byte a file
// is damaged, reads packets in place without an allocation, keeps every length
// that a file claims within bounds, and turns timestamps of any unit into
// nanoseconds exactly. The writer is gopacket's.
package pcap
