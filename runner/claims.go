package runner

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"rstorm/faults"
	"rstorm/link"
	"rstorm/results"
)

// inOrder sorts the passages of one command by when the link saw them.
func inOrder(all []passage) {
	slices.SortFunc(all, func(a, b passage) int { return cmp.Compare(a.Attempt, b.Attempt) })
}

// verified holds the body that a client reports against what the device said of
// it. One that is not the same was cut on its way, and the client did not notice.
// It reports false if the client told nothing that could be held against it.
func (c *claim) verified() bool {
	if c.told == nil || bad(c.Outcome) {
		return true
	}
	sent := c.answer()
	if sent == nil {
		return true // nothing is known of the answer that it means
	}
	if sent.cut() {
		c.distrust("the client reported a whole answer, and the one that it means never came whole to the client")
		return true
	}
	sized := sent.Size >= 0 && c.told.Size >= 0
	if sized && sent.Size != c.told.Size {
		c.distrust(fmt.Sprintf("the client reported a whole answer of %d bytes, and the device sent one of %d", c.told.Size, sent.Size))
	}
	want, known := member(c.told.SHA256)
	hashed := known && strings.Contains(sent.Digest, digestKey)
	if hashed && !strings.Contains(sent.Digest, want) {
		c.distrust("the client reported a whole answer, and the digest of its body is not the one that the device sent")
	}
	return sized || hashed || sent.Size < 0 && sent.Digest == ""
}

// cut reports whether the answer that had begun ended before it was whole, and
// not by the client's doing.
func (p *passage) cut() bool {
	ended := p.on.First == results.ByDevice || p.on.First == results.ByLink
	return p.begun() && p.Answered < 0 && ended
}

// answer is the last passage whose answer can be the one that the client reports;
// nil if there is none.
func (c *claim) answer() *passage {
	for i := range slices.Backward(c.passed) {
		if p := &c.passed[i]; p.Status == c.told.Status {
			return p
		}
	}
	return nil
}

// distrust makes the claim one of a truncated answer.
func (c *claim) distrust(why string) {
	c.Outcome, c.Phase, c.Err = results.Truncated, results.PhaseBody, why
}

// digestKey begins a SHA-256 in a Content-Digest field (RFC 9530 section 2).
const digestKey = "sha-256=:"

// member is a SHA-256 in hex as a Content-Digest field has it; false if it is none.
func member(sum string) (string, bool) {
	raw, err := hex.DecodeString(sum)
	return digestKey + base64.StdEncoding.EncodeToString(raw) + ":", err == nil && len(raw) > 0
}

// resets counts the connections that were reset while the command was unanswered
// on them. How the last attempt ended the client tells itself.
func (c *claim) resets(legible bool) results.Count {
	if !legible {
		return results.Unknown
	}
	var n results.Count
	for i, p := range c.passed {
		if reported := c.ending() != i || c.Outcome == results.Reset; p.lost() && reported {
			n++
		}
	}
	return n
}

// ending is which passage the end is of that the client reports; -1 if it is that
// of an attempt that the link knows nothing of.
func (c *claim) ending() int {
	if c.told == nil || c.Outcome == results.Refused {
		return -1
	}
	return len(c.passed) - 1
}

// lost reports whether the connection was reset under a client that had not
// closed it, with the request on it unanswered.
func (p *passage) lost() bool {
	byPeer := p.on.Reset == results.ByDevice || p.on.Reset == results.ByLink
	return byPeer && p.on.First != results.ByClient && p.Answered < 0
}

// failures are the attempts that came to nothing: those that the link saw, and
// the last one, of which the client tells.
func (c *claim) failures() []results.Failure {
	var all []results.Failure
	ending := c.ending()
	for i := range c.passed {
		if p := &c.passed[i]; i != ending && p.Answered < 0 {
			all = append(all, p.failure(c))
		}
	}
	if c.told == nil || !bad(c.Outcome) {
		return all
	}
	f := results.Failure{Attempt: max(1, len(c.passed)), Sent: c.LastTry, Done: c.Done, Outcome: c.Outcome, Phase: c.Phase, Errno: c.Errno}
	switch {
	case ending >= 0:
		p := &c.passed[ending]
		f.Local, f.Done, f.Phase = c.own(p.on.Client), max(c.Done, p.Read), cmp.Or(c.Phase, p.phase())
	case c.dead != nil:
		f.Local = c.own(c.dead.Client)
	case c.Outcome == results.Refused:
		f.Attempt, f.Phase = len(c.passed)+1, results.PhaseConnect
	}
	c.Phase, c.Attempts = f.Phase, max(c.Attempts, f.Attempt)
	return append(all, f)
}

// failure is the attempt as the link saw it fail.
func (p *passage) failure(c *claim) results.Failure {
	f := results.Failure{Attempt: p.Attempt, Local: c.own(p.on.Client), Sent: max(p.Read, p.on.Opened), Phase: p.phase()}
	switch f.Done = p.on.Closed; {
	case p.lost():
		f.Outcome, f.Done = results.Reset, p.on.ResetAt
	case p.on.First == results.ByClient || p.on.First == "": // it gave up
	case p.begun():
		f.Outcome = results.Truncated
	default:
		f.Outcome = results.Closed
	}
	f.Done = max(f.Done, f.Sent)
	return f
}

// phase is how far the exchange came, as the link saw it.
func (p *passage) phase() results.Phase {
	switch {
	case p.Read < 0:
		return results.PhaseSend
	case !p.begun():
		return results.PhaseWait
	}
	return results.PhaseBody
}

// begun reports whether the client had the head of an answer: one that a fault
// struck after the request was forwarded never passed the link.
func (p *passage) begun() bool {
	return p.Status > 0 && !slices.ContainsFunc(p.on.Strikes, func(s link.Strike) bool {
		_, point, _ := parted(s.Fault)
		return point == faults.AfterForward
	})
}
