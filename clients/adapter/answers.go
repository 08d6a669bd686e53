package adapter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Ready is the answer to an [Init] that could be obeyed.
type Ready struct {
	Type string `json:"type"` // ready
}

// Done ends a run: every command of it was reported before.
type Done struct {
	Type string `json:"type"` // done
	Run  int    `json:"run"`
}

// Refusal is the answer to a message that can't be obeyed, or whose type the
// adapter does not know.
type Refusal struct {
	Type string `json:"type"` // error
	Msg  string `json:"msg"`
}

// A message is anything that an adapter says. Fields that say nothing by being
// zero are pointers.
type message struct {
	Type string `json:"type"`

	Protocol *whole   `json:"protocol"`
	Name     string   `json:"name"`
	Lib      string   `json:"lib"`
	Runtime  string   `json:"runtime"`
	Caps     []string `json:"caps"`
	Profiles []string `json:"profiles"`

	Msg string `json:"msg"`

	ID *whole `json:"id"`
	T  *nanos `json:"t"`

	Run    *whole  `json:"run"`
	Seq    *whole  `json:"seq"`
	T0     *nanos  `json:"t0"`
	T1     *nanos  `json:"t1"`
	Status whole   `json:"status"`
	Bytes  *whole  `json:"bytes"`
	SHA256 string  `json:"sha256"`
	Err    *mishap `json:"err"`
}

// decode reads a line, its end apart. Unknown fields are ignored. The error is
// a *Failure without a step.
func decode(line []byte) (message, error) {
	var m message
	if !utf8.Valid(line) {
		return m, &Failure{Kind: Garbled, Detail: "not UTF-8: " + excerpt(line)}
	}
	if err := json.Unmarshal(line, &m); err != nil {
		return m, &Failure{Kind: Garbled, Detail: err.Error() + " in " + excerpt(line)}
	}
	if m.Type == "" {
		return m, &Failure{Kind: Garbled, Detail: "no type in " + excerpt(line)}
	}
	if problem := m.lacks(); problem != "" {
		return m, &Failure{Kind: Absurd, Detail: problem + " in " + excerpt(line)}
	}
	return m, nil
}

// maxBytes bounds what an answer's body can be believed to hold.
const maxBytes = 1 << 40

// lacks names what a message of its type must hold and does not, or what can't
// be meant; empty if it is well.
func (m *message) lacks() string {
	switch {
	case m.Type == "hello" && m.Protocol == nil:
		return "no protocol"
	case m.Type == "sync" && m.T == nil:
		return "no t"
	case m.Type == "done" && m.Run == nil:
		return "no run"
	case m.Type != "res":
		return ""
	case m.Run == nil || m.Seq == nil || m.T0 == nil || m.T1 == nil:
		return "no run, seq, t0 or t1"
	case m.Err == nil && m.Status == 0:
		return "neither status nor err"
	case m.Status != 0 && (m.Status < 100 || m.Status > 999):
		return fmt.Sprintf("status %d", m.Status)
	case m.Bytes != nil && (*m.Bytes < 0 || *m.Bytes > maxBytes):
		return fmt.Sprintf("bytes %d", *m.Bytes)
	case m.SHA256 != "" && !isDigest(m.SHA256):
		return "sha256 " + excerpt(m.SHA256)
	case m.Err != nil && m.Err.Name == "" && m.Err.Msg == "" && m.Err.Code == "" && len(m.Err.Chain) == 0:
		return "an err without name, code and msg"
	}
	return ""
}

// isDigest reports whether s is a SHA-256 in hex.
func isDigest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

// result is a res that lacks nothing.
func (m *message) result() Result {
	return Result{Type: m.Type, Run: int(*m.Run), Seq: int(*m.Seq), T0: int64(*m.T0), T1: int64(*m.T1), Status: int(m.Status),
		Bytes: (*int64)(m.Bytes), SHA256: strings.ToLower(m.SHA256), Err: (*Error)(m.Err)}
}

// hello is a hello that lacks nothing, its texts made fit to print.
func (m *message) hello() Hello {
	const most = 100
	profiles := slices.DeleteFunc(m.Profiles, func(name string) bool { return name == "" })
	return Hello{Type: m.Type, Protocol: int(*m.Protocol), Name: brief(m.Name, most), Lib: brief(m.Lib, most),
		Runtime: brief(m.Runtime, most), Caps: m.Caps, Profiles: profiles}
}

// encode writes a message as a line.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	to.SetEscapeHTML(false)
	if err := to.Encode(v); err != nil {
		return nil, err
	}
	if b.Len() > MaxLine {
		return nil, &Failure{Kind: TooMuch, Detail: fmt.Sprintf("%d bytes", b.Len())}
	}
	return b.Bytes(), nil
}

// printable replaces what would act on a terminal.
func printable(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}
