package results

import (
	"fmt"
	"slices"
	"strings"
)

// howBroke says that the client broke, or else that the strategy left commands
// without a report.
func (c *contender) howBroke(client, strategy string) string {
	if slices.ContainsFunc(c.trials, func(t *Trial) bool { return t.Client != nil && t.Client.Broke != "" }) {
		return client + " broke"
	}
	return strategy + " left commands without a report"
}

// caveat says what is wrong with c's trials.
func caveat(c *contender) string {
	var broken, cut, perturbed int
	for _, t := range c.trials {
		broken, cut, perturbed = broken+truth(broke(t)), cut+truth(t.Partial), perturbed+truth(t.Perturbed)
	}
	var parts []string
	if broken > 0 {
		in := ""
		if n := len(c.trials); n > 1 {
			in = fmt.Sprintf(" in %d of %d trials", broken, n)
		}
		parts = append(parts, c.howBroke("its client", "it")+in+": what it would have come to is not known, nor what it costs")
	}
	which := func(n int) string {
		if of := len(c.trials); of > 1 {
			return fmt.Sprintf("of its %d trials %d were ", of, n)
		}
		return "its trial was "
	}
	switch {
	case cut > 0:
		parts = append(parts, which(cut)+"cut short")
	case perturbed > 0:
		parts = append(parts, which(perturbed)+"perturbed: play again where the machine is idle")
	}
	return strings.Join(parts, "; ")
}
