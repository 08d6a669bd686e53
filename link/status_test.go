package link

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"rstorm/faults"
	"rstorm/results"
)

// unavailable is a fault that answers what s selects with 503.
func unavailable(s faults.Selector) faults.Fault {
	return faults.Fault{Effect: faults.Status, Point: faults.BeforeForward, Code: http.StatusServiceUnavailable, RetryAfter: 3, Selector: s}
}

// exchangeWith sends text and reads the answer to a request with method.
func exchangeWith(t *testing.T, c *side, r *bufio.Reader, method, text string) (*http.Response, string) {
	t.Helper()
	c.say(text)
	res, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestStatusAnswersInTheDevicesPlaceAndTheConnectionGoesOn(t *testing.T) {
	for _, point := range linkPoints(faults.Status) {
		got := make(chan string, 1)
		f := unavailable(faults.Selector{Exchanges: []int{1, 3, 4}})
		f.Point = point
		l := openLink(t, startDevice(t, answering(got, false)), f)
		c := call(t, l.Addr(), nil)
		r := bufio.NewReader(c)
		head := "HEAD /query/state?command=0-3 HTTP/1.1\r\nHost: device\r\n\r\n"
		for i, row := range []struct {
			method, text string
			want         int
			body         string
		}{
			{"PUT", request("0-0"), 503, "Service Unavailable\n"},
			{"PUT", request("0-1"), 200, "0123456789"},
			{"PUT", request("0-2"), 503, "Service Unavailable\n"},
			{"HEAD", head, 503, ""},
			{"PUT", request("0-4"), 200, "0123456789"},
		} {
			res, body := exchangeWith(t, c, r, row.method, row.text)
			if res.StatusCode != row.want || body != row.body {
				t.Errorf("answer %d is %d with %q, want %d with %q", i, res.StatusCode, body, row.want, row.body)
			}
			if id := fmt.Sprintf("0-%d", i); row.want == 503 && (res.Header.Get(results.IDHeader) != id || res.Header.Get("Retry-After") != "3" || res.ContentLength != 20) {
				t.Errorf("answer %d has %v, want the id %s, Retry-After 3 and Content-Length 20", i, res.Header, id)
			}
		}
		c.Close()
		if s, want := <-got, fmt.Sprintf("2 requests in %d bytes, EOF", 2*len(request("0-0"))); s != want {
			t.Errorf("device got %s, want %s", s, want)
		}
		log := closeLink(t, l)[0]
		if log.Reset != "" || log.Injected != "" || len(log.Strikes) != 3 || log.First != results.ByClient {
			t.Errorf("log: %+v", log)
		}
		for i, ex := range log.Exchanges {
			own := i == 0 || i == 2 || i == 3
			if own != (ex.Forwarded < 0) || own != (ex.Status == 503) || ex.Answered < ex.Read {
				t.Errorf("log of exchange %d: %+v; want it answered, and forwarded: %t", i+1, ex, !own)
			}
		}
		if log.Taken != int64(2*len(request("0-0"))) {
			t.Errorf("log: the device took %d of %d bytes", log.Taken, log.Up)
		}
	}
}

// Answers come in the order of the requests, whoever gives them.
func TestStatusWaitsForItsTurn(t *testing.T) {
	got := make(chan string, 1)
	l := openLink(t, startDevice(t, answering(got, false)), unavailable(faults.Selector{Exchanges: []int{2}}),
		faults.Fault{Effect: faults.Stall, Point: faults.Request, Delay: faults.After(20e6), Selector: faults.Selector{Exchanges: []int{3}}})
	c := call(t, l.Addr(), nil)
	c.say(request("0-0") + request("0-1") + request("0-2"))
	r := bufio.NewReader(c)
	for i, want := range []int{200, 503, 200} {
		res, err := http.ReadResponse(r, nil)
		if err != nil || res.StatusCode != want {
			t.Fatalf("answer %d: %v, %v; want %d", i, res, err, want)
		}
		io.Copy(io.Discard, res.Body)
	}
	c.Close()
	if s, want := <-got, fmt.Sprintf("2 requests in %d bytes, EOF", 2*len(request("0-0"))); s != want {
		t.Errorf("device got %s, want %s", s, want)
	}
	if log := closeLink(t, l)[0]; len(log.Strikes) != 2 {
		t.Errorf("log: strikes %+v, want two", log.Strikes)
	}
}

// An answer whose turn never comes must not keep the connection: the device has
// closed without one to the request before.
func TestStatusWhoseTurnNeverComes(t *testing.T) {
	l := openLink(t, startDevice(t, func(c *net.TCPConn) { newSide(t, c, nil).take(request("0-0")) }), unavailable(faults.Selector{Exchanges: []int{2}}))
	c := call(t, l.Addr(), nil)
	c.say(request("0-0") + request("0-1"))
	c.drain()
	c.Close()
	if c.saw[0] != `"", EOF` {
		t.Errorf("client saw %v, want the device's FIN", c.saw)
	}
	log := closeLink(t, l)[0]
	if log.First != results.ByDevice || log.Reset != "" || log.Taken != int64(len(request("0-0"))) {
		t.Errorf("log: %+v", log)
	}
	if last := log.Exchanges[1]; last.Forwarded >= 0 || last.Answered >= 0 || last.Status != 0 {
		t.Errorf("log: %+v; want the second request neither forwarded nor answered", last)
	}
}

// A request that is decided before it is whole is thrown away to its end.
func TestStatusForARequestThatIsNotWhole(t *testing.T) {
	for name, row := range map[string]struct{ head, body string }{
		"it waits for leave": {"PUT / HTTP/1.1\r\nHost: d\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n", "0123456789"},
		"it is too large":    {fmt.Sprintf("PUT / HTTP/1.1\r\nHost: d\r\nContent-Length: %d\r\n\r\n", 2*holdLimit) + strings.Repeat("x", holdLimit+1), strings.Repeat("x", holdLimit-1)},
	} {
		t.Run(name, func(t *testing.T) {
			got := make(chan string, 1)
			l := openLink(t, startDevice(t, answering(got, false)), unavailable(faults.Selector{Exchanges: []int{1}}),
				faults.Fault{Effect: faults.Reset, Point: faults.Request, Bytes: 5, Selector: faults.Selector{Exchanges: []int{1}}})
			c := call(t, l.Addr(), nil)
			r := bufio.NewReader(c)
			if res, _ := exchangeWith(t, c, r, "PUT", row.head); res.StatusCode != 503 {
				t.Errorf("the first answer is %d, want 503", res.StatusCode)
			}
			if res, _ := exchangeWith(t, c, r, "PUT", row.body+request("0-1")); res.StatusCode != 200 {
				t.Errorf("the second answer is %d, want 200", res.StatusCode)
			}
			c.Close()
			if s, want := <-got, fmt.Sprintf("1 requests in %d bytes, EOF", len(request("0-1"))); s != want {
				t.Errorf("device got %s, want %s", s, want)
			}
		})
	}
}
