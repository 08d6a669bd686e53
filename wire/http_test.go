package wire_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// dialogue is a connection on which each side says what its lines hold, in turn:
// ">" begins what the client sends, "<" what the server does, "<F" is its FIN.
// Newlines stand for themselves: write \r\n.
func dialogue(lines ...string) *wiretest.Tape {
	t := wiretest.New()
	c := t.Call("10.0.0.1:40000", "10.0.0.2:80")
	c.Handshake()
	for _, line := range lines {
		switch {
		case line == "<F":
			c.Send(wire.Down, wire.FIN|wire.ACK, "")
		case line[0] == '>':
			c.Send(wire.Up, wire.PSH|wire.ACK, line[1:])
		default:
			c.Send(wire.Down, wire.PSH|wire.ACK, line[1:])
		}
	}
	return t
}

// short writes an exchange down: whether its messages are whole, where they
// begin and end, by packet.
func short(x *wire.Exchange) string {
	part := func(m wire.Message) string {
		whole := "+"
		if !m.Whole {
			whole = "-"
		}
		return fmt.Sprintf("%d..%d%s", m.Packet, m.Last, whole)
	}
	s := fmt.Sprintf("%d %s %s [%s] %s %d %s", x.Number, x.Method, x.Target, x.Command, part(x.Request), x.Status, part(x.Response))
	if x.Announced {
		s += " announced"
	}
	return s
}

func exchangesOf(t *testing.T, tape *wiretest.Tape) (all []string) {
	t.Helper()
	conversations, _ := told(t, tape, wire.Config{Exchanged: func(_ *wire.Conversation, x *wire.Exchange) { all = append(all, short(x)) }})
	kept := 0
	for _, c := range conversations {
		kept += len(c.Exchanges)
	}
	if kept != len(all) {
		t.Errorf("%d exchanges kept, %d told of", kept, len(all))
	}
	return all
}

