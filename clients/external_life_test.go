package clients

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"rstorm/clients/adapter"
)

// TestAdapterLife is the test binary as an adapter; without an argument it is
// no test.
func TestAdapterLife(*testing.T) {
	if life := flag.Arg(0); life != "" {
		(&puppet{how: life, born: time.Now()}).live()
		os.Exit(0)
	}
}

// like is the command that is an adapter of that kind.
func like(life string) []string {
	return []string{os.Args[0], "-test.run=^TestAdapterLife$", "--", life}
}

// A puppet is an adapter over net/http.
type puppet struct {
	how       string
	born      time.Time
	init      adapter.Init
	transport *http.Transport
	mu        sync.Mutex
}

func (l *puppet) now() int64 { return int64(time.Since(l.born)) + 1 }

func (l *puppet) say(v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(append(line, '\n'))
}

func (l *puppet) live() {
	caps := []string{adapter.CapBatch, adapter.CapStream, adapter.CapAt, adapter.CapGaps, adapter.CapConcurrency, adapter.CapTLS}
	if l.how == "plain" {
		caps = nil
	}
	if l.how == "streams" {
		caps = []string{adapter.CapStream}
	}
	l.say(adapter.Hello{Type: "hello", Protocol: 1, Name: "life", Lib: "net/http", Runtime: "go", Caps: caps, Profiles: []string{"keep", "odd"}})
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var kind adapter.Sync
		if err := json.Unmarshal(line, &kind); err != nil {
			panic(err)
		}
		switch kind.Type {
		case "init":
			l.begin(line)
		case "sync":
			l.say(adapter.Sync{Type: "sync", ID: kind.ID, T: l.now()})
		case "run":
			l.run(line)
		}
	}
}

func (l *puppet) begin(line []byte) {
	if l.transport != nil {
		l.transport.CloseIdleConnections()
	}
	l.init = adapter.Init{}
	if err := json.Unmarshal(line, &l.init); err != nil {
		panic(err)
	}
	l.transport = &http.Transport{}
	if l.init.CAFile != "" {
		info, err := os.Stat(l.init.CAFile)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			l.say(map[string]string{"type": "error", "msg": fmt.Sprintf("ca_file: %v %v", info, err)})
			return
		}
		pem, _ := os.ReadFile(l.init.CAFile)
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		l.transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	l.say(adapter.Ready{Type: "ready"})
}

func (l *puppet) run(line []byte) {
	var r adapter.Run
	if err := json.Unmarshal(line, &r); err != nil {
		panic(err)
	}
	if l.how == "streams" && r.Report != "stream" {
		l.say(map[string]string{"type": "error", "msg": "report is " + r.Report})
	}
	began := time.Now()
	lanes := make(chan struct{}, max(1, r.Concurrency))
	results := make([]adapter.Result, len(r.Commands))
	var working sync.WaitGroup
	for i, c := range r.Commands {
		lanes <- struct{}{}
		if r.Pace != nil {
			time.Sleep(time.Until(began.Add(time.Duration(r.Pace.AtUS[i]) * time.Microsecond)))
		}
		working.Go(func() {
			defer func() { <-lanes }()
			results[i] = l.send(r.ID, c)
			if r.Report == "stream" {
				l.say(results[i])
			}
			gap := r.GapUS
			if c.GapUS != nil {
				gap = *c.GapUS
			}
			if r.Pace == nil {
				time.Sleep(time.Duration(gap) * time.Microsecond)
			}
		})
	}
	working.Wait()
	if r.Report != "stream" {
		for _, result := range results {
			l.say(result)
		}
	}
	if l.how == "dies later" && r.ID == 1 {
		fmt.Fprintln(os.Stderr, "segmentation fault, in the words of somebody")
		os.Exit(139)
	}
	l.say(adapter.Done{Type: "done", Run: r.ID})
	if l.how == "says too much" {
		l.say(adapter.Done{Type: "done", Run: r.ID})
	}
}

func (l *puppet) send(run int, c adapter.Command) adapter.Result {
	out := adapter.Result{Type: "res", Run: run, Seq: c.Seq, T0: l.now()}
	client := http.Client{Transport: l.transport, Timeout: time.Duration(l.init.TimeoutMS) * time.Millisecond}
	if l.how == "never gives up" {
		client.Timeout = 0
	}
	req, err := http.NewRequest(c.Method, l.init.BaseURL+c.Path, bytes.NewReader([]byte(c.Body)))
	if err != nil {
		panic(err)
	}
	for name, value := range c.Headers {
		req.Header.Set(name, value)
	}
	resp, err := client.Do(req)
	if err == nil {
		var body []byte
		body, err = io.ReadAll(resp.Body)
		resp.Body.Close()
		n, sum := int64(len(body)), sha256.Sum256(body)
		out.Status, out.Bytes, out.SHA256 = resp.StatusCode, &n, hex.EncodeToString(sum[:])
	}
	if err != nil {
		out.Err = &adapter.Error{Name: fmt.Sprintf("%T", err), Code: "EODD", Msg: err.Error(), Chain: []string{"the\nfirst", "the second"}}
	}
	out.T1 = l.now()
	return out
}
