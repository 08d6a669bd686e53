package packet

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel"
)

// The golden case of the field: the server answers, says nothing of closing,
// and closes while the next request is on its way. With a one-way delay both
// are under way at once, and neither knows of the other.
func TestAFINAndARequestCross(t *testing.T) {
	const oneWay = 100 * time.Millisecond
	m := open(t, both(oneWay))
	client, server := connect(t, m)
	say(t, client, "first")
	hear(t, server, "first")
	say(t, server, "answer")
	hear(t, client, "answer")
	resets := moved(t, "OutRsts", func() {
		say(t, client, "second") // is on its way now
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		if err := next(client); err != io.EOF { // the FIN comes first
			t.Errorf("the client reads %v", err)
		}
		eventually(t, "the RST", func() bool { return slices.ContainsFunc(m.Log(), is(faults.RST, faults.Downstream)) })
	})
	if resets != 1 {
		t.Errorf("the kernel sent %d RSTs", resets)
	}
	log := of(m.Log(), faults.Hold)
	request := log[slices.IndexFunc(log, func(r Record) bool { return r.Stream == faults.Upstream && r.Length == len("second") })]
	fin := log[slices.IndexFunc(log, is(faults.FIN, faults.Downstream))]
	rst := log[slices.IndexFunc(log, is(faults.RST, faults.Downstream))]
	if end := fin.Seq + 1; request.Ack >= end {
		t.Errorf("the request (ack %d) acknowledges the FIN (seq %d)", request.Ack, fin.Seq)
	}
	if end := request.Seq + uint32(request.Length); fin.Ack >= end || fin.Ack != request.Seq {
		t.Errorf("the FIN (ack %d) acknowledges the request (seq %d)", fin.Ack, request.Seq)
	}
	if rst.At < fin.At || rst.At < request.At+oneWay {
		t.Errorf("the RST left at %v, before the request came (%v + %v)", rst.At, request.At, oneWay)
	}
}

func is(kind faults.Segment, way faults.Stream) func(Record) bool {
	return func(r Record) bool { return r.Stream == way && slices.Contains(r.Segments, kind) }
}

// The next request finds the FIN in its kernel: that is no race, and the
// middlebox tells it from one.
func TestAStaleReuseAcknowledgesTheFIN(t *testing.T) {
	m := open(t, both(time.Millisecond))
	client, server := connect(t, m)
	say(t, server, "answer")
	hear(t, client, "answer")
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if err := next(client); err != io.EOF {
		t.Fatal(err)
	}
	// Else the server might repeat its FIN, and a second segment meet no connection.
	eventually(t, "the acknowledgement of the FIN", func() bool {
		return slices.ContainsFunc(m.Log(), func(r Record) bool { return r.Stream == faults.Upstream && int(r.Ack) == len("answer")+2 })
	})
	if resets := moved(t, "OutRsts", func() {
		say(t, client, "second")
		eventually(t, "the RST", func() bool { return slices.ContainsFunc(m.Log(), is(faults.RST, faults.Downstream)) })
	}); resets != 1 {
		t.Errorf("the kernel sent %d RSTs", resets)
	}
	log := of(m.Log(), faults.Hold)
	request := log[slices.IndexFunc(log, is(faults.Data, faults.Upstream))]
	fin := log[slices.IndexFunc(log, is(faults.FIN, faults.Downstream))]
	if request.Ack != fin.Seq+1 {
		t.Errorf("the request acknowledges %d, the FIN is %d", request.Ack, fin.Seq)
	}
}

// A client that has forgotten its connection calls again from the same port,
// while the server still holds the old one: the SYN is answered with a
// challenge (RFC 5961 section 4.2), that with a RST, and only the next SYN with
// a connection.
func TestAPortUsedAgainMeetsTheOldConnection(t *testing.T) {
	for _, tt := range []struct {
		name   string
		vanish func(*testing.T, *net.TCPConn)
		fault  []faults.Fault
	}{
		{"its RST is lost on the way", func(t *testing.T, c *net.TCPConn) {
			if err := errors.Join(c.SetLinger(0), c.Close()); err != nil {
				t.Fatal(err)
			}
		}, []faults.Fault{once(faults.Drop, faults.Upstream, faults.RST)}},
		{"it forgets", func(t *testing.T, c *net.TCPConn) {
			if err := kernel.CanForget(); err != nil {
				t.Skip(err)
			}
			if err := errors.Join(kernel.Forget(c), c.Close()); err != nil {
				t.Fatal(err)
			}
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := open(t, append(tt.fault, both(time.Millisecond))...)
			ln := listen(t, m)
			first, err := net.DialTCP("tcp4", nil, far(m, ln))
			if err != nil {
				t.Fatal(err)
			}
			old := accept(t, ln, first)
			port := first.LocalAddr().(*net.TCPAddr)
			tt.vanish(t, first)
			challenges := moved(t, "TCPSYNChallenge", func() {
				resets := moved(t, "OutRsts", func() {
					again, err := net.DialTCP("tcp4", port, far(m, ln))
					if err != nil {
						t.Fatal(err)
					}
					say(t, accept(t, ln, again), "hello")
					hear(t, again, "hello")
				})
				if resets != 1 {
					t.Errorf("the client's kernel sent %d RSTs", resets)
				}
			})
			if challenges != 1 {
				t.Errorf("the server's kernel challenged %d times", challenges)
			}
			if err := next(old); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the old connection ended with %v", err)
			}
			if n := m.Counts().Connections; n != 2 {
				t.Errorf("the middlebox saw %d connections", n)
			}
		})
	}
}

func TestASeedRepeatsTheRun(t *testing.T) {
	half := faults.Probability(.5)
	var jitter faults.Delay
	if err := jitter.UnmarshalText([]byte("lognormal(1ms, 0.5)")); err != nil {
		t.Fatal(err)
	}
	play := func(seed uint64) []string {
		if open(t); t.Skipped() {
			return nil
		}
		m := opened(t, Config{Seed: seed, Faults: completed(t,
			faults.Fault{Effect: faults.Duplicate, Segments: []faults.Segment{faults.Data}, Selector: faults.Selector{Probability: &half}},
			faults.Fault{Effect: faults.Hold, Delay: jitter})})
		for range 3 {
			client, server := connect(t, m)
			for range 5 {
				say(t, client, "request")
				hear(t, server, "request")
				say(t, server, "answer")
				hear(t, client, "answer")
			}
			client.CloseWrite()
			if err := next(server); err != io.EOF {
				t.Error(err)
			}
			server.Close()
			if err := next(client); err != io.EOF {
				t.Error(err)
			}
		}
		var fate []string
		for _, r := range append(of(m.Log(), faults.Duplicate), of(m.Log(), faults.Hold)...) {
			fate = append(fate, fmt.Sprint(r.Connection, r.Stream, r.Segments, r.Seq, r.Ack, r.Length, r.Effect, r.Wait))
		}
		return fate
	}
	first := play(1)
	if again := play(1); !slices.Equal(first, again) {
		t.Errorf("a second run differs:\n%q\n%q", first, again)
	}
	if other := play(2); slices.Equal(first, other) {
		t.Error("another seed gives the same run")
	}
}
