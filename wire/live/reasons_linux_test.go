package live

import (
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
	"rstorm/wire"
)

// asked listens to the kernel for one test, or skips the test where it can't.
func asked(t testing.TB) *Reasons {
	t.Helper()
	needsPrivate(t)
	r, err := OpenReasons()
	if err != nil {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// told is what the kernel has said since the last time.
func told(t testing.TB, r *Reasons) []wire.Reason {
	t.Helper()
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, lost := r.Take()
	if lost != 0 {
		t.Fatalf("%d reasons are lost", lost)
	}
	return all
}

// matches reports whether a reason is of a segment.
func matches(r wire.Reason, s seen) bool {
	return r.Source == s.Source && r.Target == s.Target && (!r.HasSeq || r.Seq == s.Seq)
}

// A situation makes the kernel send RSTs for a known reason.
type situation struct {
	name      string
	words     string // one of them
	listening bool
	make      func(t testing.TB, host string)
}

var situations = []situation{
	{"refused", "NO_SOCKET", false, func(t testing.TB, host string) {
		h, err := kernel.Hold(netip.AddrPortFrom(addrOf(listen(t, host)).Addr(), 0))
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		if err := dialled(h.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dialling failed with %v", err)
		}
	}},
	{"linger 0", "TCP_STATE", false, func(t testing.TB, host string) {
		client, server := pair(t, listen(t, host))
		server.SetLinger(0)
		server.Close()
		failsWith(t, client, syscall.ECONNRESET)
	}},
	{"closed with unread data", "TCP_ABORT_ON_CLOSE", false, func(t testing.TB, host string) {
		client, server := pair(t, listen(t, host))
		say(t, client, "request")
		acknowledged(t, client)
		server.Close()
		failsWith(t, client, syscall.ECONNRESET)
	}},
	// The second word is that of a socket whose FIN was acknowledged so early
	// that the kernel keeps no more of it than of one in TIME-WAIT.
	{"data after close", "TCP_ABORT_ON_DATA TCP_TIMEWAIT_SOCKET", false, func(t testing.TB, host string) {
		client, server := pair(t, listen(t, host))
		server.Close()
		say(t, client, "request")
		acknowledgedOrReset(t, client)
	}},
	{"forgotten", "TCP_FLAGS", true, func(t testing.TB, host string) {
		client, server := pair(t, listen(t, host))
		if err := kernel.Forget(server); err != nil {
			t.Fatal(err)
		}
		server.Close()
		say(t, client, "request")
		failsWith(t, client, syscall.ECONNRESET)
	}},
	{"accept queue overflow", "INVALID_SYN", true, func(t testing.TB, host string) {
		l := listen(t, host)
		free, err := kernel.Overflow(l)
		if err != nil {
			t.Fatal(err)
		}
		client, err := dial(addrOf(l))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		say(t, client, "request")
		failsWith(t, client, syscall.ECONNRESET)
		if _, err := free(); err != nil {
			t.Error(err)
		}
	}},
}

func TestTheKernelsWordForEachSituation(t *testing.T) {
	reasons := asked(t)
	for _, host := range []string{"127.0.0.1", "::1", "::"} { // the last with clients of IPv4
		for _, s := range situations {
			t.Run(s.name+" "+host, func(t *testing.T) {
				r := record(t, Config{})
				told(t, reasons)
				before := kerneltest.OutRsts(t)
				s.make(t, host)
				resets, said := with(wire.RST, r.all(t)), told(t, reasons)
				if sent := kerneltest.OutRsts(t) - before; sent == 0 || uint64(len(said)) != sent || uint64(len(resets)) != sent {
					t.Fatalf("the kernel sent %d RSTs; %d were captured, of %d it told", sent, len(resets), len(said))
				}
				for _, reset := range resets {
					i := slices.IndexFunc(said, func(r wire.Reason) bool { return matches(r, reset) })
					if i < 0 || !slices.Contains(strings.Fields(s.words), said[i].Word) || said[i].Listening != s.listening || !said[i].HasSeq {
						t.Errorf("%v of %+v", said, reset)
					}
				}
			})
		}
	}
}

func TestEveryRSTOfAStormHasItsReason(t *testing.T) {
	reasons := asked(t)
	r := record(t, Config{Mode: Control})
	told(t, reasons)
	before := kerneltest.OutRsts(t)
	var wg sync.WaitGroup
	for _, storm := range storms {
		one := storm.make(t)
		wg.Go(func() {
			for range 1000 {
				one()
			}
		})
	}
	wg.Wait()
	resets, said := with(wire.RST, r.all(t)), told(t, reasons)
	if sent := kerneltest.OutRsts(t) - before; sent != uint64(1000*len(storms)) || uint64(len(said)) != sent {
		t.Errorf("the kernel sent %d RSTs, of %d it told", sent, len(said))
	}
	slices.SortFunc(said, func(a, b wire.Reason) int { return int(a.At - b.At) })
	byPair := map[[2]netip.AddrPort][]wire.Reason{}
	for _, r := range said {
		between := [2]netip.AddrPort{r.Source, r.Target}
		byPair[between] = append(byPair[between], r)
	}
	const near = int64(5e9) // the words come when the RST is sent, in the same clock
	for _, reset := range resets {
		between := [2]netip.AddrPort{reset.Source, reset.Target}
		i := slices.IndexFunc(byPair[between], func(r wire.Reason) bool {
			return matches(r, reset) && r.At-reset.At < near && reset.At-r.At < near
		})
		if i < 0 {
			t.Errorf("of %+v the kernel tells %+v", reset, byPair[between])
			continue
		}
		byPair[between] = slices.Delete(byPair[between], i, i+1) // each explains one
	}
}

func TestReasonsThatFindNoRoomAreCounted(t *testing.T) {
	asked(t)
	r, err := openReasons(os.Getpagesize())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	const times = 300
	refused := storms[0].make(t)
	for range times {
		refused()
	}
	var told, lost uint64
	for range 2 { // what is told once is not told again
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, more := r.Take()
		told, lost = told+uint64(len(all)), lost+more
	}
	if told == 0 || lost == 0 || told+lost != times {
		t.Errorf("of %d RSTs it told %d and lost %d", times, told, lost)
	}
}

func TestReasonsOfOtherNetworksAreNotTold(t *testing.T) {
	reasons := asked(t)
	if kernel.Root() {
		elsewhere(t)
	}
	if all := told(t, reasons); len(all) != 0 {
		t.Errorf("of another network it told %+v", all)
	}
}

func TestReasonsMayBeClosedTwice(t *testing.T) {
	reasons := asked(t)
	situations[0].make(t, "127.0.0.1")
	if err := reasons.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(reasons.Close(), reasons.Close()); err != nil {
		t.Error(err)
	}
	if all, lost := reasons.Take(); len(all) != 1 || lost != 0 {
		t.Errorf("what was flushed is %+v, %d lost", all, lost)
	}
	if err := reasons.Flush(t.Context()); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after Close, Flush returned %v", err)
	}
}
