package link

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// fire sends a command with each method in turn, one attempt each, on a fresh
// connection whenever the last one broke, and tells which were reset.
func fire(t *testing.T, address string, commands int, methods ...string) (reset []string) {
	t.Helper()
	var c net.Conn
	var r *bufio.Reader
	for i := range commands {
		if c == nil {
			var err error
			if c, err = net.Dial("tcp", address); err != nil {
				t.Fatal(err)
			}
			c.SetDeadline(time.Now().Add(giveUp))
			r = bufio.NewReader(c)
		}
		method := methods[i%len(methods)]
		id := fmt.Sprintf("0-%d", i)
		_, err := fmt.Fprintf(c, "%s /query/state?command=%s HTTP/1.1\r\nHost: device\r\n\r\n", method, id)
		if err == nil {
			var res *http.Response
			if res, err = http.ReadResponse(r, &http.Request{Method: method}); err == nil {
				_, err = io.Copy(io.Discard, res.Body)
			}
		}
		if err != nil {
			if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
				t.Fatalf("command %s: %v", id, err)
			}
			reset = append(reset, id)
			c.Close()
			c = nil
		}
	}
	if c != nil {
		c.Close()
	}
	return reset
}

// quietly is a device that answers and is not asked about it.
func quietly(t testing.TB) string {
	got := make(chan string, 4096)
	return startDevice(t, answering(got, false))
}

func TestFirstStrikesAndThenHeals(t *testing.T) {
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward, Selector: faults.Selector{First: 3}})
	if reset, want := fire(t, l.Addr(), 10, "GET"), []string{"0-0", "0-1", "0-2"}; !slices.Equal(reset, want) {
		t.Errorf("reset %v, want %v", reset, want)
	}
}

func TestMethodSelects(t *testing.T) {
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.Reset, Point: faults.AfterForward, Selector: faults.Selector{Methods: []string{"PUT"}}})
	if reset, want := fire(t, l.Addr(), 6, "PUT", "GET"), []string{"0-0", "0-2", "0-4"}; !slices.Equal(reset, want) {
		t.Errorf("reset %v, want %v", reset, want)
	}
}

func TestProbabilityStrikesTheSameCommandsAgain(t *testing.T) {
	p := faults.Probability(0.3)
	run := func() []string {
		l := openLink(t, quietly(t), faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward, Selector: faults.Selector{Probability: &p}})
		return fire(t, l.Addr(), 100, "GET")
	}
	first, again := run(), run()
	if !slices.Equal(first, again) {
		t.Errorf("reset %v, then %v", first, again)
	}
	if n := len(first); n < 10 || n > 60 {
		t.Errorf("a probability of 30%% struck %d of 100", n)
	}
}

func TestAttemptSelectsOverAllConnections(t *testing.T) {
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward, Selector: faults.Selector{Attempts: []int{1, 2}}})
	for attempt, want := range []string{"ECONNRESET", "ECONNRESET", "ok", "ok"} {
		end := "ok"
		if len(fire(t, l.Addr(), 1, "GET")) > 0 {
			end = "ECONNRESET"
		}
		if end != want {
			t.Errorf("attempt %d: %s, want %s", attempt+1, end, want)
		}
	}
	for i, c := range closeLink(t, l) {
		if len(c.Exchanges) != 1 || c.Exchanges[0].Attempt != i+1 {
			t.Errorf("log of connection %d: %+v, want attempt %d", c.Number, c.Exchanges, i+1)
		}
	}
}

func TestExchangeSelectsByItsPlaceOnTheConnection(t *testing.T) {
	for _, point := range []faults.Point{faults.Request, faults.BeforeForward, faults.AfterForward, faults.Response} {
		l := openLink(t, quietly(t), faults.Fault{Effect: faults.Reset, Point: point, Selector: faults.Selector{Exchanges: []int{3}}})
		if reset, want := fire(t, l.Addr(), 7, "GET"), []string{"0-2", "0-5"}; !slices.Equal(reset, want) { // fresh connections count from 1
			t.Errorf("at %s reset %v, want %v", point, reset, want)
		}
	}
}

// The address from which the link called the device is what the device knows
// its client by.
func TestLogNamesTheLegToTheDevice(t *testing.T) {
	from := make(chan string, 1)
	l := openLink(t, startDevice(t, func(c *net.TCPConn) { from <- c.RemoteAddr().String() }))
	ask(t, l.Addr(), "")
	if got, want := closeLink(t, l)[0].Device.String(), <-from; got != want {
		t.Errorf("log says the device was called from %s, the device %s", got, want)
	}
}

