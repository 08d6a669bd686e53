package errtext

import "rstorm/results"

const (
	anyClient = "any client"
	byLibrary = "the text does not tell"
	errnos    = "errno(3), Windows Sockets error codes"
)

// system is what the operating system says, whoever prints it.
var system = []Entry{
	{Client: anyClient, Texts: []string{"Connection reset by peer", "ECONNRESET", "errno = 104", "errno = 54", "errno = 10054", "errno 104", "errno 54", "errno=104", "errno=54", "errno: -104", "errno: -54", "WinError 10054", "SocketException (10054)", "SocketException (104)", "SocketException (54)", "os error 104", "os error 54", "os error 10054", "forcibly closed by the remote host", "WSAECONNRESET", "Connection reset"}, Rank: System, Outcome: results.Reset, Also: []results.Outcome{results.Closed, results.Truncated}, Errno: "ECONNRESET", Executed: Maybe, Causes: resetting, Retried: byLibrary,
		Means:  "The connection was reset. Of Node.js this code without the words \"read ECONNRESET\" may also be a close in order.",
		Source: errnos},
	{Client: anyClient, Texts: []string{"Broken pipe", "EPIPE", "errno = 32", "errno 32", "errno=32", "os error 32"}, Rank: System, Outcome: results.Reset, Errno: "EPIPE", Executed: Maybe, Causes: sending, Retried: byLibrary,
		Means:  "The client wrote on a connection that had been reset, or shut by its own side, by then.",
		Source: errnos},
	{Client: anyClient, Texts: []string{"ECONNABORTED", "Software caused connection abort", "errno = 103", "errno = 53", "errno = 10053", "WinError 10053", "SocketException (10053)", "os error 103", "os error 10053"}, Rank: System, Outcome: results.Reset, Also: []results.Outcome{results.TimedOut, results.Failed}, Errno: "ECONNABORTED", Executed: Maybe, Causes: []string{"network-outage", "unacknowledged", "reset-before-response"}, Retried: byLibrary,
		Means:  "The client's own system gave the connection up, as when its network goes away. axios uses this code for its own timeout.",
		Source: errnos},
	{Client: anyClient, Texts: []string{"Connection refused", "ECONNREFUSED", "errno = 111", "errno = 61", "errno = 10061", "errno = 1225", "errno 111", "errno 61", "errno=111", "WinError 10061", "SocketException (10061)", "SocketException (111)", "os error 111", "os error 61", "os error 10061", "target machine actively refused it"}, Rank: System, Outcome: results.Refused, Errno: "ECONNREFUSED", Executed: No, Causes: refusing, Retried: byLibrary,
		Means:  "Nothing listens on the port, or something on the way said so.",
		Source: errnos},
	{Client: anyClient, Texts: []string{"Connection timed out", "ETIMEDOUT", "errno = 110", "errno = 60", "errno = 10060", "errno=110", "WinError 10060", "SocketException (10060)", "[Errno 110]", "[Errno 60]", "os error 110", "os error 10060"}, Rank: System, Outcome: results.TimedOut, Errno: "ETIMEDOUT", Executed: Maybe, Causes: []string{"firewall-drop", "unacknowledged", "network-outage"}, Retried: byLibrary,
		Means:  "The system gave up: connecting, or with bytes under way that nobody acknowledged.",
		Source: errnos},
	{Client: anyClient, Texts: []string{"EHOSTUNREACH", "No route to host", "errno = 113", "errno = 65", "[Errno 113]", "os error 113", "ENETUNREACH", "Network is unreachable", "errno = 101", "[Errno 101]", "os error 101"}, Rank: System, Outcome: results.Failed, Executed: Maybe, Causes: []string{"network-outage", "firewall-reject"}, Retried: byLibrary,
		Means:  "There is no way to the device; while connecting nothing was sent.",
		Source: errnos},
	{Client: anyClient, Texts: []string{"^EOF$", "^error: EOF$"}, Rank: System, Outcome: results.Closed, Also: orCut, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: byLibrary,
		Means:  "The device closed the connection in order; the text does not say when.",
		Source: "Go io.EOF and others"},
	{Client: anyClient, Texts: []string{"ENOTFOUND", "EAI_AGAIN", "no such host", "Could not resolve host", "Couldn't resolve host", "Failed host lookup", "UnknownHostException", "Name or service not known", "nodename nor servname provided"}, Rank: Verdict, Outcome: results.Failed, Executed: No, Retried: byLibrary,
		Means:  "The name of the device was not found: no connection was tried.",
		Source: "getaddrinfo(3)"},
	{Client: anyClient, Texts: []string{"CERTIFICATE_VERIFY_FAILED", "certificate verify failed", "PKIX path building failed", "x509: certificate", "self-signed certificate", "self signed certificate", "unable to verify the first certificate", "SSL certificate problem"}, Rank: Verdict, Outcome: results.Failed, Executed: No, Retried: byLibrary,
		Means:  "The client does not trust the device's certificate: no request was sent.",
		Source: "OpenSSL X509_verify_cert; Java sun.security.validator; Go crypto/x509"},
}
