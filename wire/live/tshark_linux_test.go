package live

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"rstorm/wire"
	"rstorm/wire/pcap"
)

// A sum is what one end of a connection sent.
type sum struct{ packets, bytes, fins, resets int }

// add counts a segment.
func (s sum) add(bytes int, fin, rst bool) sum {
	s.packets, s.bytes = s.packets+1, s.bytes+bytes
	if fin {
		s.fins++
	}
	if rst {
		s.resets++
	}
	return s
}

func TestTsharkReadsInACaptureWhatWeDo(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip(err)
	}
	l := listen(t)
	r := record(t, Config{}, portOf(l))
	var wg sync.WaitGroup
	for _, storm := range storms {
		one := storm.make(t)
		wg.Go(func() {
			for range 300 {
				one()
			}
		})
	}
	for turn := range 100 {
		client, server := pair(t, l)
		converse(t, client, server)
		say(t, client, strings.Repeat("x", 10*turn))
		hear(t, server, strings.Repeat("x", 10*turn))
		if turn%2 == 0 {
			server.SetLinger(0)
			server.Close()
			failsWith(t, client, syscall.ECONNRESET)
		} else {
			client.CloseWrite()
			failsWith(t, server, io.EOF)
			server.Close()
			failsWith(t, client, io.EOF)
		}
	}
	wg.Wait()
	all := r.all(t)
	ours := map[string]sum{}
	for _, s := range all {
		from := fmt.Sprintf("%v>%v", s.Source, s.Target)
		ours[from] = ours[from].add(s.Segment.Length, s.Flags.Has(wire.FIN), s.Flags.Has(wire.RST))
	}
	if theirs := tsharks(t, tshark, save(t, all)); !maps.Equal(ours, theirs) {
		t.Errorf("of %d ways of connections here and %d there not all agree", len(ours), len(theirs))
		for way := range ours {
			if ours[way] != theirs[way] {
				t.Errorf("%s: %+v here, %+v there", way, ours[way], theirs[way])
			}
		}
	}
}

// save writes a capture of loopback, the first interface.
func save(t *testing.T, all []seen) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "live.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	w, err := pcap.NewWriter(file, pcap.Capture{Interfaces: []string{"none", "lo"}, Link: wire.LinkRaw})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if err := w.Write(&s.Packet); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

// tsharks sums are those of the file.
func tsharks(t *testing.T, tshark, file string) map[string]sum {
	t.Helper()
	args := []string{"-n", "-r", file, "-T", "fields"}
	for _, field := range []string{"ip.src", "tcp.srcport", "ip.dst", "tcp.dstport", "tcp.len", "tcp.flags.fin", "tcp.flags.reset"} {
		args = append(args, "-e", field)
	}
	command := exec.CommandContext(t.Context(), tshark, args...)
	command.Env = append(os.Environ(), "HOME="+t.TempDir()) // it keeps its settings there
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v", command, err)
	}
	sums := map[string]sum{}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 7 {
			t.Fatalf("tshark says %q", line)
		}
		var length int
		if _, err := fmt.Sscan(f[4], &length); err != nil {
			t.Fatal(err)
		}
		set := func(s string) bool { return s == "1" || s == "True" }
		from := fmt.Sprintf("%s:%s>%s:%s", f[0], f[1], f[2], f[3])
		sums[from] = sums[from].add(length, set(f[5]), set(f[6]))
	}
	return sums
}
