package clients

import (
	"slices"
	"strings"
	"testing"
)

// kept are the strategies that keep their connection, fresh those with a
// connection per command.
var (
	kept = []string{"naive", "peek", "events", "settle", "close-header-only",
		"retry", "retry-idempotent", "retry-stale-safe", "adaptive", "breaker", "go-default"}
	fresh = []string{"close", "refresh", "go-close", "go-refresh"}
	every = slices.Concat(kept, fresh)
	ours  = slices.DeleteFunc(slices.Clone(every), func(name string) bool { return strings.HasPrefix(name, "go-") })
)

func kind(t testing.TB, name string) Strategy {
	for _, k := range Kinds {
		if k.Name == name {
			return k.Defaults
		}
	}
	t.Fatalf("no strategy %q", name)
	return nil
}

// A behaviour is a device and what each strategy makes of it: one line per
// command, see tell.
type behaviour struct {
	name    string
	device  func(*peer)
	methods []string
	want    []expectation
}

type expectation struct {
	strategies []string
	replies    []string
}

// Commands that went well, by connection and exchange.
const (
	first  = "ok 200: done 1/1 ok"
	second = "ok 200: done 1/2 ok"
	third  = "ok 200: done 1/3 ok"
	anew   = "ok 200: done 2/1 ok"
)

