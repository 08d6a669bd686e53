package wire_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// told is all that a table tells of a tape.
func told(t testing.TB, tape *wiretest.Tape, cfg wire.Config) (all []*wire.Conversation, counts wire.Counts) {
	t.Helper()
	cfg.Ended = func(c *wire.Conversation) { all = append(all, c) }
	table := wire.NewTable(cfg)
	for i := range tape.Packets {
		table.Add(&tape.Packets[i])
	}
	table.Flush()
	return all, table.Counts()
}

// only is the one conversation of a tape.
func only(t testing.TB, tape *wiretest.Tape) *wire.Conversation {
	t.Helper()
	all, _ := told(t, tape, wire.Config{})
	if len(all) != 1 {
		t.Fatalf("%d conversations, want 1", len(all))
	}
	return all[0]
}

func TestTheFieldCase(t *testing.T) {
	c := only(t, wiretest.Golden())
	up, down := c.Sides[wire.Up], c.Sides[wire.Down]
	if !c.Midstream || c.Cut || c.Protocol != wire.HTTP || c.State != "SF" || c.Server.Port() != 80 {
		t.Errorf("%+v", c)
	}
	if up.Packets != 4 || down.Packets != 5 || up.FIN.Packet != 6 || down.FIN.Packet != 4 || down.FIN.Ack != 74 || down.Resets != 3 || down.Reset.Packet != 7 || down.Duplicates != 0 {
		t.Errorf("up %+v\ndown %+v", up, down)
	}
	if got := c.Events[6].Seq; got != 41 || c.Events[6].Ack != -1 {
		t.Errorf("the first RST answers what acknowledged 41, not %d", got)
	}
	if x := c.Exchanges[1]; x.Target != "/query/state" || x.Request.Ack != 41 || x.Response.Packet != 0 {
		t.Errorf("%+v", x)
	}
}

func TestWhoCalledIsInferred(t *testing.T) {
	const low, high = "10.0.0.1:8080", "10.0.0.2:40000"
	say := func(from, to string, flags wire.Flags, payload string) func(*wiretest.Tape) {
		return func(tape *wiretest.Tape) {
			c := tape.Call(from, to)
			c.Ends[wire.Up].Next, c.Ends[wire.Down].Next, c.Ends[wire.Up].Heard = 1, 1, 1
			c.Send(wire.Up, flags, payload)
		}
	}
	for name, c := range map[string]struct {
		say    []func(*wiretest.Tape)
		server string
	}{
		"SYN":                      {[]func(*wiretest.Tape){say(low, high, wire.SYN, "")}, high},
		"SYN,ACK":                  {[]func(*wiretest.Tape){say(high, low, wire.SYN|wire.ACK, "")}, high},
		"the lower port":           {[]func(*wiretest.Tape){say(high, low, wire.ACK, "")}, low},
		"the lower port, turned":   {[]func(*wiretest.Tape){say(low, high, wire.ACK, "")}, low},
		"a request":                {[]func(*wiretest.Tape){say(low, high, wire.ACK, "GET / HTTP/1.1\r\n\r\n")}, high},
		"a request, cut off":       {[]func(*wiretest.Tape){say(low, high, wire.ACK, "GET /a?c")}, high},
		"a request, later":         {[]func(*wiretest.Tape){say(high, low, wire.ACK, ""), say(low, high, wire.ACK, "GET / HTTP/1.1\r\n\r\n")}, high},
		"a response":               {[]func(*wiretest.Tape){say(high, low, wire.ACK, "HTTP/1.1 200 OK\r\n\r\n")}, high},
		"a ClientHello":            {[]func(*wiretest.Tape){say(low, high, wire.ACK, hello(1, 60))}, high},
		"a ServerHello":            {[]func(*wiretest.Tape){say(high, low, wire.ACK, hello(2, 60))}, high},
		"payload that says naught": {[]func(*wiretest.Tape){say(low, high, wire.ACK, "naught")}, low},
	} {
		tape := wiretest.New()
		for _, f := range c.say {
			f(tape)
		}
		got := only(t, tape)
		if got.Server.String() != c.server {
			t.Errorf("%s: the server is %v", name, got.Server)
		}
		for i, e := range got.Events {
			from := got.Client
			if e.Way == wire.Down {
				from = got.Server
			}
			var s wire.Segment
			if wire.Decode(&tape.Packets[i], &s); s.Source != from {
				t.Errorf("%s: event %d is of %v, not of %v", name, i, s.Source, from)
			}
		}
	}
	tape := wiretest.New()
	say(low, high, wire.ACK, "")(tape)
	all, _ := told(t, tape, wire.Config{Serves: func(a netip.AddrPort) bool { return a.String() == high }})
	if all[0].Server.String() != high {
		t.Errorf("a known server: the server is %v", all[0].Server)
	}
}

