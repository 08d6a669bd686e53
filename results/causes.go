package results

import "slices"

// A Cause is a row of the reset catalogue: a way in which a connection between
// a client and a device ends badly.
//
// A link of sockets between the two makes two connections of one: each side
// acknowledges for itself, so that what crosses does so within the link and on
// neither leg, and a client that has closed by then is spared the device's RST.
// On a way of packets a capture shows the crossing itself.
type Cause struct {
	ID   string
	What string // what happens
	Wire string // what a capture shows, in order; C>S and S>C are directions
	Seen string // what the client's caller sees
}

// Causes is the reset catalogue.
var Causes = []Cause{
	{"close-race", "the device closes while the next request is on its way; the two cross",
		"C>S request and S>C FIN, neither acknowledging the other; then S>C RST", "end of file before an answer"},
	{"close-collision", "the request lies unread in the device as it closes, which turns the close into a reset",
		"C>S request, then S>C RST without a FIN", "ECONNRESET before an answer"},
	{"stale-reuse", "the client writes on a connection whose FIN its kernel already has",
		"S>C FIN, C>S request that acknowledges it, S>C RST", "end of file, or EPIPE on a second write"},
	{"idle-timeout-race", "the device's idle timeout fires as the client uses the connection again",
		"as close-collision or stale-reuse, after a pause", "end of file or ECONNRESET"},
	{"refused", "nothing listens on the port", "C>S SYN, S>C RST", "ECONNREFUSED"},
	{"firewall-reject", "a packet filter answers for the device", "S>C RST with a foreign TTL, to a SYN or in mid-stream", "ECONNREFUSED or ECONNRESET"},
	{"firewall-drop", "a packet filter swallows what is sent", "C>S SYN or data, again and again, and no answer", "timeout"},
	{"crash-before-response", "the device's process dies before it answers", "S>C FIN, or RST if bytes lay unread", "end of file or ECONNRESET"},
	{"crash-mid-response", "the device's process dies within its answer", "part of an answer, then S>C FIN or RST", "a truncated answer"},
	{"crash-while-receiving", "the device's process dies while the client sends", "C>S data, S>C RST", "EPIPE or ECONNRESET while sending"},
	{"abort-after-response", "the device uses RST as a fast close", "answer, S>C RST, no FIN", "ECONNRESET at the next use"},
	{"reset-before-response", "the device aborts instead of answering", "C>S request, S>C RST", "ECONNRESET"},
	{"reset-mid-response", "the device aborts within its answer", "part of an answer, S>C RST", "ECONNRESET while reading"},
	{"unread-data", "the device closes while bytes of the request lie unread", "an answer or none, then S>C RST", "ECONNRESET, and often no answer"},
	{"process-exit", "the device's process exits without closing", "S>C FIN, or RST if bytes lay unread", "end of file or ECONNRESET"},
	{"unknown-connection", "the device has rebooted and forgotten the connection", "C>S data on an open connection, S>C RST, no FIN", "ECONNRESET"},
	{"unacknowledged", "nothing is acknowledged any more", "C>S data, again and again", "timeout"},
	{"half-close", "the device closes its sending side only", "S>C FIN, C>S data still acknowledged", "end of file, no reset"},
	{"client-abort", "the client is the one that resets", "C>S FIN, S>C answer, C>S RST; or C>S RST at once if bytes lay unread", "timeout, or an error of its own; the device may see ECONNRESET"},
	{"protocol-error", "what comes is not HTTP, or not by its rules", "S>C an answer that is none, then C>S FIN or RST", "an error that names it, or nothing if it looks before the next use"},
	{"request-too-large", "the request exceeds a limit of the device", "C>S body, an answer or none, S>C RST", "413, EPIPE or ECONNRESET"},
	{"defence-reset", "too many new connections in a second are reset", "S>C RST right after the handshake", "ECONNRESET"},
	{"connection-limit", "the device serves so many connections and no more", "S>C RST, or C>S SYN without an answer", "ECONNREFUSED, ECONNRESET or timeout"},
	{"network-outage", "the way is gone for a while", "silence or RST to each SYN, RST on what was open, then life again", "ECONNREFUSED, ECONNRESET or timeout"},
	{"tls-abort", "the connection dies in the TLS handshake", "S>C alert and FIN, or RST, within the handshake", "an alert or ECONNRESET"},
	{"h2-goaway", "the device ends an HTTP/2 connection", "S>C GOAWAY", "an error of the connection, or a silent resend"},
	{"h2-rst-stream", "the device ends an HTTP/2 stream", "S>C RST_STREAM; TCP stays open", "an error of the stream, or a silent resend"},
	{"port-reuse", "a new SYN meets what is left of an old connection of the same ports", "C>S SYN, S>C ACK (RFC 5961), C>S RST", "a late connect, or ECONNRESET"},
}

// CauseIDs lists the ids of [Causes].
func CauseIDs() []string {
	ids := make([]string, len(Causes))
	for i, c := range Causes {
		ids[i] = c.ID
	}
	return ids
}

// IsCause reports whether id is one of [Causes].
func IsCause(id string) bool {
	return slices.ContainsFunc(Causes, func(c Cause) bool { return c.ID == id })
}
