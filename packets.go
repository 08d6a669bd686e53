package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"

	"rstorm/results"
	"rstorm/wire"
	"rstorm/wire/pcap"
)

// A packetFile keeps the packets of a run until it is over, on disk, for what
// they are evidence of is known only then. It is a [runner.PacketSink].
type packetFile struct {
	path  string
	spool *os.File // of packets, each behind its head
	named bool     // the spool has a name still, to be removed
	out   *bufio.Writer
	err   error // that ended the spooling

	link     wire.LinkType
	numbers  map[int]int // in the file, by the system's number of the interface
	names    []string    // of the interfaces, by number in the file
	comments map[int][]string
	dropped  uint64
}

// head is how many bytes precede those of a packet in the spool: its time, and
// four each for its interface, its length, and how much of it was captured.
const head = 8 + 3*4

// openPackets opens a spool beside path, whose disk has to have room in the end,
// or among the temporary files if path is no file but a pipe or the like. Where
// an open file may be removed it is, so that a run that is killed leaves none.
func openPackets(path string) (*packetFile, error) {
	dir := filepath.Dir(path)
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		dir = os.TempDir()
	}
	spool, err := os.CreateTemp(dir, ".rstorm-packets-*")
	if err != nil {
		return nil, fmt.Errorf("keep the packets: %w", err)
	}
	return &packetFile{path: path, spool: spool, named: os.Remove(spool.Name()) != nil, out: bufio.NewWriterSize(spool, 1<<20),
		link: wire.LinkRaw, numbers: map[int]int{}, comments: map[int][]string{}}, nil
}

// Write spools a packet.
func (f *packetFile) Write(p *wire.Packet) error {
	if f.err != nil {
		return f.err
	}
	number, known := f.numbers[p.Interface]
	if !known {
		number = len(f.names)
		f.numbers[p.Interface], f.names = number, append(f.names, nameOf(p.Interface))
	}
	f.link = p.Link
	b := binary.NativeEndian.AppendUint64(f.out.AvailableBuffer(), uint64(p.At))
	for _, n := range []int{number, p.Length, len(p.Data)} {
		b = binary.NativeEndian.AppendUint32(b, uint32(n))
	}
	_, f.err = f.out.Write(append(b, p.Data...))
	return f.err
}

// nameOf is the name of an interface while it is there: some are gone when the
// run is over.
func nameOf(index int) string {
	if i, err := net.InterfaceByIndex(index); err == nil {
		return i.Name
	}
	return fmt.Sprintf("interface %d", index)
}

// Comment keeps what a packet is evidence of.
func (f *packetFile) Comment(packet int, text string) {
	f.comments[packet] = append(f.comments[packet], text)
}

// Dropped keeps how many packets were lost.
func (f *packetFile) Dropped(packets uint64) { f.dropped = packets }

// drop removes the spool: there is nothing to write. It does nothing if f is nil.
func (f *packetFile) drop() error {
	if f == nil {
		return nil
	}
	err := f.spool.Close()
	if f.named {
		err = errors.Join(err, os.Remove(f.spool.Name()))
	}
	return err
}

// save writes the file from the spool, whole or not at all, and removes the
// spool. The comment is on the whole. It does nothing if f is nil.
func (f *packetFile) save(comment string) error {
	if f == nil {
		return nil
	}
	if f.err == nil {
		f.err = f.out.Flush()
	}
	if f.err == nil {
		_, f.err = f.spool.Seek(0, io.SeekStart)
	}
	if f.err == nil {
		f.err = results.WriteFile(f.path, func(w io.Writer) error { return f.write(w, comment) })
	}
	if err := errors.Join(f.err, f.drop()); err != nil {
		return fmt.Errorf("write the packets: %w", err)
	}
	return nil
}

func (f *packetFile) write(w io.Writer, comment string) error {
	out, err := pcap.NewWriter(w, pcap.Capture{Interfaces: f.names, Link: f.link, Comment: comment, Application: "rstorm " + version})
	if err != nil {
		return err
	}
	in, p := bufio.NewReaderSize(f.spool, 1<<20), wire.Packet{Link: f.link}
	for {
		switch err := readPacket(in, &p); {
		case err == io.EOF:
			return errors.Join(out.Drop(0, f.dropped), out.Close())
		case err != nil:
			return fmt.Errorf("read them again: %w", err)
		}
		if err := out.Write(&p, f.comments[p.Number]...); err != nil {
			return err
		}
	}
}

// readPacket reads the packet after p from a spool, into p's memory. The error is
// io.EOF if there is none.
func readPacket(spool io.Reader, p *wire.Packet) error {
	var b [head]byte
	if _, err := io.ReadFull(spool, b[:]); err != nil {
		return err
	}
	number := func(at int) int { return int(binary.NativeEndian.Uint32(b[at:])) }
	p.Number++
	p.At, p.Interface, p.Length = int64(binary.NativeEndian.Uint64(b[:])), number(8), number(12)
	p.Data = slices.Grow(p.Data[:0], number(16))[:number(16)]
	if _, err := io.ReadFull(spool, p.Data); err != nil {
		return fmt.Errorf("packet %d: %w", p.Number, err)
	}
	return nil
}
