package device

import "rstorm/faults"

// TLS's record layer (RFC 8446 section 5.1) and its alerts (section 6).
const (
	recordAlert     = 21
	recordHandshake = 22

	alertFatal             = 2
	alertUnexpectedMessage = 10
)

// alertRecord is a fatal alert in the clear, as it stands on the wire; the
// version is the one that every TLS from 1.2 on writes there.
func alertRecord(code byte) []byte {
	return []byte{recordAlert, 3, 3, 0, 2, alertFatal, code}
}

// alert answers the handshake with a fatal alert and ends in order: what the
// client has sent is read, or its remains would make the close a RST.
func alert(c *connection, s faults.Strike) (over bool) {
	if c.write(alertRecord(byte(s.Code))) {
		return true
	}
	c.linger()
	c.end(plainly, byFault(s.Fault))
	return true
}
