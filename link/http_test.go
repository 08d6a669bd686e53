package link

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

func TestPipelinedRequestsAreJudgedOneByOne(t *testing.T) {
	three := request("0-0") + request("0-1") + request("0-2")
	for _, row := range []struct {
		point       faults.Point
		wantClient  string
		leastDevice int // requests that it got
		mostDevice  int
	}{
		{faults.BeforeForward, "", 1, 1},
		{faults.AfterForward, answer, 2, 3}, // the third goes if it is faster than the answer to the second
		{faults.AfterResponse, answer + answer, 3, 3},
	} {
		t.Run(string(row.point), func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			l := openLink(t, startDevice(t, answering(got, false)), faults.Fault{Effect: faults.Reset, Point: row.point, Selector: faults.Selector{Commands: []string{"0-1"}}})
			saw, end := ask(t, l.Addr(), three)
			if end != "ECONNRESET" || row.point != faults.BeforeForward && saw != row.wantClient {
				t.Errorf("client saw %q, %s; want %q, ECONNRESET", saw, end, row.wantClient)
			}
			s, fits := <-got, false
			for n := row.leastDevice; n <= row.mostDevice; n++ {
				fits = fits || strings.HasSuffix(s, fmt.Sprintf("in %d bytes, ECONNRESET", n*len(request("0-0"))))
			}
			if !fits {
				t.Errorf("device got %s; want %d to %d requests, ECONNRESET", s, row.leastDevice, row.mostDevice)
			}
		})
	}
}

func TestRequestThatWaitsForLeaveToSendItsBody(t *testing.T) {
	for _, row := range []struct {
		name  string
		fault faults.Fault
		want  string
	}{
		{"passes", faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward, Selector: faults.Selector{Commands: []string{"9-9"}}}, "ok"},
		{"is decided before it is asked to", faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward}, "ECONNRESET"},
		{"is executed before its answer is withheld", faults.Fault{Effect: faults.Reset, Point: faults.AfterForward}, "ECONNRESET"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			l := openLink(t, startDevice(t, func(c *net.TCPConn) {
				c.SetDeadline(time.Now().Add(giveUp))
				r := bufio.NewReader(c)
				req, err := http.ReadRequest(r)
				if err != nil {
					got <- ""
					return
				}
				io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
				body, _ := io.ReadAll(req.Body)
				got <- string(body)
				io.WriteString(c, answer)
				io.Copy(io.Discard, c)
			}), row.fault)
			c := call(t, l.Addr(), nil)
			defer c.Close()
			c.say("PUT / HTTP/1.1\r\nHost: device\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
			r := bufio.NewReader(c)
			leave, err := http.ReadResponse(r, nil)
			if err == nil && leave.StatusCode == http.StatusContinue {
				c.say("body")
				_, err = http.ReadResponse(r, nil)
			}
			if errno(err) != row.want {
				t.Errorf("client saw %v, want %s", err, row.want)
			}
			body := "body"
			if row.fault.Point == faults.BeforeForward && row.want != "ok" {
				body = ""
			}
			if s := <-got; s != body {
				t.Errorf("device got %q, want %q", s, body)
			}
		})
	}
}

func TestRequestTooLargeToHoldIsDecidedWhenItHasComeSoFar(t *testing.T) {
	large := fmt.Sprintf("PUT / HTTP/1.1\r\nHost: device\r\nX-Command-Id: 0-0\r\nContent-Length: %d\r\n\r\n", 3*holdLimit) + bulk(3*holdLimit)
	t.Run("it passes whole", func(t *testing.T) {
		got := make(chan string, 1)
		l := openLink(t, startDevice(t, answering(got, true)), faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward, Selector: faults.Selector{Commands: []string{"9-9"}}})
		if saw, end := ask(t, l.Addr(), large); saw != answer || end != "EOF" {
			t.Errorf("client saw %q, %s", saw, end)
		}
		if s, want := <-got, fmt.Sprintf("1 requests in %d bytes, closed", len(large)); s != want {
			t.Errorf("device got %s, want %s", s, want)
		}
	})
	t.Run("or not at all", func(t *testing.T) {
		got := make(chan string, 1)
		l := openLink(t, startDevice(t, answering(got, true)), faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward})
		if _, end := ask(t, l.Addr(), large); end != "ECONNRESET" && end != "EPIPE" {
			t.Errorf("client saw %s", end)
		}
		if s, want := <-got, none+"ECONNRESET"; s != want {
			t.Errorf("device got %s, want %s", s, want)
		}
	})
}