func TestNumbersAreRelativeAndWrap(t *testing.T) {
	tape := wiretest.New()
	c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Ends[wire.Down].First = 0xffff_ff00
	c.Handshake()
	const n = 9 << 10
	block := strings.Repeat("x", 1<<10)
	sent := int64(1)
	for range 9 {
		c.Send(wire.Down, wire.ACK, block)
		sent += int64(len(block))
	}
	c.Send(wire.Up, wire.ACK, "")
	got := only(t, tape)
	if down := got.Sides[wire.Down]; down.Sent != sent || down.Acked != sent || down.Missing != 0 || down.Repeats != 0 || down.Bytes != n {
		t.Errorf("%+v", down)
	}
	if e := got.Events[len(got.Events)-1]; e.Ack != sent || e.Seq != 1 {
		t.Errorf("%+v", e)
	}
}

func TestMoreThanFourGigabytesAreCounted(t *testing.T) {
	tape := wiretest.New()
	c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Handshake()
	for range 12 { // 1 GiB was missed before each
		c.Ends[wire.Down].Next += 1 << 30
		c.Send(wire.Down, wire.ACK, "x")
	}
	down := only(t, tape).Sides[wire.Down]
	if want := int64(12<<30 + 12 + 1); down.Sent != want || down.Missing != 12<<30 {
		t.Errorf("sent %d, want %d; missing %d", down.Sent, want, down.Missing)
	}
}

// seen is how the events of a conversation relate to those before.
func seen(c *wire.Conversation) string {
	var b strings.Builder
	for _, e := range c.Events {
		b.WriteByte("F2Do"[e.Repeat])
	}
	return b.String()
}

func TestRepeatsAndGapsAreToldApart(t *testing.T) {
	put := func(c *wiretest.Call, way wire.Way, seq int64, payload string) {
		c.Put(wiretest.Segment{Way: way, Flags: wire.ACK, Seq: seq, Ack: c.Ends[way].Heard, Payload: payload, Window: 502, Options: true})
	}
	for name, c := range map[string]struct {
		act     func(c *wiretest.Call)
		want    string // after the handshake
		missing int64
	}{
		"in order":           {func(c *wiretest.Call) { put(c, 0, 1, "abc"); put(c, 0, 4, "def") }, "FF", 0},
		"a retransmission":   {func(c *wiretest.Call) { put(c, 0, 1, "abc"); put(c, 0, 1, "abc") }, "F2", 0},
		"part of one":        {func(c *wiretest.Call) { put(c, 0, 1, "abc"); put(c, 0, 1, "ab") }, "F2", 0},
		"and more":           {func(c *wiretest.Call) { put(c, 0, 1, "abc"); put(c, 0, 1, "abcd") }, "FF", 0},
		"out of order":       {func(c *wiretest.Call) { put(c, 0, 4, "def"); put(c, 0, 1, "abc") }, "Fo", 0},
		"filled in part":     {func(c *wiretest.Call) { put(c, 0, 7, "x"); put(c, 0, 3, "ab") }, "Fo", 4},
		"filled around":      {func(c *wiretest.Call) { put(c, 0, 4, "d"); put(c, 0, 6, "f"); put(c, 0, 1, "abcdef") }, "FFo", 0},
		"missed":             {func(c *wiretest.Call) { put(c, 0, 4, "def") }, "F", 3},
		"missed, by the ack": {func(c *wiretest.Call) { c.Ends[1].Heard = 40; put(c, 1, 1, "") }, "F", 39},
		"a FIN, perhaps":     {func(c *wiretest.Call) { c.Ends[1].Heard = 2; put(c, 1, 1, "") }, "F", 0},
		"then filled":        {func(c *wiretest.Call) { c.Ends[1].Heard = 4; put(c, 1, 1, ""); put(c, 0, 1, "abc") }, "Fo", 0},
		"probes":             {func(c *wiretest.Call) { put(c, 0, 0, ""); put(c, 0, 1, "a"); put(c, 0, 1, ""); put(c, 0, 1, "x") }, "FF22", 0},
		"SYN again":          {func(c *wiretest.Call) { c.Put(wiretest.Segment{Flags: wire.SYN}) }, "2", 0},
		"FIN again": {func(c *wiretest.Call) {
			c.Fly(0, wire.FIN|wire.ACK, "")
			c.Ends[0].Next--
			c.Fly(0, wire.FIN|wire.ACK, "")
		}, "F2", 0},
		"before the FIN": {func(c *wiretest.Call) { c.Fly(0, wire.FIN|wire.ACK, ""); put(c, 0, 1, "") }, "FF", 0},
		"RSTs":           {func(c *wiretest.Call) { c.Reply(1); c.Reply(1); c.Reply(1) }, "FFF", 0},
	} {
		tape := wiretest.New()
		call := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
		call.Handshake()
		c.act(call)
		got := only(t, tape)
		if s := seen(got)[3:]; s != c.want || got.Sides[wire.Up].Missing != c.missing {
			t.Errorf("%s: %s, want %s; missing %d, want %d", name, s, c.want, got.Sides[wire.Up].Missing, c.missing)
		}
	}
}

