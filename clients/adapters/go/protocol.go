package main

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A message is any of those that the harness sends.
type message struct {
	Type        string    `json:"type"`
	ID          int       `json:"id"`
	Protocol    int       `json:"protocol"`
	BaseURL     string    `json:"base_url"`
	Profile     string    `json:"profile"`
	TimeoutMS   int64     `json:"timeout_ms"`
	CAFile      string    `json:"ca_file"`
	Report      string    `json:"report"`
	GapUS       int64     `json:"gap_us"`
	Pace        *pace     `json:"pace"`
	Concurrency int       `json:"concurrency"`
	Commands    []command `json:"commands"`
}

type pace struct {
	AtUS []int64 `json:"at_us"`
}

type command struct {
	Seq     int               `json:"seq"`
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	GapUS   *int64            `json:"gap_us"`
}

type result struct {
	Type   string   `json:"type"`
	Run    int      `json:"run"`
	Seq    int      `json:"seq"`
	T0     int64    `json:"t0"`
	T1     int64    `json:"t1"`
	Status int      `json:"status,omitempty"`
	Bytes  *int     `json:"bytes,omitempty"`
	SHA256 string   `json:"sha256,omitempty"`
	Err    *failure `json:"err,omitempty"`
}

type failure struct {
	Name  string   `json:"name"`
	Msg   string   `json:"msg"`
	Chain []string `json:"chain,omitempty"`
}

// tell is an error as Go tells it, with what it wraps.
func tell(err error) *failure {
	f := &failure{Name: fmt.Sprintf("%T", err), Msg: err.Error()}
	for e := errors.Unwrap(err); e != nil; e = errors.Unwrap(e) {
		f.Chain = append(f.Chain, fmt.Sprintf("%T: %v", e, e))
	}
	return f
}

// An adapter is at the harness's service.
type adapter struct {
	begin  time.Time // of its clock
	client *client   // nil before init

	mu     sync.Mutex
	out    *bufio.Writer
	broken error // why nothing can be written any more
}

// answer is any of the short messages.
type answer map[string]any

// serve does what it is asked for until in ends.
func (a *adapter) serve(in io.Reader) error {
	var names []string
	for _, p := range profiles() {
		names = append(names, p.name)
	}
	a.write(answer{"type": "hello", "protocol": 1, "name": "go", "lib": "net/http", "runtime": runtime.Version(),
		"caps": []string{"batch", "stream", "at", "gaps", "concurrency", "tls"}, "profiles": names})
	for messages := json.NewDecoder(in); a.broken == nil; {
		var m message
		if err := messages.Decode(&m); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read what the harness says: %w", err)
		}
		if err := a.obey(m); err != nil {
			a.write(answer{"type": "error", "msg": err.Error()})
		}
	}
	return a.broken
}

func (a *adapter) obey(m message) (err error) {
	switch {
	case m.Type == "init":
		if a.client != nil {
			a.client.CloseIdleConnections()
		}
		if a.client, err = newClient(m); err == nil {
			a.write(answer{"type": "ready"})
		}
	case m.Type == "sync":
		a.write(answer{"type": "sync", "id": m.ID, "t": time.Since(a.begin)})
	case m.Type == "run" && a.client != nil:
		a.play(m)
	default:
		err = fmt.Errorf("can't do %q now", m.Type)
	}
	return err
}

// write writes messages, and sees to it that they leave.
func (a *adapter) write(messages ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	lines := json.NewEncoder(a.out)
	for _, m := range messages {
		a.broken = errors.Join(a.broken, lines.Encode(m))
	}
	a.broken = errors.Join(a.broken, a.out.Flush())
}

// play carries out a run.
func (a *adapter) play(run message) {
	var (
		began   = time.Now()
		results = make([]any, len(run.Commands))
		next    atomic.Int64
		callers sync.WaitGroup
	)
	for range max(1, run.Concurrency) {
		callers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(results); i = int(next.Add(1)) - 1 {
				results[i] = a.carry(run, i, began)
			}
		})
	}
	callers.Wait()
	if run.Report == "stream" {
		results = nil // they were told
	}
	a.write(append(results, answer{"type": "done", "run": run.ID})...)
}

// carry carries one command of a run: when it is due in an open loop, with a
// pause after it in a closed one.
func (a *adapter) carry(run message, i int, began time.Time) result {
	cmd := run.Commands[i]
	if run.Pace != nil {
		sleepUntil(began, run.Pace.AtUS[i])
	}
	r := result{Type: "res", Run: run.ID, Seq: cmd.Seq, T0: int64(time.Since(a.begin))}
	status, body, err := a.client.send(cmd)
	answered := time.Now()
	r.T1 = int64(answered.Sub(a.begin))
	if err != nil {
		r.Err = tell(err)
	} else {
		sum, size := sha256.Sum256(body), len(body)
		r.Status, r.Bytes, r.SHA256 = status, &size, hex.EncodeToString(sum[:])
	}
	if run.Report == "stream" {
		a.write(r)
	}
	if run.Pace == nil {
		sleepUntil(answered, *cmp.Or(cmd.GapUS, &run.GapUS))
	}
	return r
}

func sleepUntil(t time.Time, us int64) {
	time.Sleep(time.Until(t.Add(time.Duration(us) * time.Microsecond)))
}
