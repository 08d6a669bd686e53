package errtext

import "rstorm/results"

const (
	jdkClient  = "Java java.net.http.HttpClient"
	jdkRetries = "GET and HEAD once, also on a fresh connection (all methods with jdk.httpclient.enableAllMethodRetry)"
	oldClient  = "Java HttpURLConnection"
	oldRetries = "any method once, also on a fresh connection, unless the body is streamed (POST: unless sun.net.http.retryPost is false)"
)

var java = []Entry{
	{Client: jdkClient, Texts: []string{"HTTP/1.1 header parser received no bytes"}, Rank: Wrapper, Outcome: results.Closed, Also: orReset, Executed: Maybe, Causes: closing, Retried: jdkRetries,
		Means:  "The connection ended before the first byte of an answer; the cause below says how: EOFException is a FIN, SocketException a reset.",
		Source: "jdk/internal/net/http/Http1HeaderParser.java, measured with Java 17.0.15: currentStateMessage"},
	{Client: jdkClient, Texts: []string{"parsing HTTP/1.1 header, receiving", "parsing HTTP/1.1 status line, receiving"}, Rank: Wrapper, Outcome: results.Truncated, Also: orReset, Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The connection ended in the middle of an answer's head; the cause below says how: EOFException is a FIN, SocketException a reset.",
		Source: "jdk/internal/net/http/Http1HeaderParser.java, measured with Java 17.0.15: currentStateMessage"},
	{Client: jdkClient, Texts: []string{"fixed content-length: *, bytes received:", "chunked transfer encoding, state:"}, Rank: Wrapper, Outcome: results.Truncated, Also: orReset, Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The connection ended in the middle of a body; the cause below says how: EOFException is a FIN, SocketException a reset.",
		Source: "jdk/internal/net/http/ResponseContent.java, measured with Java 17.0.15"},
	{Client: jdkClient, Texts: []string{"HttpTimeoutException: request timed out", "^request timed out$"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: "perhaps, within the timeout",
		Means:  "The request's timeout passed before the head of an answer; a body is not under it.",
		Source: "jdk/internal/net/http/HttpClientImpl.java, measured with Java 17.0.15"},
	{Client: jdkClient, Texts: []string{"HTTP connect timed out", "HttpConnectTimeoutException"}, Rank: Verdict, Outcome: results.TimedOut, Executed: No, Causes: unopened, Retried: "no",
		Means:  "No connection came about within the connect timeout.",
		Source: "jdk/internal/net/http, measured with Java 17.0.15"},
	{Client: jdkClient, Texts: []string{"^java.net.ConnectException: $", "java.net.ConnectException$", "ClosedChannelException"}, Rank: Wrapper, Outcome: results.Refused, Also: []results.Outcome{results.Reset, results.TimedOut, results.Failed}, Executed: No, Causes: refusing, Retried: "once more to connect",
		Means:  "Connecting failed. The client says no more where nothing listens on the port.",
		Source: "jdk/internal/net/http/PlainHttpConnection.java, measured with Java 17.0.15"},
	{Client: jdkClient, Texts: []string{"Invalid status line:", "Unrecognized SSL message, plaintext connection"}, Rank: Verdict, Outcome: results.Failed, Executed: Maybe, Causes: garbling, Retried: "no",
		Means:  "What came back was not the protocol that was asked for.",
		Source: "jdk/internal/net/http/Http1HeaderParser.java: readStatusLineFeed; sun/security/ssl; measured with Java 17.0.15"},
	{Client: jdkClient, Texts: []string{"GOAWAY received"}, Rank: Verdict, Outcome: results.Failed, Errno: "GOAWAY", Executed: Maybe, Causes: []string{"h2-goaway"}, Retried: "not known",
		Means:  "The device ended the HTTP/2 connection.",
		Source: "jdk/internal/net/http/Http2Connection.java: handleGoAway"},
	{Client: oldClient, Texts: []string{"Unexpected end of file from server"}, Rank: Verdict, Outcome: results.Closed, Also: orReset, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: oldRetries,
		Means:  "The device closed the connection in order before an answer, and so it did the second time. A reset reads the same where the body was being streamed.",
		Source: "sun/net/www/http/HttpClient.java, measured with Java 17.0.15: parseHTTPHeader"},
	{Client: oldClient, Texts: []string{"Premature EOF"}, Rank: Verdict, Outcome: results.Truncated, Errno: "EOF", Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The device closed the connection in order in the middle of a chunked body. Of one with a Content-Length the class says nothing at all: check the length.",
		Source: "sun/net/www/http/ChunkedInputStream.java, measured with Java 17.0.15: readAheadBlocking"},
	{Client: oldClient, Texts: []string{"Error writing to server"}, Rank: Verdict, Outcome: results.Reset, Executed: Maybe, Causes: sending, Retried: oldRetries,
		Means:  "The connection had been reset or closed by the device while the request was being sent; the errno is not told.",
		Source: "sun/net/www/protocol/http/HttpURLConnection.java, measured with Java 17.0.15: writeRequests"},
	{Client: oldClient, Texts: []string{"Invalid Http response", "Unsupported or unrecognized SSL message"}, Rank: Verdict, Outcome: results.Failed, Executed: Maybe, Causes: garbling, Retried: "no",
		Means:  "What came back was not the protocol that was asked for.",
		Source: "sun/net/www/protocol/http/HttpURLConnection.java; sun/security/ssl; measured with Java 17.0.15"},
}
