package errtext

import (
	"slices"

	"rstorm/results"
)

const (
	undiciClient = "Node.js fetch, undici"
	undiciSource = "undici lib/dispatcher/client-h1.js, measured with 6.29 and Node.js 20.20: "
)

var undici = []Entry{
	{Client: undiciClient, Texts: []string{"other side closed"}, Rank: Verdict, Outcome: results.Closed, Also: orCutOrReset, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: "no",
		Means:  "The device closed the connection in order before an answer, or in the middle of one: the same words for both. Where \"terminated\" stands above it, an answer had begun; only over TLS a reset may read the same.",
		Source: undiciSource + "onHttpSocketEnd (SocketError)"},
	{Client: undiciClient, Texts: []string{"other side closed"}, With: []string{"TypeError: terminated", "^terminated$"}, Rank: Verdict, Outcome: results.Truncated, Errno: "EOF", Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The device closed the connection in order in the middle of an answer's body.",
		Source: undiciSource + "onHttpSocketEnd (SocketError); lib/web/fetch/index.js"},
	{Client: undiciClient, Texts: []string{"SocketError: closed", "^closed$", "UND_ERR_SOCKET"}, Rank: System, Outcome: results.Closed, Also: orCutOrReset, Executed: Maybe, Causes: closing, Retried: "no",
		Means:  "The connection ended before the answer was complete; the code alone does not tell how.",
		Source: "undici 8.10 lib/dispatcher/client-h1.js: onHttpSocketClose; lib/core/errors.js: SocketError"},
	{Client: undiciClient, Texts: []string{"TypeError: terminated", "^terminated$"}, Rank: Wrapper, Outcome: results.Truncated, Also: []results.Outcome{results.Reset, results.TimedOut}, Executed: Yes, Causes: cutting, Retried: "no",
		Means:  "The exchange ended in the middle of an answer; the cause below it says how.",
		Source: "undici lib/web/fetch/index.js, measured with Node.js 20.20"},
	{Client: undiciClient, Texts: []string{"fetch failed"}, Rank: Wrapper, Outcome: results.Failed, Also: orAnything, Executed: Maybe, Retried: "no",
		Means:  "fetch says so of whatever ended before an answer: look at the error's cause.",
		Source: "undici lib/web/fetch/index.js, measured with Node.js 20.20"},
	{Client: undiciClient, Texts: []string{"UND_ERR_HEADERS_TIMEOUT", "Headers Timeout Error"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: "no",
		Means:  "The head of an answer did not come within headersTimeout.",
		Source: "undici lib/core/errors.js, measured with 6.29: HeadersTimeoutError"},
	{Client: undiciClient, Texts: []string{"UND_ERR_BODY_TIMEOUT", "Body Timeout Error"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Yes, Causes: silence, Retried: "no",
		Means:  "Within an answer's body nothing came for bodyTimeout.",
		Source: "undici lib/core/errors.js, measured with 6.29: BodyTimeoutError"},
	{Client: undiciClient, Texts: []string{"UND_ERR_CONNECT_TIMEOUT", "Connect Timeout Error"}, Rank: Verdict, Outcome: results.TimedOut, Executed: No, Causes: unopened, Retried: "no",
		Means:  "No connection came about within the connect timeout.",
		Source: "undici lib/core/errors.js, measured with 6.29: ConnectTimeoutError"},
	{Client: undiciClient, Texts: []string{"UND_ERR_RES_CONTENT_LENGTH_MISMATCH"}, Rank: Verdict, Outcome: results.Truncated, Executed: Yes, Causes: slices.Concat(garbling, cutting), Retried: "no",
		Means:  "The body was shorter or longer than Content-Length said.",
		Source: "undici 8.10 lib/core/errors.js: ResponseContentLengthMismatchError"},
	{Client: undiciClient, Texts: []string{"UND_ERR_ABORTED", "UND_ERR_ABORT"}, Rank: Verdict, Outcome: results.Failed, Also: []results.Outcome{results.TimedOut}, Executed: Maybe, Causes: []string{"client-abort"}, Retried: "no",
		Means:  "The caller ended the request, as after a timeout of its own.",
		Source: "undici 8.10 lib/core/errors.js: RequestAbortedError, AbortError"},
	{Client: undiciClient, Texts: []string{"UND_ERR_DESTROYED", "UND_ERR_CLOSED"}, Rank: Verdict, Outcome: results.Failed, Executed: Maybe, Causes: []string{"client-abort"}, Retried: "no",
		Means:  "The client was destroyed or closed by its own side while the request was under way or before it was sent.",
		Source: "undici 8.10 lib/core/errors.js: ClientDestroyedError, ClientClosedError"},
	{Client: undiciClient, Texts: []string{`HTTP/2: "GOAWAY" frame received`}, Rank: Verdict, Outcome: results.Failed, Errno: "GOAWAY", Executed: Maybe, Causes: []string{"h2-goaway"}, Retried: "no",
		Means:  "The device ended the HTTP/2 connection.",
		Source: "undici 8.10 lib/dispatcher/client-h2.js: onHttp2SessionGoAway"},
}
