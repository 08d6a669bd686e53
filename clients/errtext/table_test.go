package errtext_test

import (
	"slices"
	"strings"
	"testing"

	"rstorm/clients/errtext"
	"rstorm/results"
)

func TestEveryEntryIsWholeAndFound(t *testing.T) {
	errnos := []string{"", "EOF", "ECONNRESET", "ECONNABORTED", "EPIPE", "ECONNREFUSED", "ETIMEDOUT", "GOAWAY", "RST_STREAM"}
	ranks := []errtext.Rank{errtext.Verdict, errtext.System, errtext.Wrapper}
	seen := map[string]string{}
	for _, e := range errtext.Table() {
		name := e.Client + ": " + strings.Join(e.Texts, ", ")
		if e.Client == "" || len(e.Texts) == 0 || !strings.HasSuffix(e.Means, ".") || e.Retried == "" || e.Source == "" {
			t.Errorf("%s: %+v lacks something", name, e)
		}
		if !slices.Contains(errnos, e.Errno) || !slices.Contains(ranks, e.Rank) || !slices.Contains([]errtext.Executed{errtext.No, errtext.Maybe, errtext.Yes}, e.Executed) {
			t.Errorf("%s: errno %q, rank %q, executed %q", name, e.Errno, e.Rank, e.Executed)
		}
		if slices.Contains(e.Also, e.Outcome) || e.Outcome == results.OK {
			t.Errorf("%s: outcome %v, also %v", name, e.Outcome, e.Also)
		}
		for i, id := range e.Causes {
			if !results.IsCause(id) || slices.Contains(e.Causes[:i], id) {
				t.Errorf("%s: cause %q", name, id)
			}
		}
		for _, text := range e.Texts {
			key := strings.ToLower(text) + "\n" + strings.Join(e.With, "\n")
			if other := seen[key]; other != "" {
				t.Errorf("%q is said by both %s and %s", text, other, name)
			}
			seen[key] = name
			lines := literal(text)
			if len(e.With) > 0 {
				lines = literal(e.With[0]) + "\n" + lines
			}
			if !slices.ContainsFunc(errtext.Explain(lines), func(f errtext.Entry) bool { return f.Means == e.Means && f.Client == e.Client }) {
				t.Errorf("%s is not found by %q", name, lines)
			}
		}
	}
}

// literal is a text that a pattern matches.
func literal(pattern string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$"), "*", "1")
}

func TestTheTableIsACopy(t *testing.T) {
	ours := errtext.Table()
	for i := range ours {
		ours[i].Texts[0] = "nothing"
		for j := range ours[i].Causes {
			ours[i].Causes[j] = "nothing"
		}
		for j := range ours[i].Also {
			ours[i].Also[j] = results.OK
		}
	}
	got := errtext.Explain("socket hang up")
	got[0].Causes[0] = "nothing"
	if again := errtext.Explain("socket hang up")[0]; again.Causes[0] != "close-race" || again.Also[0] != results.Truncated {
		t.Errorf("a caller has changed the table: %+v", again)
	}
}

// The texts of clients that were read, not run.
func TestTextsOfClientsThatAreNotHere(t *testing.T) {
	for text, want := range map[string]results.Outcome{
		"HttpException: Connection closed before full header was received, uri = http://10.0.0.9/put/ctrl":                                                                                      results.Closed,
		"DioException [connection error]: The connection errored: Connection closed before full header was received This indicates an error which most likely cannot be solved by the library.": results.Closed,
		"ClientException: Connection closed before full header was received, uri=http://10.0.0.9/put/ctrl":                                                                                      results.Closed,
		"HttpException: Connection closed while receiving data, uri = http://10.0.0.9/get/state":                                                                                                results.Truncated,
		"HttpException: Connection reset by peer, uri = http://10.0.0.9/put/ctrl":                                                                                                               results.Reset,
		"HttpException: , uri = http://10.0.0.9/put/ctrl":                                                                                                                                       results.Reset,
		"SocketException: Read failed (OS Error: Connection reset by peer, errno = 104), address = 10.0.0.9, port = 43214":                                                                      results.Reset,
		"SocketException: Write failed (OS Error: Broken pipe, errno = 32), address = 10.0.0.9, port = 43214":                                                                                   results.Reset,
		"ClientException with SocketException: Connection refused (OS Error: Connection refused, errno = 111), address = 10.0.0.9, port = 43214, uri=http://10.0.0.9/":                          results.Refused,
		"SocketException: Connection timed out (OS Error: Connection timed out, errno = 110), address = 10.0.0.9, port = 80":                                                                    results.TimedOut,
		"DioException [receive timeout]: The request took longer than 0:00:01.000000 to receive data. It was aborted.":                                                                          results.TimedOut,
		"HandshakeException: Connection terminated during handshake":                                                                                                                            results.Closed,
		"TimeoutException after 0:00:01.000000: Future not completed":                                                                                                                           results.TimedOut,
		"SocketException: Failed host lookup: 'device.local' (OS Error: No address associated with hostname, errno = 7)":                                                                        results.Failed,
		"error sending request for url (http://10.0.0.9/): connection closed before message completed":                                                                                          results.Closed,
		"error sending request for url (http://10.0.0.9/): error trying to connect: tcp connect error: Connection refused (os error 111)":                                                       results.Refused,
		"request or response body error: error reading a body from connection: end of file before message length reached":                                                                       results.Truncated,
		"System.Net.Http.HttpRequestException: An error occurred while sending the request.\n ---> System.Net.Http.HttpIOException: The response ended prematurely. (ResponseEnded)":            results.Closed,
		"The response ended prematurely, with at least 96 additional bytes expected. (ResponseEnded)":                                                                                           results.Truncated,
		"Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host..":                                                                    results.Reset,
		"cURL error 52: Empty reply from server (see https://curl.haxx.se/libcurl/c/libcurl-errors.html)":                                                                                       results.Closed,
		"pycurl.error: (18, 'transfer closed with 96 bytes remaining to read')":                                                                                                                 results.Truncated,
	} {
		if got := errtext.Explain(text); len(got) == 0 || got[0].Outcome != want {
			t.Errorf("%q is %+v, want %v", text, got, want)
		}
		if got := errtext.Read(errtext.Error{Msg: text}); got.Outcome != want || got.Means == "" {
			t.Errorf("%q is read as %+v, want %v", text, got, want)
		}
	}
}
