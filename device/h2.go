package device

import (
	"bufio"
	"bytes"
	"io"
	"sync"
	"sync/atomic"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// Bounds of HTTP/2, beside those of a request.
const (
	maxStreams = 100      // open at once; one more is refused (RFC 9113 section 5.1.2)
	maxServed  = 1000     // so too, with those that only the device is not done with
	maxIdling  = 10_000   // frames between two answers that ask for nothing
	maxFrames  = 64 << 10 // bytes of a frame, or of a head and its continuations
	h2Window   = 1<<16 - 1
)

// h2 is a connection that speaks HTTP/2 (RFC 9113). One goroutine reads it,
// and each request has one of its own. Unlike over HTTP/1.1 it is read all the
// time: what a fault that closes it finds unread has only just arrived.
type h2 struct {
	c      *connection // the reader's own
	framer *http2.Framer
	ended  chan struct{}  // closed when nothing is read any more
	tasks  sync.WaitGroup // the streams' goroutines
	idling atomic.Int64   // frames since the last answer that asked for nothing
	credit int64          // bytes the client may still send; the reader's own

	hushing sync.Mutex // held while the connection is hushed

	writing sync.Mutex // guards what follows
	out     *bufio.Writer
	encoder *hpack.Encoder
	block   bytes.Buffer // what encoder wrote
	silent  bool         // nothing is written any more

	mu      sync.Mutex           // guards what follows
	streams map[uint32]*h2stream // those that the device is not done with
	open    int                  // of these, those that count for the client
	changed chan struct{}        // closed, and made anew, when something below or in a stream has changed
	highest uint32               // id of the newest stream that was taken on
	used    uint32               // id of the newest stream
	window  int64                // bytes of content that may be sent
	initial int64                // a new stream's window
	leaving Ending               // why the connection ends once no stream is open; empty if it does not
	blocked bool                 // the reader waits for bytes and must be woken when no stream is open any more
	parking *parking             // where the reader is to wait; nil is nowhere
}

// serveHTTP2 takes the connection from its preface to its end.
func (c *connection) serveHTTP2() {
	h := &h2{
		c:       c,
		ended:   make(chan struct{}),
		credit:  h2Window,
		out:     bufio.NewWriter(c.stream),
		streams: map[uint32]*h2stream{},
		changed: make(chan struct{}),
		window:  h2Window,
		initial: h2Window,
	}
	h.encoder = hpack.NewEncoder(&h.block)
	h.framer = http2.NewFramer(h.out, c.in)
	h.framer.ReadMetaHeaders = hpack.NewDecoder(4<<10, nil)
	h.framer.MaxHeaderListSize = maxHead
	h.framer.SetMaxReadFrameSize(16 << 10)
	c.h2, c.source.pause, c.source.exact = h, h.park, false
	defer h.tasks.Wait()
	defer close(h.ended)
	over := c.await() || h.greet()
	for !over {
		over = h.await() || h.next()
	}
}

// greet reads the client's preface and answers with the device's, which is its
// settings (RFC 9113 section 3.4).
func (h *h2) greet() (over bool) {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(h.c.in, preface); err != nil {
		return h.unreadable(err)
	}
	if h.write(func() error {
		return h.framer.WriteSettings(
			http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: maxStreams},
			http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: maxHead})
	}) {
		return true
	}
	if string(preface) != http2.ClientPreface {
		return h.fail(http2.ErrCodeProtocol)
	}
	h.c.source.budget = maxFrames
	f, err := h.framer.ReadFrame()
	if err != nil {
		return h.unreadable(err)
	}
	settings, ok := f.(*http2.SettingsFrame)
	if !ok || settings.IsAck() {
		return h.fail(http2.ErrCodeProtocol)
	}
	return h.set(settings)
}
