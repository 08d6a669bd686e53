package clients

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"rstorm/results"
)

// A watched is a client on an http.RoundTripper that we do not know.
type watched struct {
	network Network
	tripper http.RoundTripper
	readers sync.Pool // of *reader: each command has one while it lasts
}

func newWatched(n Network, newTripper func(Network) http.RoundTripper) *watched {
	return &watched{network: n, tripper: newTripper(n)}
}

// Do carries cmd in one round trip and records every attempt that shows.
func (w *watched) Do(ctx context.Context, cmd results.Command) results.Reply {
	t := trail{network: &w.network, began: time.Now()}
	status, err := w.carry(t.follow(ctx), &call{Command: cmd}, &t)
	return t.reply(ctx, status, err)
}

// Close has the transport close its idle connections, if it can. net/http's
// also ends the dials that nobody waits for any more.
func (w *watched) Close() {
	if c, ok := w.tripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// carry makes the round trip and reads the answer.
func (w *watched) carry(ctx context.Context, m *call, t *trail) (status int, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the round tripper panicked: %v", v)
		}
	}()
	req, err := newRequest(ctx, w.network, m, false, 0)
	if err != nil {
		return 0, err
	}
	resp, err := w.tripper.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	if resp == nil || resp.Body == nil {
		return 0, errors.New("the round tripper returned neither an answer nor an error")
	}
	defer resp.Body.Close()
	r, ok := w.readers.Get().(*reader)
	if !ok {
		r = new(reader)
	}
	defer w.readers.Put(r)
	err = r.read(resp, m, t)
	t.cut = r.cut && resp.ProtoMajor == 2
	return resp.StatusCode, err
}
