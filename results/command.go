package results

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// IDHeader carries a command's id on the wire. It is a name of our own on
// purpose: an Idempotency-Key changes what clients do (net/http resends any
// method that has one).
const IDHeader = "X-Command-Id"

// IDParameter carries the same id in the request target, for devices and
// proxies that log targets only.
const IDParameter = "command"

// A CommandID names a command within its trial: the client that sends it, from
// 0, and its place in that client's sequence, from 0.
type CommandID struct{ Client, Seq uint32 }

// String writes the id as it stands on the wire: "3-17".
func (id CommandID) String() string { return string(id.AppendTo(nil)) }

// AppendTo appends what String writes to b.
func (id CommandID) AppendTo(b []byte) []byte {
	b = append(strconv.AppendUint(b, uint64(id.Client), 10), '-')
	return strconv.AppendUint(b, uint64(id.Seq), 10)
}

// ParseCommandID reads what String writes.
func ParseCommandID(s string) (CommandID, error) {
	client, seq, ok := strings.Cut(s, "-")
	c, err := strconv.ParseUint(client, 10, 32)
	n, err2 := strconv.ParseUint(seq, 10, 32)
	if !ok || err != nil || err2 != nil {
		return CommandID{}, fmt.Errorf("%q is not a command id: want client-number, as in 0-17", s)
	}
	return CommandID{uint32(c), uint32(n)}, nil
}

// MarshalText writes String.
func (id CommandID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads String.
func (id *CommandID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseCommandID(string(text))
	return err
}

// A Command is one control request that its caller wants executed once.
type Command struct {
	ID     CommandID
	Method string
	Target string // request target in origin form, the id included
	Body   []byte // nil for none; shared, not to be changed
}

// A Phase is how far an attempt had come when it ended.
type Phase string

// The phases, in order.
const (
	PhaseConnect   Phase = "connect"   // no connection yet
	PhaseHandshake Phase = "handshake" // connected, the TLS handshake was not over
	PhaseSend      Phase = "send"      // the request was not wholly written
	PhaseWait      Phase = "wait"      // written, no byte of an answer yet
	PhaseHead      Phase = "head"      // within the answer's head
	PhaseBody      Phase = "body"      // within the answer's body
	PhaseDone      Phase = "done"      // the whole answer was read
)

// An Attempt is one exchange on the wire for a command, as the client saw it.
type Attempt struct {
	Connection int            // the client's own number of the connection, from 1; 0 if none was made
	Exchange   int            // its place on that connection, from 1; 0 if it never got that far
	Outcome    Outcome        // of this attempt
	Phase      Phase          // how far it came
	Local      netip.AddrPort // the client's end of the connection; not valid if none was made, or it is not known
	Sent, Done time.Time
	Err        error // nil if Outcome is OK or Rejected; [Errno] names what the socket said
}

// A Reply is what a client tells its caller about a command.
type Reply struct {
	Outcome  Outcome
	Status   int       // 0 if there was no answer
	Err      error     // nil if Outcome is OK or Rejected
	Attempts []Attempt // every one, in order; what a client hides can't be here
	Done     time.Time // when the client knew, if it found out more after its last attempt; else zero
}
