package errtext_test

import (
	"testing"

	"rstorm/clients/errtext"
	"rstorm/results"
)

// Lines as they stand in people's logs and questions.
func TestLinesOfLogsAreRead(t *testing.T) {
	for _, c := range []struct {
		want results.Outcome
		text string
	}{
		{results.Closed, `Error: socket hang up { code: 'ECONNRESET' }`},
		{results.Closed, `AxiosError: socket hang up`},
		{results.Reset, `Error: read ECONNRESET`},
		{results.Reset, `AxiosError: read ECONNRESET`},
		{results.TimedOut, `AxiosError: timeout of 3000ms exceeded`},
		{results.Closed, `HttpException: Connection closed before full header was received, uri = http://192.168.0.75/put/ctrl`},
		{results.Reset, `SocketException: Connection reset by peer (OS Error: Connection reset by peer, errno = 104), address = 192.168.0.75, port = 43210`},
		{results.Reset, `SocketException: Connection reset by peer (OS Error: Connection reset by peer, errno = 54), address = 192.168.0.75, port = 43210`},
		{results.Refused, `SocketException: Connection refused (OS Error: Connection refused, errno = 111), address = localhost, port = 43210`},
		{results.TimedOut, `SocketException: OS Error: Connection timed out, errno = 110`},
		{results.Reset, `DioException [unknown]: null Error: SocketException: Connection reset by peer`},
		{results.TimedOut, `DioException [receive timeout]: The request took longer than 0:00:03.000000 to receive data.`},
		{results.Failed, `DioException [connection error]: The connection errored: Failed host lookup: 'device.local'`},
		{results.Closed, `java.io.IOException: unexpected end of stream on http://192.168.0.75/...`},
		{results.Reset, `java.net.SocketException: Connection reset`},
		{results.Reset, `java.net.SocketException: Broken pipe (Write failed)`},
		{results.Closed, `java.io.EOFException: \n not found: limit=0 content=…`},
		{results.TimedOut, `java.net.SocketTimeoutException: timeout`},
		{results.Refused, `java.net.ConnectException: Failed to connect to /192.168.0.75:80`},
		{results.TimedOut, `java.net.SocketTimeoutException: Read timed out`},
		{results.Closed, `org.apache.http.NoHttpResponseException: 192.168.0.75:80 failed to respond`},
		{results.Closed, `curl: (52) Empty reply from server`},
		{results.Reset, `curl: (56) Recv failure: Connection reset by peer`},
		{results.Truncated, `curl: (18) transfer closed with 10 bytes remaining to read`},
		{results.Refused, `curl: (7) Failed to connect to 192.168.0.75 port 80 after 2 ms: Couldn't connect to server`},
		{results.Closed, `Put "http://192.168.0.75/put/ctrl": EOF`},
		{results.Closed, `http: server closed idle connection`},
		{results.Reset, `Get "http://10.0.0.9/": read tcp 10.0.0.2:4242->10.0.0.9:80: read: connection reset by peer`},
		{results.Reset, `write tcp 10.0.0.2:4242->10.0.0.9:80: write: broken pipe`},
		{results.Reset, `requests.exceptions.ConnectionError: ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))`},
		{results.Closed, `requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))`},
		{results.Closed, `aiohttp.client_exceptions.ServerDisconnectedError: Server disconnected`},
		{results.Closed, `httpx.RemoteProtocolError: Server disconnected without sending a response.`},
		{results.Reset, `httpx.ReadError: [Errno 104] Connection reset by peer`},
		{results.Truncated, `urllib3.exceptions.ProtocolError: ('Connection broken: IncompleteRead(10 bytes read, 15 more expected)', IncompleteRead(10 bytes read, 15 more expected))`},
		{results.TimedOut, `requests.exceptions.ReadTimeout: HTTPConnectionPool(host='192.168.0.75', port=80): Read timed out. (read timeout=3)`},
		{results.Closed, `upstream prematurely closed connection while reading response header from upstream`},
		{results.Reset, `recv() failed (104: Connection reset by peer) while reading response header from upstream`},
		{results.TimedOut, `upstream timed out (110: Connection timed out) while reading response header from upstream`},
		{results.Refused, `connect() failed (111: Connection refused) while connecting to upstream`},
		{results.Truncated, `upstream prematurely closed connection while reading upstream`},
		{results.Failed, `no live upstreams while connecting to upstream`},
		{results.Reset, `GET http://192.168.0.75/ net::ERR_CONNECTION_RESET`},
		{results.Closed, `net::ERR_EMPTY_RESPONSE`},
		{results.Closed, `net::ERR_CONNECTION_CLOSED`},
		{results.Refused, `net::ERR_CONNECTION_REFUSED`},
		{results.TimedOut, `net::ERR_CONNECTION_TIMED_OUT`},
		{results.TimedOut, `net::ERR_TIMED_OUT`},
		{results.Reset, `net::ERR_CONNECTION_ABORTED`},
		{results.Truncated, `net::ERR_CONTENT_LENGTH_MISMATCH`},
		{results.Truncated, `net::ERR_INCOMPLETE_CHUNKED_ENCODING`},
		{results.Failed, `net::ERR_INTERNET_DISCONNECTED`},
		{results.Failed, `net::ERR_NAME_NOT_RESOLVED`},
		{results.Failed, `TypeError: Failed to fetch`},
		{results.Failed, `TypeError: NetworkError when attempting to fetch resource.`},
		{results.Failed, `TypeError: Load failed`},
		{results.Reset, `NS_ERROR_NET_RESET`},
		{results.Closed, `Error Domain=NSURLErrorDomain Code=-1005 "The network connection was lost." UserInfo={NSErrorFailingURLStringKey=http://192.168.0.75/}`},
		{results.TimedOut, `Error Domain=NSURLErrorDomain Code=-1001 "The request timed out."`},
		{results.Refused, `Error Domain=NSURLErrorDomain Code=-1004 "Could not connect to the server."`},
		{results.Failed, `Error Domain=NSURLErrorDomain Code=-1009 "The Internet connection appears to be offline."`},
		{results.Failed, `Error Domain=NSURLErrorDomain Code=-1003 "A server with the specified hostname could not be found."`},
		{results.Reset, `nw_read_request_report [C1] Receive failed with error "Connection reset by peer"`},
		{results.Reset, `System.Net.Sockets.SocketException (10054): An existing connection was forcibly closed by the remote host.`},
		{results.Reset, `WSAECONNRESET 10054`},
		{results.Reset, `[WinError 10054] An existing connection was forcibly closed by the remote host`},
		{results.Reset, `System.IO.IOException: Unable to read data from the transport connection: Connection reset by peer.`},
		{results.Closed, `System.Net.Http.HttpRequestException: An error occurred while sending the request. ---> System.Net.Http.HttpIOException: The response ended prematurely. (ResponseEnded)`},
		{results.Closed, `The underlying connection was closed: A connection that was expected to be kept alive was closed by the server.`},
		{results.TimedOut, `System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 3 seconds elapsing.`},
		{results.Refused, `System.Net.Http.HttpRequestException: No connection could be made because the target machine actively refused it. (192.168.0.75:80)`},
		{results.Closed, `cURL error 52: Empty reply from server (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for http://192.168.0.75/`},
		{results.Closed, `file_get_contents(http://192.168.0.75/): failed to open stream: HTTP request failed!`},
		{results.Reset, `fwrite(): send of 512 bytes failed with errno=104 Connection reset by peer`},
		{results.Reset, `fwrite(): Send of 12 bytes failed with errno=32 Broken pipe`},
		{results.Closed, `TypeError: fetch failed [cause]: SocketError: other side closed`},
		{results.TimedOut, `UND_ERR_HEADERS_TIMEOUT Headers Timeout Error`},
		{results.TimedOut, `UND_ERR_CONNECT_TIMEOUT`},
		{results.Reset, `errno 54`},
		{results.Reset, `Connection reset by peer (os error 104)`},
		{results.Closed, `hyper::Error(IncompleteMessage)`},
		{results.Reset, `ConnectionResetError: [Errno 54] Connection reset by peer`},
		{results.Reset, `BrokenPipeError: [Errno 32] Broken pipe`},
		{results.Closed, `upstream connect error or disconnect/reset before headers. reset reason: connection termination`},
		{results.Refused, `upstream connect error or disconnect/reset before headers. reset reason: connection failure, transport failure reason: delayed connect error: 111`},
		{results.TimedOut, `2024/01/01 10:00:00 [error] 7#7: *1 upstream timed out (110: Connection timed out) while connecting to upstream, client: 10.0.0.2`},
		{results.Reset, `aiohttp.client_exceptions.ClientOSError: [Errno 104] Connection reset by peer`},
		{results.Failed, `AxiosError: Network Error`},
	} {
		if got := errtext.Explain(c.text); len(got) == 0 || got[0].Outcome != c.want {
			t.Errorf("%s: %+v, want %v first", c.text, got, c.want)
		}
	}
}
