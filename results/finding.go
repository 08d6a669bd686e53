package results

import "strings"

// A Finding says why a connection, or an attempt to use one, ended badly, and
// what that rests on.
type Finding struct {
	Cause      string   `json:"cause"`                // id of [Causes], the likeliest of Candidates if there are several; "unknown" where the evidence does not tell
	Candidates []string `json:"candidates,omitempty"` // where the evidence leaves more than one: their ids, the likeliest first; else none
	Phase      Phase    `json:"phase"`                // how far the exchange had come that it cut; done if none was open
	Origin     Origin   `json:"origin"`               // who ended it
	Reset      bool     `json:"reset"`                // by a RST; else by a FIN, or in silence

	Connection int      `json:"connection"`        // its number in the link's log, or the conversation's in a capture; see Of
	Command    string   `json:"command,omitempty"` // id of the command it hit; empty if it hit none, or one that can't be told
	Attempt    int      `json:"attempt,omitempty"` // which attempt at it, from 1; 0 if unknown
	Felt       bool     `json:"felt"`              // the command's caller was told of a failure
	Executed   Count    `json:"executed"`          // times the device executed the command, by its ledger
	Packets    []int    `json:"packets,omitempty"` // numbers of the packets it rests on, in the capture
	Evidence   []string `json:"evidence"`          // what it rests on, a sentence each
	Ladder     string   `json:"ladder,omitempty"`  // its packets drawn as text, if that was asked for
	Diagram    string   `json:"diagram,omitempty"` // the same as a Mermaid sequence diagram
}

// CauseUnknown stands in place of a cause's id where the evidence does not tell.
const CauseUnknown = "unknown"

// Certain reports whether the evidence leaves one cause.
func (f *Finding) Certain() bool { return f.Cause != CauseUnknown && len(f.Candidates) < 2 }

// Name is the cause for people to read: all candidates, if there are several.
func (f *Finding) Name() string {
	if len(f.Candidates) > 1 {
		return strings.Join(f.Candidates, " or ")
	}
	return f.Cause
}
