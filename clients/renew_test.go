package clients

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"rstorm/device"
	"rstorm/faults"
	"rstorm/results"
)

// Who refreshes ends what others have under way: they are told so, at once, and
// the device sees the client close before it has answered.
func TestRefreshKillsTheRequestsOfOthers(t *testing.T) {
	for _, protocol := range []results.Protocol{results.HTTP, results.HTTPS} {
		t.Run(string(protocol), func(t *testing.T) {
			ends := make(chan error, 1)
			script := func(p *peer, w io.Writer) {
				req := p.request()
				if req == nil {
					return
				}
				if p.seq(req) == 0 {
					p.server.event <- struct{}{}
					_, err := p.reader.ReadByte() // ends with the connection
					ends <- err
				}
				io.WriteString(w, whole)
			}
			s, n := plainOrTLS(t, protocol, script)
			c := start(t, kind(t, "refresh"), n)
			killed := make(chan results.Reply, 1)
			go func() { killed <- do(t, c, command("PUT", 0)) }()
			s.wait()
			expect(t, do(t, c, command("PUT", 1)), anew)
			r := <-killed
			expect(t, r, "failed 0: wait 1/1 failed")
			if !errors.Is(r.Err, errRenewed) || results.Errno(r.Err) != "renewed" {
				t.Errorf("the killed command's error is %q (%v)", results.Errno(r.Err), r.Err)
			}
			if err := <-ends; err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("the device saw %v, want the client's FIN", err)
			}
			if got := n.Dialer.Counts(); got != (Counts{Dials: 2}) {
				t.Errorf("the dialer counted %+v", got)
			}
		})
	}
}

// Over HTTP/2 as well, where a stream could be given up without its connection.
func TestRefreshKillsTheStreamsOfOthers(t *testing.T) {
	for _, protocol := range []results.Protocol{results.H2, results.H2C} {
		for _, settings := range []Strategy{kind(t, "refresh"), Raw{Renew: true}} {
			came, went := make(chan struct{}, 1), make(chan struct{}, 1)
			n := handled(t, protocol, func(_ http.ResponseWriter, r *http.Request) {
				if r.Header.Get(results.IDHeader) == "0-0" {
					came <- struct{}{}
					<-r.Context().Done()
					went <- struct{}{}
				}
			})
			c := start(t, settings, n)
			killed := make(chan results.Reply, 1)
			go func() { killed <- do(t, c, command("PUT", 0)) }()
			<-came
			expect(t, do(t, c, command("PUT", 1)), anew)
			// The server sees a request before the client knows it written.
			if r := <-killed; r.Outcome != results.Failed || !errors.Is(r.Err, errRenewed) {
				t.Errorf("%s: the killed command ended as %s: %v", protocol, tell(r), r.Err)
			}
			<-went
			if p := c.(*raw).pool; len(p.idle) > 1 {
				t.Errorf("%s: %d connections are idle", protocol, len(p.idle))
			}
		}
	}
}

// plainOrTLS plays a script that writes its answers to w.
func plainOrTLS(t *testing.T, protocol results.Protocol, script func(p *peer, w io.Writer)) (*server, Network) {
	if protocol.TLS() {
		return serveTLS(t, func(p *peer, conn *tls.Conn) { script(p, conn) })
	}
	s := serve(t, func(p *peer) { script(p, p) })
	return s, s.network()
}

// The device may have executed what was killed, and does not know that nobody
// waits for its answer: that meets a reset.
func TestWhatRefreshKilledIsAGhost(t *testing.T) {
	d, err := device.Start(device.Config{Profile: device.Profile{
		Faults: []faults.Fault{{Effect: faults.Stall, Point: faults.AfterForward, Selector: faults.Selector{Commands: []string{"0-0"}}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	n := Network{Host: d.Addr(), Dialer: dialTo(d.Addr())}
	c := start(t, kind(t, "refresh"), n)
	killed := make(chan results.Reply, 1)
	go func() { killed <- do(t, c, command("PUT", 0)) }()
	for deadline := time.Now().Add(giveUp); len(d.Ledger()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the command was never executed")
		}
	}
	expect(t, do(t, c, command("PUT", 1)), anew)
	expect(t, <-killed, "failed 0: wait 1/1 failed")
	if ledger := d.Ledger(); len(ledger) != 2 || ledger[0].Command != "0-0" {
		t.Errorf("the ledger says %+v", ledger)
	}
}

// What the device answers to a client that has gone is reset by its kernel.
func TestTheDeviceAnswersAClientThatHasGone(t *testing.T) {
	broken := make(chan error, 1)
	s := serve(t, func(p *peer) {
		req := p.request()
		if req == nil || p.seq(req) != 0 {
			p.say(whole)
			return
		}
		p.server.event <- struct{}{}
		p.reader.ReadByte() // ends with the connection
		var err error
		for deadline := time.Now().Add(giveUp); err == nil && time.Now().Before(deadline); {
			_, err = io.WriteString(p, whole)
		}
		broken <- err
	})
	c := start(t, kind(t, "refresh"), s.network())
	killed := make(chan results.Reply, 1)
	go func() { killed <- do(t, c, command("GET", 0)) }()
	s.wait()
	expect(t, do(t, c, command("GET", 1)), anew)
	<-killed
	if err := <-broken; !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the device's answer met %v, want a reset", err)
	}
}

// Renewing ends a command that is still connecting as well.
func TestRefreshKillsADialOfOthers(t *testing.T) {
	n := serve(t, answers(whole)).network()
	dial, dialling := n.Dialer.dial, make(chan struct{}, 1)
	stuck := true
	n.Dialer.dial = func(ctx context.Context) (net.Conn, error) {
		if !stuck {
			return dial(ctx)
		}
		stuck = false // the second dial comes after the first told of itself
		dialling <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	c := start(t, kind(t, "refresh"), n)
	killed := make(chan results.Reply, 1)
	go func() { killed <- do(t, c, command("PUT", 0)) }()
	<-dialling
	expect(t, do(t, c, command("PUT", 1)), first)
	r := <-killed
	expect(t, r, "failed 0: connect 0/0 failed")
	if !errors.Is(r.Err, errRenewed) {
		t.Errorf("the error is %v", r.Err)
	}
}

// Connections that rest are closed by the renewal too, without a goodbye.
func TestRenewalClosesWhatRests(t *testing.T) {
	s := serve(t, func(p *peer) {
		answers(whole)(p)
		p.server.event <- struct{}{}
	})
	c := start(t, Raw{Renew: true}, s.network())
	for seq, want := range []string{first, anew, "ok 200: done 3/1 ok"} {
		expect(t, do(t, c, command("PUT", uint32(seq))), want)
		if seq > 0 {
			s.wait() // the device saw the connection before go
		}
	}
}
