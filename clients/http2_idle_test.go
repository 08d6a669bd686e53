package clients

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rstorm/results"
)

// A GOAWAY on an idle connection is obeyed as an announced close, an end of the
// connection is not looked for.
func TestHTTP2IdleEnds(t *testing.T) {
	for _, tt := range []struct {
		name  string
		end   func(h *h2peer)
		known func(c *http2) bool
		want  map[string]string
	}{
		{"GOAWAY", func(h *h2peer) { h.goAway(1, codeNone); h.serveOn() }, func(c *http2) bool { return c.frames.leaving() },
			map[string]string{"naive": anew, "retry": anew}},
		{"FIN", func(*h2peer) {}, func(c *http2) bool { return c.client.Err() != nil },
			map[string]string{"naive": "closed 0: send 1/2 closed", "retry": "ok 200: send 1/2 closed; done 2/1 ok"}},
		{"RST", func(h *h2peer) { h.peer.reset() }, func(c *http2) bool { return c.client.Err() != nil },
			map[string]string{"naive": "reset 0: send 1/2 reset", "retry": "ok 200: send 1/2 reset; done 2/1 ok"}},
	} {
		for name, want := range tt.want {
			for _, protocol := range []results.Protocol{results.H2, results.H2C} {
				t.Run(strings.Join([]string{tt.name, name, string(protocol)}, "/"), func(t *testing.T) {
					t.Parallel()
					over := make(chan struct{}, 1)
					var ended atomic.Bool
					_, n := serveH2(t, protocol, func(h *h2peer) {
						h.answer(h.request())
						if ended.CompareAndSwap(false, true) {
							<-over
							tt.end(h)
							return
						}
						h.serveOn()
					})
					c := start(t, kind(t, name), n)
					expect(t, do(t, c, command("PUT", 0)), first)
					over <- struct{}{}
					for deadline := time.Now().Add(giveUp); !tt.known(rested(c).exchanger.(*http2)); time.Sleep(time.Millisecond) {
						if time.Now().After(deadline) {
							t.Fatal("the end never came")
						}
					}
					expect(t, do(t, c, command("PUT", 1)), want)
				})
			}
		}
	}
}

// A command that runs out of time gives up its stream and leaves the connection
// to the next; within an answer it takes the connection along.
func TestHTTP2TimesOut(t *testing.T) {
	for _, tt := range []struct {
		name   string
		device func(h *h2peer, stream uint32)
		want   string
		next   string
	}{
		{"before the answer", func(*h2peer, uint32) {}, "timed-out 0: wait 1/1 timed-out", second},
		{"within the answer", (*h2peer).begin, "timed-out 200: body 1/1 timed-out", anew},
	} {
		for _, protocol := range []results.Protocol{results.H2, results.H2C} {
			t.Run(tt.name+"/"+string(protocol), func(t *testing.T) {
				t.Parallel()
				var mute atomic.Bool
				_, n := serveH2(t, protocol, func(h *h2peer) {
					stream := h.request()
					if mute.CompareAndSwap(false, true) {
						tt.device(h, stream)
					} else {
						h.answer(stream)
					}
					h.serveOn()
				})
				c := start(t, Raw{}, n)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				expect(t, c.Do(ctx, command("GET", 0)), tt.want)
				expect(t, do(t, c, command("GET", 1)), tt.next)
			})
		}
	}
}

// An answer is verified over HTTP/2 as over HTTP/1.1; how its connection ends
// afterwards is not held against it.
func TestHTTP2AnswerIsVerified(t *testing.T) {
	literal := func(name, value string) string {
		return "\x00" + string(rune(len(name))) + name + string(rune(len(value))) + value
	}
	for _, tt := range []struct{ name, fields, want string }{
		{"another command's", literal("x-command-id", "9-9"), "failed 200: head 1/1 failed"},
		{"another body's digest", literal("content-digest", digestOfOK[:len(digestOfOK)-4]+"AA=:"), "truncated 200: body 1/1 truncated"},
		{"its own", literal("x-command-id", "0-0") + literal("content-digest", digestOfOK), first},
	} {
		for _, name := range every {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				_, n := serveH2(t, results.H2C, func(h *h2peer) {
					if stream := h.request(); stream != 0 {
						h.frame(frameHeaders, 0x4, stream, okHead("2")+tt.fields)
						h.frame(frameData, flagEndStream, stream, "ok")
						h.peer.reset()
					}
				})
				expect(t, do(t, start(t, kind(t, name), n), command("PUT", 0)), tt.want)
			})
		}
	}
}

// A stream that is reset before the device has taken the body ends in sending:
// the window (RFC 9113 section 6.9.2) leaves 65535 bytes to send.
func TestHTTP2ResetWhileSending(t *testing.T) {
	for _, name := range every {
		_, n := serveH2(t, results.H2C, func(h *h2peer) {
			stream := uint32(0)
			for h.taken < 65535 {
				kind, _, on := h.read()
				if kind == 0xff {
					return
				}
				stream = max(stream, on)
			}
			h.rst(stream, codeCancel)
			h.serveOn()
		})
		cmd := command("PUT", 0)
		cmd.Body = make([]byte, 100_000)
		expect(t, do(t, start(t, kind(t, name), n), cmd), "failed 0: send 1/1 failed")
	}
}

