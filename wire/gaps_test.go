package wire_test

import (
	"slices"
	"strings"
	"testing"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// without is a tape that lacks packets, by number.
func without(tape *wiretest.Tape, numbers ...int) *wiretest.Tape {
	tape.Packets = slices.DeleteFunc(tape.Packets, func(p wire.Packet) bool { return slices.Contains(numbers, p.Number) })
	return tape
}

// snapped is a tape of which so many bytes of each packet were captured.
func snapped(tape *wiretest.Tape, n int) *wiretest.Tape {
	for i := range tape.Packets {
		p := &tape.Packets[i]
		p.Data = p.Data[:min(n, len(p.Data))]
	}
	return tape
}

// swapped is a tape on which a packet and the next one change places; the
// numbers stay with the places.
func swapped(tape *wiretest.Tape, number int) *wiretest.Tape {
	p := tape.Packets
	p[number-1], p[number] = p[number], p[number-1]
	p[number-1].Number, p[number].Number = number, number+1
	return tape
}

func three() *wiretest.Tape {
	const body = "0123456789"
	return dialogue(
		">GET /1 HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n"+body, "<"+body, "<"+body, // 4 to 7
		">PUT /2 HTTP/1.1\r\nContent-Length: 20\r\n\r\n"+body, ">"+body, "<HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n", // 8 to 10
		">GET /3 HTTP/1.1\r\n\r\n", "<HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") // 11 and 12
}

// Whatever is missing: what is said of an exchange is right, or it is not said.
func TestHTTPSurvivesGaps(t *testing.T) {
	for name, c := range map[string]struct {
		tape *wiretest.Tape
		want []string
	}{
		"none":                    {three(), []string{"1 GET /1 [] 4..4+ 200 5..7+", "2 PUT /2 [] 8..9+ 204 10..10+", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"within a body":           {without(three(), 6), []string{"1 GET /1 [] 4..4+ 200 5..7-", "2 PUT /2 [] 8..9+ 204 10..10+", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"the end of a body":       {without(three(), 7), []string{"1 GET /1 [] 4..4+ 200 5..6-", "2 PUT /2 [] 8..9+ 204 10..10+", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"a head":                  {without(three(), 5), []string{"1 GET /1 [] 4..4+ 0 0..0-", "2 PUT /2 [] 8..9+ 204 10..10+", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"a request":               {without(three(), 4), []string{"1   [] 0..0- 200 5..7+", "2 PUT /2 [] 8..9+ 204 10..10+", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"a request's head":        {without(three(), 8), []string{"1 GET /1 [] 4..4+ 200 5..7+", "2   [] 0..0- 204 10..10+", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"a request's body":        {without(three(), 9), []string{"1 GET /1 [] 4..4+ 200 5..7+", "2 PUT /2 [] 8..8- 204 10..10+", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"a whole response":        {without(three(), 10), []string{"1 GET /1 [] 4..4+ 200 5..7+", "2 PUT /2 [] 8..9+ 0 0..0-", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"both of two messages":    {without(three(), 5, 6, 7, 8, 9), []string{"1 GET /1 [] 4..4+ 0 0..0-", "2   [] 0..0- 204 10..10+", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"a whole exchange":        {without(three(), 8, 9, 10), []string{"1 GET /1 [] 4..4+ 200 5..7+", "2 GET /3 [] 11..11+ 404 12..12+"}},
		"the handshake":           {without(three(), 1, 2, 3), []string{"1 GET /1 [] 4..4+ 200 5..7+", "2 PUT /2 [] 8..9+ 204 10..10+", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"all until within a body": {without(three(), 1, 2, 3, 4, 5), []string{"1 PUT /2 [] 8..9+ 204 10..10+", "2 GET /3 [] 11..11+ 404 12..12+"}},
		"all but requests":        {without(three(), 5, 6, 7, 10, 12), []string{"1 GET /1 [] 4..4+ 0 0..0-", "2 PUT /2 [] 8..9+ 0 0..0-", "3 GET /3 [] 11..11+ 0 0..0-"}},
		"out of order":            {swapped(three(), 6), []string{"1 GET /1 [] 4..4+ 200 5..6+", "2 PUT /2 [] 8..9+ 204 10..10+", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"a head out of order":     {swapped(three(), 5), []string{"1 GET /1 [] 4..4+ 200 6..7+", "2 PUT /2 [] 8..9+ 204 10..10+", "3 GET /3 [] 11..11+ 404 12..12+"}},
		"no payload":              {snapped(three(), 52), nil},
		"28 bytes of it":          {snapped(three(), 80), []string{"1 GET /1 [] 4..4+ 200 5..7-", "2 PUT /2 [] 8..9- 204 10..10-", "3 GET /3 [] 11..11+ 404 12..12-"}},
		"10 bytes of it":          {snapped(three(), 62), []string{"1 GET /1 [] 4..4- 0 0..0-", "2 PUT /2 [] 8..9- 0 0..0-", "3 GET /3 [] 11..11- 0 0..0-"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := exchangesOf(t, c.tape); strings.Join(sorted(got), "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// sorted are exchanges by number: one that lacks its response is told of when
// nothing can be added to it any more.
func sorted(all []string) []string { return slices.Sorted(slices.Values(all)) }

// A body may look like a message, and begin a segment like one.
func TestContentIsNotTakenForMessages(t *testing.T) {
	fake := "HTTP/1.1 500 Fake\r\nContent-Length: 0\r\n\r\n"
	tape := without(dialogue(">GET /1 HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Le", "<ngth: 80\r\n\r\n", "<"+fake, "<"+fake,
		">GET /2 HTTP/1.1\r\n\r\n", "<HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), 6)
	got := exchangesOf(t, tape)
	want := []string{"1 GET /1 [] 4..4+ 200 5..8-", "2 GET /2 [] 9..9+ 404 10..10+"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	post := "POST /fake HTTP/1.1\r\n\r\n"
	tape = without(dialogue(">PUT /1 HTTP/1.1\r\nContent-Le", ">ngth: 46\r\n\r\n", ">"+post, ">"+post, "<HTTP/1.1 204 No\r\n\r\n", ">GET /2 HTTP/1.1\r\n\r\n"), 5)
	got = exchangesOf(t, tape)
	want = []string{"1 PUT /1 [] 4..7- 204 8..8+", "2 GET /2 [] 9..9+ 0 0..0-"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// A capture of nothing but SYN, FIN and RST still tells how connections went.
func TestControlAloneTellsHowItWent(t *testing.T) {
	tape := wiretest.New()
	for _, p := range single().Packets {
		var s wire.Segment
		if wire.Decode(&p, &s); s.Flags&(wire.SYN|wire.FIN|wire.RST) != 0 {
			tape.Packets = append(tape.Packets, p)
		}
	}
	all, _ := told(t, tape, wire.Config{})
	for _, c := range all {
		up, down := c.Sides[wire.Up], c.Sides[wire.Down]
		if c.State != "SF" || c.Exchanged != 0 || up.Bytes != 0 || up.Missing != up.Sent-2 || down.Missing != down.Sent-2 || up.Missing < 100 {
			t.Fatalf("%+v", c)
		}
	}
	if len(all) != 200 {
		t.Errorf("%d conversations", len(all))
	}
}
