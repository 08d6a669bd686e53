package wire_test

import (
	"strings"
	"testing"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// A response that stands in the capture before its request is that request's.
func TestAcknowledgementsPairWhatTheCaptureHasShuffled(t *testing.T) {
	const get, empty = ">GET /a HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	const get2 = ">GET /b HTTP/1.1\r\n\r\n"
	for name, c := range map[string]struct {
		lines []string
		swaps []int // each packet changes places with the next one
		want  []string
	}{
		"the first":         {[]string{get, empty, get2, empty}, []int{4}, []string{"1 GET /a [] 5..5+ 200 4..4+", "2 GET /b [] 6..6+ 200 7..7+"}},
		"a later one":       {[]string{get, empty, get2, empty}, []int{6}, []string{"1 GET /a [] 4..4+ 200 5..5+", "2 GET /b [] 7..7+ 200 6..6+"}},
		"each":              {[]string{get, empty, get2, empty}, []int{4, 6}, []string{"1 GET /a [] 5..5+ 200 4..4+", "2 GET /b [] 7..7+ 200 6..6+"}},
		"the next request":  {[]string{get, empty, get2, empty}, []int{5}, []string{"1 GET /a [] 4..4+ 200 6..6+", "2 GET /b [] 5..5+ 200 7..7+"}},
		"a response's body": {[]string{get, "<HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "<ok", get2, empty}, []int{4, 6}, []string{"1 GET /a [] 5..5+ 200 4..7+", "2 GET /b [] 6..6+ 200 8..8+"}},
		"a request's body":  {[]string{">PUT /a HTTP/1.1\r\nContent-Length: 9\r\n\r\n", ">something", empty, get2, empty}, []int{5}, []string{"1 PUT /a [] 4..6+ 200 5..5+", "2 GET /b [] 7..7+ 200 8..8+"}},
		"pipelined":         {[]string{get + get2[1:], empty + empty[1:]}, []int{4}, []string{"1 GET /a [] 5..5+ 200 4..4+", "2 GET /b [] 5..5+ 200 4..4+"}},
		"pipelined, apart":  {[]string{get, get2, empty, empty}, []int{5}, []string{"1 GET /a [] 4..4+ 200 5..5+", "2 GET /b [] 6..6+ 200 7..7+"}},
		"HEAD":              {[]string{">HEAD /a HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", get2, empty}, []int{4}, []string{"1 HEAD /a [] 5..5+ 200 4..4+", "2 GET /b [] 6..6+ 200 7..7+"}},
		"HEAD, chunked":     {[]string{">HEAD /a HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", get2, empty}, []int{4}, []string{"1 HEAD /a [] 5..5+ 200 4..4+", "2 GET /b [] 6..6+ 200 7..7+"}},
		"a tunnel":          {[]string{">CONNECT a:443 HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\n\r\n", ">GET /not HTTP/1.1\r\n\r\n"}, []int{4}, []string{"1 CONNECT a:443 [] 5..5- 200 4..4+"}},
		"100 first":         {[]string{">PUT /a HTTP/1.1\r\nContent-Length: 1\r\n\r\n", "<HTTP/1.1 100 Continue\r\n\r\n", ">x", empty, get2, empty}, []int{4, 6}, []string{"1 PUT /a [] 5..7+ 200 6..6+", "2 GET /b [] 8..8+ 200 9..9+"}},
		"garbage":           {[]string{get, "<garbage", get2, empty}, []int{4, 6}, []string{"1 GET /a [] 5..5+ 0 0..0-", "2 GET /b [] 7..7+ 200 6..6+"}},
		"garbage, later":    {[]string{get, empty, get2, "<garbage"}, []int{6}, []string{"1 GET /a [] 4..4+ 200 5..5+", "2 GET /b [] 7..7+ 0 6..6-"}},
		"nobody asked":      {[]string{get, empty, "<HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"}, []int{4}, []string{"1 GET /a [] 5..5+ 200 4..4+", "2   [] 0..0- 408 6..6+"}},
		"the answer of one that nobody asked for": {[]string{get, empty, "<HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", get2, empty}, []int{7}, []string{"1 GET /a [] 4..4+ 200 5..5+", "2   [] 0..0- 408 6..6+", "3 GET /b [] 8..8+ 200 7..7+"}},
	} {
		t.Run(name, func(t *testing.T) {
			tape := dialogue(c.lines...)
			for _, n := range c.swaps {
				swapped(tape, n)
			}
			if got := sorted(exchangesOf(t, tape)); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// What the capture lacks stays without a request, whatever follows.
func TestARequestThatIsMissingIsNotFoundInTheNextOne(t *testing.T) {
	const get, empty = ">GET /a HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	tape := without(dialogue(get, empty, ">GET /b HTTP/1.1\r\n\r\n", empty), 4)
	got, want := exchangesOf(t, tape), []string{"1   [] 0..0- 200 5..5+", "2 GET /b [] 6..6+ 200 7..7+"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSegmentsBehindTheirAcknowledgementAreCounted(t *testing.T) {
	const get, empty = ">GET /a HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	for name, c := range map[string]struct {
		tape *wiretest.Tape
		want int
	}{
		"in order":               {dialogue(get, empty, get, empty, "<F"), 0},
		"one way alone":          {swapped(dialogue(get, "<HTTP/1.1 200 OK\r\n", "<\r\n"), 5), 0},
		"missing":                {without(dialogue(get, empty, get, empty, "<F"), 4, 7), 0},
		"a request":              {swapped(dialogue(get, empty), 4), 1},
		"the SYN":                {swapped(dialogue(get, empty), 1), 1},
		"the SYN,ACK":            {swapped(dialogue(get, empty), 2), 1},
		"the server's last data": {swapped(dialogue(get, empty, get), 5), 1},
	} {
		all, _ := told(t, c.tape, wire.Config{})
		if len(all) != 1 || all[0].Shuffled != c.want || all[0].Sides[wire.Up].Acked > all[0].Sides[wire.Up].Sent {
			t.Errorf("%s: %d conversations, %d segments shuffled, want %d", name, len(all), all[0].Shuffled, c.want)
		}
	}
}
