package results

import "fmt"

// remarks says below the rows what they have no column for.
func (p *page) remarks(label string, t *Trial) {
	say := func(text string) { p.prose(text, "    "+label+": ", "      ") }
	s := &t.Summary
	if s.Lost > 0 {
		say(fmt.Sprintf("%d lost: reported ok, never executed", s.Lost))
	}
	if s.Resets.Hidden > 0 {
		say(fmt.Sprintf("%s hidden from the caller", several(int(s.Resets.Hidden), "reset")))
	}
	p.client(say, t.Client)
	if t.Partial {
		say("partial: the trial was cut short")
	}
	if t.Perturbed {
		say("perturbed: " + t.Perturbation)
	}
	if c := t.Certificate; c != nil && !c.Certified {
		say("capture not certified: " + c.Missing)
	}
	for _, note := range t.Notes {
		say(note)
	}
	p.ladders(label, t)
}

// verdicts writes the thresholds that failed or had no data, those of the
// trials first, and how many of the scenario's own held.
func (p *page) verdicts(b *block) {
	g := grid{columns: []column{{left: true}, {left: true}, {left: true}, {left: true}}}
	held, asked := 0, 0
	for _, t := range b.trials {
		g.misses(b.label(t.Strategy, t.Repetition), t.Verdicts)
	}
	for _, s := range b.whole {
		g.misses(b.label("all", s.Repetition), s.Verdicts)
		for _, v := range s.Verdicts {
			if v.Result != Skipped {
				asked++
			}
			if v.Result == Held {
				held++
			}
		}
	}
	if asked > 0 {
		fmt.Fprintf(&p.text, "    over all strategies: %d of %d held\n", held, asked)
	}
	g.write(&p.text)
}

// misses adds the verdicts that are not a pass.
func (g *grid) misses(label string, verdicts []Verdict) {
	for _, v := range verdicts {
		switch v.Result {
		case Held, Skipped:
		case NoData:
			g.add("    no data", label, printable(v.Threshold), "")
		default:
			g.add("    FAILED", label, printable(v.Threshold), "observed "+printable(v.Observed))
		}
	}
}
