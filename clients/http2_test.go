package clients

import (
	"strings"
	"sync/atomic"
	"testing"

	"rstorm/results"
)

const (
	codeNone     errorCode = 0
	codeInternal errorCode = 2
	codeCancel   errorCode = 8
	codeCalm     errorCode = 11
)

// A blow is how the first request of a server ends; all others are answered. It
// says what each strategy makes of that and of the command after it.
type blow struct {
	name                           string
	strike                         func(h *h2peer, stream uint32)
	naive, close, retry, goDefault [2]string // refresh is as close
}

// Replies to the command that is struck.
const (
	lostTo    = "closed 0: wait 1/1 closed"
	resetBy   = "reset 0: wait 1/1 reset"
	failedBy  = "failed 0: wait 1/1 failed"
	afterLost = "ok 200: wait 1/1 closed; done 2/1 ok"
	afterRST  = "ok 200: wait 1/1 reset; done 2/1 ok"
	afterFail = "ok 200: wait 1/1 failed; done 2/1 ok"
	further   = "ok 200: done 2/2 ok"
)

var blows = []blow{
	{"GOAWAY below, then silence", func(h *h2peer, stream uint32) { h.goAway(stream-1, codeNone); h.serveOn() },
		[2]string{lostTo, anew}, [2]string{lostTo, anew}, [2]string{afterLost, further}, [2]string{afterFail, further}},
	{"GOAWAY below with an error", func(h *h2peer, stream uint32) { h.goAway(stream-1, codeInternal); h.serveOn() },
		[2]string{lostTo, anew}, [2]string{lostTo, anew}, [2]string{afterLost, further}, [2]string{failedBy, anew}},
	{"GOAWAY at, then the answer", func(h *h2peer, stream uint32) { h.goAway(stream, codeNone); h.answer(stream); h.serveOn() },
		[2]string{first, anew}, [2]string{first, anew}, [2]string{first, anew}, [2]string{first, anew}},
	{"GOAWAY at, then FIN", func(h *h2peer, stream uint32) { h.goAway(stream, codeNone) },
		[2]string{lostTo, anew}, [2]string{lostTo, anew}, [2]string{afterLost, further}, [2]string{lostTo, anew}},
	{"GOAWAY at, then RST", func(h *h2peer, stream uint32) { h.goAway(stream, codeNone); h.peer.reset() },
		[2]string{resetBy, anew}, [2]string{resetBy, anew}, [2]string{afterRST, further}, [2]string{resetBy, anew}},
	{"RST_STREAM REFUSED_STREAM", func(h *h2peer, stream uint32) { h.rst(stream, codeRefusedStream); h.serveOn() },
		[2]string{failedBy, second}, [2]string{failedBy, anew}, [2]string{afterFail, further}, [2]string{"ok 200: wait 1/1 failed; done 1/2 ok", third}},
	{"RST_STREAM CANCEL", func(h *h2peer, stream uint32) { h.rst(stream, codeCancel); h.serveOn() },
		[2]string{failedBy, second}, [2]string{failedBy, anew}, [2]string{failedBy, second}, [2]string{failedBy, second}},
	{"RST_STREAM INTERNAL_ERROR", func(h *h2peer, stream uint32) { h.rst(stream, codeInternal); h.serveOn() },
		[2]string{failedBy, second}, [2]string{failedBy, anew}, [2]string{failedBy, second}, [2]string{failedBy, second}},
	{"RST_STREAM ENHANCE_YOUR_CALM", func(h *h2peer, stream uint32) { h.rst(stream, codeCalm); h.serveOn() },
		[2]string{failedBy, second}, [2]string{failedBy, anew}, [2]string{failedBy, second}, [2]string{failedBy, second}},
	{"FIN", func(*h2peer, uint32) {},
		[2]string{lostTo, anew}, [2]string{lostTo, anew}, [2]string{afterLost, further}, [2]string{lostTo, anew}},
	{"RST", func(h *h2peer, _ uint32) { h.peer.reset() },
		[2]string{resetBy, anew}, [2]string{resetBy, anew}, [2]string{afterRST, further}, [2]string{resetBy, anew}},
}

