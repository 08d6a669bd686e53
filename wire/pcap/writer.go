package pcap

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"rstorm/wire"
)

// A Capture says what a file of packets is of. Its zero value is one nameless
// interface of BSD loopback.
type Capture struct {
	Interfaces  []string // names, by [wire.Packet.Interface]; none is one without a name
	Link        wire.LinkType
	Snap        int    // most bytes of a packet that are written; 0 is all
	Comment     string // on the whole
	Application string // that writes it
}

// A Writer writes pcapng. What it writes depends on nothing but what it is told.
type Writer struct {
	to      *pcapgo.NgWriter
	capture Capture
	faces   []tally
}

// A tally counts the packets of an interface.
type tally struct {
	written, dropped uint64
	first, last      time.Time
}

// nanosecond is the resolution that pcapgo writes.
const nanosecond pcapgo.NgResolution = 9

// NewWriter begins a file in w.
func NewWriter(w io.Writer, c Capture) (*Writer, error) {
	names := c.Interfaces
	if len(names) == 0 {
		names = []string{""}
	}
	if c.Snap < 0 || c.Snap > math.MaxInt32 {
		return nil, fmt.Errorf("writing a capture: a snap length of %d bytes", c.Snap)
	}
	face := func(i int) pcapgo.NgInterface {
		return pcapgo.NgInterface{
			Name: optional(names[i]), LinkType: layers.LinkType(c.Link), SnapLength: uint32(c.Snap), TimestampResolution: nanosecond,
		}
	}
	section := pcapgo.NgSectionInfo{Application: optional(c.Application), Comment: optional(c.Comment)}
	to, err := pcapgo.NewNgWriterInterface(w, face(0), pcapgo.NgWriterOptions{SectionInfo: section})
	for i := 1; i < len(names) && err == nil; i++ {
		_, err = to.AddInterface(face(i))
	}
	if err != nil {
		return nil, fmt.Errorf("writing the beginning of a capture: %w", err)
	}
	return &Writer{to: to, capture: c, faces: make([]tally, len(names))}, nil
}

// Write writes a packet with comments on it. The packet must be of the capture's
// link type and of one of its interfaces; its number is not written. Comments
// are cut to 64 KiB each, and empty ones left out.
func (w *Writer) Write(p *wire.Packet, comments ...string) error {
	switch {
	case p.Link != w.capture.Link:
		return fmt.Errorf("writing packet %d: it is of %s, the capture of %s", p.Number, LinkName(p.Link), LinkName(w.capture.Link))
	case p.Interface < 0 || p.Interface >= len(w.faces):
		return fmt.Errorf("writing packet %d: it is of interface %d of %d", p.Number, p.Interface, len(w.faces))
	case p.At < 0:
		return fmt.Errorf("writing packet %d: it is of a time before 1970", p.Number)
	}
	data := p.Data
	if w.capture.Snap > 0 {
		data = data[:min(len(data), w.capture.Snap)]
	}
	if len(data) > MaxPacket {
		return fmt.Errorf("writing packet %d: %d bytes were captured of it, more than the %d that a capture can hold", p.Number, len(data), MaxPacket)
	}
	info := gopacket.CaptureInfo{
		Timestamp: time.Unix(0, p.At), InterfaceIndex: p.Interface, CaptureLength: len(data), Length: max(p.Length, len(p.Data)),
	}
	var options pcapgo.NgPacketOptions
	for _, c := range comments {
		if c = optional(c); c != "" {
			options.Comments = append(options.Comments, c)
		}
	}
	if err := w.to.WritePacketWithOptions(info, data, options); err != nil {
		return fmt.Errorf("writing packet %d: %w", p.Number, err)
	}
	w.faces[p.Interface].add(info.Timestamp)
	return nil
}

// Drop takes note of packets that came to an interface and could not be
// captured.
func (w *Writer) Drop(iface int, packets uint64) error {
	if iface < 0 || iface >= len(w.faces) {
		return fmt.Errorf("noting dropped packets: there is no interface %d of %d", iface, len(w.faces))
	}
	w.faces[iface].dropped += packets
	return nil
}

// Close writes the statistics of each interface - packets received, dropped ones
// included, and packets dropped - and all that is held back. It does not close
// the writer beneath, and is called once.
func (w *Writer) Close() error {
	var failed []error
	for i, f := range w.faces {
		failed = append(failed, w.to.WriteInterfaceStats(i, pcapgo.NgInterfaceStatistics{
			LastUpdate: f.last, StartTime: f.first, EndTime: f.last,
			PacketsReceived: f.written + f.dropped, PacketsDropped: f.dropped,
		}))
	}
	if err := errors.Join(append(failed, w.to.Flush())...); err != nil {
		return fmt.Errorf("writing the end of a capture: %w", err)
	}
	return nil
}

// add counts a packet.
func (t *tally) add(at time.Time) {
	if t.written++; t.written == 1 {
		t.first, t.last = at, at
	}
	if at.After(t.last) {
		t.last = at
	}
}

// optional is text as it fits into an option: valid and at most 65535 bytes.
func optional(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	if len(text) <= math.MaxUint16 {
		return text
	}
	end := math.MaxUint16
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
