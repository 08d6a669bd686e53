// Package clients holds the strategies under test: the ways a caller may carry
// commands to a device over connections.
//
// Most are presets of one client of ours, [Raw]: HTTP/1.1, with or without TLS,
// or single HTTP/2 connections of the standard library, so that nothing is sent
// again behind the caller's back and every attempt is recorded.
// GoDefault and everything made by [Plug] are an http.RoundTripper, watched
// from above by httptrace and from beneath by a [Dialer].
//
// To add a strategy, give settings of Raw a line in [Kinds]; or write a file with
// a settings struct that implements [Strategy], and give that a line.
package clients

import (
	"context"
	"crypto/tls"
	"time"

	"rstorm/clients/adapter"
	"rstorm/results"
)

// A Strategy decides how commands travel: which connections are kept, how they
// end, and what is sent again. It holds settings only and is not changed by
// use; its exported fields, by their yaml, doc, min and max tags, are its keys
// in scenarios.yaml; one without a default that makes sense has a tag must, with
// an example of what is to be written. Where settings can contradict the tags can't say, the
// struct has a method Validate() []error that returns [*SettingError] values.
type Strategy interface {
	// Client makes one client. It opens no connection yet.
	Client(n Network) Client
}

// A Client is one concurrent caller with connections of its own.
type Client interface {
	// Do carries cmd and reports how that ended. It returns as soon as ctx
	// ends; ctx bounds all attempts together. Do may be called from several
	// goroutines at once: they share the client's connections.
	Do(ctx context.Context, cmd results.Command) results.Reply
	// Close ends the connections that are idle. It is not called during Do.
	Close()
}

// Network is what a client may use to reach the device.
type Network struct {
	Dialer  *Dialer // opens this client's connections, and no other client's
	Address string  // host:port that Dialer leads to, for clients that dial by themselves; empty if it is not known
	Host    string  // of the Host field (RFC 9110 section 7.2)
	Prefix  string  // before every path on the device, without a trailing slash; commands have it already

	Protocol results.Protocol // what is spoken; empty is HTTP/1.1
	TLS      *tls.Config      // for TLS: whom to trust and by what name, NextProtos is not looked at; not to be changed; nil trusts the system's roots for Host
	CA       []byte           // for TLS: the certificates of TLS.RootCAs as PEM, for clients of other processes; nil where those are the system's, or not known

	Seed uint64 // of whatever the client draws

	Adapters *adapter.Pool // processes of external clients; nil where none may be started
}

// A Kind is a strategy that scenarios.yaml can name.
type Kind struct {
	Name, Doc string
	Defaults  Strategy // a settings struct, by value
	Usual     bool     // played where a file names no strategies
}

// Kinds lists every strategy with its default settings.
var Kinds = []Kind{
	{"naive", "keeps its connections, never looks whether they still live, never sends again: Python's http.client, OkHttp with its retry switched off",
		Raw{}, true},
	{"close", "a connection per command: says Connection: close, and closes its side after the answer: net/http's DisableKeepAlives, dio's persistentConnection: false, curl's forbid-reuse",
		Raw{Reuse: Fresh, Close: CloseClient}, true},
	{"close-header-only", "as naive, but says Connection: close and leaves it to the device to close: who sets the header by hand, as in Go's req.Header",
		Raw{Close: CloseHeader}, false},
	{"refresh", "a new client per command: the old one's connections are closed by force, else as close, with a limit on connecting and a URL parameter that is never the same: the field case (its idle timeout of 1 s has nothing to end)",
		Raw{Reuse: Fresh, Close: CloseClient, Renew: true, Unique: true, ConnectTimeout: 3 * time.Second}, true},
	{"retry", "as naive, but sends any method again, after a pause, on a fresh connection when one breaks: what callers wrap around their client",
		Raw{Retry: Retry{When: Any, Attempts: 4, Backoff: 20 * time.Millisecond}}, true},
	{"retry-idempotent", "as retry, for idempotent methods only, PUT among them: urllib3, fasthttp, axios-retry, got",
		Raw{Retry: Retry{When: Idempotent, Attempts: 4, Backoff: 20 * time.Millisecond}}, false},
	{"retry-stale-safe", "as naive, but sends again at once what can't have been executed: nothing of it was written to a connection that was used before; net/http's rule for methods that are not safe",
		Raw{Retry: Retry{When: StaleSafe}}, false},
	{"peek", "as naive, but looks into the socket before a connection is used again: requests, httpx, curl without its retry",
		Raw{Liveness: Peek}, true},
	{"events", "as naive, but has a reader wait on every idle connection: Node's http.Agent, axios, undici, aiohttp, dart:io",
		Raw{Liveness: Events}, false},
	{"settle", "as peek, but waits for a close that may be on its way before every use: a remedy, no client known; OkHttp waits 1 ms for methods other than GET",
		Raw{Liveness: Settle, Settle: 10 * time.Millisecond}, false},
	{"spaced", "as peek, but sends nothing sooner than a pause after the last answer, so that a close a few milliseconds after it is seen: a remedy, no client known",
		Spaced{Raw{Liveness: Peek}, 10 * time.Millisecond}, false},
	{"go-default", "Go's net/http transport as it comes, with the resends it hides", GoDefault{}, true},
	{"external", "a client of your own, in any language: a process that speaks JSON lines (docs/adapters.md)", External{Report: Batch}, false},
	{"adaptive", "as naive until a connection that was used before fails a command, then as close, and after a while as naive again",
		Adaptive{Probe: 30 * time.Second}, true},
	{"retry-verified", "as retry, but where a command may have been executed it asks the device before it sends again, and gives an attempt up in time to ask",
		RetryVerified{Raw{AttemptTimeout: time.Second, Retry: Retry{When: Any, Attempts: 4, Backoff: 20 * time.Millisecond,
			On: []Trigger{"reset", "closed", "refused", "timed-out", "truncated", Unprocessed}}}, "/query/state?of={id}", `"executed":[1-9]`}, false},
	{"breaker", "as naive, but sends nothing for a while after commands failed in a row: stops hammering a dead device",
		Breaker{Failures: 5, Cooldown: time.Second}, false},
	{"go-close", "Go's net/http with DisableKeepAlives: a connection per command", GoClose{}, false},
	{"go-refresh", "Go's net/http with a new transport per command, as the field tried it, and a URL that is never the same",
		GoRefresh{ConnectTimeout: 3 * time.Second, Idle: time.Second, Unique: true}, false},
	{"raw", "the parametrised client itself, as naive until its settings say otherwise: curl is liveness: peek, retry: stale-any, attempts: 6; OkHttp liveness: settle, settle: 1ms, retry: stale-any; HttpURLConnection nearly retry: any, attempts: 2; urllib3 liveness: peek, retry: idempotent, attempts: 4", Raw{}, false},
}

// A SettingError is a setting that cannot be meant.
type SettingError struct {
	Field   string // the setting's key in scenarios.yaml
	Problem string
}

// Error names the setting and the problem.
func (e *SettingError) Error() string { return e.Field + ": " + e.Problem }
