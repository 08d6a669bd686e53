package packet

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
)

func TestWithoutFaultsNothingIsLost(t *testing.T) {
	m := open(t)
	sent := make([]byte, 4<<20)
	rand.Read(sent)
	resets := moved(t, "OutRsts", func() {
		client, server := connect(t, m)
		go func() {
			client.Write(sent)
			client.CloseWrite()
		}()
		got, err := io.ReadAll(server)
		if err != nil || !bytes.Equal(got, sent) {
			t.Errorf("%d of %d bytes arrived: %v", len(got), len(sent), err)
		}
		if from := server.RemoteAddr().(*net.TCPAddr).AddrPort().Addr(); from != m.Far() {
			t.Errorf("the server sees the client at %v, want %v", from, m.Far())
		}
		server.Close()
		if err := next(client); err != io.EOF {
			t.Errorf("the client sees the close as %v", err)
		}
	})
	if c := m.Counts(); resets != 0 || c.Connections != 1 || c.Packets < len(sent)/1500 {
		t.Errorf("%d resets; %+v", resets, c)
	}
	if log := m.Log(); len(log) != 0 {
		t.Errorf("the log holds %v", log)
	}
}

func TestALostSYNIsSentAgain(t *testing.T) {
	fault := once(faults.Drop, faults.Upstream, faults.SYN)
	fault.First = 2
	m := open(t, fault)
	again := moved(t, "RetransSegs", func() {
		client, server := connect(t, m)
		say(t, client, "x")
		hear(t, server, "x")
	})
	if again < 2 {
		t.Errorf("%d segments sent again, want at least 2", again)
	}
	log := m.Log()
	if len(log) != 2 || m.Counts().Connections != 1 {
		t.Fatalf("the log holds %+v", log)
	}
	for _, r := range log {
		if r.Effect != faults.Drop || r.Segments[0] != faults.SYN || r.Connection != 1 || r.Seq != 0 {
			t.Errorf("logged %+v", r)
		}
	}
}

func TestLostDataIsSentAgain(t *testing.T) {
	m := open(t, once(faults.Drop, faults.Upstream, faults.Data))
	client, server := connect(t, m)
	if again := moved(t, "RetransSegs", func() {
		say(t, client, "hello")
		hear(t, server, "hello")
	}); again == 0 {
		t.Error("nothing was sent again")
	}
	if log := m.Log(); len(log) != 1 || log[0].Seq != 1 || log[0].Length != 5 {
		t.Errorf("the log holds %+v", log)
	}
}

