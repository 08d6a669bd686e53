package errtext

import (
	"slices"

	"rstorm/results"
)

const (
	nginx        = "nginx, as a proxy before the device"
	nginxRetries = "another server of the upstream, or this one on a fresh connection if it was a kept one; POST and PATCH only if no byte was sent (proxy_next_upstream)"
	nginxSource  = "nginx src/http/ngx_http_upstream.c: "
	envoy        = "Envoy, Istio, as a proxy before the device"
	envoyRetries = "by the route's retry policy"
	envoySource  = "Envoy source/common/router/router.cc; source/common/http/utility.cc: resetReasonToString"
)

var proxies = []Entry{
	{Client: nginx, Texts: []string{"upstream prematurely closed connection while reading response header", "upstream prematurely closed connection"}, Rank: Verdict, Outcome: results.Closed, Also: orCut, Errno: "EOF", Executed: Maybe, Causes: closing, Retried: nginxRetries,
		Means:  "The device closed the connection in order before the head of an answer was complete; nginx answers 502.",
		Source: nginxSource + "ngx_http_upstream_process_header"},
	{Client: nginx, Texts: []string{"upstream prematurely closed connection while reading upstream", "upstream prematurely closed connection while sending to client"}, Rank: Verdict, Outcome: results.Truncated, Errno: "EOF", Executed: Yes, Causes: cutting, Retried: "no: an answer had begun",
		Means:  "The device closed the connection in order in the middle of an answer.",
		Source: nginxSource + "ngx_http_upstream_process_request"},
	{Client: nginx, Texts: []string{"upstream timed out * while connecting to upstream"}, Rank: Verdict, Outcome: results.TimedOut, Executed: No, Causes: unopened, Retried: nginxRetries,
		Means:  "No connection to the device came about within proxy_connect_timeout; nginx answers 504.",
		Source: nginxSource + "ngx_http_upstream_send_request_handler"},
	{Client: nginx, Texts: []string{"upstream timed out"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: nginxRetries,
		Means:  "Nothing came for proxy_read_timeout; nginx answers 504. The errno beside it is nginx's own: no socket said it.",
		Source: nginxSource + "ngx_http_upstream_next"},
	{Client: nginx, Texts: []string{"no live upstreams while connecting to upstream"}, Rank: Verdict, Outcome: results.Failed, Also: []results.Outcome{results.Refused}, Executed: No, Causes: []string{"refused", "network-outage"}, Retried: "no",
		Means:  "Earlier requests failed (max_fails), and the device is left alone for fail_timeout: nothing was sent.",
		Source: nginxSource + "ngx_http_upstream_connect"},
	{Client: envoy, Texts: []string{"reset reason: connection termination", "upstream_reset_before_response_started{connection_termination}"}, Rank: Verdict, Outcome: results.Closed, Also: orReset, Executed: Maybe, Causes: slices.Concat(closing, []string{"reset-before-response"}), Retried: envoyRetries,
		Means:  "The device ended the connection, in order or by a reset, before an answer; Envoy answers 503, with UC in its log.",
		Source: envoySource},
	{Client: envoy, Texts: []string{"reset reason: connection failure", "reset reason: remote connection failure", "delayed connect error"}, Rank: Verdict, Outcome: results.Refused, Also: []results.Outcome{results.TimedOut, results.Reset}, Executed: No, Causes: refusing, Retried: envoyRetries,
		Means:  "No connection to the device came about; Envoy answers 503, with UF in its log.",
		Source: envoySource},
	{Client: envoy, Texts: []string{"upstream request timeout", "reset reason: connection timeout"}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: silence, Retried: envoyRetries,
		Means:  "The route's timeout passed; Envoy answers 504, with UT in its log.",
		Source: envoySource},
	{Client: envoy, Texts: []string{"upstream connect error or disconnect/reset before headers"}, Rank: Wrapper, Outcome: results.Failed, Also: orAnything, Executed: Maybe, Retried: envoyRetries,
		Means:  "Put around another error; the reset reason says which.",
		Source: envoySource},
}