var behaviours = []behaviour{
	{"keeps the connection", answers(whole), []string{"PUT", "GET", "GET"}, []expectation{
		{kept, []string{first, second, third}},
		{fresh, []string{first, anew, "ok 200: done 3/1 ok"}},
	}},
	{"announces its close", func(p *peer) {
		p.request()
		p.say("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok")
	}, []string{"PUT", "PUT"}, []expectation{{every, []string{first, anew}}}},
	{"speaks HTTP/1.0", func(p *peer) {
		p.request()
		p.say("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
	}, []string{"PUT", "PUT"}, []expectation{{every, []string{first, anew}}}},
	{"speaks HTTP/1.0 and keeps alive", answers("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"),
		[]string{"PUT", "PUT"}, []expectation{{kept, []string{first, second}}, {fresh, []string{first, anew}}}},
	{"ends the answer by closing", func(p *peer) {
		p.request()
		p.say("HTTP/1.1 200 OK\r\n\r\nok")
	}, []string{"PUT", "PUT"}, []expectation{{every, []string{first, anew}}}},
	{"answers in chunks", answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\n\r\n"),
		[]string{"PUT", "PUT"}, []expectation{{kept, []string{first, second}}, {fresh, []string{first, anew}}}},
	{"ends its chunks with a trailer", answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Took: 1\r\n\r\n"),
		[]string{"PUT", "PUT"}, []expectation{{kept, []string{first, second}}, {fresh, []string{first, anew}}}},
	{"answers HEAD", answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Digest: " + digestOfOK + "\r\n\r\n"),
		[]string{"HEAD", "HEAD"}, []expectation{{kept, []string{first, second}}, {fresh, []string{first, anew}}}},
	{"has no content", answers("HTTP/1.1 204 No Content\r\n\r\n"), []string{"PUT", "PUT"}, []expectation{
		{kept, []string{"ok 204: done 1/1 ok", "ok 204: done 1/2 ok"}},
		{fresh, []string{"ok 204: done 1/1 ok", "ok 204: done 2/1 ok"}},
	}},
	{"sends interim answers", answers("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + whole),
		[]string{"PUT", "PUT"}, []expectation{{kept, []string{first, second}}, {fresh, []string{first, anew}}}},
	{"echoes the id and the digest", func(p *peer) {
		for req := p.request(); req != nil; req = p.request() {
			p.say("HTTP/1.1 200 OK\r\nx-command-id: " + req.Header.Get("X-Command-Id") +
				"\r\nContent-Digest: sha-512=:x:, " + digestOfOK + "\r\nContent-Length: 2\r\n\r\nok")
		}
	}, []string{"PUT", "PUT"}, []expectation{{kept, []string{first, second}}, {fresh, []string{first, anew}}}},

	{"rejects", answers("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno"), []string{"PUT", "GET"}, []expectation{
		{kept, []string{"rejected 500: done 1/1 rejected", "rejected 500: done 1/2 rejected"}},
		{fresh, []string{"rejected 500: done 1/1 rejected", "rejected 500: done 2/1 rejected"}},
	}},
	{"redirects", answers("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"), []string{"GET"}, []expectation{
		{every, []string{"rejected 302: done 1/1 rejected"}},
	}},
	{"switches protocols", func(p *peer) {
		p.request()
		p.say("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
		p.hold()
	}, []string{"GET", "GET"}, []expectation{
		{every, []string{"rejected 101: done 1/1 rejected", "rejected 101: done 2/1 rejected"}},
	}},
	{"cuts the body with a FIN", func(p *peer) {
		p.request()
		p.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok")
	}, []string{"PUT", "PUT"}, []expectation{
		{every, []string{"truncated 200: body 1/1 truncated", "truncated 200: body 2/1 truncated"}},
	}},
	{"cuts its chunks with a FIN", func(p *peer) {
		p.request()
		p.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")
	}, []string{"PUT"}, []expectation{{every, []string{"truncated 200: body 1/1 truncated"}}}},
	{"cuts the head with a FIN", func(p *peer) {
		p.request()
		p.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")
	}, []string{"PUT"}, []expectation{
		{every, []string{"truncated 0: head 1/1 truncated"}},
	}},
	{"cuts a body of unknown length, which its digest tells", func(p *peer) {
		p.request()
		p.say("HTTP/1.1 200 OK\r\nContent-Digest: " + digestOfOK + "\r\n\r\no")
	}, []string{"PUT"}, []expectation{{every, []string{"truncated 200: body 1/1 truncated"}}}},
	{"changes the body, which its digest tells", answers("HTTP/1.1 200 OK\r\nContent-Digest: " + digestOfOK + "\r\nContent-Length: 2\r\n\r\nko"),
		[]string{"PUT", "PUT"}, []expectation{
			{ours, []string{"truncated 200: body 1/1 truncated", "truncated 200: body 2/1 truncated"}},
			{[]string{"go-default"}, []string{"truncated 200: body 1/1 truncated", "truncated 200: body 1/2 truncated"}},
		}},
	{"sends a digest that is none", answers("HTTP/1.1 200 OK\r\nContent-Digest: sha-256=ok\r\nContent-Length: 2\r\n\r\nok"), []string{"PUT", "PUT"},
		[]expectation{{every, []string{"failed 200: body 1/1 failed", "failed 200: body 2/1 failed"}}}},
	{"answers another command", answers("HTTP/1.1 200 OK\r\nX-Command-Id: 9-9\r\nContent-Length: 2\r\n\r\nok"), []string{"PUT", "PUT"},
		[]expectation{{every, []string{"failed 200: head 1/1 failed", "failed 200: head 2/1 failed"}}}},
	{"is not HTTP", func(p *peer) {
		p.request()
		p.say("SSH-2.0-x\r\n")
		p.hold()
	}, []string{"PUT"}, []expectation{{every, []string{"failed 0: head 1/1 failed"}}}},
	{"speaks first, and not HTTP", func(p *peer) {
		p.say("SSH-2.0-x")
		p.hold()
	}, []string{"PUT"}, []expectation{
		{ours, []string{"failed 0: head 1/1 failed"}},
	}},
	{"sends bytes after the answer", func(p *peer) {
		p.request()
		p.say(whole + "ok")
		p.hold()
	}, []string{"PUT", "PUT"}, []expectation{
		{ours, []string{first, anew}},
	}},
	{"resets within the head", func(p *peer) {
		p.request()
		p.say("HTTP/1.1 200 OK\r\n")
		p.reset()
	}, []string{"PUT"}, []expectation{
		{[]string{"naive", "close", "refresh"}, []string{"reset 0: head 1/1 reset"}},
		// net/http takes the reset for the head's end: its caller gets an unexpected EOF.
		{[]string{"go-default"}, []string{"truncated 0: head 1/1 truncated"}},
		{[]string{"retry"}, []string{"reset 0: head 1/1 reset; head 2/1 reset; head 3/1 reset; head 4/1 reset"}},
	}},
	{"resets within the body", func(p *peer) {
		p.request()
		p.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok")
		p.reset()
	}, []string{"PUT"}, []expectation{
		{[]string{"naive", "close", "refresh", "go-default"}, []string{"reset 200: body 1/1 reset"}},
		{[]string{"retry"}, []string{"reset 200: body 1/1 reset; body 2/1 reset; body 3/1 reset; body 4/1 reset"}},
	}},

	{"closes instead of answering", func(p *peer) { p.request() }, []string{"PUT", "GET"}, []expectation{
		{[]string{"naive", "go-default", "close", "refresh", "retry-stale-safe", "settle"}, []string{"closed 0: wait 1/1 closed", "closed 0: wait 2/1 closed"}},
		{[]string{"retry"}, []string{"closed 0: wait 1/1 closed; wait 2/1 closed; wait 3/1 closed; wait 4/1 closed",
			"closed 0: wait 5/1 closed; wait 6/1 closed; wait 7/1 closed; wait 8/1 closed"}},
	}},
	{"resets instead of answering", func(p *peer) {
		p.request()
		p.reset()
	}, []string{"PUT", "GET"}, []expectation{
		{[]string{"naive", "go-default", "close", "refresh"}, []string{"reset 0: wait 1/1 reset", "reset 0: wait 2/1 reset"}},
		{[]string{"retry"}, []string{"reset 0: wait 1/1 reset; wait 2/1 reset; wait 3/1 reset; wait 4/1 reset",
			"reset 0: wait 5/1 reset; wait 6/1 reset; wait 7/1 reset; wait 8/1 reset"}},
	}},
	{"closes with the next request unread", func(p *peer) {
		p.request()
		p.say(whole)
		p.Read(make([]byte, 1)) // the next request is here, all but this byte unread
	}, []string{"PUT", "PUT", "GET", "GET"}, []expectation{
		// Looking helps nothing: there is nothing to see yet.
		{[]string{"naive", "peek", "events", "settle", "close-header-only", "retry-stale-safe"}, []string{first, "reset 0: wait 1/2 reset", anew, "reset 0: wait 2/2 reset"}},
		{[]string{"retry", "retry-idempotent"}, []string{first, "ok 200: wait 1/2 reset; done 2/1 ok",
			"ok 200: wait 2/2 reset; done 3/1 ok", "ok 200: wait 3/2 reset; done 4/1 ok"}},
		{[]string{"go-default"}, []string{first, "reset 0: wait 1/2 reset", anew, "ok 200: wait 2/2 reset; done 3/1 ok"}},
		{fresh, []string{first, anew, "ok 200: done 3/1 ok", "ok 200: done 4/1 ok"}},
	}},
	{"executes, then resets: each command the first time", func(p *peer) {
		for req := p.request(); req != nil; req = p.request() {
			if p.seq(req)%2 == 1 && !p.again(req) {
				p.reset()
				return
			}
			p.say(whole)
		}
	}, []string{"GET", "PUT", "GET", "GET"}, []expectation{
		{[]string{"naive", "peek", "events", "settle", "close-header-only", "retry-stale-safe"}, []string{first, "reset 0: wait 1/2 reset", anew, "reset 0: wait 2/2 reset"}},
		{[]string{"retry", "retry-idempotent"}, []string{first, "ok 200: wait 1/2 reset; done 2/1 ok", "ok 200: done 2/2 ok", "ok 200: wait 2/3 reset; done 3/1 ok"}},
		{[]string{"go-default"}, []string{first, "reset 0: wait 1/2 reset", anew, "ok 200: wait 2/2 reset; done 3/1 ok"}},
		{fresh, []string{first, "reset 0: wait 2/1 reset", "ok 200: done 3/1 ok", "reset 0: wait 4/1 reset"}},
	}},
}

// digestOfOK is the Content-Digest of "ok" (printf ok | openssl dgst -sha256 -binary | base64).
const digestOfOK = "sha-256=:Jok2eyBcFs4y7UIAlCuLix4mLfxw2byfvHfElpmk8d8=:"

// Every device, every strategy: replies and attempts are exact, no request is
// sent without an attempt on record, and every reset the device made shows.
func TestDevices(t *testing.T) {
	for _, b := range behaviours {
		for _, want := range b.want {
			for _, name := range want.strategies {
				t.Run(b.name+"/"+name, func(t *testing.T) {
					t.Parallel()
					s := serve(t, b.device)
					n := s.network()
					c := start(t, kind(t, name), n)
					for i, method := range b.methods {
						r := do(t, c, command(method, uint32(i)))
						expect(t, r, want.replies[i])
						if got := s.count(method, uint32(i)); got > len(r.Attempts) {
							t.Errorf("the device received %s %d times, %d attempts are on record", method, got, len(r.Attempts))
						}
					}
				})
			}
		}
	}
}
