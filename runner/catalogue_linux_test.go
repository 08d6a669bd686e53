package runner

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
	"rstorm/scenarios"
	"rstorm/wire/live"
)

// How many segments with RST the kernel sends in a scenario.
const (
	oneEachLeg = iota // one on each leg of a connection that is reset, and one for each SYN that is refused
	forged            // none: whoever resets is not the kernel
	replies           // at least one for each connection reset: every segment that comes too late gets one
	uncounted         // what else is closed in it sends some too
)

// aftermath is how commands end that come while a killed device is down: the
// first finds the link, which can't know yet, and is reset.
const aftermath = "refused connect ECONNREFUSED x0|(reset (connect|handshake|send|wait) (ECONNRESET|EPIPE)|closed (handshake|wait) EOF) x0"

// rows says for each row of the reset catalogue, in a scenario that shows it,
// how a struck command ends for the caller of a strategy (outcome, phase, errno,
// times executed), who reset, what else but the row's cause is the truth of
// some connections or attempts, because the scheduler decides what comes first
// or a killed device is down for a while, whether the cause can be named without
// the wire (of most), and how many RSTs the kernel sends for that.
var rows = []struct {
	cause, scenario, strategy string
	ends                      string // a pattern
	by                        results.Origin
	also                      string // causes
	named                     bool
	rsts                      int
}{
	{"close-race", "close race over a distance", "naive", "(closed wait EOF|reset (send|wait) (ECONNRESET|EPIPE)) x0", results.ByDevice, "stale-reuse close-collision", true, replies},
	{"close-race", "close race, packet by packet", "naive", "(closed wait EOF|reset (send|wait) (ECONNRESET|EPIPE)) x0", results.ByDevice, "stale-reuse close-collision", false, replies},
	{"close-collision", "close collision", "naive", "(reset (send|wait) (ECONNRESET|EPIPE)|closed wait EOF) x0", results.ByDevice, "close-race stale-reuse", true, replies},
	{"close-collision", "close collision over TLS", "naive", "(reset (send|wait) (ECONNRESET|EPIPE)|closed wait EOF) x0", results.ByDevice, "close-race stale-reuse", true, replies},
	{"stale-reuse", "stale reuse", "naive", "(closed wait EOF|reset (send|wait) (ECONNRESET|EPIPE)) x0", results.ByDevice, "close-race close-collision", false, replies},
	{"idle-timeout-race", "idle timeout race", "naive", "(closed wait EOF|reset (wait|send) (ECONNRESET|EPIPE)) x0", results.ByDevice, "", false, replies},
	{"refused", "refused", "close", "refused connect ECONNREFUSED x0", "", "", false, oneEachLeg},
	{"firewall-reject", "filter rejects", "close", "refused connect ECONNREFUSED x0", "", "", false, forged},
	{"firewall-reject", "filter resets in mid-stream", "naive", "reset wait ECONNRESET x0", results.ByLink, "", true, uncounted},
	{"firewall-drop", "filter drops", "naive", "timed-out connect  x0", "", "", false, forged},
	{"crash-before-response", "killed before the answer", "naive", "closed wait EOF x0|" + aftermath, "", "refused process-exit", false, replies},
	{"crash-mid-response", "killed within the answer", "naive", "truncated body (EOF)? x1|" + aftermath, "", "refused", false, replies},
	{"crash-mid-response", "killed over TLS", "naive", "truncated body (EOF)? x1|" + aftermath, "", "refused", false, replies},
	{"crash-mid-response", "killed over HTTP/2", "naive", "truncated body (EOF)? x1|" + aftermath, "", "refused", false, uncounted},
	{"crash-while-receiving", "killed while it receives", "naive", aftermath, results.ByDevice, "refused", false, replies},
	{"abort-after-response", "reset as a fast close", "naive", "reset (send|wait) (ECONNRESET|EPIPE) x0", results.ByDevice, "", true, replies},
	{"reset-before-response", "reset before the answer", "naive", "reset wait ECONNRESET x0", results.ByDevice, "", true, oneEachLeg},
	{"reset-mid-response", "reset within the answer", "naive", "reset body ECONNRESET x1", results.ByDevice, "", true, oneEachLeg},
	{"unread-data", "closed with unread data", "naive", "reset wait ECONNRESET x0", results.ByDevice, "", true, oneEachLeg},
	{"process-exit", "process exits", "naive", "closed wait EOF x0|" + aftermath, results.ByDevice, "refused", false, replies},
	{"unknown-connection", "rebooted", "naive", "(reset wait ECONNRESET|timed-out wait ) x0", results.ByDevice, "", true, replies},
	{"unacknowledged", "black hole", "naive", "timed-out wait  x0", "", "", false, uncounted},
	{"half-close", "half-close", "naive", "closed wait EOF x0", "", "close-race", false, uncounted},
	{"client-abort", "client aborts", "naive", "timed-out wait  x1", results.ByClient, "", true, replies},
	{"client-abort", "huge head", "naive", "failed head  x1", results.ByClient, "", true, replies},
	{"protocol-error", "garbage", "naive", "failed head  x1", "", "", false, oneEachLeg},
	{"protocol-error", "malformed chunk", "naive", "failed body  x1", "", "", false, oneEachLeg},
	{"protocol-error", "missing last chunk", "naive", "truncated body (EOF)? x1", "", "", false, uncounted},
	{"protocol-error", "closed without close_notify", "naive", "truncated body (EOF)? x1", "", "", false, uncounted},
	{"request-too-large", "too large, abrupt", "naive", "(rejected done |reset (wait|send) (ECONNRESET|EPIPE)) x0", results.ByDevice, "unread-data", true, replies},
	{"request-too-large", "too large, in silence", "naive", "reset (wait|send) (ECONNRESET|EPIPE) x0", results.ByDevice, "", true, replies},
	{"defence-reset", "too fast", "close", "reset (connect|wait|send) (ECONNRESET|EPIPE) x0", results.ByDevice, "", false, replies},
	{"connection-limit", "slots taken, refused", "naive", "(refused connect ECONNREFUSED|reset (connect|wait|send) (ECONNRESET|EPIPE)) x0", results.ByDevice, "", false, replies},
	{"connection-limit", "slots taken, reset", "naive", "reset (connect|wait|send) (ECONNRESET|EPIPE) x0", results.ByDevice, "", false, replies},
	{"connection-limit", "slots taken, queued", "naive", "timed-out (connect|wait)  x[01]", results.ByClient, "client-abort", false, uncounted},
	{"network-outage", "outage", "naive", "(refused connect ECONNREFUSED x0|reset (wait|send) (ECONNRESET|EPIPE) x[01])", results.ByLink, "", true, oneEachLeg},
	{"tls-abort", "reset in the handshake", "close", "reset handshake (ECONNRESET|EPIPE) x0", "", "unread-data client-abort", false, uncounted},
	{"tls-abort", "alert in the handshake", "close", "failed handshake alert x0", "", "unread-data client-abort", false, uncounted},
	{"h2-goaway", "goaway, not processed", "naive", "closed wait GOAWAY x0", "", "", false, uncounted},
	{"h2-goaway", "goaway, perhaps processed", "naive", "closed wait GOAWAY x1", "", "", false, uncounted},
	{"h2-rst-stream", "stream refused", "naive", "failed wait RST_STREAM x0", "", "", false, oneEachLeg},
	{"h2-rst-stream", "stream cancelled", "naive", "failed wait RST_STREAM x1", "", "", false, oneEachLeg},
	{"port-reuse", "port reuse", "naive", "reset (send|wait) (ECONNRESET|EPIPE) x0", results.ByLink, "firewall-reject", false, replies},
}

