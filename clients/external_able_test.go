package clients

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rstorm/clients/adapter"
	"rstorm/results"
)

func TestWhatAnExternalClientCantPlayIsSaidBefore(t *testing.T) {
	pool := &adapter.Pool{}
	defer pool.Close()
	able, plain := External{Command: like("whole")}, External{Command: like("plain")}
	odd, none, streams := able, able, plain
	odd.Profile, none.Profile, streams.Report = "odd", "none", Stream
	with := func(change func(*Network)) Network {
		n := Network{Adapters: pool}
		if change != nil {
			change(&n)
		}
		return n
	}
	secure := func(c *tls.Config) Network {
		return with(func(n *Network) { n.Protocol, n.TLS = results.HTTPS, c })
	}
	here, loop := with(nil), Demand{Clients: 1, Concurrency: 1, Constant: true, Commands: 200}
	demand := func(change func(*Demand)) Demand {
		d := loop
		change(&d)
		return d
	}
	for _, tt := range []struct {
		name string
		e    External
		n    Network
		d    Demand
		why  string // a part of it; empty if it can
	}{
		{"a closed loop", able, here, loop, ""},
		{"another profile", odd, here, loop, ""},
		{"an adapter without capabilities", plain, here, loop, ""},
		{"TLS", able, secure(&tls.Config{ServerName: "localhost"}), loop, ""},
		{"everything", able, here, Demand{Clients: 2, Concurrency: 4, Open: true, Commands: 200}, ""},
		{"no command", External{}, here, loop, "it has no command"},
		{"no pool", able, Network{}, loop, "can be started here"},
		{"no such program", External{Command: []string{"no-such-program-here"}}, here, loop, "there is no such program"},
		{"no such profile", none, here, loop, `no profile "none" (have keep, odd)`},
		{"too many clients", able, here, demand(func(d *Demand) { d.Clients = 17 }), "17 are more than 16"},
		{"too long an open loop", able, here, demand(func(d *Demand) { d.Open, d.Commands = true, 20000 }), "is longer: "},
		{"too long an open loop by time", able, here, demand(func(d *Demand) { d.Open, d.Commands, d.Round = true, 1_500_000, newLoad(1).round(1_500_000) }), "of its commands fit"},
		{"an open loop", plain, here, demand(func(d *Demand) { d.Open = true }), `"at"`},
		{"pauses that differ", plain, here, demand(func(d *Demand) { d.Constant = false }), `"gaps"`},
		{"several at once", plain, here, demand(func(d *Demand) { d.Concurrency = 2 }), `"concurrency"`},
		{"each result at once", streams, here, loop, `"stream"`},
		{"TLS without the capability", plain, secure(nil), loop, `"tls"`},
		{"trust in anyone", able, secure(&tls.Config{InsecureSkipVerify: true}), loop, "--insecure"},
		{"a name that is not the link's", able, secure(&tls.Config{ServerName: "device.example"}), loop, "device.example"},
		{"HTTP/2", able, with(func(n *Network) { n.Protocol = results.H2 }), loop, "HTTP/2"},
	} {
		switch err := tt.e.Able(t.Context(), tt.n, tt.d); {
		case tt.why == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.why != "" && (err == nil || !strings.Contains(err.Error(), tt.why)):
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.why)
		}
	}
}