// cooked is a tape as a capture on all interfaces has it of a loopback
// connection: each packet twice, as it leaves and as it arrives; in batches of
// so many.
func cooked(tape *wiretest.Tape, batch int, id bool) *wiretest.Tape {
	t := wiretest.New()
	for some := range slices.Chunk(tape.Packets, batch) {
		for _, kind := range []uint16{4, 0} {
			for _, p := range some {
				data := slices.Concat(sll(kind, 0x0800), p.Data)
				if !id {
					binary.BigEndian.PutUint16(data[16+4:], 0)
				}
				t.Packets = append(t.Packets, wire.Packet{Number: len(t.Packets) + 1, At: p.At, Link: wire.LinkCooked, Length: len(data), Data: data})
			}
		}
	}
	return t
}

func TestPacketsCapturedTwiceAreOne(t *testing.T) {
	want := only(t, wiretest.Golden())
	for _, batch := range []int{1, 3, 9} {
		for _, id := range []bool{true, false} {
			c := only(t, cooked(wiretest.Golden(), batch, id))
			for way, side := range c.Sides {
				once := want.Sides[way]
				if side.Duplicates != once.Packets || side.Packets != 2*once.Packets || side.Resets != 2*once.Resets || side.Sent != once.Sent {
					t.Errorf("batches of %d, ids %v: %+v", batch, id, side)
				}
			}
			if c.State != want.State || c.Exchanged != want.Exchanged || !c.Exchanges[0].Response.Whole {
				t.Errorf("batches of %d: %+v", batch, c)
			}
		}
	}
}

func TestEqualRSTsOfOneKernelAreSeveral(t *testing.T) {
	tape := wiretest.New()
	c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Handshake()
	for range 3 {
		c.Ends[wire.Down].ID = 0
		c.Reply(wire.Down)
	}
	if down := only(t, tape).Sides[wire.Down]; down.Resets != 3 || down.Duplicates != 0 {
		t.Errorf("%+v", down)
	}
	for i := range tape.Packets[3:] { // now each on two interfaces
		twin := tape.Packets[3+i]
		twin.Interface, twin.Number = 1, len(tape.Packets)+1
		tape.Packets = append(tape.Packets, twin)
	}
	if down := only(t, tape).Sides[wire.Down]; down.Resets != 6 || down.Duplicates != 3 {
		t.Errorf("on two interfaces: %+v", down)
	}
}

func TestAnotherISNIsAnotherConnection(t *testing.T) {
	tape := wiretest.New()
	for i := range 3 {
		c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
		c.Ends[wire.Up].First += uint32(1000 * i)
		c.Handshake()
	}
	all, counts := told(t, tape, wire.Config{})
	if len(all) != 3 || counts.Conversations != 3 || all[0].Cut || all[1].Cut || !all[2].Cut || all[2].Number != 2 {
		t.Errorf("%d conversations, %+v", len(all), counts)
	}
}

