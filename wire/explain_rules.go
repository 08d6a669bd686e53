package wire

// A rule names a cause where its case is met.
type rule struct {
	cause string // id of the catalogue that it names, as the likeliest one
	doc   string // its case

	// fits reports whether its case is met, and tells the report what that rests
	// on and which other causes it leaves. What it tells is forgotten if it does
	// not fit.
	fits func(*scene, *report) bool
}

// rules are tried in this order: what nobody at either end did, what ended
// before there was a connection, what a protocol says of itself, what met with
// silence, what the client began, and then what the server did, from where it
// closed in order to where it just reset.
var rules = []rule{
	{"firewall-reject", "no kernel of the two has sent the RST", sentByNobody},
	{"firewall-reject", "the RST has another TTL than its host's other segments", foreignTTL},
	{"firewall-reject", "the RST does not fit into its host's row of IP identifications", foreignID},

	{"port-reuse", "a SYN is answered by the acknowledgement of an older connection", olderConnection},
	{"connection-limit", "the kernel says that no more connections fit into the accept queue", queueOverflow},
	{"refused", "a SYN is answered by a RST", synReset},
	{"client-abort", "the client resets before it is connected", connectAborted},
	{"firewall-drop", "nothing answers a SYN", synUnanswered},
	{"network-outage", "the server's SYN,ACK is repeated, and the client is not heard of again", synAckUnanswered},

	{"tls-abort", "the connection ends within the TLS handshake", handshakeCut},
	{"h2-goaway", "the server's last word is a GOAWAY", goneAway},
	{"h2-rst-stream", "the server ends a stream of HTTP/2", streamReset},
	{"protocol-error", "the server answers a request with something else than HTTP", notHTTP},
	{"protocol-error", "the server answers what nobody asked", unasked},

	{"connection-limit", "nothing is acknowledged, and the server still waits for the handshake's end", neverAccepted},
	{"unacknowledged", "what the client sends is repeated and never answered", unheard},
	{"unacknowledged", "what the server sends is repeated and never answered", unheardAnswer},

	{"client-abort", "the client closes or resets before it has the whole answer", clientGaveUp},

	{"idle-timeout-race", "one of the races below, at the time that the server had announced", announcedIdle},
	{"stale-reuse", "a request acknowledges the server's FIN", staleReuse},
	{"half-close", "the server closes its sending side and still acknowledges a request", halfClosed},
	{"close-race", "a request and the server's FIN cross", closeRace},
	{"close-race", "a request lies unread on a reused connection as the server closes", closedUnread},
	{"crash-mid-response", "the server closes within an answer", closedMidResponse},
	{"crash-while-receiving", "the server closes within a request", closedMidRequest},
	{"crash-before-response", "the server closes and does not answer", closedUnanswered},

	{"connection-limit", "the server resets a connection on which it has never acknowledged anything", resetUnaccepted},
	{"defence-reset", "the server resets a connection on which it has read nothing", resetUnused},
	{"request-too-large", "an answer with status 413, and a RST", tooLarge},
	{"unknown-connection", "a segment of the client is answered as on a connection that is not known", forgotten},
	{"unread-data", "the server resets within a request, or before it has read all of it", resetMidRequest},
	{"reset-mid-response", "the server resets within an answer", resetMidResponse},
	{"unread-data", "the kernel says that bytes lay unread, on a fresh connection or behind the last answer", unreadData},
	{"abort-after-response", "the server resets after an answer, and a request crosses that", resetCrossed},
	{"close-collision", "the server resets instead of answering on a reused connection, and the kernel does not say that it did so by will", closeCollision},
	{"reset-before-response", "the server resets instead of answering", resetUnanswered},
	{"unread-data", "the server resets, no request is open, and the client had sent something behind the last one", goodbyeUnread},
	{"abort-after-response", "the server resets, and no request is open", resetAnswered},

	{"client-abort", "the client resets, and no request is open", clientReset},
	{"firewall-reject", "a RST has ended nothing", resetIgnored},
}
