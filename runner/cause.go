package runner

import (
	"net/netip"
	"slices"
	"strings"

	"rstorm/device"
	"rstorm/faults"
	"rstorm/link"
	"rstorm/packet"
	"rstorm/results"
)

// turned is the row of the reset catalogue that a device's ending without a
// fault amounts to, where a RST followed.
var turned = map[device.Ending]string{
	device.CloseHonoured:   "unread-data", // what the client still sends then, as a rule TLS's goodbye
	device.ConnectionLimit: "connection-limit",
	device.RateLimit:       "defence-reset",
	device.RequestRejected: "request-too-large",
	device.NoTLS:           "tls-abort",
	device.HandshakeFailed: "tls-abort",
}

// died is the row that the death of the device's process amounts to.
var died = map[faults.Point]string{
	faults.Handshake: "tls-abort",
	faults.Request:   "crash-while-receiving",
	faults.Response:  "crash-mid-response",
}

// deviceCause names why the device reset a connection by what the device itself
// has written down of it; empty if that does not tell. The link sees what came
// over the wire and not why: with the device's record, a crash, a close on
// unread bytes and a reset at will are told apart. With tls the client takes
// leave before it closes.
func deviceCause(c *device.Connection, tls bool) string {
	if cause := turned[c.Ended]; cause != "" {
		return cause
	}
	effect, at, struck := strings.Cut(string(c.Ended), " at ")
	point := faults.Point(at)
	if !struck {
		return ""
	}
	switch faults.Effect(effect) {
	case faults.Reset:
		return point.ResetCause()
	case faults.Exit:
		return "process-exit"
	case faults.Crash:
		if cause := died[point]; cause != "" {
			return cause
		}
		return "crash-before-response"
	case faults.Vanish:
		return "unknown-connection"
	case faults.Close:
		return closeCause(point, c.Unread, tls)
	case faults.Truncate, faults.Malform: // what comes of the client's goodbye is the answer's doing
		return "protocol-error"
	}
	return ""
}

// closeCause names a RST that a plain close brought about. With bytes unread it
// came at once; without, it answers what came later, and only the wire knows
// whether that had crossed the FIN.
func closeCause(point faults.Point, unread int, tls bool) string {
	switch {
	case unread <= 0:
		return ""
	case tls && unread <= farewell && (point == faults.AfterResponse || point == faults.Idle):
		return "unread-data"
	case point == faults.Handshake:
		return "tls-abort"
	case point == faults.AfterResponse:
		return "close-collision"
	case point == faults.Idle:
		return "idle-timeout-race"
	}
	return "unread-data"
}

// byPort finds the device's record of a connection by the address that the
// link called from. The system gives a port again only after it was given
// back, so the last connection from it at that time is meant. One that the device
// never accepted has no record.
func byPort(all []device.Connection) func(*link.Connection) *device.Connection {
	records := map[netip.AddrPort][]*device.Connection{}
	for i := range all {
		c := &all[i]
		records[c.Client] = append(records[c.Client], c)
	}
	return func(l *link.Connection) *device.Connection {
		var found *device.Connection
		for _, c := range records[l.Device] {
			if (l.Closed == 0 || c.Opened <= l.Closed) && (c.Closed == 0 || c.Closed >= l.Opened) {
				found = c
			}
		}
		return found
	}
}

// complete completes what the link's log says of a connection by the device's
// record of it, if there is one.
func complete(out *results.Connection, d *device.Connection, tls bool) {
	if d == nil {
		return
	}
	if out.Reset == results.ByDevice {
		if cause := deviceCause(d, tls); cause != "" {
			out.Cause = cause
		}
	}
	out.Exchanges = max(out.Exchanges, d.Exchanges) // the link sees none in TLS or HTTP/2
}

// filtered completes it by the RSTs that were forged between the client and the
// link while it was open, by packets from or to its client's port: no log of
// sockets knows of them, and what came later was their doing.
func filtered(out *results.Connection, l *link.Connection, forged []packet.Record) {
	if wasForged(l, forged) {
		out.Reset, out.First, out.Cause = results.ByLink, results.ByLink, "firewall-reject"
	}
}

// wasForged reports whether one was forged while the connection was open.
func wasForged(l *link.Connection, forged []packet.Record) bool {
	return slices.ContainsFunc(forged, func(r packet.Record) bool {
		return r.RST.At >= l.Opened && (l.Closed == 0 || r.RST.At <= l.Closed)
	})
}
