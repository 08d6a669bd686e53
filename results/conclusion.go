package results

import (
	"fmt"
	"strings"
)

// fidelities say what the causes in a report rest on.
var fidelities = []string{
	"errors and logs",
	"errors, logs and the kernel's counters",
	"packets",
	"packets and the kernel's own reasons",
}

// conclude writes the legend, the verdict on all and how it was come by.
func (p *page) conclude(r *Report) {
	p.legend()
	p.overall(r)
	n := r.Tally()
	asked := n[Held] + n[Missed] + n[NoData] + n[Skipped]
	var parts []string
	for _, j := range []Judgement{Held, Missed, NoData, Skipped} {
		if n[j] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[j], j))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing to judge"}
	}
	if r.Partial {
		parts = append(parts, "partial: the run was cut short")
	}
	all := blocks(r)
	played := several(len(all), "scenario")
	if n := skippedOf(all); n > 0 {
		played += fmt.Sprintf(" (%d skipped)", n)
	}
	fmt.Fprintf(&p.text, "%s: %s, %s, %s: %s\n", verdictOn(r, n), played,
		several(len(r.Trials), "trial"), several(asked, "threshold"), strings.Join(parts, ", "))
	p.prose(unheld(all), "  not held: ", "    ")

	fmt.Fprintf(&p.text, "seed %d, took %s\n", r.Seed, shortTime(r.Elapsed))
	if r.Fidelity >= 0 && r.Fidelity < len(fidelities) {
		p.prose(fmt.Sprintf("fidelity %d of 3: seen from %s. %s", r.Fidelity, fidelities[r.Fidelity], r.Environment.FidelityNote), "", "  ")
	}
	p.captures(r)
	if o := r.Overhead; o != nil {
		fmt.Fprintf(&p.text, "overhead per command, median of %d without faults: %s direct, %s through the link\n",
			o.Commands, shortTime(o.Direct), shortTime(o.Link))
	}
	for _, note := range r.Notes {
		p.prose("note: "+note, "", "  ")
	}
}

func (p *page) legend() {
	if p.best {
		p.prose("* recommended: least harm (control commands lost or executed twice), then success beyond noise, then latency beyond noise (p90 with p99 or p50), then fewer resets, fewer connections, lower p50", "", "  ")
	}
	if p.unknown {
		p.text.WriteString("? unknown: there was no source to count from\n")
	}
	if p.none {
		p.text.WriteString("- none: no such command, or no threshold\n")
	}
	if p.best || p.unknown || p.none {
		p.text.WriteByte('\n')
	}
}

// verdictOn is the run's verdict in a word or two.
func verdictOn(r *Report, n map[Judgement]int) string {
	switch {
	case r.Held:
		return "HELD"
	case n[Missed] > 0:
		return "FAILED"
	case n[NoData] > 0:
		return "NO DATA"
	case r.Partial:
		return "PARTIAL"
	case n[Held] == 0:
		return "NOT JUDGED"
	}
	return "NOT HELD"
}

// skippedOf counts the scenarios that could not be played on this machine.
func skippedOf(all []block) (n int) {
	for _, b := range all {
		if b.skipped != "" {
			n++
		}
	}
	return n
}

// unheld names the scenarios with a threshold that was judged and did not hold.
func unheld(all []block) string {
	var names []string
	for _, b := range all {
		var verdicts []Verdict
		for _, t := range b.trials {
			verdicts = append(verdicts, t.Verdicts...)
		}
		for _, s := range b.whole {
			verdicts = append(verdicts, s.Verdicts...)
		}
		if j := worst(verdicts); j == Missed || j == NoData {
			names = append(names, b.name)
		}
	}
	return strings.Join(names, ", ")
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
