package device

import (
	"errors"
	"net"
	"slices"
	"syscall"
	"testing"
	"time"

	"rstorm/faults"
)

func TestConformIsATokenBucket(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name            string
		interval, slack time.Duration
		arrivals        []time.Duration
		want            []bool
	}{
		{"one at a time", 10 * ms, 0, []time.Duration{0, 9 * ms, 10 * ms, 11 * ms, 20 * ms}, []bool{true, false, true, false, true}},
		{"a bucket of three", 10 * ms, 20 * ms, []time.Duration{0, 0, 0, 0, 10 * ms, 10 * ms}, []bool{true, true, true, false, true, false}},
		{"it fills while nobody comes, and no further", 10 * ms, 10 * ms, []time.Duration{0, 1000 * ms, 1000 * ms, 1000 * ms}, []bool{true, true, true, false}},
		{"who is turned away takes nothing", 10 * ms, 0, []time.Duration{0, 1 * ms, 2 * ms, 3 * ms, 10 * ms}, []bool{true, false, false, false, true}},
		{"before the epoch", 10 * ms, 0, []time.Duration{-30 * ms, -25 * ms, 0}, []bool{false, false, true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var due time.Duration
			var got []bool
			for _, now := range c.arrivals {
				next, ok := conform(due, now, c.interval, c.slack)
				due = next
				got = append(got, ok)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("let in %v, want %v", got, c.want)
			}
		})
	}
}

func TestBurstIsATenthOfASecondsWorth(t *testing.T) {
	for _, c := range []struct {
		rate, burst, want int
	}{{200, 0, 20}, {5, 0, 1}, {5, 3, 3}, {1, 0, 1}} {
		l := newLimits(&Profile{ConnectionsPerSecond: c.rate, Burst: c.burst})
		n := 0
		for l.turn(0, 0) == "" {
			n++
		}
		if n != c.want {
			t.Errorf("rate %d, burst %d: %d at once, want %d", c.rate, c.burst, n, c.want)
		}
	}
}

func TestMoreConnectionsThanMayBeOpenAreReset(t *testing.T) {
	d := switchOn(t, Profile{MaxConnections: 2})
	first, second := dial(t, d), dial(t, d)
	first.do(put("0-1"))
	second.do(put("0-2"))
	mustBeReset(t, d)
	if got := ended(t, d, 3); got.Ended != ConnectionLimit {
		t.Errorf("connection %+v", got)
	}
	first.Close()
	ended(t, d, 1)
	if r := dial(t, d).do(put("0-3")); r.StatusCode != 200 {
		t.Errorf("with a slot free again: %+v", r.Response)
	}
}

func TestMoreNewConnectionsThanMayComeAreReset(t *testing.T) {
	g := newGate()
	d := switchOnWith(t, Profile{ConnectionsPerSecond: 10, Burst: 2}, g.clock())
	dial(t, d).do(put("0-1"))
	dial(t, d).do(put("0-2"))
	mustBeReset(t, d)
	if got := ended(t, d, 3); got.Ended != RateLimit {
		t.Errorf("connection %+v", got)
	}
	g.hands.Store(int64(100 * time.Millisecond))
	dial(t, d).do(put("0-3"))
	mustBeReset(t, d)
}

func TestAProfileThatContradictsItselfIsRefused(t *testing.T) {
	for _, c := range []struct {
		field   string
		profile Profile
	}{
		{"burst", Profile{Burst: 3}},
		{"point", Profile{Faults: []faults.Fault{{Effect: faults.Reset, Point: faults.OnFIN}}}},
	} {
		d, err := Start(Config{Profile: c.profile})
		var field *faults.FieldError
		if !errors.As(err, &field) || field.Field != c.field {
			t.Errorf("Start = %v, %v, want an error in %s", d, err, c.field)
		}
	}
	if errs := (&Profile{Burst: 3, ConnectionsPerSecond: 1}).Validate(); len(errs) != 0 {
		t.Errorf("a bucket with its rate: %v", errs)
	}
}

func TestAnAddressThatIsTakenIsAnError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, fs := range [][]faults.Fault{nil, {{Effect: faults.Refuse, Point: faults.Connect}}} {
		if _, err := Start(Config{Listen: l.Addr().String(), Profile: Profile{Faults: fs}}); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("Start: %v, want EADDRINUSE", err)
		}
	}
}

func TestADeviceOnEveryAddressKnowsItsClientByItsOwn(t *testing.T) {
	for _, fs := range [][]faults.Fault{nil, {{Effect: faults.Refuse, Point: faults.Connect, Selector: faults.Selector{Window: faults.Window{From: time.Hour}}}}} {
		d, err := Start(Config{Listen: ":0", Profile: Profile{Faults: fs}})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		_, port, err := net.SplitHostPort(d.Addr())
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if got := ended(t, d, 1); got.Client.String() != conn.LocalAddr().String() {
			t.Errorf("client %v, want %v", got.Client, conn.LocalAddr())
		}
	}
}
