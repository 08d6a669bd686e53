package clients

import (
	"bytes"
	"strconv"
	"time"
)

// A promise is what an answer's Keep-Alive field promises of its connection, as
// in "timeout=5, max=100" (RFC 2068 section 19.7.1.1; RFC 9112 appendix C.2.2
// leaves it without a meaning of its own). The zero value promises nothing.
type promise struct {
	timeout  time.Duration // for which an idle connection is kept
	max      int           // requests
	timed    bool          // there is a timeout
	counting bool          // there is a max
}

// take takes a field into p. Parameters that are not known or can't be read are
// passed over, as by clients in the field; of equal ones the first counts.
func (p *promise) take(value []byte) {
	for len(value) > 0 {
		var parameter []byte
		parameter, value, _ = bytes.Cut(value, []byte(","))
		name, number, _ := bytes.Cut(parameter, []byte("="))
		name, number = bytes.Trim(name, " \t"), bytes.Trim(number, " \t\"")
		n, err := strconv.ParseUint(string(number), 10, 31)
		switch {
		case err != nil:
		case isName(name, "timeout") && !p.timed:
			p.timeout, p.timed = time.Duration(n)*time.Second, true
		case isName(name, "max") && !p.counting:
			p.max, p.counting = int(n), true
		}
	}
}

// expiry is when a connection that begins to rest now is not used any more;
// zero if it may rest for ever.
func expiry(s *Raw, now time.Time, p promise) time.Time {
	var until time.Time
	if s.Idle > 0 {
		until = now.Add(s.Idle)
	}
	if !s.Hint || !p.timed {
		return until
	}
	if promised := now.Add(p.timeout - s.Margin); until.IsZero() || promised.Before(until) {
		return promised
	}
	return until
}

// A quota follows the max that a connection's answers promise. Some devices say
// with every answer how many requests the connection may carry in all, some how
// many are left: a number that falls is of those.
type quota struct {
	known bool
	said  int // last
	all   int // requests that the connection may carry
}

// spent takes what the answer to the nth request said and reports whether the
// connection may carry no further one.
func (q *quota) spent(n int, p promise) bool {
	switch {
	case !p.counting:
	case !q.known:
		*q = quota{true, p.max, p.max}
	case p.max < q.said:
		q.said, q.all = p.max, min(q.all, n+p.max)
	}
	return q.known && n >= q.all
}
