package link

import "rstorm/faults"

// unasked is a whole answer. It names no command.
const unasked = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nunasked\n"

// unsolicited sends the client an answer to nothing.
func unsolicited(r *relay, _ faults.Strike) { r.say(unasked) }
