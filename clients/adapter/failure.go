package adapter

import (
	"fmt"
	"strings"
)

// A Failure is how an adapter broke the protocol, or could not be had. It ends
// the process, and with it one trial.
type Failure struct {
	Kind   Kind
	Step   string // what was being done, as in "the answer to init"
	Detail string // what was received or seen; bounded, and fit to print
	Stderr string // the end of what the adapter wrote there
	Noise  string // the end of what it wrote on its standard output and is no message
}

// Error says what happened and what to do about it.
func (f *Failure) Error() string {
	text := "adapter: " + f.Step + ": " + f.Kind.doc()
	if f.Detail != "" {
		text += " (" + f.Detail + ")"
	}
	return text + ": " + f.Kind.Mend()
}

// LastWords is the last line that the adapter wrote to its standard error, fit
// to print; empty if it wrote none.
func (f *Failure) LastWords() string { return lastLine(f.Stderr) }

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return brief(text[strings.LastIndexByte(text, '\n')+1:], 200)
}

// Is matches failures by kind: errors.Is(err, &Failure{Kind: k}).
func (f *Failure) Is(target error) bool {
	t, ok := target.(*Failure)
	return ok && t.Kind == f.Kind
}

// A Kind is a way to break the protocol.
type Kind string

// The kinds.
const (
	NotFound       Kind = "not-found"
	NotStarted     Kind = "not-started"
	Exited         Kind = "exited"
	Closed         Kind = "closed"
	Silent         Kind = "silent"
	HalfLine       Kind = "half-line"
	LongLine       Kind = "long-line"
	Garbled        Kind = "garbled"
	WrongProtocol  Kind = "wrong-protocol"
	Refused        Kind = "refused"
	OutOfTurn      Kind = "out-of-turn"
	UnknownRun     Kind = "unknown-run"
	UnknownCommand Kind = "unknown-command"
	Twice          Kind = "twice"
	Missing        Kind = "missing"
	WrongTime      Kind = "wrong-time"
	TooEarly       Kind = "too-early"
	Absurd         Kind = "absurd"
	TooMuch        Kind = "too-much"
)

// kinds says of each kind what happened, and what mends it.
var kinds = []struct {
	kind      Kind
	doc, mend string
}{
	{NotFound, "there is no such program", "write the program's name as a shell finds it, or its path"},
	{NotStarted, "the program could not be started", "make the file executable, or name its interpreter first, as in: node client.mjs"},
	{Exited, "the adapter ended", "an adapter ends only after its standard input did; its standard error says why it did not"},
	{Closed, "the adapter closed its standard output and went on", "keep standard output open, and exit when standard input ends"},
	{Silent, "the adapter said nothing in time", "flush every line as it is written, and bound every request by the timeout of init"},
	{HalfLine, "its output ended within a line", "end every message with a line feed"},
	{LongLine, "a line is longer than 1 MiB", "write one message a line, and do not report bodies"},
	{Garbled, "a line that begins with { is no message", "write each message as one JSON object in UTF-8 on one line, with whole numbers for times"},
	{WrongProtocol, "it speaks another protocol than version 1", "say \"protocol\":1 in hello"},
	{Refused, "the adapter answered with an error", "see its text"},
	{OutOfTurn, "a message comes that nothing asked for", "answer each message once, in order"},
	{UnknownRun, "a message is of a run that is not under way", "carry out one run after the other in the order in which they came, and report all of a run's results before its done"},
	{UnknownCommand, "a result is of a command that is not in its run", "give back seq as the command has it"},
	{Twice, "a second result of one command", "report each command once, when its client has given up or has its answer"},
	{Missing, "a run is done and not every command was reported", "report every command, one that failed with err"},
	{WrongTime, "its times can't be", "take t, t0 and t1 from one monotonic clock in nanoseconds: t0 as the library is called, t1 as it returned"},
	{TooEarly, "most commands were sent before they were due", "pause for gap_us after each answer, and in an open loop send command i no sooner than at_us[i] after the run began"},
	{Absurd, "a field holds what can't be", "see docs/adapters.md for what each field holds"},
	{TooMuch, "the run does not fit into a line of 1 MiB", "send fewer commands, or shorter ones"},
}

// doc says what happened.
func (k Kind) doc() string {
	for _, e := range kinds {
		if e.kind == k {
			return e.doc
		}
	}
	return string(k)
}

// Mend says what an adapter's author, or its user, does about it.
func (k Kind) Mend() string {
	for _, e := range kinds {
		if e.kind == k {
			return e.mend
		}
	}
	return ""
}

// excerpt is the beginning of foreign text, fit to print.
func excerpt[T string | []byte](text T) string {
	const enough = 200
	if len(text) <= enough {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%q", string(text[:enough])+"...")
}

// brief is foreign text that is shown as it is: bounded, and without what would
// act on a terminal.
func brief(text string, most int) string {
	text = strings.ToValidUTF8(strings.Map(printable, text), "\uFFFD")
	if r := []rune(text); len(r) > most {
		return string(r[:most-3]) + "..."
	}
	return text
}
