package errtext

import (
	"slices"

	"rstorm/results"
)

const (
	chrome        = "Chrome, Edge, Electron, Android WebView"
	chromeRetries = "any method on a reused connection, up to twice, if nothing of an answer had come"
	chromeErrors  = "Chromium net/base/net_error_list.h"
	chromeSource  = chromeErrors + "; net/http/http_network_transaction.cc: HandleIOError, ShouldResendRequest"
	firefox       = "Firefox"
	firefoxSource = "Firefox xpcom/base/ErrorList.py; netwerk/protocol/http/nsHttpTransaction.cpp: Close"
	browserFetch  = "fetch and XMLHttpRequest in browsers, React Native"
)

var browsers = []Entry{
	{Client: chrome, Texts: []string{"ERR_EMPTY_RESPONSE", "ERR_CONNECTION_CLOSED"}, Rank: Verdict, Outcome: results.Closed, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: chromeRetries,
		Means:  "The device closed the connection in order before an answer: empty response if nothing of it had come.",
		Source: chromeSource},
	{Client: chrome, Texts: []string{"ERR_CONNECTION_RESET"}, Rank: System, Outcome: results.Reset, Errno: "ECONNRESET", Executed: Maybe, Causes: resetting, Retried: chromeRetries,
		Means:  "The connection was reset while the request was sent or the answer read.",
		Source: chromeSource},
	{Client: chrome, Texts: []string{"ERR_CONNECTION_ABORTED"}, Rank: System, Outcome: results.Reset, Errno: "ECONNABORTED", Executed: Maybe, Causes: []string{"network-outage", "unacknowledged"}, Retried: chromeRetries,
		Means:  "The client's own system gave the connection up: what it had sent was not acknowledged.",
		Source: chromeSource},
	{Client: chrome, Texts: []string{"ERR_CONNECTION_REFUSED"}, Rank: System, Outcome: results.Refused, Errno: "ECONNREFUSED", Executed: No, Causes: refusing, Retried: "no",
		Means:  "Nothing listens on the port, or something on the way said so.",
		Source: chromeErrors},
	{Client: chrome, Texts: []string{"ERR_CONNECTION_TIMED_OUT", "ERR_CONNECTION_FAILED", "ERR_ADDRESS_UNREACHABLE"}, Rank: System, Outcome: results.TimedOut, Also: []results.Outcome{results.Failed}, Executed: No, Causes: unopened, Retried: "no",
		Means:  "No connection came about.",
		Source: chromeErrors},
	{Client: chrome, Texts: []string{"ERR_TIMED_OUT"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: "no",
		Means:  "The operation took too long; the text does not say in which phase.",
		Source: chromeErrors},
	{Client: chrome, Texts: []string{"ERR_CONTENT_LENGTH_MISMATCH", "ERR_INCOMPLETE_CHUNKED_ENCODING"}, Rank: Verdict, Outcome: results.Truncated, Errno: "EOF", Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The device closed the connection in the middle of a body.",
		Source: chromeErrors},
	{Client: chrome, Texts: []string{"ERR_INVALID_HTTP_RESPONSE", "ERR_INVALID_CHUNKED_ENCODING", "ERR_RESPONSE_HEADERS_TRUNCATED"}, Rank: Verdict, Outcome: results.Failed, Also: orCut, Executed: Maybe, Causes: garbling, Retried: "no",
		Means:  "What came back was not HTTP, or a head that was cut off.",
		Source: chromeErrors},
	{Client: chrome, Texts: []string{"ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "ERR_NAME_NOT_RESOLVED"}, Rank: Verdict, Outcome: results.Failed, Executed: Maybe, Causes: []string{"network-outage"}, Retried: "no",
		Means:  "The client has no network, or another one than before, or does not find the device's name.",
		Source: chromeErrors},
	{Client: firefox, Texts: []string{"NS_ERROR_NET_RESET"}, Rank: Verdict, Outcome: results.Reset, Also: []results.Outcome{results.Closed}, Executed: Maybe, Causes: slices.Concat(resetting, []string{"close-race", "crash-before-response"}), Retried: "on a reused connection, if nothing of an answer had come",
		Means:  "The connection ended before an answer: by a reset, or in order with nothing of an answer sent.",
		Source: firefoxSource},
	{Client: firefox, Texts: []string{"NS_ERROR_NET_INTERRUPT"}, Rank: Verdict, Outcome: results.Closed, Also: orCut, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: "on a reused connection, if nothing of an answer had come",
		Means:  "The connection was closed in order where more was to come.",
		Source: "Firefox netwerk/base/nsSocketTransport2.cpp: ErrorAccordingToNSPR"},
	{Client: firefox, Texts: []string{"NS_ERROR_NET_PARTIAL_TRANSFER"}, Rank: Verdict, Outcome: results.Truncated, Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The connection ended in the middle of a body.",
		Source: firefoxSource},
	{Client: firefox, Texts: []string{"NS_ERROR_CONNECTION_REFUSED"}, Rank: System, Outcome: results.Refused, Errno: "ECONNREFUSED", Executed: No, Causes: refusing, Retried: "no",
		Means:  "Nothing listens on the port, or something on the way said so.",
		Source: firefoxSource},
	{Client: firefox, Texts: []string{"NS_ERROR_NET_TIMEOUT"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: slices.Concat(unopened, []string{"unacknowledged"}), Retried: "no",
		Means:  "No connection came about, or no answer, within the browser's own limit.",
		Source: firefoxSource},
	{Client: browserFetch, Texts: []string{"TypeError: Failed to fetch", "NetworkError when attempting to fetch resource", "TypeError: Load failed", "Network request failed", "AxiosError: Network Error", "^Network Error$", "Error: Network Error"}, Rank: Wrapper, Outcome: results.Failed, Also: orAnything, Executed: Maybe, Retried: "the text does not tell",
		Means:  "A browser does not tell scripts what happened, or that a rule of its own (CORS, mixed content) forbade the request: its console does.",
		Source: "Fetch Standard, network error; Chromium, Firefox, WebKit (in this order), whatwg-fetch, axios lib/adapters/xhr.js"},
}
