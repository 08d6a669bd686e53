package runner

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"rstorm/clients"
	"rstorm/faults"
	"rstorm/link"
	"rstorm/results"
	"rstorm/scenarios"
)

// seen is a passage as a link logs it: attempt n, on a connection from that port.
func seen(n int, port uint16, on link.Connection, x link.Exchange) passage {
	on.Client = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
	x.Attempt = n
	return passage{&x, &on}
}

// claimed is a claim of that outcome on those passages.
func claimed(o results.Outcome, passed ...passage) *claim {
	c := &claim{Record: &results.Record{Method: "PUT", Outcome: o, Sent: 10, LastTry: 10, Done: 90, Attempts: 1}, passed: passed,
		own: func(a netip.AddrPort) netip.AddrPort {
			return netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), a.Port())
		}}
	if o != results.Unreported {
		c.told = &clients.Told{Outcome: o, Status: 200, Size: -1}
	}
	return c
}

var (
	byDevice  = link.Connection{First: results.ByDevice, Reset: results.ByDevice, ResetAt: 40, Closed: 41}
	finished  = link.Connection{First: results.ByDevice, ResetAt: -1, Closed: 41}
	abandoned = link.Connection{First: results.ByClient, Reset: results.ByDevice, ResetAt: 60, Closed: 61}
	withheld  = link.Connection{First: results.ByLink, Reset: results.ByLink, ResetAt: 40, Closed: 41, Strikes: []link.Strike{{Fault: "reset at after-forward"}}}

	unanswered = link.Exchange{Read: 20, Forwarded: 21, Answered: -1}
	answered   = link.Exchange{Read: 50, Forwarded: 51, Answered: 80, Status: 200}
	partial    = link.Exchange{Read: 20, Forwarded: 21, Answered: -1, Status: 200}
)

func TestTheLogTellsWhatTheClientDoesNot(t *testing.T) {
	for _, row := range []struct {
		name     string
		claim    *claim
		resets   results.Count
		attempts int
		failures []string
	}{
		{"hidden by a resend", claimed(results.OK, seen(1, 1, byDevice, unanswered), seen(2, 2, finished, answered)), 1, 1,
			[]string{"1 from 1: reset in wait, 20..40"}},
		{"told", claimed(results.Reset, seen(1, 1, byDevice, unanswered)), 1, 1, []string{"1 from 1: reset in wait, 10..90"}},
		{"told as something else", claimed(results.Closed, seen(1, 1, byDevice, unanswered)), 0, 1, []string{"1 from 1: closed in wait, 10..90"}},
		{"an answer that the link kept", claimed(results.Reset, seen(1, 1, withheld, partial)), 1, 1, []string{"1 from 1: reset in wait, 10..90"}},
		{"cut, and resent", claimed(results.OK, seen(1, 1, finished, partial), seen(2, 2, finished, answered)), 0, 1,
			[]string{"1 from 1: truncated in body, 20..41"}},
		{"given up, and resent", claimed(results.TimedOut, seen(1, 1, abandoned, unanswered), seen(2, 2, finished, unanswered)), 0, 2,
			[]string{"1 from 1: failed in wait, 20..61", "2 from 2: timed-out in wait, 10..90"}},
		{"refused after a reset", claimed(results.Refused, seen(1, 1, byDevice, unanswered)), 1, 2,
			[]string{"1 from 1: reset in wait, 20..40", "2 from 0: refused in connect, 10..90"}},
		{"never seen", claimed(results.Reset), 0, 1, []string{"1 from 0: reset in , 10..90"}},
		{"never told", claimed(results.Unreported, seen(1, 1, byDevice, unanswered)), 1, 1, []string{"1 from 1: reset in wait, 20..40"}},
		{"answered twice", claimed(results.OK, seen(1, 1, finished, answered), seen(2, 2, finished, answered)), 0, 1, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := row.claim
			if got := c.resets(true); got != row.resets {
				t.Errorf("%d resets, want %d", got, row.resets)
			}
			var got []string
			for _, f := range c.failures() {
				if f.Local.IsValid() && f.Local.Addr().String() != "10.0.0.1" {
					t.Errorf("it failed from %s, an address that its client does not have", f.Local)
				}
				got = append(got, fmt.Sprintf("%d from %d: %s in %s, %d..%d", f.Attempt, f.Local.Port(), f.Outcome, f.Phase, f.Sent, f.Done))
			}
			if !slices.Equal(got, row.failures) || c.Attempts != row.attempts {
				t.Errorf("%d attempts, failed: %q; want %d, %q", c.Attempts, got, row.attempts, row.failures)
			}
		})
	}
	if got := claimed(results.OK).resets(false); got != results.Unknown {
		t.Errorf("%d resets where nothing can be read, want unknown", got)
	}
}