// strikes is a server whose first request meets b.
func strikes(t *testing.T, b blow, protocol results.Protocol) (*server, Network) {
	var struck atomic.Bool
	return serveH2(t, protocol, func(h *h2peer) {
		stream := h.request()
		switch {
		case stream == 0:
		case struck.CompareAndSwap(false, true):
			b.strike(h, stream)
		default:
			h.answer(stream)
			h.serveOn()
		}
	})
}

// What each strategy makes of each blow, PUT or GET, over TLS or not. The
// attempts on record are the requests on the wire, to the unit.
func TestHTTP2Dies(t *testing.T) {
	for _, b := range blows {
		for name, want := range map[string][2]string{"naive": b.naive, "close": b.close, "refresh": b.close, "retry": b.retry, "go-default": b.goDefault} {
			for _, method := range []string{"PUT", "GET"} {
				for _, protocol := range []results.Protocol{results.H2, results.H2C} {
					t.Run(strings.Join([]string{b.name, name, method, string(protocol)}, "/"), func(t *testing.T) {
						t.Parallel()
						s, n := strikes(t, b, protocol)
						c := start(t, kind(t, name), n)
						one, two := do(t, c, command(method, 0)), do(t, c, command(method, 1))
						expect(t, renumbered(one, name), want[0])
						expect(t, renumbered(two, name), want[1])
						s.mu.Lock()
						defer s.mu.Unlock()
						if got := s.received["requests"]; got != len(one.Attempts)+len(two.Attempts) {
							t.Errorf("%d requests on the wire, on record %d and %d", got, len(one.Attempts), len(two.Attempts))
						}
						// net/http may dial in vain, and write on after a FIN until it is reset.
						got := n.Dialer.Counts()
						if name != "go-default" && (got.Resets != s.resets || got.Dials != s.dials) || got.Resets < s.resets {
							t.Errorf("the dialer counted %+v, the device %d connections and %d resets", got, s.dials, s.resets)
						}
					})
				}
			}
		}
	}
}

// renumbered leaves out connections that net/http dialled for a command and
// then had no need for: which these are is a race within it.
func renumbered(r results.Reply, strategy string) results.Reply {
	if strategy != "go-default" {
		return r
	}
	for i := range r.Attempts {
		r.Attempts[i].Connection = min(r.Attempts[i].Connection, 2)
	}
	return r
}

// An answer that began and was cut is truncated, but for a reset of the
// connection.
func TestHTTP2AnswerIsCut(t *testing.T) {
	for _, tt := range []struct {
		name   string
		device func(h *h2peer, stream uint32)
		want   string
	}{
		{"RST_STREAM", func(h *h2peer, stream uint32) { h.rst(stream, codeInternal); h.serveOn() }, "truncated 200: body 1/1 truncated"},
		{"FIN", func(*h2peer, uint32) {}, "truncated 200: body 1/1 truncated"},
		{"GOAWAY at, then FIN", func(h *h2peer, stream uint32) { h.goAway(stream, codeNone) }, "truncated 200: body 1/1 truncated"},
		{"RST", func(h *h2peer, _ uint32) { h.peer.reset() }, "reset 200: body 1/1 reset"},
		{"too short", func(h *h2peer, stream uint32) { h.frame(frameData, flagEndStream, stream, ""); h.serveOn() }, "truncated 200: body 1/1 truncated"},
	} {
		for _, name := range every {
			for _, protocol := range []results.Protocol{results.H2, results.H2C} {
				t.Run(tt.name+"/"+name+"/"+string(protocol), func(t *testing.T) {
					t.Parallel()
					_, n := serveH2(t, protocol, func(h *h2peer) {
						if stream := h.request(); stream != 0 {
							h.begin(stream)
							tt.device(h, stream)
						}
					})
					settings := kind(t, name)
					if raw, ok := settings.(Raw); ok {
						raw.Retry = Retry{}
						settings = raw
					}
					c := start(t, settings, n)
					expect(t, do(t, c, command("GET", 0)), tt.want)
				})
			}
		}
	}
}
