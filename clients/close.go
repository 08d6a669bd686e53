package clients

// Close opens a connection for every command, says Connection: close with it,
// and closes its own side after the answer, so that it works also with devices
// that ignore the header. HTTP/2 has no such header: there it only closes. It
// models the switches that really close: net/http's DisableKeepAlives, dio's
// persistentConnection: false, curl's forbid-reuse.
type Close struct{}

// Client makes a client that closes.
func (Close) Client(n Network) Client { return newRaw(n, policy{announce: true}) }
