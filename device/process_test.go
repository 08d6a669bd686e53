package device

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// How the process dies at each point, to a client that sends one PUT: what it
// has received by then, and whether it was executed and answered.
var deaths = []struct {
	point    faults.Point
	sends    string
	content  int
	executed int
	answered int
	command  string // the last one that the device knows of
}{
	{faults.Connect, "", nothing, 0, 0, ""},
	{faults.Request, put("0-1", "Content-Length: 9") + "half ", nothing, 0, 0, "0-1"},
	{faults.BeforeForward, put("0-1"), nothing, 0, 0, "0-1"},
	{faults.AfterForward, put("0-1"), nothing, 1, 0, "0-1"},
	{faults.Response, put("0-1"), 5, 1, 0, "0-1"},
	{faults.AfterResponse, put("0-1"), whole, 1, 1, "0-1"},
	{faults.Idle, put("0-1"), whole, 1, 1, "0-1"},
}

func TestADeviceDiesAtEveryPoint(t *testing.T) {
	for _, effect := range []faults.Effect{faults.Crash, faults.Exit} {
		for _, d := range deaths {
			t.Run(string(effect)+" at "+string(d.point), func(t *testing.T) {
				p := spawn(t, Config{Profile: Profile{Faults: []faults.Fault{once(effect, d.point)}}})
				c := dial(t, p)
				c.send(d.sends)
				received, end := c.rest()
				if end != io.EOF { // nothing lay unread
					t.Errorf("reading ended with %v, want EOF", end)
				}
				checkContent(t, d.content, received)
				want := Connection{Number: 1, Exchanges: d.answered, Command: d.command, Ended: Ending(effect) + " at " + Ending(d.point)}
				if n := executions(p, "0-1"); n != d.executed {
					t.Errorf("executed %d times, want %d", n, d.executed)
				}
				got := ended(t, p, 1)
				if got.Closed < got.Opened || got.Client.String() != c.LocalAddr().String() {
					t.Errorf("connection %+v", got)
				}
				if got.Client, got.Opened, got.Closed = want.Client, 0, 0; !reflect.DeepEqual(got, want) {
					t.Errorf("connection %+v, want %+v", got, want)
				}

				mustGoOn(t, p, d.executed, d.command != "")
			})
		}
	}
}

// mustGoOn demands that after its death the device counts on, and that its own
// memory is gone.
func mustGoOn(t *testing.T, p *Process, executed int, received bool) {
	t.Helper()
	attempt := 1
	if received {
		attempt = 2
	}
	if r := again(t, p, put("0-1")); r.StatusCode != 200 || !strings.Contains(r.content, `"state":1,"executed":1`) {
		t.Errorf("answer %+v %s", r.Response, r.content)
	}
	all := recorded(t, p, executed+1)
	last := all[executed]
	if last.Command != "0-1" || last.Attempt != attempt || last.Connection != len(p.Connections()) || last.Exchange != 1 {
		t.Errorf("ledger %+v, want attempt %d on connection %d", all, attempt, len(p.Connections()))
	}
	if executed > 0 && all[0].At > last.At {
		t.Errorf("time went back: %+v", all)
	}
}

func TestADeviceDiesInTheHandshake(t *testing.T) {
	for i, effect := range []faults.Effect{faults.Crash, faults.Exit, faults.Crash, faults.Exit} {
		p := spawn(t, Config{Profile: Profile{Faults: []faults.Fault{once(effect, faults.Handshake)}}, Protocol: encrypted[i/2]})
		meet := func() error {
			d := tls.Dialer{NetDialer: &net.Dialer{Timeout: patience}, Config: &tls.Config{RootCAs: p.Roots()}}
			conn, err := d.DialContext(t.Context(), "tcp", p.Addr())
			if err != nil {
				return err
			}
			return conn.Close()
		}
		// The ClientHello lies unread: only its first byte was looked at.
		if err := meet(); !errors.Is(err, errReset) {
			t.Errorf("the handshake ended with %v, want ECONNRESET", err)
		}
		if got := ended(t, p, 1); got.Ended != Ending(effect)+" at handshake" || got.Exchanges != 0 {
			t.Errorf("connection %+v", got)
		}
		eventually(t, "a handshake after the death, with the same certificate", func() bool {
			err := meet()
			if _, distrusted := errors.AsType[*tls.CertificateVerificationError](err); distrusted {
				t.Fatal(err)
			}
			return err == nil
		})
	}
}

