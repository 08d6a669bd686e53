package clients

import "net/http"

// GoClose is [GoDefault] with DisableKeepAlives, the switch of net/http that
// really closes: a connection per command, Connection: close with each, and the
// client closes after the answer. No connection is used before, so over HTTP/1.1
// nothing is sent again in silence. Over HTTP/2 commands that are under way at
// once may be given a connection that is closed after the first of them, and
// net/http sends the others again.
type GoClose struct{}

// Client makes a client with a transport of its own.
func (GoClose) Client(n Network) Client {
	return newWatched(n, func(n Network) http.RoundTripper {
		t := netHTTP(n)
		t.DisableKeepAlives = true
		return t
	})
}