func TestABodyIsHeldAgainstTheDevicesDigestAndLength(t *testing.T) {
	sum := func(text string) [sha256.Size]byte { return sha256.Sum256([]byte(text)) }
	field := func(text string) string {
		s := sum(text)
		return "sha-512=:AA==:, sha-256=:" + base64.StdEncoding.EncodeToString(s[:]) + ":;x"
	}
	for _, row := range []struct {
		name      string
		told, not string // bodies that the client had, and that the device sent
		size      int64
		digest    bool
		sent      link.Exchange
		outcome   results.Outcome
		verified  bool
	}{
		{"the same", "abc", "abc", 3, true, link.Exchange{Size: 3}, results.OK, true},
		{"shorter", "ab", "abc", 2, false, link.Exchange{Size: 3}, results.Truncated, true},
		{"as long", "abd", "abc", 3, true, link.Exchange{Size: 3}, results.Truncated, true},
		{"of no known length", "abd", "abc", -1, true, link.Exchange{Size: -1}, results.Truncated, true},
		{"untold", "", "abc", -1, false, link.Exchange{Size: 3}, results.OK, false},
		{"of which the device says nothing", "abc", "", 3, true, link.Exchange{Size: -1}, results.OK, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.sent.Status, row.sent.Answered = 200, 80
			if row.not != "" {
				row.sent.Digest = field(row.not)
			}
			c := claimed(results.OK, seen(1, 1, finished, row.sent))
			c.told.Size = row.size
			if row.digest {
				s := sum(row.told)
				c.told.SHA256 = hex.EncodeToString(s[:])
			}
			if got := c.verified(); got != row.verified || c.Outcome != row.outcome || (c.Err != "") != (row.outcome != results.OK) {
				t.Errorf("verified %v, %v, %q", got, c.Outcome, c.Err)
			}
		})
	}
	c := claimed(results.OK, seen(1, 1, finished, link.Exchange{Status: 503, Size: 9}), seen(2, 2, finished, link.Exchange{Status: 200, Size: 3}))
	if c.told.Size = 3; !c.verified() || c.Outcome != results.OK {
		t.Errorf("the answer before was taken for the one reported: %q", c.Err)
	}
}

// The log has an answer that was cut, whatever the client says of its body. One
// that the client cut itself it need not have wanted.
func TestAnAnswerThatTheLogHasCutIsNotWhole(t *testing.T) {
	for _, row := range []struct {
		name    string
		passed  []passage
		outcome results.Outcome
	}{
		{"cut by the device", []passage{seen(1, 1, finished, partial)}, results.Truncated},
		{"cut by its reset", []passage{seen(1, 1, byDevice, partial)}, results.Truncated},
		{"left by the client", []passage{seen(1, 1, abandoned, partial)}, results.OK},
		{"cut, and then whole", []passage{seen(1, 1, finished, partial), seen(2, 2, finished, answered)}, results.OK},
		{"of another status", []passage{seen(1, 1, finished, link.Exchange{Answered: -1, Status: 503})}, results.OK},
	} {
		c := claimed(results.OK, row.passed...)
		if c.verified(); c.Outcome != row.outcome {
			t.Errorf("%s: %v, %q", row.name, c.Outcome, c.Err)
		}
	}
}

func TestWhereTheLogCantBeReadNothingIsClaimedOfTheClientsAttempts(t *testing.T) {
	trials, _ := playedBy(t, Runner{Seed: 5}, with(t, foreign{}, `
version: 1
scenarios:
  - name: secret
    about: The link sees bytes only.
    protocol: https
    load: {commands: 30, mix: [put ctrl]}
    strategies: [naive]
    device: {faults: [{effect: reset, point: after-response, probability: 20%, attempts: [1]}]}
    assert: [resets > 0]
`))
	mine := trials["mine"]
	s := mine.Summary
	if s.Commands != 30 || s.Attempts < 30 || s.Resets.Hidden != results.Unknown || s.Resets.Connections == 0 || !said(mine.Notes, "no log shows") {
		t.Errorf("%d commands, %d attempts, resets %+v, notes %q", s.Commands, s.Attempts, s.Resets, mine.Notes)
	}
	if trials["naive"].Summary.Resets.Hidden == results.Unknown {
		t.Error("of a watched client it is known")
	}
}

func TestLatenessIsMeasuredAgainstThePausesAskedFor(t *testing.T) {
	p := &player{load: &scenarios.Load{Concurrency: 2, Gap: faults.After(time.Millisecond)}, pace: &pace{}}
	for i, at := range [][2]time.Duration{{0, 10}, {0, 20}, {10, 30}, {25, 40}} {
		p.records = append(p.records, results.Record{ID: results.CommandID{Seq: uint32(i)}, Outcome: results.OK,
			Sent: at[0]*time.Millisecond + time.Duration(i/2)*time.Millisecond, Done: at[1] * time.Millisecond})
	}
	p.date()
	if want := []time.Duration{0, 0, 0, 5 * time.Millisecond}; !slices.Equal(p.lateness, want) {
		t.Errorf("late by %v, want %v", p.lateness, want)
	}
	if notes := unpunctual([]*player{p}, p.lateness); notes != nil {
		t.Errorf("%q of a median of 0", notes)
	}
	if notes := unpunctual([]*player{p}, []time.Duration{time.Second}); !said(notes, "1s later") {
		t.Errorf("notes %q", notes)
	}
}
