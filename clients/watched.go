package clients

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"

	"rstorm/results"
)

// A watched is a client on an http.RoundTripper that we do not know.
type watched struct {
	network Network
	tripper http.RoundTripper
	body    verifier
	scratch []byte
}

func newWatched(n Network, newTripper func(func(context.Context, string, string) (net.Conn, error)) http.RoundTripper) *watched {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		conn, err := n.Dialer.Dial(ctx)
		if err != nil {
			return nil, err // a nil *Conn must not become a net.Conn
		}
		return conn, nil
	}
	return &watched{network: n, tripper: newTripper(dial), scratch: make([]byte, 4<<10)}
}

// Do carries cmd in one round trip and records every attempt that shows.
func (w *watched) Do(ctx context.Context, cmd results.Command) results.Reply {
	t := trail{began: time.Now()}
	status, err := w.carry(httptrace.WithClientTrace(ctx, t.hooks()), cmd, &t)
	return t.reply(ctx, status, err)
}

// Close has the transport close its idle connections, if it can. net/http's
// also ends the dials that nobody waits for any more.
func (w *watched) Close() {
	if c, ok := w.tripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// carry makes the round trip and reads the answer. What it verifies is the
// same as for the raw strategies; the framing is the transport's affair.
func (w *watched) carry(ctx context.Context, cmd results.Command, t *trail) (status int, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the round tripper panicked: %v", v)
		}
	}()
	req, err := http.NewRequestWithContext(ctx, cmd.Method, "http://"+w.network.Host+cmd.Target, bytes.NewReader(cmd.Body))
	if err != nil {
		return 0, err
	}
	id := cmd.ID.String()
	req.Header.Set(results.IDHeader, id)
	if len(cmd.Body) > 0 {
		req.Header.Set("Content-Type", bodyType)
	}
	resp, err := w.tripper.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	if resp == nil || resp.Body == nil {
		return 0, errors.New("the round tripper returned neither an answer nor an error")
	}
	defer resp.Body.Close()
	return resp.StatusCode, w.read(resp, cmd.Method, id, t)
}

// read reads and verifies an answer.
func (w *watched) read(resp *http.Response, method, id string, t *trail) error {
	t.reached(results.PhaseHead)
	if err := checkID([]byte(id), field(resp, results.IDHeader)); err != nil {
		return err
	}
	t.reached(results.PhaseBody)
	if !bodiless(method, resp.StatusCode) {
		if err := w.body.expect(field(resp, "Content-Digest")); err != nil {
			return err
		}
		if _, err := io.CopyBuffer(&w.body, resp.Body, w.scratch); err != nil {
			return err
		}
		if err := w.body.end(); err != nil {
			return err
		}
	}
	t.reached(results.PhaseDone)
	return nil
}

// field is a field of resp, several values joined as in [join].
func field(resp *http.Response, name string) []byte {
	return []byte(strings.Join(resp.Header.Values(name), ","))
}
