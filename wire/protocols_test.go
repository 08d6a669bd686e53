package wire_test

import (
	"slices"
	"strings"
	"testing"

	"rstorm/wire"
)

// record is a TLS record.
func record(kind byte, content string) string {
	return string([]byte{kind, 3, 3, byte(len(content) >> 8), byte(len(content))}) + content
}

// hello is a handshake record with a message of a type and so many bytes.
func hello(kind byte, size int) string {
	return record(22, string([]byte{kind, 0, byte(size >> 8), byte(size)})+string(make([]byte, size)))
}

// agreed is a ServerHello without a session id, with an extension that says
// TLS 1.3 or with none.
func agreed(new bool) string {
	body := "\x03\x03" + string(make([]byte, 32)) + "\x00" + "\x13\x01" + "\x00"
	if new {
		body += "\x00\x06" + "\x00\x2b\x00\x02\x03\x04"
	}
	return record(22, string([]byte{2, 0, 0, byte(len(body))})+body)
}

func TestTLSIsRecognised(t *testing.T) {
	data := record(23, strings.Repeat("x", 40))
	finished := record(22, "\x9f\x01\x02\x03encrypted")
	for name, c := range map[string]struct {
		lines     []string
		handshake int
		says      string
	}{
		"1.2":            {[]string{">" + hello(1, 200), "<" + agreed(false), ">" + record(20, "\x01") + finished, "<" + record(20, "\x01") + finished, ">" + data}, 8, "ClientHello,ServerHello,ChangeCipherSpec,ChangeCipherSpec,application data"},
		"1.3":            {[]string{">" + hello(1, 200), "<" + agreed(true) + record(20, "\x01") + data, ">" + record(20, "\x01") + data, "<" + data}, 7, "ClientHello,ServerHello,ChangeCipherSpec,application data"},
		"1.3, at once":   {[]string{">" + hello(1, 200), "<" + agreed(true) + data, ">" + data + data}, 6, "ClientHello,ServerHello,application data"},
		"1.3, aborted":   {[]string{">" + hello(1, 200), "<" + agreed(true) + data, "<F"}, 0, "ClientHello,ServerHello,"},
		"refused":        {[]string{">" + hello(1, 200), "<" + record(21, "\x02\x28"), "<F"}, 0, "ClientHello,alert,"},
		"in many pieces": {[]string{">" + hello(1, 200)[:3], ">" + hello(1, 200)[3:90], ">" + hello(1, 200)[90:], "<" + record(21, "\x02\x28")}, 0, ",ClientHello,,alert"},
	} {
		conversation := only(t, dialogue(c.lines...))
		var says []string
		for _, e := range conversation.Events[3:] {
			says = append(says, e.Says)
		}
		if conversation.Protocol != wire.TLS || conversation.Handshake != c.handshake || strings.Join(says, ",") != c.says {
			t.Errorf("%s: %s, handshake over in %d, says %q", name, conversation.Protocol, conversation.Handshake, says)
		}
	}
}

func TestTLSGoesOnBehindAGap(t *testing.T) {
	lost := ">" + record(23, strings.Repeat("x", 90))
	for name, lines := range map[string][]string{
		"that the other side proves": {">" + hello(1, 200), lost, "<" + agreed(true), ">" + record(23, "last")},
		"that only the end does":     {">" + hello(1, 200), lost, ">" + record(23, "last")},
	} {
		tape := dialogue(lines...)
		tape.Packets = slices.Delete(tape.Packets, 4, 5)
		c := only(t, tape)
		if e := c.Events[len(c.Events)-1]; c.Protocol != wire.TLS || e.Says != "application data" || c.Sides[wire.Up].Missing != 95 {
			t.Errorf("%s: %s, %+v", name, c.Protocol, e)
		}
	}
}

// frame is an HTTP/2 frame.
func frame(kind byte, size int) string {
	return string([]byte{0, byte(size >> 8), byte(size), kind, 0, 0, 0, 0, 1}) + string(make([]byte, size))
}

func TestHTTP2SaysGoodbye(t *testing.T) {
	const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	for name, c := range map[string]struct {
		lines         []string
		goodbye, last string
	}{
		"none":               {[]string{">" + preface + frame(4, 18), "<" + frame(4, 0), ">" + frame(1, 30)}, "", "HEADERS"},
		"GOAWAY":             {[]string{">" + preface + frame(4, 18), "<" + frame(4, 0) + frame(7, 8)}, "goaway", "GOAWAY"},
		"RST_STREAM":         {[]string{">" + preface + frame(4, 18), "<" + frame(4, 0), "<" + frame(0, 900), "<" + frame(3, 4)}, "rst-stream", "RST_STREAM"},
		"both":               {[]string{">" + preface + frame(4, 18), "<" + frame(3, 4), "<" + frame(7, 8)}, "goaway", "GOAWAY"},
		"cut within":         {[]string{">" + preface + frame(4, 18), "<" + frame(0, 900)[:500], "<" + frame(0, 900)[500:] + frame(7, 8)[:3], "<" + frame(7, 8)[3:]}, "goaway", "GOAWAY"},
		"the client's":       {[]string{">" + preface + frame(4, 18), ">" + frame(3, 4)}, "", "RST_STREAM"},
		"a type of no name":  {[]string{">" + preface + frame(4, 18), "<" + frame(200, 4)}, "", ""},
		"GOAWAY in the data": {[]string{">" + preface + frame(4, 18), "<" + frame(0, 20)[:9] + frame(7, 8) + "xxx"}, "", "DATA"},
	} {
		conversation := only(t, dialogue(c.lines...))
		e := conversation.Events[len(conversation.Events)-1]
		if conversation.Protocol != wire.HTTP2 || conversation.Goodbye != c.goodbye || e.Says != c.last {
			t.Errorf("%s: %s, %q, %q", name, conversation.Protocol, conversation.Goodbye, e.Says)
		}
	}
}
