package link

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
)

func TestOpenRefusesWhatCannotWork(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, row := range map[string]struct {
		cfg  Config
		want string
	}{
		"a device without a port": {Config{Device: "127.0.0.1"}, "missing port"},
		"a listener without one":  {Config{Device: "127.0.0.1:1", Listen: "127.0.0.1"}, "missing port"},
		"an address that is taken": {Config{Device: "127.0.0.1:1", Listen: taken.Addr().String()},
			"address already in use"},
		"an effect of the device's": {Config{Device: "127.0.0.1:1", Faults: []faults.Fault{{Effect: faults.IgnoreClose}}}, `no effect "ignore-close"`},
		"a toxic that there is not": {Config{Device: "127.0.0.1:1", Faults: []faults.Fault{toxic("nonesuch", faults.Upstream, nil)}}, "toxic nonesuch"},
	} {
		l, err := Open(row.cfg)
		if err == nil {
			l.Close(t.Context())
		}
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v; want %q", name, err, row.want)
		}
	}
	if _, err := Open(Config{Device: "127.0.0.1:1", Listen: taken.Addr().String()}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a taken address: %v is not EADDRINUSE", err)
	}
}

func TestListenIsWhereClientsCall(t *testing.T) {
	for _, listen := range []string{freeAddress(t), ":0"} {
		l, err := Open(Config{Device: quietly(t), Listen: listen})
		if err != nil {
			t.Fatal(err)
		}
		if listen != ":0" && l.Addr() != listen {
			t.Errorf("listens on %s, want %s", l.Addr(), listen)
		}
		_, port, err := net.SplitHostPort(l.Addr())
		if err != nil {
			t.Fatal(err)
		}
		c := call(t, net.JoinHostPort("127.0.0.1", port), nil)
		c.say(request("0-0"))
		c.take(answer)
		c.Close()
		closeLink(t, l)
	}
}

func TestCloseWaitsForOpenConnections(t *testing.T) {
	l := openLink(t, quietly(t))
	c := call(t, l.Addr(), nil)
	c.say(request("0-0"))
	c.take(answer)
	closing := make(chan error)
	go func() { closing <- l.Close(context.Background()) }()
	eventually(t, "nobody is let in any more", func() bool {
		d, err := net.Dial("tcp", l.Addr())
		if err == nil {
			d.Close()
		}
		return errors.Is(err, syscall.ECONNREFUSED)
	})
	c.say(request("0-1")) // the open connection works on
	c.take(answer)
	c.Close()
	if err := <-closing; err != nil {
		t.Error(err)
	}
	if log := l.Log(); len(log[0].Exchanges) != 2 {
		t.Errorf("log: %+v; want two exchanges", log[0])
	}
	if err := l.Close(context.Background()); err != nil {
		t.Errorf("closed again: %v", err)
	}
}

func TestCloseAbortsWhatDoesNotEnd(t *testing.T) {
	l := openLink(t, startDevice(t, func(c *net.TCPConn) { io.Copy(io.Discard, c) }))
	var clients []*side
	for range 10 {
		c := call(t, l.Addr(), nil)
		c.say(request("0-0"))
		clients = append(clients, c)
	}
	eventually(t, "all are connected", func() bool { return len(l.relays()) == len(clients) })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := l.Close(ctx); err != nil {
		t.Error(err)
	}
	for _, c := range clients {
		c.drain()
		c.Close()
		if want := `"", ECONNRESET`; c.saw[0] != want {
			t.Errorf("client saw %v, want %s", c.saw, want)
		}
	}
	for _, c := range l.Log() {
		if c.First != "" || c.Reset != "" || c.Injected != "" || c.Closed == 0 {
			t.Errorf("log: %+v; want a connection that nobody closed while the trial lasted", c)
		}
	}
}

func TestManyConnectionsAtOnce(t *testing.T) {
	const callers, each = 100, 3
	l := openLink(t, quietly(t))
	var calling sync.WaitGroup
	for range callers {
		calling.Go(func() {
			for range each {
				c, err := net.Dial("tcp", l.Addr())
				if err != nil {
					t.Error(err)
					return
				}
				s := newSide(t, c, nil)
				s.say(request("0-0"))
				s.take(answer)
				s.Close()
			}
		})
	}
	calling.Wait()
	log := closeLink(t, l)
	if len(log) != callers*each {
		t.Fatalf("log has %d connections, want %d", len(log), callers*each)
	}
	attempts := map[int]bool{}
	for i, c := range log {
		if c.Number != i+1 || c.First != "client" || c.Reset != "" || len(c.Exchanges) != 1 || c.Up != int64(len(request("0-0"))) || c.Down != int64(len(answer)) {
			t.Fatalf("log: %+v", c)
		}
		attempts[c.Exchanges[0].Attempt] = true
	}
	if len(attempts) != callers*each {
		t.Errorf("%d different attempts of one command, want %d", len(attempts), callers*each)
	}
}

// A device that can't be reached for another reason than a refusal is not
// taken for one.
func TestUnreachableDeviceIsLogged(t *testing.T) {
	l := openLink(t, "no-such-host.invalid:80")
	c, err := net.Dial("tcp", l.Addr())
	if err == nil {
		_, err = c.Read(make([]byte, 1))
		c.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("client saw %v, want ECONNRESET", err)
	}
	var lookup *net.DNSError
	if c := closeLink(t, l)[0]; !errors.As(c.DialErr, &lookup) || c.Reset != "link" || c.Cause != causeUnknown {
		t.Errorf("log: %+v; want a failed lookup", c)
	}
}