// What lies unread when the process dies makes the kernel send a RST.
func TestADeathWithBytesUnreadIsAReset(t *testing.T) {
	for _, effect := range []faults.Effect{faults.Crash, faults.Exit} {
		f := once(effect, faults.Request)
		p := spawn(t, Config{Profile: Profile{Faults: []faults.Fault{f}}})
		c := dial(t, p)
		c.send(put("0-1", "Content-Length: 9") + "half more")
		c.mustEnd(errReset)
		if got := ended(t, p, 1); got.Unread != len("more") || executions(p, "0-1") != 0 {
			t.Errorf("connection %+v, want 4 bytes unread", got)
		}
	}
}

func TestEveryConnectionDiesWithTheDevice(t *testing.T) {
	f := once(faults.Crash, faults.AfterForward)
	f.Commands = []string{"0-3"}
	p := spawn(t, Config{Profile: Profile{Faults: []faults.Fault{f}}})
	idle, asking := dial(t, p), dial(t, p)
	idle.do(put("0-1"))
	asking.send(put("0-9", "Content-Length: 9", "Expect: 100-continue"))
	if line, err := asking.in.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("%q, %v: the device has not read all there is", line, err)
	}
	asking.in.Discard(asking.in.Buffered())
	dead := dial(t, p)
	dead.do(put("0-2"))
	dead.send(put("0-3"))
	for _, c := range []*client{dead, idle, asking} {
		c.mustEnd(io.EOF)
	}
	again(t, p, put("0-4"))
	for i, command := range []string{"0-1", "0-9", "0-3"} {
		if got := p.Connections()[i]; got.Ended != "crash at after-forward" || got.Command != command {
			t.Errorf("connection %+v, want the last command %q", got, command)
		}
	}
}

func TestADeadDeviceRefusesAndKeepsItsPort(t *testing.T) {
	f := once(faults.Crash, faults.AfterResponse)
	f.Down = faults.After(time.Hour)
	p := spawn(t, Config{Profile: Profile{Faults: []faults.Fault{f}}})
	c := dial(t, p)
	c.do(put("0-1"))
	c.mustEnd(io.EOF)
	mustComeToRefuse(t, p)
	other := switchOn(t, Profile{})
	_, err := (&net.Dialer{LocalAddr: c.RemoteAddr()}).Dial("tcp", other.Addr())
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("dialling from the dead device's port: %v, want EADDRINUSE", err)
	}
	select {
	case <-p.Over():
		t.Error("the device is over, and not only down")
	default:
	}
}

func TestHowLongADeviceIsDownDependsOnTheSeedAndTheCommand(t *testing.T) {
	draw := func(seed uint64, command string) time.Duration {
		s := supervised{orders: &orders{Seed: seed}}
		f := faults.Fault{Effect: faults.Crash, Point: faults.Response, Down: mustDelay(t, "uniform(1s, 9h)")}
		return s.down(faults.Strike{Fault: &f}, faults.Event{Command: command, Attempt: 1})
	}
	if one := draw(1, "0-1"); one != draw(1, "0-1") || one == draw(2, "0-1") || one == draw(1, "0-2") || one < time.Second {
		t.Errorf("drew %v, %v, %v", one, draw(2, "0-1"), draw(1, "0-2"))
	}
}

