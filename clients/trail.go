package clients

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
	"net/netip"
	"slices"
	"sync"
	"time"

	"rstorm/results"
)

// errResent is the end of an attempt that a transport sent again without its
// connection having told why.
var errResent = errors.New("the transport sent the command again")

// A trail is what shows of one command's attempts through the hooks of
// httptrace. The hooks come from several goroutines, and may come late.
type trail struct {
	mu       sync.Mutex
	over     bool // the command was reported: later hooks change nothing
	network  *Network
	began    time.Time
	attempts []results.Attempt
	dial     *Conn // made for the last attempt; nil if none was
	failed   bool  // the last attempt's dial or TLS handshake failed
	conn     *Conn // of the last attempt; nil if none or not ours
	sent     int64 // bytes that conn had taken before it
	cut      bool  // the answer's body could not be read, over HTTP/2
}

// trailKey is where a context holds the trail of its command, for the dials that
// are made for that.
type trailKey struct{}

// follow returns a context that leads a request's dials and hooks to the trail.
func (t *trail) follow(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(context.WithValue(ctx, trailKey{}, t), t.hooks())
}

// hooks returns the hooks that write the trail. GetConn begins an attempt, also
// when the transport sends a request again.
func (t *trail) hooks() *httptrace.ClientTrace {
	hooks := &httptrace.ClientTrace{
		GetConn:              func(string) { t.begin() },
		GotConn:              func(info httptrace.GotConnInfo) { t.got(info) },
		GotFirstResponseByte: func() { t.reached(results.PhaseHead) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				t.reached(results.PhaseWait)
			}
		},
	}
	if t.network.Protocol.TLS() {
		hooks.TLSHandshakeStart = t.shake
		hooks.TLSHandshakeDone = func(_ tls.ConnectionState, err error) { t.shaken(err) }
	}
	return hooks
}

// begin begins an attempt, unless the last one, over HTTP/2, has neither got a
// connection nor failed to: net/http calls GetConn again where it finds an
// HTTP/2 connection dead before its use.
func (t *trail) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	if n := len(t.attempts); n > 0 {
		last := &t.attempts[n-1]
		waits := before(last.Phase, results.PhaseSend) && !t.failed
		if waits && t.network.Protocol.HTTP2() {
			last.Phase, last.Connection, last.Local, t.dial = results.PhaseConnect, 0, netip.AddrPort{}, nil
			return
		}
		t.close(0, t.told(errResent))
	}
	t.attempts = append(t.attempts, results.Attempt{Phase: results.PhaseConnect, Sent: time.Now()})
	t.conn, t.dial, t.failed = nil, nil, false
}

// dialled notes how a dial for the command ended; conn is nil if it failed.
func (t *trail) dialled(conn *Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dial, t.failed = conn, t.failed || conn == nil
}

// shake notes the beginning of a TLS handshake, on the connection that was
// dialled last for the command.
func (t *trail) shake() {
	t.reached(results.PhaseHandshake)
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over && len(t.attempts) > 0 && t.dial != nil {
		a := &t.attempts[len(t.attempts)-1]
		a.Connection, a.Local = t.dial.number, t.dial.local
	}
}

func (t *trail) shaken(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = t.failed || err != nil
}

func (t *trail) got(info httptrace.GotConnInfo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over || len(t.attempts) == 0 {
		return
	}
	a := &t.attempts[len(t.attempts)-1]
	a.Phase = results.PhaseSend
	beneath := info.Conn
	if tls, ok := beneath.(*tls.Conn); ok {
		beneath = tls.NetConn()
	}
	if conn, ok := beneath.(*Conn); ok {
		t.conn = conn
		t.sent = conn.sent.Load()
		a.Connection, a.Local, a.Exchange = conn.number, conn.local, int(conn.exchanges.Add(1))
	}
}

// reached moves the last attempt on to p. A request may be answered before it
// was wholly written, so hooks may come in any order; no phase is left behind.
func (t *trail) reached(p results.Phase) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over || len(t.attempts) == 0 {
		return
	}
	if a := &t.attempts[len(t.attempts)-1]; before(a.Phase, p) {
		a.Phase = p
	}
}

// close ends the last attempt. The lock is held. To net/http a request is
// written once it is in its own buffer; the connection knows better.
func (t *trail) close(status int, err error) *results.Attempt {
	a := &t.attempts[len(t.attempts)-1]
	if a.Phase == results.PhaseWait && t.conn != nil && t.conn.sent.Load() == t.sent {
		a.Phase = results.PhaseSend
	}
	a.Done = time.Now()
	a.Outcome, a.Err = judge(status, explain(a.Phase, err))
	return a
}

// reply ends the trail with what the transport returned. For a transport that
// called no hook it holds one attempt that says only what is known.
func (t *trail) reply(ctx context.Context, status int, err error) results.Reply {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	if len(t.attempts) == 0 {
		t.attempts = []results.Attempt{{Sent: t.began}}
		if err == nil {
			t.attempts[0].Phase = results.PhaseDone
		}
	}
	if err != nil && ctx.Err() == nil {
		err = t.told(err)
	}
	last := t.close(status, ended(ctx, err))
	return results.Reply{Outcome: last.Outcome, Status: status, Err: last.Err, Attempts: t.attempts}
}

// told adds to err what the last attempt's connection told, where err hides
// that: net/http has errors of its own that say neither closed nor reset. After
// the first byte of an answer an error is about that answer, but for two that
// hide the connection's: those that end a body over HTTP/2, and [net.ErrClosed],
// which is what is left for one half of a transport when the other half has met
// the end.
func (t *trail) told(err error) error {
	phase := t.attempts[len(t.attempts)-1].Phase
	answered := !before(phase, results.PhaseHead)
	stream, reset := errors.AsType[streamError](err)
	switch {
	case reset && answered:
		return fmt.Errorf("%w: %w", results.ErrTruncated, stream)
	case reset:
		return stream
	case phase == results.PhaseHandshake:
		return shaken(err)
	case answered && !t.cut && !errors.Is(err, net.ErrClosed), t.conn == nil:
		return alerted(err)
	}
	return lost(alerted(err), answered, t.conn.ended())
}

// before reports whether an attempt comes to phase a before phase b.
func before(a, b results.Phase) bool {
	order := [...]results.Phase{results.PhaseConnect, results.PhaseHandshake, results.PhaseSend, results.PhaseWait, results.PhaseHead, results.PhaseBody, results.PhaseDone}
	return slices.Index(order[:], a) < slices.Index(order[:], b)
}
