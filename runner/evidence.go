package runner

import (
	"fmt"
	"time"

	"rstorm/results"
	"rstorm/wire"
)

// told is what the link's log, the device's record and the client say of an
// incident.
func (n *incident) told(q *inquiry) []string {
	var all []string
	sayf := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if l := n.log; l != nil {
		switch {
		case l.Reset != "":
			sayf("the link's log: reset by the %s after %s", l.Reset, brief(l.ResetAt))
		case l.First != "":
			sayf("the link's log: closed first by the %s, and reset by nobody", l.First)
		}
		if l.Injected != "" {
			sayf("the link's log: ended by the fault %q", l.Injected)
		}
		if l.DialErr != nil {
			sayf("the link's log: the device could not be reached: %v", l.DialErr)
		}
		if l.FINRead >= 0 && l.FINPassed >= 0 {
			sayf("the link's log: the device's FIN came after %s and went on after %s", brief(l.FINRead), brief(l.FINPassed))
		}
	}
	if n.forged {
		sayf("the log of packets: a RST was forged between client and link")
	}
	if d := n.device; d != nil && d.Ended != "" {
		unread := ""
		if d.Unread > 0 {
			unread = fmt.Sprintf(" with %d bytes unread", d.Unread)
		}
		sayf("the device's record: %s%s, after %s", d.Ended, unread, counted(d.Exchanges, "exchange"))
	}
	if n.unaccepted(q) {
		sayf("the device's record: it never took this connection from its queue")
	}
	for i, f := range n.failed {
		if i == mostTold {
			sayf("%d more attempts failed on this connection", len(n.failed)-i)
			break
		}
		sayf("the client: %s, after %s", ended(f), brief(f.Done-f.Sent))
	}
	return all
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// mostTold is how many failed attempts on one connection are told of.
const mostTold = 3

// ended says how an attempt ended.
func ended(f failure) string {
	text := fmt.Sprintf("attempt %d at %s %s", f.Attempt, f.record.Method, f.record.ID)
	if f.Local.IsValid() {
		text += " from " + f.Local.String()
	}
	text += fmt.Sprintf(" ended %s", f.Outcome)
	if f.Phase != "" {
		text += " in phase " + string(f.Phase)
	}
	if f.Errno != "" {
		text += " with " + f.Errno
	}
	return text
}

// brief is a time with the figures that matter.
func brief(d time.Duration) string {
	if d < 0 {
		return "an unknown time"
	}
	return d.Round(10 * time.Microsecond).String()
}

// draw adds pictures of the packets: of each leg as text, and of the one the
// client is on as a diagram.
func (n *incident) draw(f *results.Finding) {
	for l, c := range n.legs {
		if c == nil || leg(l) == middleLeg {
			continue
		}
		stars := results.Finding{Packets: f.Packets} // the cause and its evidence stand beside it
		f.Ladder += leg(l).String() + ", in this trial's own count:\n" + wire.Ladder(c, &stars)
		if f.Diagram == "" {
			f.Diagram = wire.Mermaid(c, f)
		}
	}
}
