package errtext

import "rstorm/results"

const pythonClient = "Python http.client (requests, urllib3)"

var python = []Entry{
	{Client: pythonClient, Texts: []string{"Remote end closed connection without response", "RemoteDisconnected"}, Rank: Verdict, Outcome: results.Closed, Also: orReset, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: "http.client and requests: no; urllib3: idempotent methods, PUT and DELETE among them, 3 times unless told otherwise",
		Means:  "The device closed the connection in order before the first byte of an answer. The class is a ConnectionResetError by inheritance only. A reset reads the same over TLS, and where urllib3 had failed to send the body.",
		Source: "Lib/http/client.py, measured with Python 3.11.7 and urllib3 2.7: HTTPResponse._read_status"},
	{Client: pythonClient, Texts: []string{"IncompleteRead(*bytes read", "InvalidChunkLength(got length b''", "Response ended prematurely"}, Rank: Verdict, Outcome: results.Truncated, Also: orReset, Errno: "EOF", Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The connection was closed in order in the middle of a body; over TLS a reset reads the same.",
		Source: "Lib/http/client.py: HTTPResponse._safe_read; urllib3 1.26 and 2.7 response.py: _error_catcher, _update_chunk_length; measured. requests before 2.32 said nothing where Content-Length was not met"},
	{Client: "Python", Texts: []string{"ConnectionResetError(*,", "ConnectionResetError: [Errno", "[Errno 104]", "[Errno 54] Connection reset by peer", "[WinError 10054]"}, Rank: System, Outcome: results.Reset, Errno: "ECONNRESET", Executed: Maybe, Causes: resetting, Retried: "by the library around it",
		Means:  "The connection was reset while the client sent, waited or read.",
		Source: "Objects/exceptions.c, measured with Python 3.11.7: OSError by errno"},
	{Client: "Python", Texts: []string{"BrokenPipeError", "[Errno 32] Broken pipe"}, Rank: System, Outcome: results.Reset, Errno: "EPIPE", Executed: Maybe, Causes: sending, Retried: "by the library around it",
		Means:  "The client wrote on a connection that had been reset or closed by then.",
		Source: "Objects/exceptions.c, measured with httpx 0.23: OSError by errno"},
	{Client: "Python", Texts: []string{"ConnectionRefusedError", "[Errno 111]", "[Errno 61] Connection refused", "[WinError 10061]", "Connect call failed ('"}, Rank: System, Outcome: results.Refused, Also: orReset, Errno: "ECONNREFUSED", Executed: No, Causes: refusing, Retried: "by the library around it",
		Means:  "Nothing listens on the port, or something on the way said so. asyncio's \"Connect call failed\" stands for any errno of connecting.",
		Source: "Objects/exceptions.c, Lib/asyncio/selector_events.py: _sock_connect; measured with Python 3.11"},
	{Client: "Python", Texts: []string{"TimeoutError: timed out", "TimeoutError('timed out')", "The read operation timed out", "The write operation timed out", "socket.timeout: timed out", "^TimeoutError: $", "^TimeoutError$"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: "by the library around it",
		Means:  "The client's own timeout passed, in connecting, waiting or reading.",
		Source: "Modules/socketmodule.c, Modules/_ssl.c, measured with Python 3.11.7"},
	{Client: "Python ssl", Texts: []string{"EOF occurred in violation of protocol", "TLS/SSL connection has been closed (EOF)", "SSLEOFError", "SSLZeroReturnError"}, Rank: Verdict, Outcome: results.Closed, Also: orCutOrReset, Errno: "EOF", Executed: Maybe, Causes: shaking, Retried: "by the library around it",
		Means:  "The connection was closed without TLS's close_notify, most often within the handshake: then nothing was sent.",
		Source: "Modules/_ssl.c, measured with Python 3.11: PySSL_SetError"},
	{Client: "Python ssl", Texts: []string{"[SSL: WRONG_VERSION_NUMBER]"}, Rank: Verdict, Outcome: results.Failed, Executed: No, Causes: garbling, Retried: "by the library around it",
		Means:  "What came back to the TLS handshake was not TLS.",
		Source: "OpenSSL, measured with Python 3.11.7"},
	{Client: pythonClient, Texts: []string{"BadStatusLine"}, Rank: Verdict, Outcome: results.Failed, Also: []results.Outcome{results.Closed}, Executed: Maybe, Causes: garbling, Retried: "no",
		Means:  "What came back was not HTTP. Empty quotes stood for end of file before Python 3.5.",
		Source: "Lib/http/client.py, measured with Python 3.11.7: HTTPResponse._read_status"},
}
