package adapter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ServeHTTP answers as the first part of the path says.
func (t *target) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20)) // what a client cuts is its own doing
	t.mu.Lock()
	place := len(t.seen)
	t.seen = append(t.seen, request{id: r.Header.Get(idHeader), method: r.Method, uri: r.RequestURI, host: r.Host,
		from: r.RemoteAddr, header: r.Header.Clone(), body: body, began: began})
	gate, meeting, crowd := t.gate, t.meeting, t.crowd
	crowd.now++
	crowd.most = max(crowd.most, crowd.now)
	t.mu.Unlock()
	defer func() { // before the answer leaves: it is written out after this
		t.mu.Lock()
		defer t.mu.Unlock()
		crowd.now--
	}()
	word, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch word {
	case "reset", "close", "cut":
		t.sever(w, word)
		return
	case "stall":
		t.wait(r, nil)
		return
	case "drip":
		t.drip(w, r)
		return
	case "gate":
		t.wait(r, gate)
	case "meet":
		t.meet(r, meeting)
	case "moved":
		w.Header().Set("Location", "/ok")
		w.WriteHeader(http.StatusFound)
		return
	case "slow":
		w.Header().Set("Content-Length", strconv.Itoa(len(answerBody)))
		_, _ = io.WriteString(w, answerBody[:1])
		_ = http.NewResponseController(w).Flush() // a client that has gone is its own doing
		t.pause(50 * time.Millisecond)
		t.stamp(place)
		_, _ = io.WriteString(w, answerBody[1:])
		return
	}
	if status, err := strconv.Atoi(word); err == nil {
		w.WriteHeader(status)
	}
	t.stamp(place)
	_, _ = io.WriteString(w, answerBody)
}

// stamp notes that an answer is about to be whole.
func (t *target) stamp(place int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if place < len(t.seen) {
		t.seen[place].ended = time.Now()
	}
}

// wait waits for an event, as long as the client does.
func (t *target) wait(r *http.Request, event <-chan struct{}) {
	select {
	case <-event:
	case <-r.Context().Done():
	case <-t.closing:
	}
}

func (t *target) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.closing:
	}
}

// meet waits until as many requests wait here as are wanted, and a moment longer:
// more of them may come that must not.
func (t *target) meet(r *http.Request, meeting chan struct{}) {
	t.mu.Lock()
	t.present++
	all := t.present == t.wanted
	t.mu.Unlock()
	if all {
		t.pause(100 * time.Millisecond)
		close(meeting)
	}
	t.wait(r, meeting)
}

// drip sends the head of an answer, and its body a byte at a time: each read
// brings something, and all of it takes longer than any limit here.
func (t *target) drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", strconv.Itoa(len(answerBody)))
	for i := range len(answerBody) {
		_, err := io.WriteString(w, answerBody[i:i+1])
		if errors.Join(err, http.NewResponseController(w).Flush(), r.Context().Err()) != nil {
			return // the client has gone, as it is to
		}
		t.pause(50 * time.Millisecond)
	}
}

// sever ends the connection: by a RST, or in order, without an answer or with a
// part of one.
func (t *target) sever(w http.ResponseWriter, how string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // it has gone already
	}
	if how == "cut" {
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", 10*len(answerBody), answerBody)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && how == "reset" {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// answerBody is what is sent, in UTF-8 with characters of several bytes: who
// counts characters instead of bytes is found out.
const answerBody = `{"state":"on","name":"Küche ✓"}`

var answerDigest = hex.EncodeToString(digest(answerBody))

func digest(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return bytes.Clone(sum[:])
}

// refusing is an address where nothing listens: one that was free just now.
func refusing() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a port where nobody listens: %w", err)
	}
	return "http://" + l.Addr().String(), l.Close()
}
