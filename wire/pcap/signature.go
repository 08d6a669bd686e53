package pcap

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// gzipMagic begins a gzip file (RFC 1952 section 2.3.1).
const gzipMagic = "\x1f\x8b"

// longestSignature is enough of a file to tell what it is.
const longestSignature = 16

// signatures name what people mistake for a capture that can be read, by how it
// begins.
var signatures = []struct{ prefix, name string }{
	{gzipMagic, "is compressed twice with gzip"},
	{"BZh", "is compressed with bzip2"},
	{"\xfd7zXZ\x00", "is compressed with xz"},
	{"\x28\xb5\x2f\xfd", "is compressed with zstd"},
	{"\x04\x22\x4d\x18", "is compressed with lz4"},
	{"PK\x03\x04", "is a zip archive"},
	{"snoop\x00\x00\x00", "is a capture of snoop (Solaris)"},
	{"GMBU", "is a capture of Microsoft Network Monitor"},
	{"RTSS", "is a capture of Microsoft Network Monitor 1"},
	{"TRSNIFF data", "is a capture of Sniffer"},
	{"XCP\x00", "is a capture of NetXRay or Sniffer for Windows"},
	{"iptrace ", "is a capture of iptrace (AIX)"},
	{"btsnoop\x00", "is a capture of Bluetooth"},
	{"\x1c\x00\x01\xab", "is a capture of Ixia"},
	{"\x1c\x00\x01\xac", "is a capture of Ixia"},
	{"\x7fELF", "is a program"},
	{"MZ", "is a program"},
}

// looks says what a file that begins like this is, or looks like.
func looks(start []byte) string {
	for _, s := range signatures {
		if strings.HasPrefix(string(start), s.prefix) {
			return s.name
		}
	}
	switch {
	case len(bytes.Trim(start, "\x00")) == 0:
		return "begins with zeros"
	case isText(start):
		return "looks like text"
	}
	return "begins with bytes of no known meaning"
}

// isText reports whether start is text but for a letter cut off at its end.
func isText(start []byte) bool {
	for len(start) > 0 {
		r, size := utf8.DecodeRune(start)
		if r == utf8.RuneError && size == 1 {
			return !utf8.FullRune(start)
		}
		if !unicode.IsPrint(r) && !unicode.IsSpace(r) && r != '\ufeff' {
			return false
		}
		start = start[size:]
	}
	return true
}