func TestAProcessSaysWhatADeviceSays(t *testing.T) {
	profile := Profile{Deduplicate: true, Faults: []faults.Fault{
		{Effect: faults.Reset, Point: faults.AfterForward, Selector: faults.Selector{Commands: []string{"0-2"}, Attempts: []int{1}}},
		{Effect: faults.Status, Point: faults.BeforeForward, Code: 503, Selector: faults.Selector{Probability: new(faults.Probability(0.5))}},
	}}
	play := func(d running) ([]Execution, []Connection) {
		c, n := dial(t, d), 1
		for _, request := range []string{put("0-1"), put("0-2"), put("0-2"), put("0-3"), put("0-2")} {
			if _, err := io.WriteString(c, request); err != nil {
				t.Fatal(err)
			}
			if _, err := c.read("PUT"); err != nil {
				c, n = dial(t, d), n+1
			}
		}
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		c.mustEnd(io.EOF)
		for i := range n {
			ended(t, d, i+1)
		}
		executed, connections := d.Ledger(), d.Connections()
		for i := range executed {
			executed[i].At = 0
		}
		for i := range connections {
			c := &connections[i]
			c.Client, c.Opened, c.Closed = netip.AddrPort{}, 0, 0
		}
		return executed, connections
	}
	executed, connections := play(spawn(t, Config{Profile: profile}))
	want, wanted := play(switchOn(t, profile))
	if !slices.Equal(executed, want) || !reflect.DeepEqual(connections, wanted) {
		t.Errorf("as a process\n%+v\n%+v\nin this one\n%+v\n%+v", executed, connections, want, wanted)
	}
}

func TestTimeCountsFromTheEpochAcrossDeaths(t *testing.T) {
	p := spawn(t, Config{Epoch: time.Now().Add(-time.Hour), Profile: Profile{Faults: []faults.Fault{once(faults.Crash, faults.AfterForward)}}})
	dial(t, p).send(put("0-1"))
	ended(t, p, 1)
	again(t, p, put("0-2"))
	all := recorded(t, p, 2)
	if all[0].At < time.Hour || all[1].At < all[0].At || all[1].At > time.Hour+2*patience {
		t.Errorf("ledger %+v, want moments after an hour", all)
	}
}

func TestADeviceThatMayDieMayRefuseToo(t *testing.T) {
	p := spawn(t, Config{Profile: Profile{Faults: []faults.Fault{
		once(faults.Crash, faults.AfterForward),
		{Effect: faults.Refuse, Point: faults.Connect, Selector: faults.Selector{Window: faults.Window{From: time.Hour}}},
	}}})
	dial(t, p).send(put("0-1"))
	ended(t, p, 1)
	again(t, p, put("0-1"))
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, p)
}

func TestAnyIDCrossesTheProcessBoundary(t *testing.T) {
	p := spawn(t, Config{Profile: Profile{Faults: []faults.Fault{once(faults.Crash, faults.AfterResponse)}}})
	const id = "%FF%00%22%3Cid%E2%82%AC"
	request := "PUT /put/ctrl?" + results.IDParameter + "=" + id + " HTTP/1.1\r\nHost: device\r\n\r\n"
	dial(t, p).do(request)
	again(t, p, request)
	all := recorded(t, p, 2)
	if all[0].Command != "\xff\x00\"<id€" || all[1].Attempt != 2 || p.Connections()[0].Command != all[0].Command {
		t.Errorf("ledger %+v, connections %+v", all, p.Connections())
	}
}

func TestClosingSwitchesTheProcessOffInOrder(t *testing.T) {
	p := spawn(t, Config{Profile: Profile{ServiceTime: faults.After(time.Hour)}})
	c := dial(t, p)
	c.send(put("0-1"))
	eventually(t, "the arrival", func() bool { all := p.Connections(); return len(all) == 1 && all[0].Command == "0-1" })
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	c.mustEnd(io.EOF)
	if got := p.Connections()[0]; got.Ended != Shutdown || executions(p, "0-1") != 1 {
		t.Errorf("connection %+v, ledger %+v: the request in service is executed", got, p.Ledger())
	}
	<-p.Over()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestAProcessThatDiesWithoutAFaultIsAnError(t *testing.T) {
	told := make(chan Connection, 1)
	p, err := Spawn(t.Context(), Config{Ended: func(c Connection) { told <- c }}, child("frail"))
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, p)
	c.send(put("0-1"))
	c.mustEnd(io.EOF)
	<-p.Over()
	mustRefuse(t, p)
	if got := <-told; got.Ended != ProcessDied || got.Unread != -1 || !reflect.DeepEqual(got, p.Connections()[0]) || executions(p, "0-1") != 1 {
		t.Errorf("connection %+v, ledger %+v", got, p.Ledger())
	}
	for range 2 {
		if err := p.Close(); err == nil || !strings.Contains(err.Error(), "exit status 7") {
			t.Errorf("Close: %v", err)
		}
	}
}

