package results

import (
	"fmt"
	"strings"
)

// Bounds of what the table tells of an external client.
const (
	toldErrors = 3   // error texts
	toldText   = 160 // characters of each
	toldStderr = 300 // bytes of the end of what it wrote to its standard error
)

// client says which external client it was, and what the errors mean that it
// told most often.
func (p *page) client(say func(string), c *Client) {
	if c == nil {
		return
	}
	who := []string{c.Name}
	for _, part := range []struct{ before, text string }{{"", c.Lib}, {"on ", c.Runtime}, {"profile ", c.Profile}} {
		if part.text != "" {
			who = append(who, part.before+part.text)
		}
	}
	if c.Startup > 0 {
		who = append(who, "up after "+shortTime(c.Startup))
	}
	say("external client " + strings.Join(who, ", ") + ": " + strings.Join(c.Command, " "))
	if c.Stderr != "" {
		end := c.Stderr[max(0, len(c.Stderr)-toldStderr):]
		say("its standard error ends: " + strings.ToValidUTF8(end, "")) // not with half a character
	}
	for _, e := range c.Errors[:min(len(c.Errors), toldErrors)] {
		text := fmt.Sprintf("%d %s: %s", e.Count, e.Outcome, brief(e.Text))
		if e.Means != "" {
			text += " (" + e.Means + ")"
		}
		say(text)
	}
	if rest := len(c.Errors) - toldErrors; rest > 0 {
		say(several(rest, "more error text"))
	}
}

// brief is the beginning of a text.
func brief(text string) string {
	if r := []rune(text); len(r) > toldText {
		return string(r[:toldText]) + "..."
	}
	return text
}

// unplayed says which strategies could not be played, unless none could.
func (p *page) unplayed(b *block) {
	if b.skipped != "" {
		return
	}
	seen := map[Unplayed]bool{}
	for _, s := range b.whole {
		for _, u := range s.Unplayed {
			if !seen[u] {
				p.prose(u.Strategy+" not played: "+u.Why, "    ", "      ")
			}
			seen[u] = true
		}
	}
}
