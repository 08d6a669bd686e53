package errtext

import (
	"slices"

	"rstorm/results"
)

const (
	nodeClient = "Node.js http, https"
	nodeSource = "lib/_http_client.js, measured with Node.js 20.20: "
)

var node = []Entry{
	{Client: nodeClient + " (axios, got, node-fetch)", Texts: []string{"socket hang up"}, Rank: Verdict, Outcome: results.Closed, Also: orCutOrReset, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: "no (got: GET, HEAD, PUT, DELETE, OPTIONS and TRACE, twice unless told otherwise)",
		Means:  "The device closed the connection in order before the head of an answer was complete. The code ECONNRESET beside it is Node.js's own: the socket saw a FIN; only over TLS a reset may read the same.",
		Source: nodeSource + "socketOnEnd, socketCloseListener (ConnResetException)"},
	{Client: nodeClient + " (axios, got, node-fetch)", Texts: []string{"^aborted$", "Error: aborted$", ": aborted$", "The server aborted pending request", "stream has been aborted", "Premature close", "ERR_STREAM_PREMATURE_CLOSE"}, Rank: Verdict, Outcome: results.Truncated, Also: []results.Outcome{results.Reset, results.TimedOut}, Executed: Yes, Causes: cutting, Retried: "no (got: as after socket hang up)",
		Means:  "The connection ended in the middle of an answer. From http and got that is a FIN, and the code ECONNRESET is Node.js's own; node-fetch uses it for a reset too, axios also for its own timeout in a body.",
		Source: "lib/_http_client.js: socketCloseListener; axios 1.21 lib/adapters/http.js; got 14.6 source/core/index.ts; node-fetch 3.3 src/index.js; measured"},
	{Client: nodeClient, Texts: []string{"read ECONNRESET"}, Rank: System, Outcome: results.Reset, Errno: "ECONNRESET", Executed: Maybe, Causes: resetting, Retried: "no",
		Means:  "The connection was reset while the client waited for an answer or read one.",
		Source: "lib/internal/stream_base_commons.js, measured with Node.js 20.20: onStreamRead"},
	{Client: nodeClient, Texts: []string{"write ECONNRESET"}, Rank: System, Outcome: results.Reset, Errno: "ECONNRESET", Executed: Maybe, Causes: sending, Retried: "no",
		Means:  "The connection was reset or closed by the device while the request was being sent.",
		Source: "lib/internal/stream_base_commons.js, measured with Node.js 20.20: onWriteComplete"},
	{Client: nodeClient, Texts: []string{"write EPIPE"}, Rank: System, Outcome: results.Reset, Errno: "EPIPE", Executed: Maybe, Causes: sending, Retried: "no",
		Means:  "The connection was reset or closed by the device while the request was being sent.",
		Source: "lib/internal/stream_base_commons.js: onWriteComplete"},
	{Client: nodeClient, Texts: []string{"connect ECONNRESET"}, Rank: System, Outcome: results.Reset, Errno: "ECONNRESET", Executed: No, Causes: []string{"defence-reset", "connection-limit", "firewall-reject"}, Retried: "no",
		Means:  "The connection was reset right after it was made, before the request was sent.",
		Source: "lib/net.js, measured with Node.js 20.20: afterConnect"},
	{Client: nodeClient, Texts: []string{"connect ECONNREFUSED"}, Rank: System, Outcome: results.Refused, Errno: "ECONNREFUSED", Executed: No, Causes: refusing, Retried: "no",
		Means:  "Nothing listens on the port, or something on the way said so.",
		Source: "lib/net.js, measured with Node.js 20.20: afterConnect"},
	{Client: nodeClient, Texts: []string{"connect ETIMEDOUT"}, Rank: System, Outcome: results.TimedOut, Errno: "ETIMEDOUT", Executed: No, Causes: unopened, Retried: "no",
		Means:  "The system gave up connecting: no SYN was answered.",
		Source: "lib/net.js, Node.js 20: afterConnect"},
	{Client: nodeClient, Texts: []string{"Client network socket disconnected before secure TLS connection was established"}, Rank: Verdict, Outcome: results.Closed, Errno: "EOF", Executed: No, Causes: shaking, Retried: "no",
		Means:  "The device closed the connection in order within the TLS handshake; the code ECONNRESET beside it is Node.js's own.",
		Source: "lib/_tls_wrap.js, measured with Node.js 20.20: onConnectEnd"},
	{Client: nodeClient, Texts: []string{"EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER", "SSL routines:*:wrong version number"}, Rank: Verdict, Outcome: results.Failed, Executed: No, Causes: slices.Concat(shaking, garbling), Retried: "no",
		Means:  "What came back to the TLS handshake was not TLS.",
		Source: "OpenSSL ssl/record: ssl3_get_record, measured with Node.js 20.20"},
	{Client: nodeClient + ", undici", Texts: []string{"HPE_*", "Parse Error: Expected HTTP/", "Response does not match the HTTP/1.1 protocol"}, Rank: Verdict, Outcome: results.Failed, Also: orCut, Executed: Maybe, Causes: garbling, Retried: "no",
		Means:  "What came back was not HTTP by the parser's rules.",
		Source: "llhttp, measured with Node.js 20.20; HPE_INVALID_EOF_STATE: an answer that a FIN cut off"},
}

var nodeLibraries = []Entry{
	{Client: "axios", Texts: []string{"timeout of *ms exceeded", "timeout exceeded"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: "no",
		Means:  "axios's own timeout passed. The code ECONNABORTED beside it is axios's own (ETIMEDOUT with transitional.clarifyTimeoutError): no socket said it.",
		Source: "axios 1.21 lib/adapters/http.js, measured: handleRequestTimeout"},
	{Client: "got", Texts: []string{"Timeout awaiting '*' for *ms"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: "GET, HEAD, PUT, DELETE, OPTIONS and TRACE, twice unless told otherwise",
		Means:  "A timeout of got's own passed; the quoted word is its phase. The code ETIMEDOUT beside it is got's own: no socket said it.",
		Source: "got 14.6 source/core/timed-out.ts, measured: TimeoutError"},
	{Client: "node-fetch, fetch", Texts: []string{"AbortError: The operation was aborted", "The operation was aborted due to timeout", "This operation was aborted", "The user aborted a request"}, Rank: Verdict, Outcome: results.TimedOut, Also: []results.Outcome{results.Failed}, Executed: Maybe, Causes: silence, Retried: "no",
		Means:  "The caller's signal ended the request: by its timeout, or because the caller wanted so.",
		Source: "AbortSignal, measured with Node.js 20.20 and node-fetch 3.3"},
}
