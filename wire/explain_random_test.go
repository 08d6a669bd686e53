package wire_test

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"rstorm/results"
	"rstorm/wire"
)

// checkFinding holds a finding against what is promised of every one.
func checkFinding(t *testing.T, c *wire.Conversation, f *results.Finding) {
	t.Helper()
	if f.Cause != "" && f.Cause != results.CauseUnknown && !results.IsCause(f.Cause) {
		t.Errorf("%q is no cause", f.Cause)
	}
	for i, id := range f.Candidates {
		if !results.IsCause(id) || i == 0 && id != f.Cause {
			t.Errorf("candidate %d of %s is %q", i, f.Cause, id)
		}
	}
	if len(f.Candidates) == 1 {
		t.Errorf("a single candidate: %v", f.Candidates)
	}
	if f.Cause != "" && (len(f.Evidence) == 0 || f.Origin == "" || f.Phase == "") {
		t.Errorf("%s by %q in %q rests on nothing", f.Cause, f.Origin, f.Phase)
	}
	if f.Reset != (c.Sides[0].Resets+c.Sides[1].Resets > 0) || f.Reset && f.Cause == "" {
		t.Errorf("a conversation with %d RSTs has the cause %q", c.Sides[0].Resets+c.Sides[1].Resets, f.Cause)
	}
	for i, n := range f.Packets {
		if n <= 0 || i > 0 && n <= f.Packets[i-1] {
			t.Errorf("packets %v", f.Packets)
		}
	}
}

// nonsense is a conversation whose fields contradict each other.
func nonsense(r *rand.Rand) *wire.Conversation {
	few := func(n int) int { return r.IntN(n) }
	number := func() int64 { return []int64{-1, 0, 1, 2, 57, 58, 1 << 40, -1 << 40}[few(8)] }
	mark := func() wire.Mark {
		return wire.Mark{Packet: few(12), At: int64(few(3000)) * 1e6, Seq: number(), Ack: number()}
	}
	message := func() wire.Message {
		return wire.Message{Packet: few(12), Last: few(12), At: int64(few(3000)) * 1e6, Done: int64(few(3000)) * 1e6, Seq: number(), End: number(), Ack: number(), Whole: few(2) == 0}
	}
	c := &wire.Conversation{
		Number: few(9), Midstream: few(3) == 0, Cut: few(2) == 0, State: "OTH",
		Client: netip.MustParseAddrPort("10.0.0.1:1"), Server: netip.MustParseAddrPort("10.0.0.2:2"),
		Protocol: []wire.Protocol{"", wire.HTTP, wire.HTTP2, wire.TLS}[few(4)],
		Goodbye:  []string{"", "", "goaway", "rst-stream"}[few(4)], Handshake: few(8),
	}
	for way := range c.Sides {
		s := &c.Sides[way]
		*s = wire.Side{Packets: few(9), Bytes: int64(few(900)), FINs: few(2), Resets: few(3), Repeats: few(4), Duplicates: few(2), Missing: int64(few(2) * few(60)), Sent: number(), Acked: number(), TTL: uint8(few(2) * 64)}
		if s.FINs > 0 {
			s.FIN = mark()
		}
		if s.Resets > 0 {
			s.Reset = mark()
		}
	}
	for i := range few(10) {
		c.Events = append(c.Events, wire.Event{Packet: i + few(3), At: int64(few(3000)) * 1e6, Way: wire.Way(few(2)), Flags: wire.Flags(few(64)), TTL: uint8(64 * few(3)), ID: uint16(few(1 << 16)), Repeat: wire.Repeat(few(4)), Length: few(2) * few(100), Seq: number(), Ack: number(), Says: []string{"", "HEADERS", "GOAWAY", "GET /"}[few(4)]})
	}
	c.Head = few(len(c.Events) + 1)
	c.Omitted = few(2) * few(100)
	for i := range few(4) {
		c.Exchanges = append(c.Exchanges, wire.Exchange{Number: i + 1, Method: "GET", Target: "/", Status: []int{0, 200, 413}[few(3)], Request: message(), Response: message()})
	}
	return c
}

func TestAnyConversationIsExplainedAndDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	words := []string{"NO_SOCKET", "TCP_FLAGS", "INVALID_SYN", "TCP_ABORT_ON_CLOSE", "TCP_STATE", "TCP_KEEPALIVE_TIMEOUT", "WHATEVER"}
	causes := map[string]int{}
	for range 5_000 {
		c := nonsense(r)
		w := wire.Witness{Watched: r.IntN(4) == 0, Over: r.IntN(4) == 0}
		for range r.IntN(3) {
			ends := []netip.AddrPort{c.Client, c.Server}
			w.Reasons = append(w.Reasons, wire.Reason{At: int64(r.IntN(3000)) * 1e6, Source: ends[r.IntN(2)], Word: words[r.IntN(len(words))], Listening: r.IntN(2) == 0})
		}
		f := wire.Explain(c, w)
		checkFinding(t, c, &f)
		checkMermaid(t, c, wire.Mermaid(c, &f))
		_ = wire.Ladder(c, &f)
		if t.Failed() {
			t.Fatalf("for %+v\nand %+v:\n%+v", c, w, f)
		}
		causes[f.Cause]++
	}
	if len(causes) < 20 {
		t.Errorf("random conversations die of %d causes only: %v", len(causes), causes)
	}
}

func TestEachResetOfAStormHasACause(t *testing.T) {
	resets := 0
	for seed := range uint64(20) {
		for _, c := range conversationsOf(storm(seed, 2000).Packets) {
			f := wire.Explain(c, wire.Witness{})
			checkFinding(t, c, &f)
			if f.Cause == "" && wire.RuleFor(c, wire.Witness{}) != "" {
				t.Errorf("it was taken for one that ended well:\n%s", wire.Ladder(c, nil))
			}
			if f.Reset {
				resets++
			}
		}
	}
	if resets < 1000 {
		t.Errorf("%d conversations were reset: that is no storm", resets)
	}
}
