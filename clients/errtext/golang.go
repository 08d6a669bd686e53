package errtext

import (
	"slices"

	"rstorm/results"
)

const (
	goClient  = "Go net/http"
	goRetries = "on a reused connection only: any method if nothing was written; else GET, HEAD, OPTIONS, TRACE and whatever has an Idempotency-Key"
	goSource  = "net/http/transport.go, measured with Go 1.26.8: "
)

var golang = []Entry{
	{Client: goClient, Texts: []string{`": EOF$`}, Rank: Verdict, Outcome: results.Closed, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: goRetries,
		Means:  "The device closed the connection in order before the first byte of an answer; over TLS perhaps within the handshake.",
		Source: goSource + "persistConn.readLoop, shouldRetryRequest"},
	{Client: goClient, Texts: []string{"http: server closed idle connection"}, Rank: Verdict, Outcome: results.Closed, Errno: "EOF", Executed: Maybe,
		Causes: []string{"stale-reuse", "close-race", "idle-timeout-race"}, Retried: goRetries + "; seen only where it could not be resent",
		Means:  "The device closed the idle connection as the request was being sent on it.",
		Source: "net/http/transport.go, Go 1.26.8: errServerClosedIdle, persistConn.mapRoundTripError"},
	{Client: goClient, Texts: []string{"unexpected EOF"}, Rank: Verdict, Outcome: results.Truncated, Errno: "EOF", Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The device closed the connection in order in the middle of an answer.",
		Source: "net/http/transfer.go, measured with Go 1.26.8: body.Read"},
	{Client: goClient, Texts: []string{"read: connection reset by peer"}, Rank: System, Outcome: results.Reset, Errno: "ECONNRESET", Executed: Maybe, Causes: resetting, Retried: goRetries,
		Means:  "The connection was reset while the client waited for an answer or read one; the text does not say which, unless Get \"...\": stands before it: then it waited.",
		Source: goSource + "transportReadFromServerError, shouldRetryRequest"},
	{Client: goClient, Texts: []string{"write: broken pipe"}, Rank: System, Outcome: results.Reset, Errno: "EPIPE", Executed: Maybe, Causes: sending, Retried: goRetries,
		Means:  "The connection was reset or closed by the device while the request was being sent.",
		Source: "net/http/transport.go, Go 1.26.8: persistConn.writeLoop, nothingWrittenError"},
	{Client: goClient, Texts: []string{"write: connection reset by peer", "readfrom tcp * write: connection reset by peer"}, Rank: System, Outcome: results.Reset, Errno: "ECONNRESET", Executed: Maybe, Causes: sending, Retried: goRetries,
		Means:  "The connection was reset or closed by the device while the request was being sent.",
		Source: goSource + "persistConn.writeLoop, nothingWrittenError"},
	{Client: goClient, Texts: []string{"dial tcp * connect: connection refused", "connectex: No connection could be made"}, Rank: System, Outcome: results.Refused, Errno: "ECONNREFUSED", Executed: No, Causes: refusing, Retried: "no",
		Means:  "Nothing listens on the port, or something on the way said so.",
		Source: "net/dial.go, measured with Go 1.26.8: net.OpError"},
	{Client: goClient, Texts: []string{"dial tcp * i/o timeout", "dial tcp * connect: connection timed out"}, Rank: System, Outcome: results.TimedOut, Executed: No, Causes: unopened, Retried: "no",
		Means:  "No connection came about in time.",
		Source: "net/dial.go, Go 1.26.8: net.OpError, Dialer.Timeout"},
	{Client: goClient, Texts: []string{"(Client.Timeout exceeded while awaiting headers)", "net/http: timeout awaiting response headers"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: slices.Concat(silence, []string{"connection-limit"}), Retried: "perhaps, within the deadline",
		Means:  "The client's own deadline passed before an answer began; that it had connected is not said.",
		Source: "net/http/client.go, measured with Go 1.26.8: Client.do, Transport.ResponseHeaderTimeout"},
	{Client: goClient, Texts: []string{"(Client.Timeout or context cancellation while reading body)"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Yes, Causes: silence, Retried: "no: an answer had begun",
		Means:  "The client's own deadline passed in the middle of an answer.",
		Source: "net/http/client.go, measured with Go 1.26.8: cancelTimerBody.Read"},
	{Client: goClient, Texts: []string{"context deadline exceeded", "i/o timeout"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: "perhaps, within the deadline",
		Means:  "A deadline of the client's own passed first.",
		Source: "context, measured with Go 1.26.8: DeadlineExceeded"},
	{Client: goClient, Texts: []string{"transport connection broken: malformed MIME header", "transport connection broken: unexpected EOF"}, Rank: Verdict, Outcome: results.Truncated, Also: []results.Outcome{results.Reset, results.Failed}, Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The head of an answer ended in mid-line: the connection was closed or reset within it, or the device sends heads that are none.",
		Source: "net/http/transport.go, measured with Go 1.26.8: persistConn.mapRoundTripError; the same words for FIN and RST"},
	{Client: goClient, Texts: []string{"malformed HTTP response", "malformed HTTP status code", "http: server gave HTTP response to HTTPS client", "tls: first record does not look like a TLS handshake"}, Rank: Verdict, Outcome: results.Failed, Executed: Maybe, Causes: garbling, Retried: "no",
		Means:  "What came back was not the protocol that was asked for.",
		Source: "net/http/response.go and transport.go, measured with Go 1.26.8: ReadResponse, Transport.dialConn"},
	{Client: goClient, Texts: []string{"http2: server sent GOAWAY and closed the connection", "http2: Transport received GOAWAY from server"}, Rank: Verdict, Outcome: results.Failed, Errno: "GOAWAY", Executed: Maybe, Causes: []string{"h2-goaway"}, Retried: "streams above LastStreamID only",
		Means:  "The device ended the HTTP/2 connection; streams above LastStreamID were not processed.",
		Source: "net/http/h2_bundle.go, Go 1.26.8: http2GoAwayError"},
	{Client: goClient, Texts: []string{"stream error: stream ID"}, Rank: Verdict, Outcome: results.Failed, Errno: "RST_STREAM", Executed: Maybe, Causes: []string{"h2-rst-stream"}, Retried: "after REFUSED_STREAM only",
		Means:  "The device ended the HTTP/2 stream; after REFUSED_STREAM it was not processed.",
		Source: "net/http/h2_bundle.go, Go 1.26.8: http2StreamError"},
}
