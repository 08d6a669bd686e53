package device

import "net/http"

// reject answers a request that can't be read, and closes.
func (c *connection) reject(status int) (over bool) {
	if !c.say(answer{status: status, body: problem(status), closes: true}) {
		c.part(RequestRejected)
	}
	return true
}

// part closes behind a last answer in such a way that the client, which may
// still be sending, can read it (RFC 9112 section 9.6).
func (c *connection) part(why Ending) {
	c.notify()
	c.linger()
	c.end(plainly, why)
}

// turnDown answers the first request with status, unexecuted, and a Retry-After
// unless that is 0; then it closes. It is how a device under a limit turns a
// connection away with an explanation.
func (c *connection) turnDown(status, retryAfter int, why Ending) {
	c.source.budget = maxHead
	head, err := http.ReadRequest(c.in)
	if err != nil {
		c.unreadable(err)
		return
	}
	e := c.note(head).event
	a := answer{status: status, body: problem(status), closes: true, command: e.Command, head: e.Method == http.MethodHead, retryAfter: retryAfter}
	if !c.say(a) {
		c.answered.Add(1)
		c.part(why)
	}
}

// tooLarge rejects a request whose body is too large, as the profile says.
func (c *connection) tooLarge() (over bool) {
	const status = http.StatusRequestEntityTooLarge
	switch c.device.profile.TooLarge {
	case LargeAbrupt:
		if c.say(answer{status: status, body: problem(status), closes: true}) {
			return true
		}
	case LargeSilent:
	default:
		return c.reject(status)
	}
	c.end(plainly, RequestRejected)
	return true
}
