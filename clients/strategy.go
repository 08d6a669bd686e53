// Package clients holds the strategies under test: the ways a caller may carry
// commands to a device over connections.
//
// Naive, Close, Refresh and Retry sit on an HTTP/1.1 client of ours, with or
// without TLS, or on single HTTP/2 connections of the standard library, so that
// nothing is sent again behind the caller's back and every attempt is recorded.
// GoDefault and everything made by [Plug] are an http.RoundTripper, watched
// from above by httptrace and from beneath by a [Dialer].
//
// To add a strategy, write a file with a settings struct that implements
// [Strategy] and give it a line in [Kinds].
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
// in scenarios.yaml. Where settings can contradict the tags can't say, the
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

	Protocol results.Protocol // what is spoken; empty is HTTP/1.1
	TLS      *tls.Config      // for TLS: whom to trust and by what name, NextProtos is not looked at; not to be changed; nil trusts the system's roots for Host

	Seed uint64 // of whatever the client draws

	Adapters *adapter.Pool // processes of external clients; nil where none may be started
}

// A Kind is a strategy that scenarios.yaml can name.
type Kind struct {
	Name, Doc string
	Defaults  Strategy // a settings struct, by value
}

// Kinds lists every strategy with its default settings.
var Kinds = []Kind{
	{"naive", "keeps one connection, never looks whether it still lives, never sends again", Naive{}},
	{"close", "a connection per command: says Connection: close, and closes its side after the answer", Close{}},
	{"refresh", "a new client per command: as close, with a limit on connecting and a URL parameter that is never the same",
		Refresh{ConnectTimeout: 3 * time.Second, Unique: true}},
	{"retry", "as naive, but sends again on a fresh connection when one breaks",
		Retry{Attempts: 4, Backoff: 20 * time.Millisecond, On: []Trigger{"reset", "closed", Unprocessed}}},
	{"go-default", "Go's net/http transport as it comes, with the resends it hides", GoDefault{}},
}

// A SettingError is a setting that cannot be meant.
type SettingError struct {
	Field   string // the setting's key in scenarios.yaml
	Problem string
}

// Error names the setting and the problem.
func (e *SettingError) Error() string { return e.Field + ": " + e.Problem }
