package clients

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
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
	switch {
	case r.Err != nil:
		t.Err = text(r.Err)
		reading := errtext.Read(errtext.Error{Name: r.Err.Name, Code: r.Err.Code, Msg: r.Err.Msg, Chain: r.Err.Chain})
		t.Outcome, t.Errno = reading.Outcome, reading.Errno
		c.count(t.Err, reading)
	case r.Status/100 == 2:
		t.Outcome = results.OK
	default:
		t.Outcome = results.Rejected
	}
	return t
}

// mostErrors bounds the different error texts that are counted by themselves.
const mostErrors = 50

// others stands for the error texts beyond.
const others = "other texts"

// addresses match what differs from one connection to the next.
var addresses = regexp.MustCompile(`(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]|localhost)[:/]\d{1,5}`)

// count notes an error under its text, without addresses.
func (c *external) count(text string, reading errtext.Reading) {
	text = addresses.ReplaceAllString(text, "ADDRESS")
	e := c.errors[text]
	if e == nil && len(c.errors) >= mostErrors {
		text, reading = others, errtext.Reading{Outcome: results.Failed}
		e = c.errors[text]
	}
	if e == nil {
		e = &results.ErrorText{Text: text, Outcome: reading.Outcome, Means: reading.Means}
		c.errors[text] = e
	}
	e.Count++
}

// ranked lists the error texts by frequency.
func ranked(errors map[string]*results.ErrorText) []results.ErrorText {
	all := []results.ErrorText{}
	for _, text := range slices.Sorted(maps.Keys(errors)) {
		all = append(all, *errors[text])
	}
	slices.SortStableFunc(all, func(a, b results.ErrorText) int { return cmp.Compare(b.Count, a.Count) })
	return all
}

// text is an error for people, as in "TypeError: fetch failed; caused by
// SocketError [UND_ERR_SOCKET]: other side closed".
func text(e *adapter.Error) string {
	const most = 400
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
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > most {
		return string(r[:most-3]) + "..."
	}
	return s
}
