package link

import (
	"bufio"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/kernel"
)

// A storm lets everything happen at once: clients and devices that leave in
// every way at every moment, through every fault and every toxic. It must end,
// leave nothing behind, and be logged without contradiction. Every other time
// the link is not closed before all of its connections have ended, as they must
// when both sides have left and nothing pauses for ever.
func TestStormEndsAndIsLogged(t *testing.T) {
	const rounds, clients, calls = 12, 8, 6
	for seed := range uint64(rounds) {
		rng, patient := rand.New(rand.NewPCG(9, seed)), seed%2 == 0
		l := openLink(t, startDevice(t, moodyDevice(seed)), someFaults(rng, patient)...)
		var calling sync.WaitGroup
		for client := range uint64(clients) {
			calling.Go(func() {
				rng := rand.New(rand.NewPCG(seed, client))
				for range calls {
					moodyClient(l.Addr(), rng)
				}
			})
		}
		calling.Wait()
		if patient {
			closeLink(t, l)
		}
		l.Close(past())
		log := l.Log()
		if len(log) != clients*calls {
			t.Errorf("seed %d: log has %d connections, want %d", seed, len(log), clients*calls)
		}
		for _, c := range log {
			if (c.Reset == "") != (c.Cause == "") || c.Reset != "" && c.First == "" || c.Injected != "" && c.First == "" || c.Closed < c.Opened {
				t.Errorf("seed %d: log contradicts itself: %+v", seed, c)
			}
		}
	}
}

// someFaults picks up to three effects and two toxics, each for half of the
// events; if all shall end, none that pauses for ever.
func someFaults(rng *rand.Rand, allEnd bool) (fs []faults.Fault) {
	half := faults.Probability(0.5)
	for range 3 {
		kind := faults.Effects[rng.IntN(len(faults.Effects))]
		if len(kind.Link) == 0 || kind.Effect == faults.Refuse || kind.Effect == faults.DropSYN || kind.Effect == faults.Vanish && kernel.CanForget() != nil {
			continue
		}
		f := faults.Fault{Effect: kind.Effect, Point: kind.Link[rng.IntN(len(kind.Link))], Selector: faults.Selector{Probability: &half}}
		if f.Point == faults.Packet {
			continue
		}
		if f.Effect == faults.Status {
			f.Code = 503
		}
		if f.Effect == faults.Hold || f.Effect == faults.Stall || f.Point == faults.Idle || rng.IntN(2) == 0 {
			f.Delay = faults.After(time.Duration(1+rng.IntN(5)) * time.Millisecond)
		}
		if f.Point == faults.Response || f.Point == faults.Request {
			f.Bytes = rng.Int64N(12)
		}
		if f.Effect == faults.HalfClose {
			f.Then = []faults.Then{"", faults.ThenClose, faults.ThenReset}[rng.IntN(3)]
		}
		if eternal := f.Delay.IsZero() || f.Point == faults.Idle; allEnd && eternal && silences(faults.Strike{Fault: &f}) {
			continue
		}
		fs = append(fs, f)
	}
	for _, all := range []map[string]map[string]int64{shapers, cutters} {
		kinds := slices.Sorted(maps.Keys(all))
		f := toxic(kinds[rng.IntN(len(kinds))], []faults.Stream{faults.Upstream, faults.Downstream}[rng.IntN(2)], nil)
		f.Toxic.Attributes, f.Toxic.Toxicity = all[f.Toxic.Type], half
		if rng.IntN(2) == 0 {
			f.Toxic.Window = faults.Window{For: 2 * time.Millisecond, Every: 5 * time.Millisecond}
		}
		fs = append(fs, f)
	}
	return fs
}

// leave ends a connection in one of the ways there are.
func leave(c *net.TCPConn, rng *rand.Rand) {
	switch rng.IntN(3) {
	case 0:
		c.SetLinger(0)
	case 1:
		c.CloseWrite()
		io.Copy(io.Discard, c)
	}
	c.Close()
}

// moodyDevice answers a few requests and leaves, at times before the answer or
// within it.
func moodyDevice(seed uint64) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		rng := rand.New(rand.NewPCG(seed, uint64(c.RemoteAddr().(*net.TCPAddr).Port)))
		c.SetDeadline(time.Now().Add(200 * time.Millisecond))
		r := bufio.NewReader(c)
		for range 1 + rng.IntN(4) {
			req, err := http.ReadRequest(r)
			if err != nil {
				break
			}
			io.Copy(io.Discard, req.Body)
			n := len(answer)
			if rng.IntN(4) == 0 {
				n = rng.IntN(n)
			}
			if _, err := io.WriteString(c, answer[:n]); err != nil || n < len(answer) {
				break
			}
		}
		leave(c, rng)
	}
}

// moodyClient sends a few requests, whole, cut or in a pipeline, and leaves.
func moodyClient(address string, rng *rand.Rand) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return // reset while it was made
	}
	c := conn.(*net.TCPConn)
	c.SetDeadline(time.Now().Add(50 * time.Millisecond))
	buf := make([]byte, 4<<10)
	for range 1 + rng.IntN(4) {
		text := request("0-0")
		switch rng.IntN(4) {
		case 0:
			text += request("0-1")
		case 1:
			text = text[:rng.IntN(len(text))]
		}
		if _, err := io.WriteString(c, text); err != nil {
			break
		}
		if _, err := c.Read(buf); err != nil {
			break
		}
	}
	leave(c, rng)
}
