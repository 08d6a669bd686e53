package pcap

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"

	"rstorm/wire"
)

// MaxPacket is how many bytes of a packet a capture may hold. It is the limit of
// tcpdump and Wireshark; a file that claims more is damaged.
const MaxPacket = 256 << 10

// A Reader reads the packets of a capture file, in a fixed amount of memory. It
// never seeks: a pipe will do.
type Reader struct {
	facts  Facts
	format format
	number int
	err    error
}

// A format is a way in which packets lie in a file.
type format interface {
	// next reads the next packet but for its number. It returns how many records
	// it passed over that Wireshark counts as packets.
	next(*wire.Packet) (others int, err error)
	comments() []string
}

// NewReader reads how the capture in r begins. An error is an *[Error].
func NewReader(r io.Reader) (*Reader, error) {
	read := &Reader{}
	if err := read.begin(newSource(r)); err != nil {
		return nil, read.place(err)
	}
	return read, nil
}

// Next reads the next packet. Its data lies in the reader's memory and is valid
// until the next call. At the end of a whole file the error is io.EOF; else it
// is an *[Error], and the packets before it are valid. After an error there is
// nothing more to come.
func (r *Reader) Next(p *wire.Packet) error {
	if r.err != nil {
		return r.err
	}
	others, err := r.format.next(p)
	if err != nil {
		r.err = r.place(err)
		return r.err
	}
	r.number += 1 + others
	p.Number = r.number
	return nil
}

// Facts returns what the file says of itself as far as it has been read. They
// are the reader's, and valid until the next call of [Reader.Next].
func (r *Reader) Facts() *Facts { return &r.facts }

// Comments returns the comments on the packet that was read last, as they stand
// in the file.
func (r *Reader) Comments() []string {
	if r.err != nil {
		return nil
	}
	return r.format.comments()
}

// place completes an error by what only the reader knows.
func (r *Reader) place(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.Compressed = r.facts.Compressed
	}
	return err
}

// begin tells the format by its first bytes.
func (r *Reader) begin(s *source) error {
	head, err := s.peek(4)
	if err != nil && len(head) == 0 {
		return torn(0, 0, "the first byte", err)
	}
	if bytes.HasPrefix(head, []byte(gzipMagic)) && !r.facts.Compressed {
		return r.unpack(s)
	}
	if len(head) == 4 {
		if read, known := formats[string(head)]; known {
			r.format, err = read(s, &r.facts)
			return err
		}
	}
	if err != nil && begun(head) {
		return torn(0, int64(len(head)), "the first word", err)
	}
	start, err := s.peek(longestSignature)
	if err != nil && !ended(err) {
		return torn(0, int64(len(start)), "the first bytes", err)
	}
	return damage(0, "not a capture file: it %s", looks(start))
}

// unpack begins again with what is compressed in s.
func (r *Reader) unpack(s *source) error {
	rest := io.MultiReader(bytes.NewReader(s.window[s.start:s.end]), s.stream)
	r.facts.Compressed = true
	unpacked, err := gzip.NewReader(bufio.NewReaderSize(rest, window/16))
	if err != nil {
		return torn(0, 0, "the gzip header", err)
	}
	return r.begin(newSource(unpacked))
}

// ended reports whether a stream just had no more.
func ended(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }

// begun reports whether head is the beginning of a word that a file could begin
// with.
func begun(head []byte) bool {
	for magic := range formats {
		if strings.HasPrefix(magic, string(head)) {
			return true
		}
	}
	return strings.HasPrefix(gzipMagic, string(head))
}

// formats says how to read a file, by its first four bytes.
var formats = map[string]func(*source, *Facts) (format, error){
	"\xd4\xc3\xb2\xa1": classic{order: little, unit: 1000}.open,
	"\xa1\xb2\xc3\xd4": classic{order: big, unit: 1000}.open,
	"\x4d\x3c\xb2\xa1": classic{order: little, unit: 1}.open,
	"\xa1\xb2\x3c\x4d": classic{order: big, unit: 1}.open,
	"\x34\xcd\xb2\xa1": classic{order: little, unit: 1000, modified: true}.open,
	"\xa1\xb2\xcd\x34": classic{order: big, unit: 1000, modified: true}.open,
	sectionMagic:       openNextGen,
}
