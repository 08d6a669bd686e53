package device

import (
	"errors"
	"math"
	"net"
	"os"

	"rstorm/faults"
)

// source is what a connection reads from. It bounds how much is read before
// [source.budget] is set again, and remembers how reading ended: a parser's
// error after that is not the request's fault.
type source struct {
	stream net.Conn
	budget int
	err    error

	pause func() (paused bool) // asked when a deadline has passed; nil over HTTP/1.1

	exact bool  // take no byte that may belong to what comes next
	ahead int64 // so many bytes are still to come for certain, when exact
}

const unbounded = math.MaxInt

var errBudget = errors.New("request head too large")

// readsExactly reports whether what a request's reader does not need has to
// lie unread in the kernel's buffer, where closing turns it into a RST. Below
// TLS that can't be: there bytes come in whole records.
func (d *Device) readsExactly() bool {
	return d.plan.Has(faults.Request) || d.profile.TooLarge == LargeAbrupt || d.profile.TooLarge == LargeSilent
}

// Read reads what the budget allows. To be exact it takes byte by byte what
// has no length that is known: that costs a system call for each, about a
// tenth of a millisecond for a head.
func (s *source) Read(p []byte) (int, error) {
	if s.budget <= 0 {
		return 0, errBudget
	}
	if s.exact {
		p = p[:min(int64(len(p)), max(1, s.ahead))]
	}
	n, err := s.stream.Read(p)
	for n == 0 && s.pause != nil && errors.Is(err, os.ErrDeadlineExceeded) && s.pause() {
		n, err = s.stream.Read(p)
	}
	s.budget -= n
	s.ahead -= int64(n)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		s.err = err
	}
	return n, err
}
