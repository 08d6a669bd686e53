package link

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// A device resets each connection one millisecond after its first answer. Its
// own count, the clients' errnos and the link's log must agree to the unit,
// wherever on the connection the RST meets the client.
func TestResetsAreCountedToTheUnit(t *testing.T) {
	const clients, commands = 8, 50
	var sent, seen atomic.Int64
	l := openLink(t, startDevice(t, func(c *net.TCPConn) {
		c.SetDeadline(time.Now().Add(giveUp))
		r := bufio.NewReader(c)
		var aborting sync.WaitGroup
		defer aborting.Wait()
		for n := 0; ; n++ {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			io.Copy(io.Discard, req.Body)
			if n == 0 {
				aborting.Go(func() {
					faults.Wait(t.Context(), time.Millisecond)
					c.SetLinger(0)
					sent.Add(1)
					c.Close()
				})
			}
			io.WriteString(c, answer)
		}
	}))
	var calling sync.WaitGroup
	for client := range clients {
		calling.Go(func() {
			rng := rand.New(rand.NewPCG(5, uint64(client)))
			for left := commands; left > 0; {
				n, err := useUp(l.Addr(), rng, left)
				if left -= n; !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
					t.Errorf("client %d: %v", client, err)
					return
				}
				seen.Add(1)
			}
		})
	}
	calling.Wait()
	log := closeLink(t, l)
	logged := int64(0)
	for _, c := range log {
		if c.Reset == results.ByDevice && c.First == results.ByDevice {
			logged++
		}
	}
	if logged != sent.Load() || seen.Load() != sent.Load() || int(logged) != len(log) {
		t.Errorf("the device sent %d RSTs, the clients saw %d, the link logged %d on %d connections", sent.Load(), seen.Load(), logged, len(log))
	}
	t.Logf("%d commands, %d resets", clients*commands, logged)
}

// useUp sends up to limit commands on one connection, with and without a
// pause, until it breaks. It returns how many it sent and how it broke.
func useUp(address string, rng *rand.Rand, limit int) (n int, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(giveUp))
	r := bufio.NewReader(c)
	for n < limit && rng.IntN(4) > 0 {
		n++
		if _, err = fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: device\r\nX-Command-Id: 0-%d\r\n\r\n", n); err != nil {
			return n, err
		}
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return n, err
		}
		if _, err = io.Copy(io.Discard, res.Body); err != nil {
			return n, err
		}
	}
	if n == 0 { // the device is only provoked by a command
		n++
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: device\r\n\r\n")
	}
	_, err = io.Copy(io.Discard, r)
	return n, err
}

// The link resets a tenth of the commands after the device has executed them.
// The ledger, the clients and the log must agree on which.
func TestResetAfterForwardMeansExecuted(t *testing.T) {
	const commands = 300
	p := faults.Probability(0.1)
	var mu sync.Mutex
	ledger := map[string]int{}
	l := openLink(t, startDevice(t, func(c *net.TCPConn) {
		c.SetDeadline(time.Now().Add(giveUp))
		r := bufio.NewReader(c)
		for {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			mu.Lock()
			ledger[req.URL.Query().Get(results.IDParameter)]++
			mu.Unlock()
			io.WriteString(c, answer)
		}
	}), faults.Fault{Effect: faults.Reset, Point: faults.AfterForward, Selector: faults.Selector{Probability: &p}})
	reset := fire(t, l.Addr(), commands, "PUT", "GET")
	var logged []string
	for _, c := range closeLink(t, l) {
		if c.Reset == results.ByLink {
			logged = append(logged, c.Exchanges[len(c.Exchanges)-1].Command)
		}
	}
	slices.Sort(logged)
	slices.Sort(reset)
	if len(reset) == 0 || !slices.Equal(reset, logged) {
		t.Errorf("the clients saw resets of %v, the log has %v", reset, logged)
	}
	mu.Lock()
	defer mu.Unlock()
	for i := range commands {
		if n := ledger[fmt.Sprintf("0-%d", i)]; n != 1 {
			t.Errorf("command 0-%d was executed %d times, want once", i, n)
		}
	}
}