func TestEveryRowOfTheCatalogueEndsAsItSays(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	r := Runner{Seed: 1, Isolated: kernel.Isolated(), Device: []string{os.Args[0], asDevice}, Capture: live.Full, Findings: 1 << 20, Ladders: 1}
	seeing, err := r.openCapture()
	if err != nil {
		t.Fatal(err)
	}
	defer seeing.close()
	able, skipped := r.skip(catalogue(t))
	for _, row := range rows {
		t.Run(row.cause+"/"+row.scenario, func(t *testing.T) {
			if why := skipped[row.scenario]; why != "" {
				t.Skip(why)
			}
			i := slices.IndexFunc(able.Scenarios, func(sc scenarios.Scenario) bool { return sc.Name == row.scenario })
			if i < 0 {
				t.Fatal("the catalogue has no such scenario")
			}
			sc := able.Scenarios[i]
			s := slices.IndexFunc(sc.Strategies, func(s scenarios.Strategy) bool { return s.Label == row.strategy })
			before := kerneltest.OutRsts(t)
			p, err := r.play(t.Context(), common{capture: seeing, began: time.Now()}, job{order: i, scenario: &sc, strategy: sc.Strategies[s], repetition: 1})
			if err != nil {
				t.Fatal(err)
			}
			refused := struck(t, p.records, row.ends)
			resets := p.trial.Summary.Resets
			n := int(resets.Connections)
			if row.by != "" && (n == 0 || resets.ByOrigin[row.by] != n) {
				t.Errorf("%d connections were reset, by %v; want all by the %s", n, resets.ByOrigin, row.by)
			}
			sent := int(kerneltest.OutRsts(t) - before)
			switch {
			case row.rsts == oneEachLeg && sent != 2*n+refused, row.rsts == forged && sent != 0, row.rsts == replies && sent < n:
				t.Errorf("the kernel sent %d RSTs, for %d connections reset and %d SYNs refused", sent, n, refused)
			}
			if c := p.group.of(); !c.Certified || int(c.OutResets) != sent {
				t.Errorf("the kernel sent %d RSTs, and the capture is %+v", sent, c)
			}
			named(t, p, row.cause, strings.Fields(row.also))
		})
	}
}

