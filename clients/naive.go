package clients

// Naive keeps one connection for all commands. It never looks whether that
// connection still lives before it uses it, and sends nothing twice. It obeys
// an announced close (Connection: close, or HTTP/1.0 without keep-alive; over
// HTTP/2 a GOAWAY). It models Python's http.client and OkHttp with its retry
// switched off, and is what any other strategy is measured against.
type Naive struct{}

// Client makes a naive client.
func (Naive) Client(n Network) Client { return newRaw(n, policy{reuse: true}) }
