package diagnosis

import (
	"net/netip"
	"testing"

	"rstorm/wire"
)

func TestHostsAreAddressesOrPrefixes(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.1": "10.0.0.1/32", "10.0.0.0/8": "10.0.0.0/8", "10.9.9.9/8": "10.9.9.9/8", "::1": "::1/128",
		"fe80::1%eth0": "fe80::1/128", "::ffff:10.0.0.1": "10.0.0.1/32", "2001:db8::/32": "2001:db8::/32",
		"": "", "device": "", "10.0.0.1/33": "", "10.0.0": "", "10.0.0.1:80": "",
	} {
		p, err := ParseHost(text)
		if (err != nil) != (want == "") || err == nil && p.String() != want {
			t.Errorf("%q: %v, %v, want %s", text, p, err, want)
		}
	}
}

func TestSinceIsATimeOrAnOffset(t *testing.T) {
	const first = 1_700_000_000_000_000_000
	for text, want := range map[string]int64{
		"1.5s": first + 1_500_000_000, "2m": first + 120_000_000_000,
		"2023-11-14T22:13:21Z": first + 1_000_000_000, "2023-11-14T23:13:20.000000001+01:00": first + 1,
		"-1s": 0, "": 0, "yesterday": 0, "5": 0, "2023-11-14": 0,
	} {
		s, err := ParseSince(text)
		if (err != nil) != (want == 0) || err == nil && s.after(first) != want {
			t.Errorf("%q: %v, %v, want %d", text, s.after(first), err, want)
		}
	}
}

func TestAScopeLooksAtBothEnds(t *testing.T) {
	c := &wire.Conversation{Number: 4, Client: netip.MustParseAddrPort("10.0.0.1:40000"), Server: netip.MustParseAddrPort("[fe80::1%eth0]:80"), Ended: 100}
	for _, tt := range []struct {
		scope Scope
		want  bool
	}{
		{Scope{}, true},
		{Scope{Host: netip.MustParsePrefix("10.0.0.0/8")}, true},
		{Scope{Host: netip.MustParsePrefix("fe80::1/128")}, true},
		{Scope{Host: netip.MustParsePrefix("11.0.0.0/8")}, false},
		{Scope{Port: 40000}, true},
		{Scope{Port: 80}, true},
		{Scope{Port: 81}, false},
		{Scope{Numbers: []int{1, 4}}, true},
		{Scope{Numbers: []int{1}}, false},
		{Scope{Since: Since{offset: 90}}, true},
		{Scope{Since: Since{offset: 91}}, false},
		{Scope{Host: netip.MustParsePrefix("10.0.0.0/8"), Port: 81}, false},
	} {
		if got := tt.scope.holds(c, 10); got != tt.want {
			t.Errorf("%+v: %v, want %v", tt.scope, got, tt.want)
		}
	}
}
