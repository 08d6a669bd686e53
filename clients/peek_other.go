//go:build !unix || aix

package clients

import "time"

// glanceTime is how long a glance waits where no flag makes looking return at
// once.
const glanceTime = time.Millisecond

// A look is what waiting for a socket shows: that there is something to read,
// not what. A FIN can't be told from bytes; a reset is the error of the wait.
type look struct {
	empty bool
	end   error
	asked bool
}

// readable is called before the wait and after it.
func (l *look) readable(uintptr) bool {
	again := l.asked
	l.asked = true
	return again
}

// glance waits for glanceTime and reports whether the connection is usable as
// far as that shows.
func (w *watch) glance() (usable bool) {
	if w.raw == nil {
		return true
	}
	w.conn.SetReadDeadline(time.Now().Add(glanceTime))
	defer w.conn.SetReadDeadline(time.Time{})
	usable, _ = w.await(look{})
	return usable
}
