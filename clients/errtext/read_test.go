package errtext_test

import (
	"reflect"
	"strings"
	"testing"

	"rstorm/clients/errtext"
	"rstorm/results"
)

func TestACodeIsNotWhatTheSocketSaw(t *testing.T) {
	for _, c := range []struct {
		error errtext.Error
		want  results.Outcome
		errno string
	}{
		{errtext.Error{Name: "Error", Code: "ECONNRESET", Msg: "socket hang up"}, results.Closed, "EOF"},
		{errtext.Error{Name: "Error", Code: "ECONNRESET", Msg: "read ECONNRESET"}, results.Reset, "ECONNRESET"},
		{errtext.Error{Code: "ECONNRESET"}, results.Reset, "ECONNRESET"},
		{errtext.Error{Name: "AxiosError", Code: "ECONNABORTED", Msg: "timeout of 700ms exceeded"}, results.TimedOut, ""},
		{errtext.Error{Name: "TypeError", Msg: "fetch failed", Chain: []string{"SocketError: other side closed"}}, results.Closed, "EOF"},
		{errtext.Error{Name: "TypeError", Msg: "terminated", Chain: []string{"SocketError: other side closed"}}, results.Truncated, "EOF"},
		{errtext.Error{Name: "TypeError", Msg: "fetch failed"}, results.Failed, ""},
		{errtext.Error{Name: "java.io.IOException", Msg: "HTTP/1.1 header parser received no bytes", Chain: []string{"java.net.SocketException: Connection reset"}}, results.Reset, "ECONNRESET"},
		{errtext.Error{Name: "java.io.IOException", Msg: "HTTP/1.1 header parser received no bytes"}, results.Closed, ""},
		{errtext.Error{Name: "http.client.RemoteDisconnected"}, results.Closed, "EOF"},
		{errtext.Error{Name: "TimeoutError"}, results.TimedOut, ""},
	} {
		if got := errtext.Read(c.error); got.Outcome != c.want || got.Errno != c.errno || got.Means == "" {
			t.Errorf("%+v is read as %+v, want %v %q", c.error, got, c.want, c.errno)
		}
	}
}

func TestWhatNobodyKnowsIsNotGuessed(t *testing.T) {
	for _, text := range []string{"", "out of memory", "EPIPELINE", "xECONNRESETx", "preconnection refused", "aborted by the user's cat", "geofence", "status 500"} {
		if got := errtext.Explain(text); got != nil {
			t.Errorf("%q is explained by %q", text, got[0].Texts)
		}
		if got := errtext.Read(errtext.Error{Name: text, Code: text, Msg: text, Chain: []string{text}}); !reflect.DeepEqual(got, errtext.Reading{}) {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

func TestTheRootOfAStackTraceWins(t *testing.T) {
	for name, c := range map[string]struct {
		trace string
		want  results.Outcome
		least int // entries told
	}{
		"Java": {"java.io.IOException: HTTP/1.1 header parser received no bytes\n\tat java.net.http/jdk.internal.net.http.HttpClientImpl.send(HttpClientImpl.java:586)\n" +
			"Caused by: java.net.SocketException: Connection reset\n\tat java.base/sun.nio.ch.SocketChannelImpl.throwConnectionReset(SocketChannelImpl.java:394)", results.Reset, 2},
		"Node.js": {"TypeError: fetch failed\n    at node:internal/deps/undici/undici:13510:13 {\n  [cause]: Error: read ECONNRESET\n      at TCP.onStreamRead (node:internal/stream_base_commons:216:20) {\n    errno: -104,\n    code: 'ECONNRESET',", results.Reset, 2},
		"Python": {"Traceback (most recent call last):\n  File \"x.py\", line 1\nConnectionRefusedError: [Errno 111] Connection refused\n\nThe above exception was the direct cause of the following exception:\n\n" +
			"urllib3.exceptions.NewConnectionError: HTTPConnection(host='127.0.0.1', port=40001): Failed to establish a new connection: [Errno 111] Connection refused\r\n", results.Refused, 2},
		"Python, one kind": {"http.client.RemoteDisconnected: Remote end closed connection without response\n\nDuring handling of the above exception, another exception occurred:\n\n" +
			"TimeoutError: timed out", results.Closed, 2},
		"Go": {`Put "http://10.0.0.9/x": readfrom tcp 10.0.0.2:55780->10.0.0.9:80: write tcp 10.0.0.2:55780->10.0.0.9:80: write: connection reset by peer`, results.Reset, 1},
	} {
		got := errtext.Explain(c.trace)
		if len(got) < c.least || got[0].Outcome != c.want {
			t.Errorf("%s: %+v, want %v first of %d", name, got, c.want, c.least)
		}
	}
}

func TestLongTextsKeepTheirEnds(t *testing.T) {
	noise := strings.Repeat("    at frame (file.js:1:1)\n", 1<<16)
	for _, text := range []string{"Error: socket hang up\n" + noise, noise + "Error: socket hang up"} {
		if got := errtext.Explain(text); len(got) == 0 || got[0].Outcome != results.Closed {
			t.Errorf("%d bytes are explained by %d entries", len(text), len(got))
		}
	}
	if got := errtext.Read(errtext.Error{Msg: noise, Chain: []string{noise, "Error: socket hang up"}}); got.Outcome != results.Closed {
		t.Errorf("a long message hides the cause: %+v", got)
	}
}

func FuzzExplain(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.text())
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := errtext.Explain(text)
		if got != nil && len(got) == 0 || len(got) > len(errtext.Table()) {
			t.Errorf("%q has %d explanations", text, len(got))
		}
		if again := errtext.Explain(text); !reflect.DeepEqual(again, got) {
			t.Errorf("%q is explained in two ways", text)
		}
		if loud := errtext.Explain(strings.ReplaceAll(text, "e", "E")); len(loud) != len(got) {
			t.Errorf("%q has %d explanations, with capitals %d", text, len(got), len(loud))
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.Error.Name, s.Error.Code, s.Error.Msg, strings.Join(s.Error.Chain, "\n"))
	}
	f.Fuzz(func(t *testing.T, name, code, msg, chain string) {
		got := errtext.Read(errtext.Error{Name: name, Code: code, Msg: msg, Chain: strings.Split(chain, "\n")})
		if got.Means == "" && !reflect.DeepEqual(got, errtext.Reading{}) || got.Outcome == results.OK {
			t.Errorf("%q %q %q %q is read as %+v", name, code, msg, chain, got)
		}
		for _, id := range got.Causes {
			if !results.IsCause(id) {
				t.Errorf("%q is no cause", id)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	e := errtext.Error{Name: "TypeError", Msg: "fetch failed", Chain: []string{"SocketError: UND_ERR_SOCKET other side closed"}}
	for b.Loop() {
		if errtext.Read(e).Outcome != results.Closed {
			b.Fatal("misread")
		}
	}
}
