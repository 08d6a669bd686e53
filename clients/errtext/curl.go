package errtext

import (
	"slices"

	"rstorm/results"
)

const (
	curlClient  = "curl, libcurl (PHP, Guzzle, pycurl)"
	curlRetries = "any method on a reused connection, up to 5 times"
)

var curl = []Entry{
	{Client: curlClient, Texts: []string{"curl: (52)", "cURL error 52", "(52, '", "CURLE_GOT_NOTHING", "Empty reply from server", "Server returned nothing (no headers, no data)"}, Rank: Verdict, Outcome: results.Closed, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: curlRetries,
		Means:  "The device closed the connection in order before the first byte of an answer.",
		Source: "lib/http.c, measured with 7.88.1 (52): Curl_http_done; lib/transfer.c: Curl_retry_request. A head cut by a FIN is no error at all to 7.88.1"},
	{Client: curlClient, Texts: []string{"Recv failure: Connection reset by peer", "Recv failure: Connection was reset"}, Rank: System, Outcome: results.Reset, Errno: "ECONNRESET", Executed: Maybe, Causes: resetting, Retried: curlRetries + ", if nothing of an answer had come",
		Means:  "The connection was reset while the client waited for an answer or read one; with code 35 within the TLS handshake.",
		Source: "lib/cf-socket.c, measured with 7.88.1 (56, 35)"},
	{Client: curlClient, Texts: []string{"curl: (56)", "cURL error 56", "(56, '", "CURLE_RECV_ERROR", "Failure when receiving data from the peer"}, Rank: Wrapper, Outcome: results.Reset, Also: []results.Outcome{results.Truncated, results.Failed}, Executed: Maybe, Causes: resetting, Retried: curlRetries + ", if nothing of an answer had come",
		Means:  "Receiving failed; the words after the code say how, mostly by a reset.",
		Source: "lib/strerror.c, measured with 7.88.1 (56)"},
	{Client: curlClient, Texts: []string{"Send failure: Connection reset by peer", "Send failure: Connection was reset"}, Rank: System, Outcome: results.Reset, Errno: "ECONNRESET", Executed: Maybe, Causes: sending, Retried: curlRetries,
		Means:  "The connection was reset or closed by the device while the request was being sent.",
		Source: "lib/cf-socket.c"},
	{Client: curlClient, Texts: []string{"Send failure: Broken pipe"}, Rank: System, Outcome: results.Reset, Errno: "EPIPE", Executed: Maybe, Causes: sending, Retried: curlRetries,
		Means:  "The connection was reset or closed by the device while the request was being sent.",
		Source: "lib/cf-socket.c"},
	{Client: curlClient, Texts: []string{"curl: (55)", "cURL error 55", "(55, '", "CURLE_SEND_ERROR", "Failed sending data to the peer"}, Rank: Wrapper, Outcome: results.Reset, Also: []results.Outcome{results.Failed}, Executed: Maybe, Causes: sending, Retried: curlRetries,
		Means:  "Sending failed; the words after the code say how.",
		Source: "lib/strerror.c (55)"},
	{Client: curlClient, Texts: []string{"Connection died, tried * times before giving up"}, Rank: Verdict, Outcome: results.Closed, Also: orReset, Executed: Maybe, Causes: []string{"stale-reuse", "close-race", "idle-timeout-race"}, Retried: "5 times",
		Means:  "One reused connection after the other was dead as the request was sent on it.",
		Source: "lib/transfer.c: Curl_retry_request, CONN_MAX_RETRIES (55)"},
	{Client: curlClient, Texts: []string{"curl: (18)", "cURL error 18", "(18, '", "CURLE_PARTIAL_FILE", "transfer closed with * bytes remaining to read", "transfer closed with outstanding read data remaining", "Transferred a partial file"}, Rank: Verdict, Outcome: results.Truncated, Errno: "EOF", Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The device closed the connection in order in the middle of a body.",
		Source: "lib/transfer.c, lib/http_chunks.c, measured with 7.88.1 (18)"},
	{Client: curlClient, Texts: []string{"Operation timed out after * with 0 bytes received"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: slices.Concat(silence, []string{"connection-limit"}), Retried: "no",
		Means:  "The client's own limit passed before an answer's body began.",
		Source: "lib/multi.c, measured with 7.88.1 (28): multi_handle_timeout"},
	{Client: curlClient, Texts: []string{"Operation timed out after * out of * bytes received"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Yes, Causes: silence, Retried: "no: an answer had begun",
		Means:  "The client's own limit passed in the middle of a body.",
		Source: "lib/multi.c, lib/transfer.c, measured with 7.88.1 (28)"},
	{Client: curlClient, Texts: []string{"Connection timed out after * milliseconds"}, Rank: Verdict, Outcome: results.TimedOut, Executed: No, Causes: unopened, Retried: "no",
		Means:  "No connection came about within the limit.",
		Source: "lib/multi.c, measured with 7.88.1 (28): multi_handle_timeout"},
	{Client: curlClient, Texts: []string{"curl: (28)", "cURL error 28", "(28, '", "CURLE_OPERATION_TIMEDOUT", "Timeout was reached"}, Rank: Wrapper, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: "no",
		Means:  "A limit of the client's own passed; the words after the code say in which phase.",
		Source: "lib/strerror.c (28)"},
	{Client: curlClient, Texts: []string{"curl: (7)", "cURL error 7", "(7, '", "CURLE_COULDNT_CONNECT", "Couldn't connect to server", "Could not connect to server"}, Rank: Wrapper, Outcome: results.Refused, Also: []results.Outcome{results.TimedOut, results.Reset, results.Failed}, Executed: No, Causes: refusing, Retried: "no (--retry-connrefused)",
		Means:  "No connection came about; at once and without other words: nothing listens on the port.",
		Source: "lib/strerror.c, lib/cf-ip-happy.c, measured with 7.88.1 (7)"},
	{Client: curlClient, Texts: []string{"SSL_ERROR_SYSCALL in connection to"}, Rank: Verdict, Outcome: results.Closed, Also: orReset, Errno: "EOF", Executed: No, Causes: shaking, Retried: "no",
		Means:  "The connection was closed within the TLS handshake.",
		Source: "lib/vtls/openssl.c, measured with 7.88.1 (35)"},
	{Client: curlClient, Texts: []string{"curl: (35)", "cURL error 35", "(35, '", "CURLE_SSL_CONNECT_ERROR", "SSL connect error"}, Rank: Wrapper, Outcome: results.Failed, Also: []results.Outcome{results.Closed, results.Reset}, Executed: No, Causes: shaking, Retried: "no",
		Means:  "The TLS handshake failed; the words after the code say how.",
		Source: "lib/strerror.c, measured with 7.88.1 (35)"},
	{Client: curlClient, Texts: []string{"curl: (16)", "cURL error 16", "CURLE_HTTP2", "Error in the HTTP2 framing layer"}, Rank: Verdict, Outcome: results.Failed, Also: []results.Outcome{results.Closed, results.Reset}, Executed: Maybe, Causes: []string{"h2-goaway", "protocol-error"}, Retried: "streams that were refused",
		Means:  "The HTTP/2 connection failed as a whole.",
		Source: "lib/strerror.c (16); lib/transfer.c: Curl_retry_request"},
	{Client: curlClient, Texts: []string{"curl: (92)", "cURL error 92", "CURLE_HTTP2_STREAM", "was not closed cleanly"}, Rank: Verdict, Outcome: results.Failed, Errno: "RST_STREAM", Executed: Maybe, Causes: []string{"h2-rst-stream"}, Retried: "streams that were refused",
		Means:  "The device ended the HTTP/2 stream.",
		Source: "lib/strerror.c (92); lib/transfer.c: Curl_retry_request"},
	{Client: curlClient, Texts: []string{"Received HTTP/0.9 when not allowed", "curl: (8)", "Weird server reply"}, Rank: Verdict, Outcome: results.Failed, Executed: Maybe, Causes: garbling, Retried: "no",
		Means:  "What came back was not HTTP/1.",
		Source: "lib/http.c, measured with 7.88.1 (1)"},
}
