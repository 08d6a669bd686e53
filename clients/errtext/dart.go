package errtext

import (
	"slices"

	"rstorm/results"
)

const (
	dartClient  = "Dart HttpClient (package:http, dio)"
	dartRetries = "no: only a connection that is known to be closed as it is taken from the pool is replaced"
	dioSource   = "dio 5.11 lib/src/dio_exception.dart: "
)

var dart = []Entry{
	{Client: dartClient, Texts: []string{"Connection closed before full header was received", "Connection closed before response was received", "Connection closed before data was received"}, Rank: Verdict, Outcome: results.Closed, Also: orCut, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: dartRetries,
		Means:  "The device closed the connection in order before the head of an answer was complete, mostly before its first byte. dio calls it a connectionError.",
		Source: "sdk/lib/_http/http_parser.dart: _HttpParser._onDone; http_impl.dart: _HttpClientConnection; dio 5.11 lib/src/adapters/io_adapter.dart: _fetch"},
	{Client: dartClient, Texts: []string{"Connection closed while receiving data", "Connection closed before full body was received"}, Rank: Verdict, Outcome: results.Truncated, Errno: "EOF", Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The device closed the connection in order in the middle of a body.",
		Source: "sdk/lib/_http/http_parser.dart: _HttpParser._onDone"},
	{Client: dartClient, Texts: []string{"Socket closed before request was sent"}, Rank: Verdict, Outcome: results.Closed, Executed: No, Causes: []string{"stale-reuse", "idle-timeout-race"}, Retried: dartRetries,
		Means:  "The connection had been closed before the request was written.",
		Source: "sdk/lib/_http/http_impl.dart: _HttpClientConnection.send"},
	{Client: dartClient, Texts: []string{"HttpException: Connection reset by peer"}, Rank: System, Outcome: results.Reset, Errno: "ECONNRESET", Executed: Maybe, Causes: resetting, Retried: dartRetries,
		Means:  "The connection was reset while the client waited for an answer; the HttpException has taken the SocketException's words and left out its errno.",
		Source: "sdk/lib/_http/http_impl.dart: _HttpClientConnection (onError); sdk/lib/_internal/vm/bin/socket_patch.dart: multiplex, read"},
	{Client: dartClient, Texts: []string{"HttpException: Read failed"}, Rank: System, Outcome: results.Reset, Executed: Maybe, Causes: resetting, Retried: dartRetries,
		Means:  "The connection was reset while the client waited for an answer; the HttpException has taken the SocketException's words and left out its errno.",
		Source: "sdk/lib/_http/http_impl.dart: _HttpClientConnection (onError); sdk/lib/_internal/vm/bin/socket_patch.dart: multiplex, read"},
	{Client: dartClient, Texts: []string{"HttpException: , uri"}, Rank: System, Outcome: results.Reset, Also: []results.Outcome{results.TimedOut, results.Failed}, Executed: Maybe, Causes: resetting, Retried: dartRetries,
		Means:  "An error of the socket whose words and errno are lost: older Dart gave such errors an empty text. Mostly a reset while the client waited.",
		Source: "runtime/bin/socket_patch.dart (Dart 1 and 2): multiplex, reportError with an empty message; sdk/lib/_http/http_impl.dart: _HttpClientConnection (onError)"},
	{Client: dartClient, Texts: []string{"Write failed (OS Error: Broken pipe"}, Rank: System, Outcome: results.Reset, Errno: "EPIPE", Executed: Maybe, Causes: sending, Retried: dartRetries,
		Means:  "Writing the request failed: the connection had been reset or closed by the device.",
		Source: "sdk/lib/_internal/vm/bin/socket_patch.dart: _NativeSocket.write"},
	{Client: dartClient, Texts: []string{"Write failed (OS Error: Connection reset by peer"}, Rank: System, Outcome: results.Reset, Errno: "ECONNRESET", Executed: Maybe, Causes: sending, Retried: dartRetries,
		Means:  "Writing the request failed: the connection had been reset or closed by the device.",
		Source: "sdk/lib/_internal/vm/bin/socket_patch.dart: _NativeSocket.write"},
	{Client: dartClient, Texts: []string{"Connection terminated during handshake"}, Rank: Verdict, Outcome: results.Closed, Errno: "EOF", Executed: No, Causes: shaking, Retried: dartRetries,
		Means:  "The connection was closed within the TLS handshake.",
		Source: "sdk/lib/io/secure_socket.dart: _RawSecureSocket"},
	{Client: dartClient, Texts: []string{"TimeoutException after", "Future not completed"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: dartRetries,
		Means:  "A timeout of the caller's own passed; the request itself may go on.",
		Source: "dart:async Future.timeout"},
	{Client: dartClient, Texts: []string{"Request has been aborted"}, Rank: Verdict, Outcome: results.Failed, Also: []results.Outcome{results.TimedOut}, Executed: Maybe, Causes: []string{"client-abort"}, Retried: dartRetries,
		Means:  "The caller aborted the request, as dio does after its timeouts.",
		Source: "sdk/lib/_http/http_impl.dart: _HttpClientRequest.abort"},
	{Client: "Dart dio", Texts: []string{"The request connection took longer than", "[connection timeout]"}, Rank: Verdict, Outcome: results.TimedOut, Executed: No, Causes: unopened, Retried: dartRetries,
		Means:  "No connection came about within connectTimeout.",
		Source: dioSource + "DioException.connectionTimeout"},
	{Client: "Dart dio", Texts: []string{"The request took longer than * to send data", "[send timeout]"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: slices.Concat(silence, []string{"request-too-large"}), Retried: dartRetries,
		Means:  "Sending took longer than sendTimeout.",
		Source: dioSource + "DioException.sendTimeout"},
	{Client: "Dart dio", Texts: []string{"The request took longer than * to receive data", "[receive timeout]"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: dartRetries,
		Means:  "Nothing came for receiveTimeout, before an answer or within one.",
		Source: dioSource + "DioException.receiveTimeout"},
	{Client: "Dart dio", Texts: []string{"The connection errored:", "[connection error]", "DioException [unknown]", "DioExceptionType.unknown", "DioExceptionType.connectionError"}, Rank: Wrapper, Outcome: results.Failed, Also: orAnything, Executed: Maybe, Retried: dartRetries,
		Means:  "Put around another error, which the text or the error below names. Resets while waiting are of type unknown.",
		Source: dioSource + "DioException.connectionError; lib/src/adapters/io_adapter.dart: _fetch"},
}
