package portrait

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"rstorm/results"
	"rstorm/scenarios"
	"rstorm/wire"
)

// odd are requests' first lines that no scenario can hold as they are, or that
// have a meaning in YAML.
var odd = []string{
	"GET /a\"b'c", "GET /{a: [b]}", "GET /#not", "GET /&x*y!z|>%@`", "GET /\\n\\x00\\\\", "GET /- a: b", "GET /x: y",
	"GET /a,b]", "GET /null", "GET /on", "GET http://example.net/absolute", "OPTIONS *", "DELETE /thing/7", "M-SEARCH /x", "get /lower",
	"GET /\u00e4\u2028\u0085", "GET /\x1b[31m", "GET /" + strings.Repeat("a", 5000), "GET /q?a=1&command=0-7&b=<>", "POST /put/ctrl?x=[1]", "CONNECT /x",
}

func TestHostileTargetsAreReadBackAsTheyWereOrReplaced(t *testing.T) {
	for _, line := range odd {
		method, target, _ := strings.Cut(line, " ")
		p := New()
		c := &wire.Conversation{}
		x := &wire.Exchange{Method: method, Target: target, Status: 200, Request: wire.Message{Packet: 1, Whole: true}, Response: wire.Message{Packet: 2, At: 1, Done: 2, Whole: true}}
		p.Exchanged(c, x)
		p.Ended(c, &results.Finding{})
		var b bytes.Buffer
		if err := p.WriteScenario(&b, line); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(b.String(), func(r rune) bool { return r != '\n' && r < ' ' || r > '~' }); i >= 0 {
			t.Errorf("%q: byte %d of the file is %q", line, i, b.String()[i])
		}
		suite, err := scenarios.Parse("f", &b)
		if err != nil {
			t.Errorf("%q: %v", line, err)
			continue
		}
		for _, m := range suite.Scenarios[0].Load.Mix {
			if !knows(m.Method, m.Target) {
				t.Errorf("%q is played as %s %s, which the embedded device does not know", line, m.Method, m.Target)
			}
		}
		text := string(suite.Text)
		replaced := strings.Contains(text, "which itself can't stand in a scenario")
		if same := strings.Contains(text, as(method, withoutID(target), 0)); same == replaced {
			t.Errorf("%q: kept %v, replaced %v\n%s", line, same, replaced, text)
		}
	}
}

func FuzzScenario(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, put+get, uint16(100))
	}
	for i, line := range odd {
		f.Add(uint64(i), line+" HTTP/1.1\r\nHost: x\r\n\r\n", uint16(10))
		f.Add(uint64(i), line, uint16(30_000))
	}
	f.Add(uint64(57), "CONNECT /x", uint16(29984))                                                       // service times of many hours
	f.Add(uint64(184), put+"GET /\xff\x80ery/state HTTP/1.1\r\nHost: 192.168.0.75\r\n\r\n", uint16(174)) // times below a microsecond
	f.Fuzz(func(t *testing.T, seed uint64, request string, steps uint16) {
		rng := rand.New(rand.NewPCG(seed, 0))
		p := portraitOf(scribble(rng, request, int(steps%300)))
		doodle(rng, p, request, int(steps/300))
		var b bytes.Buffer
		err := p.WriteScenario(&b, request)
		if errors.Is(err, ErrNothingSeen) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := scenarios.Parse("f", bytes.NewReader(b.Bytes())); err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
	})
}

func TestTheFuzzersTapesGiveScenariosOfManyKinds(t *testing.T) {
	wrote, shown := 0, map[string]bool{}
	for seed := range uint64(300) {
		var b bytes.Buffer
		if portraitOf(scribble(rand.New(rand.NewPCG(seed, 0)), put, 100)).WriteScenario(&b, "x") == nil {
			wrote++
			suite, err := scenarios.Parse("f", &b)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range suite.Scenarios[0].Shows {
				shown[id] = true
			}
		}
	}
	if wrote < 250 || len(shown) < 6 {
		t.Errorf("of 300 tapes %d gave a scenario, with the causes %v", wrote, shown)
	}
}
