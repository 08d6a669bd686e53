package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// A meter shows how much of the captures has been read, on a terminal that the
// diagnosis itself is not printed to.
type meter struct {
	out  io.Writer // nil shows nothing
	read atomic.Int64
	stop chan struct{}
	done sync.WaitGroup
}

func newMeter(s streams) *meter {
	m := &meter{stop: make(chan struct{})}
	out, printed := s.out.(*os.File)
	if err, ok := s.err.(*os.File); ok && isTerminal(err) && !(printed && isTerminal(out)) {
		m.out = err
		m.done.Go(m.show)
	}
	return m
}

// show writes over its one line until close, and wipes it then.
func (m *meter) show() {
	tick := time.NewTicker(redraw)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			fmt.Fprintf(m.out, "\rread %.1f MB", float64(m.read.Load())/1e6)
		case <-m.stop:
			fmt.Fprint(m.out, "\r\x1b[K")
			return
		}
	}
}

func (m *meter) close() {
	close(m.stop)
	m.done.Wait()
}

// reader counts what is read of in.
func (m *meter) reader(in io.Reader) io.Reader { return metered{in, &m.read} }

type metered struct {
	io.Reader
	read *atomic.Int64
}

func (r metered) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.read.Add(int64(n))
	return n, err
}