func TestWhatCanNotBeSpawnedIsSaid(t *testing.T) {
	taken := switchOn(t, Profile{})
	brief, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("out of patience"))
	broken := tls.Certificate{Certificate: [][]byte{[]byte("no certificate")}}
	for _, tt := range []struct {
		life string
		ctx  context.Context
		cfg  Config
		want string
	}{
		{"none", t.Context(), Config{Listen: taken.Addr()}, "address already in use"},
		{"device", t.Context(), Config{Profile: Profile{Burst: 1}}, "device profile: burst is"},
		{"device", t.Context(), Config{Profile: Profile{Faults: []faults.Fault{{Effect: faults.GoAway, Point: faults.Idle, Delay: faults.After(1)}}}}, "HTTP/2"},
		{"device", t.Context(), Config{Protocol: results.HTTPS, Certificate: &broken}, "x509"},
		{"babble", t.Context(), Config{}, "what is no note"},
		{"mute", brief, Config{}, "out of patience"},
	} {
		p, err := Spawn(tt.ctx, tt.cfg, child(tt.life))
		if p != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q in it", tt.life, err, tt.want)
		}
	}
	if _, err := Spawn(t.Context(), Config{}, []string{"/no/such/program"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no program: %v", err)
	}
}

func TestAProcessThatDoesNotEndIsKilled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("out of patience"))
	cfg := Config{overdue: time.Millisecond}
	if p, err := Spawn(ctx, cfg, child("deaf")); p != nil || err == nil {
		t.Errorf("spawned: %v", err)
	}
}

func TestADeviceThatIsToDieIsNotStartedInHere(t *testing.T) {
	d, err := Start(Config{Profile: Profile{Faults: []faults.Fault{once(faults.Exit, faults.Connect)}}})
	if d != nil || err == nil || !strings.Contains(err.Error(), "Spawn") {
		t.Errorf("started: %v", err)
	}
}

func TestNothingOutlivesAKilledParent(t *testing.T) {
	cmd := exec.Command(os.Args[0], "parent")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var addr string
	if _, err := fmt.Fscanln(out, &addr); err != nil {
		t.Fatal(err)
	}
	d := site(addr)
	c := dial(t, d)
	c.do(put("0-1"))
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the parent ended by itself")
	}
	c.mustEnd(io.EOF)
	mustComeToRefuse(t, d)
}

// site is a device of which nothing but the address is known.
type site string

func (s site) Addr() string              { return string(s) }
func (s site) Ledger() []Execution       { return nil }
func (s site) Connections() []Connection { return nil }

func TestOrdersCrossTheProcessBoundary(t *testing.T) {
	cert, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	var o orders
	if err := o.certify(&cert); err != nil {
		t.Fatal(err)
	}
	cfg, err := o.config(nil)
	if err != nil || !reflect.DeepEqual(cfg.Certificate.Certificate, cert.Certificate) || !reflect.DeepEqual(cfg.Certificate.PrivateKey, cert.PrivateKey) {
		t.Errorf("certificate %+v, %v", cfg.Certificate, err)
	}
	o.Key = o.Key[1:]
	if _, err := o.config(nil); err == nil {
		t.Error("half a key was read")
	}
	if err := o.certify(&tls.Certificate{Certificate: cert.Certificate}); err == nil {
		t.Error("a certificate without a key was passed on")
	}
}
