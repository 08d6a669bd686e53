package errtext

import "rstorm/results"

const (
	ruby        = "Ruby Net::HTTP"
	rubyRetries = "idempotent methods, PUT and DELETE among them, once (max_retries)"
	rust        = "Rust reqwest, hyper"
	rustRetries = "only what had not been written to a connection that closed"
	dotnet      = ".NET HttpClient"
	framework   = ".NET Framework HttpWebRequest, PowerShell 5"
	webStatus   = "System.Net.WebExceptionStatus"
	php         = "PHP http:// streams"
)

var others = []Entry{
	{Client: ruby, Texts: []string{"end of file reached", "EOFError"}, Rank: Verdict, Outcome: results.Closed, Also: orCut, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: rubyRetries,
		Means:  "The device closed the connection in order before an answer, or in the middle of a chunked body. A body with a Content-Length that is cut is no error at all.",
		Source: "net/protocol.rb: BufferedIO; net/http.rb: transport_request; measured with Ruby 3.1.2"},
	{Client: ruby, Texts: []string{"SSL_connect * unexpected eof while reading"}, Rank: Verdict, Outcome: results.Closed, Errno: "EOF", Executed: No, Causes: shaking, Retried: "no",
		Means:  "The connection was closed within the TLS handshake.",
		Source: "OpenSSL 3, measured with Ruby 3.1.2"},
	{Client: ruby, Texts: []string{"SSL_read: unexpected eof while reading"}, Rank: Verdict, Outcome: results.Closed, Also: orCut, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: rubyRetries,
		Means:  "The connection was closed without close_notify before an answer was whole.",
		Source: "OpenSSL 3, measured with Ruby 3.1.2"},
	{Client: ruby, Texts: []string{"Net::ReadTimeout", "Net::WriteTimeout"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: rubyRetries,
		Means:  "Nothing came for read_timeout; an idempotent request was sent twice by then.",
		Source: "net/http.rb: transport_request, measured with Ruby 3.1.2"},
	{Client: ruby, Texts: []string{"Net::OpenTimeout"}, Rank: Verdict, Outcome: results.TimedOut, Executed: No, Causes: unopened, Retried: "no",
		Means:  "No connection came about within open_timeout.",
		Source: "net/http.rb: connect, measured with Ruby 3.1.2"},
	{Client: ruby, Texts: []string{"wrong header line format"}, Rank: Verdict, Outcome: results.Truncated, Also: []results.Outcome{results.Failed}, Executed: Yes, Causes: cutting, Retried: "no",
		Means:  "A line of an answer's head was none: most often the connection was closed within it.",
		Source: "net/http/response.rb: each_response_header, measured with Ruby 3.1.2"},
	{Client: ruby, Texts: []string{"wrong status line:", "SSL_connect * wrong version number"}, Rank: Verdict, Outcome: results.Failed, Executed: Maybe, Causes: garbling, Retried: "no",
		Means:  "What came back was not HTTP.",
		Source: "net/http/response.rb: read_status_line, measured with Ruby 3.1.2"},
	{Client: rust, Texts: []string{"connection closed before message completed", "IncompleteMessage"}, Rank: Verdict, Outcome: results.Closed, Also: orCut, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: rustRetries,
		Means:  "The device closed the connection in order before the head of an answer was complete.",
		Source: "hyper 1.11 src/error.rs: Kind::IncompleteMessage"},
	{Client: rust, Texts: []string{"end of file before message length reached", "unexpected EOF during chunk size line"}, Rank: Verdict, Outcome: results.Truncated, Errno: "EOF", Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The device closed the connection in order in the middle of a body.",
		Source: "hyper 1.11 src/proto/h1/decode.rs"},
	{Client: rust, Texts: []string{"error sending request", "error decoding response body", "request or response body error", "client error (", "error reading a body from connection"}, Rank: Wrapper, Outcome: results.Failed, Also: orAnything, Executed: Maybe, Retried: rustRetries,
		Means:  "Put around another error; its source says which.",
		Source: "reqwest 0.13 src/error.rs; hyper 1.11 src/error.rs"},
	{Client: rust, Texts: []string{"operation timed out", "deadline has elapsed"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: rustRetries,
		Means:  "A timeout of the client's own passed.",
		Source: "reqwest 0.13 src/error.rs: TimedOut"},
	{Client: dotnet, Texts: []string{"The response ended prematurely, with at least"}, Rank: Verdict, Outcome: results.Truncated, Errno: "EOF", Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The device closed the connection in order in the middle of a body.",
		Source: "System.Net.Http Strings.resx: net_http_invalid_response_premature_eof_bytecount"},
	{Client: dotnet, Texts: []string{"The response ended prematurely", "(ResponseEnded)"}, Rank: Verdict, Outcome: results.Closed, Also: orCut, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: "not known",
		Means:  "The device closed the connection in order before an answer was complete, mostly before its first byte.",
		Source: "System.Net.Http HttpConnection.cs: SendAsync; Strings.resx: net_http_invalid_response_premature_eof"},
	{Client: dotnet, Texts: []string{"An error occurred while sending the request", "Unable to read data from the transport connection", "Error while copying content to a stream"}, Rank: Wrapper, Outcome: results.Failed, Also: []results.Outcome{results.Closed, results.Reset, results.Truncated}, Executed: Maybe, Retried: "not known",
		Means:  "Put around another error; the inner exception says which.",
		Source: "System.Net.Http Strings.resx"},
	{Client: dotnet, Texts: []string{"The request was canceled due to the configured HttpClient.Timeout"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: "not known",
		Means:  "HttpClient.Timeout passed.",
		Source: "System.Net.Http HttpClient.cs: HandleFailure"},
	{Client: framework, Texts: []string{"A connection that was expected to be kept alive was closed by the server"}, Rank: Verdict, Outcome: results.Closed, Also: orReset, Executed: Maybe, Causes: []string{"stale-reuse", "close-race", "idle-timeout-race"}, Retried: "not known",
		Means:  "The device had closed the kept connection, or closed it as the request was being sent on it.",
		Source: webStatus + ".KeepAliveFailure"},
	{Client: framework, Texts: []string{"The underlying connection was closed: The connection was closed unexpectedly"}, Rank: Verdict, Outcome: results.Closed, Also: orCut, Executed: Maybe, Causes: closing, Retried: "not known",
		Means:  "The device closed the connection before an answer was complete.",
		Source: webStatus + ".ConnectionClosed"},
	{Client: framework, Texts: []string{"An unexpected error occurred on a receive", "An unexpected error occurred on a send"}, Rank: Wrapper, Outcome: results.Failed, Also: []results.Outcome{results.Reset, results.Closed}, Executed: Maybe, Retried: "not known",
		Means:  "Put around another error; the inner exception says which.",
		Source: webStatus + ".ReceiveFailure, SendFailure"},
	{Client: php, Texts: []string{"failed to open stream: HTTP request failed!$", "failed to open stream: HTTP request failed! in *"}, Rank: Wrapper, Outcome: results.Closed, Also: []results.Outcome{results.Reset, results.TimedOut}, Executed: Maybe, Causes: closing, Retried: "no",
		Means:  "No status line came: the device closed or reset the connection before an answer, or took longer than the timeout. A warning beside it may say which.",
		Source: "php-src ext/standard/http_fopen_wrapper.c: php_stream_url_wrap_http_ex"},
}