func TestWindowCountsFromTheEpoch(t *testing.T) {
	window := faults.Selector{Window: faults.Window{From: time.Hour, For: time.Hour}}
	for _, row := range []struct {
		age  time.Duration // of the epoch
		want int
	}{{30 * time.Minute, 0}, {90 * time.Minute, 1}, {150 * time.Minute, 0}} {
		l, err := Open(Config{
			Device: quietly(t), Epoch: time.Now().Add(-row.age),
			Faults: []faults.Fault{{Effect: faults.Reset, Point: faults.BeforeForward, Selector: window}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if reset := fire(t, l.Addr(), 1, "GET"); len(reset) != row.want {
			t.Errorf("%v after the epoch %d commands were reset, want %d", row.age, len(reset), row.want)
		}
		if c := closeLink(t, l)[0]; c.Opened < row.age || c.Exchanges[0].Read < row.age {
			t.Errorf("log: opened %v, read %v; want times since the epoch, %v ago", c.Opened, c.Exchanges[0].Read, row.age)
		}
	}
}

func TestConnectionSelects(t *testing.T) {
	l := openLink(t, startDevice(t, func(c *net.TCPConn) { io.WriteString(c, "hello") }),
		faults.Fault{Effect: faults.Reset, Point: faults.Connect, Selector: faults.Selector{Connections: []int{2}}})
	for number, want := range []string{"hello EOF", " ECONNRESET", "hello EOF"} {
		if saw, end := ask(t, l.Addr(), ""); saw+" "+end != want {
			t.Errorf("connection %d saw %q, %s; want %s", number+1, saw, end, want)
		}
	}
}

func TestRefuseListensOnlyOutsideItsWindow(t *testing.T) {
	const from, length = 400 * time.Millisecond, 200 * time.Millisecond
	for then, want := range map[faults.Then]string{
		"":               `"", EOF`, // once it closes itself
		faults.ThenReset: `"", ECONNRESET`,
		faults.ThenClose: `"", EOF`,
	} {
		t.Run(fmt.Sprintf("then %q", then), func(t *testing.T) {
			t.Parallel()
			l := openLink(t, quietly(t), faults.Fault{Effect: faults.Refuse, Then: then, Selector: faults.Selector{Window: faults.Window{From: from, For: length}}})
			before := call(t, l.Addr(), nil)
			defer before.Close()
			refused := dialUntil(t, l, syscall.ECONNREFUSED)
			if refused < from {
				t.Errorf("refused after %v, before the window at %v", refused, from)
			}
			if back := dialUntil(t, l, nil); back < from+length {
				t.Errorf("accepted after %v, within the window that ends at %v", back, from+length)
			}
			if then == "" {
				before.say(request("0-0"))
				before.take(answer)
				before.CloseWrite()
			}
			before.drain()
			if before.saw[0] != want {
				t.Errorf("the connection from before the window saw %v, want %s", before.saw, want)
			}
			before.Close()
			c := closeLink(t, l)[0]
			switch {
			case then == faults.ThenReset && (c.Reset != results.ByLink || c.Cause != "network-outage"),
				then != "" && c.Injected != "refuse at connect",
				then == "" && c.Injected != "":
				t.Errorf("log: reset by %q, cause %q, injected %q", c.Reset, c.Cause, c.Injected)
			}
		})
	}
}

// dialUntil dials l until the outcome is want, and returns when that was,
// since the epoch.
func dialUntil(t *testing.T, l *Link, want error) time.Duration {
	t.Helper()
	for ; l.since() < giveUp; time.Sleep(time.Millisecond) {
		c, err := net.Dial("tcp", l.Addr())
		at := l.since()
		if err == nil {
			c.Close()
		}
		if errors.Is(err, want) {
			return at
		}
	}
	t.Fatalf("never %v", want)
	return 0
}

func TestRefuseWithoutAWindowNeverListens(t *testing.T) {
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.Refuse})
	for range 3 {
		if _, err := net.Dial("tcp", l.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dial: %v, want ECONNREFUSED", err)
		}
	}
	if log := closeLink(t, l); len(log) != 0 {
		t.Errorf("log has %v, want no connection", log)
	}
}