func TestMostRowsAreNamedWithoutTheWire(t *testing.T) {
	if !kerneltest.Private(t) {
		return
	}
	r := Runner{Seed: 1, Isolated: kernel.Isolated(), Device: []string{os.Args[0], asDevice}}
	able, skipped := r.skip(catalogue(t))
	for _, row := range rows {
		if !row.named {
			continue
		}
		t.Run(row.cause+"/"+row.scenario, func(t *testing.T) {
			if why := skipped[row.scenario]; why != "" {
				t.Skip(why)
			}
			i := slices.IndexFunc(able.Scenarios, func(sc scenarios.Scenario) bool { return sc.Name == row.scenario })
			sc := able.Scenarios[i]
			s := slices.IndexFunc(sc.Strategies, func(s scenarios.Strategy) bool { return s.Label == row.strategy })
			p, err := r.play(t.Context(), common{began: time.Now()}, job{order: i, scenario: &sc, strategy: sc.Strategies[s], repetition: 1})
			if err != nil {
				t.Fatal(err)
			}
			resets := p.trial.Summary.Resets
			n, named, unknown := int(resets.Connections), resets.ByCause[row.cause], resets.ByCause["unknown"]
			if 2*named < n || named+unknown != n {
				t.Errorf("%d connections were reset for %v", n, resets.ByCause)
			}
			for _, f := range p.trial.Findings {
				if len(f.Packets) > 0 || f.Ladder != "" {
					t.Errorf("nothing was captured, and the finding has packets: %+v", f)
				}
			}
		})
	}
}

// named holds every finding of a trial against the row's cause: each is certain
// and that or one of the others, and half of those of commands that were hit
// are that at least. Each says what it rests on, packets among it.
func named(t *testing.T, p played, cause string, also []string) {
	t.Helper()
	hit, right := 0, 0
	for i, f := range p.trial.Findings {
		if f.Command != "" || cause == "port-reuse" {
			hit++
		}
		if f.Cause == cause {
			right++
		}
		if !f.Certain() || f.Cause != cause && !slices.Contains(also, f.Cause) {
			t.Errorf("finding of command %q: %s: %q", f.Command, f.Name(), f.Evidence)
		}
		kept := !strings.HasPrefix(f.Cause, "h2-") // many commands on one connection, whose packets are not all kept
		if len(f.Evidence) == 0 || kept && len(f.Packets) == 0 {
			t.Errorf("%s rests on packets %v: %q", f.Cause, f.Packets, f.Evidence)
		}
		if drawn := f.Ladder != "" && f.Diagram != ""; drawn != (i == 0) {
			t.Errorf("finding %d is drawn: %v", i, drawn)
		}
	}
	if slices.Contains(also, "refused") { // a busy machine takes its time to start a process again
		hit = min(hit, 2)
	}
	if len(p.trial.Findings) == 0 || 2*right < hit || p.trial.FindingsTotal != len(p.trial.Findings) {
		t.Errorf("%d of %d findings name the row, of %d in all", right, len(p.trial.Findings), p.trial.FindingsTotal)
	}
	failures := 0
	for i := range p.records {
		for _, f := range p.records[i].Failures {
			failures++
			if f.Cause != cause && !slices.Contains(also, f.Cause) {
				t.Errorf("%s: attempt %d failed for %q", p.records[i].ID, f.Attempt, f.Cause)
			}
		}
	}
	if sum := p.trial.Summary.Failures; sum.Attempts != failures {
		t.Errorf("%d attempts failed, and the summary says %+v", failures, sum)
	}
}

// struck holds every command that did not succeed against the pattern, at least
// one of them, and returns how many were refused.
func struck(t *testing.T, records []results.Record, ends string) (refused int) {
	t.Helper()
	pattern := regexp.MustCompile("^(" + ends + ")$")
	hit := 0
	for _, r := range records {
		if r.Outcome == results.OK {
			continue
		}
		hit++
		if r.Outcome == results.Refused {
			refused++
		}
		if end := fmt.Sprintf("%s %s %s x%d", r.Outcome, r.Phase, r.Errno, r.Executed); !pattern.MatchString(end) {
			t.Errorf("command %s ended %q (%s), want %q", r.ID, end, r.Err, ends)
		}
	}
	if hit == 0 {
		t.Error("no command was struck")
	}
	return refused
}

func catalogue(t *testing.T) *scenarios.Suite {
	t.Helper()
	s, err := scenarios.Parse("catalogue.yaml", bytes.NewReader(scenarios.Catalogue))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryCauseHasAScenarioAndARowHere(t *testing.T) {
	var shown, tested []string
	for _, sc := range catalogue(t).Scenarios {
		shown = append(shown, sc.Shows...)
		if sc.About == "" || len(sc.Assert) == 0 {
			t.Errorf("%s teaches nothing", sc.Name)
		}
	}
	for _, row := range rows {
		tested = append(tested, row.cause)
	}
	for _, id := range results.CauseIDs() {
		if !slices.Contains(shown, id) || !slices.Contains(tested, id) {
			t.Errorf("%s: shown by a scenario %v, tested %v", id, slices.Contains(shown, id), slices.Contains(tested, id))
		}
	}
}
