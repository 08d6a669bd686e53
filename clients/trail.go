package clients

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
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
	began    time.Time
	attempts []results.Attempt
	conn     *Conn // of the last attempt; nil if none or not ours
	sent     int64 // bytes that conn had taken before it
}

// hooks returns the hooks that write the trail. GetConn begins an attempt, also
// when the transport sends a request again.
func (t *trail) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:              func(string) { t.begin() },
		GotConn:              func(info httptrace.GotConnInfo) { t.got(info) },
		GotFirstResponseByte: func() { t.reached(results.PhaseHead) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				t.reached(results.PhaseWait)
			}
		},
	}
}

func (t *trail) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	if len(t.attempts) > 0 {
		t.close(0, t.told(errResent))
	}
	t.attempts = append(t.attempts, results.Attempt{Phase: results.PhaseConnect, Sent: time.Now()})
	t.conn = nil
}

func (t *trail) got(info httptrace.GotConnInfo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over || len(t.attempts) == 0 {
		return
	}
	a := &t.attempts[len(t.attempts)-1]
	a.Phase = results.PhaseSend
	if conn, ok := info.Conn.(*Conn); ok {
		t.conn = conn
		t.sent, _ = conn.Bytes()
		a.Connection, a.Exchange = conn.number, int(conn.exchanges.Add(1))
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
	if a.Phase == results.PhaseWait && t.conn != nil {
		if sent, _ := t.conn.Bytes(); sent == t.sent {
			a.Phase = results.PhaseSend
		}
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
	if err != nil && ctx.Err() == nil && results.Classify(err) == results.Failed {
		err = t.told(err)
	}
	last := t.close(status, ended(ctx, err))
	return results.Reply{Outcome: last.Outcome, Status: status, Err: last.Err, Attempts: t.attempts}
}

// told adds to err what the last attempt's connection told, where err hides
// that: net/http has errors of its own that say neither closed nor reset. After
// the first byte of an answer an error is about that answer.
func (t *trail) told(err error) error {
	if t.conn == nil || !before(t.attempts[len(t.attempts)-1].Phase, results.PhaseHead) {
		return err
	}
	if end := t.conn.ended(); end != nil {
		return fmt.Errorf("%w: %w", err, bare(end))
	}
	return err
}

// before reports whether an attempt comes to phase a before phase b.
func before(a, b results.Phase) bool {
	order := [...]results.Phase{results.PhaseConnect, results.PhaseSend, results.PhaseWait, results.PhaseHead, results.PhaseBody, results.PhaseDone}
	return slices.Index(order[:], a) < slices.Index(order[:], b)
}
