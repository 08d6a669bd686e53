package wire

import (
	"bytes"
	"net/url"

	"rstorm/results"
)

// Bounds of what is kept of an exchange's head.
const (
	maxTarget  = 200
	maxSays    = 100
	maxCommand = 100
)

// request begins the exchange of a request. Most heads are short and plain: then
// one string holds all that is kept of one.
func (t *Table) request(f *flow, h *head) {
	fr := &f.talk.streams[Up].framer
	x := t.asked(f, fr.begin.Seq)
	f.talk.reading[Up] = x.Number
	x.Request = fr.begin
	f.talk.since[Up] = fr.begin.Ack + 1
	t.scratch = append(append(append(t.scratch[:0], h.method...), ' '), h.target...)
	says := t.words.printable(t.scratch, maxSays)
	verbatim := len(says) == len(t.scratch)
	if verbatim {
		x.Method, x.Target = says[:len(h.method)], says[len(h.method)+1:]
	} else {
		x.Method, x.Target = t.words.printable(h.method, maxMethod), t.words.printable(h.target, maxTarget)
	}
	if from, to := parameter(h.target); verbatim && !encoded(h.target[from:to]) {
		x.Command = x.Target[from:to]
	} else if id, err := url.QueryUnescape(string(h.target[from:to])); err == nil {
		x.Command = t.words.printable([]byte(id), maxCommand)
	}
	t.charge(f, len(x.Target)+len(x.Command))
	t.says(f, fr.begin.Packet, says, true)
	if x.Response.Packet != 0 {
		t.reframe(f, x)
	}
}

// encoded reports whether a query's value has to be decoded.
func encoded(value []byte) bool {
	return bytes.IndexByte(value, '%') >= 0 || bytes.IndexByte(value, '+') >= 0
}

// parameter finds the id of the command that a target's query names.
func parameter(target []byte) (from, to int) {
	const name = results.IDParameter + "="
	for at := bytes.IndexByte(target, '?') + 1; at > 0 && at < len(target); {
		pair, _, _ := bytes.Cut(target[at:], []byte("&"))
		if bytes.HasPrefix(pair, []byte(name)) {
			return at + len(name), at + len(pair)
		}
		at += len(pair) + 1
	}
	return 0, 0
}

// command takes the id of the command that a request's header names.
func (t *Table) command(f *flow, id []byte) {
	x := f.talk.at(f.talk.reading[Up], f.Exchanged)
	if x != nil && len(id) > 0 && x.Command != string(id) {
		before := len(x.Command)
		x.Command = t.words.printable(id, maxCommand)
		t.charge(f, len(x.Command)-before)
	}
}
