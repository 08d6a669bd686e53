package device

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"rstorm/faults"
	"rstorm/results"
)

// hostile lists what no client may send, and what it gets for that: a GOAWAY
// and the end, or only its stream reset.
var hostile = []struct {
	name string
	send func(*peer)
	want string
}{
	{"a ping on a stream", func(p *peer) { p.must(p.WriteRawFrame(http2.FramePing, 0, 1, make([]byte, 8))) }, "GOAWAY 0 PROTOCOL_ERROR"},
	{"a short ping", func(p *peer) { p.must(p.WriteRawFrame(http2.FramePing, 0, 0, make([]byte, 7))) }, "GOAWAY 0 FRAME_SIZE_ERROR"},
	{"a huge frame", func(p *peer) { p.must(p.WriteRawFrame(http2.FrameData, 0, 1, make([]byte, 16<<10+1))) }, "GOAWAY 0 FRAME_SIZE_ERROR"},
	{"data on no stream", func(p *peer) { p.must(p.WriteRawFrame(http2.FrameData, 0, 0, nil)) }, "GOAWAY 0 PROTOCOL_ERROR"},
	{"data on an idle stream", func(p *peer) { p.must(p.WriteData(7, true, nil)) }, "GOAWAY 0 PROTOCOL_ERROR"},
	{"credit for an idle stream", func(p *peer) { p.must(p.WriteWindowUpdate(7, 1)) }, "GOAWAY 0 PROTOCOL_ERROR"},
	{"too much credit", func(p *peer) { p.must(p.WriteWindowUpdate(0, 1<<31-1)) }, "GOAWAY 0 FLOW_CONTROL_ERROR"},
	{"a window too wide", func(p *peer) {
		p.must(p.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 31}))
	}, "GOAWAY 0 FLOW_CONTROL_ERROR"},
	{"a push", func(p *peer) {
		p.must(p.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2, EndHeaders: true}))
	}, "GOAWAY 0 PROTOCOL_ERROR"},
	{"a request on an even stream", func(p *peer) { p.head(2, true, fields("GET", "0-1")...) }, "GOAWAY 0 PROTOCOL_ERROR"},
	{"a continuation of nothing", func(p *peer) { p.must(p.WriteContinuation(1, true, nil)) }, "GOAWAY 0 PROTOCOL_ERROR"},
	{"a head that does not unpack", func(p *peer) {
		p.must(p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0xff, 0xff, 0xff}, EndHeaders: true, EndStream: true}))
	}, "GOAWAY 0 COMPRESSION_ERROR"},
	{"another frame within a head", func(p *peer) {
		p.must(p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: p.encode(fields("GET", "0-1"))}))
		p.must(p.WritePing(false, [8]byte{}))
	}, "GOAWAY 0 PROTOCOL_ERROR"},
	{"pings without end", func(p *peer) { p.flood(func() error { return p.WritePing(true, [8]byte{}) }) }, "GOAWAY 0 ENHANCE_YOUR_CALM"},
	{"settings without end", func(p *peer) { p.flood(p.WriteSettingsAck) }, "GOAWAY 0 ENHANCE_YOUR_CALM"},
	{"continuations without end", func(p *peer) {
		p.must(p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: p.encode(fields("GET", "0-1"))}))
		p.flood(func() error { return p.WriteContinuation(1, false, nil) })
	}, "GOAWAY 0 ENHANCE_YOUR_CALM"},
	{"nothing in data without end", func(p *peer) {
		p.head(1, false, fields("PUT", "0-1")...)
		p.flood(func() error { return p.WriteData(1, false, nil) })
	}, "GOAWAY 1 ENHANCE_YOUR_CALM"},
	{"requests given up without end", func(p *peer) {
		id := uint32(1)
		p.flood(func() error {
			p.head(id, false, fields("PUT", "0-1")...)
			id += 2
			return p.WriteRSTStream(id-2, http2.ErrCodeCancel)
		})
	}, "GOAWAY ENHANCE_YOUR_CALM"}, // after as many as it took
	{"a length that is wrong", func(p *peer) {
		p.head(1, false, append(fields("PUT", "0-1"), "content-length", "3")...)
		p.must(p.WriteData(1, true, []byte("on")))
	}, "RST_STREAM 1 PROTOCOL_ERROR"},
	{"trailers that end nothing", func(p *peer) {
		p.head(1, false, fields("PUT", "0-1")...)
		p.head(1, false, "x-a", "b")
	}, "RST_STREAM 1 PROTOCOL_ERROR"},
	{"a field of HTTP/1.1", func(p *peer) { p.head(1, true, append(fields("GET", "0-1"), "connection", "close")...) }, "RST_STREAM 1 PROTOCOL_ERROR"},
	{"a field in capitals", func(p *peer) { p.head(1, true, append(fields("GET", "0-1"), "X-A", "b")...) }, "RST_STREAM 1 PROTOCOL_ERROR"},
	{"no path", func(p *peer) { p.head(1, true, ":method", "GET", ":scheme", "https") }, "RST_STREAM 1 PROTOCOL_ERROR"},
	{"a status in a request", func(p *peer) { p.head(1, true, ":status", "200") }, "RST_STREAM 1 PROTOCOL_ERROR"},
	{"no more credit than none", func(p *peer) {
		p.head(1, false, fields("PUT", "0-1")...)
		p.must(p.WriteRawFrame(http2.FrameWindowUpdate, 0, 1, make([]byte, 4)))
	}, "RST_STREAM 1 PROTOCOL_ERROR"},
	{"too much credit for a stream", func(p *peer) {
		p.head(1, false, fields("PUT", "0-1")...)
		p.must(p.WriteWindowUpdate(1, 1<<31-1))
	}, "RST_STREAM 1 FLOW_CONTROL_ERROR"},
}

