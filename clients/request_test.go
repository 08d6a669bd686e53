package clients

import (
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"

	"rstorm/results"
)

// record answers every request and hands out its bytes. A request comes in one
// piece, so one Read of a pipe gets all of it.
func record(t *testing.T, s Strategy, cmds ...results.Command) []string {
	texts := make(chan string, 1)
	c := s.Client(pipes(func(far net.Conn) {
		for buf := make([]byte, 4096); ; {
			n, err := far.Read(buf)
			if err != nil {
				return
			}
			texts <- string(buf[:n])
			io.WriteString(far, whole)
		}
	}))
	defer c.Close()
	var all []string
	for _, cmd := range cmds {
		if r := do(t, c, cmd); r.Outcome != results.OK {
			t.Fatal(tell(r), r.Err)
		}
		all = append(all, <-texts)
	}
	return all
}

func TestRequests(t *testing.T) {
	put := results.Command{ID: results.CommandID{Client: 3, Seq: 17}, Method: "PUT", Target: "/put/ctrl?command=3-17", Body: []byte("on")}
	get := results.Command{ID: results.CommandID{Client: 3, Seq: 18}, Method: "GET", Target: "/query/state"}
	bare := results.Command{Method: "POST", Target: "/reboot"}
	for _, tt := range []struct {
		use  Strategy
		cmd  results.Command
		want string
	}{
		{Raw{}, put, "PUT /put/ctrl?command=3-17 HTTP/1.1|Host: device|X-Command-Id: 3-17|Content-Type: application/octet-stream|Content-Length: 2||on"},
		{Raw{}, get, "GET /query/state HTTP/1.1|Host: device|X-Command-Id: 3-18||"},
		{Raw{}, bare, "POST /reboot HTTP/1.1|Host: device|X-Command-Id: 0-0|Content-Length: 0||"},
		{kind(t, "close"), get, "GET /query/state HTTP/1.1|Host: device|X-Command-Id: 3-18|Connection: close||"},
		{kind(t, "close-header-only"), get, "GET /query/state HTTP/1.1|Host: device|X-Command-Id: 3-18|Connection: close||"},
		{Raw{Reuse: Fresh}, get, "GET /query/state HTTP/1.1|Host: device|X-Command-Id: 3-18||"},
	} {
		if got := strings.ReplaceAll(record(t, tt.use, tt.cmd)[0], "\r\n", "|"); got != tt.want {
			t.Errorf("%T sends\n%s\nwant\n%s", tt.use, got, tt.want)
		}
	}
}

// Every URL of refresh is another one, and the same seed makes the same ones.
func TestRefreshIsUnique(t *testing.T) {
	cmds := []results.Command{{Method: "GET", Target: "/a"}, {Method: "GET", Target: "/a"}, {Method: "GET", Target: "/a?b=c"}}
	texts := record(t, kind(t, "refresh"), cmds...)
	form := regexp.MustCompile(`^GET (/a\?|/a\?b=c&)unique=[0-9a-z]+ HTTP`)
	seen := map[string]bool{}
	for _, text := range texts {
		line, _, _ := strings.Cut(text, "\r\n")
		if !form.MatchString(line) || seen[line] {
			t.Errorf("request line %q", line)
		}
		seen[line] = true
	}
	if again := record(t, kind(t, "refresh"), cmds...); fmt.Sprint(again) != fmt.Sprint(texts) {
		t.Errorf("the same seed made %q, then %q", texts, again)
	}
}

// A resend is the same request, byte for byte, but for a unique parameter.
func TestResendIsTheSameRequest(t *testing.T) {
	var texts []string
	c := Raw{Retry: Retry{When: Any, Attempts: 3, On: []Trigger{"closed"}}}.Client(pipes(func(far net.Conn) {
		buf := make([]byte, 4096)
		n, _ := far.Read(buf)
		texts = append(texts, string(buf[:n])) // before the close that the client waits for
	}))
	expect(t, do(t, c, command("PUT", 5)), "closed 0: wait 1/1 closed; wait 2/1 closed; wait 3/1 closed")
	if len(texts) != 3 || texts[0] != texts[1] || texts[0] != texts[2] || !strings.Contains(texts[0], "X-Command-Id: 0-5\r\n") {
		t.Errorf("sent %q", texts)
	}
}
