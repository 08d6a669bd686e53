package clients

import "time"

// Raw is all that clients of HTTP/1.1 differ in, as far as it decides what
// becomes of commands on connections that die: the space in which the presets
// of [Kinds] are points, and users compose their own. Its zero value keeps
// connections, never looks at them, and sends nothing twice. Over HTTP/2
// every Liveness but blind is events, and Hint, Segments and what Close says mean
// nothing: the standard library reads in the background, and the protocol has no
// words for them.
type Raw struct {
	Reuse    Reuse         `yaml:"reuse" doc:"which connections carry a further command; default pool"`
	Liveness Liveness      `yaml:"liveness" doc:"how a kept connection is looked at before it is used again; default blind, also called none"`
	Settle   time.Duration `yaml:"settle" min:"0" max:"1m" doc:"with liveness settle: how long every command waits for a close that may be on its way"`
	Close    Closing       `yaml:"close" doc:"what the client does to end a connection that it does not keep; default nothing, also called none: it waits for the device, and for reuse none it closes in silence"`
	Renew    bool          `yaml:"renew" doc:"a new client for every command: the old one's connections are closed by force, whatever they carry"`
	Unique   bool          `yaml:"unique" doc:"append a URL parameter (unique=...) that differs with every request"`
	Segments int           `yaml:"segments" min:"0" max:"2" doc:"writes that a request takes: 2 sends the body after the head, if there is one; 0 is 1" zero:"is 1"`

	Idle   time.Duration `yaml:"idle" min:"0" max:"24h" doc:"a connection that rested so long is not used again; 0 is no limit" zero:"is no limit"`
	Hint   bool          `yaml:"hint" doc:"obey the timeout and max that a Keep-Alive field promises"`
	Margin time.Duration `yaml:"margin" min:"0" max:"1m" doc:"with hint: stop so long before the promised timeout ends"`

	ConnectTimeout time.Duration `yaml:"connect_timeout" min:"0" max:"1h" doc:"limit on connecting, a TLS handshake included; 0 is the command's own deadline only" zero:"is the command's own deadline only"`
	AttemptTimeout time.Duration `yaml:"attempt_timeout" min:"0" max:"1h" doc:"limit on each attempt, connecting included; 0 is the command's own deadline only" zero:"is the command's own deadline only"`

	Retry `yaml:",inline"`
}

// Reuse is which connections carry a further command.
type Reuse string

// The words for it. The zero value means [Pool].
const (
	Pool  Reuse = "pool" // any that is idle, the one used last first
	Fresh Reuse = "none" // every attempt has a connection of its own
)

// Names lists them.
func (Reuse) Names() []string { return []string{string(Pool), string(Fresh)} }

// Liveness is how a kept connection is looked at before it is used again.
type Liveness string

// The words for it. The zero value means [Blind].
const (
	Blind  Liveness = "blind"  // not at all
	Peek   Liveness = "peek"   // once, without waiting (MSG_PEEK): what lies in the socket is seen, what is on its way is not
	Events Liveness = "events" // by a reader that waits on every idle connection and closes it when the device does: what event loops do
	Settle Liveness = "settle" // as peek, but waiting as long as settle says
)

// Names lists them.
func (Liveness) Names() []string {
	return []string{string(Blind), string(Peek), string(Events), string(Settle)}
}

// Aliases are other names for some of them.
func (Liveness) Aliases() map[string]string { return map[string]string{"none": string(Blind)} }

// Closing is what a client does to end a connection that it does not keep.
type Closing string

// The words for it. The zero value means [CloseNothing].
const (
	CloseNothing Closing = "nothing" // says nothing; closes only what it does not use again
	CloseHeader  Closing = "header"  // says Connection: close, and leaves the closing to the device: one that ignores it keeps the connection, which is then used again
	CloseClient  Closing = "client"  // says Connection: close, and closes its own side after the answer
)

// Names lists them.
func (Closing) Names() []string {
	return []string{string(CloseNothing), string(CloseHeader), string(CloseClient)}
}

// Aliases are other names for some of them.
func (Closing) Aliases() map[string]string { return map[string]string{"none": string(CloseNothing)} }
