package runner

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rstorm/kernel"
	"rstorm/kernel/kerneltest"
	"rstorm/results"
	"rstorm/scenarios"
)

// The legs of a connection, in the order in which they are called.
const (
	toLink = iota
	toDevice
)

// captured says what a capture shows of a struck connection, on one of its legs
// and on the side of who called: its segments in order, as direction and flags.
// d is payload, + says that all that had passed the other way is acknowledged
// and - that it is not, R is followed by a TTL that is not 64. Pure
// acknowledgements are left out, and repeats, except of SYNs.
var captured = []struct {
	scenario, strategy string
	leg                int
	shows              string // a pattern
}{
	{"close race, packet by packet", "naive", toLink, `>d\+ <F- (>F\+ )?<R$`},
	{"close collision", "naive", toDevice, `^[^F]*>d\+ <R$`},
	{"stale reuse", "naive", toDevice, `<F\+ >d\+ <R$`},
	{"filter rejects", "close", toLink, `^>S <R128$`},
	{"filter drops", "naive", toLink, `^>S >S$`},
	{"reset as a fast close", "naive", toLink, `^[^F]*<d\+ <R$`},
	{"closed with unread data", "naive", toDevice, `^[^F]*>d\+ <R$`},
	{"half-close", "naive", toDevice, `<F\+ >d\+ >F\+$`},
	{"client aborts", "naive", toLink, `>F\+ <d\+ >R$`},
	{"port reuse", "naive", toLink, `<d\+ (>d\+ )?<R128 >S >R >S <S `},
}

func TestACaptureShowsWhatTheReportSays(t *testing.T) {
	for _, tool := range []string{"tcpdump", "tshark"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	if !kerneltest.Private(t) {
		return
	}
	r := Runner{Seed: 1, Isolated: kernel.Isolated()}
	able, skipped := r.skip(catalogue(t))
	reported := make([]results.Resets, len(captured))
	before := kerneltest.OutRsts(t)
	text := dump(t, func() {
		for i, row := range captured {
			mark(t, "next")
			at := slices.IndexFunc(able.Scenarios, func(sc scenarios.Scenario) bool { return sc.Name == row.scenario })
			if at < 0 {
				continue
			}
			sc := able.Scenarios[at]
			s := slices.IndexFunc(sc.Strategies, func(s scenarios.Strategy) bool { return s.Label == row.strategy })
			p, err := r.play(t.Context(), common{began: time.Now()}, job{order: i, scenario: &sc, strategy: sc.Strategies[s], repetition: 1})
			if err != nil {
				t.Fatal(err)
			}
			reported[i] = p.trial.Summary.Resets
		}
	})
	rows, sent := tell(t, text)
	if counted := int(kerneltest.OutRsts(t) - before); counted != sent {
		t.Errorf("%d RSTs captured, the kernel sent %d", sent, counted)
	}
	for i, row := range captured {
		t.Run(row.scenario, func(t *testing.T) {
			if why := skipped[row.scenario]; why != "" {
				t.Skip(why)
			}
			pattern, shown := regexp.MustCompile(row.shows), false
			var byDevice, byClient, forged int
			for _, d := range rows[i] {
				shown = shown || d.leg == row.leg && pattern.MatchString(strings.Join(d.said, " "))
				switch {
				case d.leg == toLink && d.forged():
					forged++
				case d.leg == toDevice && d.first("<R"):
					byDevice++
				case d.leg == toLink && d.first(">R"):
					byClient++
				}
			}
			if by := reported[i].ByOrigin; byDevice != by[results.ByDevice] || byClient != by[results.ByClient] || forged != by[results.ByLink] {
				t.Errorf("captured: reset by the device %d, by the client %d, by a forged RST %d; reported: %v", byDevice, byClient, forged, by)
			}
			if !shown {
				t.Errorf("no connection shows %q: %v", row.shows, rows[i])
			}
		})
	}
}
