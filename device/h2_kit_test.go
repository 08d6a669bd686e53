package device

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"rstorm/results"
)

// multiplexed lists the two protocols that are.
var multiplexed = []results.Protocol{results.H2, results.H2C}

// peer is a bare client of HTTP/2.
type peer struct {
	*client // its socket
	conn    net.Conn
	*http2.Framer
	encoder *hpack.Encoder
	block   bytes.Buffer
}

// call makes a connection and exchanges prefaces.
func call(t *testing.T, d *Device, settings ...http2.Setting) *peer {
	t.Helper()
	p := bareCall(t, d)
	p.greet(settings...)
	p.expect("SETTINGS", "SETTINGS ACK")
	return p
}

// bareCall makes a connection and, if d speaks it, TLS.
func bareCall(t *testing.T, d *Device) *peer {
	t.Helper()
	c := dial(t, d)
	p := &peer{client: c, conn: c.TCPConn}
	if d.speaks.TLS() {
		p.conn = c.secure(d)
	}
	p.Framer = http2.NewFramer(p.conn, p.conn)
	p.ReadMetaHeaders = hpack.NewDecoder(4<<10, nil)
	p.encoder = hpack.NewEncoder(&p.block)
	return p
}

func (p *peer) greet(settings ...http2.Setting) {
	p.t.Helper()
	_, err := io.WriteString(p.conn, http2.ClientPreface)
	p.must(err)
	p.must(p.WriteSettings(settings...))
}

func (p *peer) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// fields are those of one of the two requests.
func fields(method, id string) []string {
	path := "/query/state"
	if method == "PUT" {
		path = "/put/ctrl"
	}
	return []string{":method", method, ":scheme", "https", ":authority", "device", ":path", path, strings.ToLower(results.IDHeader), id}
}

// head sends the head of a request.
func (p *peer) head(stream uint32, last bool, fields ...string) {
	p.t.Helper()
	p.must(p.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: p.encode(fields), EndHeaders: true, EndStream: last}))
}

func (p *peer) encode(fields []string) []byte {
	p.block.Reset()
	for pair := range slices.Chunk(fields, 2) {
		p.must(p.encoder.WriteField(hpack.HeaderField{Name: pair[0], Value: pair[1]}))
	}
	return p.block.Bytes()
}

// put sends a control command with a body.
func (p *peer) put(stream uint32, id string) {
	p.t.Helper()
	p.head(stream, false, fields("PUT", id)...)
	p.must(p.WriteData(stream, true, []byte("on")))
}

// next reads a frame and says what it is; content is that of DATA.
func (p *peer) next() (frame string, content []byte, err error) {
	f, err := p.ReadFrame()
	if err != nil {
		return "", nil, err
	}
	head := f.Header()
	frame = head.Type.String()
	if head.StreamID != 0 {
		frame += fmt.Sprint(" ", head.StreamID)
	}
	switch f := f.(type) {
	case *http2.MetaHeadersFrame:
		frame += " " + f.PseudoValue("status")
	case *http2.DataFrame:
		content = bytes.Clone(f.Data())
	case *http2.RSTStreamFrame:
		frame += " " + f.ErrCode.String()
	case *http2.GoAwayFrame:
		frame += fmt.Sprint(" ", f.LastStreamID, " ", f.ErrCode)
	}
	switch {
	case head.Type == http2.FrameSettings && head.Flags.Has(http2.FlagSettingsAck),
		head.Type == http2.FramePing && head.Flags.Has(http2.FlagPingAck):
		frame += " ACK"
	case (head.Type == http2.FrameHeaders || head.Type == http2.FrameData) && head.Flags.Has(http2.FlagHeadersEndStream):
		frame += " END"
	}
	return frame, content, nil
}

// expect reads frames, which must be these, and returns their content.
func (p *peer) expect(frames ...string) (content []byte) {
	p.t.Helper()
	for _, want := range frames {
		got, piece, err := p.next()
		if err != nil || got != want {
			p.t.Fatalf("received %q, %v, want %q", got, err, want)
		}
		content = append(content, piece...)
	}
	return content
}

// rest reads frames to the end of the connection.
func (p *peer) rest() (frames []string, content []byte, end error) {
	for {
		frame, piece, err := p.next()
		if err != nil {
			return frames, content, err
		}
		frames, content = append(frames, frame), append(content, piece...)
	}
}

// hangUp closes without a reset, as what is unread could make it one.
func (p *peer) hangUp() {
	p.t.Helper()
	p.must(p.CloseWrite())
	_, err := io.Copy(io.Discard, p.TCPConn)
	p.must(err)
	p.must(p.TCPConn.Close())
}

func newEncoder(p *peer) *hpack.Encoder { return hpack.NewEncoder(&p.block) }