func TestExchangesAreFound(t *testing.T) {
	get := ">GET /a HTTP/1.1\r\n\r\n"
	for name, c := range map[string]struct {
		lines []string
		want  []string
	}{
		"length":   {[]string{get, "<HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"}, []string{"1 GET /a [] 4..4+ 200 5..5+"}},
		"no reply": {[]string{get}, []string{"1 GET /a [] 4..4+ 0 0..0-"}},
		"body in parts": {[]string{">PUT /a HTTP/1.1\r\nContent-Length: 6\r\n\r\nab", ">cd", ">ef", "<HTTP/1.1 204 No Content\r\n\r\n"},
			[]string{"1 PUT /a [] 4..6+ 204 7..7+"}},
		"byte by byte": {[]string{">G", ">ET /a HTT", ">P/1.1\r", ">\n\r", ">\n", "<H", "<TTP/1.1 2", "<00 OK\r\nContent-", "<Length: 1\r\n\r\n", "<x"},
			[]string{"1 GET /a [] 4..8+ 200 9..13+"}},
		"chunked": {[]string{get, "<HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "<3;x=y\r\nabc\r", "<\n10\r\n0123456789", "<abcdef\r\n0\r\nTrailer: x\r\n\r\n"},
			[]string{"1 GET /a [] 4..4+ 200 5..8+"}},
		"chunked, cut off":               {[]string{get, "<HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", "<F"}, []string{"1 GET /a [] 4..4+ 200 5..5-"}},
		"length, cut off":                {[]string{get, "<HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nabc", "<F"}, []string{"1 GET /a [] 4..4+ 200 5..5-"}},
		"until close":                    {[]string{get, "<HTTP/1.1 200 OK\r\n\r\nabc", "<def", "<F"}, []string{"1 GET /a [] 4..4+ 200 5..6+"}},
		"until a close that never comes": {[]string{get, "<HTTP/1.1 200 OK\r\n\r\nabc"}, []string{"1 GET /a [] 4..4+ 200 5..5-"}},
		"HEAD, 304 and 204": {[]string{">HEAD /a HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", get, "<HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", get, "<HTTP/1.1 204 No Content\r\n\r\n"},
			[]string{"1 HEAD /a [] 4..4+ 200 5..5+", "2 GET /a [] 6..6+ 304 7..7+", "3 GET /a [] 8..8+ 204 9..9+"}},
		"100 first": {[]string{">PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", "<HTTP/1.1 100 Continue\r\n\r\n", ">x", "<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
			[]string{"1 PUT /a [] 4..6+ 200 7..7+"}},
		"pipelined": {[]string{get + get[1:], ">GET /b HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\n", "<2HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"},
			[]string{"1 GET /a [] 4..4+ 200 6..6+", "2 GET /a [] 4..4+ 404 6..7+", "3 GET /b [] 5..5+ 500 7..7+"}},
		"answered early": {[]string{">PUT /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nab", "<HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", ">cdefghi"},
			[]string{"1 PUT /a [] 4..6+ 413 5..5+ announced"}},
		"announced by the request":  {[]string{">GET /a HTTP/1.1\r\nconnection: x, Close\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}, []string{"1 GET /a [] 4..4+ 200 5..5+ announced"}},
		"an old server":             {[]string{get, "<HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"}, []string{"1 GET /a [] 4..4+ 200 5..5+ announced"}},
		"an old server that keeps":  {[]string{get, "<HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"}, []string{"1 GET /a [] 4..4+ 200 5..5+"}},
		"id in the query":           {[]string{">GET /a?x=1&command=3-17&y HTTP/1.1\r\n\r\n"}, []string{"1 GET /a?x=1&command=3-17&y [3-17] 4..4+ 0 0..0-"}},
		"id in the header":          {[]string{">GET /a?command=3-17 HTTP/1.1\r\nx-command-id:  4-1 \r\n\r\n"}, []string{"1 GET /a?command=3-17 [4-1] 4..4+ 0 0..0-"}},
		"id with escapes":           {[]string{">GET /a?command=%33-17 HTTP/1.1\r\n\r\n"}, []string{"1 GET /a?command=%33-17 [3-17] 4..4+ 0 0..0-"}},
		"garbage for an answer":     {[]string{get, "<\x00\x01garbage\r\n\r\n", "<F"}, []string{"1 GET /a [] 4..4+ 0 5..5-"}},
		"garbage, then sense":       {[]string{get, "<garbage", get, "<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}, []string{"1 GET /a [] 4..4+ 0 5..5-", "2 GET /a [] 6..6+ 200 7..7+"}},
		"unasked":                   {[]string{"<HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"}, []string{"1   [] 0..0- 408 4..4+"}},
		"empty lines before":        {[]string{">\r\n\r\nGET /a HTTP/1.1\r\n\r\n"}, []string{"1 GET /a [] 4..4+ 0 0..0-"}},
		"bare newlines":             {[]string{">GET /a HTTP/1.1\nX-Command-Id: 7-7\n\n"}, []string{"1 GET /a [7-7] 4..4+ 0 0..0-"}},
		"two lengths":               {[]string{get, "<HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc", get}, []string{"1 GET /a [] 4..4+ 200 5..5+", "2 GET /a [] 6..6+ 0 0..0-"}},
		"lengths that disagree":     {[]string{get, "<HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"}, []string{"1 GET /a [] 4..4+ 200 5..5-"}},
		"a tunnel":                  {[]string{">CONNECT a:443 HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\n\r\n", ">GET /not HTTP/1.1\r\n\r\n"}, []string{"1 CONNECT a:443 [] 4..4+ 200 5..5+"}},
		"upgraded":                  {[]string{get, "<HTTP/1.1 101 Switching\r\n\r\n", ">GET /not HTTP/1.1\r\n\r\n"}, []string{"1 GET /a [] 4..4+ 101 5..5+"}},
		"half a request":            {[]string{">PUT /a?command=1-1 HT"}, []string{"1 PUT /a?command=1-1 [1-1] 4..4- 0 0..0-"}},
		"another protocol":          {[]string{"<220 mail ESMTP\r\n", ">EHLO me\r\n"}, nil},
		"another, the client first": {[]string{">SSH-2.0-OpenSSH_9.2\r\n", "<HTTP/1.1 200 OK\r\n\r\n"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := exchangesOf(t, dialogue(c.lines...)); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestMessagesSayWhereTheyStand(t *testing.T) {
	tape := dialogue(">PUT /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nxy", "<HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=9\r\nContent-Length: 3\r\n\r\n", "<abc")
	all, _ := told(t, tape, wire.Config{})
	x, began := all[0].Exchanges[0], tape.Packets[0].At
	n := int64(len("PUT /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nxy"))
	want := wire.Message{Packet: 4, Last: 4, At: began + 3000, Done: began + 3000, Seq: 1, End: 1 + n, Ack: 1, Whole: true}
	if x.Request != want {
		t.Errorf("request %+v, want %+v", x.Request, want)
	}
	m := int64(len("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=9\r\nContent-Length: 3\r\n\r\nabc"))
	want = wire.Message{Packet: 5, Last: 6, At: began + 4000, Done: began + 5000, Seq: 1, End: 1 + m, Ack: 1 + n, Whole: true}
	if x.Response != want || x.Idle != 5*time.Second {
		t.Errorf("response %+v, idle %v, want %+v", x.Response, x.Idle, want)
	}
	if says := [...]string{all[0].Events[3].Says, all[0].Events[4].Says, all[0].Events[5].Says}; says != [...]string{"PUT /a", "200 OK", ""} {
		t.Errorf("events say %q", says)
	}
}

func TestOnlyTheLastExchangesAreKept(t *testing.T) {
	var lines []string
	for n := range 50 {
		lines = append(lines, fmt.Sprintf(">GET /%d HTTP/1.1\r\n\r\n", n), "<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	}
	var numbers []int
	all, _ := told(t, dialogue(lines...), wire.Config{Exchanged: func(_ *wire.Conversation, x *wire.Exchange) { numbers = append(numbers, x.Number) }})
	c := all[0]
	if len(numbers) != 50 || numbers[49] != 50 || c.Exchanged != 50 || len(c.Exchanges) == 0 || c.Exchanges[len(c.Exchanges)-1].Target != "/49" {
		t.Errorf("told of %v; %d exchanges, kept %+v", numbers, c.Exchanged, c.Exchanges)
	}
	for i, x := range c.Exchanges {
		if x.Number != 51-len(c.Exchanges)+i {
			t.Errorf("exchange %d stands at %d of %d", x.Number, i, len(c.Exchanges))
		}
	}
}

func TestHostileHeadsAreBoundedAndPrintable(t *testing.T) {
	long := strings.Repeat("a", 300)
	for name, lines := range map[string][]string{
		"a long target":         {">GET /" + long + " HTTP/1.1\r\n\r\n"},
		"escapes":               {">GET /\x1b[31m\u202e\xff?command=\x1b HTTP/1.1\r\nX-Command-Id: \x1b\x07\r\n\r\n", "<HTTP/1.1 200 \x1b[0m\r\n\r\n"},
		"a line without an end": {">GET /" + strings.Repeat(long, 200)},
		"a head without an end": append([]string{">GET / HTTP/1.1\r\n"}, strings.Split(strings.Repeat(">X: "+long+"\r\n|", 2000), "|")[:2000]...),
	} {
		all, _ := told(t, dialogue(lines...), wire.Config{})
		for _, e := range all[0].Events {
			if len(e.Says) > 100 || strings.ContainsAny(e.Says, "\x1b\x07\u202e") || !utf8.ValidString(e.Says) {
				t.Errorf("%s: an event says %q", name, e.Says)
			}
		}
		for _, x := range all[0].Exchanges {
			if len(x.Target) > 200 || strings.ContainsAny(x.Target+x.Command+x.Method, "\x1b\x07\u202e") {
				t.Errorf("%s: %+v", name, x)
			}
		}
	}
}

func TestExchangesAreToldOfAsTheyEnd(t *testing.T) {
	tape := keepAlive()
	done, last := 0, 0
	table := wire.NewTable(wire.Config{Exchanged: func(c *wire.Conversation, x *wire.Exchange) {
		done++
		if !x.Request.Whole || !x.Response.Whole || x.Response.Last != last || c.Sides[wire.Down].Sent != x.Response.End || c.Server.Port() != 80 {
			t.Fatalf("in packet %d: %+v", last, x)
		}
	}})
	for i := range tape.Packets {
		last = tape.Packets[i].Number
		table.Add(&tape.Packets[i])
	}
	if done != 400 {
		t.Errorf("%d exchanges were told of before the end", done)
	}
}

func TestSmallCommandsAllocateLittle(t *testing.T) {
	tape := keepAlive()
	table := wire.NewTable(wire.Config{})
	i := 0
	n := testing.AllocsPerRun(len(tape.Packets)-1, func() {
		table.Add(&tape.Packets[i])
		i++
	})
	if n > 0.5 {
		t.Errorf("%v allocations per packet", n)
	}
}
