package runner

import (
	"slices"

	"rstorm/wire"
)

// farewell is how many bytes TLS's close_notify takes at most: 24 in TLS 1.3, 31
// in TLS 1.2 (RFC 8446 section 5.2, RFC 5246 section 6.2.3.3). No request is as
// short as that.
const farewell = 31

// goodbye reports whether a client on TLS sent nothing after its last answer but
// that: no attempt failed on the connection, and its last bytes are no more.
func (n *incident) goodbye() bool {
	if len(n.failed) > 0 {
		return false
	}
	for _, c := range n.legs {
		if c == nil {
			continue
		}
		for _, e := range slices.Backward(c.Events) {
			if e.Way == wire.Up && e.Length > 0 {
				return e.Length <= farewell
			}
		}
	}
	return false
}

// tornDown reports whether the connection lasted, with nothing wrong on it, until
// the stage was taken down: by the log nobody closed it.
func (n *incident) tornDown() bool {
	return n.row != nil && n.row.Reset == "" && n.row.First == "" && len(n.failed) == 0 && len(n.log.Strikes) == 0
}

// harmless reports whether nobody reset the connection and no attempt on it
// failed. Where nothing can be read, the last that a client says is taken for a
// request by the wire, and may be its goodbye.
func (n *incident) harmless() bool {
	if n.row == nil || n.row.Reset != "" || len(n.failed) > 0 {
		return false
	}
	return !slices.ContainsFunc(n.legs[:], func(c *wire.Conversation) bool {
		return c != nil && c.Sides[wire.Up].Resets+c.Sides[wire.Down].Resets > 0
	})
}
