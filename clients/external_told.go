package clients

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"rstorm/clients/adapter"
	"rstorm/clients/errtext"
	"rstorm/results"
)

// read makes a result of the adapter's what a client tells of a command, by our
// clock.
func (c *external) read(id results.CommandID, r *adapter.Result, epoch time.Time) Told {
	t := Told{ID: id, Sent: c.clock.Time(r.T0).Sub(epoch), Done: c.clock.Time(r.T1).Sub(epoch),
		Status: r.Status, Size: -1, SHA256: r.SHA256}
	if r.Bytes != nil {
		t.Size = *r.Bytes
	}
	switch late := c.overdue(r); {
	case r.Err == nil && late > 0:
		c.tooLate(&t, late)
	case r.Err != nil:
		full := text(r.Err)
		t.Err = cut(full, mostText)
		reading := errtext.Read(errtext.Error{Name: r.Err.Name, Code: r.Err.Code, Msg: r.Err.Msg, Chain: r.Err.Chain})
		if reading.Outcome == results.Failed && r.Status >= 300 {
			reading.Outcome = results.Rejected // a library that makes an error of a status
		}
		t.Outcome, t.Errno = reading.Outcome, reading.Errno
		c.count(full, id.String(), reading)
	case r.Status/100 == 2:
		t.Outcome = results.OK
	default:
		t.Outcome = results.Rejected
	}
	return t
}

// overdue is by how much a result came later than the timeout allows; 0 if it
// did not. Timers are coarse, and what the library returned in time may be told
// a little later: 20 ms and a tenth of the timeout are nobody's fault.
func (c *external) overdue(r *adapter.Result) time.Duration {
	const coarse = 20 * time.Millisecond
	limit, took := time.Duration(c.init.TimeoutMS)*time.Millisecond, time.Duration(r.T1-r.T0)
	if took <= limit+limit/10+coarse+c.clock.Error {
		return 0
	}
	return took - limit
}

// tooLate makes an answer one that came too late: by then the command has failed
// for every client that keeps the timeout.
func (c *external) tooLate(t *Told, late time.Duration) {
	t.Outcome, t.Status, t.Size, t.SHA256 = results.TimedOut, 0, -1, ""
	t.Err = fmt.Sprintf("the client answered %d ms late: its timeout is %d ms, and it reported no err", late.Milliseconds(), c.init.TimeoutMS)
	c.count(t.Err, t.ID.String(), errtext.Reading{Outcome: results.TimedOut,
		Means: "the client did not give up after timeout_ms: a limit is to hold for the whole exchange, not for each read"})
}

// text is an error for people, as in "TypeError: fetch failed; caused by
// SocketError [UND_ERR_SOCKET]: other side closed".
func text(e *adapter.Error) string {
	s := e.Name
	if e.Code != "" {
		s = strings.TrimSpace(s + " [" + e.Code + "]")
	}
	if e.Msg != "" {
		s = strings.TrimPrefix(s+": "+e.Msg, ": ")
	}
	for _, cause := range e.Chain {
		s += "; caused by " + cause
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// mostText is how many characters of an error are kept.
const mostText = 400

// cut is the beginning of a text that is longer than so many characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most-3]) + "..."
	}
	return s
}