func TestAnExternalClientNeedsTheLinksAddress(t *testing.T) {
	pool := &adapter.Pool{}
	defer pool.Close()
	for name, n := range map[string]Network{
		"no address": {Adapters: pool},
		"roots that are not known": {Adapters: pool, Address: "127.0.0.1:1", Protocol: results.HTTPS,
			TLS: &tls.Config{RootCAs: x509.NewCertPool()}},
	} {
		l := newLoad(1)
		if err := scheduled(t, External{Command: like("whole")}, n).Play(t.Context(), l.Schedule); err == nil || l.drawn > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A run that hangs is found out in half a minute or so, one command apart, and
// fits into a line.
func TestLoadsAreCutIntoRuns(t *testing.T) {
	for _, tt := range []struct {
		name         string
		timeout, gap time.Duration
		lanes, body  int
		want         int // commands in the first run, of 100
	}{
		{"short ones", time.Second, 0, 1, 2, 30},
		{"more lanes than divide it", time.Second, 0, 7, 2, 100},
		{"some of them at once, each longer than a run", time.Minute, 0, 3, 2, 3},
		{"with pauses", time.Second, 2 * time.Second, 1, 2, 10},
		{"several at once", time.Second, 0, 2, 2, 60},
		{"one that may take longer than a run", time.Minute, 0, 1, 2, 1},
		{"all of them", time.Millisecond, 0, 1, 2, 100},
		{"long bodies", time.Millisecond, 0, 1, 200 << 10, 4},
	} {
		l := newLoad(100)
		next := l.Next
		l.Next = func() results.Command {
			cmd := next()
			cmd.Body = []byte(strings.Repeat("x", tt.body))
			return cmd
		}
		l.Timeout, l.Concurrency, l.Gap = tt.timeout, tt.lanes, func() time.Duration { return tt.gap }
		k := &carrier{Schedule: &l.Schedule, client: &external{}}
		for sent := 0; sent < 100; {
			run, limit, err := k.cut()
			if err != nil {
				t.Fatal(err)
			}
			n := len(run.Commands)
			if sent == 0 && n != tt.want {
				t.Errorf("%s: %d commands in a run, want %d", tt.name, n, tt.want)
			}
			if n == 0 || limit < tt.timeout || n > 1 && limit > longest+slack+tt.gap+tt.timeout {
				t.Fatalf("%s: %d commands in %v", tt.name, n, limit)
			}
			if sent += n; run.Commands[n-1].Seq != sent-1 {
				t.Errorf("%s: the last of %d is %d", tt.name, sent, run.Commands[n-1].Seq)
			}
		}
		if more, _, err := k.cut(); err != nil || len(more.Commands) > 0 || l.drawn != 100 {
			t.Errorf("%s: %d more, %d handed out, %v", tt.name, len(more.Commands), l.drawn, err)
		}
	}
}

// round is one round of the load's commands, with the longest ids.
func (l *load) round(n int) []results.Command {
	l.drawn = n
	return []results.Command{l.Next()}
}

// What is said to fit is what fits, and not one command more is made.
func TestAnOpenLoopThatDoesNotFitIntoOneRunIsRefusedByItsBytes(t *testing.T) {
	for _, body := range []int{2, 40 << 10} {
		open := func(n int) (*load, *carrier) {
			l := newLoad(n)
			next := l.Next
			l.Next = func() results.Command {
				cmd := next()
				cmd.Body = []byte(strings.Repeat("<", body))
				return cmd
			}
			l.Gap, l.Due = nil, func(seq int) time.Duration { return 24*time.Hour + time.Duration(seq) }
			return l, &carrier{Schedule: &l.Schedule, client: &external{}}
		}
		l, _ := open(1)
		demand := Demand{Clients: 3, Open: true, Commands: 1_000_000, Round: l.round(1_000_000)}
		long, ok := errors.AsType[*longError](demand.fits())
		if !ok || long.fit == 0 || !strings.Contains(long.Error(), strconv.Itoa(3*long.fit)) || strings.Contains(long.Error(), "adapter") {
			t.Fatalf("got %v", long)
		}
		if demand.Commands = long.fit; demand.fits() != nil {
			t.Errorf("%d are said to fit, and do not: %v", long.fit, demand.fits())
		}
		_, k := open(long.fit)
		run, due, err := k.whole()
		if err != nil || len(due) != long.fit {
			t.Fatalf("%d of %d commands, %v", len(due), long.fit, err)
		}
		run.Pace.AtUS = slices.Repeat([]int64{(24 * time.Hour).Microseconds()}, len(due))
		if line, err := json.Marshal(run); err != nil || body < 1000 && len(line) > adapter.MaxLine {
			t.Errorf("%d bytes, %v", len(line), err)
		}
		l, k = open(1_000_000)
		if _, _, err := k.whole(); err == nil || l.drawn > 2*long.fit {
			t.Errorf("%v after %d commands, %d fit", err, l.drawn, long.fit)
		}
	}
}

// A run must be done when all its commands could have timed out: so many lanes
// carry so many at once, and the last of them may be alone.
func TestARunMayTakeAsLongAsItsCommandsTimingOut(t *testing.T) {
	for _, tt := range []struct{ n, lanes, rounds int }{{1, 1, 1}, {3, 1, 3}, {3, 2, 2}, {4, 2, 2}, {5, 4, 2}, {4, 100, 1}, {9, 4, 3}} {
		l := newLoad(tt.n)
		l.Timeout, l.Concurrency, l.Gap = time.Second, tt.lanes, func() time.Duration { return time.Second }
		k := &carrier{Schedule: &l.Schedule, client: &external{}}
		run, limit, err := k.cut()
		if want := time.Duration(tt.rounds)*2*time.Second + slack; err != nil || len(run.Commands) != tt.n || limit != want {
			t.Errorf("%+v: %d commands in %v, want %v, %v", tt, len(run.Commands), limit, want, err)
		}
		due := make([]time.Duration, tt.n) // all at once
		if got, want := k.latest(due), time.Duration(tt.rounds)*time.Second; got != want {
			t.Errorf("%+v: an open loop is done after %v, want %v", tt, got, want)
		}
	}
	l := newLoad(0)
	l.Timeout, l.Concurrency = 3*time.Second, 1
	k := &carrier{Schedule: &l.Schedule, client: &external{}}
	due := make([]time.Duration, 1000)
	for i := range due {
		due[i] = time.Duration(i) * 10 * time.Millisecond
	}
	if got, want := k.latest(due), due[999]+time.Minute+l.Timeout; got != want {
		t.Errorf("one that hangs is waited for %v, want %v", got, want)
	}
	if got, want := k.latest([]time.Duration{0, time.Hour}), time.Hour+l.Timeout; got != want {
		t.Errorf("one that is at rest in between is waited for %v, want %v", got, want)
	}
}
