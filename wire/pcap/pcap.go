// Package pcap reads and writes files of captured packets: pcap in both byte
// orders and resolutions, and pcapng, plain or compressed with gzip.
package pcap