// Only what HTTP/2 says was not processed is sent again, if that is asked for.
func TestRetryOfTheUnprocessed(t *testing.T) {
	for _, b := range blows {
		want, safe := map[string]string{
			"GOAWAY below, then silence": "ok 200: wait 1/1 closed; done 2/1 ok",
			"GOAWAY below with an error": "ok 200: wait 1/1 closed; done 2/1 ok",
			"RST_STREAM REFUSED_STREAM":  "ok 200: wait 1/1 failed; done 2/1 ok",
			"RST_STREAM CANCEL":          "failed 0: wait 1/1 failed",
			"GOAWAY at, then FIN":        "closed 0: wait 1/1 closed",
		}[b.name]
		if !safe {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			_, n := strikes(t, b, results.H2C)
			expect(t, do(t, start(t, Raw{Retry: Retry{When: Any, Attempts: 3, On: []Trigger{Unprocessed}}}, n), command("PUT", 0)), want)
		})
	}
}

// Errors of HTTP/2 name the frame, its code, and no address or stream.
func TestHTTP2ErrorsAreNamed(t *testing.T) {
	for _, tt := range []struct{ blow, errno, text string }{
		{"RST_STREAM ENHANCE_YOUR_CALM", "RST_STREAM", "waiting for an answer: stream reset: ENHANCE_YOUR_CALM"},
		{"RST_STREAM REFUSED_STREAM", "RST_STREAM", "waiting for an answer: stream reset: REFUSED_STREAM, not processed"},
		{"GOAWAY below with an error", "GOAWAY", "waiting for an answer: GOAWAY from the device: INTERNAL_ERROR, not processed: EOF"},
		{"GOAWAY at, then FIN", "GOAWAY", "waiting for an answer: GOAWAY from the device: NO_ERROR: EOF"},
		{"FIN", "EOF", "waiting for an answer: EOF before an answer"},
	} {
		for _, b := range blows {
			if b.name != tt.blow {
				continue
			}
			_, n := serveH2(t, results.H2, func(h *h2peer) { b.strike(h, h.request()) })
			r := do(t, start(t, Raw{}, n), command("PUT", 0))
			if r.Err == nil || r.Err.Error() != tt.text || results.Errno(r.Err) != tt.errno {
				t.Errorf("%s: %q: %v", tt.blow, results.Errno(r.Err), r.Err)
			}
		}
	}
	if got := errorCode(99).String(); got != "code 99" {
		t.Errorf("an unknown code reads %q", got)
	}
}

// Frames are found however the bytes come.
func TestScannerTakesPieces(t *testing.T) {
	var wire strings.Builder
	wire.WriteString(strings.Repeat("p", prefaceLength))
	for _, f := range []string{
		"\x00\x00\x00\x04\x00\x00\x00\x00\x00",
		"\x00\x00\x03\x01\x05\x80\x00\x00\x03abc",
		"\x00\x00\x0b\x07\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02why",
		"\x00\x01\x00\x00\x01\x00\x00\x00\x03" + strings.Repeat("x", 256),
	} {
		wire.WriteString(f)
	}
	type frame struct {
		kind, flags byte
		stream      uint32
		payload     string
	}
	want := []frame{{4, 0, 0, ""}, {1, 5, 3, "abc"}, {7, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x02"}, {0, 1, 3, "xxxxxxxx"}}
	for size := 1; size <= wire.Len(); size++ {
		s := scanner{skip: prefaceLength}
		var got []frame
		for rest := wire.String(); rest != ""; {
			n := min(size, len(rest))
			s.scan([]byte(rest[:n]), func(kind, flags byte, stream uint32, payload []byte) {
				got = append(got, frame{kind, flags, stream, string(payload)})
			})
			rest = rest[n:]
		}
		if len(got) != len(want) {
			t.Fatalf("in pieces of %d: %v", size, got)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("in pieces of %d: frame %d is %v, want %v", size, i, got[i], want[i])
			}
		}
	}
}

// A device without HTTP/2 is told as such, not spoken to.
func TestDeviceWithoutHTTP2(t *testing.T) {
	_, n := serveTLS(t, func(p *peer, _ *tls.Conn) { answers(whole)(p) })
	n.Protocol = results.H2
	r := do(t, start(t, Raw{}, n), command("PUT", 0))
	expect(t, r, "failed 0: handshake 1/0 failed") // by an alert: ALPN finds no common ground
	if results.Errno(r.Err) != "alert" {
		t.Errorf("got %v", r.Err)
	}
}

// A transport that is given the network speaks what the scenario asks for.
func TestPlugNetwork(t *testing.T) {
	for _, protocol := range []results.Protocol{results.HTTP, results.HTTPS, results.H2, results.H2C} {
		n, seen := standard(t, protocol)
		c := start(t, PlugNetwork(func(n Network) http.RoundTripper { return netHTTP(n) }), n)
		expect(t, do(t, c, command("PUT", 0)), first)
		expect(t, do(t, c, command("PUT", 1)), second)
		if got := <-seen; (got.major == 2) != protocol.HTTP2() || got.tls != protocol.TLS() {
			t.Errorf("%s: the device saw %+v", protocol, got)
		}
	}
}
