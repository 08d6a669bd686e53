package errtext

import "rstorm/results"

// What the entries of several clients have in common: candidate causes, the
// likeliest first.
var (
	closing   = []string{"close-race", "stale-reuse", "idle-timeout-race", "crash-before-response", "process-exit", "half-close"}
	resetting = []string{"reset-before-response", "close-collision", "idle-timeout-race", "stale-reuse", "unread-data", "unknown-connection", "abort-after-response", "defence-reset", "firewall-reject"}
	refusing  = []string{"refused", "connection-limit", "firewall-reject", "network-outage"}
	silence   = []string{"unacknowledged", "firewall-drop", "network-outage"}
	unopened  = []string{"firewall-drop", "connection-limit", "network-outage"}
	cutting   = []string{"crash-mid-response", "process-exit", "reset-mid-response"}
	sending   = []string{"stale-reuse", "crash-while-receiving", "request-too-large", "unread-data"}
	shaking   = []string{"tls-abort"}
	garbling  = []string{"protocol-error"}
)

// What a text is also used for, beside its outcome.
var (
	orCut        = []results.Outcome{results.Truncated}
	orReset      = []results.Outcome{results.Reset}
	orCutOrReset = []results.Outcome{results.Truncated, results.Reset}
	orAnything   = []results.Outcome{results.Closed, results.Reset, results.Refused, results.TimedOut, results.Truncated}
)
