package link

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"rstorm/faults"
)

// far is a delay of d in direction s, in both if that is empty.
func far(s faults.Stream, d faults.Delay) faults.Fault {
	return faults.Fault{Effect: faults.Hold, Point: faults.Passage, Stream: s, Delay: d}
}

// Everything that passes is late, also the end of an idle connection.
func TestLongWayDelaysWhateverPasses(t *testing.T) {
	const d = 80 * time.Millisecond
	for _, row := range []struct {
		name string
		end  func(d *side)
		want string
	}{
		{"bytes", func(d *side) { d.say("bytes"); d.CloseWrite() }, `"bytes", EOF`},
		{"a FIN", func(d *side) { d.Close() }, `"", EOF`},
		{"a RST", func(d *side) { d.reset() }, `"", ECONNRESET`},
	} {
		for _, up := range []bool{false, true} {
			t.Run(row.name+map[bool]string{true: " upstream", false: " downstream"}[up], func(t *testing.T) {
				t.Parallel()
				cue, made := make(chan struct{}), make(chan time.Time, 1)
				ends := func(s *side) {
					made <- time.Now()
					row.end(s)
				}
				saw := make(chan string, 1)
				sees := func(s *side) {
					s.drain()
					saw <- s.saw[0]
				}
				stream, atDevice, atClient := faults.Downstream, ends, sees
				if up {
					stream, atDevice, atClient = faults.Upstream, sees, ends
				}
				l := openLink(t, startDevice(t, func(c *net.TCPConn) {
					s := newSide(t, c, cue)
					s.say("ready")
					s.await()
					atDevice(s)
				}), far(stream, faults.After(d)))
				c := call(t, l.Addr(), cue)
				defer c.Close()
				c.take("ready")
				c.signal()
				atClient(c)
				if got := <-saw; got != row.want {
					t.Errorf("the other side saw %s, want %s", got, row.want)
				}
				if took := time.Since(<-made); took < d {
					t.Errorf("it took %v, less than %v", took, d)
				}
			})
		}
	}
}

// What enters a long way does not wait for what is on it, up to a limit.
func TestLongWayHoldsManyAtOnceAndNoMoreThanItsLimit(t *testing.T) {
	l := openLink(t, startDevice(t, func(c *net.TCPConn) { io.Copy(io.Discard, c) }), far(faults.Upstream, faults.After(time.Hour)))
	c := call(t, l.Addr(), nil)
	defer c.Close()
	eventually(t, "the link relays", func() bool { return len(l.relays()) == 1 && l.relays()[0].timeline.Load() != nil })
	r := l.relays()[0]
	for n := range int64(20) {
		c.say("x")
		eventually(t, "it has entered", func() bool { return r.up.read.Load() == n+1 && !r.up.way.empty() })
	}
	var writing sync.WaitGroup
	writing.Go(func() { io.WriteString(c, bulk(16<<20)) }) // until the link is closed
	defer writing.Wait()
	eventually(t, "the way is full", func() bool { return r.up.read.Load() >= wayLimit && r.up.way.full() })
	if n := r.up.read.Load(); n > wayLimit+64<<10 { // one read beyond it, and one that waits
		t.Errorf("%d bytes are under way, want about %d", n, wayLimit)
	}
	l.Close(past())
	if log := l.Log()[0]; log.Taken != 0 || len(log.Strikes) != 1 || log.Strikes[0].Fault != "delay at passage" {
		t.Errorf("log: %+v; want nothing taken by the device", log)
	}
}

func TestLongWayOfAnyLengthKeepsTheOrder(t *testing.T) {
	noise := make([]byte, 300<<10)
	for i := range len(noise) / 8 {
		binary.LittleEndian.PutUint64(noise[8*i:], rand.NewPCG(1, uint64(i)).Uint64())
	}
	var delay faults.Delay
	if err := delay.UnmarshalText([]byte("uniform(0s, 5ms)")); err != nil {
		t.Fatal(err)
	}
	short := faults.Window{For: time.Millisecond, Every: 3 * time.Millisecond}
	repeating := far("", delay)
	repeating.Window = short
	windowed := func(kind string, s faults.Stream) faults.Fault {
		f := toxic(kind, s, shapers[kind])
		f.Toxic.Window = short
		return f
	}
	for name, fs := range map[string][]faults.Fault{
		"delays":                 {far("", delay)},
		"delays that add up":     {far("", delay), far(faults.Upstream, delay)},
		"windows that repeat":    {repeating, windowed("latency", faults.Upstream), windowed("slicer", faults.Downstream), windowed("bandwidth", faults.Downstream)},
		"a delay before a toxic": {far("", delay), toxic("slicer", faults.Downstream, shapers["slicer"])},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := make(chan []byte, 1)
			l := openLink(t, startDevice(t, func(c *net.TCPConn) {
				c.SetDeadline(time.Now().Add(giveUp))
				b, _ := io.ReadAll(c)
				up <- b
				c.Write(noise)
			}), fs...)
			c := call(t, l.Addr(), nil)
			defer c.Close()
			for piece := range slices.Chunk(noise, 5000) {
				c.say(string(piece))
			}
			c.CloseWrite()
			down, err := io.ReadAll(c)
			if err != nil || !bytes.Equal(down, noise) {
				t.Errorf("client got %d bytes, %v; want the %d sent", len(down), err, len(noise))
			}
			if b := <-up; !bytes.Equal(b, noise) {
				t.Errorf("device got %d bytes; want the %d sent", len(b), len(noise))
			}
		})
	}
}

func TestLongWayIsChosenPerConnection(t *testing.T) {
	half := faults.Probability(0.5)
	for name, row := range map[string]struct {
		s    faults.Selector
		want func(number int) bool // nil: some and not all
	}{
		"by number":            {faults.Selector{Connections: []int{2, 3}}, func(n int) bool { return n == 2 || n == 3 }},
		"the first":            {faults.Selector{First: 2}, func(n int) bool { return n <= 2 }},
		"by chance":            {faults.Selector{Probability: &half}, nil},
		"never":                {faults.Selector{Window: faults.Window{From: time.Hour, For: time.Hour}}, func(int) bool { return false }},
		"while a window is on": {faults.Selector{Window: faults.Window{For: time.Hour}}, func(int) bool { return true }},
	} {
		t.Run(name, func(t *testing.T) {
			f := far("", faults.After(time.Millisecond))
			f.Selector = row.s
			l := openLink(t, quietly(t), f)
			for range 20 {
				if saw, end := askOnce(t, l.Addr()); saw != answer || end != "EOF" {
					t.Fatalf("client saw %q, %s", saw, end)
				}
			}
			struck := 0
			for _, c := range closeLink(t, l) {
				is := len(c.Strikes) > 0
				if is {
					struck++
				}
				if row.want != nil && is != row.want(c.Number) {
					t.Errorf("connection %d was delayed: %t", c.Number, is)
				}
			}
			if row.want == nil && (struck == 0 || struck == 20) {
				t.Errorf("half of 20 connections came to %d", struck)
			}
		})
	}
}

// askOnce sends one command and closes its side.
func askOnce(t *testing.T, address string) (saw, end string) {
	c := call(t, address, nil)
	defer c.Close()
	c.say(request("0-0"))
	c.CloseWrite()
	b, err := io.ReadAll(c)
	return string(b), errno(cmp.Or(err, io.EOF))
}