// The cut is counted in bytes of content, whatever carries them.
func TestResponseIsCutToTheByte(t *testing.T) {
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n"
	long := bulk(256 << 10)
	for _, row := range []struct {
		name, response string
		bytes          int64
		want           string
	}{
		{"no byte of the body", answer, 0, answerHead},
		{"the whole body", answer, 10, answer},
		{"within a chunk", chunked, 6, chunked[:strings.Index(chunked, "456789")+2]},
		{"at the end of a chunk", chunked, 4, chunked[:strings.Index(chunked, "0123")+4]},
		{"a response that the connection's end ends", "HTTP/1.1 200 OK\r\n\r\n0123456789", 3, "HTTP/1.1 200 OK\r\n\r\n012"},
		{"a body that fills every buffer", response(long), 200_001, response(long)[:len(response(long))-len(long)+200_001]},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			l := openLink(t, startDevice(t, func(c *net.TCPConn) {
				c.SetDeadline(time.Now().Add(giveUp))
				http.ReadRequest(bufio.NewReader(c))
				io.WriteString(c, row.response)
				io.Copy(io.Discard, c)
			}), faults.Fault{Effect: faults.Reset, Point: faults.Response, Bytes: row.bytes})
			saw, end := ask(t, l.Addr(), "GET / HTTP/1.1\r\nHost: device\r\n\r\n")
			if saw != row.want || end != "ECONNRESET" {
				t.Errorf("client saw %d bytes, %s; want %d, ECONNRESET", len(saw), end, len(row.want))
			}
		})
	}
}

// A body shorter than the cut is whole, and the fault waits for the next.
func TestCutBeyondTheBodyDoesNotStrike(t *testing.T) {
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.Truncate, Point: faults.Response, Bytes: 11})
	if reset := fire(t, l.Addr(), 3, "GET"); reset != nil {
		t.Errorf("reset %v", reset)
	}
	for _, c := range closeLink(t, l) {
		if c.Injected != "" {
			t.Errorf("log: injected %q", c.Injected)
		}
	}
}

func TestDelayedEffectDoesNotHoldTheNextRequest(t *testing.T) {
	t.Parallel()
	const delay = 500 * time.Millisecond
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.Reset, Point: faults.AfterResponse, Delay: faults.After(delay), Selector: faults.Selector{First: 1}})
	c := call(t, l.Addr(), nil)
	defer c.Close()
	began := time.Now()
	n := 0
	for ; n < 3; n++ { // all within the delay, on any machine that keeps up
		c.say(request(fmt.Sprintf("0-%d", n)))
		c.take(answer)
	}
	c.drain()
	if took := time.Since(began); took < delay {
		t.Errorf("the reset came after %v, before its delay", took)
	}
	if want := `"", ECONNRESET`; c.saw[0] != want {
		t.Errorf("client saw %v, want %s", c.saw, want)
	}
	if log := closeLink(t, l)[0]; len(log.Exchanges) != 3 || log.Injected != "reset at after-response" {
		t.Errorf("log: %+v; want three exchanges, and the reset", log)
	}
}

func TestAfterForwardWithADelayStrikesWhenItIsDue(t *testing.T) {
	l := openLink(t, startDevice(t, func(c *net.TCPConn) { io.Copy(io.Discard, c) }),
		faults.Fault{Effect: faults.Reset, Point: faults.AfterForward, Delay: faults.After(20 * time.Millisecond)})
	if saw, end := ask(t, l.Addr(), request("0-0")); saw != "" || end != "ECONNRESET" {
		t.Errorf("client saw %q, %s; want the reset although the device never answers", saw, end)
	}
}