func TestADelayIsARoundTripTime(t *testing.T) {
	const oneWay = 5 * time.Millisecond
	m := open(t, both(oneWay))
	client, server := connect(t, m)
	say(t, client, "x")
	hear(t, server, "x")
	if rtt := smoothed(t, client); rtt < 2*oneWay {
		t.Errorf("the client's kernel measured %v", rtt)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if err := next(client); err != io.EOF {
		t.Errorf("the FIN came as %v", err)
	}
	seen := map[faults.Segment]bool{}
	for _, r := range m.Log() {
		if r.Wait != oneWay {
			t.Errorf("a packet is held for %v", r.Wait)
		}
		for _, kind := range r.Segments {
			seen[kind] = true
		}
	}
	for _, kind := range []faults.Segment{faults.SYN, faults.Data, faults.FIN, faults.Ack} {
		if !seen[kind] {
			t.Errorf("no %s was held", kind)
		}
	}
}

func TestAnUnevenDelayKeepsTheOrder(t *testing.T) {
	var uneven faults.Delay
	if err := uneven.UnmarshalText([]byte("uniform(0s, 3ms)")); err != nil {
		t.Fatal(err)
	}
	m := open(t, faults.Fault{Effect: faults.Hold, Delay: uneven, Stream: faults.Upstream})
	client, server := connect(t, m)
	sent := make([]byte, 1<<18)
	rand.Read(sent)
	if displaced := moved(t, "TCPOFOQueue", func() {
		go client.Write(sent)
		got := make([]byte, len(sent))
		if _, err := io.ReadFull(server, got); err != nil || !bytes.Equal(got, sent) {
			t.Error("what arrived is not what was sent", err)
		}
	}); displaced != 0 {
		t.Errorf("%d segments came out of order", displaced)
	}
}

func TestADuplicateIsRecognized(t *testing.T) {
	m := open(t, once(faults.Duplicate, faults.Upstream, faults.Data))
	client, server := connect(t, m)
	if told := moved(t, "TCPDSACKOldSent", func() {
		say(t, client, "hello")
		hear(t, server, "hello")
		say(t, client, " world")
		hear(t, server, " world")
	}); told != 1 {
		t.Errorf("the receiver told of %d duplicates (RFC 2883)", told)
	}
	if log := m.Log(); len(log) != 1 || log[0].Effect != faults.Duplicate {
		t.Errorf("the log holds %+v", log)
	}
}

func TestReorderedSegmentsAreWaitedFor(t *testing.T) {
	m := open(t, once(faults.Reorder, faults.Upstream, faults.Data))
	client, server := connect(t, m)
	if displaced := moved(t, "TCPOFOQueue", func() {
		if err := client.SetNoDelay(true); err != nil {
			t.Fatal(err)
		}
		say(t, client, "hello")
		say(t, client, " world")
		hear(t, server, "hello world")
	}); displaced != 1 {
		t.Errorf("%d segments came before their turn", displaced)
	}
}

func TestWhatIsNeverOvertakenGoesOn(t *testing.T) {
	m := open(t, once(faults.Reorder, faults.Upstream, faults.Data))
	client, server := connect(t, m)
	if displaced := moved(t, "TCPOFOQueue", func() {
		say(t, client, "hello")
		hear(t, server, "hello")
	}); displaced != 0 {
		t.Errorf("%d segments came before their turn", displaced)
	}
}

func TestACorruptSegmentIsNotTaken(t *testing.T) {
	for _, kind := range []faults.Segment{faults.SYN, faults.Data} { // without and with a payload
		m := open(t, once(faults.Corrupt, faults.Upstream, kind))
		if wrong := moved(t, "InCsumErrors", func() {
			client, server := connect(t, m)
			say(t, client, "hello")
			hear(t, server, "hello")
		}); wrong != 1 {
			t.Errorf("%s: the kernel found %d wrong checksums", kind, wrong)
		}
		if log := m.Log(); len(log) != 1 || log[0].Effect != faults.Corrupt {
			t.Errorf("the log holds %+v", log)
		}
	}
}

func TestARejectedSYNIsARefusalThatNoKernelSent(t *testing.T) {
	m := open(t, once(faults.Reject, faults.Upstream, faults.SYN))
	ln := listen(t, m)
	if resets := moved(t, "OutRsts", func() {
		c, err := net.DialTCP("tcp4", nil, far(m, ln))
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dialling gave %v, %v", c, err)
		}
	}); resets != 0 {
		t.Errorf("the kernel sent %d RSTs", resets)
	}
	log := m.Log()
	if len(log) != 1 || log[0].RST == nil {
		t.Fatalf("the log holds %+v", log)
	}
	if r := log[0].RST; !r.ACK || r.Seq != 0 || r.Ack != 1 || r.Stream != faults.Downstream || r.TTL != foreignTTL {
		t.Errorf("forged %+v", r)
	}
}

func TestARejectedRequestIsAResetThatNoKernelSent(t *testing.T) {
	m := open(t, once(faults.Reject, faults.Upstream, faults.Data))
	client, server := connect(t, m)
	if resets := moved(t, "OutRsts", func() {
		say(t, client, "hello")
		if err := next(client); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the client got %v", err)
		}
	}); resets != 0 {
		t.Errorf("the kernel sent %d RSTs", resets)
	}
	if r := m.Log()[0].RST; r == nil || r.ACK || r.Seq != 1 || r.Stream != faults.Downstream {
		t.Errorf("forged %+v", r)
	}
	// The server knows of nothing. What it says now meets nobody.
	if resets := moved(t, "OutRsts", func() {
		say(t, server, "still there?")
		if err := next(server); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the server got %v", err)
		}
	}); resets != 1 {
		t.Errorf("the client's kernel sent %d RSTs", resets)
	}
}

func TestAnInjectedRSTFollowsWhatPassed(t *testing.T) {
	for _, way := range []faults.Stream{faults.Upstream, faults.Downstream} {
		m := open(t, once(faults.Inject, way, faults.Data))
		client, server := connect(t, m)
		from, to := client, server
		if way == faults.Downstream {
			from, to = server, client
		}
		if resets := moved(t, "OutRsts", func() {
			say(t, from, "hello")
			hear(t, to, "hello")
			if err := next(to); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%s: the receiver got %v", way, err)
			}
		}); resets != 0 {
			t.Errorf("%s: the kernel sent %d RSTs", way, resets)
		}
		log := m.Log()
		if len(log) != 1 || log[0].RST == nil || log[0].RST.Seq != 6 || log[0].RST.Stream != way || log[0].RST.TTL != foreignTTL {
			t.Errorf("%s: the log holds %+v", way, log)
		}
	}
}

func TestAnInjectedRSTFitsWheneverItComes(t *testing.T) {
	late := once(faults.Inject, faults.Downstream, faults.Data)
	late.Delay = faults.After(300 * time.Millisecond)
	m := open(t, late)
	client, server := connect(t, m)
	say(t, server, "hello")
	say(t, server, " world")
	hear(t, client, "hello world")
	if err := next(client); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client got %v", err)
	}
	if r := m.Log()[0].RST; r == nil || r.Seq != 12 {
		t.Errorf("forged %+v, want it behind 11 bytes", r)
	}
}