func TestAChallengeACKProvesNothing(t *testing.T) {
	tape := wiretest.New()
	c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Send(wire.Up, wire.SYN, "")
	c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.ACK, Seq: 9000, Ack: 70_000, Window: 502, Options: true})
	c.Put(wiretest.Segment{Way: wire.Up, Flags: wire.RST, Seq: 70_000})
	c.Put(wiretest.Segment{Way: wire.Up, Flags: wire.SYN})
	c.Send(wire.Down, wire.SYN|wire.ACK, "")
	c.Send(wire.Up, wire.ACK, "")
	got := only(t, tape)
	if up := got.Sides[wire.Up]; up.Missing != 0 || up.Sent != 1 || up.Acked != 1 {
		t.Errorf("%+v", up)
	}
	if e := got.Events[4]; e.Seq != 0 || e.Ack != 1 {
		t.Errorf("the answer that counts: %+v", e)
	}
}

func TestARefusalStandsAtZero(t *testing.T) {
	tape := wiretest.New()
	c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Send(wire.Up, wire.SYN, "")
	c.Put(wiretest.Segment{Way: wire.Down, Flags: wire.RST | wire.ACK, Seq: -500_000, Ack: 1})
	got := only(t, tape)
	if e := got.Events[1]; e.Seq != 0 || e.Ack != 1 || got.State != "REJ" {
		t.Errorf("%s, %+v", got.State, e)
	}
}

func TestTheFirstAndTheLastEventsAreKept(t *testing.T) {
	tape := keepAlive()
	all, _ := told(t, tape, wire.Config{Events: 9})
	for _, c := range all {
		if len(c.Events) != 9 || c.Head != 5 || c.Omitted != c.Sides[0].Packets+c.Sides[1].Packets-9 {
			t.Fatalf("%d events, head %d, %d omitted", len(c.Events), c.Head, c.Omitted)
		}
		if !slices.IsSortedFunc(c.Events, func(a, b wire.Event) int { return a.Packet - b.Packet }) || c.Events[8].At != c.Ended || c.Events[0].At != c.Began {
			t.Errorf("%+v", c.Events)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	const room, calls = 256 << 10, 20_000
	worst, given := 0, 0
	table := wire.NewTable(wire.Config{Memory: room, Ended: func(c *wire.Conversation) {
		if given++; !c.Cut || c.State != "S0" {
			t.Errorf("%+v", c)
		}
		worst = max(worst, c.Number)
	}})
	tape := wiretest.New()
	for i := range calls {
		tape.Packets = tape.Packets[:0]
		tape.Call(fmt.Sprintf("10.%d.%d.%d:40000", i>>16, i>>8&255, i&255), "10.0.0.2:80").Send(wire.Up, wire.SYN, "")
		tape.Packets[0].Number = i + 1
		table.Add(&tape.Packets[0])
		if open := i + 1 - given; open > room/500 {
			t.Fatalf("%d conversations are open in %d bytes", open, room)
		}
	}
	if n := table.Counts().GivenUp; n != given || n == 0 || worst != n-1 {
		t.Errorf("%d given up, %d told of, up to number %d: not the oldest first", n, given, worst)
	}
	table.Flush()
	if given != calls {
		t.Errorf("%d of %d were told of", given, calls)
	}
}

func TestWhatHasEndedLingers(t *testing.T) {
	tape := wiretest.New()
	c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Handshake()
	c.Send(wire.Up, wire.RST|wire.ACK, "")
	tape.Wait(59 * time.Second)
	c.Send(wire.Down, wire.ACK, "late") // still of it
	tape.Wait(59 * time.Second)
	tape.Call("10.0.0.3:40000", "10.0.0.2:80").Handshake()
	ended := 0
	table := wire.NewTable(wire.Config{Ended: func(c *wire.Conversation) { ended++ }})
	for i := range tape.Packets {
		table.Add(&tape.Packets[i])
	}
	if ended != 0 {
		t.Error("it was told of too soon")
	}
	tape.Packets[0].At += int64(3 * time.Minute)
	table.Add(&wire.Packet{Number: 99, At: tape.Packets[0].At, Link: wire.LinkRaw, Data: tape.Packets[5].Data})
	if ended != 1 {
		t.Errorf("%d were told of", ended)
	}
}

func TestATableMayBeUsedAgain(t *testing.T) {
	var numbers []int
	table := wire.NewTable(wire.Config{Ended: func(c *wire.Conversation) { numbers = append(numbers, c.Number) }})
	for range 2 {
		tape := keepAlive()
		for i := range tape.Packets {
			table.Add(&tape.Packets[i])
		}
		table.Flush()
	}
	if len(numbers) != 16 || numbers[15] != 15 || !slices.IsSorted(numbers) {
		t.Errorf("told of %v", numbers)
	}
}