// A fault waits for the device's answer; a device that ends the connection
// instead is not overruled.
func TestDeviceThatEndsFirstPassesThrough(t *testing.T) {
	for name, row := range map[string]struct {
		end   func(*side)
		want  string
		reset results.Origin
	}{
		"a FIN":            {func(d *side) { d.Close() }, " EOF", ""},
		"a RST":            {(*side).reset, " ECONNRESET", results.ByDevice},
		"part of its head": {func(d *side) { d.say("HTTP/1.1 2"); d.Close() }, "HTTP/1.1 2 EOF", ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := openLink(t, startDevice(t, func(c *net.TCPConn) {
				d := newSide(t, c, nil)
				d.take(request("0-0"))
				row.end(d)
			}), faults.Fault{Effect: faults.Reset, Point: faults.AfterForward})
			if saw, end := ask(t, l.Addr(), request("0-0")); saw+" "+end != row.want {
				t.Errorf("client saw %q, %s; want %s", saw, end, row.want)
			}
			if c := closeLink(t, l)[0]; c.First != results.ByDevice || c.Reset != row.reset || c.Injected != "" {
				t.Errorf("log: first %q, reset by %q, injected %q", c.First, c.Reset, c.Injected)
			}
		})
	}
}

func TestWhatIsNotHTTPPassesAsBytes(t *testing.T) {
	l := openLink(t, startDevice(t, func(c *net.TCPConn) {
		io.WriteString(c, "220 ready\r\n")
		io.Copy(c, c)
	}),
		faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward},
		faults.Fault{Effect: faults.Reset, Point: faults.AfterForward},
		faults.Fault{Effect: faults.Reset, Point: faults.Response},
		faults.Fault{Effect: faults.Reset, Point: faults.AfterResponse})
	c := call(t, l.Addr(), nil)
	c.take("220 ready\r\n")
	c.say("\x16\x03\x01 anything")
	c.take("\x16\x03\x01 anything")
	c.Close()
	if log := closeLink(t, l)[0]; len(log.Exchanges) != 0 || log.Up != 12 || log.Down != 23 || log.Injected != "" {
		t.Errorf("log: %+v; want no exchange, 12 bytes up, 23 down, nothing injected", log)
	}
}

func TestConnectionThatLeavesHTTPPassesAsBytes(t *testing.T) {
	l := openLink(t, startDevice(t, func(c *net.TCPConn) {
		c.SetDeadline(time.Now().Add(giveUp))
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n")
		io.Copy(c, c)
	}), faults.Fault{Effect: faults.Reset, Point: faults.BeforeForward, Selector: faults.Selector{Commands: []string{"9-9"}}})
	c := call(t, l.Addr(), nil)
	c.say("GET / HTTP/1.1\r\nHost: device\r\nUpgrade: echo\r\n\r\n")
	c.take("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n")
	c.say("GET is not a request here")
	c.take("GET is not a request here")
	c.Close()
	if log := closeLink(t, l)[0]; len(log.Exchanges) != 1 || log.Exchanges[0].Status != 101 {
		t.Errorf("log: %+v; want one exchange", log)
	}
}

func TestIdleCountsFromTheLastByte(t *testing.T) {
	const age = 60 * time.Millisecond
	l := openLink(t, quietly(t), faults.Fault{Effect: faults.Close, Point: faults.Idle, Delay: faults.After(age), Selector: faults.Selector{Commands: []string{"0-2"}}})
	c := call(t, l.Addr(), nil)
	for n := range 3 { // however slowly: only behind the last it strikes
		c.say(request(fmt.Sprintf("0-%d", n)))
		c.take(answer)
	}
	c.drain()
	c.Close()
	log := closeLink(t, l)[0]
	if log.Injected != "close at idle" || len(log.Exchanges) != 3 {
		t.Fatalf("log: %+v; want three exchanges, and the close", log)
	}
	if idle := log.Closed - log.Exchanges[2].Answered; idle < age {
		t.Errorf("closed %v after the last byte, want at least %v", idle, age)
	}
}
