package clients

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"rstorm/results"
)

// newRequest makes m a request for a transport of net/http's kind, with param as
// its unique parameter if it shall have one.
func newRequest(ctx context.Context, n Network, m *call, unique bool, param uint64) (*http.Request, error) {
	url := n.Protocol.Scheme() + "://" + n.Host + m.Target
	if unique {
		url = string(appendUnique([]byte(url), m.Target, param))
	}
	req, err := http.NewRequestWithContext(ctx, m.Method, url, bytes.NewReader(m.Body))
	if err != nil {
		return nil, err
	}
	if !m.asks {
		req.Header.Set(results.IDHeader, m.ID.String())
	}
	if len(m.Body) > 0 {
		req.Header.Set("Content-Type", bodyType)
	}
	return req, nil
}

// A reader reads the answers that net/http, or who does as it does, has taken
// off the wire. Its memory is used again.
type reader struct {
	body    verifier
	scratch []byte // nil until an answer came
	cut     bool   // the last answer's body could not be read to its end; for others to set if there was none
}

// read reads and verifies the answer to m. What it verifies is the same as
// for HTTP/1.1 of our own; the framing is the transport's affair.
func (r *reader) read(resp *http.Response, m *call, at interface{ reached(results.Phase) }) error {
	r.cut, r.body.into = false, m.into
	at.reached(results.PhaseHead)
	var id []byte
	if !m.asks {
		id = m.ID.AppendTo(nil)
	}
	if err := checkID(id, field(resp, results.IDHeader)); err != nil {
		return err
	}
	at.reached(results.PhaseBody)
	if !bodiless(m.Method, resp.StatusCode) {
		if err := r.body.expect(field(resp, "Content-Digest")); err != nil {
			return err
		}
		if r.scratch == nil {
			r.scratch = make([]byte, 4<<10)
		}
		if err := r.take(resp.Body); err != nil {
			return err
		}
		if err := r.body.end(); err != nil {
			return err
		}
	}
	at.reached(results.PhaseDone)
	return nil
}

// take reads a body to its end.
func (r *reader) take(body io.Reader) error {
	for {
		n, err := body.Read(r.scratch)
		if _, err := r.body.Write(r.scratch[:n]); err != nil {
			return err
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			r.cut = true
			return err
		}
	}
}

// field is a field of resp, several values joined as in [join].
func field(resp *http.Response, name string) []byte {
	return []byte(strings.Join(resp.Header.Values(name), ","))
}