// flood sends more than the device puts up with, or until it does not.
func (p *peer) flood(send func() error) {
	for range maxIdling + 10 {
		if send() != nil {
			return
		}
	}
}

func TestAHostileClientIsToldAndTheDeviceLives(t *testing.T) {
	for _, s := range hostile {
		t.Run(s.name, func(t *testing.T) {
			d := switchOnSpeaking(t, results.H2C, Profile{})
			p := call(t, d)
			p.AllowIllegalWrites = true
			s.send(p)
			got, _, err := p.next()
			for err == nil && (strings.HasPrefix(got, "WINDOW_UPDATE") || strings.HasPrefix(got, "SETTINGS ACK") || strings.HasSuffix(got, "REFUSED_STREAM")) {
				got, _, err = p.next()
			}
			verb, code, _ := strings.Cut(s.want, " ")
			if err != nil || !strings.HasPrefix(got, verb) || !strings.HasSuffix(got, code) {
				t.Fatalf("received %q, %v, want %q", got, err, s.want)
			}
			if verb == "GOAWAY" {
				p.TCPConn.Close()
				if got := ended(t, d, 1); got.Ended != RequestRejected {
					t.Errorf("connection %+v", got)
				}
			} else {
				p.put(3, "0-2")
				p.expect("HEADERS 3 200", "DATA 3 END")
			}
			if executions(d, "0-1") != 0 {
				t.Errorf("ledger %+v", d.Ledger())
			}
		})
	}
}

func TestARefusedStreamIsOneTooMany(t *testing.T) {
	d := switchOnSpeaking(t, results.H2C, Profile{})
	p := call(t, d)
	for i := range maxStreams {
		p.head(uint32(2*i+1), false, fields("PUT", fmt.Sprint("0-", i))...)
	}
	p.head(2*maxStreams+1, true, fields("GET", "1-1")...)
	p.expect(fmt.Sprintf("RST_STREAM %d REFUSED_STREAM", 2*maxStreams+1))
	p.must(p.WriteData(1, true, nil))
	p.expect("HEADERS 1 200", "DATA 1 END") // that one makes room
	p.put(2*maxStreams+3, "1-2")
	p.expect(fmt.Sprintf("HEADERS %d 200", 2*maxStreams+3), fmt.Sprintf("DATA %d END", 2*maxStreams+3))
	p.hangUp()
	if ended(t, d, 1); len(d.Ledger()) != 2 {
		t.Errorf("ledger %+v", d.Ledger())
	}
}

func TestWhatIsNoPrefaceIsTurnedAway(t *testing.T) {
	for _, sent := range []string{get("0-1"), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r", http2.ClientPreface + strings.Repeat("\x00", 30)} {
		d := switchOnSpeaking(t, results.H2C, Profile{})
		p := bareCall(t, d)
		_, err := io.WriteString(p.conn, sent)
		p.must(err)
		p.expect("SETTINGS", "GOAWAY 0 PROTOCOL_ERROR")
		p.TCPConn.Close()
		if got := ended(t, d, 1); got.Ended != RequestRejected {
			t.Errorf("%q: connection %+v", sent, got)
		}
	}
}

// script is what a client of HTTP/2 sends, as it stands on the wire.
func script(t testing.TB, send func(*peer)) []byte {
	var sent bytes.Buffer
	sent.WriteString(http2.ClientPreface)
	p := &peer{client: &client{t: new(testing.T)}}
	p.Framer = http2.NewFramer(&sent, nil)
	p.AllowIllegalWrites = true
	p.encoder = newEncoder(p)
	p.must(p.WriteSettings())
	send(p)
	return sent.Bytes()
}

func FuzzHTTP2(f *testing.F) {
	for _, s := range hostile {
		if !strings.HasSuffix(s.want, "CALM") { // those are long
			f.Add(script(f, s.send))
		}
	}
	f.Add(script(f, func(p *peer) {
		p.put(1, "0-1")
		p.head(3, true, fields("GET", "0-2")...)
		p.must(p.WriteGoAway(0, http2.ErrCodeNo, nil))
	}))
	d, err := start(Config{Protocol: results.H2C, Profile: Profile{Faults: []faults.Fault{
		{Effect: faults.RSTStream, Point: faults.Response, Bytes: 3, Error: faults.Cancel, Selector: faults.Selector{Commands: []string{"0-2"}}},
		{Effect: faults.Stall, Point: faults.AfterForward, Delay: faults.After(time.Microsecond), Selector: faults.Selector{Commands: []string{"0-1"}}},
	}}}, clock{now: sinceNow(), wait: faults.Wait})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { d.Close() })
	f.Fuzz(func(t *testing.T, sent []byte) {
		conn, err := net.DialTimeout("tcp", d.Addr(), patience)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		var sending sync.WaitGroup
		defer sending.Wait()
		sending.Go(func() {
			_, _ = conn.Write(sent) // the device may have had enough before the end
			_ = conn.(*net.TCPConn).CloseWrite()
		})
		received, err := io.Copy(io.Discard, conn)
		if err, ok := err.(net.Error); ok && err.Timeout() {
			t.Fatalf("the device neither ends nor answers; so far %d bytes", received)
		}
		// Every frame sent costs 9 bytes at least, and an answer has a bound.
		if limit := int64(1<<10 + 512*len(sent)); received > limit {
			t.Errorf("%d bytes for %d", received, len(sent))
		}
	})
}
